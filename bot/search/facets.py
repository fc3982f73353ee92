"""Service: what a list can be narrowed to, and what lies beside it, with how many records.

A narrow thing is answered with itself and what is narrower; the class it belongs to is offered
apart, with what it has besides. Each offer is a question in the query language; its count is that
question's own, so that the list it opens is as long as the button says.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from bot.index import Group, IndexQuery, Key, SearchIndex
from bot.records.answers import Answer, Narrowing
from bot.records.models import unique
from bot.search.plan import tagged
from bot.search.query import LONGEST, Part, Query
from bot.search.query.writing import written
from bot.search.search import Search
from bot.store import StateStore
from bot.text.markup import plain
from bot.vocabulary import Recognised, Vocabulary

# A list no longer than a page needs no narrowing.
PAGE = 5
MOST = 4
_KINDS = ("clinical-trial", "systematic-review", "review", "preclinical-study")
_MOST_KINDS = 2
_MOST_CONCEPTS = 6
_RECENT_YEARS = 2
_FACETS = ("strategy", "component", "cancer", "resistance", "biomarker")
# A class with more concepts below it is no answer to a narrow question: solid tumours.
_WIDEST = 40
_MOST_CLASSES = 2
_MOST_MEANINGS = 5
_MOST_JOURNALS = 60


@dataclass(frozen=True, slots=True)
class Choices:
    """What a search can be limited to, each with its label and as it is written in a question.

    Only what some record has. `years` are those of publication, newest first.
    """

    cancers: Sequence[tuple[str, str]]
    kinds: Sequence[tuple[str, str]]
    journals: Sequence[tuple[str, str]]
    access: Sequence[tuple[str, str]]
    years: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Listed:
    """A list that is shown, and what its question asks of the index."""

    answer: Answer
    plan: IndexQuery


class _Limit(NamedTuple):
    """One more limit on a list, by its label, as it is written, and as the index counts it."""

    label: str
    written: str
    group: Group


class FacetService:
    """Offers narrower questions for a list."""

    def __init__(
        self,
        store: StateStore,
        index: SearchIndex,
        search: Search,
        vocabulary: Vocabulary,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._index = index
        self._search = search
        self._vocabulary = vocabulary
        self._now = now

    def choices(self) -> Choices:
        """What a search can be limited to now, read off the index's keys: no record is counted."""
        keys = {name: self._index.values(name) for name in ("concept", "access", "has", "year")}
        access = (("Free to read", "is:open", "has", "open"),
                  ("Peer reviewed", "is:reviewed", "has", "reviewed"),
                  ("With an abstract", "has:abstract", "has", "abstract"))  # fmt: skip
        return Choices(
            cancers=self._stored("cancer", keys["concept"]),
            kinds=self._stored("evidence", keys["concept"]),
            journals=list(self._journals()),
            access=[(label, limit) for label, limit, key, value in access if value in keys[key]],
            years=sorted(map(int, keys["year"]), reverse=True),
        )

    def _stored(self, facet: str, stored: Mapping[str, int]) -> list[tuple[str, str]]:
        """The concepts of a facet that some record has, by themselves or by what is below them."""
        known = (c for c in self._vocabulary.concepts.values() if c.facet == facet)
        there = (c for c in known if not self._vocabulary.narrower(c.id).isdisjoint(stored))
        return sorted(((c.label, f"{facet}:{c.id}") for c in there), key=lambda c: c[0].casefold())

    def _journals(self) -> Iterator[tuple[str, str]]:
        """The journals that have most records, each as its newest record names it."""
        counted = self._index.values("journal_key")
        keys = sorted(counted, key=lambda each: (-counted[each], each))[:_MOST_JOURNALS]
        of = (IndexQuery(required=(Group((Key("journal_key", key),)),)) for key in keys)
        found = [c.record_id for q in of for c in self._index.search(q, 1, "date_desc").candidates]
        journals = (record.journal for record in self._store.get_many(found))
        titles = unique(plain(j.title) for j in journals if j is not None and j.title)
        yield from ((t, f'journal:"{t}"') for t in sorted(titles, key=str.casefold) if '"' not in t)

    def offered(self, query: Query, answer: Answer) -> Answer:
        """The answer with what lies beside it, and what it can be narrowed to.

        Narrower are at most four: kinds of evidence, recent years, a concept, each with as many
        records as no other; none for a list of one page.
        """
        if len(answer.query) > LONGEST - 100:
            return answer
        beside = {
            "broader": tuple(islice(self._broader(query), _MOST_CLASSES)),
            "meanings": tuple(self._meanings(answer)[:_MOST_MEANINGS]),
        }
        answer = answer.model_copy(update=beside)
        if answer.total <= PAGE:
            return answer
        listed = _Listed(answer, self._search.plan(self._search.interpret(answer.query)))
        kinds, recent, concepts = self._counted(
            listed,
            self._of_concepts(() if self._named(query, "evidence") else _KINDS),
            list(self._recent(query)),
            self._of_concepts(self._concepts(query, listed)),
        )
        kinds = kinds[:_MOST_KINDS]
        # As many records are often the same ones: every systematic review is also a review.
        by_count = {each.count: each for each in reversed([*kinds, *recent, *concepts])}
        chosen = list(reversed(by_count.values()))[:MOST]
        return answer.model_copy(update={"narrower": tuple(chosen)})

    def _meanings(self, answer: Answer) -> list[Narrowing]:
        """The senses of abbreviations that nothing decides, those first that have most records."""
        open_ = (sense for sense in answer.understood.senses if sense.is_open)
        return self.counted(pair for sense in open_ for pair in sense.alternatives)

    def counted(self, questions: Iterable[tuple[str, str]]) -> list[Narrowing]:
        """(label, question) of other readings with how many records each finds, most first."""
        found = []
        for label, question in questions:
            count = self._index.count(self._search.plan(self._search.interpret(question)))
            found.append(Narrowing(label=label, query=question, count=count))
        return sorted(found, key=lambda each: -each.count)

    def _broader(self, query: Query) -> Iterator[Narrowing]:
        """For each narrow thing asked the nearest class that has more records than it."""
        for part in query.parts:
            term = part.recognised
            if term is not None and not (term.is_open or term.only_imported or part.any):
                for class_ in self._classes(term):
                    wider = self._instead(query, part, class_)
                    if count := self._index.count(self._search.plan(wider)):
                        text = written(wider, self._search.interpret, self._facet_of)
                        label = self._vocabulary.concepts[class_].label
                        yield Narrowing(label=label, query=text, count=count)
                        break

    def _classes(self, term: Recognised) -> list[str]:
        """What a term belongs to, the nearest first, but for kinds of evidence."""
        vocabulary = self._vocabulary
        exact = vocabulary.exact_concepts(term)
        own = [c for c in term.concepts if c not in exact]
        for drug in term.drugs:
            given = [c.id for c in vocabulary.concepts.values()
                     if drug in c.drugs and c.facet == "strategy"]  # fmt: skip
            wider = {b for c in given for b in vocabulary.broader(c)}
            own += [c for c in given if c not in wider]
        above = (b for c in (*own, *exact) for b in vocabulary.broader(c))
        return [
            c
            for c in unique((*own, *above))
            if c not in exact
            and self._facet(c) != "evidence"
            and len(vocabulary.narrower(c)) <= _WIDEST
        ]

    def _instead(self, query: Query, part: Part, class_: str) -> Query:
        """The question with a class for one of its parts, and without the part itself."""
        term, filters = part.recognised, query.filters
        exact = self._vocabulary.exact_concepts(term) if term else ()
        # Several words are left out as a phrase: so they read where the question is written out.
        own = replace(part, phrase=True, recognised=None) if " " in part.typed else part
        return replace(
            query,
            parts=tuple(each for each in query.parts if each is not part),
            excluded=(*query.excluded, own),
            filters=replace(
                filters,
                concepts=unique((*filters.concepts, class_)),
                not_concepts=unique((*filters.not_concepts, *exact)),
            ),
        )

    def _recent(self, query: Query) -> Iterator["_Limit"]:
        if not query.filters.has_years:
            first = self._now().year - _RECENT_YEARS
            years = [each for each in self._index.values("year") if int(each) >= first]
            if years:
                group = Group(tuple(Key("year", each) for each in sorted(years)))
                yield _Limit(f"since {first}", f"since:{first}", group)

    def _concepts(self, query: Query, listed: "_Listed") -> list[str]:
        """The concepts of the records shown, of facets that the question does not name."""
        tags = unique(tag.concept for hit in listed.answer.hits for tag in hit.record.concepts)
        return [
            concept
            for facet in _FACETS
            if not self._named(query, facet)
            for concept in [c for c in tags if self._facet(c) == facet][:_MOST_CONCEPTS]
        ]

    def _of_concepts(self, concepts: Iterable[str]) -> list["_Limit"]:
        known = ((self._vocabulary.concepts[each], each) for each in concepts)
        return [
            _Limit(concept.label, f"{concept.facet}:{each}", tagged(self._vocabulary, each))
            for concept, each in known
        ]

    def _counted(self, listed: "_Listed", *limits: Sequence["_Limit"]) -> Iterator[list[Narrowing]]:
        """The list under each as one more limit, all counted at once, most records first.

        Only such as leave some records and not all of them.
        """
        groups = [limit.group for some in limits for limit in some]
        counts = (count for [count] in self._index.tally(listed.plan, groups))
        for some in limits:
            offers = [
                Narrowing(label=each.label, query=f"{listed.answer.query} {each.written}", count=n)
                for each, n in zip(some, islice(counts, len(some)), strict=True)
                if 0 < n < listed.answer.total
            ]
            yield sorted(offers, key=lambda offer: -offer.count)

    def _facet_of(self, concept: str) -> str:
        return self._vocabulary.concepts[concept].facet

    def _facet(self, concept: str) -> str | None:
        known = self._vocabulary.concepts.get(concept)
        return known.facet if known else None

    def _named(self, query: Query, facet: str) -> bool:
        """Whether the question names a concept of this facet."""
        terms = (p.recognised for part in query.parts for p in (part.any or (part,)))
        named = [c for term in terms if term is not None for c in term.concepts]
        return any(self._facet(c) == facet for c in (*named, *query.filters.concepts))
