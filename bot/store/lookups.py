"""The store area of lookups: which service was queried about which work to complete its record.

A lookup is written after what it brought: killed between the two, the service is queried again.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.records.models import Identifier, Scheme
from bot.store.connections import Connections
from bot.store.moments import moment_of, text_of
from bot.store.overlay import current
from bot.store.statements.records import HIDDEN


@dataclass(frozen=True, slots=True)
class LookupCount:
    """How many works a service was queried about, how many it knows, and when last."""

    source: str
    works: int
    known: int
    last: datetime | None


_PLACE = "SELECT sequence FROM lookup_places WHERE source = ?"
_LEFT = "SELECT count(*) FROM records WHERE sequence > ?"
_KEEP_PLACE = """
INSERT INTO lookup_places (source, sequence) VALUES (?, ?)
ON CONFLICT (source) DO UPDATE SET sequence = excluded.sequence
"""
_NOTE = """
INSERT INTO lookups (source, scheme, value, at, known) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (source, scheme, value) DO UPDATE SET at = excluded.at, known = excluded.known
"""
_SINCE = "SELECT known FROM lookups WHERE source = ? AND scheme = ? AND value = ? AND at > ?"
_DUE = """
SELECT scheme, value FROM lookups WHERE source = ? AND at <= ? ORDER BY at, scheme, value LIMIT ?
"""
_DROP = "DELETE FROM lookups WHERE source = ? AND scheme = ? AND value = ?"
_FORGET = "DELETE FROM lookups WHERE source = ?"
_FORGET_PLACE = "DELETE FROM lookup_places WHERE source = ?"
_COUNTS = """
SELECT source, count(*), sum(known), max(at) FROM lookups {} GROUP BY source ORDER BY source
"""
# Without the works that only the workspaces of a JSON array have.
_SEEN = f"""
WHERE (
    SELECT coalesce(min(CASE WHEN record_id IN ({HIDDEN}) THEN 1 ELSE 0 END), 0) FROM identifiers
    WHERE identifiers.scheme = lookups.scheme AND identifiers.value = lookups.value AND role = 'own'
) = 0
"""  # noqa: S608 - our own words


class LookupStore:
    """The lookups of every service. Errors and transactions as for `StateStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def place(self, source: str) -> int:
        """The place in the change sequence up to which records were looked through; 0 at first."""
        with self._connections.reading() as db:
            row = db.execute(_PLACE, [source]).fetchone()
        return int(row[0]) if row else 0

    def left(self, source: str) -> int:
        """How many records changed since that place."""
        with self._connections.reading() as db:
            return int(db.execute(_LEFT, [self.place(source)]).fetchone()[0])

    def note(self, source: str, known: Mapping[Identifier, bool], at: datetime, place: int) -> None:
        """Note what was looked up and whether the service knows it, and the place reached."""
        rows = [(source, i.scheme, i.value, text_of(at), is_known) for i, is_known in known.items()]
        with self._connections.writing() as db:
            db.conn.executemany(_NOTE, rows)
            db.execute(_KEEP_PLACE, [source, place])

    def since(
        self, source: str, identifiers: Iterable[Identifier], moment: datetime
    ) -> dict[Identifier, bool]:
        """Those of these identifiers that were looked up after a moment, and whether known."""
        after, found = text_of(moment), {}
        with self._connections.reading() as db:
            for each in identifiers:
                row = db.execute(_SINCE, [source, each.scheme, each.value, after]).fetchone()
                if row is not None:
                    found[each] = bool(row[0])
        return found

    def due(self, source: str, before: datetime, limit: int) -> list[Identifier]:
        """What was last looked up at or before a moment, the longest ago first."""
        with self._connections.reading() as db:
            rows = db.execute(_DUE, [source, text_of(before), limit]).fetchall()
        return [Identifier(scheme=Scheme(scheme), value=value) for scheme, value in rows]

    def drop(self, source: str, identifiers: Sequence[Identifier]) -> None:
        """Forget lookups that need no repetition: the record lacks nothing, or is gone."""
        with self._connections.writing() as db:
            db.conn.executemany(_DROP, [(source, i.scheme, i.value) for i in identifiers])

    def forget(self, source: str) -> None:
        """Forget everything about a service, so that it is queried about all records again."""
        with self._connections.writing() as db:
            db.execute(_FORGET, [source])
            db.execute(_FORGET_PLACE, [source])

    def counts(self) -> list[LookupCount]:
        """The lookups of every service, by its name, of the works that are seen here."""
        closed = current().closed
        counting = _COUNTS.format(_SEEN if closed else "")
        with self._connections.reading() as db:
            rows = db.execute(counting, [json.dumps(closed)] if closed else []).fetchall()
        return [LookupCount(name, works, known, moment_of(at)) for name, works, known, at in rows]
