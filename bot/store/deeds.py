"""The store area of deeds: what each person did in the last day, to keep to daily limits."""

from datetime import datetime, timedelta

from bot.store.connections import Connections, Database
from bot.store.moments import text_of

# Longer than any limit looks back.
KEPT = timedelta(days=2)

_SINCE = """
SELECT at FROM deeds WHERE workspace = ? AND user = ? AND deed = ? AND at > ? ORDER BY at
"""
_NOTE = "INSERT INTO deeds (workspace, user, deed, at) VALUES (?, ?, ?, ?)"
_FORGET = "DELETE FROM deeds WHERE at < ?"


class DeedStore:
    """Deeds, safe from any thread and any process. Methods raise the `StoreError` that fits."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def since(self, workspace: str, user: str, deed: str, moment: datetime) -> list[datetime]:
        """When a person did this after a moment, oldest first."""
        with self._connections.reading() as db:
            rows = db.execute(_SINCE, [workspace, user, deed, text_of(moment)]).fetchall()
        return [datetime.fromisoformat(at) for (at,) in rows]

    def note(self, workspace: str, user: str, deed: str, at: datetime) -> None:
        """Write down that a person did this."""
        with self._connections.writing() as db:
            db.execute(_NOTE, [workspace, user, deed, text_of(at)])


def forget_old(db: Database, now: datetime) -> None:
    """Forget what no limit counts any more, in the caller's transaction."""
    db.execute(_FORGET, [text_of(now - KEPT)])
