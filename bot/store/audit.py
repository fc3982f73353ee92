"""The store area of the audit trail: who changed what, when, and what it was before.

Each entry is written in the transaction of the change that it is about, so that there is no change
without it. Who acts is known where a request comes in (`acting`), and holds for its thread.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from bot.store.connections import Connections, Database
from bot.store.moments import text_of

Area: TypeAlias = Literal[
    "list", "subscription", "correction", "import", "merge", "role", "person", "workspace"
]
# Whoever acts where nobody asked for it: a worker of the bot.
BOT = "the bot"
_who: ContextVar[str] = ContextVar("who", default=BOT)


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. `thing` is what was changed, by its id; `before` what it was, where it was."""

    number: int
    at: datetime
    workspace: str | None
    who: str
    area: str
    thing: str
    what: str
    before: Mapping[str, object] | None


@contextmanager
def acting(who: str) -> Iterator[None]:
    """Everything that is changed in this block, in this thread, is changed by this person."""
    token = _who.set(who or BOT)
    try:
        yield
    finally:
        _who.reset(token)


def acting_now() -> str:
    """Who acts here and now."""
    return _who.get()


_ADD = """
INSERT INTO audit (at, workspace, who, area, thing, what, before) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_ALL = """
SELECT number, at, workspace, who, area, thing, what, before FROM audit
WHERE at >= :since AND area = coalesce(:area, area)
    AND workspace IS coalesce(:workspace, workspace)
ORDER BY number
"""
_LAST_ROLES = "SELECT what FROM audit WHERE area = 'role' ORDER BY number DESC LIMIT 1"


class AuditStore:
    """The audit trail. Errors and transactions as for `StateStore`."""

    def __init__(self, connections: Connections, now: Callable[[], datetime]) -> None:
        self._connections = connections
        self._now = now

    def note(  # noqa: PLR0913 - an entry's own columns
        self,
        db: Database,
        area: Area,
        thing: object,
        what: str,
        *,
        workspace: str | None = None,
        who: str | None = None,
        before: Mapping[str, object] | None = None,
    ) -> None:
        """Note a change in the caller's transaction; `who` where the caller knows it better."""
        was = json.dumps(before, ensure_ascii=False) if before is not None else None
        at = text_of(self._now())
        db.execute(_ADD, [at, workspace, who or _who.get(), area, str(thing), what, was])

    def note_roles(self, roles: str) -> bool:
        """Note who has which rights by the settings, where that is not what was noted last."""
        with self._connections.writing() as db:
            row = db.execute(_LAST_ROLES).fetchone()
            if row is not None and row[0] == roles:
                return False
            before = {"was": row[0]} if row is not None else None
            self.note(db, "role", "settings", roles, before=before)
            return True

    def all(
        self, *, since: datetime | None = None, area: str | None = None,
        workspace: str | None = None,
    ) -> Iterator[Entry]:  # fmt: skip
        """The entries, oldest first: since a moment, of an area, of a workspace."""
        wanted = {
            "since": text_of(since) if since else "", "area": area, "workspace": workspace,
        }  # fmt: skip
        with self._connections.reading() as db:
            rows = db.execute(_ALL, wanted).fetchall()
        return (_entry(*row) for row in rows)


def _entry(  # noqa: PLR0913, PLR0917 - the columns
    number: int, at: str, workspace: str | None, who: str, area: str, thing: str, what: str,
    before: str | None,
) -> Entry:  # fmt: skip
    was = json.loads(before) if before else None
    return Entry(number, datetime.fromisoformat(at), workspace, who, area, thing, what, was)
