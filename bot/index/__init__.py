"""The search index: derived from the store, and safe to throw away.

`SearchIndex` is the seam. `bot.index.tantivy` keeps it in a folder. An index knows words, fields
and scores; it decides nothing: interpreting, correcting and ranking are `bot.search.search`'s.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, Protocol, TypeAlias

from bot.records.answers import Level
from bot.store import StateStore

Where: TypeAlias = Literal["text", "anywhere"]
Partial: TypeAlias = Literal["behind", "shared", "among", "none"]


# Title, abstract and keywords.
TEXT = "body"


@dataclass(frozen=True, slots=True)
class Words:
    """Words that stand next to each other, as folded by `bot.text.folding`.

    Searched by stem in every text field, or in `field` alone (`TEXT`: what a record says, and not
    who wrote it and where it appeared); `exact` asks for the words as
    spelt (folded, not stemmed); `prefix` takes the last word as the beginning of one. `weight`
    multiplies the score; `level` says how near they are to the thing asked.
    """

    words: tuple[str, ...]
    weight: float = 1.0
    field: str | None = None
    exact: bool = False
    prefix: bool = False
    level: Level = "exact"


@dataclass(frozen=True, slots=True)
class Key:
    """A whole value in a key field, such as `concept`, `year` or `identifier`."""

    field: str
    value: str
    weight: float = 1.0
    level: Level = "exact"


@dataclass(frozen=True, slots=True)
class Years:
    """Published between two days, both included, as ISO `YYYYMMDD` numbers; None is open."""

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Group:
    """Alternatives for one thing that was asked; scored by the best of them that matches.

    Where all are single words a record may be scored by several of them, which finds the best
    without looking at all.

    Those of level exact and narrower satisfy the group. `loose` ones are near misses (level
    broader or part): they rank a record that has nothing better, and do not satisfy it. `worth` is
    how much it counts in a candidate's share, beside others that are as rare.
    """

    alternatives: tuple[Words | Key, ...]
    loose: tuple[Words | Key, ...] = ()
    worth: float = 1.0


# Counts all beside others in one table, and what stands for the year of a record without a date.
EVERY_RECORD, UNDATED = Group((Key("kind", "record"),)), 0


@dataclass(frozen=True, slots=True)
class IndexQuery:
    """What to look for. `groups` rank; the rest decides what may be found at all.

    A strict match satisfies every group. With no groups, everything that passes is found. `adding`
    are folded words that add to the score of what is found by the rest, and find nothing.
    """

    groups: tuple[Group, ...] = ()
    required: tuple[Group, ...] = ()
    excluded: tuple[Words | Key, ...] = ()
    years: Years | None = None
    adding: tuple[str, ...] = ()

    def requiring(self, *groups: Group) -> "IndexQuery":
        """The same, of which only what has these as well may be found."""
        return replace(self, required=(*self.required, *groups))


class Card(NamedTuple):
    """What ranking needs of a record, kept in the index so that no record has to be loaded.

    `title` is folded, `day` the earliest day of publication as `YYYYMMDD` (0: unknown).
    """

    title: str
    day: int = 0
    retracted: bool = False
    concepts: tuple[str, ...] = ()


class Candidate(NamedTuple):
    """A record found: its id, the engine's score, and whether it satisfies every group.

    `share` is how much of what was asked it satisfies, from 0 to 1: each group weighs as much as it
    is rare among the records (one that none satisfies as much as its near misses are), a near miss
    counts half.
    None where it was not asked for.
    """

    record_id: str
    score: float
    strict: bool
    card: Card
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The best candidates, and how many strict matches there are in all."""

    candidates: tuple[Candidate, ...]
    strict_total: int


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What an operator wants to know of the index."""

    location: str
    records: int
    watermark: int
    writable: bool
    note: str | None = None


class SearchIndex(Protocol):
    """Follows a store's change sequence and finds records by words and keys.

    Safe from any thread. One process writes an index folder; others read it.
    """

    @property
    def watermark(self) -> int:
        """The place in the store's change sequence up to which records are found; never waits."""

    def follow(self, store: StateStore, most: int | None = None) -> int:
        """Take in every change since the watermark; how many records were touched.

        They are found as they come: a commit holds some thousands. With `most`, about as many
        are taken in and the rest is left for the next time.

        Rebuilds from nothing when the index is missing, damaged, of another schema, or belongs
        to another store. Where another process writes, reads what that one has committed.
        Raises IndexUnavailable when neither can be done.
        """

    def search(
        self,
        query: IndexQuery,
        limit: int,
        sort: str = "relevance",
        partial: Partial = "behind",
    ) -> Found:
        """The best `limit` candidates; `sort` is `relevance`, `date_desc` or `date_asc`.

        `partial` says where those that are not strict stand: `behind` the strict ones; `shared`,
        behind them and with their share; `among` them, all scored alike; or that there are `none`.
        """

    def everything(self, query: IndexQuery) -> Sequence[str]:
        """The ids of all strict matches, newest first, those without a date last."""

    def scored(self, query: IndexQuery, ids: Sequence[str]) -> Sequence[Candidate]:
        """Those of these records that the query's limits let through, in no order.

        Scored by its words: 0 for a record that has none of them.
        """

    def count(self, query: IndexQuery) -> int:
        """How many records match strictly: `search(…).strict_total`, without ranking any.

        Counted by the index alone, so that a table of counts over a large store stays quick.
        """

    def tally(
        self, query: IndexQuery, rows: Sequence[Group], columns: Sequence[Group] = ()
    ) -> list[list[int]]:
        """For each row how many strict matches have its group, and how many each column's as well.

        The groups are of keys. The query is answered once, however many rows and columns there are.
        """

    def years(self, query: IndexQuery) -> Mapping[int, int]:
        """How many strict matches were published in each year, oldest first.

        Years without a match are left out. Records whose date is not known are those of `UNDATED`.
        """

    def vocabulary(self) -> Mapping[str, int]:
        """Every word as spelt (folded, not stemmed) with the number of records that hold it.

        The mapping is the same object until the index changes.
        """

    def values(self, field: str) -> Mapping[str, int]:
        """Every value of a key field, with the number of records that have it.

        The mapping is the same object until the index changes.
        """

    def long_forms(self, short: str) -> Sequence[tuple[str, int]]:
        """What records define a folded abbreviation to mean, the commonest first, with counts."""

    def matching(self, alternatives: Sequence[Words | Key], ids: Sequence[str]) -> frozenset[str]:
        """Which of these records have any of the alternatives."""

    def frequency(self, word: str, where: Where = "anywhere") -> int:
        """How many records hold a folded word now: in their `text`, or `anywhere` (names too)."""

    def stem(self, word: str) -> str:
        """The form of a folded word that the index compares."""

    def status(self) -> IndexStatus:
        """For `status` and `doctor`."""

    def close(self) -> None:
        """Let go of the folder."""
