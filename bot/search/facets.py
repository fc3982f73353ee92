"""Service: what a long list can be narrowed to, with how many records that leaves.

Each offer is a question in the query language; its count is that question's own, so that the
list it opens is as long as the button says.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.index import IndexQuery, SearchIndex
from bot.records.models import Answer, Narrowing, unique
from bot.search.query import LONGEST, Query
from bot.search.query.filters import Filters
from bot.search.search import Search
from bot.vocabulary import Vocabulary

# A list no longer than a page needs no narrowing.
PAGE = 5
MOST = 4
_KINDS = ("clinical-trial", "systematic-review", "review", "preclinical-study")
_MOST_KINDS = 2
_MOST_CONCEPTS = 6
_RECENT_YEARS = 2
_FACETS = ("strategy", "component", "cancer", "resistance", "biomarker")


@dataclass(frozen=True, slots=True)
class _Listed:
    """A list that is shown, and what its question asks of the index."""

    answer: Answer
    plan: IndexQuery


class FacetService:
    """Offers narrower questions for a list."""

    def __init__(
        self,
        index: SearchIndex,
        search: Search,
        vocabulary: Vocabulary,
        now: Callable[[], datetime],
    ) -> None:
        self._index = index
        self._search = search
        self._vocabulary = vocabulary
        self._now = now

    def offered(self, query: Query, answer: Answer) -> Answer:
        """The answer with at most four offers: kinds of evidence, recent years, a concept.

        Only such as leave some records and not all of them, each as many as no other; none for a
        list of one page.
        """
        if answer.total <= PAGE or len(answer.query) > LONGEST - 100:
            return answer
        listed = _Listed(answer, self._search.plan(self._search.interpret(answer.query)))
        kinds = sorted(self._kinds(query, listed), key=lambda each: -each.count)[:_MOST_KINDS]
        recent = list(self._recent(query, listed))
        concepts = sorted(self._concepts(query, listed), key=lambda each: -each.count)
        # As many records are often the same ones: every systematic review is also a review.
        by_count = {each.count: each for each in reversed([*kinds, *recent, *concepts])}
        chosen = list(reversed(by_count.values()))[:MOST]
        return answer.model_copy(update={"narrower": tuple(chosen)})

    def _kinds(self, query: Query, listed: "_Listed") -> Iterator[Narrowing]:
        if not self._named(query, "evidence"):
            yield from self._each(listed, "evidence", _KINDS)

    def _recent(self, query: Query, listed: "_Listed") -> Iterator[Narrowing]:
        if not query.filters.has_years:
            year = self._now().year - _RECENT_YEARS
            since = Filters(first=date(year, 1, 1))
            yield from self._offer(listed, f"since {year}", f"since:{year}", since)

    def _concepts(self, query: Query, listed: "_Listed") -> Iterator[Narrowing]:
        """The concepts of the records shown, of facets that the question does not name."""
        tags = unique(tag.concept for hit in listed.answer.hits for tag in hit.record.concepts)
        for facet in _FACETS:
            if not self._named(query, facet):
                stored = [c for c in tags if self._facet(c) == facet]
                yield from self._each(listed, facet, stored[:_MOST_CONCEPTS])

    def _each(self, listed: "_Listed", facet: str, concepts: Iterable[str]) -> Iterator[Narrowing]:
        for concept in concepts:
            label = self._vocabulary.concepts[concept].label
            limit = Filters(concepts=(concept,))
            yield from self._offer(listed, label, f"{facet}:{concept}", limit)

    def _offer(
        self, listed: "_Listed", label: str, written: str, limit: Filters
    ) -> Iterator[Narrowing]:
        """The list under one more limit, where that leaves some records and not all of them."""
        # The question is read once; each offer adds only what its limit asks of the index.
        added = self._search.plan(Query("", filters=limit))
        plan = listed.plan.requiring(*added.required)
        count = self._index.count(replace(plan, years=added.years or plan.years))
        if 0 < count < listed.answer.total:
            question = f"{listed.answer.query} {written}"
            yield Narrowing(label=label, query=question, count=count)

    def _facet(self, concept: str) -> str | None:
        known = self._vocabulary.concepts.get(concept)
        return known.facet if known else None

    def _named(self, query: Query, facet: str) -> bool:
        """Whether the question names a concept of this facet."""
        terms = (p.recognised for part in query.parts for p in (part.any or (part,)))
        named = [c for term in terms if term is not None for c in term.concepts]
        return any(self._facet(c) == facet for c in (*named, *query.filters.concepts))
