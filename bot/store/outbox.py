"""`DeliveryStore` in SQLite: each step of a delivery is one short transaction."""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.store.connections import Connections, Database
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
from bot.store.leases import keep_pace, taking
from bot.store.moments import moment_of, text_of
from bot.store.statements import deliveries as sql


def insert(
    db: Database,
    new: NewDelivery,
    now: datetime,
    *,
    state: DeliveryState = "pending",
    reason: str | None = None,
) -> str | None:
    """Write a delivery inside the caller's transaction; its id, or None: its key is stored."""
    delivery_id = f"d{secrets.token_hex(8)}"
    done = db.execute(
        sql.INSERT,
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
    row = db.execute(sql.GET, [delivery_id]).fetchone()
    return _delivery(row) if row else None


def stored(db: Database, delivery_id: str) -> Delivery:
    """The delivery of this id, which is there: a delivery is never deleted."""
    delivery = get(db, delivery_id)
    if delivery is None:
        raise AssertionError(f"delivery {delivery_id} went while it was held")
    return delivery


def second_post(db: Database, delivery_id: str, posted: Posted, now: datetime) -> None:
    """Write down what is to be taken back, inside the caller's transaction."""
    values = {"channel": posted.channel, "ts": posted.ts, "now": text_of(now)}
    db.execute(sql.SECOND_POST, {"id": delivery_id, **values})


class DeliveryStore:
    """Deliveries, safe from any thread and any process; every write is one transaction.

    Moments named `steady` are seconds of the machine's steady clock. Methods raise the
    `StoreError` that says what is wrong; nothing is changed then.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, new: NewDelivery, now: datetime) -> bool:
        """Write a delivery; False when one of its key is stored already, which stays as it is."""
        with self._connections.writing() as db:
            return insert(db, new, now) is not None

    def claim(self, owner: str, steady: float, lease: float, pace: Pace) -> Claim | None:
        """Take the delivery that is due longest and free, for `lease` seconds; None: there is none.

        Free is what no one holds a lease on and what need not wait, in a channel and a workspace
        whose pace allows a post now. What is reported of a followed record waits while that is
        paused.
        """
        with taking(self._connections, sql.FREE, steady) as found:
            if found is None:
                return None
            db, delivery_id = found
            until = steady + lease
            db.execute(sql.CLAIM, {"owner": owner, "until": until, "id": delivery_id})
            delivery = stored(db, delivery_id)
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
            unaccounted = db.execute(sql.UNACCOUNTED, {"id": claim.delivery.id}).fetchone()
            if db.execute(sql.START, {**_claimed(claim), **values}).rowcount != 1:
                return None
            if unaccounted:
                db.execute(sql.LOOK_AGAIN, look)
            return Claim(stored(db, claim.delivery.id), claim.owner, until)

    def confirm(self, claim: Claim, posted: Posted, now: datetime) -> Posted:
        """Write down where it was posted; returns where the store has it.

        That is another place when another owner confirmed the delivery first. What was posted is
        then the second post, and is written down, in the same transaction, to be taken back.
        """
        values = {"channel": posted.channel, "ts": posted.ts, "now": text_of(now)}
        with self._connections.writing() as db:
            db.execute(sql.CONFIRM, {"id": claim.delivery.id, **values})
            kept = stored(db, claim.delivery.id).posted
            if kept is None or kept == posted:
                return posted
            second_post(db, claim.delivery.id, posted, now)
            db.execute(sql.LOOK_AGAIN, {"id": claim.delivery.id, "not_before": None})
            return kept

    def release(
        self, claim: Claim, steady: float, wait: float, reason: str, *, uncertain: bool
    ) -> None:
        """Give it back: it is free again after `wait` seconds. Nothing where the claim is lost."""
        not_before = steady + min(wait, LONGEST_WAIT)
        values = {"not_before": not_before, "reason": reason, "uncertain": uncertain}
        with self._connections.writing() as db:
            db.execute(sql.RELEASE, {**_claimed(claim), **values})

    def hold_back(self, workspace: str, steady: float, wait: float) -> None:
        """Let nothing be claimed in a workspace for `wait` seconds: Slack required it."""
        with self._connections.writing() as db:
            keep_pace(db, workspace, "", steady, wait)

    def close(self, claim: Claim, state: DeliveryState, reason: str) -> bool:
        """End it as `doubtful` or `refused`; False where the claim is lost."""
        with self._connections.writing() as db:
            done = db.execute(sql.CLOSE, {**_claimed(claim), "state": state, "reason": reason})
            return done.rowcount == 1

    def settle(self, delivery_id: str, *, was_posted: bool, now: datetime) -> bool:
        """A person's word on a doubtful delivery: posted, or to be sent; False: it is none.

        The attempt that was in doubt is accounted for by it.
        """
        state = "posted" if was_posted else "pending"
        posted_at = text_of(now) if was_posted else None
        values = {"id": delivery_id, "state": state, "posted_at": posted_at}
        with self._connections.writing() as db:
            return db.execute(sql.SETTLE, values).rowcount == 1

    def get(self, delivery_id: str) -> Delivery | None:
        """The delivery of this id, or None."""
        with self._connections.reading() as db:
            return get(db, delivery_id)

    def at(self, post: Posted) -> Delivery | None:
        """The delivery that was posted there, or None."""
        with self._connections.reading() as db:
            row = db.execute(sql.AT, [post.channel, post.ts]).fetchone()
        return _delivery(row) if row else None

    def of_subscription(self, subscription: str, limit: int) -> Sequence[Delivery]:
        """The last deliveries of a subscription, newest first."""
        with self._connections.reading() as db:
            rows = db.execute(sql.OF_SUBSCRIPTION, [subscription, limit]).fetchall()
        return [_delivery(row) for row in rows]

    def in_state(self, state: DeliveryState, limit: int) -> Sequence[Delivery]:
        """The deliveries in this state, due longest first."""
        with self._connections.reading() as db:
            rows = db.execute(sql.IN_STATE, [state, limit]).fetchall()
        return [_delivery(row) for row in rows]

    def posts_of(self, keys: Sequence[str]) -> Sequence[tuple[Delivery, str]]:
        """The digests that brought any of these works, each with the record it brought.

        `keys` are those of `bot.store.subscriptions.work_keys`. Withdrawn digests are left out.
        """
        with self._connections.reading() as db:
            rows = db.execute(sql.POSTS_OF, [json.dumps(list(keys))]).fetchall()
        return [(_delivery(row[1:]), row[0]) for row in rows]

    def by_key(self, key: str) -> Delivery | None:
        """The delivery of this key, or None."""
        with self._connections.reading() as db:
            row = db.execute(sql.BY_KEY, [key]).fetchone()
        return _delivery(row) if row else None

    def followed(self) -> int:
        """The last happening (`bot.store.standing`) that was worked through; 0 before it."""
        with self._connections.reading() as db:
            row = db.execute(sql.FOLLOWED).fetchone()
        return int(row[0]) if row else 0

    def follow_up(self, follow_ups: Sequence[NewDelivery], up_to: int, now: datetime) -> None:
        """Write what is reported of happenings up to a place in their sequence, in one transaction.

        A delivery whose key is stored already is left alone, so a second telling tells nothing; so
        is one about which its hearer was informed before, by any of its names.
        """
        with self._connections.writing() as db:
            for new in follow_ups:
                _tell(db, new, now)
            db.execute(sql.FOLLOW, [up_to])

    def outstanding(self, workspace: str | None = None) -> Outstanding:
        """What is not posted yet, of one workspace or of all; what a pause holds is left out."""
        with self._connections.reading() as db:
            wanted = {"workspace": workspace}
            pending, doubtful, refused, oldest = db.execute(sql.OUTSTANDING, wanted).fetchone()
            second, twice = (
                db.execute(each, wanted).fetchone()[0] for each in (sql.SECOND, sql.TWICE)
            )
        return Outstanding(pending, doubtful, refused, moment_of(oldest), second, twice)


def _tell(db: Database, new: NewDelivery, now: datetime) -> None:
    place = (new.workspace, new.hearer)
    if db.execute(sql.WAS_TOLD, [*place, json.dumps(new.told)]).fetchone() is not None:
        return
    delivery_id = insert(db, new, now)
    if delivery_id is not None:
        rows = [(*place, name, new.records[0], delivery_id) for name in new.told]
        db.conn.executemany(sql.TELL, rows)


def _claimed(claim: Claim) -> dict[str, Any]:
    """What a row must still say for the claim to hold."""
    delivery = claim.delivery
    return {"id": delivery.id, "owner": claim.owner, "attempt": delivery.attempt}


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
