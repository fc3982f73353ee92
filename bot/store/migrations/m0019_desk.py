"""What each person has set, who was greeted, and how often records are used in a workspace."""

from sqlite_utils import Database


def m0019_desk(db: Database) -> None:
    """Make the tables; what was opened before is not counted."""
    db.execute(
        "CREATE TABLE person_settings (workspace TEXT, user TEXT, name TEXT, value TEXT,"
        " PRIMARY KEY (workspace, user, name)) WITHOUT ROWID"
    )
    # A channel that the bot was invited to, or a person who wrote to it.
    db.execute(
        "CREATE TABLE greeted (workspace TEXT, place TEXT, at TEXT,"
        " PRIMARY KEY (workspace, place)) WITHOUT ROWID"
    )
    # Nothing here names a person. The record "" stands for the workspace.
    db.execute(
        "CREATE TABLE uses (workspace TEXT, record_id TEXT, kind TEXT, count INTEGER,"
        " PRIMARY KEY (workspace, record_id, kind)) WITHOUT ROWID"
    )
    # What a person's Home asks for, whatever else is stored.
    db.execute("CREATE INDEX subscriptions_by_maker ON subscriptions (workspace, created_by)")
    db.execute("CREATE INDEX happenings_by_record ON happenings (record_id, sequence)")
