"""`DeliveryStore` in SQLite: each step of a delivery is one short transaction."""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.store.connections import Connections
from bot.store.deliveries import (
    LONGEST_WAIT,
    Claim,
    Delivery,
    DeliveryState,
    NewDelivery,
    Outstanding,
    Pace,
    Posted,
)
from bot.store.moments import moment_of, text_of

_COLUMNS = """
d.id, d.key, d.workspace, d.kind, d.subscription, d.channel, original.posted_in, original.ts,
d.due, d.records, d.details, d.state, d.attempt, d.uncertain, d.first_sent, d.reason, d.posted_in,
d.ts, d.created_at
"""
_FROM = "FROM deliveries AS d LEFT JOIN deliveries AS original ON original.id = d.answers"

INSERT = """
INSERT INTO deliveries
    (id, key, workspace, kind, subscription, channel, answers, due, records, details, state,
     reason, created_at)
VALUES
    (:id, :key, :workspace, :kind, :subscription, :channel, :answers, :due, :records, :details,
     :state, :reason, :now)
ON CONFLICT (key) DO NOTHING
"""

GET = f"SELECT {_COLUMNS} {_FROM} WHERE d.id = ?"

# What is told of a record that is followed waits while the following is paused by a person; in the
# thread of a post, and where only the channel was closed, it does not.
_PAUSED = """
d.kind = 'follow-up' AND d.answers IS NULL AND EXISTS (
    SELECT 1 FROM subscriptions AS s
    WHERE s.id = d.subscription AND s.state = 'paused' AND s.trouble IS NULL)
"""

# The delivery due longest that nobody holds and nothing delays. A moment of the steady clock that
# is further ahead than can be meant dates from before the machine was started anew. For a lease
# that is more than its length: who claims has read the clock before it waited for the lock, and
# meanwhile another may have taken a lease that ends later than its own would.
FREE = f"""
SELECT d.id FROM deliveries AS d
WHERE d.state = 'pending'
    AND (d.lease_until IS NULL OR d.lease_until <= :steady OR d.lease_until > :steady + :longest)
    AND (d.not_before IS NULL OR d.not_before <= :steady OR d.not_before > :steady + :longest)
    AND (d.answers IS NULL
         OR EXISTS (SELECT 1 FROM deliveries AS o WHERE o.id = d.answers AND o.state = 'posted'))
    AND NOT EXISTS (
        SELECT 1 FROM pace WHERE pace.workspace = d.workspace AND pace.channel IN ('', d.channel)
            AND pace.free_at > :steady AND pace.free_at <= :steady + :longest)
    AND NOT ({_PAUSED})
ORDER BY d.due, d.number LIMIT 1
"""  # noqa: S608

CLAIM = """
UPDATE deliveries SET owner = :owner, lease_until = :until, attempt = attempt + 1 WHERE id = :id
"""

# A later moment stays: Slack may have asked for a longer pause.
KEEP_PACE = """
INSERT INTO pace (workspace, channel, free_at) VALUES (:workspace, :channel, :free_at)
ON CONFLICT (workspace, channel) DO UPDATE SET free_at =
    CASE WHEN pace.free_at > :free_at AND pace.free_at <= :longest
        THEN pace.free_at ELSE excluded.free_at END
"""

# Only for who still holds this very attempt, and only while the lease lasts.
START = """
UPDATE deliveries
SET uncertain = 1, lease_until = :until, first_sent = coalesce(first_sent, :now)
WHERE id = :id AND state = 'pending' AND owner = :owner AND attempt = :attempt
    AND lease_until > :steady AND lease_until <= :steady + :lease
"""

# Whoever knows where it is may say so, also after losing the claim: it is the truth.
CONFIRM = """
UPDATE deliveries
SET state = 'posted', posted_in = :channel, ts = :ts, posted_at = :now, reason = NULL,
    uncertain = 0, owner = NULL, lease_until = NULL, not_before = NULL
WHERE id = :id AND state IN ('pending', 'doubtful')
"""

# Also where looks had begun: they begin anew, and one that is under way counts for nothing.
LOOK_AGAIN = """
INSERT INTO second_looks (delivery, state, not_before) VALUES (:id, 'open', :not_before)
ON CONFLICT (delivery) DO UPDATE SET
    state = 'open', seen = 0, tries = 0, not_before = :not_before, owner = NULL, lease_until = NULL
"""

UNACCOUNTED = """
SELECT 1 FROM deliveries AS d
WHERE d.id = :id
    AND (d.uncertain = 1 OR EXISTS (SELECT 1 FROM second_looks AS l WHERE l.delivery = d.id))
"""

# What is held as the delivery is no second post, and what was found before stays as it is.
SECOND_POST = """
INSERT INTO second_posts (channel, ts, delivery, state, found_at)
SELECT :channel, :ts, id, 'open', :now FROM deliveries
WHERE id = :id AND (posted_in IS NOT :channel OR ts IS NOT :ts)
ON CONFLICT (channel, ts) DO NOTHING
"""

RELEASE = """
UPDATE deliveries
SET owner = NULL, lease_until = NULL, not_before = :not_before, reason = :reason,
    uncertain = :uncertain
WHERE id = :id AND state = 'pending' AND owner = :owner AND attempt = :attempt
"""

CLOSE = """
UPDATE deliveries
SET state = :state, reason = :reason, owner = NULL, lease_until = NULL, not_before = NULL,
    uncertain = (:state = 'doubtful')
WHERE id = :id AND state = 'pending' AND owner = :owner AND attempt = :attempt
"""

SETTLE = """
UPDATE deliveries SET state = :state, uncertain = 0, posted_at = :posted_at, reason = NULL
WHERE id = :id AND state = 'doubtful'
"""

OF_SUBSCRIPTION = f"""
SELECT {_COLUMNS} {_FROM} WHERE d.subscription = ? ORDER BY d.number DESC LIMIT ?
"""

IN_STATE = f"""
SELECT {_COLUMNS} {_FROM} WHERE d.state = ? ORDER BY d.due, d.number LIMIT ?
"""

POSTS_OF = f"""
SELECT DISTINCT works_posted.record_id, {_COLUMNS} {_FROM}
JOIN works_posted ON works_posted.delivery = d.id
WHERE works_posted.key IN (SELECT value FROM json_each(?)) AND d.state <> 'withdrawn'
ORDER BY d.number
"""  # noqa: S608

BY_KEY = f"SELECT {_COLUMNS} {_FROM} WHERE d.key = ?"

FOLLOWED = "SELECT value FROM meta WHERE key = 'happenings_followed'"

# Another server may have come further meanwhile.
FOLLOW = """
INSERT INTO meta (key, value) VALUES ('happenings_followed', ?)
ON CONFLICT (key) DO UPDATE SET value = max(value, excluded.value)
"""

# Kept beside the works that a place was told of.
WAS_TOLD = """
SELECT 1 FROM works_posted
WHERE workspace = ? AND channel = ? AND key IN (SELECT value FROM json_each(?)) LIMIT 1
"""

TELL = """
INSERT INTO works_posted (workspace, channel, key, record_id, delivery) VALUES (?, ?, ?, ?, ?)
"""

OUTSTANDING = f"""
SELECT count(*) FILTER (WHERE state = 'pending'), count(*) FILTER (WHERE state = 'doubtful'),
    count(*) FILTER (WHERE state = 'refused'), min(due) FILTER (WHERE state = 'pending')
FROM deliveries AS d
WHERE state IN ('pending', 'doubtful', 'refused') AND (:workspace IS NULL OR workspace = :workspace)
    AND NOT (state = 'pending' AND {_PAUSED})
"""  # noqa: S608

SECOND = """
SELECT count(*) FROM second_posts AS p JOIN deliveries AS d ON d.id = p.delivery
WHERE p.state = 'open' AND (:workspace IS NULL OR d.workspace = :workspace)
"""

TWICE = """
SELECT count(*) FROM deliveries AS d
WHERE d.id IN (SELECT delivery FROM second_posts WHERE state = 'refused'
               UNION SELECT delivery FROM second_looks WHERE state = 'unseen')
    AND (:workspace IS NULL OR d.workspace = :workspace)
"""


def insert(
    db: Database,
    new: NewDelivery,
    now: datetime,
    *,
    state: DeliveryState = "pending",
    reason: str | None = None,
) -> str | None:
    """Write a delivery inside the caller's transaction; its id, or None: its key is held."""
    delivery_id = f"d{secrets.token_hex(8)}"
    done = db.execute(
        INSERT,
        {
            "id": delivery_id,
            "key": new.key,
            "workspace": new.workspace,
            "kind": new.kind,
            "subscription": new.subscription,
            "channel": new.channel,
            "answers": new.answers,
            "due": text_of(new.due),
            "records": json.dumps(new.records),
            "details": json.dumps(dict(new.details), ensure_ascii=False),
            "state": state,
            "reason": reason,
            "now": text_of(now),
        },
    )
    return delivery_id if done.rowcount == 1 else None


def get(db: Database, delivery_id: str) -> Delivery | None:
    """The delivery of this id, or None."""
    row = db.execute(GET, [delivery_id]).fetchone()
    return _delivery(row) if row else None


def held(db: Database, delivery_id: str) -> Delivery:
    """The delivery of this id, which is there: a delivery is never deleted."""
    delivery = get(db, delivery_id)
    if delivery is None:
        raise AssertionError(f"delivery {delivery_id} went while it was held")
    return delivery


def keep_pace(db: Database, workspace: str, channel: str, steady: float, wait: float) -> None:
    """Let what goes by this row of `pace` wait, inside the caller's transaction."""
    db.execute(
        KEEP_PACE,
        {
            "workspace": workspace,
            "channel": channel,
            "free_at": steady + min(wait, LONGEST_WAIT),
            "longest": steady + LONGEST_WAIT,
        },
    )


def second_post(db: Database, delivery_id: str, posted: Posted, now: datetime) -> None:
    """Write down what is to be taken back, inside the caller's transaction."""
    values = {"channel": posted.channel, "ts": posted.ts, "now": text_of(now)}
    db.execute(SECOND_POST, {"id": delivery_id, **values})


class DeliveryStore:
    """Deliveries, safe from any thread and any process; every write is one transaction.

    Moments named `steady` are seconds of the machine's steady clock. Methods raise the
    `StoreError` that says what is wrong; nothing is changed then.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, new: NewDelivery, now: datetime) -> bool:
        """Write a delivery; False when one of its key is held already, which stays as it is."""
        with self._connections.writing() as db:
            return insert(db, new, now) is not None

    def claim(self, owner: str, steady: float, lease: float, pace: Pace) -> Claim | None:
        """Take the delivery that is due longest and free, for `lease` seconds; None: there is none.

        Free is what nobody holds a lease on and what need not wait, in a channel and a workspace
        whose pace allows a post now. What is told of a followed record waits while that is paused.
        """
        free = {"steady": steady, "longest": LONGEST_WAIT}
        with self._connections.reading() as db:
            # Most looks find nothing, and need not take the write lock for it.
            if db.execute(FREE, free).fetchone() is None:
                return None
        with self._connections.writing() as db:
            found = db.execute(FREE, free).fetchone()
            if found is None:
                return None
            until = steady + lease
            db.execute(CLAIM, {"owner": owner, "until": until, "id": found[0]})
            delivery = held(db, found[0])
            keep_pace(db, delivery.workspace, delivery.channel, steady, pace.channel)
            keep_pace(db, delivery.workspace, "", steady, pace.workspace)
            return Claim(delivery, owner, until)

    def start(
        self, claim: Claim, steady: float, lease: float, now: datetime, look_after: float = 0.0
    ) -> Claim | None:
        """Write down that it is about to be sent, with the lease made new; None: it is lost.

        From here on the delivery is uncertain until something else is known. Where it was already,
        an earlier attempt is unaccounted for and may yet be posted: once this one is, the delivery
        is looked at again (`SecondPostStore`), not before `look_after` seconds from now.
        """
        until, look = steady + lease, {"id": claim.delivery.id, "not_before": steady + look_after}
        values = {"steady": steady, "lease": lease, "until": until, "now": text_of(now)}
        with self._connections.writing() as db:
            unaccounted = db.execute(UNACCOUNTED, {"id": claim.delivery.id}).fetchone()
            if db.execute(START, {**_claimed(claim), **values}).rowcount != 1:
                return None
            if unaccounted:
                db.execute(LOOK_AGAIN, look)
            return Claim(held(db, claim.delivery.id), claim.owner, until)

    def confirm(self, claim: Claim, posted: Posted, now: datetime) -> Posted:
        """Write down where it was posted; returns where the store has it.

        That is another place when another owner confirmed the delivery first. What was posted is
        then the second post, and is written down, in the same transaction, to be taken back.
        """
        values = {"channel": posted.channel, "ts": posted.ts, "now": text_of(now)}
        with self._connections.writing() as db:
            db.execute(CONFIRM, {"id": claim.delivery.id, **values})
            kept = held(db, claim.delivery.id).posted
            if kept is None or kept == posted:
                return posted
            second_post(db, claim.delivery.id, posted, now)
            db.execute(LOOK_AGAIN, {"id": claim.delivery.id, "not_before": None})
            return kept

    def release(
        self, claim: Claim, steady: float, wait: float, reason: str, *, uncertain: bool
    ) -> None:
        """Give it back: it is free again after `wait` seconds. Nothing where the claim is lost."""
        not_before = steady + min(wait, LONGEST_WAIT)
        values = {"not_before": not_before, "reason": reason, "uncertain": uncertain}
        with self._connections.writing() as db:
            db.execute(RELEASE, {**_claimed(claim), **values})

    def hold_back(self, workspace: str, steady: float, wait: float) -> None:
        """Let nothing be claimed in a workspace for `wait` seconds: Slack asked for it."""
        with self._connections.writing() as db:
            keep_pace(db, workspace, "", steady, wait)

    def close(self, claim: Claim, state: DeliveryState, reason: str) -> bool:
        """End it as `doubtful` or `refused`; False where the claim is lost."""
        with self._connections.writing() as db:
            done = db.execute(CLOSE, {**_claimed(claim), "state": state, "reason": reason})
            return done.rowcount == 1

    def settle(self, delivery_id: str, *, was_posted: bool, now: datetime) -> bool:
        """A person's word on a doubtful delivery: posted, or to be sent; False: it is none.

        The attempt that was in doubt is accounted for by it.
        """
        state = "posted" if was_posted else "pending"
        posted_at = text_of(now) if was_posted else None
        values = {"id": delivery_id, "state": state, "posted_at": posted_at}
        with self._connections.writing() as db:
            return db.execute(SETTLE, values).rowcount == 1

    def get(self, delivery_id: str) -> Delivery | None:
        """The delivery of this id, or None."""
        with self._connections.reading() as db:
            return get(db, delivery_id)

    def of_subscription(self, subscription: str, limit: int) -> Sequence[Delivery]:
        """The last deliveries of a subscription, newest first."""
        with self._connections.reading() as db:
            rows = db.execute(OF_SUBSCRIPTION, [subscription, limit]).fetchall()
        return [_delivery(row) for row in rows]

    def in_state(self, state: DeliveryState, limit: int) -> Sequence[Delivery]:
        """The deliveries in this state, due longest first."""
        with self._connections.reading() as db:
            rows = db.execute(IN_STATE, [state, limit]).fetchall()
        return [_delivery(row) for row in rows]

    def posts_of(self, keys: Sequence[str]) -> Sequence[tuple[Delivery, str]]:
        """The digests that brought any of these works, each with the record it brought.

        `keys` are those of `bot.store.subscriptions.work_keys`. Withdrawn digests are left out.
        """
        with self._connections.reading() as db:
            rows = db.execute(POSTS_OF, [json.dumps(list(keys))]).fetchall()
        return [(_delivery(row[1:]), row[0]) for row in rows]

    def by_key(self, key: str) -> Delivery | None:
        """The delivery of this key, or None."""
        with self._connections.reading() as db:
            row = db.execute(BY_KEY, [key]).fetchone()
        return _delivery(row) if row else None

    def followed(self) -> int:
        """The last happening (`bot.store.standing`) that was worked through; 0 before it."""
        with self._connections.reading() as db:
            row = db.execute(FOLLOWED).fetchone()
        return int(row[0]) if row else 0

    def follow_up(self, told: Sequence[NewDelivery], up_to: int, now: datetime) -> None:
        """Write what is told of happenings up to a place in their sequence, in one transaction.

        A delivery whose key is held already is left alone, so a second telling tells nothing; so is
        one whose hearer was told before what it tells, by any of its names.
        """
        with self._connections.writing() as db:
            for new in told:
                _tell(db, new, now)
            db.execute(FOLLOW, [up_to])

    def outstanding(self, workspace: str | None = None) -> Outstanding:
        """What is not posted yet, of one workspace or of all; what a pause holds is left out."""
        with self._connections.reading() as db:
            asked = {"workspace": workspace}
            pending, doubtful, refused, oldest = db.execute(OUTSTANDING, asked).fetchone()
            second, twice = (db.execute(each, asked).fetchone()[0] for each in (SECOND, TWICE))
        return Outstanding(pending, doubtful, refused, moment_of(oldest), second, twice)


def _tell(db: Database, new: NewDelivery, now: datetime) -> None:
    place = (new.workspace, new.hearer)
    if db.execute(WAS_TOLD, [*place, json.dumps(new.told)]).fetchone() is not None:
        return
    delivery_id = insert(db, new, now)
    if delivery_id is not None:
        rows = [(*place, name, new.records[0], delivery_id) for name in new.told]
        db.conn.executemany(TELL, rows)


def _claimed(claim: Claim) -> dict[str, Any]:
    """What a row must still say for the claim to hold."""
    held = claim.delivery
    return {"id": held.id, "owner": claim.owner, "attempt": held.attempt}


def _delivery(row: Sequence[Any]) -> Delivery:
    (delivery_id, key, workspace, kind, subscription, channel, thread_in, thread, due, records,
     details, state, attempt, uncertain, first_sent, reason, posted_in, ts,
     created) = row  # fmt: skip
    return Delivery(
        id=delivery_id,
        key=key,
        workspace=workspace,
        kind=kind,
        subscription=subscription,
        # A reply goes where the original is: a direct message is known by its own channel.
        channel=thread_in or channel,
        thread=thread,
        due=datetime.fromisoformat(due),
        records=tuple(json.loads(records)),
        details=json.loads(details),
        state=state,
        attempt=attempt,
        uncertain=bool(uncertain),
        first_sent=moment_of(first_sent),
        reason=reason,
        posted=Posted(posted_in, ts) if posted_in and ts else None,
        created=datetime.fromisoformat(created),
    )
