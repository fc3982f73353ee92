"""Service: which stored records cite a work, which works a record cites, and who cites whom.

By the reference lists that sources send; a work without one is not one that cites nothing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.records.answers import Answer
from bot.records.models import Identifier, Provenance, Record, unique
from bot.search.query import Query
from bot.search.search import Search
from bot.store import StateStore
from bot.store.references import CitationCount

# A work that so many records cite is worth having; and so many are offered at once.
LEAST, MOST = 5, 5
# So many of the best records on a topic are looked at for who cites whom, and so many are shown.
READ, DRAWN = 100, 20
# So many of the works that services named are looked for in the store.
_MOST_NAMED = 200


@dataclass(frozen=True, slots=True)
class Cited:
    """What a record cites: those stored, the others by identifier, and who lists them."""

    stored: tuple[Record, ...]
    others: tuple[Identifier, ...]
    listing: tuple[Provenance, ...] = ()


@dataclass(frozen=True, slots=True)
class CitationGraph:
    """Records on a topic of which one cites another, the newest first.

    `edges` are the places of who cites and who is cited. `left_out` others are connected too;
    `read` records were looked at, of which `listed` have a reference list.
    """

    answer: Answer
    topic: str
    records: tuple[Record, ...]
    edges: tuple[tuple[int, int], ...]
    left_out: int
    read: int
    listed: int

    def cited(self, place: int) -> int:
        """How many of these records cite the one at a place."""
        return sum(cited == place for _, cited in self.edges)


class Citing:
    """Answers `cites`, `references of` and `citation graph`."""

    def __init__(self, store: StateStore, search: Search) -> None:
        self._store, self._search = store, search

    def graph(self, query: Query) -> CitationGraph:
        """Who cites whom among the best records on a topic; those with most ties are shown."""
        answer = self._search.run(query, limit=READ)
        found = {hit.record.id: hit.record for hit in answer.hits}
        pairs = self._store.references.among(list(found))
        ties = Counter(each for pair in pairs for each in pair)
        shown = sorted(ties, key=lambda each: (-ties[each], each))[:DRAWN]
        records = sorted((found[each] for each in shown), key=_date, reverse=True)
        place = {record.id: at for at, record in enumerate(records)}
        edges = tuple((place[a], place[b]) for a, b in pairs if a in place and b in place)
        tied = frozenset(each for edge in edges for each in edge)
        kept = [at for at in range(len(records)) if at in tied]
        moved = {before: at for at, before in enumerate(kept)}
        return CitationGraph(
            answer,
            query.subject,
            tuple(records[at] for at in kept),
            tuple((moved[a], moved[b]) for a, b in edges),
            left_out=len(ties) - len(kept),
            read=len(found),
            listed=sum(bool(record.references) for record in found.values()),
        )

    def counts(self, record: Record) -> list[CitationCount]:
        """What services said of who cites a record."""
        return self._store.references.cited_by(record.id)

    def not_stored(self, counts: Sequence[CitationCount]) -> tuple[Identifier, ...]:
        """Of the works that services named, those that are not stored."""
        named = unique(each for count in counts for each in count.named)
        return tuple(each for each in named[:_MOST_NAMED] if not self._store.find(each, 1))

    def citing(self, identifiers: Sequence[Identifier]) -> list[Record]:
        """The stored records that cite a work, the newest first."""
        found = self._store.get_many(self._store.references.citing(identifiers))
        return sorted(found, key=_date, reverse=True)

    def cited(self, record: Record) -> Cited:
        """What a record cites."""
        stored: dict[str, Record] = {}
        others: list[Identifier] = []
        for each in record.references:
            if records := self._store.find(each, 1):
                stored.setdefault(records[0].id, records[0])
            else:
                others.append(each)
        listing = tuple(entry for entry in record.provenance if "references" in entry.fields)
        return Cited(tuple(stored.values()), tuple(others), listing)

    def listed(self) -> int:
        """How many records have a reference list."""
        return self._store.references.listed()

    def often_cited(self) -> list[tuple[Identifier, int]]:
        """Works that are not stored and that several stored records cite, the most cited first."""
        return self._store.references.often_cited(LEAST, MOST)


def _date(record: Record) -> str:
    return str(record.published or "")
