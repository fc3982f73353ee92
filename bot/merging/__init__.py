"""Two records that are one work: how that is decided, which fields are chosen, and undoing it."""
