"""Service: open full texts of stored works, fetched once each where their licence allows it.

Only works that are stored; a text goes with its record. What has none is looked for again after
`AGAIN`.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from bot.errors import SourceRefused
from bot.records.models import Record, Scheme
from bot.store import StateStore
from bot.store.full_texts import OPEN_LICENCES, FullText

AGAIN = timedelta(days=90)
# How many records are looked through for one with a licence.
_WINDOW = 200

# Gives the passages of a PMCID, or None; raises SourceUnavailable or SourceRefused.
Fetch = Callable[[str], list[tuple[str, str, str]] | None]


class FullTexts:
    """Fetches full texts. `open_fetch` gives what fetches one, for as long as its block lasts."""

    source = "europe_pmc"

    def __init__(
        self,
        store: StateStore,
        open_fetch: Callable[[], AbstractContextManager[Fetch]],
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._open_fetch, self._now = store, open_fetch, now

    def step(self, limit: int) -> int:
        """Look for the texts of at most so many works; how many were looked for.

        Raises SourceUnavailable, and StoreError: what came before is kept.
        """
        at = self._now()
        names = self._store.full_texts.lacking(at - AGAIN, _WINDOW)
        looked = 0
        with self._open_fetch() as fetch:
            for record in self._store.get_many(names):
                if looked == limit:
                    break
                if is_open(record):
                    self._look(record, fetch, at)
                    looked += 1
                else:  # CC BY-NC and the like
                    self._store.full_texts.write(record, None, self.source, at)
        return looked

    def _look(self, record: Record, fetch: Fetch, at: datetime) -> None:
        number = record.identifier(Scheme.PMCID)
        licence = record.access.licence or ""
        try:
            found = fetch(number) if number else None
        except SourceRefused:
            found = None  # what it sent cannot be read
        text = FullText(record.id, licence, tuple(found)) if found else None
        self._store.full_texts.write(record, text, self.source, at)


def is_open(record: Record) -> bool:
    """Whether a record's licence lets anybody keep and quote its text."""
    licence = record.access.licence or ""
    return any(licence == each or licence.startswith(f"{each} ") for each in OPEN_LICENCES)
