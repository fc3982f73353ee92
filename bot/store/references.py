"""The store area of references: which records cite a work, and what many of them cite.

What a record cites is a part of it; here it is asked from the other end.
"""

import json
from collections.abc import Sequence

from bot.records.models import Identifier, Scheme
from bot.store.connections import Connections

_CITING = """
SELECT DISTINCT record_id FROM cited_works
JOIN json_each(?) AS own ON scheme = json_extract(own.value, '$[0]')
    AND cited_works.value = json_extract(own.value, '$[1]')
ORDER BY record_id
"""
_LISTED = "SELECT count(DISTINCT record_id) FROM cited_works"
# Cited by several records and not stored; the most cited first.
_OFTEN_CITED = """
SELECT scheme, value, count(*) AS citing FROM cited_works
WHERE scheme IN ('doi', 'pmid') AND NOT EXISTS (
    SELECT 1 FROM identifiers
    WHERE identifiers.scheme = cited_works.scheme AND identifiers.value = cited_works.value
        AND role = 'own'
)
GROUP BY scheme, value HAVING count(*) >= ? ORDER BY citing DESC, scheme, value LIMIT ?
"""


class ReferenceStore:
    """What records cite; written with them, in their transaction."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def citing(self, identifiers: Sequence[Identifier]) -> list[str]:
        """The ids of the records that cite a work with any of these identifiers."""
        pairs = [[each.scheme, each.value] for each in identifiers]
        with self._connections.reading() as db:
            return [row[0] for row in db.execute(_CITING, [json.dumps(pairs)]).fetchall()]

    def listed(self) -> int:
        """How many records a source has listed references of."""
        with self._connections.reading() as db:
            return int(db.execute(_LISTED).fetchone()[0])

    def often_cited(self, least: int, limit: int) -> list[tuple[Identifier, int]]:
        """Works by DOI or PMID that `least` records or more cite and that are not stored."""
        with self._connections.reading() as db:
            rows = db.execute(_OFTEN_CITED, [least, limit]).fetchall()
        return [(Identifier(scheme=Scheme(s), value=value), citing) for s, value, citing in rows]
