"""The record whose title was pasted."""

from collections.abc import Callable

from rapidfuzz import fuzz

from bot.index import Found, IndexQuery, SearchIndex
from bot.records.models import Record
from bot.search.query import Query
from bot.store import StateStore
from bot.text.folding import fold

# A pasted title may be this different from the record's and still be it (rapidfuzz, 0 to 100).
_SAME_TITLE = 92
_TITLE_WORDS = 5
_TITLE_DEPTH = 20


class TitleFinder:
    """Finds it; `plan` gives the query of the index for a question, `search` its candidates."""

    def __init__(
        self,
        store: StateStore,
        index: SearchIndex,
        plan: Callable[[Query], IndexQuery],
        search: Callable[[Query, IndexQuery], Found],
    ) -> None:
        self._store, self._index, self._plan, self._found = store, index, plan, search

    def find(self, query: Query) -> Record | None:
        """The record whose title was pasted, whole or inside a citation, or None.

        Exact titles first (with and without the hyphens of line ends), then one that differs by
        a slip or two.
        """
        for reading in query.readings:
            if stored := self._store.find_title(fold(reading)):
                return stored[0]
        pasted = fold(query.readings[-1]) if query.readings else ""
        if len(pasted.split()) < _TITLE_WORDS or not query.parts:
            return None
        wanted = self._plan(query)
        if wanted.required or wanted.excluded or wanted.years or query.filters.is_set:
            # What is in a citation limits nothing.
            found = self._index.search(IndexQuery(groups=wanted.groups), _TITLE_DEPTH)
        else:
            found = self._found(query, wanted)
        first = found.candidates[:_TITLE_DEPTH]
        named = [c.record_id for c in first if _is_title(pasted, c.card.title)]
        return next(iter(self._store.get_many(named)), None)


def _is_title(pasted: str, title: str) -> bool:
    """Whether the asked text is this title, or a citation that holds it."""
    if fuzz.ratio(pasted, title) >= _SAME_TITLE:
        return True
    if len(title.split()) < _TITLE_WORDS or len(pasted) < len(title):
        return False
    return fuzz.partial_ratio(title, pasted) >= _SAME_TITLE + 3
