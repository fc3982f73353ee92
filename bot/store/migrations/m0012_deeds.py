"""What each person did lately, for daily limits."""

from sqlite_utils import Database


def m0012_deeds(db: Database) -> None:
    """Make the table; what was done before counts for no limit."""
    db.execute("CREATE TABLE deeds (workspace TEXT, user TEXT, deed TEXT, at TEXT)")
    db.execute("CREATE INDEX deeds_by_person ON deeds (workspace, user, deed, at)")
