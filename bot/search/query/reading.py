"""What has been read so far of a search, and what is put right once all of it is there."""

import re
from dataclasses import dataclass, field, replace

from bot.records.answers import Correction
from bot.search.query.filters import Filters, Problem
from bot.search.query.mending import KnownWords
from bot.search.query.model import Part
from bot.vocabulary import Recognised, Vocabulary

_COMBINATION, _RESISTANCE = "combination-therapy", "immunotherapy-resistance"


@dataclass(slots=True)
class Reading:
    """What has been read so far of a search."""

    parts: list[Part] = field(default_factory=list)
    excluded: list[Part] = field(default_factory=list)
    filters: Filters = field(default_factory=Filters)
    corrected: list[Correction] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    generic: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    alternate: bool = False
    times: bool = True
    said_time: bool = False

    @property
    def joins_nothing(self) -> bool:
        """Whether something was to be joined, and there is nothing at all to look for."""
        return self.alternate and not (self.parts or self.excluded or self.filters.is_set)

    def add(self, parts: list[Part]) -> None:
        """Add parts; the first joins the last as an alternative after an OR."""
        if self.alternate and self.parts and parts:
            left = self.parts.pop()
            options = (*(left.any or (left,)), parts[0])
            self.parts.append(Part(" OR ".join(p.typed for p in options), any=options))
            parts = parts[1:]
        if parts:
            self.parts += parts
        self.alternate = False


def settled(reading: Reading, vocabulary: Vocabulary) -> list[Part]:
    """The parts as they are meant beside each other."""
    return _resisting_treatment(_without_joiner(reading, vocabulary), vocabulary)


def _without_joiner(reading: Reading, vocabulary: Vocabulary) -> list[Part]:
    """The parts without "combined with" between two things: having both is what it asks for."""
    concepts = vocabulary.concepts
    named = [p for p in reading.parts if p.recognised and p.recognised.concepts]
    joiners = [p for p in named if p.recognised and p.recognised.concepts == (_COMBINATION,)]
    kinds = [concepts[p.recognised.concepts[0]].facet for p in named if p.recognised]
    if len(named) - len(joiners) - kinds.count("evidence") < 2:
        return reading.parts
    reading.generic += [word for part in joiners for word in part.words]
    return [part for part in reading.parts if part not in joiners]


def _resisting_treatment(parts: list[Part], vocabulary: Vocabulary) -> list[Part]:
    """The parts, "resistance" beside a treatment that it is to as what only tags tell.

    A work on that treatment may speak of the resistance of bacteria, or to another one.
    """
    concepts = vocabulary.concepts

    def is_treatment(term: Recognised | None) -> bool:
        named = term is not None and any(concepts[c].facet == "strategy" for c in term.concepts)
        return named or (term is not None and bool(term.drugs))

    if not any(is_treatment(part.recognised) for part in parts):
        return parts
    return [
        replace(part, tagged=True)
        if len(part.words) == 1 and part.recognised and part.recognised.concepts == (_RESISTANCE,)
        else part
        for part in parts
    ]


def read_surname(reading: Reading, known: KnownWords) -> None:
    """`O'Connor 2024`: a lone name that no record uses as a word, beside a year, is an author."""
    if reading.filters.year is None or reading.filters.authors or not 1 <= len(reading.parts) <= 3:
        return
    names = [p for p in reading.parts if _is_plain(p) and not p.phrase and not p.any]
    if len(names) != len(reading.parts) or not all(_is_like_name(p, known) for p in names):
        return
    if any(known.is_text_word(p.words[0]) for p in names if len(p.words[0]) > 1):
        return
    name = _joined_name(names)
    reading.filters = replace(reading.filters, authors=(name,))
    reading.parts = []
    reading.corrected = []


def _is_like_name(part: Part, known: KnownWords) -> bool:
    """Whether a word is written as names are; one in capitals is a short form (ASCO, ESMO).

    Unless records are by somebody of that name.
    """
    is_short_form = part.typed.isupper() and len(part.typed) > 1
    return part.typed[:1].isupper() and not (is_short_form and not known.uses(part.words[0]))


def _is_plain(part: Part) -> bool:
    """Whether a word may be somebody's name: not what a term of the field or a gene is called."""
    term = part.recognised
    return term is None or (term.only_imported and not term.genes)


def _joined_name(names: list[Part]) -> str:
    """`O` and `Connor` are one name: O'Connor."""
    joined = " ".join(p.typed for p in names)
    return re.sub(r"\b([OD]) (?=[A-Z])", r"\1'", joined)
