"""Service: what a term of the field means, from the vocabulary alone.

A term is a concept, a drug, a gene, or an abbreviation whose sense nothing decides. Everything
said of it is a `Fact` that knows whether anybody has checked it; nothing is looked up elsewhere.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.records.models import unique
from bot.search.query import Query
from bot.text.folding import fold
from bot.vocabulary import (
    Abbreviation,
    Concept,
    Drug,
    Heading,
    ImportedTerm,
    Name,
    Source,
    Target,
    Vocabulary,
)
from bot.vocabulary.sources import imported_source, named

MESH = "https://meshb.nlm.nih.gov/record/ui?ui="
# https://www.genenames.org/help/linking/
HGNC = "https://www.genenames.org/data/gene-symbol-report/#!/hgnc_id/"
_MOST_SENSES = 6
_MOST_NOTES = 2
# A heading that is only related would mislead as a link from the term.
_MATCHES = ("exact", "close", "narrow", "broad")
_ADAM = "ADAM"
_NOT_KNOWN = "not known"  # how the file says that a sense has no name
_OWN_LIST = "the project's list of everyday names"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something the vocabulary says; `unverified` where nobody has checked it."""

    text: str
    unverified: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """One term, defined. `lists` are facts under a name, in the order to show.

    `records` is the question that finds its records, `neighbours` are (label, question) of the
    terms beside it.
    """

    label: str
    kind: str
    meaning: Fact | None = None
    lists: tuple[tuple[str, tuple[Fact, ...]], ...] = ()
    sources: tuple[Source, ...] = ()
    records: str = ""
    neighbours: tuple[tuple[str, str], ...] = ()

    def facts(self, name: str) -> tuple[Fact, ...]:
        """The facts of one list; none where there is no such list."""
        return dict(self.lists).get(name, ())


class Definitions:
    """Defines the terms of a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def of(self, query: Query) -> tuple[Term, ...]:
        """The terms named in a question, in its order, each once."""
        makers: list[tuple[Callable[[Any], Term], str | ImportedTerm]] = []
        for part in (p for each in query.parts for p in (each.any or (each,))):
            term = part.recognised
            if term is None:
                continue
            if term.only_imported:
                makers += [(self.imported, each) for each in term.imported]
                continue
            makers += [(self.drug, name) for name in term.drugs]
            makers += [(self.gene, symbol) for symbol in term.genes]
            makers += [(self.concept, id_) for id_ in term.concepts]
            if term.abbreviation and not (term.drugs or term.genes or term.concepts):
                makers.append((self.abbreviation, term.abbreviation.abbr.split(" / ")[0]))
        makers += [(self.concept, id_) for id_ in query.filters.concepts]
        return tuple(make(name) for make, name in unique(makers))

    def concept(self, id_: str) -> Term:
        """A concept by its id. Raises KeyError when the vocabulary has none."""
        entry = self._vocabulary.concepts[id_]
        ambiguous = self._ambiguous(n.text for n in entry.abbreviations)
        lists = (
            ("US spelling", (Fact(entry.label_us),) if entry.label_us != entry.label else ()),
            ("Abbreviations", _names(entry.abbreviations)),
            ("Also called", _names(entry.synonyms, but=entry.label)),
            ("MeSH", _headings(entry.mesh)),
            ("Part of", tuple(Fact(self._label(above)) for above in self._vocabulary.broader(id_))),
            ("Includes", tuple(Fact(self._label(below)) for below in entry.narrower)),
            ("Targets", tuple(Fact(t.symbol, t.unverified) for t in entry.targets)),
            ("Drugs", tuple(_with_brands(self._vocabulary.drugs[d]) for d in entry.drugs)),
            ("Not to be confused with", _senses(ambiguous, (id_,))),
            ("Note", _notes(entry.notes)),
        )
        return Term(
            label=entry.label,
            kind=next(f.label for f in self._vocabulary.facets if f.id == entry.facet),
            meaning=Fact(entry.definition.text, entry.unverified),
            lists=_present(lists),
            sources=_sources(
                entry.definition.source,
                *(name.source for name in entry.abbreviations + entry.synonyms),
                *(heading.source for heading in entry.mesh),
                *(target.association_source for target in entry.targets),
                *_sense_sources(ambiguous),
            ),
            records=f"{entry.facet}:{id_}",
            neighbours=self._neighbours(entry),
        )

    def drug(self, generic: str) -> Term:
        """A drug by its generic name. Raises KeyError when the vocabulary has none."""
        entry = self._vocabulary.drugs[generic]
        doubt = entry.unverified_part or ("class" if entry.unverified else "")
        brands = {brand.text for brand in entry.brands}
        others = (n for n in entry.names[1:] if n not in brands)
        strategies = [c for c in self._vocabulary.concepts.values() if generic in c.drugs]
        lists = (
            ("Brands", _names(entry.brands)),
            ("Also called", tuple(Fact(name) for name in others)),
            ("MeSH", _headings((entry.mesh,) if entry.mesh else ())),
            ("UNII", (Fact(entry.unii),) if entry.unii else ()),
            ("Targets", tuple(Fact(self._gene_name(s), "target" in doubt) for s in entry.targets)),
            ("MeSH actions", tuple(Fact(action) for action in entry.mesh_actions)),
            ("Named under", tuple(Fact(concept.label) for concept in strategies)),
        )
        return Term(
            label=entry.generic,
            kind="drug",
            meaning=Fact(entry.drug_class, "class" in doubt),
            lists=_present(lists),
            sources=_sources(
                entry.generic_source, entry.class_source, *(b.source for b in entry.brands)
            ),
            records=entry.generic,
            neighbours=tuple((symbol, f"define {symbol}") for symbol in entry.targets[:2])
            + tuple((concept.label, f"define {concept.label}") for concept in strategies[:2]),
        )

    def gene(self, symbol: str) -> Term:
        """A gene by its HGNC symbol. Raises KeyError when the vocabulary has none."""
        entry = self._vocabulary.genes[symbol]
        ties = self._ties(symbol)
        hgnc = next((target.hgnc for _, target in ties), None)
        drugs = [d for d in self._vocabulary.drugs.values() if symbol in d.targets]
        ambiguous = self._ambiguous((symbol, *entry.aliases))
        own = tuple(concept.id for concept, _ in ties)
        imports = self._vocabulary.imported
        imported = imports.gene(symbol) if imports else None
        meaning = entry.name or (imported.term.meaning if imported else "")
        lists = (
            ("Also called", tuple(Fact(alias) for alias in entry.aliases)),
            ("HGNC", (Fact(hgnc, url=HGNC + hgnc),) if hgnc else ()),
            *_imported_lists(imported, but=(symbol, *entry.aliases)),
            ("Tied to", tuple(Fact(concept.label, tie.unverified) for concept, tie in ties)),
            ("Target of", tuple(_targeting(drug) for drug in drugs)),
            ("Not to be confused with", _senses(ambiguous, own)),
        )
        return Term(
            label=symbol,
            kind="gene",
            meaning=Fact(meaning) if meaning else None,
            lists=_present(lists),
            sources=_sources(
                "hgnc:" if hgnc or imported else None,
                _OWN_LIST if entry.aliases else None,
                *(tie.association_source for _, tie in ties),
                *(drug.class_source for drug in drugs),
                *_sense_sources(ambiguous),
            ),
            records=symbol,
            neighbours=tuple((concept.label, f"define {concept.label}") for concept, _ in ties[:2])
            + tuple((drug.generic, f"define {drug.generic}") for drug in drugs[:2]),
        )

    def abbreviation(self, abbr: str) -> Term:
        """An ambiguous abbreviation, with every sense. Raises KeyError for any other."""
        entry = self._vocabulary.ambiguous[abbr]
        return Term(
            label=abbr,
            kind="abbreviation",
            meaning=Fact(f"{abbr} alone can mean several things; nothing here says which."),
            lists=_present((("Senses", _senses((entry,), ())),)),
            sources=_sources(*_sense_sources((entry,))),
            records=f'"{abbr}"',
            neighbours=tuple((s.label, f"define {s.label}") for s in entry.senses if s.concepts),
        )

    def imported(self, entry: ImportedTerm) -> Term:
        """A term that only an imported vocabulary knows."""
        term = entry.term
        source = imported_source(term.vocabulary)
        address = f"{HGNC if term.kind == 'gene' else MESH}{term.code}"
        names = unique(name.text for name in term.names if name.text != term.label)
        lists = (
            ("Also called", tuple(Fact(name) for name in names if name != term.meaning)),
            (source.name, (Fact(term.code, url=address),)),
        )
        return Term(
            label=term.label,
            kind="gene" if term.kind == "gene" else f"{source.name} {term.kind}",
            meaning=Fact(term.meaning) if term.meaning else None,
            lists=_present(lists),
            sources=(source,),
            records=term.label,
        )

    # -- parts of a term ---------------------------------------------------------------------

    def _label(self, id_: str) -> str:
        return self._vocabulary.concepts[id_].label

    def _neighbours(self, entry: Concept) -> tuple[tuple[str, str], ...]:
        beside = unique((*entry.broader, *entry.narrower))
        return tuple((self._label(id_), f"define {self._label(id_)}") for id_ in beside)

    def _ambiguous(self, names: Iterable[str]) -> tuple[Abbreviation, ...]:
        """The ambiguous abbreviations among these names."""
        found = (self._vocabulary.ambiguous.get(name) for name in names)
        return tuple({entry.abbr: entry for entry in found if entry is not None}.values())

    def _ties(self, symbol: str) -> list[tuple[Concept, Target]]:
        return [
            (concept, target)
            for concept in self._vocabulary.concepts.values()
            for target in concept.targets
            if target.symbol == symbol
        ]

    def _gene_name(self, symbol: str) -> str:
        gene = self._vocabulary.genes.get(symbol)
        usual = gene.aliases[0] if gene and gene.aliases else ""
        return f"{symbol} ({usual})" if usual else symbol


def _imported_lists(
    imported: ImportedTerm | None, but: Sequence[str]
) -> tuple[tuple[str, tuple[Fact, ...]], ...]:
    """What an imported vocabulary calls a term, beyond the names that are shown already."""
    if imported is None:
        return ()
    known = {_one_name(name).replace(" ", "") for name in but}
    names = unique(n.text for n in imported.term.names if n.text != imported.term.meaning)
    more = tuple(Fact(n) for n in names if _one_name(n).replace(" ", "") not in known)
    source = imported_source(imported.term.vocabulary).name
    return ((f"Also called by {source}", more),)


def _present(
    lists: Iterable[tuple[str, tuple[Fact, ...]]],
) -> tuple[tuple[str, tuple[Fact, ...]], ...]:
    return tuple((name, facts) for name, facts in lists if facts)


def _names(names: Sequence[Name], but: str = "") -> tuple[Fact, ...]:
    """Names, each with its UK and US spellings and numbers together; `but` itself left out.

    A name counts as checked when one of its spellings is. Patterns (`anti-<agent>`) are no names.
    """
    spelt: dict[str, list[Name]] = {}
    for name in names:
        key = _one_name(name.text)
        if "<" not in name.text and key != _one_name(but):
            spelt.setdefault(key, []).append(name)
    return tuple(
        Fact(" / ".join(unique(n.text for n in same)), all(n.unverified for n in same))
        for same in spelt.values()
    )


def _one_name(text: str) -> str:
    """What UK and US spelling, singular and plural of a name have in common."""
    return fold(text).removesuffix("s")


def _headings(headings: Sequence[Heading]) -> tuple[Fact, ...]:
    """MeSH headings that fit, the closest first, each linked to its record."""
    fitting = [h for h in headings if h.ui and h.name and (h.match or "exact") in _MATCHES]
    fitting.sort(key=lambda h: _MATCHES.index(h.match or "exact"))
    return tuple(
        Fact(
            f"{h.name} {h.ui}" + (f" ({h.match})" if h.match and h.match != "exact" else ""),
            url=f"{MESH}{h.ui}",
        )
        for h in fitting
    )


def _with_brands(drug: Drug) -> Fact:
    """A drug under its generic name with its brands: `pembrolizumab (Keytruda)`."""
    brands = ", ".join(brand.text for brand in drug.brands)
    return Fact(f"{drug.generic} ({brands})" if brands else drug.generic, drug.unverified)


def _targeting(drug: Drug) -> Fact:
    doubted = drug.unverified and "target" in (drug.unverified_part or "target")
    return Fact(_with_brands(drug).text, doubted)


def _notes(notes: Sequence[str]) -> tuple[Fact, ...]:
    """The first notes, as one: guidance that no source was found for, so unverified."""
    said = " ".join(notes[:_MOST_NOTES])
    return (Fact(said, unverified=True),) if said else ()


def _senses(ambiguous: Iterable[Abbreviation], own: Sequence[str]) -> tuple[Fact, ...]:
    """What else these abbreviations can mean: every sense that is none of the `own` concepts.

    The rarer ones are those that MEDLINE abstracts gave, as the ADAM database counted them.
    """
    found: list[Fact] = []
    for entry in ambiguous:
        for sense in entry.senses:
            if sense.label != _NOT_KNOWN and not set(own) & set(sense.concepts):
                short = "" if sense.denied else f" ({entry.abbr})"
                found.append(Fact(f"{sense.label}{short}", sense.unverified))
        found += [Fact(f"{label} ({entry.abbr})") for label, _ in entry.other_senses]
    return tuple(found[:_MOST_SENSES])


def _sense_sources(ambiguous: Iterable[Abbreviation]) -> list[str | None]:
    counted = [_ADAM for entry in ambiguous if entry.other_senses]
    return [*(sense.source for entry in ambiguous for sense in entry.senses), *counted]


def _sources(*codes: str | None) -> tuple[Source, ...]:
    return unique(source for code in codes if code and (source := named(code)))
