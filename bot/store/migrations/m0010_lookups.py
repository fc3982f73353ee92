"""What was looked up at which service to complete stored records, and how far each has come."""

from sqlite_utils import Database

# Identifiers and not record ids: a record may be merged into another.
_LOOKUPS = """
CREATE TABLE lookups (
    source TEXT NOT NULL,
    scheme TEXT NOT NULL,
    value TEXT NOT NULL,
    at TEXT NOT NULL,
    known INTEGER NOT NULL,
    PRIMARY KEY (source, scheme, value)
) WITHOUT ROWID
"""
_LOOKUPS_BY_AGE = "CREATE INDEX lookups_by_age ON lookups (source, at)"
# The place in the change sequence up to which the records were looked through for a service.
_PLACES = """
CREATE TABLE lookup_places (
    source TEXT NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL
) WITHOUT ROWID
"""


def m0010_lookups(db: Database) -> None:
    """Make the tables; nothing was looked up before."""
    for statement in (_LOOKUPS, _LOOKUPS_BY_AGE, _PLACES):
        db.execute(statement)
