"""Service: the harvests of the sources file, each resumed where it stopped, none run twice at once.

A source that is down, slow or answers with something else is tried later; what it gave before is
kept, and the cursor with it. How a run stores what it takes is `bot.harvest.run`'s.
"""

import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from bot.errors import HarvestBusy, SourceUnavailable, StoreError, TmeError
from bot.formats import Refusal
from bot.harvest.harvester import Harvester
from bot.harvest.plan import Planned, Standing, standings
from bot.harvest.run import (
    LEASE,
    HarvestRun,
    OnProgress,
    Outcome,
    Tools,
    next_state,
    silent,
    unreadable,
)
from bot.records.identity import strong_identifiers
from bot.records.models import Record
from bot.sources import Source
from bot.store import StateStore
from bot.store.harvests import Harvest, Lease

log = logging.getLogger(__name__)

# The first day of a run reaches back a little: sources index late, and in other time zones.
OVERLAP = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would bring, from its first `read` records: `new` ones are not stored yet."""

    read: int
    new: int
    skipped: int
    total: int | None
    titles: tuple[str, ...]

    def as_json(self, name: str) -> dict[str, object]:
        """The preview as scripts read it."""
        return {"source": name, "dry_run": True, **asdict(self), "error": None}


class Harvesting:
    """Runs the harvests of a plan. Safe from several threads and processes at once.

    `plan` is read again each time, so that a changed sources file counts at once. `open_source`
    gives a source for as long as its block lasts. After `close`, every run ends after its batch.
    """

    def __init__(
        self,
        store: StateStore,
        harvester: Harvester,
        plan: Callable[[], tuple[Planned, ...]],
        open_source: Callable[[Planned], AbstractContextManager[Source]],
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._harvester, self._now = store, harvester, now
        self._plan, self._open_source = plan, open_source
        self._closed = threading.Event()
        self.beat_seconds = LEASE.total_seconds() / 3

    def close(self) -> None:
        """Let every run end after the batch under way."""
        self._closed.set()

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed.is_set()

    def pause(self, seconds: float) -> None:
        """Wait, for a client that waits its turn. Raises SourceUnavailable when closing."""
        if self._closed.wait(seconds):
            raise SourceUnavailable("The bot is closing.")

    def standings(self) -> list[Standing]:
        """The state of every harvest of the plan. Raises SettingsError for a plan that is wrong."""
        return standings(self._plan(), self._store.harvests.all(), self._now())

    def due(self) -> list[Planned]:
        """The harvests whose time has come. Raises SettingsError for a plan that is wrong."""
        return [each.planned for each in self.standings() if each.is_due]

    def run(
        self,
        planned: Planned,
        *,
        limit: int | None = None,
        again: bool = False,
        on_progress: OnProgress = silent,
    ) -> Outcome:
        """Run one harvest to its end, or to about `limit` records, or until the source fails.

        `again` forgets how far it came and takes everything from the first day. Raises HarvestBusy
        when another process harvests the same place, SettingsError when the source cannot be
        queried, StoreError when the store cannot take more; a source that fails is in the outcome.
        """
        opening = self._open_source(planned)
        return self.run_from(opening, planned, limit=limit, again=again, on_progress=on_progress)

    def run_from(
        self,
        opening: AbstractContextManager[Source],
        planned: Planned,
        *,
        limit: int | None = None,
        again: bool = False,
        on_progress: OnProgress = silent,
    ) -> Outcome:
        """`run` with a source of the caller's, opened once the place is leased."""
        with self._leased(planned.place) as lease, opening as source:
            stored = None if again else self._stored(planned)
            state = next_state(planned, stored, self._now(), OVERLAP)
            tools = Tools(self._store, self._harvester, self._now, self._closed.is_set, on_progress)
            return HarvestRun(tools, planned, source, lease, state).go(limit)

    def preview(self, planned: Planned, limit: int) -> Preview:
        """What a run would bring, from its first `limit` records or so; nothing is stored.

        Raises SourceError.
        """
        state = next_state(planned, self._stored(planned), self._now(), OVERLAP)
        try:
            with self._open_source(planned) as source:
                batches = source.records(planned.query, state.since, state.cursor)
                read = skipped = 0
                total: int | None = None
                fresh: list[str] = []
                for batch in batches:
                    records = [item for item in batch.items if isinstance(item, Record)]
                    read, total = read + len(records), batch.total if total is None else total
                    skipped += sum(isinstance(item, Refusal) for item in batch.items)
                    fresh += [record.title for record in records if not self._is_stored(record)]
                    if read >= limit:
                        break
                return Preview(read, len(fresh), skipped, total, tuple(fresh[:5]))
        except TmeError:
            raise
        except Exception as error:
            raise unreadable(planned, error) from None

    @contextmanager
    def _leased(self, place: str) -> Iterator[Lease]:
        """Hold a place for as long as the block lasts. Raises HarvestBusy when it is taken."""
        harvests, now = self._store.harvests, self._now()
        lease = Lease(place, uuid.uuid4().hex, now + LEASE)
        if not harvests.lease(lease, now):
            raise HarvestBusy(f"{place} is being harvested by another process.")
        done = threading.Event()
        beat = threading.Thread(target=self._renew, args=(lease, done), daemon=True)
        beat.start()
        try:
            yield lease
        finally:
            done.set()
            beat.join()
            harvests.release(lease)

    def _renew(self, lease: Lease, done: threading.Event) -> None:
        """Renew a lease until the harvest is done: a batch may take longer than it lasts."""
        while not done.wait(self.beat_seconds):
            now = self._now()
            try:
                self._store.harvests.lease(replace(lease, until=now + LEASE), now)
            except StoreError as error:
                log.warning("The lease of %s was not renewed: %s", lease.place, error.code)

    def _stored(self, planned: Planned) -> Harvest | None:
        return self._store.harvests.get(planned.name)

    def _is_stored(self, record: Record) -> bool:
        return any(self._store.find(each, 1) for each in strong_identifiers(record))
