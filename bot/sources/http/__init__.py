"""The polite client: pace, retries, size limits and pages over HTTP."""
