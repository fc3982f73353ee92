"""Subscriptions, the outbox of what they bring, and the order in which records arrived."""

from sqlite_utils import Database

# Every record gets the next number when it is first stored, no matter what writes it. A record that
# went and came back is not new again, so nothing here is ever deleted.
_ARRIVALS = """
CREATE TABLE arrivals (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    record_id TEXT NOT NULL UNIQUE
)
"""
_ARRIVED_BEFORE = """
INSERT INTO arrivals (record_id) SELECT id FROM records ORDER BY first_seen, sequence
"""
_ARRIVE = """
CREATE TRIGGER record_arrives AFTER INSERT ON records BEGIN
    INSERT INTO arrivals (record_id) SELECT new.id
    WHERE NOT EXISTS (SELECT 1 FROM arrivals WHERE record_id = new.id);
END
"""

_SUBSCRIPTIONS = """
CREATE TABLE subscriptions (
    id TEXT NOT NULL PRIMARY KEY,
    workspace TEXT NOT NULL,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('search', 'identifier', 'record')),
    query TEXT NOT NULL,
    wanted TEXT NOT NULL,
    said TEXT NOT NULL,
    cadence TEXT NOT NULL,
    at TEXT NOT NULL,
    zone TEXT NOT NULL,
    weekday INTEGER NOT NULL,
    day INTEGER NOT NULL,
    form TEXT NOT NULL CHECK (form IN ('message', 'thread')),
    when_empty TEXT NOT NULL CHECK (when_empty IN ('quiet', 'line')),
    state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'stopped')),
    paused_until TEXT,
    trouble TEXT,
    seen INTEGER NOT NULL,
    since TEXT NOT NULL,
    due TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT NOT NULL
) WITHOUT ROWID
"""
_SUBSCRIPTIONS_BY_PLACE = (
    "CREATE INDEX subscriptions_by_place ON subscriptions (workspace, channel)"
)
_SUBSCRIPTIONS_DUE = "CREATE INDEX subscriptions_due ON subscriptions (state, due)"
_SUBSCRIPTION_CHANGES = """
CREATE TABLE subscription_changes (
    number INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL,
    subscription TEXT NOT NULL REFERENCES subscriptions (id),
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL
)
"""
_CHANGES_BY_SUBSCRIPTION = (
    "CREATE INDEX subscription_changes_by_id ON subscription_changes (subscription, number)"
)

# `lease_until` and `not_before` are seconds of the machine's steady clock, the rest is UTC.
_DELIVERIES = """
CREATE TABLE deliveries (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE,
    workspace TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('digest', 'follow-up', 'notice')),
    subscription TEXT REFERENCES subscriptions (id),
    channel TEXT NOT NULL,
    answers TEXT REFERENCES deliveries (id),
    due TEXT NOT NULL,
    records TEXT NOT NULL,
    details TEXT NOT NULL,
    state TEXT NOT NULL CHECK
        (state IN ('pending', 'posted', 'quiet', 'doubtful', 'refused', 'withdrawn')),
    owner TEXT,
    lease_until REAL,
    not_before REAL,
    attempt INTEGER NOT NULL DEFAULT 0,
    uncertain INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    created_at TEXT NOT NULL,
    first_sent TEXT,
    posted_at TEXT,
    posted_in TEXT,
    ts TEXT
)
"""
_DELIVERIES_WAITING = (
    "CREATE INDEX deliveries_waiting ON deliveries (due, number) WHERE state = 'pending'"
)
_DELIVERIES_BY_STATE = "CREATE INDEX deliveries_by_state ON deliveries (state, due, number)"
_DELIVERIES_BY_SUBSCRIPTION = (
    "CREATE INDEX deliveries_by_subscription ON deliveries (subscription, number)"
)

# The works that a channel has been informed of, by every key of theirs.
_WORKS_POSTED = """
CREATE TABLE works_posted (
    workspace TEXT NOT NULL,
    channel TEXT NOT NULL,
    key TEXT NOT NULL,
    record_id TEXT NOT NULL,
    delivery TEXT NOT NULL REFERENCES deliveries (id),
    PRIMARY KEY (workspace, channel, key)
) WITHOUT ROWID
"""
_WORKS_BY_KEY = "CREATE INDEX works_posted_by_key ON works_posted (key)"
_WORKS_BY_DELIVERY = "CREATE INDEX works_posted_by_delivery ON works_posted (delivery)"

# When the next post may go out, on the steady clock; the channel "" represents the workspace.
_PACE = """
CREATE TABLE pace (
    workspace TEXT NOT NULL,
    channel TEXT NOT NULL,
    free_at REAL NOT NULL,
    PRIMARY KEY (workspace, channel)
) WITHOUT ROWID
"""

_OPINIONS = """
CREATE TABLE opinions (
    subscription TEXT NOT NULL REFERENCES subscriptions (id),
    record_id TEXT NOT NULL,
    who TEXT NOT NULL,
    opinion TEXT NOT NULL CHECK (opinion IN ('save', 'not_relevant')),
    at TEXT NOT NULL,
    PRIMARY KEY (subscription, record_id, who)
) WITHOUT ROWID
"""


def m0006_digests(db: Database) -> None:
    """Make the tables; the records already stored arrive in the order in which they were seen."""
    for statement in (
        _ARRIVALS,
        _ARRIVED_BEFORE,
        _ARRIVE,
        _SUBSCRIPTIONS,
        _SUBSCRIPTIONS_BY_PLACE,
        _SUBSCRIPTIONS_DUE,
        _SUBSCRIPTION_CHANGES,
        _CHANGES_BY_SUBSCRIPTION,
        _DELIVERIES,
        _DELIVERIES_WAITING,
        _DELIVERIES_BY_STATE,
        _DELIVERIES_BY_SUBSCRIPTION,
        _WORKS_POSTED,
        _WORKS_BY_KEY,
        _WORKS_BY_DELIVERY,
        _PACE,
        _OPINIONS,
    ):
        db.execute(statement)
