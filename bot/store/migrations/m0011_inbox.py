"""What people sent and has not been answered yet."""

from sqlite_utils import Database

# `body` is the request as Slack sent it, `answer` the call to Slack that answers it, once that is
# drawn; both are deleted with the answer. `sent` lists what the calls before it brought. What may
# have been shown more than once stays, without either, so that it is counted. `lease_until` and
# `not_before` are seconds of the machine's steady clock.
_INBOX = """
CREATE TABLE inbox (
    number INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL,
    key TEXT NOT NULL,
    at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'repeated', 'given_up')),
    body TEXT,
    answer TEXT,
    sent TEXT NOT NULL DEFAULT '[]',
    uncertain INTEGER NOT NULL DEFAULT 0,
    repeats INTEGER NOT NULL DEFAULT 0,
    owner TEXT,
    lease_until REAL,
    not_before REAL,
    attempt INTEGER NOT NULL DEFAULT 1,
    reason TEXT
)
"""
_INBOX_OPEN = "CREATE INDEX inbox_open ON inbox (number) WHERE state = 'open'"


def m0011_inbox(db: Database) -> None:
    """Make the table; what was claimed before is answered, or lost as it was then."""
    db.execute(_INBOX)
    db.execute(_INBOX_OPEN)
