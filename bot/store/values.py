"""What the store takes and gives apart from records."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal, TypeAlias

from bot.records.models import Record
from bot.store.records import load

# Combines the record stored with the one coming in; the store writes what it returns, under the id
# and `first_seen` of the record stored.
Combine: TypeAlias = Callable[[Record, Record], Record]
Outcome: TypeAlias = Literal["new", "changed", "merged", "unchanged"]


@dataclass(frozen=True, slots=True)
class Retention:
    """How long is kept what need not be kept for ever.

    A thread is picked up again after a weekend or a short absence; longer, and "the second one" is
    more likely a mistake, and what a person typed has no reason to be kept.
    """

    threads: timedelta
    audit: timedelta
    deliveries: timedelta


@dataclass(frozen=True, slots=True)
class ClockNote:
    """A jump of the machine's clock: when it was noticed, by how much, and what was put right.

    `seconds` are more than 0 where it went ahead, less where it went back, 0 where only its traces
    were met; `healed` is how many subscriptions were due too late because of it.
    """

    at: datetime
    seconds: float
    healed: int = 0


KEPT = Retention(timedelta(days=7), timedelta(days=730), timedelta(days=730))

# What a record that was taken out leads to.
NOTHING = Record(title="-")


@dataclass(frozen=True)
class Change:
    """The place of a record's last change in the change sequence, and the record as it is now.

    `row` is the id and JSON of the record, or of the one that it was merged into; None where it was
    taken out. It is read where it is needed.
    """

    sequence: int
    record_id: str
    row: tuple[str, str] | None

    @property
    def gone(self) -> bool:
        """Whether nothing is stored under `record_id` any more."""
        return self.row is None or self.row[0] != self.record_id

    @cached_property
    def record(self) -> Record:
        """The record; `NOTHING` where it was taken out. Raises StoreDamaged."""
        return load(*self.row) if self.row else NOTHING


@dataclass(frozen=True, slots=True)
class Upserted:
    """What became of one incoming record: the id it is stored under, and the outcome.

    `merged` is a change that joined a record stored from other sources only, or from fewer;
    `unchanged` wrote nothing. `sequence` is the place of a new record in the change sequence.
    """

    record_id: str
    outcome: Outcome
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Conversation:
    """The last question of a thread and the records shown for it, for "next" and "the second".

    `opened` is the one of them that was looked at since ("it"), or ""; `before` are the questions
    before it, the last of them last, for "back". Keeps no message text beyond the questions
    themselves; forgotten after a week.
    """

    query: str
    offset: int
    record_ids: tuple[str, ...]
    ranked: int
    opened: str = ""
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """What an operator wants to know of the store.

    `sources` holds, for each source by name, how many records have something from it and when the
    last of that was read (None: no time given). `newest` is when the last new record came.
    """

    location: str
    schema_version: int
    records: int
    sequence: int
    with_abstract: int
    with_doi: int
    sources: tuple[tuple[str, int, datetime | None], ...]
    newest: datetime | None
