"""Seeded typing errors: one slip of the finger in a word.

A slip inserts, deletes, substitutes or swaps with equal chances, at any letter of the word, the
first one included. An inserted letter is, in three of four cases, the neighbour on an English
keyboard of a letter beside it or that letter again; a substituted one is a keyboard neighbour in
three of four cases; otherwise any letter. Only words of five letters or more that consist of
letters alone are touched, hyphenated compounds and symbols with digits never. A slip is always
visible: exactly one step of optimal string alignment from the word.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz.distance import OSA

SHORTEST = 5
# Seeds of the cases that the search may be tuned on, and of those that are only reported.
SEEDS = {"train": 20_240, "test": 71_993}

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Rows of an English keyboard; each starts a little to the right of the one above.
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_TOKEN = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_FROM_KEYBOARD = 0.75


@dataclass(frozen=True, slots=True)
class Change:
    """One word that was misspelt."""

    wanted: str
    typed: str


@dataclass(frozen=True, slots=True)
class Misspelt:
    """A query after misspelling, and what was changed in it, in order."""

    text: str
    changes: tuple[Change, ...] = ()


def _neighbours() -> dict[str, str]:
    """The letters whose keys touch a letter's key."""
    places = {
        letter: (column + row / 2, row)
        for row, letters in enumerate(_ROWS)
        for column, letter in enumerate(letters)
    }
    return {
        letter: "".join(
            other for other, (x2, y2) in places.items()
            if other != letter and abs(x - x2) <= 1 and abs(y - y2) <= 1
        )
        for letter, (x, y) in places.items()
    }  # fmt: skip


NEIGHBOURS = _neighbours()


def slip(word: str, chance: random.Random) -> str:
    """The word with one slip; its case is kept."""
    while True:
        made = chance.choice((_insert, _delete, _substitute, _swap))(word, chance)
        if OSA.distance(made.lower(), word.lower()) == 1:
            return made


def _insert(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word) + 1)
    beside = word[max(at - 1, 0)].lower()
    letters = _LETTERS
    if chance.random() < _FROM_KEYBOARD:
        letters = beside + NEIGHBOURS.get(beside, "")
    return word[:at] + _cased(chance.choice(letters), word) + word[at:]


def _delete(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + word[at + 1 :]


def _substitute(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    near = NEIGHBOURS.get(word[at].lower(), "")
    letters = near if near and chance.random() < _FROM_KEYBOARD else _LETTERS
    return word[:at] + _cased(chance.choice(letters), word[at]) + word[at + 1 :]


def _swap(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _cased(letter: str, like: str) -> str:
    return letter.upper() if like.isupper() else letter


def can_slip(word: str) -> bool:
    """Whether a word is one that gets typos: letters only, five at least."""
    return len(word) >= SHORTEST and word.isalpha()


def one_typo(text: str, seed: int) -> Misspelt:
    """The text with a slip in one of its words, each as likely; unchanged where none is fit."""
    chance = _chance(text, seed)
    fit = [match.start() for match in _TOKEN.finditer(text) if can_slip(match.group())]
    chosen = chance.choice(fit) if fit else -1
    return rewritten(text, lambda word, at: slip(word, chance) if at == chosen else None)


def every_word(text: str, seed: int) -> Misspelt:
    """The text with a slip in every word that is fit for one."""
    chance = _chance(text, seed)
    return rewritten(text, lambda word, _at: slip(word, chance) if can_slip(word) else None)


def _chance(text: str, seed: int) -> random.Random:
    """A source of chance that depends on the query and the seed, not on the order of queries."""
    return random.Random(f"{seed}:{text}")


def rewritten(text: str, rewrite: Callable[[str, int], str | None]) -> Misspelt:
    """The text with each word put through `rewrite(word, where it starts)`; None leaves it."""
    changes = []

    def replaced(match: re.Match[str]) -> str:
        new = rewrite(match.group(), match.start())
        if new is None:
            return match.group()
        changes.append(Change(match.group(), new))
        return new

    return Misspelt(_TOKEN.sub(replaced, text), tuple(changes))
