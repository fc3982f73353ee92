"""The store area of references: which works a record cites, as a source listed them.

They stand apart from the records: a list is long, is read seldom, and is asked from both ends.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from bot.records.models import Identifier, Record, Scheme
from bot.store.connections import Connections
from bot.store.moments import text_of

_ADD = """
INSERT INTO cited_works (record_id, scheme, value, source, at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING
"""
_OF = "SELECT scheme, value, source, at FROM cited_works WHERE record_id = ? ORDER BY scheme, value"
_CITING = """
SELECT DISTINCT record_id FROM cited_works
JOIN json_each(?) AS own ON scheme = own.value ->> 0 AND cited_works.value = own.value ->> 1
ORDER BY record_id
"""
_LISTED = "SELECT count(DISTINCT record_id) FROM cited_works"
# Cited by several records and not stored; the most cited first.
_WANTED = """
SELECT scheme, value, count(DISTINCT record_id) AS citing FROM cited_works
WHERE scheme IN ('doi', 'pmid') AND NOT EXISTS (
    SELECT 1 FROM identifiers
    WHERE identifiers.scheme = cited_works.scheme AND identifiers.value = cited_works.value
        AND role = 'own'
)
GROUP BY scheme, value HAVING citing >= ? ORDER BY citing DESC, value LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Reference:
    """A work that a record cites, the source that lists it, and when that was read."""

    cited: Identifier
    source: str
    at: datetime


class ReferenceStore:
    """What records cite. Written with the records, in their transaction."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def of(self, record_id: str) -> list[Reference]:
        """The works that a record cites, by identifier."""
        with self._connections.reading() as db:
            return [_reference(*row) for row in db.execute(_OF, [record_id]).fetchall()]

    def citing(self, identifiers: Sequence[Identifier]) -> list[str]:
        """The ids of the records that cite a work with any of these identifiers."""
        pairs = [[each.scheme, each.value] for each in identifiers]
        with self._connections.reading() as db:
            return [row[0] for row in db.execute(_CITING, [json.dumps(pairs)]).fetchall()]

    def listed(self) -> int:
        """How many records a source has listed references of."""
        with self._connections.reading() as db:
            return int(db.execute(_LISTED).fetchone()[0])

    def wanted(self, least: int, limit: int) -> list[tuple[Identifier, int]]:
        """Works by DOI or PMID that `least` records or more cite and that are not stored."""
        with self._connections.reading() as db:
            rows = db.execute(_WANTED, [least, limit]).fetchall()
        return [(Identifier(scheme=Scheme(s), value=value), citing) for s, value, citing in rows]


def keep_references(db: Database, record_id: str, record: Record, now: datetime) -> None:
    """Add what an incoming record cites to what is known of it, in the caller's transaction."""
    if not record.references:
        return
    sources = [entry.source for entry in record.provenance]
    told = (sources[-1] if sources else "", text_of(now))
    rows = [(record_id, str(each.scheme), each.value, *told) for each in record.references]
    db.conn.executemany(_ADD, rows)


def _reference(scheme: str, value: str, source: str, at: str) -> Reference:
    cited = Identifier(scheme=Scheme(scheme), value=value)
    return Reference(cited, source, datetime.fromisoformat(at))
