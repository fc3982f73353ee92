"""Where in a record something that was asked stands: the "why" of a hit."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from bot.index import Key, Words
from bot.markup import plain
from bot.models import Record
from bot.text import Token, clean, tokenise

Stem = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Place:
    """A field of the record, and the words as they stand there or the concept it is tagged with."""

    field: str
    words: str
    concept: str | None = None


class Text:
    """A text cut into words and stemmed once, to be asked many times."""

    def __init__(self, text: str, stem: Stem) -> None:
        self.text = text
        self._tokens: list[Token] = tokenise(text)
        self._stems = [stem(token.text) for token in self._tokens]
        self._held = frozenset(self._stems)
        self._stem = stem

    @classmethod
    @lru_cache(maxsize=8_192)
    def of(cls, text: str, stem: Stem) -> Self:
        """The text, cut once however often it is asked: good records come up again and again."""
        return cls(text, stem)

    def spans(self, asked: Words) -> Iterator[tuple[int, int]]:
        """The (start, end) of every place where the words stand next to each other."""
        as_spelt = asked.exact or asked.prefix
        wanted = list(asked.words) if as_spelt else [self._stem(word) for word in asked.words]
        if not as_spelt and not self._held.issuperset(wanted):
            return
        held = [token.text for token in self._tokens] if as_spelt else self._stems
        size = len(wanted)
        for first in range(len(held) - size + 1):
            window = held[first : first + size]
            begins = asked.prefix and window[:-1] == wanted[:-1]
            if window == wanted or (begins and window[-1].startswith(wanted[-1])):
                yield self._tokens[first].start, self._tokens[first + size - 1].end


class Matcher:
    """One record's texts, field by field."""

    def __init__(self, record: Record, stem: Stem) -> None:
        self._record = record
        self._stem = stem
        self._texts: list[tuple[str, Text]] = []
        self._coming = self._read()

    def _read(self) -> Iterator[tuple[str, Text]]:
        """The texts, title first; those further back are cut only when something asks for them."""
        record, people = self._record, self._record.contributors
        fields: tuple[tuple[str, Iterable[str | None]], ...] = (
            ("title", (record.title,)),
            ("abstract", (record.abstract,)),
            ("keyword", record.keywords),
            ("author", (person.display_name for person in people)),
            ("affiliation", (person.affiliation for person in people)),
            ("journal", (record.journal.title if record.journal else None,)),
        )
        for field, texts in fields:
            for text in texts:
                if text:
                    yield field, Text.of(clean(plain(text)), self._stem)

    def _fields(self) -> Iterator[tuple[str, Text]]:
        yield from self._texts
        for each in self._coming:
            self._texts.append(each)
            yield each

    def first(self, alternatives: Sequence[Words | Key]) -> Place | None:
        """Where the first of these stands that stands anywhere, title first; else None."""
        return next((place for a in alternatives if (place := self.find(a)) is not None), None)

    def find(self, asked: Words | Key) -> Place | None:
        """Where the words or the concept stand, title first; None when nowhere."""
        if isinstance(asked, Key):
            return self._find_key(asked)
        for field, text in self._fields():
            for start, end in text.spans(asked):
                return Place(field, text.text[start:end])
        return None

    def _find_key(self, asked: Key) -> Place | None:
        if asked.field != "concept":
            return None
        tag = next((t for t in self._record.concepts if t.concept == asked.value), None)
        return Place(tag.field, tag.words, tag.concept) if tag else None
