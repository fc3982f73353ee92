"""Correcting misspelt words against the words that the records really use.

Candidates are words within a few slips (optimal string alignment: insert, delete, substitute,
swap two neighbours): one slip for words under seven letters, two from there. They are ranked by a
noisy channel: how common a word is against how likely its slips are.

How they are found (after Li, Deng, Wang and Feng, "Pass-Join", PVLDB 5(3), 2011): a word is cut
into one segment more than slips are allowed, so that one of them is left whole. Words are kept
under each of their segments; of a typed word only those pieces are looked up that can be the
segment of a word of a given length, and what is found there is compared letter by letter.
"""

import math
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA, Levenshtein

# A slip costs as much as being e^4 (55) times rarer; likelier slips less. Measured on SciFact's
# training queries and on published misspellings; see tests/benchmarks/README.md.
_SLIP_COST = 4.0
_FIRST_LETTER = 1.0
_LIKELY_SLIP = 1.0
# A known word is doubted only for words that even the likeliest slip from a word used once would be
# taken for: e^3 = 20 times commoner.
_COMMON = math.exp(_SLIP_COST - _LIKELY_SLIP)
# Shorter words are mostly symbols and abbreviations: no candidates are looked for, and none is one.
_SHORTEST, _SHORTEST_TARGET = 4, 5
# What a word of fewer letters may stand for is offered, never taken: too much is one slip away.
_SHORTEST_MENDED = 5
# The endings by which names of substances tell their class. A name that has one is spelt by
# somebody who knows it, and another name of the class is another drug: it may be mistaken in its
# later letters, never in the first two (gemcitabine, decitabine).
_SUBSTANCE = re.compile(
    r".{3,}(?:mab|tinib|[aeiou]nib|lisib|rafenib|clax|degib|parib|zomib|ciclib|sertib|stat"
    r"|platin|taxel|rubicin|citabine|trexed|tecan|mustine|limus|cept|leucel|kinra|repvec|lutamide|relin|fovir|previr|ciclovir|statin|prazole|sartan|gliptin|gliflozin|glutide"
    r"|cillin|floxacin|mycin|cycline|azole|formin|lidomide|domide|setron|profen|coxib|dronate)"
)
_NAMED_BY = re.compile(r"(?:in|ase|kine|can|cyte|blast|oma)$")
_SHORT_NAME = 6
_TWO_SLIPS_FROM = 7
# Of a long word to which nothing is nearer, three that people make most: imunosupresive.
_THREE_SLIPS_FROM = 12
# Words are taken up anew after so many times as long as that takes.
_FRESH = 20
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
    """Knows words with the number of records that use them, and finds the nearest to a slip.

    `right` are words that are right as they stand, whether or not a record uses them: none of them
    is anybody's slip.
    """

    def __init__(
        self,
        *vocabularies: Mapping[str, int],
        right: Sequence[Container[str]] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._vocabularies, self._right, self._clock = list(vocabularies), right, clock
        self._all, self._common = _Segments(), _Segments()
        self._likeliest = 0.0
        # Which vocabularies were not gone through yet: whoever spells well never needs it.
        self._waiting, self._lock = set(range(len(vocabularies))), threading.Lock()
        self._fresh_until = 0.0

    def grow(self, vocabulary: Mapping[str, int]) -> None:
        """Put a newer state of the first vocabulary in its place."""
        with self._lock:
            self._vocabularies[0] = vocabulary
            self._waiting.add(0)

    def settle(self) -> None:
        """Take up now what the first misspelt word would wait for: most of a second for 150,000.

        Vocabularies that change all the time are gone through again only after twenty times as long
        as that took: until then a word that is new is no reading of a misspelt one.
        """
        with self._lock:
            started = self._clock()
            if not self._waiting or started < self._fresh_until:
                return
            while self._waiting:
                self._take(self._vocabularies[self._waiting.pop()])
            self._fresh_until = started + _FRESH * (self._clock() - started)

    def _take(self, vocabulary: Mapping[str, int]) -> None:
        self._all.add(word for word in vocabulary if _is_target(word))
        common = (word for word, count in vocabulary.items() if count >= _COMMON)
        self._common.add(word for word in common if _is_target(word))
        commonest = max(vocabulary.values(), default=1)
        self._likeliest = max(self._likeliest, math.log(commonest) - _SLIP_COST + _LIKELY_SLIP)

    def knows(self, word: str) -> bool:
        """Whether the word is used as it stands."""
        return any(word in vocabulary for vocabulary in self._vocabularies)

    def is_word(self, word: str) -> bool:
        """Whether a word is right as it stands, used or not."""
        return any(word in words for words in self._right)

    def frequency(self, word: str) -> int:
        """In how many records (and names of the vocabulary) the word is used."""
        return sum(vocabulary.get(word, 0) for vocabulary in self._vocabularies)

    def doubted(self, word: str, used: int, limit: int = 6) -> list[Spelling]:
        """What a word that is used in so many records may be a slip for, best first.

        Only words so much commoner that the slip is the likelier story: 20 to 55 times commoner
        for one slip. Mostly empty.
        """
        self.settle()
        own = math.log(max(used, 1))
        if own >= self._likeliest:  # too common to be any word's slip
            return []
        near = self._near(word, self._common)
        return [c for c in self._best(word, near, limit) if c.likelihood > own]

    def candidates(self, word: str, limit: int = 6) -> list[Spelling]:
        """The likeliest words a folded word may stand for, best first; empty when none is near."""
        self.settle()
        near = self._near(word, self._all)
        if not near and len(word) >= _THREE_SLIPS_FROM:
            further = self._near(word, self._all, 3)
            near = {w: n for w, n in further.items() if _likely_slips(word, w, n) == n}
        return self._best(word, near, limit)

    def _near(self, word: str, among: "_Segments", most: int = 0) -> dict[str, int]:
        """The words within so many slips (0: as its length allows), and how many."""
        if not correctable(word):
            return {}
        most = most or (2 if len(word) >= _TWO_SLIPS_FROM else 1)
        near: dict[str, int] = {}
        for words in among.sharing(word, most):
            found = process.extract(word, words, scorer=OSA.distance, score_cutoff=most, limit=None)
            near.update((known, int(slips)) for known, slips, _ in found)
        near.pop(word, None)
        substance = bool(_SUBSTANCE.fullmatch(word))
        return {
            known: slips
            for known, slips in near.items()
            if self.frequency(known)
            and not (substance and known[:2] != word[:2])
            and _may_be_slip(word, known, slips)
        }

    def _best(self, word: str, near: Mapping[str, int], limit: int) -> list[Spelling]:
        rough = nlargest(_WEIGHED, near, key=lambda w: self._rough(w, near[w]))
        found = [self._weighed(word, known, near[known]) for known in rough]
        found.sort(key=lambda spelling: (-spelling.likelihood, spelling.word))
        return found[:limit]

    def _rough(self, known: str, slips: int) -> float:
        return math.log(self.frequency(known)) - _SLIP_COST * slips

    def _weighed(self, word: str, known: str, slips: int) -> Spelling:
        likelihood = self._rough(known, slips) + _LIKELY_SLIP * _likely_slips(word, known, slips)
        if word[0] != known[0]:
            likelihood -= _FIRST_LETTER
        return Spelling(known, slips, likelihood)


class _Segments:
    """Words under each of their segments, cut for one slip and for two.

    Only words of the lengths that are asked for are cut, when first asked for: most questions are
    spelt well, and a bot that starts should answer at once.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stored: set[str] = set()
        self._words: dict[int, list[str]] = defaultdict(list)
        # For so many slips and a length, by segment: the words that have it there.
        self._tables: dict[tuple[int, int], list[dict[str, list[str]]]] = {}

    def add(self, words: Iterable[str]) -> None:
        """Keep more words, each once."""
        with self._lock:
            fresh = [word for word in words if word not in self._stored]
            self._stored.update(fresh)
            for word in fresh:
                self._words[len(word)].append(word)
                for most in (1, 2, 3):
                    if tables := self._tables.get((most, len(word))):
                        _put(tables, [word], most)

    def sharing(self, word: str, most: int) -> Iterator[list[str]]:
        """The words that share a segment with a typed one, in lists, some of them repeatedly.

        Two letters swapped at the edge of a segment break two segments at once: the word is
        looked up with each pair swapped back as well.
        """
        swaps = (f"{word[:i]}{word[i + 1]}{word[i]}{word[i + 2 :]}" for i in range(len(word) - 1))
        readings = (word, *swaps)
        for size in range(max(len(word) - most, _SHORTEST_TARGET), len(word) + most + 1):
            windows = _windows(len(word), size, most)
            for table, (starts, length) in zip(self._cut(most, size), windows, strict=True):
                pieces = {each[at : at + length] for each in readings for at in starts}
                yield from (table[piece] for piece in pieces if piece in table)

    def _cut(self, most: int, size: int) -> list[dict[str, list[str]]]:
        tables = self._tables.get((most, size))
        if tables is None:
            with self._lock:
                tables = [defaultdict(list) for _ in range(most + 1)]
                _put(tables, self._words[size], most)
                self._tables[most, size] = tables
        return tables


def _put(tables: list[dict[str, list[str]]], words: Sequence[str], most: int) -> None:
    """Put words of one length under each of their segments."""
    if words:
        for table, (start, length) in zip(tables, _cuts(len(words[0]), most), strict=True):
            end = start + length
            for word in words:
                table[word[start:end]].append(word)


@lru_cache
def _cuts(size: int, most: int) -> tuple[tuple[int, int], ...]:
    """Where a word of this length is cut for so many slips: (start, length) of each segment.

    As even as can be, the longer ones last.
    """
    short, longer = divmod(size, most + 1)
    lengths = [short] * (most + 1 - longer) + [short + 1] * longer
    return tuple((sum(lengths[:i]), length) for i, length in enumerate(lengths))


@lru_cache
def _windows(typed: int, size: int, most: int) -> tuple[tuple[range, int], ...]:
    """Where in a typed word each segment of a word of length `size` can stand, and its length.

    With i segments before it, at most i slips are before it and the rest behind it (the
    "multi-match-aware" selection of Pass-Join).
    """
    shift, windows = typed - size, []
    for i, (start, length) in enumerate(_cuts(size, most)):
        first = max(0, start - i, start + shift - (most - i))
        last = min(typed - length, start + i, start + shift + (most - i))
        windows.append((range(first, last + 1), length))
    return tuple(windows)


def _may_be_slip(word: str, known: str, slips: int) -> bool:
    """Whether a word may be a slip for another.

    A short one not with another first letter. A word that ends as proteins, enzymes, cells and
    tumours do is probably one of them, and few records may name it: so not without that ending or
    with two slips, nor, of a short protein, by another letter. Persin is neither Persian nor
    pepsin, properdin no progerin.
    """
    replaced = len(known) == len(word) and sorted(known) != sorted(word)
    if ending := _NAMED_BY.search(word):
        is_other = replaced and len(word) <= _SHORT_NAME and ending[0] in ("in", "ase")
        return known.endswith(ending[0]) and slips < 2 and not is_other
    return not replaced or len(word) > _SHORTEST_MENDED or known[0] == word[0]


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


def _is_target(word: str) -> bool:
    """Whether a word may be what another is corrected to."""
    return len(word) >= _SHORTEST_TARGET and correctable(word)


def mendable(word: str) -> bool:
    """Whether a folded word may be read as another one; of shorter ones it is only asked."""
    return len(word) >= _SHORTEST_MENDED and word.isalpha()


def correctable(word: str) -> bool:
    """Whether a folded word may be a misspelling at all: symbols and numbers never are."""
    return len(word) >= _SHORTEST and word.isalpha()
