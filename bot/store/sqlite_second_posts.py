"""`SecondPostStore` in SQLite: each step of a look is one short transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.store import sqlite_deliveries as outbox
from bot.store.deliveries import LONGEST_WAIT, Posted
from bot.store.second_posts import LONGEST_UNTIL_LOOK, Look, Unsettled
from bot.store.sqlite_connections import Connections

# Looks have a pace of their own, beside that of posts: reading history holds up no delivery.
_CALL = "conversations.history"

FREE = """
SELECT l.delivery FROM second_looks AS l JOIN deliveries AS d ON d.id = l.delivery
WHERE l.state = 'open' AND d.state = 'posted'
    AND (l.lease_until IS NULL OR l.lease_until <= :steady
         OR l.lease_until > :steady + :longest_wait)
    AND (l.not_before IS NULL OR l.not_before <= :steady OR l.not_before > :steady + :longest)
    AND NOT EXISTS (
        SELECT 1 FROM pace WHERE pace.workspace = d.workspace AND pace.channel = :call
            AND pace.free_at > :steady AND pace.free_at <= :steady + :longest_wait)
ORDER BY l.not_before, l.delivery LIMIT 1
"""

CLAIM = """
UPDATE second_looks SET owner = :owner, lease_until = :until, attempt = attempt + 1
WHERE delivery = :id RETURNING attempt, seen, tries
"""

# Only for who still holds this very look, and only while the lease lasts.
RENEW = """
UPDATE second_looks SET lease_until = :until
WHERE delivery = :id AND owner = :owner AND attempt = :attempt
    AND lease_until > :steady AND lease_until <= :steady + :lease
"""

OPEN = "SELECT channel, ts FROM second_posts WHERE delivery = ? AND state = 'open' ORDER BY ts"

KEEP = """
UPDATE deliveries SET posted_in = :channel, ts = :ts
WHERE id = :id AND state = 'posted' AND EXISTS (
    SELECT 1 FROM second_looks
    WHERE delivery = :id AND owner = :owner AND attempt = :attempt)
"""

KEPT = "UPDATE second_posts SET state = 'kept' WHERE channel = ? AND ts = ?"

TAKEN_BACK = """
UPDATE second_posts SET state = :state, reason = :reason
WHERE channel = :channel AND ts = :ts AND state IN ('open', 'refused')
"""

PUT_OFF = """
UPDATE second_looks
SET owner = NULL, lease_until = NULL, not_before = :not_before, tries = tries + 1, reason = :reason
WHERE delivery = :id AND owner = :owner AND attempt = :attempt
"""

DONE = """
UPDATE second_looks
SET owner = NULL, lease_until = NULL, not_before = :not_before, seen = seen + 1, tries = 0,
    reason = :reason, state = :state
WHERE delivery = :id AND owner = :owner AND attempt = :attempt
"""

LOOKS_LEFT = """
SELECT count(*) FROM second_looks AS l JOIN deliveries AS d ON d.id = l.delivery
WHERE l.state = 'open' AND d.state = 'posted'
"""

UNSETTLED = """
SELECT d.id, coalesce(d.posted_in, d.channel), p.channel, p.ts, coalesce(p.reason, '')
FROM second_posts AS p JOIN deliveries AS d ON d.id = p.delivery
WHERE p.state = 'refused' AND (:workspace IS NULL OR d.workspace = :workspace)
UNION ALL
SELECT d.id, coalesce(d.posted_in, d.channel), NULL, NULL, coalesce(l.reason, '')
FROM second_looks AS l JOIN deliveries AS d ON d.id = l.delivery
WHERE l.state = 'unseen' AND (:workspace IS NULL OR d.workspace = :workspace)
ORDER BY 1, 4
"""

SETTLE_POSTS = "UPDATE second_posts SET state = ? WHERE delivery = ? AND state = 'refused'"
SETTLE_LOOK = "UPDATE second_looks SET state = 'done' WHERE delivery = ? AND state = 'unseen'"
LOOK_AGAIN = """
UPDATE second_looks SET state = 'open', seen = 0, tries = 0, not_before = NULL WHERE delivery = ?
"""


class SqliteSecondPosts:
    """See `bot.store.second_posts.SecondPostStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def claim(self, owner: str, steady: float, lease: float, pace: float) -> Look | None:
        """See `SecondPostStore.claim`."""
        free = {
            "steady": steady,
            "longest": LONGEST_UNTIL_LOOK,
            "longest_wait": LONGEST_WAIT,
            "call": _CALL,
        }
        with self._connections.reading() as db:
            # Nearly always there is nothing to look at, and that takes no write lock.
            if db.execute(FREE, free).fetchone() is None:
                return None
        with self._connections.writing() as db:
            found = db.execute(FREE, free).fetchone()
            if found is None:
                return None
            until = steady + lease
            claimed = {"owner": owner, "until": until, "id": found[0]}
            attempt, seen, tries = db.execute(CLAIM, claimed).fetchone()
            delivery = outbox.held(db, found[0])
            outbox.keep_pace(db, delivery.workspace, _CALL, steady, pace)
            return Look(delivery, owner, until, attempt, seen, tries, _open(db, delivery.id))

    def remember(
        self, look: Look, others: Sequence[Posted], steady: float, lease: float, now: datetime
    ) -> Look | None:
        """See `SecondPostStore.remember`."""
        until = steady + lease
        renewed = {**_claimed(look), "steady": steady, "lease": lease, "until": until}
        with self._connections.writing() as db:
            if db.execute(RENEW, renewed).rowcount != 1:
                return None
            for second in others:
                outbox.second_post(db, look.delivery.id, second, now)
            held = outbox.held(db, look.delivery.id)
            known = tuple(each for each in _open(db, held.id) if each != held.posted)
            return replace(look, delivery=held, until=until, others=known)

    def keep(self, look: Look, posted: Posted) -> None:
        """See `SecondPostStore.keep`."""
        place = {"channel": posted.channel, "ts": posted.ts}
        with self._connections.writing() as db:
            if db.execute(KEEP, {**_claimed(look), **place}).rowcount == 1:
                db.execute(KEPT, [posted.channel, posted.ts])

    def taken_back(self, second: Posted, refused: str | None = None) -> None:
        """See `SecondPostStore.taken_back`."""
        values = {
            "channel": second.channel,
            "ts": second.ts,
            "state": "gone" if refused is None else "refused",
            "reason": refused,
        }
        with self._connections.writing() as db:
            db.execute(TAKEN_BACK, values)

    def put_off(self, look: Look, steady: float, wait: float, reason: str) -> None:
        """See `SecondPostStore.put_off`."""
        not_before = steady + min(wait, LONGEST_WAIT)
        values = {**_claimed(look), "not_before": not_before, "reason": reason}
        with self._connections.writing() as db:
            db.execute(PUT_OFF, values)

    def done(self, look: Look, steady: float, wait: float | None, unseen: str | None) -> None:
        """See `SecondPostStore.done`."""
        not_before, state = None, "done"
        if wait is not None:
            not_before, state = steady + min(wait, LONGEST_UNTIL_LOOK), "open"
        elif unseen is not None:
            state = "unseen"
        values = {"not_before": not_before, "state": state, "reason": unseen}
        with self._connections.writing() as db:
            db.execute(DONE, {**_claimed(look), **values})

    def hold_back(self, workspace: str, steady: float, wait: float) -> None:
        """See `SecondPostStore.hold_back`."""
        with self._connections.writing() as db:
            outbox.keep_pace(db, workspace, _CALL, steady, wait)

    def looks_left(self) -> int:
        """See `SecondPostStore.looks_left`."""
        with self._connections.reading() as db:
            return int(db.execute(LOOKS_LEFT).fetchone()[0])

    def unsettled(self, workspace: str | None = None) -> Sequence[Unsettled]:
        """See `SecondPostStore.unsettled`."""
        with self._connections.reading() as db:
            rows = db.execute(UNSETTLED, {"workspace": workspace}).fetchall()
        return [
            Unsettled(delivery, channel, Posted(place, ts) if ts else None, reason)
            for delivery, channel, place, ts, reason in rows
        ]

    def settle(self, delivery_id: str) -> bool:
        """See `SecondPostStore.settle`."""
        with self._connections.writing() as db:
            posts = db.execute(SETTLE_POSTS, ["gone", delivery_id]).rowcount
            return posts + db.execute(SETTLE_LOOK, [delivery_id]).rowcount > 0

    def look_again(self, delivery_id: str) -> bool:
        """See `SecondPostStore.look_again`."""
        with self._connections.writing() as db:
            posts = db.execute(SETTLE_POSTS, ["open", delivery_id]).rowcount
            looks = db.execute(SETTLE_LOOK, [delivery_id]).rowcount
            if posts + looks == 0:
                return False
            db.execute(LOOK_AGAIN, [delivery_id])
            return True


def _claimed(look: Look) -> dict[str, Any]:
    """What a row must still say for the claim to hold."""
    return {"id": look.delivery.id, "owner": look.owner, "attempt": look.attempt}


def _open(db: Database, delivery_id: str) -> tuple[Posted, ...]:
    return tuple(Posted(*row) for row in db.execute(OPEN, [delivery_id]).fetchall())
