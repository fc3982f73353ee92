"""Open full texts of stored works, in passages; a work without one was looked for and has none."""

from sqlite_utils import Database

# `passages` is a JSON list of [part, heading, text]; NULL where the service has no text of it.
_FULL_TEXTS = """
CREATE TABLE full_texts (
    record_id TEXT NOT NULL PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    source TEXT NOT NULL,
    licence TEXT NOT NULL,
    at TEXT NOT NULL,
    passages TEXT
) WITHOUT ROWID
"""
_BY_NUMBER = "CREATE UNIQUE INDEX full_texts_number ON full_texts (number)"


def m0021_full_texts(db: Database) -> None:
    """Make the table."""
    db.execute(_FULL_TEXTS)
    db.execute(_BY_NUMBER)
