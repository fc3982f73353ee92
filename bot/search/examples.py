"""Service: questions to begin with, chosen from what is stored; each of them finds something."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime

from bot.errors import TmeError
from bot.index import SearchIndex
from bot.search.search import Search
from bot.store import StateStore
from bot.store.overlay import current
from bot.vocabulary import Vocabulary

MOST = 6
_MOST_OF_A_FACET = 5
_NEWEST = 10
_LONGEST_TOPIC = 50
# What the questions below begin with that is no word of a search.
_COMMANDED = re.compile(r"^(?:evidence for|define) ")


class Examples:
    """Finds them; help, greetings and the desk show them. Safe from any thread."""

    def __init__(
        self,
        store: StateStore,
        index: SearchIndex,
        vocabulary: Vocabulary,
        search: Search,
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._index, self._search = store, index, search
        self._vocabulary, self._now = vocabulary, now
        # Those found last, with the state of what they were found in.
        self._last: tuple[object, tuple[str, ...]] = (None, ())

    def questions(self, most: int = MOST) -> tuple[str, ...]:
        """Up to `most` questions of different kinds that find records in this store.

        Where nothing is stored yet: what works without a record.
        """
        try:
            found = self._found()
        except TmeError:
            found = ()
        return found[:most] or ("define MDSC",)

    def _found(self) -> tuple[str, ...]:
        """All of them, looked for anew only where what is stored or seen has changed."""
        imported = self._vocabulary.imported
        files = imported.files() if imported is not None else ()
        stored = self._store.sequence(), self._index.watermark
        here = current()
        seen = here.workspace, here.closed, here.records
        state = stored, files, seen, self._now().date()
        known, found = self._last
        if known != state:
            found = tuple(filter(self._finds, self._questions()))
            self._last = state, found
        return found

    def _questions(self) -> Iterator[str]:
        """A topic, a term, the evidence, a kind of paper, a picture, and one paper.

        What is stored most is read off the index's keys, and no record is counted for it.
        """
        strategies, components, cancers = (
            self._fullest(facet) for facet in ("strategy", "component", "cancer")
        )
        topics = [f"{each} {about}" for about in (*cancers, *components) for each in strategies]
        short = (each for each in topics if len(each) <= _LONGEST_TOPIC)
        topic = next((each for each in short if self._finds(each)), "")
        yield from filter(None, (topic,))
        if components:
            yield f"define {self._short(components[0])}"
        yield from [f"evidence for {each}" for each in strategies if each not in topic][:1]
        if components:
            yield f"reviews on {components[0]} since {self._now().year - 5}"
        if topic:
            yield "map"
        newest = self._store.newest(_NEWEST)
        if doi := next((each.doi for each in newest if each.doi), None):
            yield doi

    def _fullest(self, facet: str) -> list[str]:
        """The labels of a facet's concepts that most records are tagged with, the most first."""
        stored = self._index.values("concept")
        known = (c for c in self._vocabulary.concepts.values() if c.facet == facet)
        there = sorted((c for c in known if c.id in stored), key=lambda c: -stored[c.id])
        return [concept.label for concept in there[:_MOST_OF_A_FACET]]

    def _short(self, label: str) -> str:
        """A concept by its abbreviation, where it has one."""
        concepts = self._vocabulary.concepts.values()
        named = (c.abbreviations for c in concepts if c.label == label and c.abbreviations)
        return next((names[0].text.split(" / ")[0] for names in named), label)

    def _finds(self, question: str) -> bool:
        """Whether a question finds a record, or can be answered without one."""
        query = self._search.interpret(_COMMANDED.sub("", question))
        if query.identifiers or question == "map" or question.startswith("define "):
            return True
        return self._index.count(self._search.plan(query)) > 0
