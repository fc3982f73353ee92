"""ORA, the Oxford University Research Archive."""
