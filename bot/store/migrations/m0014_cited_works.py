"""The works that records cite, to be asked from the other end: who cites this?"""

from sqlite_utils import Database

_CITED_WORKS = """
CREATE TABLE cited_works (
    record_id TEXT NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    scheme TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (record_id, scheme, value)
) WITHOUT ROWID
"""
_BY_CITED = "CREATE INDEX cited_works_cited ON cited_works (scheme, value)"
_FILL = """
INSERT OR IGNORE INTO cited_works (record_id, scheme, value)
SELECT records.id, cited.value ->> 'scheme', cited.value ->> 'value'
FROM records, json_each(records.body, '$.references') AS cited
"""


def m0014_cited_works(db: Database) -> None:
    """Make the table of cited works, and fill it from the records."""
    db.execute(_CITED_WORKS)
    db.execute(_BY_CITED)
    db.execute(_FILL)
