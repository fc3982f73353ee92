"""The words of the field as they are looked for in titles and abstracts."""

import itertools
import re
from functools import lru_cache

from bot.text.folding import fold_word
from bot.text.greek import greek_forms
from bot.vocabulary.tagging.text import lowered, searchable
from bot.vocabulary.terms import both_numbers

_TOKEN = re.compile(r"[^\s\-]+|-|\s+")
_MOST = 400  # forms of one name; more would mean a name that is a sentence

_GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa", "φ": "phi"}
_UK_US = (
    ("tumour", "tumor"), ("isation", "ization"), ("ising", "izing"), ("ised", "ized"),
    ("ises", "izes"), ("ise", "ize"), ("yse", "yze"), ("signalling", "signaling"),
    ("modelling", "modeling"), ("leukaem", "leukem"), ("ischaem", "ischem"),
    ("haem", "hem"), ("oesoph", "esoph"), ("oestr", "estr"), ("armour", "armor"),
    ("behaviour", "behavior"), ("centre", "center"), ("fibre", "fiber"),
    ("leucocyt", "leukocyt"), ("programme", "program"), ("tumouric", "tumoric"),
)  # fmt: skip


def surfaces(name: str, *, exact: bool = False, begins: bool = False) -> set[str]:
    """The searchable forms of a name, each with the spaces that bound it.

    Singular and plural, UK and US, Greek letters and their names; a hyphen of the name may be a
    space or nothing in the text, or follow a bracket: `(FAP)-targeted`. `exact` keeps the case
    and the spelling; `begins` leaves the end open.
    """
    text = name if exact else lowered(name)
    pieces = _TOKEN.findall(text)
    choices: list[tuple[str, ...]] = []
    hyphens = pieces.count("-")
    for position, piece in enumerate(pieces):
        if piece == "-":
            choices.append((" ", "", "  ") if hyphens <= 2 else (" ", ""))
        elif piece.isspace():
            choices.append((" ",))
        else:
            last = position == len(pieces) - 1 and not begins
            choices.append(_word_forms(piece, exact=exact, last=last))
    end = "" if begins else " "
    found = itertools.islice(itertools.product(*choices), _MOST)
    return {f" {searchable(''.join(parts))}{end}" for parts in found}


@lru_cache(maxsize=4096)
def _word_forms(word: str, *, exact: bool, last: bool) -> tuple[str, ...]:
    forms = {word}
    if not exact:
        forms |= {spelt for form in tuple(forms) for spelt in _spellings(form)}
        forms |= {spelt for form in tuple(forms) for spelt in _greek(form)}
        if word.endswith("+"):
            forms |= {word[:-1], f"{word[:-1]} positive"}
    if last:
        numbers = _abbreviated_numbers if exact else both_numbers
        forms |= {number for form in tuple(forms) for number in numbers(form)}
    return tuple(sorted(forms))


def _abbreviated_numbers(word: str) -> tuple[str, ...]:
    return (word,) if word.endswith("s") or not word[-1].isalpha() else (word, f"{word}s")


def _spellings(word: str) -> set[str]:
    found = set()
    for british, american in _UK_US:
        found.add(word.replace(british, american))
        found.add(word.replace(american, british) if british not in word else word)
    return found


def _greek(word: str) -> set[str]:
    found = set()
    for letter, spelt in _GREEK.items():
        if letter in word:
            found |= {word.replace(letter, spelt), word.replace(letter, f" {spelt}")}
        elif word.endswith(spelt):
            found.add(word.replace(spelt, letter))
    if found:
        found |= {form[0] for form in greek_forms((fold_word(word),)) if len(form) == 1}
    return found
