"""Misspellings that people made, from published sets, and the habits that show in them.

"Human" means two things here, always said apart, both for words of five letters or more only:

*published*: a word of the query that a published set gives misspellings of is replaced by one of
those (seeded, where there are several). Sets: Norvig's two (from the Birkbeck corpus), the
corrections of the GIST patient forum and of PsyTAR. Nothing is invented; few words of a
scientific query are in the sets, so only the queries that have one are counted.

*human*: the published misspelling where there is one, and every other such word gets one
*observed edit*: a change seen in the published pairs, made at a place that looks the same. An edit
is the one stretch in which a pair differs (three letters on either side at most) with the letter
before and the letter after it, or the word's end: `accomodate` shows `omo` for `ommo`, which makes
`commotion` `comotion` and leaves `comment` alone. Edits are drawn by their rate: the pairs
that show one, among the published words that have its place. Where no edit fits a word with both
its letters, one seen with the letter before it alone is taken; where none fits at all, the word is
left alone.

The published pairs are the same for the dev and the test seed (there are only some 800); which of
them, and which edits, are drawn differs.
"""

import csv
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from typos import Misspelt, can_slip, rewritten

_LONGEST_STRETCH = 3
_END = "."


@dataclass(frozen=True, slots=True)
class Edit:
    """An observed change: `right` written as `wrong`, both with the letters beside them."""

    right: str
    wrong: str


class Habits:
    """Published misspellings by word, and the edits seen in them with how often."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        """Pairs of (misspelling, word), both one lower-case word of letters."""
        self.published: dict[str, list[str]] = defaultdict(list)
        both: Counter[Edit] = Counter()
        before: Counter[Edit] = Counter()
        words = [f"{_END}{right}{_END}" for _, right in sorted(set(pairs))]
        for wrong, right in sorted(set(pairs)):
            self.published[right].append(wrong)
            if edit := _edit(right, wrong):
                both[edit] += 1
                before[Edit(edit.right[:-1], edit.wrong[:-1])] += 1
        self._rates = [
            {edit: n / sum(edit.right in word for word in words) for edit, n in seen.items()}
            for seen in (both, before)
        ]

    def misspell_published(self, text: str, seed: int) -> Misspelt:
        """The text with published misspellings alone."""
        chance = random.Random(f"{seed}:{text}")
        return rewritten(text, lambda word, _at: self._published(word, chance))

    def misspell(self, text: str, seed: int) -> Misspelt:
        """The text with published misspellings, and observed edits in the other words."""
        chance = random.Random(f"{seed}:{text}")

        def rewrite(word: str, _at: int) -> str | None:
            published = self._published(word, chance)
            if published is not None or not can_slip(word):
                return published
            return self._edited(word, chance)

        return rewritten(text, rewrite)

    def _published(self, word: str, chance: random.Random) -> str | None:
        known = self.published.get(word.lower())
        return _cased(chance.choice(known), word) if known and can_slip(word) else None

    def _edited(self, word: str, chance: random.Random) -> str | None:
        """The word with one observed edit, or None where none fits."""
        bounded = f"{_END}{word.lower()}{_END}"
        for rates in self._rates:
            fits = {edit: rate for edit, rate in rates.items() if edit.right in bounded}
            if fits:
                edit = chance.choices(list(fits), list(fits.values()))[0]
                places = [i for i in range(len(bounded)) if bounded.startswith(edit.right, i)]
                at = chance.choice(places)
                made = bounded[:at] + edit.wrong + bounded[at + len(edit.right) :]
                return _cased(made.strip(_END), word)
        return None


def _cased(made: str, like: str) -> str:
    return made.capitalize() if like[:1].isupper() else made


def _edit(right: str, wrong: str) -> Edit | None:
    """The one stretch in which a pair differs, with a letter on either side; None if too long."""
    right, wrong = f"{_END}{right}{_END}", f"{_END}{wrong}{_END}"
    start = 0
    while right[start] == wrong[start]:
        start += 1
    behind = 1
    while right[-behind] == wrong[-behind] and behind <= min(len(right), len(wrong)) - start:
        behind += 1
    stretches = len(right) - behind + 1 - start, len(wrong) - behind + 1 - start
    if max(stretches) > _LONGEST_STRETCH:
        return None
    return Edit(
        right[start - 1 : len(right) - behind + 2], wrong[start - 1 : len(wrong) - behind + 2]
    )


def read_pairs(folder: Path) -> list[tuple[str, str]]:
    """(misspelling, word) of the published sets. Raises OSError when they are not there."""
    pairs = [
        *_columns(folder / "norvig" / "spell_testset1.tsv", "misspelling", "correct"),
        *_columns(folder / "norvig" / "spell_testset2.tsv", "misspelling", "correct"),
        *_columns(
            folder / "gist_patient_spelling" / "mmc_correction_corpus.tsv", "Word", "Correction"
        ),
        *_columns(
            folder / "gist_patient_spelling" / "psytar_spelling_corpus.tsv", "Mistake", "Correction"
        ),
    ]
    return [
        (wrong, right)
        for wrong, right in ((w.strip().lower(), r.strip().lower()) for w, r in pairs)
        if wrong != right and wrong.isalpha() and right.isalpha() and right.isascii()
    ]


def _columns(path: Path, *names: str) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            wrong, right = (row[name] or "" for name in names)
            yield wrong, right
