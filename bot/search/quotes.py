"""Which sentences of an abstract to quote: those nearest the question, else its conclusion.

Sentences are quoted as they stand, each with its section; nothing is paraphrased.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby

from bot.index import Key, Words
from bot.records.answers import Quote
from bot.records.models import Record
from bot.records.sections import split_sections
from bot.search.matching import Run, Stem, Text, stemmed
from bot.text.sentences import level, sentences

# What fits into a card of a list, and how many sentences it shows there and on a full card.
LONGEST = 400
IN_A_LIST, IN_FULL = 2, 3
# Sections of full texts are numbered from here; those of an abstract never come near it.
FULL_TEXT = 1_000
_LONGEST_IN_FULL = 1_000
_CONCLUDING = (
    "conclusion", "conclusions", "conclusions and relevance", "results and conclusions",
    "short conclusion", "interpretation", "significance", "findings",
)  # fmt: skip

Terms = Sequence[Sequence[Words | Key]]
Spans = list[tuple[int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """A sentence in its place, and where what was asked is in it.

    `stored` are the terms that it has, by number. Most sentences are not quoted, and are
    not asked for their `marks`.
    """

    place: int
    section: int
    label: str | None
    text: str
    stored: frozenset[int] = frozenset()
    runs: Sequence[Run] = ()
    words: Text | None = None

    @property
    def marks(self) -> Spans:
        """Where in the text what was asked begins and ends."""
        return [self.words.span(run) for run in self.runs] if self.words else []


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of an abstract: its section by number and by label, and its text."""

    section: int
    label: str | None
    text: str


def passages(record: Record) -> list[Passage]:
    """The sentences of the abstract in order."""
    sections = record.sections or split_sections(record.abstract or "")
    return [
        Passage(at, section.label, sentence)
        for at, section in enumerate(sections)
        for sentence in sentences(section.text)
    ]


def quotes(
    abstract: Sequence[Passage], terms: Terms, stem: Stem, most: int = IN_A_LIST
) -> tuple[Quote, ...]:
    """At most `most` sentences of an abstract, in its order, about 400 characters in a list.

    Those that together hold most of what was asked; where none holds any, the conclusion's.
    `terms` holds, for each term, the words that count as it. Sentences that
    follow each other in one section are one quote. Empty when no abstract is stored.
    """
    shown = [replace(each, text=_shortened(each.text)) for each in abstract]
    marked = list(searched(shown, terms, stem))
    if not marked:
        return ()
    room = LONGEST if most <= IN_A_LIST else _LONGEST_IN_FULL
    nearest = _nearest(marked, most, room)
    return _runs(sorted(nearest or _concluding(marked, most, room), key=lambda s: s.place))


def searched(passages: Sequence[Passage], terms: Terms, stem: Stem) -> Iterator[Sentence]:
    """The sentences in order, each with which of the terms it has, and where."""
    if not terms:
        for place, each in enumerate(passages):
            yield Sentence(place, each.section, each.label, each.text)
        return
    texts = [Text.of(level(each.text), stem) for each in passages]
    present = _present(terms, texts, stem)
    for place, (each, words) in enumerate(zip(passages, texts, strict=True)):
        runs = [[run for one in options for run in words.runs(one)] for options in present]
        stored = frozenset(number for number, found in enumerate(runs) if found)
        found = list(chain.from_iterable(runs))
        yield Sentence(place, each.section, each.label, each.text, stored, found, words)


def _present(terms: Terms, texts: Sequence[Text], stem: Stem) -> list[list[Words]]:
    """What was terms without the alternatives that no sentence can hold: a concept has many."""
    stored = frozenset[str]().union(*(text.stems for text in texts))
    return [
        [
            each for each in alternatives
            if isinstance(each, Words)
            and (each.exact or each.prefix or stored.issuperset(stemmed(each.words, stem)))
        ]
        for alternatives in terms
    ]  # fmt: skip


def _nearest(passages: Sequence[Sentence], most: int, room: int) -> list[Sentence]:
    """The sentences that hold most: first of what was asked, then of what is not quoted yet.

    A further sentence has to hold something too, and to fit.
    """
    chosen: list[Sentence] = []
    stored: frozenset[int] = frozenset()
    while len(chosen) < most:
        left = [
            s for s in passages
            if s.stored and s not in chosen and (not chosen or len(s.text) <= room)
        ]  # fmt: skip
        if not left:
            break
        best = max(
            left, key=lambda s: (len(s.stored - stored), len(s.stored), len(s.runs), -s.place)
        )
        chosen.append(best)
        stored |= best.stored
        room -= len(best.text) + 1
    return chosen


def _concluding(passages: Sequence[Sentence], most: int, room: int) -> list[Sentence]:
    """The first sentences of the concluding section; without one, the last of the abstract."""
    labelled = [s for s in passages if s.label and s.label.strip().lower() in _CONCLUDING]
    # The last section of that kind: "Findings" may come before "Interpretation".
    last = [s for s in labelled if s.section == labelled[-1].section]
    candidates = (
        last[:most] if last else [s for s in passages if s.section == passages[-1].section][-most:]
    )
    kept = [candidates[0] if last else candidates[-1]]
    for sentence in candidates[1:] if last else reversed(candidates[:-1]):
        if sum(len(s.text) + 1 for s in kept) + len(sentence.text) > room:
            break
        kept.append(sentence)
    return kept


def _runs(chosen: Sequence[Sentence]) -> tuple[Quote, ...]:
    """Sentences that follow each other in one section as one quote."""
    runs = groupby(enumerate(chosen), key=lambda each: (each[1].place - each[0], each[1].section))
    return tuple(_quote([sentence for _, sentence in run]) for _, run in runs)


def _quote(run: Sequence[Sentence]) -> Quote:
    text, marks = "", []
    for sentence in run:
        start = len(text) + 1 if text else 0
        text = f"{text} {sentence.text}" if text else sentence.text
        marks += [(start + a, start + b) for a, b in sentence.marks]
    return Quote(text=text, section=run[0].label, marks=merged(marks))


def merged(spans: Spans) -> tuple[tuple[int, int], ...]:
    """The spans in order, those that touch or overlap as one."""
    merged: Spans = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _shortened(sentence: str) -> str:
    if len(sentence) <= LONGEST:
        return sentence
    return sentence[:LONGEST].rsplit(" ", 1)[0] + " …"
