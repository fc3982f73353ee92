"""The tables of a vocabulary, made of its file: concepts, drugs, genes and abbreviations."""

import re
from collections.abc import Iterator, Mapping

from bot.records.models import unique
from bot.text.folding import fold
from bot.vocabulary.model import Abbreviation, AbbreviationSense, Concept, Drug, Gene, TaxonomyFile

IN_PARENTHESES = re.compile(r"\s*\([^)]*\)")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def abbreviations_of(file: TaxonomyFile, concepts: Mapping[str, Concept]) -> Iterator[Abbreviation]:
    """The ambiguous abbreviations, each sense tied to the concepts it stands for."""
    names = {fold(name): c.id for c in file.concepts for name in c.names}
    for abbreviation in file.ambiguous_abbreviations:
        senses = (_tied(sense, names, concepts) for sense in abbreviation.senses)
        yield abbreviation.model_copy(update={"senses": tuple(senses)})


def _tied(
    sense: AbbreviationSense, names: Mapping[str, str], concepts: Mapping[str, Concept]
) -> AbbreviationSense:
    if sense.denied:
        return sense
    ids = tuple(id_ for id_ in _ID.findall(sense.means) if id_ in concepts)
    plain = IN_PARENTHESES.sub("", sense.means)
    by_name = names.get(fold(plain))
    found = ids or ((by_name,) if by_name else ())
    if not found:
        return sense
    text = " / ".join(concepts[id_].label for id_ in found) if ids else plain
    return sense.model_copy(update={"concepts": found, "text": text})


def concepts_of(file: TaxonomyFile) -> dict[str, Concept]:
    """Concepts by id, each with those that name it as broader."""
    narrower: dict[str, list[str]] = {}
    for concept in file.concepts:
        for above in concept.broader:
            narrower.setdefault(above, []).append(concept.id)
    return {
        c.id: c.model_copy(update={"narrower": unique((*c.narrower, *narrower.get(c.id, ())))})
        for c in file.concepts
    }


def drugs_of(file: TaxonomyFile) -> dict[str, Drug]:
    """Drugs by generic name, with the everyday aliases that mean one drug only."""
    drugs = {drug.generic: drug for drug in file.drugs}
    for alias, generics in file.drug_names.items():
        if len(generics) == 1:
            drug = drugs[generics[0]]
            aliases = (*drug.aliases, alias)
            drugs[drug.generic] = drug.model_copy(update={"aliases": aliases})
    return drugs


def genes_of(file: TaxonomyFile) -> dict[str, Gene]:
    """Genes by symbol: the targets of concepts and drugs, with the aliases of the file."""
    names = {target.symbol: target.name for c in file.concepts for target in c.targets}
    symbols = dict.fromkeys((*names, *(s for drug in file.drugs for s in drug.targets)))
    symbols |= dict.fromkeys(file.genes)
    return {
        symbol: Gene(symbol=symbol, name=names.get(symbol, ""), aliases=file.genes.get(symbol, ()))
        for symbol in symbols
    }
