"""The engine in a folder: tantivy's queries, and what is found by them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import tantivy
from tantivy import DocAddress, Occur, Query

from bot.index import EVERY_RECORD, Group
from bot.index.engine import Hit, Hits, by_years
from bot.index.translation import keys_of

# The segment, and the place in it.
Place: TypeAlias = tuple[int, int]


class TantivyQueries:
    """`bot.index.engine.Queries` for tantivy."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    def term(self, field: str, value: str, *, scored: bool = True) -> Query:
        """See `Queries.term`."""
        return Query.term_query(self._schema, field, value, "freq" if scored else "basic")

    def phrase(self, field: str, words: Sequence[str]) -> Query:
        """See `Queries.phrase`."""
        return Query.phrase_query(self._schema, field, list(words))

    def beginning(self, field: str, words: Sequence[str]) -> Query:
        """See `Queries.beginning`."""
        if len(words) == 1:
            # Folded words are letters and digits only, so none can be a regex operator.
            return Query.regex_query(self._schema, field, f"{words[0]}.*")
        return Query.phrase_prefix_query(self._schema, field, list(words))

    def days(self, first: int | None, last: int | None) -> Query:
        """See `Queries.days`."""
        return Query.range_query(self._schema, "day", tantivy.FieldType.Integer, first, last)

    def among(self, ids: Sequence[str]) -> Query:
        """See `Queries.among`; quicker than a set of terms, for which an automaton is built."""
        return self.either([self.term("id", record_id, scored=False) for record_id in ids])

    def either(self, queries: Sequence[Query]) -> Query:
        """See `Queries.either`."""
        return Query.boolean_query([(Occur.Should, query) for query in queries])

    def best_of(self, queries: Sequence[Query]) -> Query:
        """See `Queries.best_of`."""
        return Query.disjunction_max_query(list(queries))

    def every(
        self,
        required: Sequence[Query],
        adding: Sequence[Query] = (),
        without: Sequence[Query] = (),
    ) -> Query:
        """See `Queries.every`."""
        clauses = [(Occur.Must, query) for query in required]
        clauses += [(Occur.Should, query) for query in adding]
        return Query.boolean_query(clauses + [(Occur.MustNot, query) for query in without])

    def same(self, query: Query, score: float) -> Query:
        """See `Queries.same`."""
        return Query.const_score_query(query, score)

    def weighted(self, query: Query, weight: float) -> Query:
        """See `Queries.weighted`."""
        return Query.boost_query(query, weight)


class TantivyEngine:
    """`bot.index.engine.Engine` over an index of tantivy's."""

    def __init__(self, index: tantivy.Index) -> None:
        self._searcher = index.searcher()
        self.queries = TantivyQueries(index.schema)

    def best(
        self, queries: Iterable[Query], limit: int, *, counted: bool = False
    ) -> Iterator[Hits[Place]]:
        """See `Engine.best`; each is looked for when it is its turn."""
        for query in queries:
            yield _hits(self._searcher.search(query, limit, count=counted), counted=counted)

    def by_day(self, query: Query, limit: int, *, latest_first: bool) -> Hits[Place]:
        """See `Engine.by_day`."""
        order = tantivy.Order.Desc if latest_first else tantivy.Order.Asc
        found = self._searcher.search(query, limit, order_by_field="day", order=order)
        return _hits(found, counted=True, scored=False)

    def cards(self, hits: Sequence[Hit[Place]]) -> Iterable[str]:
        """See `Engine.cards`."""
        return (str(self._searcher.doc(DocAddress(*hit.place)).get_first("card")) for hit in hits)

    def counts(self, queries: Sequence[Query]) -> list[int]:
        """See `Engine.counts`."""
        return [found.total for found in self.best(queries, 1, counted=True)]

    def records(self) -> int:
        """See `Engine.records`: all but what the index keeps of itself."""
        return max(self._searcher.num_docs - 1, 0)

    def stored_count(self, field: str, word: str) -> int | None:
        """See `Engine.stored_count`.

        The number counts records that were deleted and not yet merged away, too, so it is good only
        where there are none.
        """
        is_good = self._searcher.doc_freq("kind", "record") == self._searcher.num_docs - 1
        return int(self._searcher.doc_freq(field, word)) if is_good else None

    def frequencies(self, fields: Sequence[str], word: str) -> Sequence[int]:
        """See `Engine.frequencies`."""
        return [self.frequency(field, word) for field in fields]

    def frequency(self, field: str, value: str) -> int:
        """How many records have a value in a field, those included that were deleted just now."""
        return int(self._searcher.doc_freq(field, value))

    def tally(
        self, query: Query, rows: Sequence[Group], columns: Sequence[Group]
    ) -> list[list[int]]:
        """See `Engine.tally`."""
        within = {str(at): {"filter": _in_words(group)} for at, group in enumerate(columns)}
        deeper: dict[str, Any] = {"aggs": within} if within else {}
        by_row = {str(at): {"filter": _in_words(g), **deeper} for at, g in enumerate(rows)}
        found = self._searcher.aggregate(query, by_row)
        return [
            [found[row]["doc_count"], *(found[row][column]["doc_count"] for column in within)]
            for row in by_row
        ]

    def years(self, query: Query) -> Mapping[int, int]:
        """See `Engine.years`."""
        # `day` is YYYYMMDD: ten thousand of it is a year.
        by_year = {"histogram": {"field": "day", "interval": 10_000, "min_doc_count": 1}}
        wanted = {"years": by_year, "all": {"filter": _in_words(EVERY_RECORD)}}
        found = self._searcher.aggregate(query, wanted)
        return by_years(found["years"]["buckets"], found["all"]["doc_count"])

    def terms(self, field: str, beginning: str = "") -> Sequence[tuple[str, int]]:
        """See `Engine.terms`."""
        return self._searcher.terms_with_prefix(field, beginning)


def _hits(found: tantivy.SearchResult, *, counted: bool, scored: bool = True) -> Hits[Place]:
    total = int(found.count) if counted else 0  # type: ignore[attr-defined]  # not in its stubs
    return Hits(
        total,
        [
            Hit(float(score) if scored else 0.0, (address.segment_ord, address.doc))
            for score, address in found.hits
        ],
    )


def _in_words(group: Group) -> str:
    """A group of keys in the engine's query language, which filters of a count are written in."""
    clauses = []
    for each in keys_of(group):
        value = each.value.replace("\\", "\\\\").replace('"', '\\"')
        clauses.append(f'{each.field}:"{value}"')
    return " OR ".join(clauses)
