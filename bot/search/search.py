"""Service: interpret a question, fetch candidates, rank them, explain them.

The query of the index is `bot.search.plan`'s, the order of the list `bot.search.ranking`'s.
"""

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache

from bot.index import Found, Group, IndexQuery, SearchIndex
from bot.index.meaning import Meaning, as_meant
from bot.records.answers import Answer, Hit
from bot.records.models import Record, unique
from bot.search import query as queries
from bot.search.describing import describe_query, names_something
from bot.search.explanation import Explainer
from bot.search.nothing import NothingFound
from bot.search.pasted_title import TitleFinder
from bot.search.plan import Interpreter
from bot.search.query import Query
from bot.search.query.forms import Forms
from bot.search.query.mending import KnownWords
from bot.search.ranking import Ranked, Ranking, rank
from bot.search.relaxing import Relaxed, Relaxer
from bot.search.stored_words import Language, StoredWords
from bot.store import StateStore
from bot.store.overlay import current
from bot.vocabulary import Vocabulary

# How deep a list can be paged, and how many candidates are ranked anew.
DEPTH = 100
# So many questions are kept as they were read, and as they were put to the index: some of these
# have hundreds of names.
_READ, _PLANNED = 512, 64
# So many of the best are examples of what is looked for by meaning.
_EXAMPLES = 3
# How many questions are read or answered at the same time; the others wait their turn. The
# interpreter runs one thread at a time, and many that struggle for it get less done than a few.
AT_ONCE = max(2, os.cpu_count() or 2)


class Search:
    """Finds records by words, for every surface."""

    def __init__(  # noqa: PLR0913 - what it is built from
        self,
        store: StateStore,
        index: SearchIndex,
        vocabulary: Vocabulary,
        now: Callable[[], datetime],
        language: Language | None = None,
        *,
        meaning: Meaning | None = None,
        forms: Forms | None = None,
    ) -> None:
        """Search a store through its index, and by `meaning` as well where it is given.

        `forms` are those of the commands, which questions that are made up must not fit.
        """
        self._forms = forms or Forms()
        self._store = store
        self._index = index
        self._vocabulary = vocabulary
        self._words = StoredWords(index, vocabulary, language or Language())
        self._interpreter = Interpreter(self._words, vocabulary)
        self._relaxer = Relaxer(index, self._interpreter, self._interpreted)
        self._nothing = NothingFound(store, index, self._words.names, self.known_words)
        self._titles = TitleFinder(store, index, self.plan, self._found)
        self._ranking = Ranking(index.stem, self._interpreter.apart)
        self._meaning = meaning
        self._now = now
        self._last = threading.local()
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        # A question is read by several on its way: the router, what follows it up, the buttons.
        self._parsed = lru_cache(maxsize=_READ)(self._read)
        self._planned = lru_cache(maxsize=_PLANNED)(self._plan)

    def searching(self, words: str) -> str:
        """Words as a question that is searched, even where they begin like a command."""
        return f"find {words}" if self._forms.fitting(words) else words

    def interpret(self, text: str) -> Query:
        """What is looked for, in the words that the records and the vocabulary know.

        Always a search, or the records of what was pasted: commands are read above.
        """
        with self._turns:
            return self._interpreted(text)

    def _interpreted(self, text: str) -> Query:
        self.known_words()
        return self._parsed(text, self._now().date(), *self._state())

    def _state(self) -> tuple[object, ...]:
        """What an index and its words are at this moment, and what is seen of them."""
        imported = self._vocabulary.imported
        files = imported.files() if imported is not None else ()
        return self._words.grown, self._index.watermark, files, current().closed

    def _read(self, text: str, today: date, *_state: object) -> Query:
        return queries.parse(text, self.known_words(), today)

    def known_words(self) -> KnownWords:
        """The words known now: of the language, the vocabulary and the records."""
        return self._words.known()

    def run(
        self, query: Query, *, limit: int = 5, offset: int = 0, explain: bool = False
    ) -> Answer:
        """Answer a search. A list that finds nothing says `no_results` and what to try."""
        with self._turns:
            answer = self._answer(query, limit=limit, offset=offset, explain=explain)
        return answer.model_copy(update={"unsearchable": self.unsearchable()})

    def unsearchable(self) -> int:
        """How many records are stored and not indexed yet, as while many come in."""
        return self._store.changed_since(self._index.watermark)

    def unknown(self, query: Query) -> tuple[Query, str] | None:
        """What is not known to be open (or reviewed), where that is wanted, and a line on it."""
        found = self._relaxer.unknown(query)
        return (found[0].query, found[1]) if found else None

    def everything(self, query: Query) -> Iterator[Record]:
        """Every strict match, newest first, read a batch at a time."""
        ids = self._index.everything(self.plan(query))
        for start in range(0, len(ids), DEPTH):
            yield from self._store.get_many(ids[start : start + DEPTH])

    def _answer(self, query: Query, *, limit: int, offset: int, explain: bool) -> Answer:
        if query.is_empty:
            return Answer(query=query.text, understood=describe_query(query, query.action))
        wanted = self.plan(query)
        found = self._found(query, wanted)
        by_words = frozenset(candidate.record_id for candidate in found.candidates)
        found, meant = self._by_meaning(query, wanted, found)
        ranked = self._ranking.ranked(query, found, meant)[: query.most or DEPTH]
        if not ranked or (not found.strict_total and self._relaxer.unknown(query)):
            relaxed = self._relaxed(query, limit=limit, offset=offset, explain=explain)
            if relaxed or not ranked:
                return relaxed or self._nothing.answer(query, wanted)
        total, notes = found.strict_total, self._nothing.absent_notes(query, found.strict_total)
        eased = None if total else self._relaxer.of_sentence(query, [e.record_id for e in ranked])
        if eased:
            ranked, total, notes = self._marked(ranked, eased)
        page = ranked[offset : offset + limit]
        hits = self._hits(query, wanted.groups, page, explain=explain, by_words=by_words)
        action: str = query.action if query.action != "lookup" else "search"
        return Answer(
            query=query.text,
            understood=describe_query(query, action, notes),
            total=total,
            ranked=len(ranked),
            offset=offset,
            hits=hits,
        )

    def _by_meaning(
        self, query: Query, wanted: IndexQuery, found: Found
    ) -> tuple[Found, Mapping[str, float]]:
        """What was found and what is near in meaning, and how near each is, from 0 to 1.

        Filters and exclusions hold for these, too, and they have everything that was named: a drug,
        gene or concept is never answered by its like. Where no record has any of the words, none
        is near: a question about nothing stored finds nothing. Looked for twice, the second time
        for what is like the best of the first as well.
        """
        by_words = found.candidates
        is_by_relevance = query.filters.sort == "relevance"
        if self._meaning is None or not (by_words and query.parts and is_by_relevance):
            return found, {}
        known = [candidate.record_id for candidate in by_words]
        text = as_meant(query.subject or query.text, query.corrected)
        groups = zip(query.parts, wanted.groups, strict=True)
        named = (group for part, group in groups if part.phrase or names_something(part))
        limited = replace(wanted, required=(*wanted.required, *named))
        like: list[str] = []
        for _ in range(2):
            likeness = self._meaning.likeness(text, known, DEPTH, like)
            if not likeness.values:
                return replace(found, candidates=by_words), {}
            new = sorted(set(likeness.nearest).difference(known))
            near = self._index.scored(limited, new)
            found = replace(found, candidates=(*by_words, *near))
            best = self._ranking.ranked(query, found, likeness.values)[:_EXAMPLES]
            like = [each.record_id for each in best]
        return found, likeness.values

    def _marked(self, ranked: list[Ranked], eased: Relaxed) -> tuple[list[Ranked], int, list[str]]:
        """The list of a sentence with the matches of its eased form marked, their number, a note.

        They come first where something is named; words alone order a sentence better.
        """
        plan = self.plan(eased.query)
        scored = self._index.scored(plan, [each.record_id for each in ranked])
        matches = {candidate.record_id for candidate in scored if candidate.strict}
        for each in ranked:
            each.strict = each.record_id in matches
        if eased.names_something:
            ranked = rank(ranked, strict_first=True)
        return ranked, self._index.count(plan), [eased.note]

    def _relaxed(self, query: Query, *, limit: int, offset: int, explain: bool) -> Answer | None:
        """What a question finds with less asked, and the note that says so; None for nothing.

        Nothing that lacks what was asked for is a strict match.
        """
        relaxed = self._relaxer.without_limits(query)
        if relaxed is None:
            return None
        answer = self._answer(relaxed.query, limit=limit, offset=offset, explain=explain)
        if not answer.hits:
            return None
        if relaxed.lacking:
            hits = tuple(
                hit.model_copy(update={"strict": False, "missing": _lacking(hit, relaxed.lacking)})
                for hit in answer.hits
            )
            answer = answer.model_copy(update={"total": 0, "hits": hits})
        described = describe_query(query, answer.understood.action, (relaxed.note,))
        return answer.model_copy(update={"understood": described})

    def absent(self, query: Query) -> tuple[str, ...]:
        """The things asked that no record has, as they were typed or corrected."""
        return self._nothing.absent(query)

    def by_title(self, query: Query) -> Record | None:
        """The record whose title was pasted, whole or inside a citation, or None."""
        return self._titles.find(query)

    def _found(self, query: Query, wanted: IndexQuery) -> Found:
        """The candidates of a question, kept in its thread: for a title, then for the list."""
        state = query, self._index.watermark, current()
        if getattr(self._last, "state", None) != state:
            partial = self._ranking.partial(query)
            found = self._index.search(wanted, DEPTH, query.filters.sort, partial)
            self._last.state, self._last.found = state, found
        kept: Found = self._last.found
        return kept

    def plan(self, query: Query) -> IndexQuery:
        """The query of the index for a question, for those who count instead of list."""
        return self._planned(query, *self._state())

    def _plan(self, query: Query, *_state: object) -> IndexQuery:
        return self._interpreter.plan(query)

    def explained(self, query: Query, records: Iterable[Record]) -> tuple[Hit, ...]:
        """Records that satisfy a question as its hits, in this order, each with its reasons."""
        return tuple(map(self._explainer(query, self.plan(query).groups).hit, records))

    def _explainer(self, query: Query, groups: Sequence[Group]) -> Explainer:
        return Explainer(query, groups, self._interpreter, self._vocabulary, self._index.stem)

    def _hits(
        self,
        query: Query,
        groups: Sequence[Group],
        page: Sequence[Ranked],
        *,
        explain: bool,
        by_words: Set[str],
    ) -> tuple[Hit, ...]:
        """The page with its records; one that went since the index last looked is left out.

        Those that are not `by_words` were found by their meaning alone.
        """
        stored = {r.id: r for r in self._store.get_many([each.record_id for each in page])}
        explainer = self._explainer(query, groups)
        return tuple(
            explainer.hit(
                stored[each.record_id],
                strict=each.strict,
                by_meaning=not each.strict and each.record_id not in by_words,
            ).model_copy(
                update={
                    "score": round(each.score, 4),
                    "arithmetic": each.arithmetic if explain else {},
                }
            )
            for each in page
            if each.record_id in stored
        )


def _lacking(hit: Hit, more: Sequence[str]) -> tuple[str, ...]:
    """What a record lacks, with what none has: a quote instead of its words."""
    return unique((*(each for each in hit.missing if f"“{each}”" not in more), *more))
