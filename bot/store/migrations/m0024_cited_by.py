"""How many works cite a stored one, as a service counted them on a day, and which of them."""

from sqlite_utils import Database

# `named` is a JSON list of [scheme, value], of as many works as the service named.
_CITED_BY = """
CREATE TABLE cited_by (
    record_id TEXT NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    source TEXT NOT NULL,
    at TEXT NOT NULL,
    works INTEGER NOT NULL,
    named TEXT NOT NULL,
    PRIMARY KEY (record_id, source)
) WITHOUT ROWID
"""


def m0024_cited_by(db: Database) -> None:
    """Make the table."""
    db.execute(_CITED_BY)
