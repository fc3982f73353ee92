"""What a term of the vocabulary means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from slack_sdk.models.blocks import Block

from bot.taxonomy import Vocabulary
from bot.views import buttons
from bot.views.message import Audience, Message
from bot.views.mrkdwn import bold, fit, literal, web_address
from bot.views.parts import context, lines, section

_UNVERIFIED = "Unverified: nobody on the project has checked this definition."


@dataclass(frozen=True, slots=True)
class Term:
    """A concept in words. `source` is where its definition comes from, as the vocabulary says."""

    label: str
    facet: str
    definition: str | None = None
    source: str | None = None
    unverified: bool = True
    synonyms: tuple[str, ...] = ()
    abbreviations: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, vocabulary: Vocabulary, concept: str) -> Self:
        """The concept of this id. Raises KeyError when the vocabulary has none."""
        entry = vocabulary.concepts[concept]

        def label(other: str) -> str:
            return vocabulary.concepts[other].label if other in vocabulary.concepts else other

        return cls(
            label=entry.label,
            facet=entry.facet,
            definition=entry.definition.text,
            source=entry.definition.source,
            unverified=entry.unverified,
            synonyms=tuple(name.text for name in entry.synonyms),
            abbreviations=tuple(name.text for name in entry.abbreviations),
            broader=(label(entry.broader),) if entry.broader else (),
            narrower=tuple(label(other) for other in entry.narrower),
            notes=entry.disambiguation[:1],
        )


def message(terms: Sequence[Term], audience: Audience) -> Message:
    """One term, or up to four side by side ("difference between X and Y"), with a search of each.

    Raises ValueError without a term.
    """
    if not terms:
        raise ValueError("a definition needs a term")
    blocks: list[Block] = []
    text: list[str] = []
    for term in terms[:4]:
        origin = _origin(term)
        named = _named(term)
        head = fit(f"{term.label} ({term.facet})", 150)
        meaning = fit(term.definition or "No definition held.", 700)
        written = [f"{bold(name)}: {literal(said)}" for name, said in named]
        blocks.append(section(lines((bold(literal(head)), literal(meaning), *written))))
        blocks.append(context(literal(origin)))
        text.append(lines((head, meaning, *(f"{name}: {said}" for name, said in named), origin)))
    searches = [(f"Papers on {term.label}", term.label) for term in terms[:4]]
    if audience is not Audience.TERMINAL:
        blocks += buttons.actions("papers", buttons.ask_buttons(searches))
    return Message("\n\n".join(text), tuple(blocks))


def _named(term: Term) -> list[tuple[str, str]]:
    named = [
        ("Also called", term.synonyms),
        ("Abbreviations", term.abbreviations),
        ("Part of", term.broader),
        ("Includes", term.narrower),
        ("Note", term.notes),
    ]
    return [(name, fit(", ".join(words), 250)) for name, words in named if words]


def _origin(term: Term) -> str:
    if term.unverified or not term.source:
        return _UNVERIFIED
    return f"Source: {fit(web_address(term.source) or term.source, 200)}"
