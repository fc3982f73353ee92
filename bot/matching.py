"""Where in a record something that was asked stands: the "why" of a hit."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

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
        self._stem = stem

    def spans(self, asked: Words) -> Iterator[tuple[int, int]]:
        """The (start, end) of every place where the words stand next to each other."""
        as_spelt = asked.exact or asked.prefix
        wanted = list(asked.words) if as_spelt else [self._stem(word) for word in asked.words]
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
        self._fields: list[tuple[str, Text]] = []
        self._add("title", record.title)
        self._add("abstract", record.abstract)
        self._add("keyword", *record.keywords)
        self._add("author", *(person.display_name for person in record.contributors))
        self._add("affiliation", *(person.affiliation for person in record.contributors))
        self._add("journal", record.journal.title if record.journal else None)

    def _add(self, field: str, *texts: str | None) -> None:
        self._fields += [(field, Text(clean(plain(t)), self._stem)) for t in texts if t]

    def first(self, alternatives: Sequence[Words | Key]) -> Place | None:
        """Where the first of these stands that stands anywhere, title first; else None."""
        return next((place for a in alternatives if (place := self.find(a)) is not None), None)

    def find(self, asked: Words | Key) -> Place | None:
        """Where the words or the concept stand, title first; None when nowhere."""
        if isinstance(asked, Key):
            return self._find_key(asked)
        for field, text in self._fields:
            for start, end in text.spans(asked):
                return Place(field, text.text[start:end])
        return None

    def _find_key(self, asked: Key) -> Place | None:
        if asked.field != "concept":
            return None
        tag = next((t for t in self._record.concepts if t.concept == asked.value), None)
        return Place(tag.field, tag.words, tag.concept) if tag else None
