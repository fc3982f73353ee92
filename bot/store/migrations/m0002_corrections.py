"""Version 2: what teams say of the tags of records."""

from sqlite_utils import Database

# No reference to `records`: a correction outlives a record that goes and comes again, which has
# the same id then.
_CORRECTIONS = """
CREATE TABLE tag_corrections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT NOT NULL,
    record_id TEXT NOT NULL,
    concept TEXT NOT NULL,
    wrong INTEGER NOT NULL,
    comment TEXT NOT NULL,
    user TEXT NOT NULL,
    at TEXT NOT NULL,
    undone_by TEXT,
    undone_at TEXT
)
"""
_ONE_APPLIES = """
CREATE UNIQUE INDEX tag_corrections_applying ON tag_corrections (workspace, record_id, concept)
WHERE undone_at IS NULL
"""


def m0002_corrections(db: Database) -> None:
    """Make the table of corrections; of one tag of a record, one applies in a workspace."""
    db.execute(_CORRECTIONS)
    db.execute(_ONE_APPLIES)
