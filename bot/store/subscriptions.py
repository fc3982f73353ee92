"""Subscriptions: what a channel or a person wants to be informed of, when, and who requested it.

"New" is counted in arrivals: every record gets the next number when the store first holds it,
and no number is given twice. A subscription remembers the last number that it was informed of.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from bot.records.identity import strong_identifiers
from bot.records.models import Record, unique
from bot.schedule import Schedule

# What is followed: a search's strict matches; every record that carries an identifier (a person's
# ORCID, a journal's ISSN); or one record, of which only changes of standing are reported.
WatchKind: TypeAlias = Literal["search", "identifier", "record"]
State: TypeAlias = Literal["active", "paused", "stopped"]
Form: TypeAlias = Literal["message", "thread"]
WhenEmpty: TypeAlias = Literal["quiet", "line"]
Opinion: TypeAlias = Literal["save", "not_relevant"]


@dataclass(frozen=True, slots=True)
class Watch:
    """What is followed, frozen as it was understood when the subscription was made.

    `query` is what was typed. `wanted` is the query for the index, as JSON, for a search; for the
    other kinds it is the identifier (`orcid:…`, `issn:…`) or the record's id. `described` is how it
    was understood, in words, as it was shown.
    """

    kind: WatchKind
    query: str
    wanted: str
    described: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """One thing that is followed in one channel (or direct message).

    `seen` is the number of the last arrival that it was informed of (for a single record: of the
    last happening before it was followed), `since` when that was; `due` when it posts next.
    `version` changes with every write. `paused_until` is None for a pause without an end; `trouble`
    is Slack's word for why it cannot be posted. `created_by` and `changed_by` are ids of people.
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
    """A record's place in the order in which the store first stored them."""

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
