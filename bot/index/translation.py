"""Queries of the index as an engine's queries.

An engine finds the best of a plain union of words without scoring every record that holds one
(block-max WAND), but only where nothing but words is in the union. So a union is made of words
wherever that can be done: a record that has several alternatives of a group is scored by their
sum, a tag is a word like another, and stands for the longer names of its concept. Only groups that
need a phrase or the beginning of a word are scored by their maximum.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Generic

from bot.index import TEXT, Group, IndexQuery, Key, Words
from bot.index.analysis import stem
from bot.index.engine import Q, Queries

# How much a word counts in each field. `TEXT` holds title, abstract and keywords; `context` who
# wrote it, where, and in which journal: a common surname must not outrank the topic.
_CONCEPT, _CONTEXT = "concept", "context"
_FIELD_WEIGHTS = {TEXT: 1.0, _CONTEXT: 0.7}
_STEMMED_FIELDS = frozenset((TEXT, _CONTEXT, "heading", "journal", "anywhere"))
# What a tag weighs beside the words of a union, as part of its own weight, and what each word of a
# concept's name does where the tag stands for the name. Measured: tests/benchmarks/README.md.
_TAG_SHARE, _NAME_WORD = 0.2, 1.0
# What another name of a concept weighs in a sum of several things, as part of its own weight:
# a record that uses all the names of one thing must not outrank one that has the other things.
_NAME_SHARE = 0.2
# Shares are written as digits of the score, two bits a group; a float32 is exact to 24 bits.
MOST_SHARES = 11

Term = tuple[str, str]


class Translator(Generic[Q]):
    """Turns an `IndexQuery` into an engine's queries."""

    def __init__(self, queries: Queries[Q]) -> None:
        self._queries = queries

    def counted(self, query: IndexQuery) -> Q:
        """The records that satisfy every group and limit; none of it scores."""
        return self._limited([self._holds(group.alternatives) for group in query.groups], query)

    def only_word(self, query: IndexQuery) -> Term | None:
        """The field and word that alone decide what satisfies the query, if that is so."""
        if len(query.groups) != 1 or query.required or query.excluded or query.years:
            return None
        stems = {_anywhere(each) for each in query.groups[0].alternatives}
        word = stems.pop() if len(stems) == 1 else None
        return None if word is None else ("anywhere", word)

    def strict(self, query: IndexQuery) -> Q:
        """The records that satisfy every group and limit, scored by the groups."""
        if len(query.groups) == 1 and _single_words(query.groups[0].alternatives):
            return self.any_of(query)  # a union of its own, which is quicker
        groups = [self._group(group.alternatives) for group in query.groups]
        return self._limited(groups, query)

    def any_of(self, query: IndexQuery, *, loosely: bool = False, said_only: bool = False) -> Q:
        """The records that satisfy any group and every limit, scored by the groups.

        `loosely` counts near misses as well; with `said_only` words are looked for in what a record
        says, and not in who wrote it, where: in a sentence a name is rarely meant.
        """
        union: list[Q] = []
        for group in query.groups:
            wanted = (*group.alternatives, *(group.loose if loosely else ()))
            terms = _single_words(wanted) or _named_words(wanted)
            if len(query.groups) > 1:
                terms = _as_typed(terms, wanted[0])
            if said_only:
                terms = {term: weight for term, weight in terms.items() if term[0] != _CONTEXT}
            union += self._terms(terms) or (self._group(wanted),)
        if union and not (query.required or query.excluded or query.years):
            return self._queries.either(union)
        return self._limited([self._queries.either(union)] if union else [], query)

    def scored(self, query: IndexQuery, ids: Sequence[str]) -> Q:
        """Those of these records that pass every limit, scored by the groups that they have."""
        union = self.any_of(IndexQuery(query.groups), loosely=True)
        return self._limited([self._among(ids)], query, [union] if query.groups else [])

    def shares(self, groups: Sequence[Group], ids: Sequence[str]) -> Q:
        """These records, each with its groups as digits of the score: see `read_share`.

        Raises ValueError for more than `MOST_SHARES` groups.
        """
        if len(groups) > MOST_SHARES:
            raise ValueError(f"shares of at most {MOST_SHARES} groups")
        marked = [
            self._holds(alternatives, float(value * 4**place))
            for place, group in enumerate(groups)
            for value, alternatives in ((2, group.alternatives), (1, group.loose))
            if alternatives
        ]
        return self._queries.every([self._among(ids)], marked)

    def matching(self, alternatives: Sequence[Words | Key], ids: Sequence[str]) -> Q:
        """Those of these records that have any of the alternatives; none of it scores."""
        return self._queries.every([self._among(ids), self._holds(alternatives)])

    def adding(self, query: IndexQuery, ids: Sequence[str]) -> Q:
        """Those of these records that say any of the words that only add, scored by those."""
        words = self._terms({(TEXT, stem(word)): 1.0 for word in query.adding})
        return self._queries.every([self._among(ids), self._any(words)])

    def _among(self, ids: Sequence[str]) -> Q:
        return self._queries.same(self._queries.among(ids), 0.0)

    def _limited(self, required: list[Q], query: IndexQuery, adding: Sequence[Q] = ()) -> Q:
        """What is required, and what every found record must satisfy or must not."""
        required = required + [self._holds(group.alternatives) for group in query.required]
        if query.years is not None:
            days = self._queries.days(query.years.first, query.years.last)
            required.append(self._queries.same(days, 0.0))
        if not required:  # everything; but what the index keeps of itself is no record
            records = self._queries.term("kind", "record", scored=False)
            required = [self._queries.same(records, 0.0)]
        without = [self._holds((each,)) for each in query.excluded]
        return self._queries.every(required, adding, without)

    def _holds(self, alternatives: Sequence[Words | Key], score: float = 0.0) -> Q:
        """The records that have any of these, all with this score."""
        stems = dict.fromkeys(_anywhere(each) for each in alternatives)
        found = [self._queries.term("anywhere", word, scored=False) for word in stems if word]
        found += [self._alternative(each) for each in alternatives if _anywhere(each) is None]
        return self._queries.same(self._any(found), score)

    def _group(self, alternatives: Sequence[Words | Key]) -> Q:
        """The records that have any of these; of single words their sum, else the best scores."""
        if terms := self._terms(_single_words(alternatives)):
            return self._any(terms)
        return self._best([self._alternative(each) for each in alternatives])

    def _terms(self, weights: Mapping[Term, float]) -> list[Q]:
        return [
            self._weighted(self._queries.term(field, word), weight)
            for (field, word), weight in weights.items()
        ]

    def _alternative(self, alternative: Words | Key) -> Q:
        if isinstance(alternative, Key):
            term = self._queries.term(alternative.field, alternative.value, scored=False)
            return self._queries.same(term, alternative.weight)
        fields = _fields(alternative)
        return self._best(
            [
                self._weighted(self._words(alternative, field), weight * alternative.weight)
                for field, weight in fields.items()
            ]
        )

    def _words(self, wanted: Words, field: str) -> Q:
        words = [_in_field(word, field) for word in wanted.words]
        if wanted.prefix:
            return self._queries.beginning(field, words)
        if len(words) == 1:
            return self._queries.term(field, words[0])
        return self._queries.phrase(field, words)

    def _any(self, queries: Sequence[Q]) -> Q:
        return queries[0] if len(queries) == 1 else self._queries.either(queries)

    def _best(self, queries: Sequence[Q]) -> Q:
        return queries[0] if len(queries) == 1 else self._queries.best_of(queries)

    def _weighted(self, query: Q, weight: float) -> Q:
        return query if weight == 1.0 else self._queries.weighted(query, weight)


def read_share(score: float, weights: Sequence[float]) -> float:
    """The share of the groups that a record has, by its score from `shares` and their weights."""
    digits, stored = round(score), 0.0
    for weight in weights:
        digits, digit = divmod(digits, 4)
        stored += weight * (1.0 if digit & 2 else digit / 2)
    return stored / (sum(weights) or 1.0)


def _single_words(alternatives: Sequence[Words | Key]) -> dict[Term, float]:
    """Each word in each field, and each tag, with its weight; none if there is anything else.

    Words of one stem are one word; it has the greatest weight among theirs.
    """
    weights: dict[Term, float] = {}
    for each in alternatives:
        if isinstance(each, Key):
            if each.field != _CONCEPT:
                return {}
            weights[_CONCEPT, each.value] = _TAG_SHARE * each.weight
            continue
        if len(each.words) != 1 or each.prefix:
            return {}
        for term, weight in _weights(each):
            weights[term] = max(weights.get(term, 0.0), weight)
    return weights


def _named_words(alternatives: Sequence[Words | Key]) -> dict[Term, float]:
    """A concept's tags, its single words, and those of its name as typed; none if it has no tag.

    Its longer names are left to the tag: a record that holds one has it. Finds more than the
    alternatives do, and is good for ranking only.
    """
    names = [each for each in alternatives if isinstance(each, Words) and len(each.words) > 1]
    if len(names) == len(alternatives) or any(each.prefix for each in names):
        return {}
    found = _single_words([each for each in alternatives if each not in names])
    if not any(field == _CONCEPT for field, _ in found):
        return {}
    # A kind of record goes by its tag: of "retracted papers" the paper tells nothing.
    by_words = alternatives[0] in names and names[0].field is None
    words = names[0].words if by_words else ()
    typed = [word for word in words if len(word) > 1]  # the T of T-VEC stands in every T cell
    # Last: as a near miss alone (of *TCR diversity*, the rarer word) it would count for less.
    return found | {(TEXT, stem(word)): _NAME_WORD for word in typed}


def _as_typed(terms: Mapping[Term, float], typed: Words | Key) -> dict[Term, float]:
    """The words of a concept, its other names for less than the one that was typed."""
    if isinstance(typed, Key) or not any(field == _CONCEPT for field, _ in terms):
        return dict(terms)
    own = {_CONCEPT, *map(stem, typed.words), *typed.words}
    return {
        (field, word): weight * (1.0 if field in own or word in own else _NAME_SHARE)
        for (field, word), weight in terms.items()
    }


def _weights(wanted: Words) -> Iterator[tuple[Term, float]]:
    """A single word in each field it is looked for in, with its weight there."""
    for field, weight in _fields(wanted).items():
        yield (field, _in_field(wanted.words[0], field)), weight * wanted.weight


def _anywhere(wanted: Words | Key) -> str | None:
    """The stem that alone decides whether a record has this, wherever it stands; or None."""
    if isinstance(wanted, Key) or len(wanted.words) != 1:
        return None
    if wanted.field or wanted.exact or wanted.prefix:
        return None
    return stem(wanted.words[0])


def _fields(wanted: Words) -> dict[str, float]:
    """Where words are looked for, and what they weigh there."""
    if wanted.field is not None:
        return {wanted.field: 1.0}
    if wanted.exact or wanted.prefix:
        return {"surface": 1.0}
    return {TEXT: 1.0} if len(wanted.words) > 1 else _FIELD_WEIGHTS


def _in_field(word: str, field: str) -> str:
    return stem(word) if field in _STEMMED_FIELDS else word


def keys_of(group: Group) -> list[Key]:
    """The alternatives of a group that is counted beside others.

    Raises TypeError for anything but keys.
    """
    keys = [each for each in group.alternatives if isinstance(each, Key)]
    if len(keys) != len(group.alternatives):
        raise TypeError("only keys can be counted together")
    return keys
