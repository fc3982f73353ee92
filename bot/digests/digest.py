"""What is new for each subscription, decided when it is due and handed to the outbox.

New is what first came into the store since the last digest, by order of arrival, not by any date.
A period is decided once, whatever number of servers try: from the subscription as it was read,
in the transaction that writes its delivery.
"""

import logging
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain

from bot.digests.closed import CLOSED, NOT_INSTALLED
from bot.digests.feedback import Feedback
from bot.digests.watches import BATCH, Batch, Watches
from bot.records.models import unique
from bot.store import StateStore
from bot.store.deliveries import Delivery, NewDelivery
from bot.store.subscriptions import Decision, Match, Subscription
from bot.store.values import ClockNote

log = logging.getLogger(__name__)

# So few arrivals are kept as they were read for this long, where they are only looked at.
FEW, SOON = 500, timedelta(minutes=5)
# Named in the audit for changes that no person made.
BOT = "the bot"
# How many subscriptions are taken up at a time.
AT_A_TIME = 10_000
# A channel that was closed to the bot is tried again after this long, then after twice as long …
FIRST_TRY = timedelta(minutes=10)
LONGEST_TRY = timedelta(days=1)
# How far opinions can move a record: half its score, up or down.
_LIFT = 0.5
# Among so many deliveries of a subscription there is a digest.
_LATEST = 20


@dataclass(frozen=True, slots=True)
class Due:
    """One subscription's period and what it would bring, best first."""

    subscription: Subscription
    due: datetime
    up_to: int
    matches: tuple[Match, ...]


class Digests:
    """Decides what is due. Safe from any thread and any process."""

    # How many are decided together and written in one transaction; the matches are kept in memory.
    at_once = 200
    # And how many matches, but for those of one alone: other servers, and people who save
    # something, wait for their turn to write.
    matches_at_once = 2_000

    def __init__(
        self,
        store: StateStore,
        watches: Watches,
        now: Callable[[], datetime],
        sources_down: Callable[[], str | None] = lambda: None,
        seen_by: Callable[[str], AbstractContextManager[None]] = lambda _workspace: nullcontext(),
    ) -> None:
        """`sources_down` says why there may be nothing new, where that is unexpected.

        `seen_by` shows records as a workspace sees them, for as long as its block lasts.
        """
        self._seen_by = seen_by
        self._store, self._watches, self._now = store, watches, now
        self._sources_down = sources_down
        # What was looked at last and not posted: a desk is drawn again after every press.
        self._recent = lru_cache(maxsize=8)(self._first)

    def step(self) -> bool:
        """Decide what is due now; whether there was anything. Raises StoreError."""
        now = self._now()
        # A clock that was ahead when one was decided would silence it for as long as it was.
        if healed := self._store.subscriptions.put_right(now):
            log.warning("%d subscriptions were due too late: a clock was wrong", len(healed))
            self._store.notes.note_clock(ClockNote(now, 0.0, len(healed)))
        for subscription in self._store.subscriptions.paused_past(now):
            self._store.subscriptions.resume(subscription.id, BOT, now)
        self._try_closed(now)
        due = self._store.subscriptions.due(now, AT_A_TIME)
        return bool(self.decide(due, now)) if due else False

    def decide(self, due: Sequence[Subscription], now: datetime) -> list[Delivery]:
        """Write the digests of these subscriptions; those that another wrote first are left out."""
        reason = self._sources_down()
        written: list[Delivery] = []
        found = self._matched(due, now, self._as_read)
        decisions = (self._decision(each, now, reason) for each in found)
        for some in _at_once(decisions, self.at_once, self.matches_at_once):
            new = self._store.subscriptions.decide(some, now)
            # Records that a channel sees have their retraction checks first. Right away: whoever
            # waits too long for its turn to write goes on with the rest at its next step.
            if posted := unique(record_id for delivery in new for record_id in delivery.records):
                self._store.standing.mark_used(posted, now)
            written += new
        return written

    def _as_read(self, subscription: Subscription) -> bool:
        """Whether it was neither changed nor decided since it was read."""
        again = self._store.subscriptions.get(subscription.id)
        return again is not None and again.version == subscription.version

    def _decision(self, found: Due, now: datetime, reason: str | None) -> Decision:
        if reason is not None:
            # Given once, not again with every digest while it lasts.
            last = self._last_digest(found.subscription)
            reason = None if last and last.details.get("reason") == reason else reason
        return Decision(
            subscription=found.subscription,
            due=found.due,
            next_due=found.subscription.schedule.after(now),
            up_to=found.up_to,
            matches=found.matches,
            reason=None if found.matches else reason,
        )

    def found(self, due: Sequence[Subscription], now: datetime) -> Iterator[Due]:
        """What each of these would bring now; nothing is written."""
        for each in self._matched(due, now, recent=True):
            fresh = self._store.subscriptions.fresh(each.subscription, each.matches)
            yield replace(each, matches=tuple(fresh))

    def _matched(
        self,
        due: Sequence[Subscription],
        now: datetime,
        still: Callable[[Subscription], bool] = lambda _stored: True,
        *,
        recent: bool = False,
    ) -> Iterator[Due]:
        """What came since that matches each of these, posted there before or not.

        Each workspace sees records with its own corrections of their tags.
        `still` decides for each, right before it is matched, whether it still counts.
        Where more came than one batch, all are matched together: reading and indexing the batches
        again for every share would cost more than sharing saves.
        """
        for workspace in unique(subscription.workspace for subscription in due):
            theirs = [subscription for subscription in due if subscription.workspace == workspace]
            after = min(subscription.seen for subscription in theirs)
            last = self._store.subscriptions.last_arrival()
            if recent and last - after <= FEW:
                corrected = tuple(c.id for c in self._store.corrections.applying(workspace))
                minutes = now.timestamp() // SOON.total_seconds()
                first = self._recent(workspace, after, last, corrected, minutes)
            else:
                first = self._first(workspace, after)
            is_alone = first is None or first.last >= last
            for some in _shares(theirs, self.at_once if is_alone else len(theirs)):
                asking = [subscription for subscription in some if still(subscription)]
                with self._seen_by(workspace):
                    found, up_to = self._found(asking, first, is_alone=is_alone)
                for subscription in asking:
                    matched = (
                        found.pop(subscription.id).best_first() if subscription.id in found else ()
                    )
                    # After downtime the last moment that was missed stands for all of them.
                    missed = subscription.due <= now
                    moment = (
                        max(subscription.due, subscription.schedule.last(now))
                        if missed
                        else subscription.due
                    )
                    yield Due(subscription, moment, max(up_to, subscription.seen), matched)

    def _found(
        self, asking: Sequence[Subscription], first: "_Arrived | None", *, is_alone: bool
    ) -> tuple[dict[str, "_Found"], int]:
        """What came since that matches each of these, and the number of the last arrival.

        Records are read in batches, each indexed once and matched with every subscription. Where
        the first `is_alone`, no other is looked for.
        """
        found: dict[str, _Found] = {}
        if first is None:
            return found, 0
        up_to = first.last
        for arrived in chain((first,), () if is_alone else self._arrivals(first.last)):
            up_to = arrived.last
            for subscription in asking:
                if subscription.seen < up_to:
                    for record_id, score in self._watches.matches(
                        subscription.watch, arrived.batch
                    ):
                        if arrived.number[record_id] > subscription.seen:
                            if subscription.id not in found:
                                found[subscription.id] = _Found(self.feedback(subscription))
                            found[subscription.id].add(arrived.batch, record_id, score)
        return found, up_to

    def _first(self, workspace: str, after: int, *_state: object) -> "_Arrived | None":
        """The first batch after a number, as a workspace sees it; `_state` tells moments apart."""
        with self._seen_by(workspace):
            return next(self._arrivals(after), None)

    def _arrivals(self, after: int) -> Iterator["_Arrived"]:
        """What arrived after this number, as many at a time as are matched together."""
        while arrivals := self._store.subscriptions.arrivals(after, BATCH):
            number = {arrival.record_id: arrival.number for arrival in arrivals}
            arrived = _Arrived(number, Batch(self._store.get_many(list(number))))
            yield arrived
            after = arrived.last

    def feedback(self, subscription: Subscription) -> Feedback:
        """What people's [Save] and [Not relevant] say of its records."""
        opinions = self._store.subscriptions.opinions(subscription.id)
        records = {r.id: r for r in self._store.get_many([record_id for record_id, _ in opinions])}
        return Feedback.of_opinions((records[i], o) for i, o in opinions if i in records)

    # -- channels that went away -----------------------------------------------------------

    def on_refused(self, delivery: Delivery, reason: str) -> float | None:
        """Pause the subscription of a post that Slack refused, and notify its owner once.

        Returns after how many seconds to try again, or None: the delivery is closed. A digest is;
        its period is decided again, with all that came since, when the channel may be back. One
        that an earlier attempt may still post stays: under a new key its works could stand twice.
        """
        if reason not in CLOSED or delivery.subscription is None:
            return None
        if delivery.kind == "notice":
            # That something was set up for a channel is posted when the bot is let in.
            return FIRST_TRY.total_seconds() if "set_up_by" in delivery.details else None
        now = self._now()
        self._store.subscriptions.pause(delivery.subscription, BOT, now, trouble=reason)
        subscription = self._store.subscriptions.get(delivery.subscription)
        if (
            subscription is not None
            and _is_person(subscription.created_by)
            and not subscription.channel.startswith("D")
        ):
            # One word for one trouble: where the digest begins stays until it is posted.
            begins = delivery.details.get("after", subscription.seen)
            notice = NewDelivery(
                key=f"{subscription.id}:closed:{begins}",
                workspace=subscription.workspace,
                kind="notice",
                channel=subscription.created_by,
                due=now,
                subscription=subscription.id,
                details={"trouble": reason},
            )
            self._store.deliveries.add(notice, now)
        is_over = delivery.kind == "digest" and not delivery.uncertain
        return None if is_over else FIRST_TRY.total_seconds()

    def _try_closed(self, now: datetime) -> None:
        """See whether channels that were closed have opened, less and less often."""
        for subscription in self._store.subscriptions.troubled():
            if subscription.trouble == NOT_INSTALLED:
                # Goes on when it is installed again: `bot.digests.presence`.
                continue
            last = self._last_digest(subscription)
            if last is None or last.state in ("posted", "quiet"):
                self._store.subscriptions.resume(subscription.id, BOT, now)
            elif last.state == "refused":
                since = last.created - subscription.changed_at
                if now - last.created >= max(FIRST_TRY, min(since, LONGEST_TRY)):
                    self.try_again(subscription)

    def try_again(self, subscription: Subscription) -> bool:
        """Decide a refused period again, with all that came since; whether there was one."""
        last = self._last_digest(subscription)
        if last is None or last.state != "refused":
            return False
        self._store.subscriptions.withdraw(last.id)
        again = self._store.subscriptions.get(subscription.id)
        return bool(again and self.decide([again], self._now()))

    def _last_digest(self, subscription: Subscription) -> Delivery | None:
        latest = self._store.deliveries.of_subscription(subscription.id, _LATEST)
        return next((delivery for delivery in latest if delivery.kind == "digest"), None)


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A batch of records that arrived one after the other, and the number of each."""

    number: Mapping[str, int]
    batch: Batch

    @property
    def last(self) -> int:
        return max(self.number.values())


def _shares(due: Sequence[Subscription], size: int) -> Iterator[Sequence[Subscription]]:
    """Those that are decided together, in an order of this server's own.

    Two servers that find the same to do begin at different places, and each leaves out what the
    other has written meanwhile.
    """
    begins = list(range(0, len(due), size))
    random.shuffle(begins)
    for begin in begins:
        yield due[begin : begin + size]


def _at_once(
    decisions: Iterable[Decision], most: int, most_matches: int
) -> Iterator[Sequence[Decision]]:
    """Those that are written in one transaction: so many, with so many matches, or one alone."""
    some: list[Decision] = []
    matches = 0
    for decision in decisions:
        matches += len(decision.matches)
        if some and (len(some) == most or matches > most_matches):
            yield some
            some, matches = [], len(decision.matches)
        some.append(decision)
    if some:
        yield some


class _Found:
    """The matches of one subscription, in the order of their records' merit."""

    def __init__(self, feedback: Feedback) -> None:
        self._learnt = feedback
        self._ranked: list[tuple[bool, float, Match]] = []

    def add(self, batch: Batch, record_id: str, score: float) -> None:
        """A better score comes first, lifted or lowered by opinions; retracted works come last."""
        record = batch.records[record_id]
        lifted = score * (1 + _LIFT * self._learnt.of(record))
        self._ranked.append((record.is_retracted, -lifted, batch.works[record_id]))

    def best_first(self) -> tuple[Match, ...]:
        return tuple(match for *_, match in sorted(self._ranked, key=lambda each: each[:2]))


def _is_person(who: str) -> bool:
    """Whether this is the id of a person in Slack, who can be written to."""
    return who[:1] in ("U", "W") and who[1:].isalnum() and who.isupper()
