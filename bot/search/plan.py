"""The query of the index for a question: words, other names, tags and limits.

Everything that counts as one thing asked becomes one group of alternatives, scored by the best of
them that a record has.
"""

from collections.abc import Callable, Iterable, Iterator

from bot.index import Card, Group, IndexQuery, Key, Words, Years
from bot.search.query import Query
from bot.search.stored_words import StoredWords
from bot.text.folding import name_orders, words
from bot.vocabulary import Vocabulary

# What may be unknown of a record, and the key that tells.
_KEYS = {"access": "access", "review": "reviewed"}


class Interpreter:
    """Turns what was understood into a query of the index. `names` are those of its parts."""

    def __init__(self, words: StoredWords, vocabulary: Vocabulary) -> None:
        self.names = words.names
        self._words, self._vocabulary = words, vocabulary

    def plan(self, query: Query) -> IndexQuery:
        """The whole question: groups that rank, and what limits and excludes."""
        filters = query.filters
        required = [
            Group(tuple(self.names.concept_keys([concept]))) for concept in filters.concepts
        ]
        required += [_people(name) for name in filters.authors]
        required += [self._journal(name) for name in filters.journals]
        keys = (
            ("year", str(filters.year) if filters.year else None),
            ("has", "open" if filters.open_access else None),
            ("reviewed", _yes_no(filters.peer_reviewed)),
            ("flag", "retracted" if filters.retracted else None),
            ("language", filters.language),
            *(("has", name) for name in filters.has),
            *((_KEYS[name], "unknown") for name in filters.unknown),
        )
        required += [Group((Key(name, value),)) for name, value in keys if value]
        if filters.types:
            required.append(Group(tuple(Key("type", kind) for kind in filters.types)))
        required += [Group(self.names.alternatives(p)) for p in query.parts if p.phrase]
        excluded = [each for part in query.excluded for each in self.names.excluded(part)]
        excluded += self.names.concept_keys(filters.not_concepts)
        excluded += [Key("type", kind) for kind in filters.not_types]
        excluded += [a for name in filters.not_authors for a in _people(name).alternatives]
        if filters.open_access is False or "access" in filters.unknown:
            excluded.append(Key("has", "open"))
        if filters.retracted is False:
            excluded.append(Key("flag", "retracted"))
        years = None
        if filters.first or filters.last:
            years = Years(
                *(int(f"{d:%Y%m%d}") if d else None for d in (filters.first, filters.last))
            )
        # Of a list of things wanted they only say how one asks.
        adding = query.generic if query.is_sentence else ()
        return IndexQuery(self.names.groups(query), tuple(required), tuple(excluded), years, adding)

    def _journal(self, name: str) -> Group:
        """A journal by any of its names; of what names none, the words of its title."""
        journals = self._words.journals
        if journals.named(name) or journals.is_well_known(name):
            return Group(tuple(Key("journal_key", key) for key in journals.keys(name)))
        return Group((Words(tuple(words(name)), field="journal"),))

    def apart(self, query: Query) -> Callable[[Card], bool]:
        """What tells whether a record is on other cancers than those that a question names."""
        named = {
            c
            for part in query.parts
            if part.recognised
            for c in self._cancers(part.recognised.concepts)
        }
        narrower, broader = self._vocabulary.narrower, self._vocabulary.broader
        near = frozenset().union(*({*narrower(c), *broader(c)} for c in named))
        related = frozenset(self._cancers(near))

        def is_apart(card: Card) -> bool:
            is_near = not named or not related.isdisjoint(card.concepts)
            return not is_near and any(self._cancers(card.concepts))

        return is_apart

    def _cancers(self, concepts: Iterable[str]) -> Iterator[str]:
        known = self._vocabulary.concepts
        return (c for c in concepts if c in known and known[c].facet == "cancer")


def tagged(vocabulary: Vocabulary, *concepts: str) -> Group:
    """What is tagged with any of these concepts, or with something below it."""
    tags = sorted({tag for each in concepts for tag in vocabulary.narrower(each)})
    return Group(tuple(Key("concept", tag) for tag in tags))


def _people(name: str) -> Group:
    """A person by name, in either order, with and without the German spelling of umlauts."""
    names = (key.split() for key in name_orders(name))
    return Group(tuple(Words(tuple(parts), field="people") for parts in names if parts))


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else ("yes" if value else "no")
