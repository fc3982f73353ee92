"""Service: sentences of open full texts that speak to a question, each with part and licence."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.index.full_texts import FullTextIndex
from bot.records.answers import Quote
from bot.records.models import Record
from bot.search.matching import Stem
from bot.search.quotes import FULL_TEXT, Passage
from bot.store import StateStore
from bot.text.folding import words
from bot.text.sentences import sentences
from bot.text.stop_words import is_empty

# So many passages are looked at for a question, and so many of one record.
_MOST, _EACH = 40, 2
_PARTS = ("results", "discussion")


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence of a stored work's full text: its heading and licence are the quote's section."""

    record: Record
    quote: Quote


class FullTextSearch:
    """Finds sentences of full texts; nothing where none are stored."""

    def __init__(self, store: StateStore, index: FullTextIndex, stem: Stem) -> None:
        self._store, self._index, self._stem = store, index, stem

    def find(self, question: str, part: str | None) -> list[Found]:
        """The best sentence of each work that has all words in one passage of a part."""
        wanted = " ".join(word for word in words(question) if not is_empty(word))
        best = self._index.search(wanted, part, _MOST)
        texts = self._store.full_texts.of([each.record_id for each in best])
        found: dict[str, Found] = {}
        for each in best:
            text, record = texts.get(each.record_id), self._store.get(each.record_id)
            if each.record_id in found or text is None or record is None:
                continue
            _, heading, passage = text.passages[each.place]
            quoted, marks = self._nearest(passage, wanted)
            label = label_of(heading, text.licence)
            found[each.record_id] = Found(record, Quote(text=quoted, section=label, marks=marks))
        return list(found.values())

    def near(self, question: str, records: Sequence[Record]) -> dict[str, list[Passage]]:
        """Sentences of results and discussions of these records, from the passages nearest."""
        wanted = " ".join(word for word in words(question) if not is_empty(word))
        ids = [record.id for record in records]
        best = []
        for part in _PARTS:
            places: dict[str, int] = defaultdict(int)
            for each in self._index.search(wanted, part, _MOST, ids):
                places[each.record_id] += 1
                if places[each.record_id] <= _EACH:
                    best.append(each)
        texts = self._store.full_texts.of(list({each.record_id for each in best}))
        taken: dict[str, list[Passage]] = defaultdict(list)
        for each in best:
            if (text := texts.get(each.record_id)) is None:
                continue
            part, heading, passage = text.passages[each.place]
            label = label_of(heading or part.capitalize(), text.licence)
            taken[each.record_id] += [
                Passage(FULL_TEXT + each.place, label, sentence) for sentence in sentences(passage)
            ]
        return taken

    def _nearest(self, passage: str, wanted: str) -> tuple[str, tuple[tuple[int, int], ...]]:
        """The sentence of a passage that has most of the words, and where they stand in it."""
        stems = frozenset(map(self._stem, wanted.split()))
        best = max(sentences(passage), key=lambda each: len(stems & self._stems(each)))
        marks = (
            found.span()
            for found in re.finditer(r"[^\W_]+(?:-[^\W_]+)*", best)
            if stems & self._stems(found.group())
        )
        return best, tuple(marks)

    def _stems(self, text: str) -> frozenset[str]:
        stem: Callable[[str], str] = self._stem
        return frozenset(map(stem, words(text)))


def label_of(heading: str, licence: str) -> str:
    """What a quote of a full text is shown under: its heading, what it is of, and the licence."""
    return f"{heading[:80] or 'Text'}, full text, {licence}"
