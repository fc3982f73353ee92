"""The store's part in taking back second posts: what is looked at again, and what was found.

A delivery is put down to be *looked at again* when it is sent although an earlier attempt is
unaccounted for (`DeliveryStore.start`), and when a process finds that it posted what another had
posted before (`DeliveryStore.confirm`). A *second post* is written down before it is taken back.
A look is claimed with a lease, like a delivery, and only once its delivery is posted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.store import outbox
from bot.store.connections import Connections, Database
from bot.store.deliveries import LONGEST_WAIT, Delivery, Posted
from bot.store.leases import keep_pace, taking
from bot.store.statements import second_posts as sql

# The longest time between two looks. A moment further ahead dates from before the machine was
# restarted, and its steady clock with it.
LONGEST_UNTIL_LOOK = 86_400.0
# Looks have a pace of their own, apart from that of posts: reading history holds up no delivery.
_CALL = "conversations.history"


@dataclass(frozen=True, slots=True)
class Look:
    """A posted delivery that one owner may look at until `until` on the steady clock.

    `attempt` counts the claims. `seen` is how many looks were done before this one, `tries` how
    often this one failed. `others` are the posts to be taken back, as far as they are known.
    """

    delivery: Delivery
    owner: str
    until: float
    attempt: int
    seen: int
    tries: int
    others: tuple[Posted, ...]


@dataclass(frozen=True, slots=True)
class Unsettled:
    """What may stand twice and needs a person; `reason` is Slack's word.

    `second` is the post that Slack does not let the bot take back, or None: the channel's history
    could not be read.
    """

    delivery: str
    channel: str
    second: Posted | None
    reason: str


class SecondPostStore:
    """Looks and second posts, safe from any thread and any process; a write is one transaction.

    Methods raise the `StoreError` that says what is wrong; nothing is changed then. Those that
    take a Look do nothing where the claim is lost.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def claim(self, owner: str, steady: float, lease: float, pace: float) -> Look | None:
        """Take the look that waits longest and may be done now; None: there is none.

        Two looks in one workspace are `pace` seconds apart.
        """
        with taking(
            self._connections, sql.FREE, steady, longest_look=LONGEST_UNTIL_LOOK, call=_CALL
        ) as found:
            if found is None:
                return None
            db, delivery_id = found
            until = steady + lease
            claimed = {"owner": owner, "until": until, "id": delivery_id}
            attempt, seen, tries = db.execute(sql.CLAIM, claimed).fetchone()
            delivery = outbox.stored(db, delivery_id)
            keep_pace(db, delivery.workspace, _CALL, steady, pace)
            return Look(delivery, owner, until, attempt, seen, tries, _open(db, delivery.id))

    def remember(
        self, look: Look, others: Sequence[Posted], steady: float, lease: float, now: datetime
    ) -> Look | None:
        """Write down second posts before they are taken back, with the lease made new.

        Returns the look with all that are to be taken back now; None: the claim is lost. The post
        that the store holds as the delivery is never one of them.
        """
        until = steady + lease
        renewed = {**_claimed(look), "steady": steady, "lease": lease, "until": until}
        with self._connections.writing() as db:
            if db.execute(sql.RENEW, renewed).rowcount != 1:
                return None
            for second in others:
                outbox.second_post(db, look.delivery.id, second, now)
            stored = outbox.stored(db, look.delivery.id)
            known = tuple(each for each in _open(db, stored.id) if each != stored.posted)
            return replace(look, delivery=stored, until=until, others=known)

    def keep(self, look: Look, posted: Posted) -> None:
        """Take this post as the delivery from now on: the one before is gone."""
        place = {"channel": posted.channel, "ts": posted.ts}
        with self._connections.writing() as db:
            if db.execute(sql.KEEP, {**_claimed(look), **place}).rowcount == 1:
                db.execute(sql.KEPT, [posted.channel, posted.ts])

    def taken_back(self, second: Posted, refused: str | None = None) -> None:
        """Write down that a second post is gone, or with `refused` that Slack keeps it for good."""
        values = {
            "channel": second.channel,
            "ts": second.ts,
            "state": "gone" if refused is None else "refused",
            "reason": refused,
        }
        with self._connections.writing() as db:
            db.execute(sql.TAKEN_BACK, values)

    def put_off(self, look: Look, steady: float, wait: float, reason: str) -> None:
        """Try this look again after `wait` seconds."""
        not_before = steady + min(wait, LONGEST_WAIT)
        values = {**_claimed(look), "not_before": not_before, "reason": reason}
        with self._connections.writing() as db:
            db.execute(sql.PUT_OFF, values)

    def done(self, look: Look, steady: float, wait: float | None, unseen: str | None) -> None:
        """This look is done: the next is in `wait` seconds, or None: it was the last.

        `unseen` says why the last look could not be done; a person is to look then.
        """
        not_before, state = None, "done"
        if wait is not None:
            not_before, state = steady + min(wait, LONGEST_UNTIL_LOOK), "open"
        elif unseen is not None:
            state = "unseen"
        values = {"not_before": not_before, "state": state, "reason": unseen}
        with self._connections.writing() as db:
            db.execute(sql.DONE, {**_claimed(look), **values})

    def hold_back(self, workspace: str, steady: float, wait: float) -> None:
        """Let no look be claimed in a workspace for `wait` seconds: Slack required it."""
        with self._connections.writing() as db:
            keep_pace(db, workspace, _CALL, steady, wait)

    def looks_left(self) -> int:
        """How many posted deliveries are still to be looked at."""
        with self._connections.reading() as db:
            return int(db.execute(sql.LOOKS_LEFT).fetchone()[0])

    def unsettled(self, workspace: str | None = None) -> Sequence[Unsettled]:
        """What needs a person, of one workspace or of all."""
        with self._connections.reading() as db:
            rows = db.execute(sql.UNSETTLED, {"workspace": workspace}).fetchall()
        return [
            Unsettled(delivery, channel, Posted(place, ts) if ts else None, reason)
            for delivery, channel, place, ts, reason in rows
        ]

    def settle(self, delivery_id: str) -> bool:
        """A person's word that a delivery was posted once; False: nothing needed it."""
        with self._connections.writing() as db:
            posts = db.execute(sql.SETTLE_POSTS, ["gone", delivery_id]).rowcount
            return posts + db.execute(sql.SETTLE_LOOK, [delivery_id]).rowcount > 0

    def look_again(self, delivery_id: str) -> bool:
        """A person's wish that the bot looks, and takes back, once more; False: nothing needed it.

        The looks begin again, at once.
        """
        with self._connections.writing() as db:
            posts = db.execute(sql.SETTLE_POSTS, ["open", delivery_id]).rowcount
            looks = db.execute(sql.SETTLE_LOOK, [delivery_id]).rowcount
            if posts + looks == 0:
                return False
            db.execute(sql.LOOK_AGAIN, [delivery_id])
            return True


def _claimed(look: Look) -> dict[str, Any]:
    """What a row must still say for the claim to hold."""
    return {"id": look.delivery.id, "owner": look.owner, "attempt": look.attempt}


def _open(db: Database, delivery_id: str) -> tuple[Posted, ...]:
    return tuple(Posted(*row) for row in db.execute(sql.OPEN, [delivery_id]).fetchall())
