"""Journal clubs of channels: what is read when and by whom, and what people thought of it."""

from sqlite_utils import Database

_CLUBS = """
CREATE TABLE clubs (
    id TEXT NOT NULL PRIMARY KEY,
    workspace TEXT NOT NULL,
    channel TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    list_id INTEGER NOT NULL,
    presenters TEXT NOT NULL,
    turn INTEGER NOT NULL,
    cadence TEXT NOT NULL,
    at TEXT NOT NULL,
    zone TEXT NOT NULL,
    weekday INTEGER NOT NULL,
    day INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'stopped')),
    due TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL
) WITHOUT ROWID
"""
# A paper is presented once in a club; the delivery is the post under which it is discussed.
_MEETINGS = """
CREATE TABLE club_meetings (
    club TEXT NOT NULL REFERENCES clubs (id),
    record_id TEXT NOT NULL,
    presenter TEXT,
    due TEXT NOT NULL,
    delivery TEXT NOT NULL REFERENCES deliveries (id),
    PRIMARY KEY (club, record_id)
) WITHOUT ROWID
"""
_VOTES = """
CREATE TABLE club_votes (
    delivery TEXT NOT NULL REFERENCES deliveries (id),
    user TEXT NOT NULL,
    reaction TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (delivery, user, reaction)
) WITHOUT ROWID
"""


def m0020_clubs(db: Database) -> None:
    """Make the tables."""
    for statement in (_CLUBS, _MEETINGS, _VOTES):
        db.execute(statement)
    db.execute(
        "CREATE UNIQUE INDEX clubs_by_name ON clubs (workspace, channel, name_key)"
        " WHERE state <> 'stopped'"
    )
    db.execute("CREATE INDEX clubs_due ON clubs (state, due)")
    db.execute("CREATE UNIQUE INDEX club_meetings_by_delivery ON club_meetings (delivery)")
