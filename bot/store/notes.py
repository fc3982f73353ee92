"""The store area of notes: what was noticed last of the machine's clock, and of backups."""

import json
from datetime import datetime

from bot.store.connections import Connections
from bot.store.moments import moment_of, text_of
from bot.store.values import ClockNote

NOTE = """
INSERT INTO meta (key, value) VALUES (?, ?)
ON CONFLICT (key) DO UPDATE SET value = excluded.value
"""
_NOTED = "SELECT value FROM meta WHERE key = ?"
LAST_BACKUP = "last_backup"
_CLOCK = "clock"


class NoteStore:
    """Notes, each in place of the one before. Methods raise the `StoreError` that fits."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def note_clock(self, note: ClockNote) -> None:
        """Keep what was noticed of the machine's clock."""
        self._note(_CLOCK, json.dumps([text_of(note.at), note.seconds, note.healed]))

    def clock(self) -> ClockNote | None:
        """What was noticed last of the machine's clock, or None."""
        noted = self._noted(_CLOCK)
        if noted is None:
            return None
        at, seconds, healed = json.loads(noted)
        return ClockNote(datetime.fromisoformat(at), seconds, healed)

    def note_backup(self, now: datetime) -> None:
        """Keep that a backup was made."""
        self._note(LAST_BACKUP, text_of(now))

    def last_backup(self) -> datetime | None:
        """When the last backup was made, or None."""
        return moment_of(self._noted(LAST_BACKUP))

    def _note(self, key: str, value: str) -> None:
        with self._connections.writing() as db:
            db.execute(NOTE, [key, value])

    def _noted(self, key: str) -> str | None:
        with self._connections.reading() as db:
            row = db.execute(_NOTED, [key]).fetchone()
        return str(row[0]) if row else None
