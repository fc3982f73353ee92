"""The store area of open full texts: passages of stored works, gone with their record."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.records.models import Record
from bot.store.connections import Connections
from bot.store.moments import text_of

# Licences that let anybody keep and quote a text, as `bot.sources.reading.record.licence` has them.
OPEN_LICENCES = ("CC BY", "CC BY-SA", "CC0", "Public domain mark")


@dataclass(frozen=True, slots=True)
class FullText:
    """The passages of a work: (part, heading, text) each, in order; `part` is `results` or so.

    `number` grows with every text that is written.
    """

    record_id: str
    licence: str
    passages: tuple[tuple[str, str, str], ...]
    number: int = 0


_LACKING = """
SELECT DISTINCT r.id FROM records AS r
JOIN identifiers AS i ON i.record_id = r.id AND i.scheme = 'pmcid' AND i.role = 'own'
WHERE json_extract(r.body, '$.access.licence') IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM full_texts AS f WHERE f.record_id = r.id AND f.at >= ?)
    AND NOT EXISTS (
        SELECT 1 FROM full_texts AS f WHERE f.record_id = r.id AND f.passages IS NOT NULL)
ORDER BY r.id LIMIT ?
"""
_WRITE = """
INSERT INTO full_texts (record_id, number, source, licence, at, passages)
SELECT id, (SELECT coalesce(max(number), 0) + 1 FROM full_texts), ?, ?, ?, ?
FROM records WHERE id = ?
ON CONFLICT (record_id) DO UPDATE SET number = excluded.number, source = excluded.source,
    licence = excluded.licence, at = excluded.at, passages = excluded.passages
"""
_READ = "SELECT record_id, licence, passages, number FROM full_texts WHERE passages IS NOT NULL"
_OF = f"{_READ} AND record_id IN (SELECT value FROM json_each(?))"  # noqa: S608
_SINCE = f"{_READ} AND number > ? ORDER BY number LIMIT ?"
_COUNT = (
    "SELECT count(*), coalesce(sum(length(passages)), 0) FROM full_texts WHERE passages IS NOT NULL"
)


class FullTextStore:
    """Full texts by record. Errors and transactions as for `StateStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def lacking(self, since: datetime, limit: int) -> list[str]:
        """Ids of records with a PMCID that have no text, and were not looked for since then."""
        with self._connections.reading() as db:
            return [row[0] for row in db.execute(_LACKING, [text_of(since), limit]).fetchall()]

    def write(self, record: Record, text: FullText | None, source: str, at: datetime) -> None:
        """Keep the text of a record, or that the source has none; nothing where the record went."""
        passages = json.dumps(text.passages, ensure_ascii=False) if text else None
        licence = text.licence if text else ""
        with self._connections.writing() as db:
            db.execute(_WRITE, [source, licence, text_of(at), passages, record.id])

    def of(self, record_ids: Sequence[str]) -> dict[str, FullText]:
        """The texts of these records, by id."""
        return {each.record_id: each for each in self._read(_OF, [json.dumps(list(record_ids))])}

    def since(self, number: int, limit: int) -> list[FullText]:
        """Those written after a number, in order."""
        return self._read(_SINCE, [number, limit])

    def count(self) -> tuple[int, int]:
        """How many works have a text, and how many characters these are."""
        with self._connections.reading() as db:
            works, size = db.execute(_COUNT).fetchone()
        return int(works), int(size)

    def _read(self, statement: str, values: Sequence[object]) -> list[FullText]:
        with self._connections.reading() as db:
            rows = db.execute(statement, values).fetchall()
        return [
            FullText(
                record_id, licence, tuple(tuple(each) for each in json.loads(passages)), number
            )
            for record_id, licence, passages, number in rows
        ]
