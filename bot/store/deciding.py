"""What one period of a subscription brings, written inside the caller's transaction."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.store import outbox
from bot.store.connections import Database
from bot.store.deliveries import Delivery, DeliveryState, NewDelivery
from bot.store.moments import text_of
from bot.store.statements import subscriptions as sql
from bot.store.subscriptions import Decision, Match, Subscription


def decide(db: Database, decision: Decision, now: datetime) -> Delivery | None:
    """Write a period's digest, and move its subscription on; None where that was done already."""
    stored = decision.subscription
    move = {
        "id": stored.id,
        "version": stored.version,
        "up_to": decision.up_to,
        "next_due": text_of(decision.next_due),
        "now": text_of(now),
    }
    if db.execute(sql.MOVE_ON, move).rowcount != 1:
        return None
    fresh = fresh_of(db, stored, decision.matches)
    happened = db.execute(sql.LAST_HAPPENING).fetchone()[0]
    speaks = bool(fresh) or stored.when_empty == "line" or decision.reason is not None
    state: DeliveryState = "pending" if speaks else "quiet"
    new = _digest(decision, fresh, happened)
    delivery_id = outbox.insert(db, new, now, state=state)
    if delivery_id is None:
        # The clock went back over a moment that was already reported, and nothing came since.
        return None
    place = (stored.workspace, stored.channel)
    rows = [(*place, key, match.record_id, delivery_id) for match in fresh for key in match.keys]
    db.conn.executemany(sql.POST_WORK, rows)
    if fresh and stored.form == "thread":
        outbox.insert(db, _cards(new, delivery_id), now)
    return outbox.get(db, delivery_id)


def _cards(heading: NewDelivery, delivery_id: str) -> NewDelivery:
    """The records of a digest whose heading is alone: a post in its thread."""
    key, details = f"{heading.key}:cards", {**heading.details, "cards": True}
    return replace(heading, key=key, kind="follow-up", answers=delivery_id, details=details)


def _digest(decision: Decision, fresh: Sequence[Match], happened: int) -> NewDelivery:
    stored = decision.subscription
    return NewDelivery(
        key=f"{stored.id}:{text_of(decision.due)}:{stored.seen}",
        workspace=stored.workspace,
        kind="digest",
        channel=stored.channel,
        due=decision.due,
        subscription=stored.id,
        records=tuple(match.record_id for match in fresh),
        details={
            "after": stored.seen,
            "up_to": decision.up_to,
            "since": text_of(stored.since),
            "reason": decision.reason,
            "happened": happened,
        },
    )


def fresh_of(db: Database, stored: Subscription, matches: Sequence[Match]) -> list[Match]:
    """The matches whose work was not posted in this channel, nor is twice among them."""
    if not matches:
        return []
    wanted = json.dumps([key for match in matches for key in match.keys])
    rows = db.execute(sql.POSTED_KEYS, [stored.workspace, stored.channel, wanted])
    named = {row[0] for row in rows}
    fresh: list[Match] = []
    for match in matches:
        if named.isdisjoint(match.keys):
            fresh.append(match)
            named.update(match.keys)
    return fresh
