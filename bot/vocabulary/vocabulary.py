"""The vocabulary itself: read once, never changed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Self, TypeVar, cast

from bot.records.models import unique
from bot.text.folding import Token, clean, fold, tokenise
from bot.vocabulary.checks import check, check_tagging, check_words
from bot.vocabulary.imported import ImportedTerm, ImportedTerms, load_imported
from bot.vocabulary.imports.terms_file import TermFolder
from bot.vocabulary.model import (
    Abbreviation,
    AbbreviationSense,
    Concept,
    Drug,
    FacetEntry,
    Gene,
    QueryWordsFile,
    TaxonomyFile,
    TaxonomyPart,
)
from bot.vocabulary.own import with_own
from bot.vocabulary.reading import YamlFile
from bot.vocabulary.recognition import Kind, Lexicon, Recognised
from bot.vocabulary.resolution import Resolution, Resolver
from bot.vocabulary.tagging_words import TaggingWords
from bot.vocabulary.terms import name_key

V = TypeVar("V", bound="Vocabulary")
_BESIDE = ("query_words.yaml", "tagging_words.yaml")

_IN_PARENTHESES = re.compile(r"\s*\([^)]*\)")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FACET_NAMES = {"type": "evidence"}  # the query language says `type:` for the evidence facet


class Vocabulary:
    """Concepts, drugs, genes and ambiguous abbreviations, and how to find them in a question.

    `concepts` by id, `drugs` by generic name, `genes` by HGNC symbol, `ambiguous` by the
    abbreviation itself; `facets` in the file's order; `policy` the rules records are tagged by
    and `tagging` the words those rules use.
    """

    def __init__(
        self,
        file: TaxonomyFile,
        words: QueryWordsFile,
        tagging: TaggingWords,
        imported: ImportedTerms | None = None,
    ) -> None:
        self.facets: tuple[FacetEntry, ...] = file.facets
        self.policy: tuple[str, ...] = file.tagging_policy
        self.concepts: Mapping[str, Concept] = MappingProxyType(_concepts(file))
        self.drugs: Mapping[str, Drug] = MappingProxyType(_drugs(file, words))
        self.genes: Mapping[str, Gene] = MappingProxyType(_genes(file, words))
        self.ambiguous: Mapping[str, Abbreviation] = MappingProxyType(
            {
                abbr: abbreviation
                for abbreviation in self._abbreviations(file)
                for abbr in abbreviation.abbr.split(" / ")
            }
        )
        self.tagging: TaggingWords = tagging
        self.imported: ImportedTerms | None = imported
        self._words = words
        self._genes_of = lru_cache(maxsize=None)(self._named_genes)
        # The one that was read: what is derived from it is made once, whoever has a copy.
        self.base: Vocabulary = self

    @classmethod
    def load(
        cls,
        path: Path,
        own: Path | None = None,
        imported: TermFolder | None = None,
        kept: Path | None = None,
    ) -> Self:
        """Read `taxonomy.yaml`, and the files of words beside it where they are there.

        `own` is a team's file, laid over them (`bot.vocabulary.own`); `imported` the folder of
        imported vocabularies, in which names are looked up as they are needed. `kept` is a folder
        for forms of the files that are read faster (`bot.vocabulary.reading`).

        Raises UnreadableFile naming file, line and reason: not YAML, an alias, an unknown key, a
        wrong type, an id used twice, or a reference to what is not there.
        """
        read = _unchanged(cls, path, own, kept)
        return read.with_imported(load_imported(path.parent, imported)) if imported else read

    def with_imported(self, imported: ImportedTerms | None) -> Self:
        """The same vocabulary with terms of imported ones beside it."""
        other = copy(self)
        other.imported = imported
        return other

    def recognise(self, words: Sequence[Token], text: str = "") -> list[Recognised]:
        """The terms in a question, leftmost and longest first, never overlapping.

        `words` are the tokens of `text`, a cleaned question. Without `text` the case
        of what was typed is unknown, and abbreviations that are also English words (TIME,
        CAR, ACT) are recognised only beside a cue.
        """
        known = self.base.lexicon.recognise(words, text, self.concepts)
        if self.imported is None:
            return known
        return self._with_imported(self.imported, known, words, text)

    def narrower(self, concept_id: str) -> frozenset[str]:
        """The concept and everything below it. An unknown id stands for itself."""
        return self._narrower.get(concept_id, frozenset((concept_id,)))

    def broader(self, concept_id: str) -> tuple[str, ...]:
        """The concepts above this one, nearest first."""
        return self._broader.get(concept_id, ())

    def exact_concepts(self, term: Recognised) -> tuple[str, ...]:
        """The concepts that a recognised term is; any other that it names is only its class.

        A drug is no strategy (T-VEC is one of the oncolytic viruses), and a gene is a concept
        only where the concept is about this gene and no other: CD73 is, CCR2 beside CCL2 is not.
        """
        if term.drugs:
            return ()
        if not term.genes:
            return term.concepts
        return tuple(c for c in term.concepts if self._genes_of(c) == {*term.genes})

    def resolve(self, facet: str | None, value: str) -> Resolution:
        """Read a filter value as a concept of `facet` (`type` is evidence; None: any facet).

        Typos, plurals, UK/US spelling and the beginning of a name are forgiven. An unknown facet
        resolves nothing.
        """
        resolver = self.base.resolvers.get(_FACET_NAMES.get(facet or "", facet))
        return resolver.resolve(value) if resolver else Resolution(value, None, ())

    def vocabulary_words(self) -> Mapping[str, int]:
        """The folded single words of all names, and in how many names each stands."""
        return self.base.lexicon.words

    def _named_genes(self, concept_id: str) -> frozenset[str]:
        """The genes that a concept's names are names of; none where its label names no gene."""
        concept = self.concepts[concept_id]
        in_label = self.base.lexicon.inside(tokenise(clean(concept.label)), "gene")
        return in_label and in_label.union(
            *(self.base.lexicon.named(tokenise(clean(name)), "gene") for name in concept.names)
        )

    def _with_imported(
        self, imported: ImportedTerms, known: list[Recognised], words: Sequence[Token], text: str
    ) -> list[Recognised]:
        """What was recognised, with its imported names, and what only imports know between."""
        ends = [0, *(term.end for term in known)]
        starts = [*(term.start for term in known), len(words)]
        shouted = len(words) > 2 and text.isupper()
        found = imported.recognise(words, "" if shouted else text, zip(ends, starts, strict=True))
        more = [
            Recognised(
                each.start, each.end, each.typed, (), (),
                unique(t.label for t in each.terms if t.term.kind == "gene"),
                ", ".join(unique(t.label for t in each.terms)),
                imported=each.terms, only_imported=True,
            )
            for each in found
            # A name that insists on its case, or stands for nothing in a question, stays unread.
            if not self.base.lexicon.find(words, each.start, each.end)
        ]  # fmt: skip
        same = [replace(term, imported=self._same(imported, term)) for term in known]
        return sorted([*same, *more], key=lambda term: term.start)

    @staticmethod
    def _same(imported: ImportedTerms, term: Recognised) -> tuple[ImportedTerm, ...]:
        """The imported terms that are the very genes and drugs of a recognised term."""
        genes = (imported.gene(symbol) for symbol in term.genes)
        drugs = (each for drug in term.drugs for each in imported.of(drug))
        return unique(
            each for each in (*genes, *(d for d in drugs if d.term.kind != "gene")) if each
        )

    def imported_names(self, term: Recognised) -> tuple[str, ...]:
        """The other names that imported vocabularies give a term, but for names of other things.

        The name that was typed, in singular or plural, is no other one.
        """
        typed = name_key(term.typed)
        names = (name for each in term.imported for name in each.other_names)
        return tuple(n for n in names if name_key(n) != typed and self._may_mean(n, term))

    def _may_mean(self, name: str, term: Recognised) -> bool:
        """Whether a name is free, or names what the term names."""
        tokens = tokenise(clean(name))
        named = {entry.id for entry in self.base.lexicon.find(tokens, 0, len(tokens))}
        return not named or bool(named & {*term.genes, *term.drugs, *term.concepts})

    @cached_property
    def _broader(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for concept in self.concepts.values():
            above = list(concept.broader)
            for id_ in above:  # grows: a generation after the other, all of them without a circle
                above += (b for b in self.concepts[id_].broader if b not in above)
            found[concept.id] = tuple(above)
        return found

    @cached_property
    def _narrower(self) -> Mapping[str, frozenset[str]]:
        below: dict[str, set[str]] = {id_: {id_} for id_ in self.concepts}
        for id_ in self.concepts:
            for above in self.broader(id_):
                below[above].add(id_)
        return {id_: frozenset(ids) for id_, ids in below.items()}

    @cached_property
    def resolvers(self) -> Mapping[str | None, Resolver]:
        """What reads the value of a filter, by facet (None: of any)."""

        def named(facet: str | None) -> Iterator[tuple[Concept, Sequence[str]]]:
            for concept in self.concepts.values():
                if facet in (None, concept.facet):
                    everyday = self._words.concepts.get(concept.id, ())
                    yield concept, (*everyday, *self._words.filters.get(concept.id, ()))

        facets: list[str | None] = [facet.id for facet in self.facets]
        return {facet: Resolver(named(facet)) for facet in [None, *facets]}

    @cached_property
    def lexicon(self) -> Lexicon:
        """Every name a question can use; of a copy, use that of its `base`."""
        lexicon = Lexicon(self._words.exact_case, self._words.unsaid)
        for kind, id_, name in self._names():
            lexicon.add(kind, id_, name)
        for abbr, abbreviation in self.ambiguous.items():
            lexicon.add_abbreviation(abbr, abbreviation)
        return lexicon

    def _names(self) -> Iterator[tuple[Kind, str, str]]:
        """Every name a question can use, and what it names."""
        for concept in self.concepts.values():
            everyday = self._words.concepts.get(concept.id, ())
            bare = _IN_PARENTHESES.sub("", concept.label)
            yield from (("concept", concept.id, name) for name in (*concept.names, bare, *everyday))
        for generic, drug in self.drugs.items():
            yield from (("drug", generic, name) for name in drug.names)
        for alias, generics in self._words.drugs.items():
            yield from (("drug", generic, alias) for generic in generics)
        for symbol, gene in self.genes.items():
            names = (symbol, gene.name, *gene.aliases)
            yield from (("gene", symbol, name) for name in names if name)

    def _abbreviations(self, file: TaxonomyFile) -> Iterator[Abbreviation]:
        """The ambiguous abbreviations, each sense tied to the concepts it stands for."""
        names = {fold(name): c.id for c in file.concepts for name in c.names}
        for abbreviation in file.ambiguous_abbreviations:
            senses = (self._tied(sense, names) for sense in abbreviation.senses)
            yield abbreviation.model_copy(update={"senses": tuple(senses)})

    def _tied(self, sense: AbbreviationSense, names: Mapping[str, str]) -> AbbreviationSense:
        if sense.denied:
            return sense
        ids = tuple(id_ for id_ in _ID.findall(sense.means) if id_ in self.concepts)
        plain = _IN_PARENTHESES.sub("", sense.means)
        by_name = names.get(fold(plain))
        concepts = ids or ((by_name,) if by_name else ())
        if not concepts:
            return sense
        text = " / ".join(self.concepts[id_].label for id_ in concepts) if ids else plain
        return sense.model_copy(update={"concepts": concepts, "text": text})


def _unchanged(cls: type[V], path: Path, own: Path | None, kept: Path | None, most: int = 2) -> V:
    """The vocabulary of these files; read again only when one of them has changed.

    A process that opens several homes, one after the other, has one vocabulary.
    """
    files = (*sorted(path.parent.rglob("*.yaml")), *([own] if own else []))
    stamps = tuple(
        (str(each), each.stat().st_mtime_ns, each.stat().st_size) for each in files if each.exists()
    )
    key = (cls, str(path), str(own), stamps)
    if key not in _LOADED:
        vocabulary = _load(cls, path, own, kept)
        while len(_LOADED) >= most:
            _LOADED.pop(next(iter(_LOADED)), None)
        _LOADED[key] = vocabulary
    return cast("V", _LOADED[key])


_LOADED: dict[object, Vocabulary] = {}


def _load(cls: type[V], path: Path, own: Path | None, kept: Path | None) -> V:
    file = _read(path, kept)
    words, tagging = QueryWordsFile(version=1), TaggingWords(version=1)
    words_path, tagging_path = (path.with_name(name) for name in _BESIDE)
    if words_path.exists():
        words_source = YamlFile(words_path, kept)
        words = words_source.parse(QueryWordsFile)
        check_words(words_source, words, file)
    if tagging_path.exists():
        tagging_source = YamlFile(tagging_path, kept)
        tagging = tagging_source.parse(TaggingWords)
        check_tagging(tagging_source, tagging, file)
    if own is not None:
        file, words = with_own(own, file, words)
    return cls(file, words, tagging)


def _read(path: Path, kept: Path | None) -> TaxonomyFile:
    """The vocabulary's file with what its parts hold."""
    source = YamlFile(path, kept)
    file = source.parse(TaxonomyFile)
    sources = [YamlFile(path.parent / part, kept) for part in file.parts]
    parts = [(source, file), *((each, each.parse(TaxonomyPart)) for each in sources)]
    check(parts, file.facets)
    return file.model_copy(
        update={
            name: tuple(entry for _, part in parts for entry in getattr(part, name))
            for name in ("concepts", "drugs", "ambiguous_abbreviations")
        }
    )


def _concepts(file: TaxonomyFile) -> dict[str, Concept]:
    """Concepts by id, each with those that name it as broader."""
    narrower: dict[str, list[str]] = {}
    for concept in file.concepts:
        for above in concept.broader:
            narrower.setdefault(above, []).append(concept.id)
    return {
        c.id: c.model_copy(update={"narrower": unique((*c.narrower, *narrower.get(c.id, ())))})
        for c in file.concepts
    }


def _drugs(file: TaxonomyFile, words: QueryWordsFile) -> dict[str, Drug]:
    """Drugs by generic name, with the everyday aliases that mean one drug only."""
    drugs = {drug.generic: drug for drug in file.drugs}
    for alias, generics in words.drugs.items():
        if len(generics) == 1:
            drug = drugs[generics[0]]
            aliases = (*drug.aliases, alias)
            drugs[drug.generic] = drug.model_copy(update={"aliases": aliases})
    return drugs


def _genes(file: TaxonomyFile, words: QueryWordsFile) -> dict[str, Gene]:
    """Genes by symbol: the targets of concepts and drugs, with aliases from the words file."""
    names = {target.symbol: target.name for c in file.concepts for target in c.targets}
    symbols = dict.fromkeys((*names, *(s for drug in file.drugs for s in drug.targets)))
    symbols |= dict.fromkeys(words.genes)
    return {
        symbol: Gene(symbol=symbol, name=names.get(symbol, ""), aliases=words.genes.get(symbol, ()))
        for symbol in symbols
    }
