"""`SubscriptionStore` in SQLite."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from bot.records.models import Identifier
from bot.schedule import Cadence, Schedule
from bot.store import outbox
from bot.store.audit import BOT, AuditStore
from bot.store.connections import Connections, Database
from bot.store.deciding import decide, fresh_of
from bot.store.deliveries import Delivery
from bot.store.moments import moment_of, text_of
from bot.store.statements import subscriptions as sql
from bot.store.subscriptions import (
    Arrival,
    Change,
    Decision,
    Match,
    NewSubscription,
    Opinion,
    Subscription,
    Watch,
)

_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _By:
    """What the audit keeps of a change."""

    who: str
    now: datetime
    what: str


class SubscriptionStore:
    """Subscriptions and their audit, safe from any thread and any process.

    Every write is one transaction. `who` is the id of the person who requested it, or a word for
    the bot itself. Methods raise the `StoreError` that says what is wrong; nothing is changed then.
    """

    def __init__(self, connections: Connections, audit: AuditStore) -> None:
        self._connections = connections
        self._audit = audit

    def add(self, new: NewSubscription, who: str, now: datetime) -> Subscription:
        """Begin to follow: what is stored at this moment is not new."""
        subscription_id = f"s{secrets.token_hex(5)}"
        with self._connections.writing() as db:
            db.execute(sql.INSERT, {"id": subscription_id, **_values(new, who, now)})
            what = f"made: {new.watch.query}, {new.schedule.words}"
            self._note(db, subscription_id, _By(who, now, what))
            return _stored(db, subscription_id)

    def get(self, subscription_id: str) -> Subscription | None:
        """The subscription of this id, or None. A stopped one is still there."""
        with self._connections.reading() as db:
            row = db.execute(sql.GET, [subscription_id]).fetchone()
        return _subscription(row) if row else None

    def of(self, workspace: str, channel: str, who: str) -> Sequence[Subscription]:
        """Those of a channel, and those that a person made or gets; stopped ones are left out."""
        return self._all(sql.OF, [workspace, channel, who])

    def everything(self, workspace: str | None = None) -> Sequence[Subscription]:
        """Every subscription that is not stopped, of one workspace or of all, oldest first."""
        return self._all(sql.EVERYTHING, {"workspace": workspace})

    def of_records(self, record_ids: Sequence[str]) -> Sequence[Subscription]:
        """Those of any workspace that follow one of these records, and are not stopped."""
        return self._all(sql.OF_RECORDS, [json.dumps(list(record_ids))])

    def change(
        self, stored: Subscription, wanted: NewSubscription, who: str, now: datetime
    ) -> Subscription | None:
        """Write what a person changed; None when someone else changed it meanwhile.

        Only the watch, channel, schedule, form and `when_empty` are taken.
        """
        values = {"id": stored.id, "version": stored.version, **_values(wanted, who, now)}
        with self._connections.writing() as db:
            before = _as_before(db, stored.id)
            if db.execute(sql.CHANGE, values).rowcount != 1:
                return None
            what = f"changed: {wanted.watch.query}, {wanted.schedule.words}"
            self._note(db, stored.id, _By(who, now, what), before)
            return _stored(db, stored.id)

    def pause(
        self,
        subscription_id: str,
        who: str,
        now: datetime,
        *,
        until: datetime | None = None,
        trouble: str | None = None,
    ) -> Subscription | None:
        """Post nothing until a moment, or until resumed; None when it is not active.

        `trouble` is Slack's word for why it has to be.
        """
        stated = f"paused: {trouble}" if trouble else "paused"
        stated += f" until {text_of(until)}" if until else ""
        values = {"until": text_of(until) if until else None, "trouble": trouble}
        return self._write(sql.PAUSE, subscription_id, _By(who, now, stated), **values)

    def resume(self, subscription_id: str, who: str, now: datetime) -> Subscription | None:
        """Go on: the next period covers everything since the last; None when it is not paused."""
        return self._write(sql.RESUME, subscription_id, _By(who, now, "resumed"))

    def stop(self, subscription_id: str, who: str, now: datetime) -> bool:
        """End it for good; False when it was stopped already."""
        values = {"id": subscription_id, "who": who, "now": text_of(now)}
        with self._connections.writing() as db:
            before = _as_before(db, subscription_id)
            if db.execute(sql.STOP, values).rowcount != 1:
                return False
            self._note(db, subscription_id, _By(who, now, "stopped"), before)
            db.execute(sql.WITHDRAW_HELD, [subscription_id])
            return True

    def changes(self, subscription_id: str) -> Sequence[Change]:
        """Who did what to it, oldest first."""
        with self._connections.reading() as db:
            rows = db.execute(sql.CHANGES, [subscription_id]).fetchall()
        return [Change(datetime.fromisoformat(at), who, what) for at, who, what in rows]

    def due(self, now: datetime, limit: int) -> Sequence[Subscription]:
        """Those whose moment has come, the longest due first.

        Left out while a digest of theirs is still to be posted: periods are reported in order.
        """
        return self._all(sql.DUE, [text_of(now), limit])

    def put_right(self, now: datetime) -> Sequence[Subscription]:
        """Put right those that are due later than their schedule says: a clock was ahead.

        As they were before; none is made due at once.
        """
        latest = {cadence.value: text_of(at) for cadence, at in Schedule.latest_after(now).items()}
        values = {"latest": json.dumps(latest), "soonest": min(latest.values())}
        ahead = self._all(sql.AHEAD, values)
        if ahead:
            with self._connections.writing() as db:
                for each in ahead:
                    due = text_of(each.schedule.after(now))
                    if db.execute(sql.PUT_RIGHT, [due, each.id, each.version]).rowcount == 1:
                        what = f"due {due} again, not {text_of(each.due)}: a clock was wrong"
                        self._note(db, each.id, _By(BOT, now, what))
        return ahead

    def paused_past(self, now: datetime) -> Sequence[Subscription]:
        """Those whose pause has ended by now."""
        return self._all(sql.PAUSED_PAST, [text_of(now)])

    def troubled(self) -> Sequence[Subscription]:
        """Those paused because Slack would not take their post."""
        return self._all(sql.TROUBLED, [])

    def arrivals(self, after: int, limit: int) -> Sequence[Arrival]:
        """The stored records that arrived after a number, in order."""
        with self._connections.reading() as db:
            rows = db.execute(sql.ARRIVALS, [after, limit]).fetchall()
        return [Arrival(number, record_id) for number, record_id in rows]

    def came_since(self, moment: datetime, limit: int) -> Sequence[tuple[str, datetime]]:
        """The ids of records first stored after a moment, each with when, the last first."""
        with self._connections.reading() as db:
            rows = db.execute(sql.CAME_SINCE, [text_of(moment), limit]).fetchall()
        return [(record_id, datetime.fromisoformat(seen)) for record_id, seen in rows]

    def carriers_since(self, moment: datetime, identifier: Identifier) -> int:
        """How many of those carry an identifier (their own, a contributor's, a journal's)."""
        wanted = [identifier.scheme, identifier.value, text_of(moment)]
        with self._connections.reading() as db:
            return int(db.execute(sql.CARRIERS_SINCE, wanted).fetchone()[0])

    def last_arrival(self) -> int:
        """The number of the last arrival; 0 when nothing ever came."""
        with self._connections.reading() as db:
            return int(db.execute(sql.LAST_ARRIVAL).fetchone()[0])

    def fresh(self, stored: Subscription, matches: Sequence[Match]) -> Sequence[Match]:
        """Those of the matches whose work was never posted in the subscription's channel."""
        with self._connections.reading() as db:
            return fresh_of(db, stored, matches)

    def decide(self, decisions: Sequence[Decision], now: datetime) -> Sequence[Delivery]:
        """Write periods' digests, and that their works were posted there, in one transaction.

        Works that were posted in a channel before are left out of its digest. A subscription that
        was changed or decided by another since it was read is passed over: the deliveries are
        those that were written.
        """
        with self._connections.writing() as db:
            written = [decide(db, decision, now) for decision in decisions]
        return [delivery for delivery in written if delivery is not None]

    def withdraw(self, delivery_id: str) -> bool:
        """Take back a digest that was certainly not posted: its records are new again.

        False when it may have been posted, or was.
        """
        with self._connections.writing() as db:
            delivery = outbox.get(db, delivery_id)
            if delivery is None or db.execute(sql.WITHDRAW, {"id": delivery_id}).rowcount != 1:
                return False
            db.execute(sql.WITHDRAW_ANSWERS, [delivery_id])
            db.execute("DELETE FROM works_posted WHERE delivery = ?", [delivery_id])
            details = delivery.details
            db.execute(
                sql.MOVE_BACK,
                {
                    "id": delivery.subscription,
                    "seen": details["after"],
                    "since": details["since"],
                    "due": text_of(delivery.due),
                },
            )
            # Its period can be decided again, under the same key.
            db.execute(
                "UPDATE deliveries SET key = key || ' withdrawn ' || id WHERE id = ?", [delivery_id]
            )
            return True

    def opine(
        self, subscription_id: str, record_id: str, who: str, opinion: Opinion, now: datetime
    ) -> None:
        """Keep what a person thinks of a record in a subscription, in place of the last."""
        with self._connections.writing() as db:
            db.execute(sql.OPINE, [subscription_id, record_id, who, opinion, text_of(now)])

    def opinions(self, subscription_id: str) -> Sequence[tuple[str, Opinion]]:
        """What people think of its records: (record id, opinion), one for each person."""
        with self._connections.reading() as db:
            rows = db.execute(
                "SELECT record_id, opinion FROM opinions WHERE subscription = ? ORDER BY record_id",
                [subscription_id],
            ).fetchall()
        return [(record_id, opinion) for record_id, opinion in rows]

    def forget_opinions(self, subscription_id: str, who: str, now: datetime) -> int:
        """Forget what people think of its records; how many opinions went."""
        with self._connections.writing() as db:
            went = db.execute("DELETE FROM opinions WHERE subscription = ?", [subscription_id])
            self._note(db, subscription_id, _By(who, now, "what was learnt was reset"))
            return went.rowcount

    def _all(self, statement: str, values: Sequence[Any] | dict[str, Any]) -> list[Subscription]:
        with self._connections.reading() as db:
            rows = db.execute(statement, values).fetchall()
        return [_subscription(row) for row in rows]

    def _write(
        self, statement: str, subscription_id: str, by: "_By", **values: str | None
    ) -> Subscription | None:
        at = {"id": subscription_id, "who": by.who, "now": text_of(by.now)}
        with self._connections.writing() as db:
            before = _as_before(db, subscription_id)
            if db.execute(statement, {**at, **values}).rowcount != 1:
                return None
            self._note(db, subscription_id, by, before)
            return _stored(db, subscription_id)

    def _note(
        self, db: Database, subscription_id: str, by: "_By", before: dict[str, Any] | None = None
    ) -> None:
        """Note a change in the subscription's own history, and in the audit trail."""
        stated = {"id": subscription_id, "who": by.who, "now": text_of(by.now), "what": by.what}
        db.execute(sql.NOTE, stated)
        workspace = _stored(db, subscription_id).workspace
        self._audit.note(
            db, "subscription", subscription_id, by.what,
            workspace=workspace, who=by.who, before=before,
        )  # fmt: skip


def _values(new: NewSubscription, who: str, now: datetime) -> dict[str, Any]:
    schedule, watch = new.schedule, new.watch
    return {
        "workspace": new.workspace,
        "channel": new.channel,
        "kind": watch.kind,
        "query": watch.query,
        "wanted": watch.wanted,
        "said": watch.described,
        "cadence": schedule.cadence.value,
        "at": f"{schedule.at:%H:%M}",
        "zone": schedule.zone,
        "weekday": schedule.weekday,
        "day": schedule.day,
        "form": new.form,
        "when_empty": new.when_empty,
        # A single record has no digests: what becomes known of it is reported at once.
        "due": text_of(schedule.after(now) if watch.kind != "record" else _NEVER),
        "who": who,
        "now": text_of(now),
    }


def _as_before(db: Database, subscription_id: str) -> dict[str, Any] | None:
    """What the audit keeps of a subscription that is about to change."""
    row = db.execute(sql.GET, [subscription_id]).fetchone()
    if row is None:
        return None
    was = _subscription(row)
    return {
        "query": was.watch.query, "schedule": was.schedule.words, "channel": was.channel,
        "state": was.state,
    }  # fmt: skip


def _stored(db: Database, subscription_id: str) -> Subscription:
    return _subscription(db.execute(sql.GET, [subscription_id]).fetchone())


def _subscription(row: Sequence[Any]) -> Subscription:
    (subscription_id, workspace, channel, kind, query, wanted, stated, cadence, at, zone, weekday,
     day, form, when_empty, state, paused_until, trouble, seen, since, due, version, created_by,
     created_at, changed_by, changed_at) = row  # fmt: skip
    return Subscription(
        id=subscription_id,
        workspace=workspace,
        channel=channel,
        watch=Watch(kind, query, wanted, stated),
        schedule=Schedule(Cadence(cadence), time.fromisoformat(at), zone, weekday, day),
        form=form,
        when_empty=when_empty,
        state=state,
        paused_until=moment_of(paused_until),
        trouble=trouble,
        seen=seen,
        since=datetime.fromisoformat(since),
        due=datetime.fromisoformat(due),
        version=version,
        created_by=created_by,
        created_at=datetime.fromisoformat(created_at),
        changed_by=changed_by,
        changed_at=datetime.fromisoformat(changed_at),
    )
