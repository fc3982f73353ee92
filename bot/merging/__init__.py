"""Two records that are one work: how it is told, which fields are chosen, and how it is undone."""
