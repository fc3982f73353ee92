"""OpenCitations: open lists of what works cite and of what cites them."""
