"""The works that records cite, as their sources list them."""

from sqlite_utils import Database

# No reference to `records`: a merged record goes on under another id, and its references with it.
_CITED_WORKS = """
CREATE TABLE cited_works (
    record_id TEXT NOT NULL,
    scheme TEXT NOT NULL,
    value TEXT NOT NULL,
    source TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (record_id, scheme, value)
) WITHOUT ROWID
"""
_BY_CITED = "CREATE INDEX cited_works_cited ON cited_works (scheme, value)"


def m0010_cited_works(db: Database) -> None:
    """Make the table of cited works."""
    db.execute(_CITED_WORKS)
    db.execute(_BY_CITED)
