"""What files stated, by hash: what a file says again is known before it is read in full."""

from sqlite_utils import Database

from bot.records.identity import stated_hash
from bot.store.records import load
from bot.store.versions import versions_of

# `workspace` alone sees what was stated; "": everybody does.
_STATED = """
CREATE TABLE stated (
    hash TEXT NOT NULL,
    record_id TEXT NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    workspace TEXT NOT NULL,
    PRIMARY KEY (hash, record_id, workspace)
) WITHOUT ROWID
"""
_STATED_BY_RECORD = "CREATE INDEX stated_by_record ON stated (record_id)"
_BROUGHT = "SELECT DISTINCT record_id FROM brought"
_BODY = "SELECT body FROM records WHERE id = ?"
_ADD = "INSERT OR IGNORE INTO stated (hash, record_id, workspace) VALUES (?, ?, ?)"


def m0022_stated(db: Database) -> None:
    """Make the table, and fill it from what files have stated so far."""
    db.execute(_STATED)
    db.execute(_STATED_BY_RECORD)
    for (record_id,) in db.execute(_BROUGHT).fetchall():
        record = load(record_id, *db.execute(_BODY, [record_id]).fetchone())
        for version in versions_of(db, record):
            if version.is_file:
                db.execute(_ADD, [stated_hash(version), record_id, version.audience or ""])
