"""Correcting misspelt words against the words that the records really use.

Candidates are found by optimal string alignment distance (insert, delete, substitute, swap two
neighbours), one step for words under seven letters and two from there, within buckets of first
letter and length: a misspelling keeps its first letter or swaps the first two. They are ranked by
a noisy channel: how common a word is against how many slips it takes.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

# A slip costs as much as being e^4 (55) times rarer; measured on SciFact's training queries.
_SLIP_COST = 4.0
# Shorter words are mostly symbols and abbreviations: never mended, never the mended word.
_SHORTEST, _SHORTEST_TARGET = 4, 5
_TWO_SLIPS_FROM = 7


@dataclass(frozen=True, slots=True)
class Spelling:
    """A word that a misspelt one may stand for; `likelihood` compares candidates, in nats."""

    word: str
    slips: int
    likelihood: float


class Speller:
    """Knows words with the number of records that use them, and finds the nearest to a slip."""

    def __init__(self, *vocabularies: Mapping[str, int]) -> None:
        self._frequency: dict[str, int] = {}
        for vocabulary in vocabularies:
            for word, count in vocabulary.items():
                self._frequency[word] = self._frequency.get(word, 0) + count
        self._buckets: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in self._frequency:
            if correctable(word) and len(word) >= _SHORTEST_TARGET:
                self._buckets[word[0], len(word)].append(word)

    def knows(self, word: str) -> bool:
        """Whether the word is used as it stands."""
        return word in self._frequency

    def candidates(self, word: str, limit: int = 6) -> list[Spelling]:
        """The likeliest words a folded word may stand for, best first; empty when none is near."""
        if not correctable(word):
            return []
        most = 2 if len(word) >= _TWO_SLIPS_FROM else 1
        near = process.extract_iter(
            word, self._near(word, most), scorer=OSA.distance, score_cutoff=most
        )
        found = [
            Spelling(known, int(slips), math.log(self._frequency[known]) - _SLIP_COST * slips)
            for known, slips, _ in near
            if known != word
        ]
        found.sort(key=lambda spelling: (-spelling.likelihood, spelling.word))
        return found[:limit]

    def _near(self, word: str, most: int) -> Iterable[str]:
        for letter in dict.fromkeys(word[:2]):
            for length in range(len(word) - most, len(word) + most + 1):
                yield from self._buckets.get((letter, length), ())


def correctable(word: str) -> bool:
    """Whether a folded word may be a misspelling at all: symbols and numbers never are."""
    return len(word) >= _SHORTEST and word.isalpha()
