"""The engine in OpenSearch: its queries, and what is found by them."""

import json
import logging
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil
from threading import Lock
from typing import Any, TypeAlias

from bot.errors import IndexAway, IndexUnavailable, QueryTooLong
from bot.index import EVERY_RECORD, Group
from bot.index.engine import Hit, Hits, by_years
from bot.index.opensearch.client import BUSY, READ_SECONDS, Client, Refused
from bot.index.opensearch.mapping import COUNTED
from bot.index.translation import keys_of

Body: TypeAlias = dict[str, Any]

log = logging.getLogger(__name__)

# The most that is given at once: its usual limit of a page, and of the values of a field (of which
# it counts some more than was estimated).
_PAGE, _VALUES = 10_000, 40_000
_ESTIMATE_ERROR = 1.2
# Nothing is read of a hit but its card, from a column: stored documents lie compressed together.
_CARDS: Body = {"docvalue_fields": ["card"], "stored_fields": "_none_"}
_ALL_SECONDS = 120.0
# What a status says of this moment alone.
_FOR_A_MOMENT = frozenset((BUSY, 500, 502, 503, 504))
# So many counts are remembered until the index changes.
_REMEMBERED = 20_000


class OpenSearchQueries:
    """`bot.index.engine.Queries` for OpenSearch."""

    def term(self, field: str, value: str, *, scored: bool = True) -> Body:
        """See `Queries.term`; whether it scores is for what it stands in."""
        del scored
        return {"term": {field: value}}

    def phrase(self, field: str, words: Sequence[str]) -> Body:
        """See `Queries.phrase`."""
        return {"match_phrase": {field: " ".join(words)}}

    def beginning(self, field: str, words: Sequence[str]) -> Body:
        """See `Queries.beginning`."""
        if len(words) == 1:
            return {"prefix": {field: words[0]}}
        return {"match_phrase_prefix": {field: " ".join(words)}}

    def days(self, first: int | None, last: int | None) -> Body:
        """See `Queries.days`."""
        ends = {name: day for name, day in (("gte", first), ("lte", last)) if day is not None}
        return {"range": {"day": ends}}

    def among(self, ids: Sequence[str]) -> Body:
        """See `Queries.among`."""
        return {"terms": {"id": list(ids)}}

    def either(self, queries: Sequence[Body]) -> Body:
        """See `Queries.either`."""
        return {"bool": {"should": list(queries)}}

    def best_of(self, queries: Sequence[Body]) -> Body:
        """See `Queries.best_of`."""
        return {"dis_max": {"queries": list(queries)}}

    def every(
        self, required: Sequence[Body], adding: Sequence[Body] = (), without: Sequence[Body] = ()
    ) -> Body:
        """See `Queries.every`."""
        clauses = {"must": required, "should": adding, "must_not": without}
        return {"bool": {name: list(queries) for name, queries in clauses.items() if queries}}

    def same(self, query: Body, score: float) -> Body:
        """See `Queries.same`."""
        return {"constant_score": {"filter": query, "boost": score}}

    def weighted(self, query: Body, weight: float) -> Body:
        """See `Queries.weighted`."""
        return {"bool": {"must": [query], "boost": weight}}


class Counts:
    """What was counted, until the index changes. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._of: object = None
        self._known: OrderedDict[str, int] = OrderedDict()

    def get(self, of: object, key: str) -> int | None:
        """A count in this state of the index."""
        with self._lock:
            if self._of != of:
                self._of = of
                self._known.clear()
            return self._known.get(key)

    def put(self, of: object, key: str, count: int) -> None:
        """Remember one."""
        with self._lock:
            if self._of == of:
                self._known[key] = count
                if len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)


class OpenSearchEngine:
    """`bot.index.engine.Engine` over an index of OpenSearch. A place is the record's card."""

    def __init__(self, client: Client, name: str, state: object, counts: Counts) -> None:
        """`state` is what the counts are good for."""
        self._client, self._name = client, name
        self._state, self._counts = state, counts
        self.queries = OpenSearchQueries()

    def best(
        self, queries: Iterable[Body], limit: int, *, counted: bool = False
    ) -> Iterator[Hits[str]]:
        """See `Engine.best`; all are asked at once."""
        size = min(limit, _PAGE)
        bodies = [
            {"size": size, "query": query, "track_total_hits": counted, **_CARDS}
            for query in queries
        ]
        for answer in self._ask(bodies, is_scored=True):
            yield _hits(answer)

    def by_day(self, query: Body, limit: int, *, latest_first: bool) -> Hits[str]:
        """See `Engine.by_day`.

        More than a page is read a page at a time. A record whose day changes meanwhile may be left
        out; none is given twice.
        """
        body: Body = {
            "size": min(limit, _PAGE), "query": query, "track_total_hits": True, **_CARDS,
            "sort": [
                {"day": {"order": "desc" if latest_first else "asc", "missing": "_last"}},
                {"id": "asc"},
            ],
        }  # fmt: skip
        (answer,) = self._ask([body])
        total, best = _hits(answer)
        found = {hit.place: hit for hit in best}
        while len(found) < min(limit, total) and (last := answer["hits"]["hits"]):
            (answer,) = self._ask([{**body, "search_after": last[-1]["sort"]}])
            found |= {hit.place: hit for hit in _hits(answer).best}
        return Hits(total, list(found.values())[:limit])

    def cards(self, hits: Sequence[Hit[str]]) -> Iterable[str]:
        """See `Engine.cards`."""
        return (hit.place for hit in hits)

    def counts(self, queries: Sequence[Body]) -> list[int]:
        """See `Engine.counts`."""
        keys = [json.dumps(query) for query in queries]
        known = {key: self._counts.get(self._state, key) for key in keys}
        wanted = [key for key, number in known.items() if number is None]
        if wanted:
            bodies = [
                {"size": 0, "track_total_hits": True, "query": json.loads(key)} for key in wanted
            ]
            for key, answer in zip(wanted, self._ask(bodies), strict=True):
                known[key] = int(answer["hits"]["total"]["value"])
                self._counts.put(self._state, key, known[key] or 0)
        return [known[key] or 0 for key in keys]

    def records(self) -> int:
        """See `Engine.records`."""
        return self.counts([self.queries.term("kind", "record")])[0]

    def stored_count(self, field: str, word: str) -> int | None:
        """See `Engine.stored_count`: nothing is known without a request."""
        del field, word
        return None

    def frequencies(self, fields: Sequence[str], word: str) -> Sequence[int]:
        """See `Engine.frequencies`."""
        return self.counts([self.queries.term(field, word) for field in fields])

    def tally(
        self, query: Body, rows: Sequence[Group], columns: Sequence[Group]
    ) -> list[list[int]]:
        """See `Engine.tally`."""
        within = {str(at): {"filter": self._keys(group)} for at, group in enumerate(columns)}
        deeper: Body = {"aggs": within} if within else {}
        by_row = {str(at): {"filter": self._keys(g), **deeper} for at, g in enumerate(rows)}
        found = self._aggregated(by_row, query)
        return [
            [found[row]["doc_count"], *(found[row][column]["doc_count"] for column in within)]
            for row in by_row
        ]

    def years(self, query: Body) -> Mapping[int, int]:
        """See `Engine.years`."""
        # `day` is YYYYMMDD: ten thousand of it is a year.
        by_year = {"histogram": {"field": "day", "interval": 10_000, "min_doc_count": 1}}
        wanted = {"years": by_year, "all": {"filter": self._keys(EVERY_RECORD)}}
        found = self._aggregated(wanted, query)
        return by_years(found["years"]["buckets"], found["all"]["doc_count"])

    def terms(self, field: str, beginning: str = "") -> Sequence[tuple[str, int]]:
        """See `Engine.terms`: of many, a part after the other."""
        field = COUNTED.get(field, field)
        if beginning:
            include = "".join(c if c.isalnum() else f"\\{c}" for c in beginning) + ".*"
            return self._values(field, include, self.queries.beginning(field, [beginning]))
        number = self._aggregated({"n": {"cardinality": {"field": field}}})["n"]["value"]
        parts = ceil(int(number) * _ESTIMATE_ERROR / _VALUES) or 1
        if parts == 1:
            return self._values(field, None, None)
        return [
            each
            for part in range(parts)
            for each in self._values(field, {"partition": part, "num_partitions": parts}, None)
        ]

    def _values(self, field: str, include: object, query: Body | None) -> list[tuple[str, int]]:
        wanted = {"field": field, "size": _VALUES + _PAGE}
        terms = wanted if include is None else {**wanted, "include": include}
        found = self._aggregated({"v": {"terms": terms}}, query)["v"]["buckets"]
        return [(str(each["key"]), int(each["doc_count"])) for each in found]

    def _aggregated(self, wanted: Body, query: Body | None = None) -> Body:
        body: Body = {"size": 0, "track_total_hits": False, "aggs": wanted}
        bodies = [body if query is None else {**body, "query": query}]
        # All words of the index, which nobody waits for, are read for longer than an answer.
        (answer,) = self._ask(bodies, seconds=READ_SECONDS if query is not None else _ALL_SECONDS)
        found: Body = answer["aggregations"]
        return found

    def _keys(self, group: Group) -> Body:
        return self.queries.either([self.queries.term(k.field, k.value) for k in keys_of(group)])

    def _ask(
        self, bodies: Sequence[Body], *, is_scored: bool = False, seconds: float = READ_SECONDS
    ) -> list[Body]:
        """The answers to several searches, by one request. Half an answer is none.

        Scores count words over all shards, so that they are those of an index in one piece.
        """
        if not bodies:
            return []
        head = json.dumps({"index": self._name, "allow_partial_search_results": False})
        lines = "".join(f"{head}\n{json.dumps(body)}\n" for body in bodies).encode()
        kind = "dfs_query_then_fetch" if is_scored else "query_then_fetch"
        path = f"_msearch?search_type={kind}"

        def lack(answer: Any) -> str:
            """What of it another copy of a shard, which is just being chosen, may have."""
            answers = answer.get("responses") if isinstance(answer, dict) else None
            if not isinstance(answers, list) or len(answers) != len(bodies):
                return "its answer is none"
            return next(filter(None, map(_lack, answers)), "")

        answers: list[Body] = self._client.ask("POST", path, lines, timeout=seconds, lack=lack)[
            "responses"
        ]
        for answer in answers:
            if "error" in answer:
                raise _trouble(answer)
        return answers


class NotBuilt(IndexAway):
    """A server has just begun to build it, or will at its next look."""


def _lack(answer: Body) -> str:
    """Why there is no answer now that there may be in a moment; "" where it is one, or final."""
    if "error" not in answer or answer.get("status") not in _FOR_A_MOMENT:
        return ""
    error = answer["error"]
    log.info("OpenSearch cannot answer now: %s", error.get("type", answer["status"]))
    return "" if _is_too_long(error) else "a part of it does not answer"


def _is_too_long(error: Body) -> bool:
    text = json.dumps(error)
    return "too_many" in text and "clause" in text


def _trouble(answer: Body) -> IndexUnavailable | QueryTooLong:
    error, status = answer["error"], int(answer.get("status", 0))
    if _is_too_long(error):
        return QueryTooLong("This is too much to look for at once.", "Leave some words out.")
    if "index_not_found" in json.dumps(error):
        return NotBuilt("The search index is just being built.")
    return Refused(status, str(error.get("type")), str(error.get("reason", "")))


def _hits(answer: Body) -> Hits[str]:
    found = answer["hits"]
    best = [
        Hit(float(each["_score"] or 0.0), str(each["fields"]["card"][0])) for each in found["hits"]
    ]
    return Hits(int(found.get("total", {}).get("value", 0)), best)
