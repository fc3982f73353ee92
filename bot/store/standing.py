"""The store area of standing: what became known of records, and when it was asked for.

A record's standing is whether it can be relied on and in what state it is: retracted, withdrawn,
corrected, under an expression of concern, published after a preprint. The store notes each change
of it in the transaction that writes the record, whatever brought it: a harvest, a check, an
imported list, a merge.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.models import Identifier, IntegrityNotice


class HappeningKind(StrEnum):
    """What became known of a record that was held before it."""

    RETRACTED = "retracted"
    WITHDRAWN = "withdrawn"
    CORRECTED = "corrected"
    CONCERN = "concern"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Happening:
    """One change of a record's standing, at its place in the sequence of happenings.

    `record_id` is what the record is held under today, `known_as` every id it has had (that one
    included): a post may name an older one. `notice` is the DOI, PMID or address of the notice or,
    for `PUBLISHED`, the DOI of the published version; `source` is who says so.
    """

    sequence: int
    record_id: str
    known_as: tuple[str, ...]
    kind: HappeningKind
    at: datetime
    notice: str | None = None
    source: str | None = None


def told_as(record_id: str, kind: HappeningKind, notice: str | None) -> str:
    """What a happening is known by among those that a place was told of.

    A work is retracted once, whoever says so and however often; each correction is its own.
    """
    own = f":{notice or ''}" if kind is HappeningKind.CORRECTED else ""
    return f"{told_of(record_id)}{kind.value}{own}"


def told_of(record_id: str) -> str:
    """What the names of everything that is told of a record begin with."""
    return f"told:{record_id}:"


@dataclass(frozen=True, slots=True)
class NoticeList:
    """A list of notices that was imported: its name, when, and how many it has."""

    name: str
    at: datetime
    notices: int


class StandingStore(Protocol):
    """Standing, as the store keeps it. Errors and transactions as for `StateStore`."""

    def changes_of_standing(self, since: int, limit: int = 1000) -> list[Happening]:
        """The next happenings after a place in their sequence, oldest first.

        A number is never used twice. A record that came in retracted has no happening: nobody had
        seen it otherwise. One that is no longer held at all is left out.
        """

    def last_happening(self) -> int:
        """The last place in the sequence of happenings; 0 when there was none."""

    def mark_used(self, record_ids: Iterable[str], at: datetime) -> None:
        """Note that a team posted, saved or cited these records; ids not held are skipped."""

    def mark_checked(self, record_ids: Iterable[str], at: datetime) -> None:
        """Note that the standing of these records was asked for, whatever came of it."""

    def due_for_check(
        self, before: datetime, limit: int, used_before: datetime | None = None
    ) -> list[str]:
        """Ids of records not asked about since `before`; used ones, since `used_before`.

        Used ones first, each group by the longest time without an answer, never asked first.
        """

    def replace_notices(
        self, name: str, notices: Iterable[tuple[Identifier, IntegrityNotice]], at: datetime
    ) -> int:
        """Keep this list in place of the one of the same name; how many notices it has."""

    def listed_notices(self, identifiers: Sequence[Identifier]) -> list[IntegrityNotice]:
        """The notices of every imported list about the work of these identifiers, each once."""

    def listed_works(self, name: str) -> list[Identifier]:
        """The identifiers of this list under which a record is held."""

    def notice_lists(self) -> list[NoticeList]:
        """The lists that were imported, by name."""
