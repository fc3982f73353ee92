"""How far each harvest has come, and who may harvest a place: what survives a kill.

A harvest stores a batch of records first and its cursor afterwards. Killed between the two, it
takes that batch again: records that have not changed are left alone, so nothing is lost and nothing
is held twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.models import Identifier


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one holder to harvest a place (a host), until it runs out or is given back."""

    place: str
    holder: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the records of one run. `skipped` could not be read, `gone` were deleted."""

    read: int = 0
    new: int = 0
    changed: int = 0
    merged: int = 0
    unchanged: int = 0
    skipped: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Harvest:
    """One harvest by its name in the sources file, and how far it has come.

    `asks` says what is asked and where: a cursor belongs to just that. `began` is when the run
    under way began (None: none is) with `since` as its first day, and `cursor` is where it goes
    on. `succeeded` is when a run last came to its end, `covers` the day up to which everything
    was taken by then. `tried` is the last try of any kind; `error` and `hint` are what went wrong
    in it, `failures` how often in a row, and `not_before` when to try again. `counts` are those
    of the run under way, else of the last; `total` is how many records the source says there are.
    """

    name: str
    asks: str
    began: datetime | None = None
    since: date | None = None
    cursor: str | None = None
    succeeded: datetime | None = None
    covers: date | None = None
    tried: datetime | None = None
    error: str | None = None
    hint: str | None = None
    failures: int = 0
    not_before: datetime | None = None
    counts: Counts = Counts()
    total: int | None = None


class HarvestStore(Protocol):
    """The part of the store that harvests use."""

    def lease(self, wanted: Lease, now: datetime) -> bool:
        """Take a place; False when another holder has it. One's own lease is renewed.

        A lease that has run out may be taken by anybody.
        """

    def release(self, lease: Lease) -> None:
        """Give a place back, where it is still this holder's."""

    def get(self, name: str) -> Harvest | None:
        """How far the harvest of this name has come, or None: it never began."""

    def all(self) -> list[Harvest]:
        """Every harvest that ever began, by name."""

    def save(self, harvest: Harvest, lease: Lease) -> None:
        """Write how far it has come, and renew its lease, in one transaction.

        Raises StoreBusy when the place was taken by another holder meanwhile.
        """

    def saw(self, source: str, seen: Sequence[Identifier], now: datetime) -> list[Identifier]:
        """Note that a source held these records; those that were noted as gone before."""

    def lost(self, source: str, gone: Identifier, now: datetime) -> None:
        """Note that a source no longer has a record."""

    def longest_unseen(self, source: str, before: datetime, limit: int) -> list[Identifier]:
        """The records not seen at a source since a moment and not gone, the longest unseen first.

        `before` is the moment; of equals, the order is that of their identifiers.
        """
