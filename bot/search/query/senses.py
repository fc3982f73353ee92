"""What the terms of a question mean, and what is done about it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.records.answers import Sense
from bot.records.models import unique
from bot.search.query.filters import Problem
from bot.search.query.mending import KnownWords, is_symbol, near_abbreviations
from bot.search.query.model import Part, Query
from bot.text.folding import fold
from bot.vocabulary import Recognised, Vocabulary
from bot.vocabulary.sources import source_name
from bot.vocabulary.terms import name_key

_BRACKETED = re.compile(r"\s*\([^)]*\)")
_DOI_PREFIX = re.compile(r"(?:doi:? ?)?10\.\d{4,9}/?", re.IGNORECASE | re.ASCII)


def doubt(query: Query, known: KnownWords) -> Problem | None:
    """What to ask back when a lone fragment could mean several things, or None."""
    if _DOI_PREFIX.fullmatch(query.text):
        return Problem("That is the beginning of a DOI. Paste all of it, or the title.")
    if len(query.parts) != 1 or query.filters.is_set or query.excluded or query.parts[0].any:
        return None
    part = query.parts[0]
    term = part.recognised
    if term is not None and term.abbreviation is not None:
        if term.concepts or term.drugs or term.genes:
            return None
        senses = _other_senses(term)
        return Problem(f"{part.typed} alone can mean several things. Which one?", senses)
    if term is None and is_symbol(part.typed) and not known.uses(part.words[0]):
        near = near_abbreviations(part.typed, known.vocabulary)
        if near:
            return Problem(f"{part.typed} is in no record. Did you mean {' or '.join(near)}?", near)
    return None


def with_strategies(part: Part, vocabulary: Vocabulary) -> Part:
    """Asked what is done about a component, its strategies are asked for as well."""
    term = part.recognised
    if term is None:
        return part
    strategies = [
        concept.id
        for concept in vocabulary.concepts.values()
        if concept.facet == "strategy" and set(concept.related) & set(term.concepts)
    ]
    more = tuple(dict.fromkeys((*term.concepts, *strategies)))
    return replace(part, recognised=replace(term, concepts=more))


def senses(parts: Sequence[Part], text: str, vocabulary: Vocabulary) -> list[Sense]:
    """How abbreviations and everyday names were read, and what to ask for another sense."""
    found = []
    for part in (p for each in parts for p in (each.any or (each,))):
        term = part.recognised
        if term is None:
            continue
        if term.only_imported:
            found += _imported_sense(term)
            continue
        if term.part_of and term.part_of == term.concepts and not (term.drugs or term.genes):
            continue  # read as what was typed
        taken = reading_of(term, vocabulary)
        if fold(taken) in (" ".join(part.words), fold(part.typed)):
            continue
        labels = [each for each in _other_senses(term) if term.is_open or each != taken]
        others = tuple((label, text.replace(part.typed, label, 1)) for label in labels)
        concept = term.concepts[0] if term.concepts else None
        found.append(
            Sense(
                typed=part.typed,
                taken=taken,
                concept=concept,
                is_open=term.is_open,
                alternatives=others,
            )
        )
    return list(dict.fromkeys(found))


def _other_senses(term: Recognised) -> tuple[str, ...]:
    """What an abbreviation can mean beside the sense taken; what no cue could tell is no sense."""
    senses = term.abbreviation.senses if term.abbreviation else ()
    return unique(
        label.strip()
        for sense in senses
        if sense is not term.sense and not sense.denied and (sense.concepts or sense.cues)
        for label in _BRACKETED.sub("", sense.label).split(" / ")
    )


def _imported_sense(term: Recognised) -> list[Sense]:
    """What a name was read as that only imports know, and whose name that is: not a mere plural."""
    others = [each for each in term.imported if name_key(each.label) != name_key(term.typed)]
    taken = ", ".join(f"{each.label} ({source_name(each.term.vocabulary)})" for each in others)
    return [Sense(typed=term.typed, taken=taken)] if others else []


def reading_of(term: Recognised, vocabulary: Vocabulary) -> str:
    """What a recognised term was read as, in words: `cancer-associated fibroblasts`."""
    if term.sense is not None:
        return term.sense.label
    labels = [vocabulary.concepts[concept].label for concept in term.concepts]
    named = {fold(label): label for label in reversed((*term.drugs, *term.genes, *labels))}
    return ", ".join(reversed(named.values())) or term.label


def action(query: Query) -> str:
    """What is to be done with a question that is a search."""
    if query.problems:
        return "error_hint"
    if not query.parts and not query.excluded:
        only = query.filters.only()
        if only == "authors":
            return "author_lookup"
        if only == "journals":
            return "journal_lookup"
    if len(query.parts) == 1 and (term := query.parts[0].recognised) is not None:
        return "disambiguate" if term.is_open and len(term.concepts) > 1 else "search"
    return "search"
