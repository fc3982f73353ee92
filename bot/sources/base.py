"""What every source gives, and how.

A source is asked for a query (words of its own query language, or the name of a set) and what
changed `since` a day. It answers in batches, one page of the source each, and every batch carries
the cursor that comes after it: whoever has stored the batch stores the cursor, and a harvest that
was cut off goes on from there by giving it back. A page may come twice, a record never gets lost.

A source does not decide what becomes of its records; `bot.harvest.service` does.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from bot.errors import SourceRefused
from bot.formats import Refusal
from bot.records.models import Identifier, Record, Scheme
from bot.sources.http.client import PoliteClient


@dataclass(frozen=True, slots=True)
class Deleted:
    """The source says that it no longer has this record, and when it noted that (if it says)."""

    identifier: Identifier
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """One page of a source: what it held, and the cursor after it (None: that was the last).

    In a `Refusal` the line is the place in the page, from 1, and the reason may begin with the
    name of the record and a colon: reasons are counted without it. `total` is how many records
    the whole query has, where the source says so.
    """

    items: tuple[Record | Refusal | Deleted, ...]
    cursor: str | None
    total: int | None = None


class Source(Protocol):
    """A place that records are taken from."""

    @property
    def name(self) -> str:
        """What the provenance of its records says."""

    def records(self, query: str, since: date | None, cursor: str | None) -> Iterator[Batch]:
        """What the query finds, page by page, from the start or from after a `cursor` of before.

        `since` limits it to what the source added or changed on or after that day. A cursor the
        source no longer honours (it expired) starts the query again. The last batch has no cursor;
        a query that finds nothing is one empty batch. Raises SourceUnavailable or SourceRefused.
        """


@runtime_checkable
class Rechecked(Protocol):
    """A source that can be asked whether it still has a record, beside being a `Source`."""

    def keeps_silent(self) -> bool:
        """Whether it does not announce deletions, so that they have to be looked for.

        Raises SourceUnavailable or SourceRefused.
        """

    def is_missing(self, identifier: Identifier) -> bool:
        """Whether it has no such record now. Raises SourceUnavailable or SourceRefused."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a source is asked: its base address, and further settings by name.

    `now` gives the moment of reading, for provenance. The contact address is the client's.
    """

    address: str
    now: Callable[[], datetime]
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceKind:
    """A kind of source as a sources file names it: one line in `SOURCES`.

    `address` is its base address ("" where each entry has to give one), `interval` the least
    seconds between two requests that its operators ask for, `query_means` what its query is in a
    few words, `options` the further settings an entry may have.
    """

    name: str
    summary: str
    address: str
    interval: float
    query_means: str
    make: Callable[[PoliteClient, Place], Source]
    options: tuple[str, ...] = ()
    query_needed: bool = True


@runtime_checkable
class Fetcher(Protocol):
    """A source that can be asked for one work."""

    @property
    def name(self) -> str:
        """What the provenance of its records says."""

    @property
    def schemes(self) -> frozenset[Scheme]:
        """The kinds of identifier it can be asked for."""

    def fetch(self, identifier: Identifier) -> Record | None:
        """The record of this very identifier; None when the source knows no such work.

        Raises SourceUnavailable or SourceRefused, and ValueError for a kind it does not know.
        """


def is_unknown(refused: SourceRefused) -> bool:
    """Whether a refusal only says that there is no such work."""
    return refused.status in (404, 410)


def same(record: Record, identifier: Identifier) -> Record | None:
    """The record, if it is that of this identifier: searches find what is merely alike."""
    return record if identifier in record.identifiers else None
