"""Where in a record a wanted term is: the "why" of a hit."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from typing import Self

from bot.index import TEXT, Key, Words
from bot.records.answers import Level
from bot.records.models import Record
from bot.text.folding import clean, cut, folded_word, place_of, raw_words
from bot.text.markup import plain

Stem = Callable[[str], str]
# The first of some words that stand next to each other, counted from 0, and how many they are.
Run = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """A field of the record, and the words as they stand there, or what earned it a tag."""

    field: str
    words: str
    concept: str | None = None
    level: Level = "exact"


class Text:
    """A text cut into words and stemmed once, to be searched many times."""

    def __init__(self, text: str, stem: Stem) -> None:
        self.text, self._stem = text, stem
        self._stems = list(chain.from_iterable(map(_reader(stem), raw_words(text))))
        self.stems = frozenset(self._stems)

    @cached_property
    def _cut(self) -> list[tuple[str, ...]]:
        return cut(self.text)

    @cached_property
    def _words(self) -> list[str]:
        """As spelt, which few questions ask for."""
        return list(chain.from_iterable(self._cut))

    @classmethod
    @lru_cache(maxsize=8_192)
    def of(cls, text: str, stem: Stem) -> Self:
        """The text, cut once however often it is searched: good records come up again and again."""
        return cls(text, stem)

    def runs(self, term: Words) -> list[Run]:
        """Every place where the words stand next to each other, counted in words."""
        return [(first, len(term.words)) for first in self._places(term)]

    def span(self, run: Run) -> tuple[int, int]:
        """Where a run of words begins and ends in the text."""
        first, count = run
        start, end = self._span(first)
        return start, end if count == 1 else self._span(first + count - 1)[1]

    def holds(self, term: Words) -> bool:
        """Whether the words stand next to each other anywhere."""
        return next(iter(self._places(term)), None) is not None

    def _places(self, term: Words) -> Iterable[int]:
        """Where the words begin, counted in words."""
        if term.field == "symbol":
            found = _runs(self._words, list(term.words), prefix=False)
            return [at for at in found if self.text[slice(*self._span(at))].isupper()]
        if term.exact or term.prefix:
            return _runs(self._words, list(term.words), prefix=term.prefix)
        wanted = stemmed(term.words, self._stem)
        if not self.stems.issuperset(wanted):
            return ()
        return _runs(self._stems, wanted, prefix=False)

    def _span(self, word: int) -> tuple[int, int]:
        """The place of the word with this number, found only now that somebody wants it."""
        for number, parts in enumerate(self._cut):
            if word < len(parts):
                return place_of(self.text, number, word)
            word -= len(parts)
        raise IndexError(word)


@lru_cache(maxsize=4)
def _reader(stem: Stem) -> Callable[[str], tuple[str, ...]]:
    """The stems of a word as it is in a text, looked up at once."""
    return lru_cache(maxsize=200_000)(lambda word: tuple(map(stem, folded_word(word))))


@lru_cache(maxsize=16_384)
def stemmed(words: tuple[str, ...], stem: Stem) -> list[str]:
    """The stems of words looked for in many texts; not to be changed."""
    return [stem(word) for word in words]


def _runs(stored: list[str], wanted: list[str], *, prefix: bool) -> Iterator[int]:
    """Where `wanted` is in `stored`; with `prefix` its last word may only begin so."""
    whole = wanted[:-1] if prefix else wanted
    for first in range(len(stored) - len(wanted) + 1) if prefix else _places(stored, wanted[0]):
        last = first + len(whole)
        if stored[first:last] == whole and (not prefix or stored[last].startswith(wanted[-1])):
            yield first


def _places(stored: list[str], word: str) -> Iterator[int]:
    at = -1
    with suppress(ValueError):
        while True:
            at = stored.index(word, at + 1)
            yield at


class Matcher:
    """One record's texts, field by field: what it says, and who and where it is from.

    `abstract` is its abstract as cleaned sentences, which others need too.
    """

    def __init__(self, record: Record, abstract: Sequence[str], stem: Stem) -> None:
        people, journal = record.contributors, record.journal
        self._tags = record.concepts
        self._said = _Texts(
            (("title", _cleaned((record.title,))), ("abstract", abstract),
             ("keyword", _cleaned(record.keywords))),
            stem,
        )  # fmt: skip
        self._named = _Texts(
            (("author", _joined(person.display_name for person in people)),
             ("affiliation", _joined(person.affiliation for person in people)),
             ("journal", _cleaned((journal.title if journal else None,)))),
            stem,
        )  # fmt: skip

    def first(self, alternatives: Sequence[Words | Key]) -> Place | None:
        """Where the first of these stands that stands anywhere, title first; else None.

        Names are looked at last: most questions are answered by what the record says.
        """
        for term in alternatives:
            place = self._tag(term) if isinstance(term, Key) else self._said.find(term)
            if place is not None:
                return place
        words = (each for each in alternatives if isinstance(each, Words) and _may_name(each))
        return next((place for each in words if (place := self._named.find(each))), None)

    def _tag(self, term: Key) -> Place | None:
        if term.field != "concept":
            return None
        tag = next((t for t in self._tags if t.concept == term.value), None)
        return Place(tag.field, tag.words, tag.concept, term.level) if tag else None


def _may_name(term: Words) -> bool:
    """Whether the index looks for the words in names too: not for phrases, nor in `TEXT` alone."""
    return term.field != TEXT and (len(term.words) == 1 or term.field is not None)


class _Texts:
    """Texts of a record in order; those further back are cut only when something asks for them."""

    def __init__(self, fields: Iterable[tuple[str, Iterable[str]]], stem: Stem) -> None:
        self._read: list[tuple[str, Text]] = []
        self._coming = ((field, Text.of(text, stem)) for field, texts in fields for text in texts)

    def find(self, term: Words) -> Place | None:
        """Where the words stand first; None when nowhere."""
        for field, text in self._read:
            if text.holds(term):
                return _place(field, text, term)
        for each in self._coming:
            self._read.append(each)
            if each[1].holds(term):
                return _place(*each, term)
        return None


def _cleaned(texts: Iterable[str | None]) -> Iterator[str]:
    return (clean(plain(text)) for text in texts if text)


def _joined(names: Iterable[str | None]) -> Iterator[str]:
    """Names as one text: only single words are looked for in them."""
    return _cleaned((" · ".join(name for name in names if name),))


def _place(field: str, text: Text, term: Words) -> Place:
    start, end = text.span(text.runs(term)[0])
    return Place(field, text.text[start:end], level=term.level)
