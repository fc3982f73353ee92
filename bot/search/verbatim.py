"""Whether a sentence is in a record, word for word, and how it is written there."""

import re
from dataclasses import dataclass
from html import unescape
from unicodedata import normalize

from rapidfuzz import fuzz, process

from bot.records.answers import Quote
from bot.records.models import Record
from bot.search.quotes import passages
from bot.text.markup import plain
from bot.text.sentences import level

# What is looked for is at least so long: fewer letters stand in every text.
SHORTEST = 12
# A sentence less like it (rapidfuzz, 0 to 100) is not shown as the nearest.
_LIKE = 50
_SPANNED = 6
# A stored text piece by piece: a tag, as such or escaped, white space, or a character.
_PIECES = re.compile(
    r"</?[A-Za-z][^<>]{0,200}>|&(?:amp;)?lt;/?[A-Za-z][^<>&]{0,200}&(?:amp;)?gt;|(?P<space>\s+)"
    r"|(?P<char>&(?:amp;)?(?:#\w{1,7}|[A-Za-z]\w{1,40});|.)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Whether a text is in a record; `quote` is the sentence with it, else the nearest, if any.

    The sentence is number `place` of the abstract's `sentences`; 0 is the title. `likeness` goes
    from 0 to 100.
    """

    record: Record
    found: bool
    quote: Quote | None = None
    place: int = 0
    sentences: int = 0
    likeness: float = 0.0


def verbatim(record: Record, text: str) -> Verbatim:
    """Look for a text of at least `SHORTEST` letters in the title and abstract of a record.

    Case, white space, and the kind of hyphens and quotation marks make no difference; it may begin
    in one sentence and end in the next.
    """
    sought = _flat(text)
    abstract = passages(record)
    count = len(abstract)
    sentences = [("title", plain(record.title)), *((each.label, each.text) for each in abstract)]
    flat = [_flat(sentence) for _, sentence in sentences]
    if len(sought) >= SHORTEST:
        for place, (label, sentence) in enumerate(sentences):
            # A title is no part of the abstract; a text spans few sentences.
            following = ". ".join(flat[place : place + _SPANNED] if place else flat[:1])
            if 0 <= following.find(sought) < len(flat[place]):
                return Verbatim(
                    record, True, Quote(text=sentence, section=label), place, count, 100.0
                )
    best = process.extractOne(sought, flat, scorer=fuzz.ratio, score_cutoff=_LIKE)
    if best is None:
        return Verbatim(record, False, sentences=count)
    _, likeness, place = best
    label, sentence = sentences[place]
    quote = Quote(text=sentence, section=label)
    return Verbatim(record, False, quote, place, count, round(likeness, 1))


def _flat(text: str) -> str:
    return " ".join(level(plain(text)).casefold().split()).strip(" \"'“”‘’.…")


def as_stored(stored: str, quote: Quote) -> Quote:
    """The quote as it is in the stored text, line breaks and markup included, if it is there."""
    if quote.text in stored:
        return quote
    flat, places = "", list[tuple[int, int]]()
    for piece in _PIECES.finditer(stored):
        shown = " " if piece["space"] else unescape(unescape(piece["char"] or ""))
        if shown and not (shown == " " and flat.endswith(" ")):
            flat += shown
            places += [piece.span()] * len(shown)
    # A raised sign is read from a tag: `CD8<sup>+</sup>` is shown as `CD8⁺`.
    at = _lowered(flat).find(_lowered(quote.text))
    if at < 0:
        return quote
    start, _ = places[at]
    marks = tuple(
        (places[at + a][0] - start, places[at + b - 1][1] - start) for a, b in quote.marks
    )
    text = stored[start : places[at + len(quote.text) - 1][1]]
    return Quote(text=text, section=quote.section, marks=marks)


def _lowered(text: str) -> str:
    """The text with raised and lowered characters as plain ones; of the same length."""
    if text.isascii():
        return text
    plain_ones = (n if len(n := normalize("NFKC", c)) == 1 else c for c in text)
    return "".join(plain_ones).replace("\u2212", "-")
