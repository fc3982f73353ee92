"""Reports of errors in records."""

from sqlite_utils import Database

# No reference to `records`: a report is read even when its record is there no more.
_REPORTS = """
CREATE TABLE reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT NOT NULL,
    record_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    user TEXT NOT NULL,
    at TEXT NOT NULL,
    closed_by TEXT,
    closed_at TEXT
)
"""


def m0007_reports(db: Database) -> None:
    """Make the table of reports."""
    db.execute(_REPORTS)
