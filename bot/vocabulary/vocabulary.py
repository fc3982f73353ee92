"""The vocabulary itself: read once, never changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Self

from bot.records.models import unique
from bot.text.folding import Token, clean, fold, folded_words, tokenise
from bot.vocabulary.imported import ImportedTerm, ImportedTerms, load_imported
from bot.vocabulary.imports.terms_file import TermFolder
from bot.vocabulary.little_words import is_little_word
from bot.vocabulary.loading import unchanged
from bot.vocabulary.model import NO_CUE, Abbreviation, Concept, Drug, FacetEntry, Gene, TaxonomyFile
from bot.vocabulary.reading import keep_form, kept_form
from bot.vocabulary.recognition import Kind, Lexicon, Recognised
from bot.vocabulary.resistances import OtherResistance
from bot.vocabulary.resolution import Resolution, Resolver
from bot.vocabulary.tables import IN_PARENTHESES, abbreviations_of, concepts_of, drugs_of, genes_of
from bot.vocabulary.tagging_words import TaggingWords
from bot.vocabulary.terms import name_key, singular
from bot.vocabulary.tumours import without_noun

# What resistance means in this field, unless it is stated to be to something else.
_TO_IMMUNOTHERAPY = frozenset(
    ("immunotherapy-resistance", "primary-resistance", "adaptive-resistance", "acquired-resistance")
)
_WORDS_OF_OBJECT = 6
_FACET_NAMES = {"type": "evidence"}  # the query language says `type:` for the evidence facet


class Vocabulary:
    """Concepts, drugs, genes and ambiguous abbreviations, and how to find them in a question.

    `concepts` by id, `drugs` by generic name, `genes` by HGNC symbol, `ambiguous` by the
    abbreviation itself; `facets` in the file's order; `policy` the rules records are tagged by
    and `tagging` the words those rules use. `everyday` are English words that are symbols as well.
    `files` are those it was loaded from (its own, a team's, and the folder of read forms), if any.
    """

    def __init__(
        self,
        file: TaxonomyFile,
        tagging: TaggingWords,
        imported: ImportedTerms | None = None,
    ) -> None:
        self.facets: tuple[FacetEntry, ...] = file.facets
        self.policy: tuple[str, ...] = file.tagging_policy
        self.concepts: Mapping[str, Concept] = MappingProxyType(concepts_of(file))
        self.drugs: Mapping[str, Drug] = MappingProxyType(drugs_of(file))
        self.genes: Mapping[str, Gene] = MappingProxyType(genes_of(file))
        self.ambiguous: Mapping[str, Abbreviation] = MappingProxyType(
            {
                abbr: abbreviation
                for abbreviation in abbreviations_of(file, self.concepts)
                for abbr in abbreviation.abbr.split(" / ")
            }
        )
        self.tagging: TaggingWords = tagging
        self.other_resistance = OtherResistance(
            tagging.other_resistance, tagging.unrelated_resistance
        )
        self.imported: ImportedTerms | None = imported
        self.everyday: frozenset[str] = frozenset()
        self.files: tuple[Path, Path | None, Path | None] | None = None
        self._file = file
        # Where the lexicon is kept in a form that is read faster, and what it is of.
        self._lexicon_form: tuple[Path | None, str] = (None, "")
        self._genes_of = lru_cache(maxsize=None)(self._named_genes)
        # A facet's names are folded when a filter by it is first read, not at every start.
        self.resolver = lru_cache(maxsize=32)(self._make_resolver)
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
        """Read `taxonomy.yaml` with its parts, and the tagger's words beside it if they are there.

        `own` is a team's file, laid over them (`bot.vocabulary.own`); `imported` the folder of
        imported vocabularies, in which names are looked up as they are needed. `kept` is a folder
        for forms of the files that are read faster (`bot.vocabulary.reading`).

        Raises UnreadableFile naming file, line and reason: not YAML, an alias, an unknown key, a
        wrong type, an id used twice, or a reference to what is not there.
        """
        read = unchanged(cls, path, own, kept)
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
        read = self.base.lexicon.recognise(words, text, self.concepts)
        found = [t for t in read if not is_little_word(t, read, words, text, self.everyday)]
        known = [
            self._as_part(each, words) for term in found for each in self._resisting(term, words)
        ]
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
        What names a part of a concept is not the whole of it.
        """
        if term.drugs:
            return ()
        if not term.genes:
            return tuple(c for c in term.concepts if c not in term.part_of)
        return tuple(c for c in term.concepts if self._genes_of(c) == {*term.genes})

    def needs(self, concept_id: str) -> str | None:
        """The cue without which no record is tagged with a concept: its own or an inherited one."""
        above = (self.concepts[id_].needs for id_ in (concept_id, *self.broader(concept_id)))
        needed = next((cue for cue in above if cue), None)
        return None if needed == NO_CUE else needed

    def unless(self, concept_id: str) -> tuple[str, ...]:
        """The words beside which no record is tagged with a concept, inherited ones too."""
        lineage = (concept_id, *self.broader(concept_id))
        return unique(word for id_ in lineage for word in self.concepts[id_].unless)

    def resolve(self, facet: str | None, value: str) -> Resolution:
        """Read a filter value as a concept of `facet` (`type` is evidence; None: any facet).

        Typos, plurals, UK/US spelling and the beginning of a name are forgiven. An unknown facet
        resolves nothing.
        """
        resolver = self.base.resolver(_FACET_NAMES.get(facet or "", facet))
        return resolver.resolve(value) if resolver else Resolution(value, None, ())

    def named(self, facet: str | None, name: str) -> str | None:
        """The one concept of a facet that a name is, or is part of the name of; spelt right."""
        resolver = self.base.resolver(_FACET_NAMES.get(facet or "", facet))
        return resolver.named(name) if resolver else None

    def vocabulary_words(self) -> Mapping[str, int]:
        """The folded single words of all names, and in how many names each stands."""
        return self.base.lexicon.words

    @cached_property
    def short_forms(self) -> frozenset[str]:
        """The abbreviations of its concepts, folded, in singular and plural, that are no words."""
        names = (n.text for c in self.concepts.values() for n in c.abbreviations)
        short = {fold(name) for name in names if name.isupper() and name.isalpha()}
        return frozenset(short | {f"{name}s" for name in short})

    def _named_genes(self, concept_id: str) -> frozenset[str]:
        """The genes that a concept's names are names of; none where its label names no gene."""
        concept = self.concepts[concept_id]
        in_label = self.base.lexicon.inside(tokenise(clean(concept.label)), "gene")
        return in_label and in_label.union(
            *(self.base.lexicon.named(tokenise(clean(name)), "gene") for name in concept.names)
        )

    def _resisting(self, term: Recognised, words: Sequence[Token]) -> list[Recognised]:
        """A term; where it is a resistance to something else, that one, or none of the field."""
        kinds = (each for each in term.concepts if self.concepts[each].facet == "resistance")
        if not {*kinds} & _TO_IMMUNOTHERAPY or len(term.concepts) > 1:
            return [term]
        behind = words[term.end : term.end + _WORDS_OF_OBJECT]
        to = behind[1:] if behind and behind[0].text in ("to", "against") else ()
        ahead = [word for word in words[: term.start] if not word.text.isdigit()][-2:]
        near = (*ahead, *to)
        other = self.other_resistance.of(" ".join(word.text for word in near))
        if other is None:
            return [term]
        label = self.concepts[other].label if other else ""
        return [replace(term, concepts=(other,), label=label)] if other else []

    def _as_part(self, term: Recognised, words: Sequence[Token]) -> Recognised:
        """A term with the concepts of which its words name only a part, and that part's names."""
        key = _spaced(word.text for word in words[term.start : term.end])
        parts = {c: self.base.subtypes.get((c, key), ()) for c in term.concepts}
        names = unique(name for found in parts.values() for name in found)
        return replace(term, part_of=tuple(c for c in parts if parts[c]), same_part=names)

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
    def subtypes(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """The names of a part of a concept, by its id and each of them: folded, in singular."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for concept in self.concepts.values():
            for line in concept.subtypes:
                names = tuple(name.strip() for name in line.split("|"))
                for name in names:
                    key = (concept.id, _spaced(folded_words(clean(name))))
                    found[key] = unique((*found.get(key, ()), *names))
        return found

    def _make_resolver(self, facet: str | None) -> Resolver | None:
        """What reads the value of a filter by a facet (None: by any); None for one that is none."""
        if facet is not None and all(facet != each.id for each in self.facets):
            return None
        return Resolver(
            (concept, (*concept.in_questions, *concept.in_filters))
            for concept in self.concepts.values()
            if facet in (None, concept.facet)
        )

    @cached_property
    def lexicon(self) -> Lexicon:
        """Every name a question can use; of a copy, use that of its `base`."""
        lexicon = Lexicon(self._file.exact_case, self._file.unsaid)
        form, digest = self._lexicon_form
        if form and lexicon.restore(kept_form(form, digest), self.ambiguous):
            return lexicon
        for kind, id_, name in self._names():
            lexicon.add(kind, id_, name)
        for id_, name in self.other_resistance.names():
            lexicon.add("concept", id_, name, counts=False)
        for id_, name in without_noun(self.concepts.values(), self.broader):
            lexicon.add("concept", id_, name, counts=False)
        for abbr, abbreviation in self.ambiguous.items():
            lexicon.add_abbreviation(abbr, abbreviation)
        if form:
            keep_form(form, digest, lexicon.plain())
        return lexicon

    def _names(self) -> Iterator[tuple[Kind, str, str]]:
        """Every name a question can use, and what it names."""
        for concept in self.concepts.values():
            bare = IN_PARENTHESES.sub("", concept.label)
            names = (*concept.names, bare, *concept.in_questions)
            for name in names:
                if not self.other_resistance.is_of_one(concept.id, name):
                    yield "concept", concept.id, name
        for generic, drug in self.drugs.items():
            yield from (("drug", generic, name) for name in drug.names)
        for alias, generics in self._file.drug_names.items():
            yield from (("drug", generic, alias) for generic in generics)
        for symbol, gene in self.genes.items():
            names = (symbol, gene.name, *gene.aliases)
            yield from (("gene", symbol, name) for name in names if name)


def _spaced(words: Iterable[str]) -> str:
    """Folded words with single spaces, the last in singular: phase III is not phase I/II."""
    *before, last = words
    return " ".join((*before, singular(last) if last.isalpha() else last))
