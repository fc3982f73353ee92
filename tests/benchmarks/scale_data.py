"""Records and questions for the scale benchmark: resampled from real text, the same for a seed.

Titles, authors and journals are those of real citations; past the last citation a title is the
head of one and the tail of another. Abstracts are real sentences, as many as a real abstract has.
Word frequencies and lengths are therefore real; what a record is about is not. Every third
abstract gains one coined word, so that the vocabulary grows with the records as a real one does.
"""

import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.records.dates import PartialDate
from bot.records.models import Contribution, Identifier, Journal, Provenance, Record, Scheme

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
CITATIONS, ABSTRACTS = "citations.jsonl.gz", "scifact/corpus.jsonl"
# A question word is a plain word of some length: the typo rules speak of five letters and more.
_PLAIN_WORD = re.compile(r"\b[a-z]{5,14}\b")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
# Said in questions and titles everywhere, and asked by nobody.
_LITTLE = frozenset((
    "about", "after", "among", "based", "before", "between", "could", "during", "either", "every",
    "having", "however", "might", "other", "review", "shall", "should", "since", "status", "study",
    "their", "there", "these", "those", "through", "under", "using", "versus", "where", "which",
    "while", "whose", "within", "without", "would",
))  # fmt: skip
_WITH_ABSTRACT, _COINED = 0.85, 1 / 3
_FIRST_YEAR, _LAST_YEAR = 1990, 2025
_COMMON = 200
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


@dataclass(frozen=True)
class Pool:
    """The real texts that records are drawn from.

    `works` holds (title, authors as one string "Family Initials, ...", journal); `lengths` how
    many sentences each real abstract has.
    """

    works: tuple[tuple[str, str, str | None], ...]
    sentences: tuple[str, ...]
    lengths: tuple[int, ...]

    @classmethod
    def load(cls, folder: Path = SHARED, seed: int = 0) -> "Pool":
        """The pool of the shared data, its citations shuffled. Raises OSError when absent."""
        with gzip.open(folder / CITATIONS, "rt", encoding="utf-8") as lines:
            read = [json.loads(line) for line in lines]
        works = [(c["title"], c["authors"] or "", c["journal"]) for c in read]
        random.Random(seed).shuffle(works)
        with (folder / ABSTRACTS).open(encoding="utf-8") as lines:
            abstracts = [_SENTENCE_END.split(json.loads(line)["text"]) for line in lines]
        sentences = tuple(s for abstract in abstracts for s in abstract if s)
        return cls(tuple(works), sentences, tuple(len(a) for a in abstracts))

    @cached_property
    def frequencies(self) -> Counter[str]:
        """How often each plain word stands in the titles and sentences."""
        counts: Counter[str] = Counter()
        for title, _, _ in self.works:
            counts.update(plain_words(title))
        for sentence in self.sentences:
            counts.update(plain_words(sentence))
        return counts

    @cached_property
    def common(self) -> tuple[str, ...]:
        """The plain words that stand most often, most common first."""
        return tuple(word for word, _ in self.frequencies.most_common(_COMMON))

    @cached_property
    def long_words(self) -> tuple[str, ...]:
        """The words that new ones are coined from, in a fixed order."""
        return tuple(sorted(word for word in self.frequencies if len(word) >= 8))


def plain_words(text: str) -> list[str]:
    """The lower-case plain words of a text, in order, without those that nobody asks for."""
    return [word for word in _PLAIN_WORD.findall(text.lower()) if word not in _LITTLE]


def coin(pool: Pool, rng: random.Random) -> str:
    """A word that looks real: the head of one and the tail of another."""
    head, tail = rng.choice(pool.long_words), rng.choice(pool.long_words)
    return head[: rng.randint(3, len(head) - 2)] + tail[rng.randint(2, len(tail) - 3) :]


def doi(number: int) -> str:
    """The DOI of the record with this number, under the prefix that is kept for examples."""
    return f"10.5555/scale.{number}"


def record(pool: Pool, seed: int, number: int) -> Record:
    """The record of this number: always the same, and no other has its DOI."""
    rng = random.Random(f"{seed}:{number}")
    work = pool.works[number % len(pool.works)]
    title, people, journal = work
    if number >= len(pool.works):
        title = _blended(title, rng.choice(pool.works)[0], rng)
        people = rng.choice(pool.works)[1]
    # The nearer, the more: the younger of two draws.
    year = max(rng.randint(_FIRST_YEAR, _LAST_YEAR), rng.randint(_FIRST_YEAR, _LAST_YEAR))
    published = PartialDate(year, rng.randint(1, 12))
    return Record(
        type="journal-article",
        title=title,
        abstract=_abstract(pool, rng),
        contributors=tuple(_contributors(people)),
        journal=Journal(title=journal) if journal else None,
        published=published,
        language="en",
        identifiers=(
            Identifier(scheme=Scheme.DOI, value=doi(number)),
            Identifier(scheme=Scheme.PMID, value=str(90_000_000 + number)),
        ),
        provenance=(Provenance(source="scale"),),
    )


def records(pool: Pool, seed: int, start: int, stop: int) -> Iterator[Record]:
    """The records numbered from `start` up to, not including, `stop`."""
    return (record(pool, seed, number) for number in range(start, stop))


def _blended(first: str, second: str, rng: random.Random) -> str:
    head, tail = first.split(), second.split()
    cut = rng.uniform(0.35, 0.65)
    return " ".join((*head[: max(1, round(cut * len(head)))], *tail[round(cut * len(tail)) :]))


def _abstract(pool: Pool, rng: random.Random) -> str | None:
    if rng.random() >= _WITH_ABSTRACT:
        return None
    sentences = rng.choices(pool.sentences, k=rng.choice(pool.lengths))
    text = " ".join(sentences)
    if rng.random() < _COINED:
        words = text.split(" ")
        words.insert(rng.randrange(len(words)), coin(pool, rng))
        text = " ".join(words)
    return text


def _contributors(people: str) -> Iterator[Contribution]:
    for name in people.split(";", maxsplit=1)[0].split(", "):
        family, _, given = name.strip().rpartition(" ")
        if family:
            yield Contribution(family=family, given=given, roles=("author",))
        elif given:
            yield Contribution(name=given, roles=("author",))


# -- questions -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: as a person types it, and the correct words that it is made of."""

    text: str
    words: tuple[str, ...]


def misspell(word: str, rng: random.Random) -> str:
    """One slip that keeps the first letter: two letters swapped, one lost, doubled or mistyped."""
    slips: tuple[Callable[[int], str], ...] = (
        lambda at: word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        lambda at: word[:at] + word[at + 1 :],
        lambda at: word[:at] + word[at] + word[at:],
        lambda at: word[:at] + _neighbour(word[at], rng) + word[at + 1 :],
    )
    while True:
        typed = rng.choice(slips)(rng.randrange(1, len(word) - 1))
        if typed != word:
            return typed


def _neighbour(letter: str, rng: random.Random) -> str:
    row = next((row for row in _KEYBOARD if letter in row), _KEYBOARD[0])
    at = row.find(letter)
    return rng.choice([row[i] for i in (at - 1, at + 1) if 0 <= i < len(row)])


Drawer = Callable[[Pool, random.Random, int, int], tuple[str, ...]]


def _words_of_a_record(count: int) -> Drawer:
    def draw(pool: Pool, rng: random.Random, seed: int, size: int) -> tuple[str, ...]:
        while True:
            drawn = record(pool, seed, rng.randrange(size))
            # Up to three words come from the title alone, more from the abstract as well.
            text = drawn.title if count <= 3 else f"{drawn.title} {drawn.abstract or ''}"
            stored = list(dict.fromkeys(plain_words(text)))
            if len(stored) >= count:
                chosen = sorted(rng.sample(range(len(stored)), count))
                return tuple(stored[i] for i in chosen)

    return draw


def _common_words(count: int) -> Drawer:
    def draw(pool: Pool, rng: random.Random, _seed: int, _size: int) -> tuple[str, ...]:
        return tuple(rng.sample(pool.common, count))

    return draw


_DRAWERS: dict[str, Drawer] = {
    "1 word": _words_of_a_record(1),
    "1 common word": _common_words(1),
    "3 words": _words_of_a_record(3),
    "3 common words": _common_words(3),
    "8 words": _words_of_a_record(8),
}
CLEAN_KINDS = tuple(_DRAWERS)
MISSPELT = ", misspelt"
SINCE = ", since:2015"
_FILTERED = ("3 words", "3 common words")


def draw(pool: Pool, seed: int, size: int, count: int) -> dict[str, list[Question]]:
    """`count` questions of every kind about the first `size` records.

    The misspelt and the filtered ones are the clean ones over again, so that kinds compare.
    """
    asked: dict[str, list[Question]] = {}
    for kind, words_of in _DRAWERS.items():
        rng = random.Random(f"{seed}:{kind}:{size}")
        drawn = [words_of(pool, rng, seed, size) for _ in range(count)]
        asked[kind] = [Question(" ".join(words), words) for words in drawn]
        asked[kind + MISSPELT] = [
            Question(" ".join(misspell(word, rng) for word in words), words) for words in drawn
        ]
        if kind in _FILTERED:
            asked[kind + SINCE] = [Question(f"{' '.join(w)} since:2015", w) for w in drawn]
    return asked


def as_json(sets: dict[str, dict[str, list[Question]]]) -> dict[str, dict[str, list[list[object]]]]:
    """Sets of questions as JSON: of each the text and the words."""
    return {
        name: {kind: [[q.text, list(q.words)] for q in each] for kind, each in kinds.items()}
        for name, kinds in sets.items()
    }


def as_text(body: dict[str, Any]) -> str:
    """Title and abstract of a stored record's JSON: what every peer indexes."""
    return f"{body['title']} {body.get('abstract') or ''}"
