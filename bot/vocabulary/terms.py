"""Names as they can be typed: plural or singular, with hyphen, space or nothing in between.

A name is looked up by its *key*: its folded words run together (`cart` for CAR-T). The places
where the name's own parts meet are kept beside the key, so that `car t` finds CAR-T but `i do`
does not find IDO.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.text.folding import clean, folded_words
from bot.text.greek import greek_forms

_SEPARATORS = re.compile(r"[-/+().,']")
_LETTER_DIGIT = re.compile(r"(?<=[a-z])(?=\d)")
# Where a Greek letter may stand apart: TNF alpha.
_GREEK_EDGE = re.compile(r"(?=alpha|beta|gamma|delta|kappa)|(?<=alpha)|(?<=beta)|(?<=kappa)")
_SIBILANT = ("s", "x", "z", "ch", "sh")
_INVARIANT = ("ss", "us", "is", "ics")


def singular(word: str) -> str:
    """The singular of a folded English plural; the word itself where it is none."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(_INVARIANT):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("yses"):
        return word[:-2] + "is"
    if word.endswith(("sses", "xes", "ches", "shes", "uses")):
        return word[:-2]
    return word[:-1]


def plural(word: str) -> str:
    """The regular plural of a folded English singular."""
    if word.endswith("ysis"):
        return word[:-2] + "es"
    if word.endswith("y") and len(word) > 2 and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(_SIBILANT) else "s")


def both_numbers(word: str) -> tuple[str, ...]:
    """The word in singular and plural; only itself for symbols (`pd1`) and single letters."""
    if len(word) < 2 or not word.isalpha():
        return (word,)
    one = singular(word)
    return tuple(dict.fromkeys((word, one, plural(one))))


@dataclass(frozen=True, slots=True)
class Form:
    """One way to type a name: its key, the offsets at which it may be split, its words."""

    key: str
    splits: frozenset[int]
    words: tuple[str, ...]


def forms(name: str) -> Iterator[Form]:
    """Every form of a name. The last word takes both numbers; so does the one before a bracket."""
    cleaned = clean(name)
    words = tuple(folded_words(cleaned))
    if not words:
        return
    spaced = _SEPARATORS.sub(" ", cleaned)
    finer = words if spaced == cleaned else tuple(folded_words(spaced))
    same = words != finer and "".join(words) == "".join(finer) and finer[-1] == words[-1]
    for last in both_numbers(words[-1]):
        inflected = (*words[:-1], last)
        splits = _splits(inflected)
        if same:
            splits |= _splits((*finer[:-1], last))
        yield Form("".join(inflected), splits, inflected)
        yield from _with_greek(inflected)


def _with_greek(words: tuple[str, ...]) -> Iterator[Form]:
    """A name with its first Greek letter as a Latin one, or as the name of the letter."""
    for at, word in enumerate(words):
        if others := [form[0] for form in greek_forms((word,)) if len(form) == 1]:
            for other in others:
                spelt = (*words[:at], other, *words[at + 1 :])
                yield Form("".join(spelt), _splits(spelt), (other,))
            return


def _splits(words: Iterable[str]) -> frozenset[int]:
    found = set()
    offset = 0
    for word in words:
        if not word.isalpha():
            found |= {offset + match.start() for match in _LETTER_DIGIT.finditer(word)}
        found |= {offset + match.start() for match in _GREEK_EDGE.finditer(word)}
        offset += len(word)
        found.add(offset)
    return frozenset(found)


def name_key(name: str) -> str:
    """The one key that an imported name is kept under: its form with the last word in singular.

    Empty for a name without words. What is looked up by it has to be compared with `forms`.
    """
    words = folded_words(clean(name))
    return words_key(words) if words else ""


def words_key(words: Sequence[str]) -> str:
    """The key of folded words, at least one."""
    last = words[-1]
    return "".join(words[:-1]) + (singular(last) if last.isalpha() else last)
