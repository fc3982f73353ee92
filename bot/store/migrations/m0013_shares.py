"""Which works people linked to in which channel, and the channels that want no cards."""

from sqlite_utils import Database


def m0013_shares(db: Database) -> None:
    """Make the tables; what was linked before is not known."""
    db.execute(
        "CREATE TABLE shares (workspace TEXT, channel TEXT, record_id TEXT, user TEXT, ts TEXT,"
        " at TEXT, PRIMARY KEY (workspace, channel, record_id, ts)) WITHOUT ROWID"
    )
    db.execute(
        "CREATE TABLE quiet_channels (workspace TEXT, channel TEXT, who TEXT, at TEXT,"
        " PRIMARY KEY (workspace, channel)) WITHOUT ROWID"
    )
