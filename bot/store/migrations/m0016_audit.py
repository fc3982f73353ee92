"""The audit trail: who changed what, when, and what it was before."""

from sqlite_utils import Database

# `before` is JSON, NULL where there was nothing before.
_AUDIT = """
CREATE TABLE audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    workspace TEXT,
    who TEXT NOT NULL,
    area TEXT NOT NULL,
    thing TEXT NOT NULL,
    what TEXT NOT NULL,
    before TEXT
)
"""
_AUDIT_BY_AGE = "CREATE INDEX audit_by_age ON audit (at)"


def m0016_audit(db: Database) -> None:
    """Make the table; it begins empty, as nothing before it was noted in one place."""
    for statement in (_AUDIT, _AUDIT_BY_AGE):
        db.execute(statement)
