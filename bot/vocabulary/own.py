"""A team's own vocabulary, laid over the one the bot comes with.

A file in the form of `taxonomy.yaml`, with what a team wants to add: concepts, more names of a
concept, drugs, and words for questions. Nothing that is there is taken away or moved, so that
what was tagged and asked before still means the same. For example:

    version: 1
    concepts:
    - id: regulatory-t-cells            # there already: it gains names, targets, drugs
      synonyms: [eTregs]
    - id: tumour-mycobiome              # new: facet, label and definition are needed
      facet: component
      label: tumour mycobiome
      label_us: tumor mycobiome
      broader: tumour-microenvironment
      definition: {text: 'Fungi that live in and around a tumour.'}
      synonyms: [intratumoural fungi, intratumoral fungi]
    drugs:
    - {generic: examplumab, class: anti-X antibody, target: [CSF1R], brands: [Examply]}
    query_words:
      concepts: {tumour-mycobiome: [tumour moulds]}
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from bot.vocabulary.checks import check_own
from bot.vocabulary.model import (
    Concept,
    Drug,
    Ids,
    Name,
    TaxonomyFile,
)
from bot.vocabulary.own_model import OwnConcept, OwnDrug, OwnFile
from bot.vocabulary.reading import YamlFile

# What the definition of a term names as the source of a fact from the team's file.
TEAM = "team"

_AS_GIVEN = (
    "id", "facet", "label", "broader", "related", "opposite", "blocks", "mesh", "targets", "drugs",
)  # fmt: skip

T = TypeVar("T")


def with_own(path: Path, file: TaxonomyFile) -> TaxonomyFile:
    """The vocabulary with a team's file laid over it.

    Raises UnreadableFile naming file, line and reason: not YAML, an unknown key, a wrong type, an
    id used twice, a reference to what is not there, or a change to what is not theirs to change.
    """
    source = YamlFile(path)
    own = source.parse(OwnFile)
    check_own(source, own, file)
    words = own.query_words
    concepts = {concept.id: concept for concept in file.concepts}
    for entry in own.concepts:
        stored = concepts.get(entry.id)
        concepts[entry.id] = _new_concept(entry) if stored is None else _more_of(stored, entry)
    for field, more in (("in_questions", words.concepts), ("in_filters", words.filters)):
        for id_, names in more.items():
            joined = _joined(getattr(concepts[id_], field), names)
            concepts[id_] = concepts[id_].model_copy(update={field: joined})
    drugs = {drug.generic: drug for drug in file.drugs}
    for drug in own.drugs:
        drugs[drug.generic] = _drug(drugs.get(drug.generic), drug)
    return file.model_copy(
        update={
            "concepts": tuple(concepts.values()),
            "drugs": tuple(drugs.values()),
            "genes": _merged(file.genes, words.genes),
            "drug_names": _merged(file.drug_names, words.drugs),
            "exact_case": _joined(file.exact_case, words.exact_case),
            "unsaid": _joined(file.unsaid, words.unsaid),
        }
    )


def _new_concept(own: OwnConcept) -> Concept:
    """A concept of the team's. What it needs has been checked to be there."""
    meaning = own.definition
    if meaning is not None and meaning.source is None:
        meaning = meaning.model_copy(update={"source": TEAM})
    given: dict[str, Any] = {name: getattr(own, name) for name in _AS_GIVEN}
    return Concept.model_validate(
        {
            **given,
            "label_us": own.label_us or own.label,
            "definition": meaning,
            "abbreviations": _theirs(own.abbreviations),
            "synonyms": _theirs(own.synonyms),
            "notes": own.disambiguation,
            "cues": own.context_cues,
        }
    )


def _more_of(stored: Concept, own: OwnConcept) -> Concept:
    labels = (Name(text=label) for label in (own.label, own.label_us) if label)
    return stored.model_copy(
        update={
            "related": _joined(stored.related, own.related),
            "opposite": _joined(stored.opposite, own.opposite),
            "blocks": _joined(stored.blocks, own.blocks),
            "abbreviations": _joined(stored.abbreviations, _theirs(own.abbreviations)),
            "synonyms": _joined(stored.synonyms, _theirs((*labels, *own.synonyms))),
            "mesh": _joined(stored.mesh, own.mesh),
            "targets": _joined(stored.targets, own.targets),
            "drugs": _joined(stored.drugs, own.drugs),
            "notes": _joined(stored.notes, own.disambiguation),
            "cues": _joined(stored.cues, own.context_cues),
        }
    )


def _drug(stored: Drug | None, own: OwnDrug) -> Drug:
    if stored is None:
        stored = Drug(generic=own.generic, drug_class=own.drug_class or "", class_source=TEAM)
    return stored.model_copy(
        update={
            "codes": _joined(stored.codes, own.codes),
            "brands": _joined(stored.brands, _theirs(own.brands)),
            "targets": _joined(stored.targets, own.targets),
            "mesh": stored.mesh or own.mesh,
        }
    )


def _merged(stored: Mapping[str, Ids], own: Mapping[str, Ids]) -> dict[str, Ids]:
    return {key: _joined(stored.get(key, ()), own.get(key, ())) for key in {**stored, **own}}


def _joined(stored: Iterable[T], more: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*stored, *more)))


def _theirs(names: Iterable[Name]) -> tuple[Name, ...]:
    """Names of the team's, which say where they come from."""
    return tuple(name.model_copy(update={"source": name.source or TEAM}) for name in names)
