"""The store area of what people have set for themselves, and of who was greeted."""

from collections.abc import Mapping
from datetime import datetime

from bot.store.connections import Connections
from bot.store.moments import text_of

_SET = """
INSERT INTO person_settings (workspace, user, name, value) VALUES (?, ?, ?, ?)
ON CONFLICT (workspace, user, name) DO UPDATE SET value = excluded.value
"""
_UNSET = "DELETE FROM person_settings WHERE workspace = ? AND user = ? AND name = ?"
_OF = "SELECT name, value FROM person_settings WHERE workspace = ? AND user = ?"
_GREET = "INSERT INTO greeted (workspace, place, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_GREETED = "SELECT 1 FROM greeted WHERE workspace = ? AND place = ?"


class PreferenceStore:
    """What people have set. Errors and transactions as for `StateStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def of(self, workspace: str, user: str) -> Mapping[str, str]:
        """What a person has set, by name; what is as usual is not there."""
        with self._connections.reading() as db:
            return dict(db.execute(_OF, [workspace, user]).fetchall())

    def set(self, workspace: str, user: str, name: str, value: str | None) -> None:
        """Keep what a person has set; None: it is as usual again."""
        with self._connections.writing() as db:
            if value is None:
                db.execute(_UNSET, [workspace, user, name])
            else:
                db.execute(_SET, [workspace, user, name, value])

    def was_greeted(self, workspace: str, place: str) -> bool:
        """Whether a channel or a person was greeted."""
        with self._connections.reading() as db:
            return db.execute(_GREETED, [workspace, place]).fetchone() is not None

    def greet(self, workspace: str, place: str, now: datetime) -> bool:
        """Write down that a channel or a person is greeted; False where it was before."""
        with self._connections.writing() as db:
            return db.execute(_GREET, [workspace, place, text_of(now)]).rowcount == 1
