"""Words of a question that are names by their form: symbols, and words with a number or letter."""

import re
from collections.abc import Container, Mapping
from itertools import pairwise

from bot.search.query.mending import KnownWords, as_typed
from bot.search.query.model import Part
from bot.text.folding import Token
from bot.text.greek import greek_forms
from bot.text.stop_words import REQUEST, is_empty, is_generic
from bot.vocabulary import Recognised
from bot.vocabulary.tumours import TUMOURS

# What has a number or letter as part of its name, which is no little word then.
_NUMBERED = frozenset(
    ("class", "type", "stage", "grade", "vitamin", "factor", "group", "ifn", "interferon", "hla",
     "mhc", "collagen", "complex", "subtype")
)  # fmt: skip
_WITH_CLASSES = ("mhc", "hla")
_LETTER = re.compile(r"[A-Z]")
_CELLS = frozenset(("cell", "cells", "lymphocyte", "lymphocytes"))
_MARK = re.compile(r"[IV]{1,3}[AB]?|i{1,3}|iv|[A-HK]|[1-5]")
# A short form in trials, of no gene: intratumoural.
_SYMBOLS_TOO = frozenset(("it",))


def marked(
    text: str,
    tokens: list[Token],
    at: int,
    taken: Container[int],
    known: KnownWords,
) -> tuple[Part, int] | None:
    """A symbol, or a word with the number or letter that belongs to it, and where it ends."""
    if is_capital_symbol(as_typed(text, tokens[at]), text, known):
        return Part(as_typed(text, tokens[at]), (tokens[at].text,), symbol=True), at + 1
    return (
        _numbered(text, tokens, at)
        or _lettered(text, tokens, at)
        or _histology(text, tokens, at, taken)
        or _with_greek(text, tokens, at, taken)
    )


def _lettered(text: str, tokens: list[Token], at: int) -> tuple[Part, int] | None:
    """A letter with the cells that it names, and where they end: T cells, B lymphocytes."""
    if at + 1 >= len(tokens) or not _LETTER.fullmatch(as_typed(text, tokens[at])):
        return None
    if text[tokens[at].end : tokens[at + 1].start] not in " -" or tokens[at + 1].text not in _CELLS:
        return None
    typed = text[tokens[at].start : tokens[at + 1].end]
    return Part(typed, (tokens[at].text, tokens[at + 1].text)), at + 2


def _histology(
    text: str, tokens: list[Token], at: int, taken: Container[int]
) -> tuple[Part, int] | None:
    """A kind of cell with the tumours that it names, and where they end: small cell carcinoma."""
    words = tuple(token.text for token in tokens[at : at + 3])
    free = not any(n in taken for n in range(at, at + 3))
    if not free or words[1:2] != ("cell",) or words[-1] not in TUMOURS or is_empty(words[0]):
        return None
    return Part(text[tokens[at].start : tokens[at + 2].end], words), at + 3


def _numbered(text: str, tokens: list[Token], at: int) -> tuple[Part, int] | None:
    """A word with the number that is part of its name, and where it ends; None where it is none.

    Class I, vitamin A, IGF-II; MHC class I is MHC-I.
    """
    words = [token.text for token in tokens[at : at + 2]]
    end = at + (3 if words[-1] == "class" and words[0] in _WITH_CLASSES else 2)
    if end > len(tokens) or not _MARK.fullmatch(as_typed(text, tokens[end - 1])):
        return None
    between = text[tokens[end - 2].end : tokens[end - 1].start]
    if between == "-" or (between == " " and tokens[end - 2].text in _NUMBERED):
        typed = text[tokens[at].start : tokens[end - 1].end]
        return Part(typed, (words[0], tokens[end - 1].text)), end
    return None


def is_capital_symbol(typed: str, text: str, known: KnownWords) -> bool:
    """Whether an English word is meant as a symbol: in capitals, in a question that is not."""
    word = typed.lower()
    may_be = word in known.vocabulary.everyday or word in _SYMBOLS_TOO
    may_be = may_be and not (word in REQUEST or is_generic(word))
    return may_be and typed.isupper() and not (text.isupper() and " " in text)


def outside_receptors(
    text: str, tokens: list[Token], named: Mapping[int, Recognised]
) -> dict[int, Recognised]:
    """The terms that are not merely the beginning of a receptor: TNF of TNF receptor 2."""
    found = (_with_greek(text, tokens, at, ()) for at in named)
    receptors = (each if each and "receptor" in each[0].words else None for each in found)
    ends = {at: each[1] for at, each in zip(named, receptors, strict=True) if each}
    return {at: term for at, term in named.items() if term.end >= ends.get(at, 0)}


def _with_greek(
    text: str, tokens: list[Token], at: int, taken: Container[int]
) -> tuple[Part, int] | None:
    """A symbol with its Greek letter written apart, or a receptor: NF kappa B, TNF receptor 2."""
    if is_empty(tokens[at].text):
        return None
    for end in range(min(at + 4, len(tokens)), at + 1, -1):
        between = {text[a.end : b.start] for a, b in pairwise(tokens[at:end])}
        words = tuple(token.text for token in tokens[at:end])
        if (
            between <= {" ", "-"}
            and not any(n in taken for n in range(at, end))
            and greek_forms(words)
        ):
            return Part(text[tokens[at].start : tokens[end - 1].end], words), end
    return None
