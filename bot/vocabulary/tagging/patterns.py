"""The vocabulary as two automata: one over lower case, one over exact case."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

import ahocorasick_rs

from bot.records.models import unique
from bot.vocabulary import Drug, Vocabulary
from bot.vocabulary.tagging.surfaces import surfaces
from bot.vocabulary.tagging.text import lowered


class Kind(IntEnum):
    """What a pattern says about the text it is found in."""

    TERM = 0  # a concept by name
    GENERIC = 1  # a concept by an everyday word
    DRUG = 2  # a drug, which stands for a concept
    AGENT = 3  # a treatment outside the vocabulary
    DECOY = 4  # a phrase inside which nothing counts
    CUE = 5  # what the record is about
    RESIST = 6  # resistance, refractory, non-response
    COMBINE = 7  # combination, as a bare word
    GENE = 8  # the target of a strategy


@dataclass(frozen=True, slots=True)
class Payload:
    """One meaning of a pattern. `id` is a concept, or the name of a cue.

    `abbreviation` is set for short symbols: they may need a cue for their sense. `tail` is 1
    where the pattern ends with the space after the word.
    """

    kind: Kind
    id: str
    tail: int
    abbreviation: str = ""


Automaton = tuple[ahocorasick_rs.AhoCorasick, list[tuple[Payload, ...]]]

_SYMBOL = re.compile(r"[A-Za-z0-9+Φ]+(?:[- ][A-Za-z0-9+Φ]+)?")
_AFTER_GENE = (
    "{}-inhibitor", "{}-inhibition", "{}-blockade", "{}-antagonist", "{}-antagonism",
    "{}-antibody", "{}-blocking", "{}-targeted", "{}-targeting", "anti-{}", "targeting-{}",
    "blocking-{}", "inhibiting-{}", "inhibition-of-{}", "blockade-of-{}", "{}-signalling-blockade",
    "{}-pathway-blockade", "{}-pathway-inhibitor", "{}-monoclonal-antibody", "{}-directed",
)  # fmt: skip
_RESIST = (
    "resistan*",
    "resist",
    "resists",
    "resisted",
    "refractor*",
    "non-respons*",
    "nonrespons*",
)
# What has one of these for its noun has the others, too; but not every tumour is a carcinoma.
_CANCER = re.compile(r"(?<=\w) (cancer|carcinoma|tumour)$")
_TUMOURS = ("cancer", "tumour", "neoplasm", "malignancy", "carcinoma", "adenocarcinoma")
_COMBINE = ("combination", "combinatorial", "combinational")


def is_symbol(name: str) -> bool:
    """Whether a name is matched in its exact case: five letters and digits or fewer.

    A sixth is allowed for a single token with a digit or two capitals (PRISMA, NKG2A).
    """
    letters = [char for char in name if char.isalnum()]
    if not _SYMBOL.fullmatch(name) or not any(char.isupper() or char.isdigit() for char in name):
        return False
    marked = sum(char.isupper() or char.isdigit() for char in name)
    if " " in name:
        return len(letters) <= 4 and marked == len(letters)
    return len(letters) <= 5 or (len(letters) == 6 and marked > 1 and "-" not in name)


def _tumours(names: Iterable[str]) -> list[tuple[str, str]]:
    """The names with another word for cancer, each with its own: rectal cancer, rectal tumours."""
    return [
        (kind[1], f"{name[: kind.start()]} {noun}")
        for name in names
        if (kind := _CANCER.search(name))
        for noun in (_TUMOURS if kind[1] != "tumour" else _TUMOURS[:-2])
    ]


class Patterns:
    """Everything the tagger looks for, compiled once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._by_gene = self._strategies_by_gene()
        self._lower: dict[str, dict[Payload, None]] = defaultdict(dict)
        self._cased: dict[str, dict[Payload, None]] = defaultdict(dict)
        made: dict[str, list[tuple[int, str]]] = defaultdict(list)
        known = {lowered(name) for each in vocabulary.concepts.values() for name in each.names}
        for concept in vocabulary.concepts.values():
            own = [name for name in (*concept.names, *concept.in_records) if "<" not in name]
            for name in own:
                self._add_name(Kind.TERM, concept.id, name)
            for noun, name in _tumours(own) if concept.facet == "cancer" else ():
                if lowered(name) not in known:
                    made[name].append((_TUMOURS.index(noun), concept.id))
        for name, concepts in made.items():
            # Renal tumours are what renal cancer is, and not only what renal carcinoma is.
            self._add_name(Kind.TERM, min(concepts)[1], name)
        for drug in vocabulary.drugs.values():
            self._add_drug(drug)
        self._add_genes()
        self._add_words()
        self.lower = _automaton(self._lower)
        self.cased = _automaton(self._cased)

    def names(self, surface: str) -> tuple[str, ...]:
        """The concepts that a searchable text names (`ctla 4 blockade`), if it is a name."""
        found = self._lower.get(f" {surface} ", {})
        return tuple(payload.id for payload in found if payload.kind is Kind.TERM)

    def _add(self, kind: Kind, id_: str, name: str) -> None:
        begins = name.endswith("*")
        for surface in surfaces(name.rstrip("*"), begins=begins):
            self._lower[surface][Payload(kind, id_, int(not begins))] = None

    def _add_name(self, kind: Kind, id_: str, name: str) -> None:
        if not is_symbol(name.rstrip("*")):
            self._add(kind, id_, name)
            return
        begins = name.endswith("*")
        for surface in surfaces(name.rstrip("*"), exact=True, begins=begins):
            payload = Payload(kind, id_, int(not begins), surface.strip())
            self._cased[surface][payload] = None

    def _add_drug(self, drug: Drug) -> None:
        kind = Kind.TERM if drug.repurposed else Kind.DRUG
        for id_ in self._drug_concepts(drug):
            for name in drug.names:
                if name not in drug.aliases or is_symbol(name) or len(name) > 5:
                    self._add_name(kind, id_, name)

    def _strategies_by_gene(self) -> dict[str, str]:
        """The strategy each gene points to: of several, the one with the fewest genes."""
        chosen = [self._vocabulary.concepts[id_] for id_ in self._vocabulary.tagging.by_target]
        best: dict[str, str] = {}
        for concept in sorted(chosen, key=lambda c: len(c.targets), reverse=True):
            best |= {target.symbol: concept.id for target in concept.targets}
        return best

    def _drug_concepts(self, drug: Drug) -> tuple[str, ...]:
        """The strategies a drug stands for, the most specific only; else what it acts on.

        A drug of two targets (bintrafusp alfa) stands for the strategies of both.
        """
        listing = [c for c in self._vocabulary.concepts.values() if drug.generic in c.drugs]
        strategies = [c.id for c in listing if c.facet == "strategy"]
        if not strategies:
            return tuple(c.id for c in listing)
        strategies += [self._by_gene[gene] for gene in drug.targets if gene in self._by_gene]
        implied = {above for id_ in strategies for above in self._vocabulary.broader(id_)}
        return unique(id_ for id_ in strategies if id_ not in implied)

    def _add_genes(self) -> None:
        for symbol, id_ in self._by_gene.items():
            facet = self._vocabulary.concepts[id_].facet
            gene = self._vocabulary.genes[symbol]
            for name in (symbol, *gene.aliases):
                self._add(Kind.GENE, id_, name)
                for frame in _AFTER_GENE:
                    self._add_unless_named(id_, facet, frame.format(name))

    def _add_unless_named(self, id_: str, facet: str, name: str) -> None:
        for surface in surfaces(name):
            named = self._lower.get(surface, {})
            facets = {self._vocabulary.concepts[p.id].facet for p in named if p.kind is Kind.TERM}
            if facet not in facets:
                self._lower[surface][Payload(Kind.TERM, id_, 1)] = None

    def _add_words(self) -> None:
        words = self._vocabulary.tagging
        for concept in self._vocabulary.concepts.values():
            for name in concept.everyday:
                self._add(Kind.GENERIC, concept.id, name)
        for cue, names in words.cues.items():
            for name in names:
                self._add(Kind.CUE, cue, name)
        for kind, listed in (
            (Kind.DECOY, words.decoys),
            (Kind.AGENT, words.other_agents),
            (Kind.RESIST, _RESIST),
            (Kind.COMBINE, _COMBINE),
        ):
            for name in listed:
                self._add(kind, "", name)


def _automaton(patterns: dict[str, dict[Payload, None]]) -> Automaton:
    texts = list(patterns)
    return ahocorasick_rs.AhoCorasick(texts), [tuple(patterns[text]) for text in texts]
