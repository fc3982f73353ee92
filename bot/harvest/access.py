"""Service: who can read a work, from the services that follow open copies, on request.

An answer is kept with the record. A source without one is not queried again for a day, and what
no source states stays unknown.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from bot.errors import SettingsError, SourceError
from bot.records.models import AccessStatus, Identifier, Record, Scheme
from bot.sources.base import Fetcher
from bot.sources.fetchers import Fetchers
from bot.store import StateStore

log = logging.getLogger(__name__)

_AGAIN = timedelta(days=1)
_REMEMBERED = 1_000
_ASKED_BY = (Scheme.DOI, Scheme.PMID, Scheme.PMCID)


@dataclass(frozen=True, slots=True)
class Learnt:
    """The record as it is stored now; the sources queried; why one or all could not be queried."""

    record: Record
    asked: tuple[str, ...] = ()
    reason: str = ""


class AccessFinder:
    """Asks who can read a work whose access is unknown."""

    def __init__(
        self,
        store: StateStore,
        take: Callable[[Iterable[Record], str], object],
        ask: Callable[[], AbstractContextManager[Fetchers]],
        now: Callable[[], datetime],
    ) -> None:
        """`take` stores what a source says under its name; `ask` opens the sources."""
        self._store = store
        self._take = take
        self._ask = ask
        self._now = now
        self._silent: OrderedDict[str, datetime] = OrderedDict()
        self._lock = Lock()

    def learn(self, record: Record) -> Learnt:
        """Ask until a source says who can read it, and keep that. Raises StoreError.

        A record whose access is known, or that no source can be queried about, is returned as it
        is.
        """
        identifiers = list(_asked_by(record))
        if record.access.status is not AccessStatus.UNKNOWN or not identifiers:
            return Learnt(record)
        if self._was_silent(record.id):
            return Learnt(record)
        try:
            with self._ask() as fetchers:
                return self._learn(record, identifiers, fetchers)
        except (SettingsError, SourceError) as error:
            log.info("nobody could be asked about access: %s", error.code)
            return Learnt(record, reason=error.message)

    def _learn(self, record: Record, identifiers: list[Identifier], fetchers: Fetchers) -> Learnt:
        queried: list[str] = []
        reason = ""
        for fetcher in fetchers.that_know_access():
            identifier = next((i for i in identifiers if i.scheme in fetcher.schemes), None)
            if identifier is None:
                continue
            queried.append(fetcher.name)
            try:
                answers = _say(fetcher, identifier)
            except SourceError as error:
                reason = error.message
                continue
            if answers is not None:
                self._take([answers], answers.provenance[0].source)
                return Learnt(self._store.get(record.id) or record, tuple(queried))
        if not reason:
            with self._lock:
                self._silent[record.id] = self._now()
                self._silent.move_to_end(record.id)
                while len(self._silent) > _REMEMBERED:
                    self._silent.popitem(last=False)
        return Learnt(record, tuple(queried), reason)

    def _was_silent(self, record_id: str) -> bool:
        with self._lock:
            when = self._silent.get(record_id)
        return when is not None and self._now() - when < _AGAIN


def _asked_by(record: Record) -> Iterator[Identifier]:
    for scheme in _ASKED_BY:
        yield from (i for i in record.identifiers if i.scheme is scheme and i.valid)


def _say(fetcher: Fetcher, identifier: Identifier) -> Record | None:
    """What a source says of a work, if it says who can read it."""
    found = fetcher.fetch(identifier)
    is_said = found is not None and found.access.status is not AccessStatus.UNKNOWN
    return found if is_said else None
