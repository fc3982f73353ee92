"""What is answered where a question finds nothing: what no record has, and what to try."""

from collections.abc import Callable
from itertools import islice

from bot.index import Group, IndexQuery, SearchIndex
from bot.records.answers import Answer
from bot.records.models import unique
from bot.search.alternatives import Alternatives
from bot.search.describing import describe_query
from bot.search.explanation import as_read
from bot.search.query import Query
from bot.search.query.mending import KnownWords
from bot.store import StateStore


class NothingFound:
    """Answers it; `known_words` gives the words known now."""

    def __init__(
        self,
        store: StateStore,
        index: SearchIndex,
        names: Alternatives,
        known_words: Callable[[], KnownWords],
    ) -> None:
        self._store, self._index, self._names = store, index, names
        self._known_words = known_words

    def answer(self, query: Query, wanted: IndexQuery) -> Answer:
        """Zero results: what was understood, nearest spellings, which filter to drop.

        Only words that mean nothing here are `no_results`; what was understood stays a search.
        """
        tries = self._nearest_spellings(query)
        notes = self.absent_notes(query, 0)
        if query.filters.is_set and query.parts:
            without = self._index.search(IndexQuery(groups=wanted.groups), 1).strict_total
            if without:
                notes.append(f"{without} match without the filters.")
                tries.append(" ".join(part.typed for part in query.parts))
        if len(query.parts) > 1:
            tries += [part.typed for part in query.parts if part.recognised is not None][:2]
        if query.text.isascii() and query.text.isdigit():
            notes.append("A number alone is looked for as a word; say whose it is.")
            tries.append(f"pmid:{query.text}")
        elif not any(c.isascii() and c.isalpha() for c in query.text) and query.parts:
            notes.append("The records are in English; the words for this field are in `help`.")
            tries.append("TME")
        known = query.filters.is_set or any(p.recognised or p.any for p in query.parts)
        action: str = "search" if known or "TME" in tries else "no_results"
        return Answer(
            query=query.text,
            understood=describe_query(query, action, notes),
            suggestions=unique(t for t in tries if t != query.text)[:3],
        )

    def absent(self, query: Query) -> tuple[str, ...]:
        """The things asked that no record has, as they were typed or corrected."""
        return unique(
            as_read(part)
            for part in query.parts
            if not self._index.count(IndexQuery((Group(self._names.alternatives(part)),)))
        )

    def absent_notes(self, query: Query, strict: int) -> list[str]:
        """That a thing asked is in no record; only asked where nothing has all of them."""
        absent = () if strict else self.absent(query)
        if not absent:
            return []
        notes = [f"Not in this store: {', '.join(absent)}."]
        stored = self._store.status()
        lacking = stored.records - stored.with_abstract
        if lacking * 2 > stored.records:  # one of them might say it
            notes.append(
                f"{lacking:,} of {stored.records:,} records have no abstract to search;"
                " my operator can fetch them (`tme complete`)."
            )
        return notes

    def _nearest_spellings(self, query: Query) -> list[str]:
        known = self._known_words()
        return [
            query.text.replace(part.typed, spelling.word, 1)
            for part in query.parts
            if part.recognised is None and part.words and not known.uses(part.words[0])
            for spelling in islice(known.speller.candidates(part.words[0]), 2)
        ]
