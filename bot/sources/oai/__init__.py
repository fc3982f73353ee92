"""Any repository that speaks OAI-PMH."""
