"""Finding the vocabulary's terms in a question."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.records.models import unique
from bot.text.folding import Token, fold
from bot.vocabulary.imported import ImportedTerm
from bot.vocabulary.model import Abbreviation, AbbreviationSense, Concept
from bot.vocabulary.terms import forms, singular

Kind = Literal["concept", "drug", "gene", "abbreviation"]

_LONGEST = 9  # tokens in the longest name, with room for a split one


@dataclass(frozen=True, slots=True)
class Recognised:
    """Words of a question that name something.

    `start` and `end` are token positions. A span can name several things (T-VEC is a drug and a
    strategy). `label` says what it was read as. For an ambiguous abbreviation, `abbreviation`
    has every sense and `sense` the one taken; None where nothing decides, and `concepts` are then
    those of every sense in the field. A sense from outside it leaves them empty. `imported` are
    terms of imported vocabularies that are the same thing; with `only_imported` nothing else knows
    these words (and `genes` holds the symbols of those that are genes). `part_of` are those of its
    concepts of which it names only a part (phase 3 of clinical trials), and `same_part` the names
    of that part.
    """

    start: int
    end: int
    typed: str
    concepts: tuple[str, ...]
    drugs: tuple[str, ...]
    genes: tuple[str, ...]
    label: str
    abbreviation: Abbreviation | None = None
    sense: AbbreviationSense | None = None
    imported: tuple[ImportedTerm, ...] = ()
    only_imported: bool = False
    part_of: tuple[str, ...] = ()
    same_part: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is an abbreviation whose sense nothing decides."""
        undecided = self.abbreviation is not None and self.sense is None
        return undecided and not (self.drugs or self.genes)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One name under its key: what it names, how it may be split, the case it insists on."""

    kind: Kind
    id: str
    splits: frozenset[int]
    exact: frozenset[str]


class Lexicon:
    """Every name of the vocabulary by its key. Filled once by `Vocabulary`, then only read."""

    def __init__(self, exact_case: Iterable[str], unsaid: Iterable[str]) -> None:
        self._entries: dict[str, list[_Entry]] = defaultdict(list)
        # As they were kept, each made an entry when it is looked for.
        self._kept: dict[str, list[list[Any]]] = {}
        self._exact = set(exact_case)
        self._unsaid = {fold(name) for name in unsaid}
        self._abbreviations: dict[tuple[str, ...], dict[str, Abbreviation]] = defaultdict(dict)
        self._words: dict[str, int] = defaultdict(int)

    def plain(self) -> dict[str, Any]:
        """What it holds, in values of JSON."""
        entries = {
            key: [[e.kind, e.id, sorted(e.splits), sorted(e.exact)] for e in found]
            for key, found in self._entries.items()
        }
        forms_ = [[list(words), list(named)] for words, named in self._abbreviations.items()]
        return {"entries": entries, "words": self._words, "abbreviations": forms_}

    def restore(self, plain: Any, ambiguous: Mapping[str, Abbreviation]) -> bool:
        """Take in what `plain` gave; False where it is something else, and nothing is taken in."""
        try:
            abbreviations = {
                tuple(words): {abbr: ambiguous[abbr] for abbr in named}
                for words, named in plain["abbreviations"]
            }
            self._kept, self._words = dict(plain["entries"]), dict(plain["words"])
        except (KeyError, TypeError, ValueError):
            return False
        self._abbreviations = abbreviations
        return True

    def add(self, kind: Kind, id_: str, name: str, *, counts: bool = True) -> None:
        """Take in a name, in every form it can be typed in; whether its words are counted."""
        if "<" in name:
            return
        insisted = name in self._exact or (name[:-1] in self._exact and name.endswith("s"))
        exact = frozenset((name, f"{name}s")) if insisted else frozenset()
        for place, form in enumerate(forms(name)):
            if not place and " ".join(form.words) in self._unsaid:  # as it is written
                return
            entry = _Entry(kind, id_, form.splits, exact)
            if entry not in self._entries[form.key]:
                self._entries[form.key].append(entry)
            for word in form.words if counts else ():
                self._words[word] += 1

    def add_abbreviation(self, abbr: str, abbreviation: Abbreviation) -> None:
        """Take in an ambiguous abbreviation, whether or not it names a concept."""
        self.add("abbreviation", abbr, abbr)
        for form in forms(abbr):
            self._abbreviations[form.words].setdefault(abbr, abbreviation)

    @property
    def words(self) -> Mapping[str, int]:
        """The folded single words of all names, and in how many of them each stands."""
        return self._words

    def recognise(
        self, tokens: Sequence[Token], text: str, concepts: Mapping[str, Concept]
    ) -> list[Recognised]:
        """The names in a question, leftmost and longest first, never overlapping.

        `text` is the cleaned text the tokens were cut from; without it (empty) abbreviations
        that are also English words are recognised beside a cue only.
        """
        shouted = len(tokens) > 2 and text.isupper()
        reader = _Reader(self, tokens, "" if shouted else text, concepts)
        return reader.read()

    def find(self, tokens: Sequence[Token], start: int, end: int) -> list[_Entry]:
        """The entries whose name is exactly these tokens."""
        key = "".join(token.text for token in tokens[start:end])
        if key in self._kept:
            self._entries[key] = [
                _Entry(kind, id_, frozenset(splits), frozenset(exact))
                for kind, id_, splits, exact in self._kept[key]
            ]
            self._kept.pop(key, None)
        if key not in self._entries:
            return []
        ends, offset = set(), 0
        for token in tokens[start:end]:
            offset += len(token.text)
            ends.add(offset)
        return [entry for entry in self._entries[key] if ends <= entry.splits]

    def named(self, tokens: Sequence[Token], kind: Kind) -> frozenset[str]:
        """The things of a kind whose name is exactly these tokens."""
        return frozenset(e.id for e in self.find(tokens, 0, len(tokens)) if e.kind == kind)

    def inside(self, tokens: Sequence[Token], kind: Kind) -> frozenset[str]:
        """The things of a kind that are named anywhere among these tokens."""
        spans = ((s, e) for s in range(len(tokens)) for e in range(s + 1, len(tokens) + 1))
        return frozenset().union(*(self.named(tokens[s:e], kind) for s, e in spans))

    def abbreviation(self, words: tuple[str, ...], typed: str) -> Abbreviation | None:
        """The ambiguous abbreviation typed as these words, if any: `cart`, but not `car t`.

        Of those that differ in their case (cSCC, CSCC) the one that was `typed`, else the first.
        """
        named = self._abbreviations.get(words, {})
        return named.get(typed) or named.get(typed[:-1]) or next(iter(named.values()), None)


class _Reader:
    """One question being read."""

    def __init__(
        self,
        lexicon: Lexicon,
        tokens: Sequence[Token],
        text: str,
        concepts: Mapping[str, Concept],
    ) -> None:
        self._lexicon, self._tokens, self._text, self._concepts = lexicon, tokens, text, concepts

    def read(self) -> list[Recognised]:
        found: list[tuple[int, int, list[_Entry]]] = []
        start = 0
        while start < len(self._tokens):
            end, entries = self._longest(start, min(len(self._tokens), start + _LONGEST))
            if entries:
                found.append((start, end, entries))
            start = end
        clear = (e for s, t, entries in found if self._abbreviation(s, t) is None for e in entries)
        company = frozenset(entry.id for entry in clear if entry.kind == "concept")
        return [self._recognised(*each, company) for each in found]

    def _longest(self, start: int, limit: int) -> tuple[int, list[_Entry]]:
        for end in range(limit, start, -1):
            entries = self._admitted(start, end)
            if entries:
                return end, entries
        return start + 1, []

    def _admitted(self, start: int, end: int) -> list[_Entry]:
        entries = self._lexicon.find(self._tokens, start, end)
        if not any(entry.exact for entry in entries):
            return entries
        typed = self._typed(start, end)
        company = self._has_company(start, end)
        return [e for e in entries if not e.exact or typed in e.exact or company]

    def _typed(self, start: int, end: int) -> str:
        if not self._text:
            return " ".join(token.text for token in self._tokens[start:end])
        return self._text[self._tokens[start].start : self._tokens[end - 1].end]

    def _has_company(self, start: int, end: int) -> bool:
        """Whether a cue for a sense in the field is elsewhere in the question."""
        abbreviation = self._abbreviation(start, end)
        if abbreviation is None:
            return False
        context = self._context(start, end)
        return any(sense.concepts and hits(sense, context) for sense in abbreviation.senses)

    def _abbreviation(self, start: int, end: int) -> Abbreviation | None:
        words = tuple(token.text for token in self._tokens[start:end])
        return self._lexicon.abbreviation(words, self._typed(start, end))

    def _facet(self, concept_id: str) -> str:
        return self._concepts[concept_id].facet

    def _context(self, start: int, end: int) -> str:
        around = [*self._tokens[:start], *self._tokens[end:]]
        return f" {' '.join(token.text for token in around)} "

    def _recognised(
        self, start: int, end: int, entries: list[_Entry], company: frozenset[str]
    ) -> Recognised:
        """What the words name, in a question that also names the concepts of its `company`."""
        concepts = unique(entry.id for entry in entries if entry.kind == "concept")
        drugs = unique(entry.id for entry in entries if entry.kind == "drug")
        genes = unique(entry.id for entry in entries if entry.kind == "gene")
        abbreviation = self._abbreviation(start, end)
        sense = None
        if abbreviation is not None:
            if drugs or genes:
                cued = self._cued(abbreviation, start, end)
                sense = cued or next(iter(abbreviation.inside), None)
            else:
                sense = self._sense(abbreviation, start, end, company)
                inside = (id_ for each in abbreviation.inside for id_ in each.concepts)
                concepts = unique((*concepts, *inside))
            concepts = _read_as(sense, concepts, has_other=bool(drugs or genes))
        concepts = unique((*concepts, *self._inside(start, end, concepts)))
        typed = self._typed(start, end)
        named = (*drugs, *genes, *(self._concepts[id_].label for id_ in concepts))
        label = ", ".join(named) or (sense.label if sense else typed)
        return Recognised(start, end, typed, concepts, drugs, genes, label, abbreviation, sense)

    def _cued(self, abbreviation: Abbreviation, start: int, end: int) -> AbbreviationSense | None:
        """The sense that most cues speak for; None where none does."""
        context = self._context(start, end)
        best = max(abbreviation.senses, key=lambda sense: hits(sense, context))
        return best if hits(best, context) else None

    def _sense(
        self, abbreviation: Abbreviation, start: int, end: int, company: frozenset[str]
    ) -> AbbreviationSense | None:
        """The sense decided by cues, then by what else is named; None: it is to be asked about.

        The only sense in the field is taken beside another thing of the field, and on its own
        unless the file says to ask. A cancer tells nothing of an abbreviation that is none of its
        own: TAM beside breast cancer may be tamoxifen; TAMs are macrophages, of which there are
        many.
        """
        many = None
        if abbreviation.is_plural(self._typed(start, end)):
            many = next(filter(self._is_of_many, abbreviation.inside), None)
        if (cued := self._cued(abbreviation, start, end)) and (cued.concepts or not many):
            return cued
        inside = abbreviation.inside
        near = [sense for sense in inside if not company.isdisjoint(self._around(sense))]
        if len(near) == 1:
            return near[0]
        if many:
            return many
        if len({sense.concepts for sense in inside}) != 1:
            return None
        of_field = any(self._facet(id_) not in ("cancer", "evidence") for id_ in company)
        return inside[0] if of_field or not abbreviation.asks else None

    def _is_of_many(self, sense: AbbreviationSense) -> bool:
        """Whether it is a part of the tumour microenvironment that is spoken of in the plural."""
        last = fold(sense.label).split()[-1]
        of_part = any(self._facet(id_) == "component" for id_ in sense.concepts)
        return of_part and singular(last) != last

    def _around(self, sense: AbbreviationSense) -> frozenset[str]:
        """The concepts of a sense and those that belong to them."""
        named = [self._concepts[id_] for id_ in sense.concepts]
        return frozenset(sense.concepts).union(*((*c.related, *c.broader) for c in named))

    def _inside(self, start: int, end: int, concepts: tuple[str, ...]) -> tuple[str, ...]:
        """The strategy named inside a kind of resistance: `resistance to checkpoint inhibitors`."""
        if not any(self._facet(id_) == "resistance" for id_ in concepts):
            return ()
        spans = [(s, e) for s in range(start, end) for e in range(end, s, -1)]
        for s, e in sorted(spans, key=lambda span: span[0] - span[1]):
            entries = self._admitted(s, e) if (s, e) != (start, end) else []
            strategies = [
                entry.id
                for entry in entries
                if entry.kind == "concept" and self._facet(entry.id) == "strategy"
            ]
            if strategies:
                return tuple(strategies)
        return ()


def hits(sense: AbbreviationSense, context: str) -> int:
    """How many of the sense's cues stand in a folded context (words between single spaces).

    A cue of more than three letters may be the beginning of a word (`anastomo`).
    """
    return sum(cue in context for cue in map(_cue, sense.cues))


def _cue(cue: str) -> str:
    folded = fold(cue)
    return f" {folded} " if len(folded) <= 3 else f" {folded}"


def _read_as(
    sense: AbbreviationSense | None, concepts: tuple[str, ...], *, has_other: bool
) -> tuple[str, ...]:
    """The concepts of an abbreviation once its sense is known."""
    if sense is None:
        return concepts
    if sense.denied or not sense.concepts:
        return ()
    named = tuple(id_ for id_ in concepts if id_ in sense.concepts)
    return named if named or has_other else sense.concepts
