"""The store area of people: all that is kept of one person, listed and deleted on request.

What a person wrote for themselves goes: own lists, notes, read marks, opinions, reports, threads,
subscriptions in direct messages. What a team works with stays, without the person's id: shared
lists, corrections of tags, subscriptions of channels, imported records, the audit trail.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.store.audit import AuditStore
from bot.store.connections import Connections
from bot.store.records import content_hash, load
from bot.store.statements import people as sql
from bot.store.statements import records

# What stands where the id of a person stood whose data were deleted.
FORMER = "a former member"


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing that is kept of a person: what kind of thing, and its columns."""

    kind: str
    values: Mapping[str, object]


class PeopleStore:
    """What is kept of people. Errors and transactions as for `StateStore`."""

    def __init__(self, connections: Connections, audit: AuditStore) -> None:
        self._connections = connections
        self._audit = audit

    def kept(self, user: str) -> list[Kept]:
        """Everything that names this person (a Slack id), in the order of its kinds."""
        found = []
        with self._connections.reading() as db, db.atomic():
            for kind, statement in sql.KEPT.items():
                rows = db.execute(statement, {"user": user})
                names = [column[0] for column in rows.description]
                found += [Kept(kind, dict(zip(names, row, strict=True))) for row in rows]
        return found

    def delete(self, user: str) -> int:
        """Delete what is kept of a person, or the person's id in it; how many things it was."""
        count = len(self.kept(user))
        if not count:
            return 0
        names = {"user": user, "former": FORMER}
        with self._connections.writing() as db:
            for statement in sql.DELETE:
                db.execute(statement, names)
            for (record_id,) in db.execute(sql.BROUGHT_BY, names).fetchall():
                for statement in sql.UNNAMED.values():
                    db.execute(statement, {**names, "id": record_id})
                stored = load(*db.execute(records.RECORD, [record_id]).fetchone())
                db.execute(sql.HASHED, [content_hash(stored), record_id])
            db.execute(sql.IMPORTS_UNNAMED, names)
            self._audit.note(db, "person", "-", f"what was kept of a person was deleted: {count}")
        return count
