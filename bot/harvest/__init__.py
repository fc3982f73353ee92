"""Records from sources and files: plan, runs, cursors, and what becomes of each record."""
