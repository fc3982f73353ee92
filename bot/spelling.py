"""Correcting misspelt words against the words that the records really use.

Candidates are words within a few slips (optimal string alignment: insert, delete, substitute,
swap two neighbours): one slip for words under seven letters, two from there. They are looked for
in buckets of length and first or second letter: whichever of the first two letters is wrong, one
of them still stands where it should. They are ranked by a noisy channel: how common a word is
against how likely its slips are.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA, Levenshtein

# A slip costs as much as being e^4 (55) times rarer; likelier slips less. Measured on SciFact's
# training queries and on published misspellings; see tests/benchmarks/README.md.
_SLIP_COST = 4.0
_FIRST_LETTER = 1.0
_LIKELY_SLIP = 1.0
# How much likelier than itself the other word has to be before a known word is doubted, in nats.
_DOUBT = 0.0
# Shorter words are mostly symbols and abbreviations: never mended, never the mended word.
_SHORTEST, _SHORTEST_TARGET = 4, 5
_TWO_SLIPS_FROM = 7
# Only so many of the nearest are weighed slip by slip.
_WEIGHED = 24
_VOWELS = frozenset("aeiouy")
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = frozenset(pair for row in _KEYS for a, b in pairwise(row) for pair in (a + b, b + a))


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
        commonest = max(self._frequency.values(), default=1)
        self._likeliest = math.log(commonest) - _SLIP_COST + _LIKELY_SLIP
        self._by_first: dict[tuple[str, int], list[str]] = defaultdict(list)
        self._by_second: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in self._frequency:
            if correctable(word) and len(word) >= _SHORTEST_TARGET:
                self._by_first[word[0], len(word)].append(word)
                self._by_second[word[1], len(word)].append(word)

    def knows(self, word: str) -> bool:
        """Whether the word is used as it stands."""
        return word in self._frequency

    def frequency(self, word: str) -> int:
        """In how many records (and names of the vocabulary) the word is used."""
        return self._frequency.get(word, 0)

    def doubted(self, word: str, used: int, limit: int = 6) -> list[Spelling]:
        """What a word that is used in so many records may be a slip for, best first.

        Only words so much commoner that the slip is the likelier story: 55 times commoner for one
        slip. Mostly empty.
        """
        own = math.log(max(used, 1)) + _DOUBT
        if own >= self._likeliest:  # too common to be any word's slip
            return []
        return [c for c in self.candidates(word, limit) if c.likelihood > own]

    def candidates(self, word: str, limit: int = 6) -> list[Spelling]:
        """The likeliest words a folded word may stand for, best first; empty when none is near."""
        if not correctable(word):
            return []
        most = 2 if len(word) >= _TWO_SLIPS_FROM else 1
        near: dict[str, int] = {}
        for bucket in self._near(word, most):
            found = process.extract(
                word, bucket, scorer=OSA.distance, score_cutoff=most, limit=None
            )
            near.update((known, int(slips)) for known, slips, _ in found)
        near.pop(word, None)
        rough = nlargest(_WEIGHED, near, key=lambda w: self._rough(w, near[w]))
        found_spellings = [self._weighed(word, known, near[known]) for known in rough]
        found_spellings.sort(key=lambda spelling: (-spelling.likelihood, spelling.word))
        return found_spellings[:limit]

    def _near(self, word: str, most: int) -> Iterator[list[str]]:
        """The buckets that hold every word within so many slips, one of them in the first two."""
        lengths = range(len(word) - most, len(word) + most + 1)
        for length in lengths:
            for letter in dict.fromkeys(word[:2]):  # a right first letter, or one put before it
                yield self._by_first.get((letter, length), [])
        for length in lengths:
            if length >= len(word):  # first letter changed, or left out
                for letter in dict.fromkeys((word[1], word[0])):
                    yield self._by_second.get((letter, length), [])

    def _rough(self, known: str, slips: int) -> float:
        return math.log(self._frequency[known]) - _SLIP_COST * slips

    def _weighed(self, word: str, known: str, slips: int) -> Spelling:
        likelihood = self._rough(known, slips) + _LIKELY_SLIP * _likely_slips(word, known, slips)
        if word[0] != known[0]:
            likelihood -= _FIRST_LETTER
        return Spelling(known, slips, likelihood)


def _likely_slips(word: str, known: str, slips: int) -> int:
    """How many of the slips are of the kinds that people make most.

    A letter doubled or not, neighbours swapped, one vowel for another, the key beside.
    """
    edits = Levenshtein.editops(word, known)
    likely = len(edits) - slips  # a swap is one slip but two edits
    for edit in edits:
        typed = word[edit.src_pos : edit.src_pos + 1]
        meant = known[edit.dest_pos : edit.dest_pos + 1]
        if edit.tag == "replace":
            likely += {typed, meant} <= _VOWELS or typed + meant in _NEIGHBOURS
        elif edit.tag == "insert":
            likely += meant in (
                known[edit.dest_pos - 1 : edit.dest_pos],
                _next(known, edit.dest_pos),
            )
        else:
            likely += typed in (word[edit.src_pos - 1 : edit.src_pos], _next(word, edit.src_pos))
    return min(likely, slips)


def _next(word: str, position: int) -> str:
    return word[position + 1 : position + 2]


def correctable(word: str) -> bool:
    """Whether a folded word may be a misspelling at all: symbols and numbers never are."""
    return len(word) >= _SHORTEST and word.isalpha()
