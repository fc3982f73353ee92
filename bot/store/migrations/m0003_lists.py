"""Version 3: reading lists."""

from sqlite_utils import Database

# What is taken away stays as a row, so that it can come back as it was.
_LISTS = """
CREATE TABLE reading_lists (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT NOT NULL,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    gone_by TEXT,
    gone_at TEXT
)
"""
_ONE_NAME = """
CREATE UNIQUE INDEX reading_lists_by_name ON reading_lists (workspace, owner, name_key)
WHERE gone_at IS NULL
"""
_ITEMS = """
CREATE TABLE reading_items (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    list_id INTEGER NOT NULL REFERENCES reading_lists (id) ON DELETE CASCADE,
    record_id TEXT NOT NULL,
    note TEXT NOT NULL,
    added_by TEXT NOT NULL,
    added_at TEXT NOT NULL,
    gone_by TEXT,
    gone_at TEXT
)
"""
_ONCE_ON_A_LIST = """
CREATE UNIQUE INDEX reading_items_by_record ON reading_items (record_id, list_id)
WHERE gone_at IS NULL
"""
_BY_LIST = "CREATE INDEX reading_items_by_list ON reading_items (list_id)"
_READ = """
CREATE TABLE reading_marks (
    item_id INTEGER NOT NULL REFERENCES reading_items (id) ON DELETE CASCADE,
    user TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (item_id, user)
) WITHOUT ROWID
"""


def m0003_lists(db: Database) -> None:
    """Make the tables of lists, of what is on them, and of who has read what."""
    for statement in (_LISTS, _ONE_NAME, _ITEMS, _ONCE_ON_A_LIST, _BY_LIST, _READ):
        db.execute(statement)
