"""A record's text as it is searched: every character keeps its place.

Hyphens and punctuation become spaces, so that ` car t ` finds CAR-T, `CAR T` and (CAR-T), while
two spaces tell where a comma or full stop stood. `+` stays: CD8+ is not CD8-. Because no
character moves, a match can be shown in the words of the record.
"""

import re
from dataclasses import dataclass

from bot.text.folding import clean

_MARKS = "!\"#$%&'()*,-./:;<=>?@[\\]^_`{|}~"
_PUNCTUATION = str.maketrans(dict.fromkeys(_MARKS, " "))
_DASHES = "–—"
# Marks of cells in a row, PD-1+TIM-3+CD8+: the plus between two ends the first.
_PLUS_BETWEEN = re.compile(r"\+(?=[^\W_])")
_CLAUSE_END = re.compile(r"[.;:?!](?=\s|$)|\s(?:but|whereas|while|although|we)\s")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record.

    `shown` is the cleaned text with a space before and after; `cased` the same without
    punctuation; `lower` that in lower case. All three have the same length.
    """

    name: str
    shown: str
    cased: str
    lower: str

    def words(self, start: int, end: int) -> str:
        """The record's own words between two positions."""
        return self.shown[start:end].strip()

    def clause(self, start: int, end: int, reach: int = 300) -> tuple[int, int]:
        """The bounds of the clause around a span, looked for up to `reach` characters away."""
        begin = max(0, start - reach)
        for match in _CLAUSE_END.finditer(self.shown, begin, start):
            begin = match.end()
        stop = min(len(self.shown), end + reach)
        after = _CLAUSE_END.search(self.shown, end, stop)
        return begin, after.start() if after else stop


def field(name: str, text: str) -> Field:
    """A field ready to be searched."""
    cleaned = " ".join(text.split()) if text.isascii() else clean(text)
    shown = f" {cleaned} "
    cased = searchable(shown)
    return Field(name, shown, cased, lowered(cased))


def searchable(text: str) -> str:
    """The text without punctuation, of the same length."""
    if "+" in text:
        text = _PLUS_BETWEEN.sub(" ", text)
    if text.isascii():
        return text.translate(_PUNCTUATION)
    # str.translate is quick for ASCII only; few kinds of mark occur in one text.
    for mark in _MARKS + _DASHES:
        if mark in text:
            text = text.replace(mark, " ")
    return text


def lowered(text: str) -> str:
    """The text in lower case, of the same length (a few letters, such as İ, would grow)."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)
