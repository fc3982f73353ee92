"""Subscriptions: what a channel or a person wants to hear of, when, and who said so.

"New" is counted in arrivals: every record gets the next number when the store first holds it,
and no number is given twice. A subscription remembers the last number that it was told of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from bot.identity import strong_identifiers
from bot.models import Identifier, Record, unique
from bot.schedule import Schedule
from bot.store.deliveries import Delivery

# What is followed: a search's strict matches; whatever carries an identifier (a person's ORCID, a
# journal's ISSN); or one record, of which only changes of standing are told.
WatchKind: TypeAlias = Literal["search", "identifier", "record"]
State: TypeAlias = Literal["active", "paused", "stopped"]
Form: TypeAlias = Literal["message", "thread"]
WhenEmpty: TypeAlias = Literal["quiet", "line"]
Opinion: TypeAlias = Literal["save", "not_relevant"]


@dataclass(frozen=True, slots=True)
class Watch:
    """What is followed, frozen as it was understood when the subscription was made.

    `query` is what was typed. `wanted` is what the index is asked, as JSON, for a search; for the
    other kinds it is the identifier (`orcid:…`, `issn:…`) or the record's id. `said` is how it
    was understood, in words, as it was shown.
    """

    kind: WatchKind
    query: str
    wanted: str
    said: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """One thing that is followed in one channel (or direct message).

    `seen` is the number of the last arrival that it was told of (for a single record: of the last
    happening before it was followed), `since` when that was; `due` when
    it posts next. `version` changes with every write. `paused_until` is None for a pause without
    an end; `trouble` is Slack's word for why it cannot be posted. `created_by` and `changed_by`
    are ids of people.
    """

    id: str
    workspace: str
    channel: str
    watch: Watch
    schedule: Schedule
    form: Form
    when_empty: WhenEmpty
    state: State
    paused_until: datetime | None
    trouble: str | None
    seen: int
    since: datetime
    due: datetime
    version: int
    created_by: str
    created_at: datetime
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """What a person asks for."""

    workspace: str
    channel: str
    watch: Watch
    schedule: Schedule
    form: Form = "message"
    when_empty: WhenEmpty = "quiet"


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the audit: who did what to a subscription, when."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record's place in the order in which the store first held them."""

    number: int
    record_id: str


@dataclass(frozen=True, slots=True)
class Match:
    """A record to deliver, and the keys of its work."""

    record_id: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What one subscription's period brings, as decided from the subscription as it was.

    `matches` are best first; `up_to` is the last arrival looked at; `due` the period's moment and
    `next_due` the one after it. `reason` says why there is nothing, where that is unexpected.
    """

    subscription: Subscription
    due: datetime
    next_due: datetime
    up_to: int
    matches: tuple[Match, ...]
    reason: str | None = None


def work_keys(record: Record) -> tuple[str, ...]:
    """What a work is known by when it must not be posted twice: its id and its identifiers.

    A preprint and its published version share a key as soon as either record names the other, and
    so the article of a work that was posted as a preprint is not new.
    """
    versions = (each.identifier for each in record.relations if each.kind.same_work)
    named = (f"{i.scheme.value}:{i.value}" for i in (*strong_identifiers(record), *versions))
    return unique((f"id:{record.id}", *named))


class SubscriptionStore(Protocol):
    """Subscriptions and their audit, safe from any thread and any process.

    Every write is one transaction. `who` is the id of the person who asked, or a word for the
    bot itself. Methods raise the `StoreError` that says what is wrong; nothing is changed then.
    """

    def add(self, new: NewSubscription, who: str, now: datetime) -> Subscription:
        """Begin to follow: what is held at this moment is not new."""

    def get(self, subscription_id: str) -> Subscription | None:
        """The subscription of this id, or None. A stopped one is still there."""

    def of(self, workspace: str, channel: str, who: str) -> Sequence[Subscription]:
        """Those of a channel and those that a person made anywhere; stopped ones are left out."""

    def everything(self, workspace: str | None = None) -> Sequence[Subscription]:
        """Every subscription that is not stopped, of one workspace or of all, oldest first."""

    def of_records(self, record_ids: Sequence[str]) -> Sequence[Subscription]:
        """Those of any workspace that follow one of these records, and are not stopped."""

    def change(
        self, held: Subscription, asked: NewSubscription, who: str, now: datetime
    ) -> Subscription | None:
        """Write what a person changed; None when somebody else changed it meanwhile.

        Only `asked`'s watch, channel, schedule, form and `when_empty` are taken.
        """

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

    def resume(self, subscription_id: str, who: str, now: datetime) -> Subscription | None:
        """Go on: the next period covers everything since the last; None when it is not paused."""

    def stop(self, subscription_id: str, who: str, now: datetime) -> bool:
        """End it for good; False when it was stopped already."""

    def changes(self, subscription_id: str) -> Sequence[Change]:
        """Who did what to it, oldest first."""

    def due(self, now: datetime, limit: int) -> Sequence[Subscription]:
        """Those whose moment has come, the longest due first.

        Left out while a digest of theirs is still to be posted: periods are told in order.
        """

    def paused_past(self, now: datetime) -> Sequence[Subscription]:
        """Those whose pause has ended by now."""

    def troubled(self) -> Sequence[Subscription]:
        """Those paused because Slack would not take their post."""

    def arrivals(self, after: int, limit: int) -> Sequence[Arrival]:
        """The records that arrived after a number, in order; those no longer held are left out."""

    def came_since(self, moment: datetime, limit: int) -> Sequence[tuple[str, datetime]]:
        """The ids of records first held after a moment, each with when, the last first."""

    def carriers_since(self, moment: datetime, identifier: Identifier) -> int:
        """How many of those carry an identifier (their own, a contributor's, a journal's)."""

    def last_arrival(self) -> int:
        """The number of the last arrival; 0 when nothing ever came."""

    def fresh(self, held: Subscription, matches: Sequence[Match]) -> Sequence[Match]:
        """Those of the matches whose work was never posted in the subscription's channel."""

    def decide(self, decisions: Sequence[Decision], now: datetime) -> Sequence[Delivery]:
        """Write periods' digests, and that their works were posted there, in one transaction.

        Works that were posted in a channel before are left out of its digest. A subscription that
        was changed or decided by another since it was read is passed over: the deliveries are
        those that were written.
        """

    def withdraw(self, delivery_id: str) -> bool:
        """Take back a digest that was certainly not posted: its records are new again.

        False when it may have been posted, or was.
        """

    def opine(
        self, subscription_id: str, record_id: str, who: str, opinion: Opinion, now: datetime
    ) -> None:
        """Keep what a person thinks of a record in a subscription, in place of the last."""

    def opinions(self, subscription_id: str) -> Sequence[tuple[str, Opinion]]:
        """What people think of its records: (record id, opinion), one for each person."""

    def forget_opinions(self, subscription_id: str, who: str, now: datetime) -> int:
        """Forget what people think of its records; how many opinions went."""
