"""The words a question may be made of: the language's, the vocabulary's and the records' own."""

import threading
import time
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

from bot.index import SearchIndex
from bot.records.journals import JournalNames
from bot.search.alternatives import Alternatives
from bot.search.query.elsewhere import Elsewhere
from bot.search.query.mending import KnownWords
from bot.text.spelling import Speller
from bot.vocabulary import Vocabulary

# What was collected is kept for so many times as long as that took.
_KEPT = 20


@dataclass(frozen=True, slots=True)
class Language:
    """Words and names that are known whatever is stored.

    `background` counts words of the language beside those of the records: a typed word among them
    is not taken for unknown, only doubted where a far commoner one is near. `english` has the right
    words of the language, which are never read as others, `everyday` those that make a sentence and
    name nothing. `everyday_names` are lines of names of one thing, with bars, `elsewhere` those of
    other languages, `journals` those of well-known journals.
    """

    background: Mapping[str, int] = field(default_factory=dict)
    english: Container[str] = frozenset()
    everyday: Container[str] = frozenset()
    everyday_names: Sequence[str] = ()
    elsewhere: Sequence[str] = ()
    journals: Sequence[str] = ()


class StoredWords:
    """The words known at this moment, collected again as the index grows.

    `grown` counts how often they changed; `journals` are those of the records.
    """

    def __init__(self, index: SearchIndex, vocabulary: Vocabulary, language: Language) -> None:
        self.names = Alternatives(index, vocabulary, language.everyday_names)
        self.journals = JournalNames((), language.journals)
        self.grown = 0
        self._index, self._vocabulary, self._lexicon = index, vocabulary, language
        self._lock = threading.Lock()
        self._known: KnownWords | None = None
        self._used: Mapping[str, int] = {}
        self._fresh_until = 0.0

    def known(self) -> KnownWords:
        """The words known now.

        Collecting them from a large index takes a while, and an index that is being filled
        changes all the time: they are kept for twenty times as long as they took, and while one
        question collects them the others go by what was known. What stands in the records at this
        moment is always asked of the index itself.
        """
        known = self._known
        if known is not None and self._lock.locked():
            return known
        with self._lock:
            started = time.monotonic()
            if self._known is None or started >= self._fresh_until:
                used = self._index.vocabulary()
                if self._known is None:
                    self._known = self._collected(used)
                elif used is not self._used:
                    self._known.speller.grow(used)
                if used is not self._used:
                    keys = self._index.values("journal_key")
                    self.journals = JournalNames(keys, self._lexicon.journals)
                    self._used, self.grown = used, self.grown + 1
                self._fresh_until = started + _KEPT * (time.monotonic() - started)
            return self._known

    def _collected(self, used: Mapping[str, int]) -> KnownWords:
        language, index = self._lexicon, self._index
        named, background = self._vocabulary.vocabulary_words(), language.background
        return KnownWords(
            vocabulary=self._vocabulary,
            speller=Speller(used, named, background, right=(named, language.english)),
            is_text_word=lambda word: word in self._used or index.frequency(word, "text") > 0,
            uses=lambda word: (
                # What was collected a moment ago is quicker to ask, and only ever a little behind.
                (self._used.get(word) or index.frequency(word))
                + named.get(word, 0)
                + background.get(word, 0)
            ),
            stem=index.stem,
            journals=lambda: self.journals,
            everyday=language.everyday,
            elsewhere=Elsewhere(language.elsewhere),
            otherwise=self.names.otherwise,
        )
