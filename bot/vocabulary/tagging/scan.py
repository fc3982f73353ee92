"""What is found in a record's text, before any rule has judged it."""

import dataclasses
from dataclasses import dataclass

from bot.vocabulary.tagging.patterns import Automaton, Kind, Patterns
from bot.vocabulary.tagging.text import Field

Span = tuple[int, int]


@dataclass(slots=True)
class Mention:
    """A concept named at a place in a field. `denied` once a negation has been found beside it."""

    field: Field
    start: int
    end: int
    concept: str
    kind: Kind
    abbreviation: str = ""
    denied: bool = False

    @property
    def words(self) -> str:
        """The record's own words."""
        return self.field.words(self.start, self.end)


@dataclass(slots=True)
class Scan:
    """Everything found in one field."""

    field: Field
    mentions: list[Mention] = dataclasses.field(default_factory=list)
    genes: list[Mention] = dataclasses.field(default_factory=list)
    agents: list[Span] = dataclasses.field(default_factory=list)
    decoys: list[Span] = dataclasses.field(default_factory=list)
    resists: list[Span] = dataclasses.field(default_factory=list)
    combines: list[Span] = dataclasses.field(default_factory=list)
    cues: dict[str, list[Span]] = dataclasses.field(default_factory=dict)


def scan(patterns: Patterns, text: Field) -> Scan:
    """Find every pattern in a field, overlapping ones too."""
    found = Scan(text)
    _run(found, patterns.lower, text.lower)
    _run(found, patterns.cased, text.cased)
    if found.decoys:
        found.mentions = [m for m in found.mentions if not _inside(m, found.decoys)]
        found.resists = [s for s in found.resists if not _within(s, found.decoys)]
        found.combines = [s for s in found.combines if not _within(s, found.decoys)]
    return found


def _run(found: Scan, automaton: Automaton, text: str) -> None:
    search, payloads = automaton
    spans: dict[Kind, list[Span]] = {
        Kind.AGENT: found.agents,
        Kind.DECOY: found.decoys,
        Kind.RESIST: found.resists,
        Kind.COMBINE: found.combines,
    }
    for index, start, end in search.find_matches_as_indexes(text, overlapping=True):
        for payload in payloads[index]:
            span = (start + 1, end - payload.tail)
            if payload.kind <= Kind.DRUG:
                found.mentions.append(
                    Mention(found.field, *span, payload.id, payload.kind, payload.abbreviation)
                )
            elif payload.kind is Kind.GENE:
                found.genes.append(Mention(found.field, *span, payload.id, Kind.TERM))
            elif payload.kind is Kind.CUE:
                found.cues.setdefault(payload.id, []).append(span)
            else:
                spans[payload.kind].append(span)


def _inside(mention: Mention, spans: list[Span]) -> bool:
    """Whether a mention lies in one of the spans, or begins inside one and runs on."""
    return any(
        start < mention.start < end or (start == mention.start and mention.end <= end)
        for start, end in spans
    )


def _within(span: Span, spans: list[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)
