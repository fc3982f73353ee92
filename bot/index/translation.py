"""What is asked of the index, as tantivy's queries.

The engine finds the best of a plain union of words without scoring every record that holds one
(block-max WAND), but only where nothing but words is in the union. So a group whose alternatives
are all single words becomes words of the union itself, a record that has several of them is scored
by their sum, and only groups with phrases, tags or beginnings of words are scored by their maximum.
"""

from collections.abc import Sequence

import tantivy
from tantivy import Occur, Query

from bot.index import Group, IndexQuery, Key, Words
from bot.index.analysis import stem

# How much a word counts in each field. `body` holds title, abstract and keywords. A word counts a
# little less as a name, or a common surname would outrank the topic.
_FIELD_WEIGHTS = {"body": 1.0, "people": 0.8, "affiliation": 0.5, "journal": 0.8}
_STEMMED_FIELDS = frozenset(("body", "journal"))
# Shares are written as digits of the score, two bits a group; a float32 is exact to 24 bits.
MOST_SHARES = 11

Clause = tuple[Occur, Query]


class Translator:
    """Turns an `IndexQuery` into tantivy's queries."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    def counted(self, query: IndexQuery) -> Query:
        """The records that satisfy every group and limit; none of it scores."""
        groups = [Query.const_score_query(self._group(g.alternatives), 0.0) for g in query.groups]
        return self._limited([(Occur.Must, group) for group in groups], query)

    def strict(self, query: IndexQuery) -> Query:
        """The records that satisfy every group and limit, scored by the groups."""
        if len(query.groups) == 1:  # a union of its own, which is quicker
            return self.any_of(query)
        groups = [self._group(group.alternatives) for group in query.groups]
        return self._limited([(Occur.Must, group) for group in groups], query)

    def any_of(self, query: IndexQuery, *, loosely: bool = False) -> Query:
        """The records that satisfy any group and every limit, scored by the groups.

        `loosely` counts near misses as well.
        """
        union: list[Clause] = []
        for group in query.groups:
            wanted = (*group.alternatives, *(group.loose if loosely else ()))
            words = self._single_words(wanted)
            union += [(Occur.Should, each) for each in words or (self._group(wanted),)]
        if not union or not (query.required or query.excluded or query.years):
            return Query.boolean_query(union) if union else self._limited([], query)
        return self._limited([(Occur.Must, Query.boolean_query(union))], query)

    def shares(self, groups: Sequence[Group], ids: Sequence[str]) -> Query:
        """These records, each with its groups as digits of the score: see `read_shares`.

        Raises ValueError for more than `MOST_SHARES` groups.
        """
        if len(groups) > MOST_SHARES:
            raise ValueError(f"shares of at most {MOST_SHARES} groups")
        clauses: list[Clause] = [(Occur.Must, self._among(ids))]
        for place, group in enumerate(groups):
            for value, alternatives in ((2, group.alternatives), (1, group.loose)):
                if alternatives:
                    wanted = self._group(alternatives)
                    marked = Query.const_score_query(wanted, float(value * 4**place))
                    clauses.append((Occur.Should, marked))
        return Query.boolean_query(clauses)

    def matching(self, alternatives: Sequence[Words | Key], ids: Sequence[str]) -> Query:
        """Those of these records that have any of the alternatives; none of it scores."""
        wanted = Query.const_score_query(self._group(alternatives), 0.0)
        return Query.boolean_query([(Occur.Must, self._among(ids)), (Occur.Must, wanted)])

    def _among(self, ids: Sequence[str]) -> Query:
        # Quicker than a set of terms, for which the engine builds an automaton.
        each = [Query.term_query(self._schema, "id", record_id, "basic") for record_id in ids]
        among = Query.boolean_query([(Occur.Should, query) for query in each])
        return Query.const_score_query(among, 0.0)

    def _limited(self, clauses: list[Clause], query: IndexQuery) -> Query:
        """The clauses, and what every found record must satisfy or must not."""
        for group in query.required:
            limit = Query.const_score_query(self._group(group.alternatives), 0.0)
            clauses.append((Occur.Must, limit))
        if query.years is not None:
            first, last = query.years.first, query.years.last
            days = Query.range_query(self._schema, "day", tantivy.FieldType.Integer, first, last)
            clauses.append((Occur.Must, Query.const_score_query(days, 0.0)))
        if not clauses:  # everything; but what the index keeps of itself is no record
            records = Query.term_query(self._schema, "kind", "record")
            clauses = [(Occur.Must, Query.const_score_query(records, 0.0))]
        clauses += [(Occur.MustNot, self._group((each,))) for each in query.excluded]
        return Query.boolean_query(clauses)

    def _group(self, alternatives: Sequence[Words | Key]) -> Query:
        """The records that have any of these; of single words their sum, else the best scores."""
        if words := self._single_words(alternatives):
            if len(words) == 1:
                return words[0]
            return Query.boolean_query([(Occur.Should, each) for each in words])
        queries = [self._alternative(each) for each in alternatives]
        return queries[0] if len(queries) == 1 else Query.disjunction_max_query(queries)

    def _single_words(self, alternatives: Sequence[Words | Key]) -> list[Query]:
        """One query for each word and field, where all alternatives are single words; else none.

        Words of one stem are one word; it has the greatest weight among theirs.
        """
        weights: dict[tuple[str, str], float] = {}
        for each in alternatives:
            if isinstance(each, Key) or len(each.words) != 1 or each.prefix:
                return []
            for field, weight in _fields(each).items():
                term = (field, _in_field(each.words[0], field))
                weights[term] = max(weights.get(term, 0.0), weight * each.weight)
        return [
            _weighted(Query.term_query(self._schema, field, word, "freq"), weight)
            for (field, word), weight in weights.items()
        ]

    def _alternative(self, alternative: Words | Key) -> Query:
        if isinstance(alternative, Key):
            term = Query.term_query(self._schema, alternative.field, alternative.value, "basic")
            return Query.const_score_query(term, alternative.weight)
        fields = _fields(alternative)
        queries = [
            _weighted(self._words(alternative, field), weight * alternative.weight)
            for field, weight in fields.items()
        ]
        return queries[0] if len(queries) == 1 else Query.disjunction_max_query(queries)

    def _words(self, asked: Words, field: str) -> Query:
        words = [_in_field(word, field) for word in asked.words]
        if asked.prefix:
            if len(words) == 1:
                # Folded words are letters and digits only, so none can be a regex operator.
                return Query.regex_query(self._schema, field, f"{words[0]}.*")
            return Query.phrase_prefix_query(self._schema, field, list(words))
        if len(words) == 1:
            return Query.term_query(self._schema, field, words[0], "freq")
        return Query.phrase_query(self._schema, field, list(words))


def read_shares(score: float, groups: int) -> float:
    """How many of the groups a record has by its score from `shares`; a near miss counts half."""
    digits, held = round(score), 0.0
    for _ in range(groups):
        digits, digit = divmod(digits, 4)
        held += 1.0 if digit & 2 else digit / 2
    return held


def _fields(asked: Words) -> dict[str, float]:
    """Where words are looked for, and what they weigh there."""
    if asked.field is not None:
        return {asked.field: 1.0}
    if asked.exact or asked.prefix:
        return {"surface": 1.0}
    return {"body": 1.0} if len(asked.words) > 1 else _FIELD_WEIGHTS


def _in_field(word: str, field: str) -> str:
    return stem(word) if field in _STEMMED_FIELDS else word


def _weighted(query: Query, weight: float) -> Query:
    return query if weight == 1.0 else Query.boost_query(query, weight)
