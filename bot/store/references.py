"""The store area of references: which records cite a work, and what many of them cite.

What a record cites is a part of it; here it is asked from the other end.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.records.models import Identifier, Scheme
from bot.store.connections import Connections
from bot.store.moments import text_of

# By their own lists, and by what a service named of a work that is stored.
_CITING = """
WITH wanted AS (
    SELECT json_extract(own.value, '$[0]') AS scheme, json_extract(own.value, '$[1]') AS value
    FROM json_each(?) AS own
)
SELECT record_id FROM cited_works JOIN wanted
    ON cited_works.scheme = wanted.scheme AND cited_works.value = wanted.value
UNION
SELECT citing.record_id FROM wanted
JOIN identifiers AS cited ON cited.scheme = wanted.scheme AND cited.value = wanted.value
    AND cited.role = 'own'
JOIN cited_by ON cited_by.record_id = cited.record_id
CROSS JOIN json_each(cited_by.named) AS work
JOIN identifiers AS citing ON citing.scheme = json_extract(work.value, '$[0]')
    AND citing.value = json_extract(work.value, '$[1]') AND citing.role = 'own'
ORDER BY record_id
"""
# Which of some records cite which of them.
_AMONG = """
SELECT DISTINCT cited_works.record_id, cited.record_id FROM json_each(?) AS one
JOIN cited_works ON cited_works.record_id = one.value
JOIN identifiers AS cited ON cited.scheme = cited_works.scheme
    AND cited.value = cited_works.value AND cited.role = 'own'
WHERE cited.record_id <> cited_works.record_id
    AND cited.record_id IN (SELECT value FROM json_each(?))
ORDER BY 1, 2
"""
_NOTE = """
INSERT INTO cited_by (record_id, source, at, works, named)
SELECT id, ?, ?, ?, ? FROM records WHERE id = ?
ON CONFLICT (record_id, source) DO UPDATE
SET at = excluded.at, works = excluded.works, named = excluded.named
"""
_CITED_BY = "SELECT source, at, works, named FROM cited_by WHERE record_id = ? ORDER BY source"
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


@dataclass(frozen=True, slots=True)
class CitationCount:
    """How many works cite one as a source counted them then; those that it `named`."""

    source: str
    at: datetime
    works: int
    named: tuple[Identifier, ...]


class ReferenceStore:
    """What records cite; written with them, in their transaction."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def citing(self, identifiers: Sequence[Identifier]) -> list[str]:
        """The ids of the records that cite a work with any of these identifiers."""
        pairs = [[each.scheme, each.value] for each in identifiers]
        with self._connections.reading() as db:
            return [row[0] for row in db.execute(_CITING, [json.dumps(pairs)]).fetchall()]

    def among(self, record_ids: Sequence[str]) -> list[tuple[str, str]]:
        """The pairs of these records of which the first cites the second."""
        ids = json.dumps(list(record_ids))
        with self._connections.reading() as db:
            return [(row[0], row[1]) for row in db.execute(_AMONG, [ids, ids]).fetchall()]

    def note_citing(
        self, record_id: str, source: str, works: int, named: Sequence[Identifier], at: datetime
    ) -> None:
        """Keep what a source says of who cites a record; nothing where the record went."""
        pairs = json.dumps([[each.scheme, each.value] for each in named])
        with self._connections.writing() as db:
            db.execute(_NOTE, [source, text_of(at), works, pairs, record_id])

    def cited_by(self, record_id: str) -> list[CitationCount]:
        """What each source said of who cites a record."""
        with self._connections.reading() as db:
            rows = db.execute(_CITED_BY, [record_id]).fetchall()
        return [
            CitationCount(
                source,
                datetime.fromisoformat(at),
                works,
                tuple(Identifier(scheme=Scheme(s), value=v) for s, v in json.loads(named)),
            )
            for source, at, works, named in rows
        ]

    def listed(self) -> int:
        """How many records a source has listed references of."""
        with self._connections.reading() as db:
            return int(db.execute(_LISTED).fetchone()[0])

    def often_cited(self, least: int, limit: int) -> list[tuple[Identifier, int]]:
        """Works by DOI or PMID that `least` records or more cite and that are not stored."""
        with self._connections.reading() as db:
            rows = db.execute(_OFTEN_CITED, [least, limit]).fetchall()
        return [(Identifier(scheme=Scheme(s), value=value), citing) for s, value, citing in rows]
