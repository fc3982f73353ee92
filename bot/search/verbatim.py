"""Whether a sentence stands in a record, word for word, and else which is nearest to it."""

from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.records.models import Quote, Record
from bot.search.quotes import passages
from bot.text.markup import plain
from bot.text.sentences import level

# What is looked for is at least so long: fewer letters stand in every text.
SHORTEST = 12
# A sentence less like it (rapidfuzz, 0 to 100) is not shown as the nearest.
_LIKE = 50
_SPANNED = 6


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Whether a text stands in a record; `quote` is the sentence with it, else the nearest, if any.

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
