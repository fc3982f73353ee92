"""Service: which stored records cite a work, and which works a record cites.

By the reference lists that sources send; a work without one is not one that cites nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.records.models import Identifier, Record, unique
from bot.store import StateStore

# A work that so many records cite is worth having; and so many are offered at once.
LEAST, MOST = 5, 5


@dataclass(frozen=True, slots=True)
class Cited:
    """What a record cites: those stored, the others by identifier, who lists them, and when."""

    stored: tuple[Record, ...]
    others: tuple[Identifier, ...]
    sources: tuple[str, ...] = ()
    at: datetime | None = None


class Citing:
    """Answers `cites` and `references of`."""

    def __init__(self, store: StateStore) -> None:
        self._store = store

    def citing(self, identifiers: Sequence[Identifier]) -> list[Record]:
        """The stored records that cite a work, the newest first."""
        found = self._store.get_many(self._store.references.citing(identifiers))
        return sorted(found, key=lambda record: str(record.published or ""), reverse=True)

    def cited(self, record: Record) -> Cited:
        """What a record cites."""
        stored: dict[str, Record] = {}
        others: list[Identifier] = []
        for each in record.references:
            if records := self._store.find(each, 1):
                stored.setdefault(records[0].id, records[0])
            else:
                others.append(each)
        listing = [entry for entry in record.provenance if "references" in entry.fields]
        sources = unique(entry.source for entry in listing)
        at = max((entry.at for entry in listing if entry.at), default=None)
        return Cited(tuple(stored.values()), tuple(others), sources, at)

    def listed(self) -> int:
        """How many records have a reference list."""
        return self._store.references.listed()

    def often_cited(self) -> list[tuple[Identifier, int]]:
        """Works that are not stored and that several stored records cite, the most cited first."""
        return self._store.references.often_cited(LEAST, MOST)
