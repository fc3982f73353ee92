"""What counts as one thing that a question names: its words, its other names, and its tags.

Scored by the best of them that a record has.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations
from math import log1p

from bot.index import TEXT, Group, Key, SearchIndex, Words
from bot.records.models import unique
from bot.search.query import Part, Query
from bot.text.english import kindred
from bot.text.folding import fold, words
from bot.text.greek import greek_forms
from bot.text.stop_words import is_empty, is_generic
from bot.vocabulary import Recognised, Vocabulary

# A record tagged with a concept counts for it even where the words differ; less than words do.
_TAG_WEIGHT = 1.5
# A narrower thing answers for a broader one, after those that are on just that.
_NARROWER_WEIGHT = 1.1
# What names something tells more of the subject than a plain word that is as rare.
_NAMED_WORTH = 2.0
_SYNONYM_WEIGHT = 0.9
_IMPORTED_WEIGHT = 0.4
_LOOSE_WEIGHT = 0.3
# Of a name, the words that are used at most so many times as often as its rarest tell.
_AS_RARE = 10
_COMMON = 150  # names in which a word stands: cell, tumour, carcinoma, receptor
# An abbreviation's long forms, as the records define them.
_FORM_WEIGHT, _MOST_FORMS, _LONGEST_ABBREVIATION = 0.5, 3, 8
_OTHERWISE_WEIGHT = 0.35
# Immunosuppression is written immune suppression, too.
_IMMUNO, _SHORTEST_IMMUNO = "immuno", 10
# What is about chemoradiotherapy is about radiotherapy.
_COMPOUNDS = ("chemo", "immuno", "radio", "photo", "immunochemo", "chemoimmuno", "immunoradio")
_ARABIC = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
_ROMAN = {arabic: roman for roman, arabic in _ARABIC.items()}
_NUMBERED_SYMBOL = re.compile(r"(?P<stem>[a-z]{2,})(?P<number>[2-9])")
_WITH_CLASSES = frozenset(("mhc", "hla"))
_SPELLING_WEIGHTS = (1.0, 0.8, 0.7, 0.6, 0.5, 0.5)


class Alternatives:
    """Everything that counts as one thing that a question names, and its near misses."""

    def __init__(
        self, index: SearchIndex, vocabulary: Vocabulary, everyday: Iterable[str] = ()
    ) -> None:
        """`everyday` are lines of names of one thing, with bars."""
        self._everyday = {
            name[0]: tuple(other for other in names if other != name)
            for names in ([tuple(words(n)) for n in line.split("|")] for line in everyday)
            for name in names
            if len(name) == 1
        }
        self._index, self._vocabulary = index, vocabulary
        # Words of so many names say of a record that it is of this field, and no more.
        names = vocabulary.vocabulary_words().items()
        self._common = frozenset(word for word, count in names if count > _COMMON)
        self._doubtful = frozenset(fold(abbr) for abbr in vocabulary.ambiguous)
        # A concept has dozens of names, which do not change.
        self._names = lru_cache(maxsize=1_024)(self._collected)

    def groups(self, query: Query) -> tuple[Group, ...]:
        """The things asked, one group each, without the filters."""
        return tuple(self.group(part) for part in query.parts)

    def group(self, part: Part) -> Group:
        """One thing asked: everything that counts as it, and its near misses."""
        term = part.recognised
        worth = 1.0 if term is None or term.only_imported else _NAMED_WORTH
        return Group(self.alternatives(part), self.loose(part), worth)

    def loose(self, part: Part) -> tuple[Words | Key, ...]:
        """Near misses of a concept: its class, what that acts on, and single words of its name.

        A drug has none: its like is no answer, and its class is offered apart.
        """
        term = part.recognised
        if term is None or not term.concepts:
            return ()
        exact = self._vocabulary.exact_concepts(term)
        known = self._vocabulary.concepts
        classes = [c for c in term.concepts if c not in exact]
        above = unique((*classes, *(b for c in exact for b in known[c].broader)))
        acted_on = unique(
            other
            for c in (*exact, *above)
            if known[c].facet == "strategy"
            for other in known[c].related
            if known[other].facet == "component"
        )
        # A part of its name is as near to its opposite.
        apart = any(known[c].opposite for c in exact)
        words = part.words if (len(part.words) > 1 and not apart) or part.tagged else ()
        return (
            *(Words((word,), _LOOSE_WEIGHT, TEXT, level="part") for word in self._telling(words)),
            *(Key("concept", concept, _LOOSE_WEIGHT, "broader") for concept in above),
            *(Key("concept", concept, _LOOSE_WEIGHT / 2, "part") for concept in acted_on),
        )

    def _telling(self, words: Iterable[str]) -> list[str]:
        """Of the words of a name those that tell it from others: of *TIL therapy* the first.

        Where that one is in no record, the others tell nothing: of *CSF1R inhibition*.
        """
        used = {word: self._index.frequency(word, "text") for word in words if len(word) > 2}
        rarest = min(used.values(), default=0)
        return [
            w
            for w, n in used.items()
            if w not in self._common
            and n <= _AS_RARE * rarest
            and not (is_empty(w, question=True) or is_generic(w))
        ]

    def alternatives(self, part: Part) -> tuple[Words | Key, ...]:
        """Everything that counts as this part, best first."""
        if part.any:
            return unique(a for option in part.any for a in self.alternatives(option))
        if part.recognised is not None:
            return self._named(part, part.recognised)
        if part.spellings:
            weights = zip(part.spellings, _SPELLING_WEIGHTS, strict=False)
            spelt = tuple(Words((spelling.word,), weight) for spelling, weight in weights)
            is_right = part.words == (part.spellings[0].word,)
            return (*spelt, *self._otherwise(part.words[0])) if is_right else spelt
        plainly = _plainly(part)
        if part.phrase or part.prefix or part.symbol:
            return (plainly,)
        greek = _greek(part.words)
        if greek or len(part.words) > 1:
            return (plainly, *(greek or _numbered(*part.words[:2])))
        return (plainly, *self._long_forms(part.words[0]), *self._otherwise(part.words[0]))

    def otherwise(self, word: str) -> tuple[tuple[str, ...], ...]:
        """The other names of an everyday thing, as folded words."""
        return self._everyday.get(word, ())

    def _otherwise(self, word: str) -> list[Words | Key]:
        """What papers call an everyday thing (*elderly*), and its adjective or noun."""
        forms = (form for form in kindred(word) if self._index.frequency(form, "text"))
        names = [*self.otherwise(word), *((form,) for form in forms)]
        if word.startswith(_IMMUNO) and len(word) > _SHORTEST_IMMUNO:
            names.append(("immune", word.removeprefix(_IMMUNO)))
        own = self._rarity((word,)) if names else 0.0
        # A rarer name would count for more than the word that was asked.
        shares = (min(1.0, own / (self._rarity(name) or 1.0)) for name in names)
        weighed = zip(names, shares, strict=True)
        below = (self._vocabulary.named(None, " ".join(name)) for name in names)
        return [
            *(Words(name, _OTHERWISE_WEIGHT * share, TEXT) for name, share in weighed),
            # What is a concept of its own answers as something narrower.
            *(
                Key("concept", concept, _NARROWER_WEIGHT, "narrower")
                for each in filter(None, below)
                for concept in sorted(self._vocabulary.narrower(each))
            ),
        ]

    def _rarity(self, name: tuple[str, ...]) -> float:
        """What the words of a name weigh beside others: their inverse document frequencies."""
        records = self._index.status().records
        used = (self._index.frequency(word, "text") for word in name)
        return sum(log1p((records - n + 0.5) / (n + 0.5)) for n in used)

    def _long_forms(self, word: str) -> list[Words]:
        """What the records themselves say an abbreviation means."""
        if len(word) > _LONGEST_ABBREVIATION:
            return []
        known = self._index.long_forms(word)[:_MOST_FORMS]
        return [Words(tuple(long.split()), _FORM_WEIGHT) for long, _ in known]

    def _named(self, part: Part, term: Recognised) -> tuple[Words | Key, ...]:
        """A recognised term: as typed, by its other names, or by its tag."""
        if term.sense is not None and not term.sense.concepts:
            # Read in a sense from outside the field: the abbreviation itself would mislead.
            return (Words(tuple(words(term.sense.label))),)
        if self._is_kind(term):
            return (Words(part.words, field="heading"), *self.concept_keys(term.concepts))
        exact = self._vocabulary.exact_concepts(term)
        # In what records say: who is called Tan did not write on neutrophils for that.
        synonyms = [
            Words(n, _SYNONYM_WEIGHT, TEXT)
            for n in (*self._names(exact, (), ()), *(tuple(words(n)) for n in term.same_part))
            if not self._says_more(n, part.words)
        ]
        # Names of substances and genes are no words of a language, and have no stem: the
        # abbreviation `axi` is no axis.
        synonyms += [
            Words(n, _SYNONYM_WEIGHT, exact=True)
            for n in self._names((), term.drugs, term.genes)
            if not self._says_more(n, part.words)
        ]
        synonyms += _greek(part.words)
        synonyms += _paired(part.words) if term.genes else []
        synonyms += self._imported(part, term, {part.words, *(each.words for each in synonyms)})
        opposites = self._opposites(exact)
        by_words = [
            each
            for each in (*self._as_typed(part), *synonyms)
            if not part.tagged and not any(self._says_more(name, each.words) for name in opposites)
        ]
        return (*by_words, *self.concept_keys(exact))

    def _as_typed(self, part: Part) -> tuple[Words, ...]:
        """The words as typed; none of a long name with a word that is in no record.

        Its other words alone would only lead elsewhere: of *CSF1R inhibition*, to any inhibition.
        """
        telling = (word for word in part.words if len(word) > 2)
        is_there = len(part.words) < 2 or all(self._index.frequency(w, "text") for w in telling)
        return (_plainly(part),) if is_there else ()

    def _opposites(self, concepts: Iterable[str]) -> tuple[tuple[str, ...], ...]:
        """The names of the opposites: small cell lung cancer is in that of non-small cell.

        Words inside them would find the opposite; the tag tells the two apart.
        """
        known = self._vocabulary.concepts
        opposite = unique(other for c in concepts for other in known[c].opposite)
        return self._names(opposite, (), ()) if opposite else ()

    def _is_kind(self, term: Recognised) -> bool:
        """Whether a term names nothing but kinds of evidence, which the tag tells best.

        `trial` asks for trials; how else an abstract may speak of one has many common words in it.
        """
        concepts = self._vocabulary.concepts
        kinds = all(concepts[c].facet == "evidence" for c in term.concepts)
        return bool(term.concepts) and kinds and not (term.drugs or term.genes or term.part_of)

    def _says_more(self, name: tuple[str, ...], typed: tuple[str, ...]) -> bool:
        """Whether a name only adds to the words typed: it finds nothing that they do not find.

        Long names of common words (`randomised controlled trial` for `trial`) are what makes a
        search slow.
        """
        stems, wanted = (tuple(map(self._index.stem, each)) for each in (name, typed))
        size = len(wanted)
        return any(stems[at : at + size] == wanted for at in range(len(stems) - size + 1))

    def _imported(self, part: Part, term: Recognised, but: set[tuple[str, ...]]) -> list[Words]:
        """The names that imported vocabularies give it, for less than the bot's own.

        Where the words of a term are parts of their own, its other names count for all of them
        together.
        """
        weight = _IMPORTED_WEIGHT * len(part.words) / (term.end - term.start)
        names = (tuple(words(name)) for name in self._vocabulary.imported_names(term))
        return [
            Words(n, weight, TEXT)
            for n in unique(names)
            if n not in but and " ".join(n) not in self._doubtful
        ]

    def _collected(
        self, concepts: tuple[str, ...], drugs: tuple[str, ...], genes: tuple[str, ...]
    ) -> tuple[tuple[str, ...], ...]:
        """The names of what was recognised, as folded words; none that only adds to another.

        Ambiguous abbreviations are left out: words in the index have no case and no context, and
        the records that mean the concept are found by their tag.
        """
        vocabulary = self._vocabulary
        names = [n for c in concepts for n in vocabulary.concepts[c].names if "<" not in n]
        names += [n for drug in drugs for n in vocabulary.drugs[drug].names]
        named = (vocabulary.genes[symbol] for symbol in genes if symbol in vocabulary.genes)
        names += [n for gene in named for n in (gene.symbol, *gene.aliases)]
        folded = (fold(name) for name in names)
        split = [tuple(n.split()) for n in folded if n and n.rstrip("s") not in self._doubtful]
        split += [form for name in split for form in greek_forms(name)]
        # A name is looked up by each run of its words: a class has hundreds of names below it.
        stem, kept, runs = self._index.stem, set[tuple[str, ...]](), set[tuple[str, ...]]()
        for name in sorted(unique(split), key=len):
            stems = tuple(map(stem, name))
            ends = combinations(range(len(stems) + 1), 2)
            if runs.isdisjoint(stems[start:end] for start, end in ends):
                kept.add(name)
                runs.add(stems)
        return tuple(name for name in unique(split) if name in kept)

    def concept_keys(self, concepts: Iterable[str]) -> list[Key]:
        """The tags that count as these concepts: their own, then those of everything below."""
        named = unique(concepts)
        below = unique(c for each in named for c in sorted(self._vocabulary.narrower(each)))
        return [
            *(Key("concept", concept, _TAG_WEIGHT) for concept in named),
            *(
                Key("concept", concept, _NARROWER_WEIGHT, "narrower")
                for concept in below
                if concept not in named
            ),
        ]

    def excluded(self, part: Part) -> Iterable[Words | Key]:
        """What a record must not have where this part is excluded."""
        if part.recognised is not None and self._is_kind(part.recognised):
            # "-review" means the type, not the word.
            return self.concept_keys(part.recognised.concepts)
        return self._about(part) if part.about else self.alternatives(part)

    def _about(self, part: Part) -> list[Words]:
        """What the title or a keyword of a work about this says: its names and those below it."""
        term = part.recognised
        names = [part.words, *(spelling.word.split() for spelling in part.spellings)]
        if term is None and len(part.words) == 1:
            (word,) = part.words
            names += [*self.otherwise(word), *((f"{first}{word}",) for first in _COMPOUNDS)]
        if term is not None:
            whole = (id_ for id_ in term.concepts if id_ not in term.part_of)
            below = unique(c for id_ in whole for c in sorted(self._vocabulary.narrower(id_)))
            names += [tuple(words(name)) for name in term.same_part]
            names += self._names(below, term.drugs, term.genes)
        return [Words(tuple(name), field="heading") for name in names]


def _plainly(part: Part) -> Words:
    """The words as they were typed; a symbol that is an English word only in capitals."""
    if part.symbol:
        return Words(part.words, field="symbol")
    return Words(part.words, exact=part.phrase, prefix=part.prefix)


def _greek(words: tuple[str, ...]) -> list[Words]:
    """The other ways to write a symbol with a Greek letter."""
    return [Words(form) for form in greek_forms(words) if form != words]


def _paired(words: tuple[str, ...]) -> list[Words]:
    """A symbol behind the one before it: CXCR2 of CXCR1/2."""
    match = _NUMBERED_SYMBOL.fullmatch(words[0]) if len(words) == 1 else None
    if match is None:
        return []
    number = int(match["number"])
    return [Words((f"{match['stem']}{number - 1}", str(number)))]


def _numbered(name: str, mark: str) -> Iterator[Words]:
    """What has a number in its name by the other forms of the number: class I, class 1; IGF1."""
    arabic, roman = _ARABIC.get(mark), _ROMAN.get(mark)
    if number := arabic or roman:
        yield Words((name, number))
        yield Words((f"{name}{arabic or mark}",))
    if name in _WITH_CLASSES:
        yield from (Words((name, "class", each)) for each in (mark, number) if each)
