"""Which deliveries are looked at again for a second post, and which posts are taken back."""

from sqlite_utils import Database

# `lease_until` and `not_before` are seconds of the machine's steady clock. `seen` counts the looks
# that were done, `tries` those that failed since. What ended `unseen` waits for a person.
_LOOKS = """
CREATE TABLE second_looks (
    delivery TEXT NOT NULL PRIMARY KEY REFERENCES deliveries (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'done', 'unseen')),
    seen INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    owner TEXT,
    lease_until REAL,
    not_before REAL,
    attempt INTEGER NOT NULL DEFAULT 0,
    reason TEXT
) WITHOUT ROWID
"""
_LOOKS_WAITING = "CREATE INDEX second_looks_waiting ON second_looks (state, not_before)"

# `gone` was taken back or is there no more, `kept` represents the delivery because the post that
# did is gone; `refused` is what Slack does not let the bot take back.
_POSTS = """
CREATE TABLE second_posts (
    channel TEXT NOT NULL,
    ts TEXT NOT NULL,
    delivery TEXT NOT NULL REFERENCES deliveries (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'gone', 'kept', 'refused')),
    reason TEXT,
    found_at TEXT NOT NULL,
    PRIMARY KEY (channel, ts)
) WITHOUT ROWID
"""
_POSTS_BY_DELIVERY = "CREATE INDEX second_posts_by_delivery ON second_posts (delivery, state)"
_POSTS_BY_STATE = "CREATE INDEX second_posts_by_state ON second_posts (state)"


def m0008_second_posts(db: Database) -> None:
    """Make the tables; what was posted before is not looked at again."""
    for statement in (_LOOKS, _LOOKS_WAITING, _POSTS, _POSTS_BY_DELIVERY, _POSTS_BY_STATE):
        db.execute(statement)
