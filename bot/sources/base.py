"""What every source gives, and how.

A source is queried for a query (words of its own query language, or the name of a set) and what
changed `since` a day. It answers in batches, one page of the source each, and every batch carries
the cursor that comes after it: the caller who has stored the batch stores the cursor, and a harvest
that was cut off goes on from there by giving it back. A page may come twice, a record never gets
lost.

A source does not decide what becomes of its records; `bot.harvest.service` does.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

from bot.errors import SourceRefused
from bot.formats import Format, Refusal
from bot.merging.choice import NO_TRUST, Trust
from bot.records.identity import accept_numbers_of
from bot.records.models import Identifier, Record, Scheme

if TYPE_CHECKING:
    from bot.sources.http.client import PoliteClient


@dataclass(frozen=True, slots=True)
class Deleted:
    """The source says that it no longer has this record, and when it noted that (if it says)."""

    identifier: Identifier
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """One page of a source: what it contained, and the cursor after it (None: that was the last).

    In a `Refusal` the line is the place in the page, from 1, and the reason may begin with the
    name of the record and a colon: reasons are counted without it. `total` is how many records
    the whole query has, where the source says so.
    """

    items: tuple[Record | Refusal | Deleted, ...]
    cursor: str | None
    total: int | None = None


@runtime_checkable
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
    """A `Source` that can also be queried whether it still has a record."""

    def keeps_silent(self) -> bool:
        """Whether it does not announce deletions, so that they have to be looked for.

        Raises SourceUnavailable or SourceRefused.
        """

    def is_missing(self, identifier: Identifier) -> bool:
        """Whether it has no such record now. Raises SourceUnavailable or SourceRefused."""


@runtime_checkable
class Acknowledged(Protocol):
    """A `Source` that keeps a state of its own, written once a batch is stored."""

    def stored(self, batch: Batch) -> None:
        """The records of this batch are stored. Raises StoreError."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a source is queried: its base address, and further settings by name.

    `now` gives the moment of reading, for provenance. The contact address is the client's.
    """

    address: str
    now: Callable[[], datetime]
    options: Mapping[str, str] = field(default_factory=dict)


@runtime_checkable
class Fetcher(Protocol):
    """A source that can be queried for one work."""

    @property
    def name(self) -> str:
        """What the provenance of its records says."""

    @property
    def schemes(self) -> frozenset[Scheme]:
        """The kinds of identifier it can be queried for."""

    def fetch(self, identifier: Identifier) -> Record | None:
        """The record of this very identifier; None when the source knows no such work.

        Raises SourceUnavailable or SourceRefused, and ValueError for a kind it does not know.
        """


@runtime_checkable
class BatchFetcher(Protocol):
    """A `Fetcher` that can be queried for many works in one request."""

    @property
    def at_once(self) -> int:
        """The most identifiers of one request."""

    def fetch_all(self, identifiers: Sequence[Identifier]) -> tuple[Record | Refusal, ...]:
        """The records of these identifiers, in no order; works it does not know are left out.

        May include records that merely resemble one of them. Raises SourceUnavailable or
        SourceRefused.
        """


# How many works cite one, and which, as far as they are named; None: the work is not known.
CitingWorks: TypeAlias = tuple[int, tuple[Identifier, ...]] | None


@runtime_checkable
class KnowsCiting(Protocol):
    """A `Fetcher` that can also be queried for what cites a work."""

    def citing(self, identifiers: Sequence[Identifier]) -> CitingWorks:
        """What cites the work of these identifiers. Raises SourceUnavailable or SourceRefused."""


@dataclass(frozen=True, slots=True, eq=False)
class SourceKind:
    """Everything about a source: its folder makes one, and `bot.sources.SOURCES` lists it.

    How it is called: `name` in provenance and in a sources file, `label` for people, `labels` the
    names in the provenance of its records next to its own, each with its label.

    How it is queried: `address` is its base address ("" where each entry has to give one),
    `interval` the least seconds between two requests that its operators ask for, `make` opens it,
    `options` are the further settings that an entry of a sources file may have. `harvested`: it
    lists what matches a query, which is `query_means` in a few words. `schemes` are the identifiers
    that it can be queried for a single work by (none: it cannot), `home` the beginnings
    (`doi:10.1101/`) of those that it knows best and is queried for first, `home_only` where it
    knows no others.

    What it knows: `finds_works` what a work is (not only who can read it), `knows_notices`
    retractions and corrections of works, `knows_access` who can read them. How far its records are
    trusted is `trust`; `strong_ids` says that its own numbers name works, `registers` the scheme
    the owner of the numbers. `readers` read its saved answers.

    `completes` names what it is queried for where stored records lack it (see
    `bot.harvest.completing.LACKS`); `anonymous`: it does not require a contact address; `beside`
    names another kind of the same service, whose own address is this one's too. `key` is the
    setting of its key, the option `api_key` where an entry gives none; `keyless`: it answers as
    much without.
    """

    name: str
    label: str
    address: str
    interval: float
    make: "Callable[[PoliteClient, Place], Source | Fetcher]"
    readers: tuple[Format, ...] = ()
    summary: str = ""
    query_means: str = ""
    query_needed: bool = True
    options: tuple[str, ...] = ()
    harvested: bool = True
    schemes: frozenset[Scheme] = frozenset()
    home: tuple[str, ...] = ()
    home_only: bool = False
    finds_works: bool = True
    knows_notices: bool = False
    knows_access: bool = False
    trust: Trust = NO_TRUST
    strong_ids: bool = False
    registers: Scheme | None = None
    completes: frozenset[str] = frozenset()
    anonymous: bool = False
    key: str = ""
    keyless: bool = False
    beside: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.strong_ids:
            accept_numbers_of(self.name)

    def harvest(self, client: "PoliteClient", place: Place) -> Source:
        """The source that lists records. Raises ValueError for a kind that is not harvested."""
        made = self.make(client, place)
        if not isinstance(made, Source):
            raise ValueError(self.name)  # noqa: TRY004 - a fault of the caller
        return made

    def is_home_of(self, identifier: Identifier) -> bool:
        """Whether an identifier is among those it knows best."""
        return f"{identifier.scheme}:{identifier.value}".startswith(self.home)


def by_scheme(
    identifiers: Sequence[Identifier], schemes: Iterable[Scheme]
) -> Iterator[tuple[Scheme, list[str]]]:
    """The values of identifiers by scheme, for services that take one scheme a request.

    Raises ValueError for a scheme that is not among `schemes`.
    """
    able = frozenset(schemes)
    for scheme in dict.fromkeys(each.scheme for each in identifiers):
        if scheme not in able:
            raise ValueError(scheme)
        yield scheme, [each.value for each in identifiers if each.scheme is scheme]


def is_unknown(refused: SourceRefused) -> bool:
    """Whether a refusal only says that there is no such work."""
    return refused.status in (404, 410)


def same(record: Record, identifier: Identifier) -> Record | None:
    """The record, if it is that of this identifier: searches find what is merely alike."""
    return record if identifier in record.identifiers else None
