"""What was asked, as it was understood: a `Query` and its parts."""

import re
from dataclasses import dataclass, field

from bot.records.answers import Correction, Sense
from bot.records.identifiers import Mention
from bot.search.query.filters import Filters, Problem
from bot.text.spelling import Spelling
from bot.vocabulary import Recognised

# A pasted title has at least so many words.
_TITLE_WORDS = 9
# Up to so many things asked are a list of things wanted; more are a sentence, ranked as a whole.
_LONGEST_LIST = 6

IS_QUESTION = re.compile(
    r".*\?\s*$|(?:whats?|which|who|how|why|where|when|is|are|was|were|does|do|did|has|have|can|could"
    r"|should|would|will|please|show|tell|find|give|get|list|search|help|compare|explain|any|anything|something|everything"
    r"|papers?|articles?|studies|i|i'm|we|looking|need|most|new|newest|latest|recent|just|only)\b"
    r"|.*\b(?:papers|articles|publications|literature)\W*$",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was asked: a word, a phrase, a recognised term, or any of several.

    `words` are folded; `spellings` are what a misspelt word may stand for, best first. `about`, of
    what is excluded: only works about it, not those that mention it. `symbol` says that an English
    word was typed in capitals as one: KIT, WAS. `tagged` says that only what is tagged with it has
    it: its word alone may be of something else.
    """

    typed: str
    words: tuple[str, ...] = ()
    recognised: Recognised | None = None
    spellings: tuple[Spelling, ...] = ()
    phrase: bool = False
    prefix: bool = False
    about: bool = False
    symbol: bool = False
    tagged: bool = False
    any: tuple["Part", ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether this is a word that names nothing."""
        return not (self.recognised or self.any or self.phrase or self.prefix or self.symbol)


@dataclass(frozen=True, slots=True)
class Query:
    """A question as understood. `text` is what was typed, repaired, and fit to show.

    `generic` are folded words that may set the order, and that no match needs ("effective").
    `asks` says that it is put as a question or a sentence, `typed` that a command was asked for by
    its own word; `most` is how many are to be listed (0: all), `offers` are (label, question) of
    other readings, `bare` the words without the command's own that they began with.
    """

    text: str
    action: str = "search"
    subject: str = ""
    parts: tuple[Part, ...] = ()
    excluded: tuple[Part, ...] = ()
    filters: Filters = field(default_factory=Filters)
    identifiers: tuple[Mention, ...] = ()
    corrected: tuple[Correction, ...] = ()
    ignored: tuple[str, ...] = ()
    generic: tuple[str, ...] = ()
    senses: tuple[Sense, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    ordinals: tuple[int, ...] = ()
    format: str | None = None
    readings: tuple[str, ...] = ()
    points_at_shown: bool = False
    said_time: bool = False
    asks: bool = False
    most: int = 0
    typed: bool = False
    offers: tuple[tuple[str, str], ...] = ()
    bare: str = ""

    @property
    def is_like_title(self) -> bool:
        """Whether this reads like a pasted title: long, capitalised, plain words, no sentence."""
        plain_words = not (
            self.filters.is_set or self.excluded or any(p.phrase for p in self.parts)
        )
        words = self.text.split()
        return (
            plain_words
            and len(words) >= _TITLE_WORDS
            and self.text[:1].isupper()
            and self.text[-1:] not in ".?!"
            and not IS_QUESTION.match(self.text)
        )

    @property
    def is_sentence(self) -> bool:
        """Whether so much is asked that a record need not have it all, and is ranked as a whole."""
        return len(self.parts) > _LONGEST_LIST

    @property
    def wants_all(self) -> bool:
        """Whether what has everything comes first: not of a sentence, nor of its plain words."""
        is_in_words = self.asks or self.text.endswith(".")
        return not self.is_sentence and not (
            is_in_words and all(part.is_plain for part in self.parts)
        )

    @property
    def ordinal(self) -> int | None:
        """The first place of the list last shown that is named, or None."""
        return self.ordinals[0] if self.ordinals else None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to search for."""
        return not (self.parts or self.excluded or self.filters.is_set or self.identifiers)
