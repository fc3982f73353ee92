"""The best of a search: the strict matches, their number, and the others."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from math import log1p
from typing import Any, Generic

from bot.index import Candidate, Found, Group, IndexQuery, Key, Partial, Where, Words
from bot.index.analysis import stem
from bot.index.documents import read_card, read_id
from bot.index.engine import Engine, Hit, P, Q
from bot.index.translation import Translator, read_share

# Of so many groups every combination is asked for: see `_by_share`.
_FEW = 3


class Searching(ABC):
    """What is the same in every `SearchIndex`, over the engine of each."""

    @abstractmethod
    def _engine(self) -> Engine[Any, Any]:
        """The index as it is now. Raises IndexUnavailable when nothing was built yet."""

    def search(
        self,
        query: IndexQuery,
        limit: int,
        sort: str = "relevance",
        partial: Partial = "behind",
    ) -> Found:
        """See `SearchIndex.search`. Raises IndexUnavailable when nothing was built yet."""
        finder = Finder(self._engine())
        if sort != "relevance":
            dated = finder.by_date(query, limit, sort)
            if dated.strict_total:
                return dated
        return finder.best(query, limit, partial)

    def everything(self, query: IndexQuery) -> Sequence[str]:
        """See `SearchIndex.everything`. Raises IndexUnavailable when nothing was built yet."""
        return Finder(self._engine()).everything(query)

    def scored(self, query: IndexQuery, ids: Sequence[str]) -> Sequence[Candidate]:
        """See `SearchIndex.scored`. Raises IndexUnavailable when nothing was built yet."""
        return Finder(self._engine()).scored(query, ids) if ids else ()

    def matching(self, alternatives: Sequence[Words | Key], ids: Sequence[str]) -> frozenset[str]:
        """See `SearchIndex.matching`."""
        if not alternatives or not ids:
            return frozenset()
        return Finder(self._engine()).having(alternatives, ids)

    def count(self, query: IndexQuery) -> int:
        """See `SearchIndex.count`. Raises IndexUnavailable when nothing was built yet."""
        return Finder(self._engine()).totals([query])[0]

    def tally(
        self, query: IndexQuery, rows: Sequence[Group], columns: Sequence[Group] = ()
    ) -> list[list[int]]:
        """See `SearchIndex.tally`. Raises IndexUnavailable when nothing was built yet."""
        engine = self._engine()
        if not rows:
            return []
        return engine.tally(Translator(engine.queries).counted(query), rows, columns)

    def years(self, query: IndexQuery) -> Mapping[int, int]:
        """See `SearchIndex.years`. Raises IndexUnavailable when nothing was built yet."""
        engine = self._engine()
        return engine.years(Translator(engine.queries).counted(query))

    def frequency(self, word: str, where: Where = "anywhere") -> int:
        """See `SearchIndex.frequency`."""
        fields = ("surface",) if where == "text" else ("surface", "people", "journal_words")
        return sum(self._engine().frequencies(fields, word))

    def vocabulary(self) -> Mapping[str, int]:
        """See `SearchIndex.vocabulary`."""
        return self.values("surface")

    @abstractmethod
    def values(self, field: str) -> Mapping[str, int]:
        """See `SearchIndex.values`."""

    def long_forms(self, short: str) -> Sequence[tuple[str, int]]:
        """See `SearchIndex.long_forms`."""
        found = self._engine().terms("definition", f"{short}=")
        pairs = ((term.partition("=")[2], count) for term, count in found)
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))

    # See `SearchIndex.stem`: the cached function itself, which is called for every word of a page.
    stem = staticmethod(stem)


class Finder(Generic[Q, P]):
    """Finds records in an index as it is now."""

    def __init__(self, engine: Engine[Q, P]) -> None:
        self._engine = engine
        self._translate = Translator(engine.queries)

    def by_date(self, query: IndexQuery, limit: int, sort: str) -> Found:
        """The strict matches by the day of publication; `sort` is `date_desc` or `date_asc`."""
        latest_first, wanted = sort == "date_desc", self._translate.counted(query)
        found = self._engine.by_day(wanted, limit, latest_first=latest_first)
        return Found(tuple(self.read(found.best, strict=True)), found.total)

    def everything(self, query: IndexQuery) -> list[str]:
        """The ids of the strict matches, by the day of publication, the latest first."""
        wanted, most = self._translate.counted(query), max(self.totals([query])[0], 1)
        found = self._engine.by_day(wanted, most, latest_first=True)
        return list(map(read_id, self._engine.cards(found.best)))

    def best(self, query: IndexQuery, limit: int, partial: Partial) -> Found:
        """The best matches, strict ones first unless the others may stand among them.

        Which they are is for the groups; the words that only add are added to their scores after.
        """
        found = self._best(query, limit, partial)
        return replace(found, candidates=tuple(self._added(query, found.candidates)))

    def _best(self, query: IndexQuery, limit: int, partial: Partial) -> Found:
        if partial == "among" and len(query.groups) > 1:
            found = self._among(query, limit)
            if found is not None:
                return found
        number, hits = self._strict(query, limit)
        strict = self.read(hits, strict=True)
        room = limit - len(strict)
        if not room or not query.groups or partial == "none":
            return Found(tuple(strict), number)
        weights = self._rarities(query) if partial == "shared" else ()
        few = len(query.groups) <= _FEW and not any(group.loose for group in query.groups)
        if weights and few:
            return Found((*strict, *self._by_share(query, weights, hits, room)), number)
        near = self._near(query, limit)
        others = self.read(_without(near, hits)[:room], strict=False)
        if weights and others:
            ids = [each.record_id for each in others]
            wanted = self._translate.shares(query.groups, ids)
            marked = self.read(self._hits(wanted, len(ids)))
            shares = {each.record_id: read_share(each.score, weights) for each in marked}
            others = [each._replace(share=shares.get(each.record_id, 0.0)) for each in others]
        return Found((*strict, *others), number)

    def _near(self, query: IndexQuery, limit: int) -> Sequence[Hit[P]]:
        """The best that satisfy any group or nearly do; of one thing asked, what is near to it.

        Where that is known, its name in pieces would only find whatever has a common word of it.
        """
        loose = query.groups[0].loose if len(query.groups) == 1 else ()
        if not loose:
            return self._hits(self._translate.any_of(query, loosely=True), limit)
        return self._hits(self._translate.strict(replace(query, groups=(Group(loose),))), limit)

    def totals(self, queries: Sequence[IndexQuery]) -> list[int]:
        """How many records satisfy each query."""
        known = [self._stored_count(query) for query in queries]
        unknown = [q for q, number in zip(queries, known, strict=True) if number is None]
        counted = iter(self._engine.counts([self._translate.counted(q) for q in unknown]))
        return [next(counted) if number is None else number for number in known]

    def _stored_count(self, query: IndexQuery) -> int | None:
        """How many records satisfy a query, where the engine knows it without looking."""
        word = self._translate.only_word(query)
        if word is None:
            return self._engine.records() if query == IndexQuery() else None
        return self._engine.stored_count(*word)

    def scored(self, query: IndexQuery, ids: Sequence[str]) -> list[Candidate]:
        """Those of these records that pass the query's limits, scored by its words."""
        these = Group(tuple(Key("id", record_id) for record_id in ids))
        full = replace(query, required=(*query.required, these))
        wanted = (self._translate.scored(query, ids), self._translate.counted(full))
        hits, strict = (found.best for found in self._engine.best(wanted, len(ids)))
        return self._added(query, self._marked(hits, strict))

    def having(self, alternatives: Sequence[Words | Key], ids: Sequence[str]) -> frozenset[str]:
        """Which of these records have any of the alternatives."""
        wanted = self._translate.matching(alternatives, ids)
        found = self._hits(wanted, len(ids))
        return frozenset(map(read_id, self._engine.cards(found)))

    def read(self, hits: Sequence[Hit[P]], *, strict: bool = False) -> list[Candidate]:
        """The candidates at these places of the index, in order."""
        candidates = []
        for hit, kept in zip(hits, self._engine.cards(hits), strict=True):
            record_id, card = read_card(kept)
            candidates.append(Candidate(record_id, hit.score, strict, card))
        return candidates

    def _hits(self, query: Q, limit: int) -> Sequence[Hit[P]]:
        (found,) = self._engine.best((query,), limit)
        return found.best

    def _marked(self, hits: Sequence[Hit[P]], strict: Sequence[Hit[P]]) -> list[Candidate]:
        """The candidates at these places, those among the strict ones marked."""
        places = {hit.place for hit in strict}
        found = zip(self.read(hits), hits, strict=True)
        return [each._replace(strict=hit.place in places) for each, hit in found]

    def _added(self, query: IndexQuery, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The candidates with what the words that only add give to their scores."""
        if not query.adding or not candidates:
            return list(candidates)
        ids = [each.record_id for each in candidates]
        wanted = self._translate.adding(query, ids)
        having = self.read(self._hits(wanted, len(ids)))
        more = {each.record_id: each.score for each in having}
        return [c._replace(score=c.score + more.get(c.record_id, 0.0)) for c in candidates]

    def _strict(self, query: IndexQuery, limit: int) -> tuple[int, Sequence[Hit[P]]]:
        """How many records satisfy every group and limit, and the best of them."""
        wanted = self._translate.strict(query)
        if len(query.groups) != 1:
            (found,) = self._engine.best((wanted,), limit, counted=True)
            return found
        # The best of a plain union are found without looking at all, if they need not be counted.
        return self.totals([query])[0], self._hits(wanted, limit)

    def _among(self, query: IndexQuery, limit: int) -> Found | None:
        """The best of the union, strict ones marked; None where not all of these are among them."""
        (number, strict), *_ = self._engine.best(
            (self._translate.counted(query),), limit, counted=True
        )
        near = self._hits(self._translate.any_of(query, loosely=True, said_only=True), limit)
        if number > limit or not {hit.place for hit in strict} <= {hit.place for hit in near}:
            return None
        return Found(tuple(self._marked(near, strict)), number)

    def _rarities(self, query: IndexQuery) -> tuple[float, ...]:
        """A group's worth by its inverse document frequency; 0 where no record has it.

        Of one that no record has, and some nearly, it is that of the near misses.
        """
        records = self._engine.records()
        counts = self.totals([IndexQuery(groups=(group,)) for group in query.groups])
        absent = [g.loose for g, n in zip(query.groups, counts, strict=True) if g.loose and not n]
        near = iter(self.totals([IndexQuery(groups=(Group(loose),)) for loose in absent]))
        counts = [
            next(near) if group.loose and not n else n
            for group, n in zip(query.groups, counts, strict=True)
        ]
        return tuple(
            group.worth * log1p((records - n + 0.5) / (n + 0.5)) if n else 0.0
            for group, n in zip(query.groups, counts, strict=True)
        )

    def _by_share(
        self, query: IndexQuery, weights: Sequence[float], strict: Sequence[Hit[P]], room: int
    ) -> list[Candidate]:
        """The best that are not strict, those that have the greater share of the groups first.

        Asked for by every combination of the groups, the heaviest first: a few intersections are
        quicker than to find the best of the union and then which of the groups each has.
        """
        stored = [(group, w) for group, w in zip(query.groups, weights, strict=True) if w]
        # That of all groups is left out: those are strict.
        sizes = range(1, min(_FEW, len(query.groups) - 1) + 1)
        some = [each for size in sizes for each in combinations(stored, size)]
        combined = [(sum(w for _, w in each), tuple(g for g, _ in each)) for each in some]
        combined.sort(key=lambda each: -each[0])
        wanted = (self._translate.strict(replace(query, groups=groups)) for _, groups in combined)
        # As many as may be known already, and those that are wanted.
        found = self._engine.best(wanted, room + len(strict))
        known, candidates = list(strict), list[Candidate]()
        for weight, _ in combined:
            if len(candidates) >= room:
                break
            best = _without(next(found).best, known)[: room - len(candidates)]
            share = weight / sum(weights)
            candidates += [each._replace(share=share) for each in self.read(best)]
            known += best
        return candidates


def _without(hits: Sequence[Hit[P]], known: Sequence[Hit[P]]) -> list[Hit[P]]:
    """The hits that are not among the known ones."""
    places = {hit.place for hit in known}
    return [hit for hit in hits if hit.place not in places]
