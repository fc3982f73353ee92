"""The best of a search in tantivy: the strict matches, their number, and the others."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import tantivy

from bot.index import Candidate, Found, Group, IndexQuery, Partial
from bot.index.documents import read_card
from bot.index.translation import Translator, read_shares

Hits = Sequence[tuple[float, tantivy.DocAddress]]
# Of so many groups every combination is asked for: see `_by_share`.
_FEW = 3


def by_date(
    searcher: tantivy.Searcher, translate: Translator, query: IndexQuery, limit: int, sort: str
) -> Found:
    """The strict matches by the day of their publication; `sort` is `date_desc` or `date_asc`."""
    order = tantivy.Order.Desc if sort == "date_desc" else tantivy.Order.Asc
    found = searcher.search(translate.counted(query), limit, order_by_field="day", order=order)
    places = [(0.0, address) for _, address in found.hits]
    return Found(tuple(read(searcher, places, strict=True)), _count(found))


def best(
    searcher: tantivy.Searcher,
    translate: Translator,
    query: IndexQuery,
    limit: int,
    partial: Partial,
) -> Found:
    """The best matches, strict ones first unless the others may stand among them."""
    if partial == "among" and len(query.groups) > 1:
        found = _among(searcher, translate, query, limit)
        if found is not None:
            return found
    number, hits = _strict(searcher, translate, query, limit)
    strict = read(searcher, hits, strict=True)
    room = limit - len(strict)
    if not room or not query.groups:
        return Found(tuple(strict), number)
    few = len(query.groups) <= _FEW and not any(group.loose for group in query.groups)
    if partial == "shared" and few:
        others = _by_share(searcher, translate, query, hits, room)
        return Found((*strict, *others), number)
    near = searcher.search(translate.any_of(query, loosely=True), limit, count=False).hits
    new = _without(near, hits)[:room]
    others = read(searcher, new, strict=False)
    if partial == "shared" and others:
        others = _with_shares(searcher, translate, query.groups, new, others)
    return Found((*strict, *others), number)


def read(searcher: tantivy.Searcher, hits: Hits, *, strict: bool) -> list[Candidate]:
    """The candidates at these places of the index, in order."""
    candidates = []
    for score, address in hits:
        record_id, card = read_card(str(searcher.doc(address).get_first("card")))
        candidates.append(Candidate(record_id, score, strict, card))
    return candidates


def _place(address: tantivy.DocAddress) -> tuple[int, int]:
    return address.segment_ord, address.doc


def _count(found: tantivy.SearchResult) -> int:
    """How many records match, of a search that counted them."""
    return int(found.count)  # type: ignore[attr-defined]  # not in its stubs


def _strict(
    searcher: tantivy.Searcher, translate: Translator, query: IndexQuery, limit: int
) -> tuple[int, Hits]:
    """How many records satisfy every group and limit, and the best of them."""
    if len(query.groups) != 1:
        found = searcher.search(translate.strict(query), limit)
        return _count(found), found.hits
    # The best of a plain union are found without looking at all, if they need not be counted.
    found = searcher.search(translate.strict(query), limit, count=False)
    return total(searcher, translate, query), found.hits


def total(searcher: tantivy.Searcher, translate: Translator, query: IndexQuery) -> int:
    """How many records satisfy the query.

    Of a single word the engine keeps that number; but it counts records that were deleted and not
    yet merged away, too, so it is good only where there are none.
    """
    word = translate.only_word(query)
    if word is not None and searcher.doc_freq("kind", "record") == searcher.num_docs - 1:
        return int(searcher.doc_freq(*word))
    return _count(searcher.search(translate.counted(query), 1))


def _among(
    searcher: tantivy.Searcher, translate: Translator, query: IndexQuery, limit: int
) -> Found | None:
    """The best of the union, strict ones marked; None where not all of these are among them."""
    strict = searcher.search(translate.counted(query), limit)
    number = _count(strict)
    union = translate.any_of(query, loosely=True, said_only=True)
    near = searcher.search(union, limit, count=False).hits
    places = {_place(address) for _, address in strict.hits}
    if number > limit or not places.issubset(_place(address) for _, address in near):
        return None
    candidates = read(searcher, near, strict=False)
    marked = (
        each._replace(strict=_place(address) in places)
        for each, (_, address) in zip(candidates, near, strict=True)
    )
    return Found(tuple(marked), number)


def _without(hits: Hits, known: Hits) -> list[tuple[float, tantivy.DocAddress]]:
    """The hits that are not among the known ones."""
    places = {_place(address) for _, address in known}
    return [(score, address) for score, address in hits if _place(address) not in places]


def _by_share(
    searcher: tantivy.Searcher, translate: Translator, query: IndexQuery, strict: Hits, room: int
) -> list[Candidate]:
    """The best that are not strict, those that have more of the groups first.

    Asked for by all but one of the groups, all but two …: a few intersections are quicker than to
    find the best of the union and then how many of the groups each has.
    """
    known, candidates = list(strict), list[Candidate]()
    for share in range(len(query.groups) - 1, 0, -1):
        wanted = room - len(candidates)
        if wanted <= 0:
            break
        found: dict[tuple[int, int], tuple[float, tantivy.DocAddress]] = {}
        for groups in combinations(query.groups, share):
            asked = translate.strict(replace(query, groups=groups))
            hits = searcher.search(asked, wanted + len(strict), count=False).hits
            found.update({_place(address): (score, address) for score, address in hits})
        best = sorted(_without(list(found.values()), known), key=lambda hit: -hit[0])[:wanted]
        found_now = read(searcher, best, strict=False)
        candidates += [each._replace(share=float(share)) for each in found_now]
        known += best
    return candidates


def _with_shares(
    searcher: tantivy.Searcher,
    translate: Translator,
    groups: Sequence[Group],
    hits: Hits,
    candidates: Sequence[Candidate],
) -> list[Candidate]:
    """The candidates, which are at these places, with how many of the groups each has."""
    wanted = translate.shares(groups, [each.record_id for each in candidates])
    marked = searcher.search(wanted, len(hits), count=False).hits
    shares = {_place(address): read_shares(score, len(groups)) for score, address in marked}
    return [
        each._replace(share=shares.get(_place(address), 0.0))
        for each, (_, address) in zip(candidates, hits, strict=True)
    ]
