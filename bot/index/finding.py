"""The best of a search in tantivy: the strict matches, their number, and the others."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from math import log1p
from typing import TypeAlias

import tantivy

from bot.index import Candidate, Found, Group, IndexQuery, Key, Partial, Words
from bot.index.documents import read_card
from bot.index.translation import Translator, read_share

Hits: TypeAlias = Sequence[tuple[float, tantivy.DocAddress]]
# Of so many groups every combination is asked for: see `_by_share`.
_FEW = 3


class Finder:
    """Finds records in an index as it is now."""

    def __init__(self, index: tantivy.Index) -> None:
        self._searcher = index.searcher()
        self._translate = Translator(index.schema)

    def by_date(self, query: IndexQuery, limit: int, sort: str) -> Found:
        """The strict matches by the day of publication; `sort` is `date_desc` or `date_asc`."""
        order = tantivy.Order.Desc if sort == "date_desc" else tantivy.Order.Asc
        wanted = self._translate.counted(query)
        found = self._searcher.search(wanted, limit, order_by_field="day", order=order)
        places = [(0.0, address) for _, address in found.hits]
        return Found(tuple(self.read(places, strict=True)), _count(found))

    def everything(self, query: IndexQuery) -> list[str]:
        """The ids of the strict matches, by the day of publication, the latest first."""
        wanted, most = self._translate.counted(query), max(self.total(query), 1)
        found = self._searcher.search(wanted, most, order_by_field="day", order=tantivy.Order.Desc)
        cards = (self._searcher.doc(address).get_first("card") for _, address in found.hits)
        return [read_card(str(card))[0] for card in cards]

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
        if not room or not query.groups:
            return Found(tuple(strict), number)
        weights = self._rarities(query) if partial == "shared" else ()
        few = len(query.groups) <= _FEW and not any(group.loose for group in query.groups)
        if weights and few:
            return Found((*strict, *self._by_share(query, weights, hits, room)), number)
        union = self._translate.any_of(query, loosely=True)
        near = self._searcher.search(union, limit, count=False).hits
        others = self.read(_without(near, hits)[:room], strict=False)
        if weights and others:
            ids = [each.record_id for each in others]
            wanted = self._translate.shares(query.groups, ids)
            marked = self.read(self._searcher.search(wanted, len(ids), count=False).hits)
            shares = {each.record_id: read_share(each.score, weights) for each in marked}
            others = [each._replace(share=shares.get(each.record_id, 0.0)) for each in others]
        return Found((*strict, *others), number)

    def total(self, query: IndexQuery) -> int:
        """How many records satisfy the query.

        Of a single word the engine keeps that number; but it counts records that were deleted and
        not yet merged away, too, so it is good only where there are none.
        """
        word = self._translate.only_word(query)
        searcher = self._searcher
        if word is not None and searcher.doc_freq("kind", "record") == searcher.num_docs - 1:
            return int(searcher.doc_freq(*word))
        return _count(searcher.search(self._translate.counted(query), 1))

    def scored(self, query: IndexQuery, ids: Sequence[str]) -> list[Candidate]:
        """Those of these records that pass the query's limits, scored by its words."""
        hits = self._searcher.search(self._translate.scored(query, ids), len(ids), count=False).hits
        these = Group(tuple(Key("id", record_id) for record_id in ids))
        full = replace(query, required=(*query.required, these))
        strict = self._searcher.search(self._translate.counted(full), len(ids), count=False).hits
        places = {_place(address) for _, address in strict}
        found = zip(self.read(hits), hits, strict=True)
        marked = [each._replace(strict=_place(address) in places) for each, (_, address) in found]
        return self._added(query, marked)

    def having(self, alternatives: Sequence[Words | Key], ids: Sequence[str]) -> frozenset[str]:
        """Which of these records have any of the alternatives."""
        wanted = self._translate.matching(alternatives, ids)
        found = self.read(self._searcher.search(wanted, len(ids), count=False).hits)
        return frozenset(each.record_id for each in found)

    def read(self, hits: Hits, *, strict: bool = False) -> list[Candidate]:
        """The candidates at these places of the index, in order."""
        candidates = []
        for score, address in hits:
            record_id, card = read_card(str(self._searcher.doc(address).get_first("card")))
            candidates.append(Candidate(record_id, score, strict, card))
        return candidates

    def _added(self, query: IndexQuery, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The candidates with what the words that only add give to their scores."""
        if not query.adding or not candidates:
            return list(candidates)
        ids = [each.record_id for each in candidates]
        wanted = self._translate.adding(query, ids)
        having = self.read(self._searcher.search(wanted, len(ids), count=False).hits)
        more = {each.record_id: each.score for each in having}
        return [c._replace(score=c.score + more.get(c.record_id, 0.0)) for c in candidates]

    def _strict(self, query: IndexQuery, limit: int) -> tuple[int, Hits]:
        """How many records satisfy every group and limit, and the best of them."""
        wanted = self._translate.strict(query)
        if len(query.groups) != 1:
            found = self._searcher.search(wanted, limit)
            return _count(found), found.hits
        # The best of a plain union are found without looking at all, if they need not be counted.
        found = self._searcher.search(wanted, limit, count=False)
        return self.total(query), found.hits

    def _among(self, query: IndexQuery, limit: int) -> Found | None:
        """The best of the union, strict ones marked; None where not all of these are among them."""
        strict = self._searcher.search(self._translate.counted(query), limit)
        number = _count(strict)
        union = self._translate.any_of(query, loosely=True, said_only=True)
        near = self._searcher.search(union, limit, count=False).hits
        places = {_place(address) for _, address in strict.hits}
        if number > limit or not places.issubset(_place(address) for _, address in near):
            return None
        marked = (
            each._replace(strict=_place(address) in places)
            for each, (_, address) in zip(self.read(near), near, strict=True)
        )
        return Found(tuple(marked), number)

    def _rarities(self, query: IndexQuery) -> tuple[float, ...]:
        """A group's worth by its inverse document frequency; 0 where no record has it."""
        records = self._searcher.num_docs - 1  # but for what the index keeps of itself
        counts = [self.total(IndexQuery(groups=(group,))) for group in query.groups]
        return tuple(
            group.worth * log1p((records - n + 0.5) / (n + 0.5)) if n else 0.0
            for group, n in zip(query.groups, counts, strict=True)
        )

    def _by_share(
        self, query: IndexQuery, weights: Sequence[float], strict: Hits, room: int
    ) -> list[Candidate]:
        """The best that are not strict, those that have the greater share of the groups first.

        Asked for by every combination of the groups, the heaviest first: a few intersections are
        quicker than to find the best of the union and then which of the groups each has.
        """
        stored = [(group, w) for group, w in zip(query.groups, weights, strict=True) if w]
        some = [each for size in range(1, _FEW + 1) for each in combinations(stored, size)]
        combined = [(sum(w for _, w in each), tuple(g for g, _ in each)) for each in some]
        known, candidates = list(strict), list[Candidate]()
        for weight, groups in sorted(combined, key=lambda each: -each[0]):
            wanted = room - len(candidates)
            if wanted <= 0:
                break
            if len(groups) == len(query.groups):
                continue  # those are strict
            asked = self._translate.strict(replace(query, groups=groups))
            hits = self._searcher.search(asked, wanted + len(known), count=False).hits
            best = _without(hits, known)[:wanted]
            share = weight / sum(weights)
            candidates += [each._replace(share=share) for each in self.read(best)]
            known += best
        return candidates


def _place(address: tantivy.DocAddress) -> tuple[int, int]:
    return address.segment_ord, address.doc


def _count(found: tantivy.SearchResult) -> int:
    """How many records match, of a search that counted them."""
    return int(found.count)  # type: ignore[attr-defined]  # not in its stubs


def _without(hits: Hits, known: Hits) -> list[tuple[float, tantivy.DocAddress]]:
    """The hits that are not among the known ones."""
    places = {_place(address) for _, address in known}
    return [(score, address) for score, address in hits if _place(address) not in places]
