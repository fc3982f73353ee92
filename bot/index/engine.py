"""What an engine does for an index: the seam between what is looked for and who finds it.

`bot.index.translation` writes queries and `bot.index.finding` runs them, once for all engines; an
engine has its own form of a query (`Q`) and of the place of a record in it (`P`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from bot.index import UNDATED, Group

Q = TypeVar("Q")
P = TypeVar("P")
P_co = TypeVar("P_co", covariant=True)


class Queries(Protocol[Q]):
    """How an engine writes queries. Words are folded, and stemmed where their field is."""

    def term(self, field: str, value: str, *, scored: bool = True) -> Q:
        """What has a word or value; scored by BM25, or only found."""

    def phrase(self, field: str, words: Sequence[str]) -> Q:
        """What has words next to each other."""

    def beginning(self, field: str, words: Sequence[str]) -> Q:
        """The same, the last of them as the beginning of one."""

    def days(self, first: int | None, last: int | None) -> Q:
        """What was published between two days, both included; None is open."""

    def among(self, ids: Sequence[str]) -> Q:
        """The records of these ids."""

    def either(self, queries: Sequence[Q]) -> Q:
        """What any of them finds, scored by the sum of those that do."""

    def best_of(self, queries: Sequence[Q]) -> Q:
        """What any of them finds, scored by the greatest of their scores."""

    def every(
        self, required: Sequence[Q], adding: Sequence[Q] = (), without: Sequence[Q] = ()
    ) -> Q:
        """What all `required` find and none of `without`; the scores of `adding` count too."""

    def same(self, query: Q, score: float) -> Q:
        """What a query finds, each with this score."""

    def weighted(self, query: Q, weight: float) -> Q:
        """A query whose scores count so many times."""


class Hit(NamedTuple, Generic[P_co]):
    """A record's score and its place. The place can be compared and hashed."""

    score: float
    place: P_co


class Hits(NamedTuple, Generic[P_co]):
    """The best that were found; `total` is how many there are in all (0 where not counted)."""

    total: int
    best: Sequence[Hit[P_co]]


class Engine(Protocol[Q, P]):
    """An index as it is now."""

    @property
    def queries(self) -> Queries[Q]:
        """How its queries are written."""

    def best(self, queries: Iterable[Q], limit: int, *, counted: bool = False) -> Iterator[Hits[P]]:
        """The best of each query, in turn."""

    def by_day(self, query: Q, limit: int, *, latest_first: bool) -> Hits[P]:
        """What a query finds by the day of publication, the undated last; counted."""

    def cards(self, hits: Sequence[Hit[P]]) -> Iterable[str]:
        """The card of each."""

    def counts(self, queries: Sequence[Q]) -> list[int]:
        """How many records each query finds."""

    def records(self) -> int:
        """How many records there are."""

    def stored_count(self, field: str, word: str) -> int | None:
        """How many records have a word, where the engine knows it without looking; else None."""

    def frequencies(self, fields: Sequence[str], word: str) -> Sequence[int]:
        """About how many records have a word in each of these fields."""

    def tally(self, query: Q, rows: Sequence[Group], columns: Sequence[Group]) -> list[list[int]]:
        """See `SearchIndex.tally`."""

    def years(self, query: Q) -> Mapping[int, int]:
        """See `SearchIndex.years`."""

    def terms(self, field: str, beginning: str = "") -> Sequence[tuple[str, int]]:
        """Every value of a field that begins so, with the number of records that have it."""


def by_years(buckets: Iterable[Mapping[str, Any]], total: int) -> dict[int, int]:
    """Years from the buckets of a histogram of days, and what is left of the `total`, undated."""
    found = {int(each["key"]) // 10_000: int(each["doc_count"]) for each in buckets}
    undated = total - sum(found.values())
    return {UNDATED: undated} | found if undated else found
