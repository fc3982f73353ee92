"""Service: who cites a stored work, from the services that count citations, on request.

What a service says is kept with its date, and it is not queried again for `AGAIN`.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from bot.errors import SettingsError, SourceError
from bot.records.models import Record
from bot.sources.fetchers import Fetchers
from bot.store import StateStore

AGAIN = timedelta(days=1)
_NO_CONTACT = (
    "OpenCitations and OpenAlex are asked only where whoever runs the bot gave a contact address."
)


class CitedBy:
    """Asks who cites a work. `ask` opens the sources."""

    def __init__(
        self,
        store: StateStore,
        ask: Callable[[], AbstractContextManager[Fetchers]],
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._ask, self._now = store, ask, now

    def look(self, record: Record) -> list[str]:
        """Ask each service that was not asked lately; what went wrong. Raises StoreError."""
        since = self._now() - AGAIN
        lately = {e.source for e in self._store.references.cited_by(record.id) if e.at > since}
        wrong: list[str] = []
        try:
            with self._ask() as fetchers:
                services = fetchers.that_know_citing()
                wrong += [] if services else [_NO_CONTACT]
                for name, service in services:
                    try:
                        found = None if name in lately else service.citing(record.identifiers)
                    except SourceError as error:
                        wrong.append(error.message)
                        continue
                    if found is not None:
                        self._store.references.note_citing(record.id, name, *found, self._now())
        except (SettingsError, SourceError) as error:
            wrong.append(error.message)
        return wrong
