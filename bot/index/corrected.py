"""`SearchIndex` as one workspace sees it: the shared index, answering with its corrections.

The index is derived from the records as they are stored, and knows of a workspace only which
records it alone sees. Those of other workspaces are left out of every query. A record whose
corrected tags a query names is left out of that query, and searched apart, by a query that says
what its tags are here. A search thus costs one more query for each way in which tags differ, and
nothing where no correction touches what is wanted.
"""

from collections import Counter
from collections.abc import Callable, ItemsView, Iterator, Mapping, Sequence, ValuesView
from dataclasses import replace

from bot.index import (
    Candidate,
    Found,
    Group,
    IndexQuery,
    IndexStatus,
    Key,
    Partial,
    SearchIndex,
    Where,
    Words,
)
from bot.store import StateStore
from bot.store.overlay import Changed, Overlay, current

_CONCEPT, AUDIENCE = "concept", "audience"
# No record has an empty id.
_NEVER = Key("id", "")


class CorrectedIndex:
    """The index under it, seen through `bot.store.overlay.current()`."""

    def __init__(self, shared: SearchIndex) -> None:
        self._shared = shared
        self._words: _SeenWords | None = None
        self._public: tuple[Mapping[str, int], Mapping[str, int]] = ({}, {})

    def search(
        self,
        query: IndexQuery,
        limit: int,
        sort: str = "relevance",
        partial: Partial = "behind",
    ) -> Found:
        """See `SearchIndex.search`."""
        overlay = current()
        found = [self._shared.search(each, limit, sort, partial) for each in _here(query, overlay)]
        total = sum(each.strict_total for each in found)
        candidates = [_seen(c, overlay) for each in found for c in each.candidates]
        if len(found) > 1:
            by_date = sort != "relevance"
            candidates = _sorted(candidates, sort, partial, strict_only=by_date and total > 0)
        return Found(tuple(candidates[:limit]), total)

    def everything(self, query: IndexQuery) -> Sequence[str]:
        """See `SearchIndex.everything`; what is found by other tags here comes last."""
        apart = _apart(query, current())
        return [found for each in apart for found in self._shared.everything(each)]

    def scored(self, query: IndexQuery, ids: Sequence[str]) -> Sequence[Candidate]:
        """See `SearchIndex.scored`."""
        overlay = current()
        found = [self._shared.scored(each, ids) for each in _here(query, overlay)]
        return [_seen(candidate, overlay) for each in found for candidate in each]

    def count(self, query: IndexQuery) -> int:
        """See `SearchIndex.count`."""
        return sum(self._shared.count(each) for each in _here(query, current()))

    def tally(
        self, query: IndexQuery, rows: Sequence[Group], columns: Sequence[Group] = ()
    ) -> list[list[int]]:
        """See `SearchIndex.tally`; where a correction touches a row or column, one by one."""
        overlay = current()
        named = [each for group in (*rows, *columns) for each in group.alternatives]
        if overlay.touching(_concepts(named)):
            several = [((row,), *((row, column) for column in columns)) for row in rows]
            return [[self.count(query.requiring(*each)) for each in row] for row in several]
        found = [self._shared.tally(each, rows, columns) for each in _here(query, overlay)]
        return [
            [sum(counts) for counts in zip(*row, strict=True)] for row in zip(*found, strict=True)
        ]

    def years(self, query: IndexQuery) -> Mapping[int, int]:
        """See `SearchIndex.years`."""
        years: Counter[int] = Counter()
        for each in _here(query, current()):
            years.update(self._shared.years(each))
        return dict(sorted(years.items()))

    def matching(self, alternatives: Sequence[Words | Key], ids: Sequence[str]) -> frozenset[str]:
        """See `SearchIndex.matching`."""
        touched = current().touching(_concepts(alternatives))
        apart = {record_id for record_ids in touched.values() for record_id in record_ids}
        found = self._shared.matching(alternatives, [each for each in ids if each not in apart])
        for changed, record_ids in touched.items():
            among = [each for each in ids if each in record_ids]
            if among:
                here = _alternatives(alternatives, changed, among)
                found |= self._shared.matching(here, among)
        return found

    @property
    def watermark(self) -> int:
        """See `SearchIndex.watermark`."""
        return self._shared.watermark

    def follow(self, store: StateStore, most: int | None = None) -> int:
        """See `SearchIndex.follow`."""
        return self._shared.follow(store, most)

    def vocabulary(self) -> Mapping[str, int]:
        """See `SearchIndex.vocabulary`; counted anew by whoever looks, as seen there."""
        words = self._shared.vocabulary()
        if not self._is_mixed():
            return words
        if self._words is None or self._words.shared is not words:
            self._words = _SeenWords(words, lambda word: self._visible("surface", word))
        return self._words

    def values(self, field: str) -> Mapping[str, int]:
        """See `SearchIndex.values`; those of the records that everybody sees."""
        values = self._shared.values(field)
        private = self._shared.values(AUDIENCE)
        if not private:
            return values
        if self._public[0] is not values:
            seen = {value: self._visible(field, value, tuple(private)) for value in values}
            self._public = (values, {value: count for value, count in seen.items() if count})
        return self._public[1]

    def long_forms(self, short: str) -> Sequence[tuple[str, int]]:
        """See `SearchIndex.long_forms`."""
        found = self._shared.long_forms(short)
        if not self._is_mixed():
            return found
        seen = [(form, self._visible("definition", f"{short}={form}")) for form, _ in found]
        return sorted(((f, n) for f, n in seen if n), key=lambda pair: (-pair[1], pair[0]))

    def frequency(self, word: str, where: Where = "anywhere") -> int:
        """See `SearchIndex.frequency`."""
        if not self._is_mixed():
            return self._shared.frequency(word, where)
        fields = ("surface",) if where == "text" else ("surface", "people", "journal_words")
        return sum(self._visible(field, word) for field in fields)

    def _is_mixed(self) -> bool:
        """Whether words of records that one workspace alone sees may be among the others."""
        return bool(self._shared.values(AUDIENCE))

    def _visible(self, field: str, value: str, closed: Sequence[str] | None = None) -> int:
        """How many of the records that are seen have a value: what was deleted counts no more."""
        closed = current().closed if closed is None else closed
        keys = tuple(Key(AUDIENCE, workspace) for workspace in closed)
        return self._shared.count(IndexQuery((Group((Key(field, value),)),), excluded=keys))

    @property
    def stem(self) -> Callable[[str], str]:
        """See `SearchIndex.stem`."""
        return self._shared.stem

    def status(self) -> IndexStatus:
        """See `SearchIndex.status`; the records of it that are seen."""
        status = self._shared.status()
        return replace(status, records=self.count(IndexQuery())) if current().closed else status

    def close(self) -> None:
        """See `SearchIndex.close`."""
        self._shared.close()


class _SeenWords(Mapping[str, int]):
    """The words of all records, each counted among those that are seen where it is looked up."""

    def __init__(self, shared: Mapping[str, int], count: Callable[[str], int]) -> None:
        self.shared, self._count = shared, count

    def __getitem__(self, word: str) -> int:
        if word in self.shared and (found := self._count(word)):
            return found
        raise KeyError(word)

    def __iter__(self) -> Iterator[str]:
        return iter(self.shared)

    def __len__(self) -> int:
        return len(self.shared)

    # For a list of all words, which tells nobody anything: they are looked up before they are said.
    def items(self) -> ItemsView[str, int]:
        """The words with their counts among all records."""
        return self.shared.items()

    def values(self) -> ValuesView[int]:
        """The counts among all records."""
        return self.shared.values()


def _here(query: IndexQuery, overlay: Overlay) -> Iterator[IndexQuery]:
    """The queries that together find what the query finds here, of what is seen here."""
    closed = tuple(Key(AUDIENCE, workspace) for workspace in overlay.closed)
    return _apart(replace(query, excluded=(*query.excluded, *closed)) if closed else query, overlay)


def _apart(query: IndexQuery, overlay: Overlay) -> Iterator[IndexQuery]:
    """The queries that together find what the query finds here, no record twice."""
    groups = (*query.groups, *query.required)
    wanted = [each for group in groups for each in (*group.alternatives, *group.loose)]
    touched = overlay.touching(_concepts((*wanted, *query.excluded)))
    if not touched:
        yield query
        return
    keys = tuple(Key("id", record_id) for ids in touched.values() for record_id in ids)
    yield replace(query, excluded=(*query.excluded, *keys))
    for changed, ids in touched.items():
        if changed.gained.isdisjoint(_concepts(query.excluded)):
            yield _for(query, changed, ids)


def _for(query: IndexQuery, changed: Changed, ids: Sequence[str]) -> IndexQuery:
    """The query for these records alone, by the tags that they have here."""

    def group(wanted: Group) -> Group:
        return Group(
            _alternatives(wanted.alternatives, changed, ids),
            _alternatives(wanted.loose, changed, ids) if wanted.loose else (),
        )

    these = Group(tuple(Key("id", record_id) for record_id in ids))
    return replace(
        query,
        groups=tuple(group(each) for each in query.groups),
        required=(*(group(each) for each in query.required), these),
        excluded=tuple(each for each in query.excluded if not _names(each, changed.lost)),
    )


def _alternatives(
    wanted: Sequence[Words | Key], changed: Changed, ids: Sequence[str]
) -> tuple[Words | Key, ...]:
    """The alternatives without what is lost; a concept that is gained becomes the records' ids."""
    kept: list[Words | Key] = []
    for each in wanted:
        if isinstance(each, Key) and _names(each, changed.gained):
            kept += [Key("id", record_id, each.weight) for record_id in ids]
        elif not _names(each, changed.lost):
            kept.append(each)
    return tuple(kept) or (_NEVER,)


def _names(wanted: Words | Key, concepts: frozenset[str]) -> bool:
    return isinstance(wanted, Key) and wanted.field == _CONCEPT and wanted.value in concepts


def _concepts(wanted: Sequence[Words | Key]) -> Iterator[str]:
    return (each.value for each in wanted if isinstance(each, Key) and each.field == _CONCEPT)


def _seen(candidate: Candidate, overlay: Overlay) -> Candidate:
    """The candidate with the concepts that its record has here."""
    changed = overlay.records.get(candidate.record_id)
    if changed is None:
        return candidate
    concepts = changed.concepts(candidate.card.concepts)
    return candidate._replace(card=candidate.card._replace(concepts=concepts))


def _sorted(
    candidates: list[Candidate], sort: str, partial: Partial, *, strict_only: bool
) -> list[Candidate]:
    """Candidates of several searches as one list, in the order of one search."""
    if strict_only:
        dated = [candidate for candidate in candidates if candidate.strict]
        return sorted(dated, key=lambda c: c.card.day, reverse=sort == "date_desc")
    return sorted(candidates, key=lambda c: (partial != "among" and not c.strict, -c.score))
