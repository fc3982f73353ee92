"""One run of one harvest: batch by batch, the records first and the cursor after them.

Records that a source no longer has are never deleted, for the team may hold to them: they are
marked, and the mark goes when the source has them again.
"""

import logging
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TypeAlias

from bot.errors import CursorLost, SourceError, SourceRefused, SourceUnavailable, TmeError, frames
from bot.formats import Refusal
from bot.harvest.harvester import Harvester, Report
from bot.harvest.plan import Planned
from bot.records.models import Identifier, Record, Scheme
from bot.sources import Batch, Deleted, Rechecked, Source
from bot.sources.base import Acknowledged
from bot.store import StateStore
from bot.store.harvests import Counts, Harvest, Lease

# A lease is renewed three times before it runs out; after a kill, others wait no longer than this.
LEASE = timedelta(seconds=90)
# A source that failed is tried again after this, then after twice as long, and so on to a day.
FIRST_PAUSE = timedelta(minutes=15)
LONGEST_PAUSE = timedelta(days=1)
# Of a source that does not announce deletions, so many records are looked up after each run.
RECHECKED = 25
RECHECK_AFTER = timedelta(days=30)
# How a record is marked that a source no longer has: this, the source, and the day it was noted.
GONE = "no_longer_at:"
_MOST_EXAMPLES = 20

log = logging.getLogger(__name__)

# Receives the harvest's name, how many records it has read so far, and of how many (None: unknown).
OnProgress: TypeAlias = Callable[[str, int, int | None], None]


def silent(_name: str, _done: int, _of: int | None) -> None:
    """An `OnProgress` that shows nothing."""


@dataclass(slots=True)
class Outcome:
    """What became of one run.

    `counts` are of the whole run, from its first day, and `resumed` says that it went on where an
    earlier process stopped. `finished` says that it came to the end of the query. `reasons` counts
    why records were skipped, `skipped` has the first of them. `error` ended it before its time.
    """

    name: str
    resumed: bool = False
    finished: bool = False
    counts: Counts = field(default_factory=Counts)
    reasons: Counter[str] = field(default_factory=Counter)
    skipped: list[Refusal] = field(default_factory=list)
    error: SourceError | None = None

    def as_json(self) -> dict[str, object]:
        """The outcome as scripts read it."""
        error = self.error
        answers = error and {"code": error.code, "message": error.message, "hint": error.hint}
        return {
            "source": self.name,
            "resumed": self.resumed,
            "finished": self.finished,
            **asdict(self.counts),
            "reasons": dict(self.reasons.most_common()),
            "error": answers,
        }


@dataclass(frozen=True, slots=True)
class Tools:
    """What a run works with. `stopped` asks it to stop after the batch under way."""

    store: StateStore
    harvester: Harvester
    now: Callable[[], datetime]
    stopped: Callable[[], bool] = lambda: False
    on_progress: OnProgress = silent


class HarvestRun:
    """A run of one harvest by the holder of a lease, from a state on."""

    def __init__(
        self, tools: Tools, planned: Planned, source: Source, lease: Lease, state: Harvest
    ) -> None:
        self._tools, self._planned, self._source, self._lease = tools, planned, source, lease
        self._state = state
        self._outcome = Outcome(planned.name, resumed=state.cursor is not None)

    def go(self, limit: int | None) -> Outcome:
        """Take batches to the end, or until about `limit` records of this process are read.

        Raises StoreError; a failing source is in the outcome.
        """
        try:
            self._take_all(limit)
        except SourceError as error:
            self._fail(error)
        except TmeError:
            raise
        except Exception as error:
            # An answer that its reader was not made for: put off like any other trouble.
            self._fail(unreadable(self._planned, error))
        if self._outcome.finished:
            self._recheck()
        self._outcome.counts = self._state.counts
        return self._outcome

    def _take_all(self, limit: int | None) -> None:
        state, before = self._state, self._state.counts.read
        self._save()
        for batch in self._source.records(self._planned.query, state.since, state.cursor):
            self._take(batch)
            if batch.cursor is None:
                self._finish()
                return
            if self._tools.stopped():
                return
            if limit is not None and self._state.counts.read - before >= limit:
                return

    def _take(self, batch: Batch) -> None:
        """Store a batch, then how far the harvest has come with it."""
        kept = [item for item in batch.items if not isinstance(item, Deleted)]
        report = self._tools.harvester.take(kept, self._source.name)
        gone = self._mark_all([item for item in batch.items if isinstance(item, Deleted)])
        if isinstance(self._source, Acknowledged):
            self._source.stored(batch)
        if isinstance(self._source, Rechecked):
            self._saw([item for item in kept if isinstance(item, Record)])
        self._outcome.reasons.update(_reason(each) for each in report.refused)
        room = _MOST_EXAMPLES - len(self._outcome.skipped)
        self._outcome.skipped += report.refused[:room]
        self._state = replace(
            self._state,
            cursor=batch.cursor,
            counts=_added(self._state.counts, report, gone),
            total=batch.total if batch.total is not None else self._state.total,
        )
        if batch.cursor is not None:
            self._save()
        counts = self._state.counts
        self._tools.on_progress(self._planned.name, counts.read + counts.skipped, self._state.total)

    def _finish(self) -> None:
        """The query is at its end: the next run takes what came after this one began."""
        began = self._state.began
        self._state = replace(
            self._state,
            began=None,
            cursor=None,
            succeeded=self._tools.now(),
            covers=began.date() if began else None,
            error=None,
            hint=None,
            failures=0,
            not_before=None,
        )
        self._save()
        self._outcome.finished = True

    def _fail(self, error: SourceError) -> None:
        """Note what went wrong and when to try again; the cursor stays, unless it is worthless.

        When the bot is closing, what was cut off is no failure.
        """
        if self._tools.stopped():
            return
        self._outcome.error = error
        now, failures = self._tools.now(), self._state.failures + 1
        pause = min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE)
        if isinstance(error, SourceUnavailable) and error.retry_after:
            pause = max(pause, timedelta(seconds=error.retry_after))
        if isinstance(error, CursorLost):
            self._state = replace(self._state, began=None, cursor=None)
        self._state = replace(
            self._state,
            error=error.message,
            hint=error.hint,
            failures=failures,
            not_before=now + pause,
        )
        self._save()

    def _save(self) -> None:
        now = self._tools.now()
        self._lease = replace(self._lease, until=now + LEASE)
        self._state = replace(self._state, tried=now)
        self._tools.store.harvests.save(self._state, self._lease)

    # Records that the source no longer has.

    def _recheck(self) -> None:
        """Look up some of the records not seen for long, where no source reports deletions."""
        source = self._source
        if not isinstance(source, Rechecked):
            return
        gone: list[Deleted] = []
        try:
            if source.keeps_silent():
                gone += [Deleted(each) for each in self._unseen() if self._is_missing(source, each)]
        except Exception as error:
            # The harvest itself is done; the rest is looked up after the next one.
            log.info("%s: not everything could be looked up", self._source.name)
            log.debug("The whole of it: %s", frames(error))
        if marked := self._mark_all(gone):
            counts = self._state.counts
            self._state = replace(self._state, counts=replace(counts, gone=counts.gone + marked))
            self._save()

    def _unseen(self) -> list[Identifier]:
        before = self._tools.now() - RECHECK_AFTER
        return self._tools.store.harvests.longest_unseen(self._source.name, before, RECHECKED)

    def _is_missing(self, source: Rechecked, identifier: Identifier) -> bool:
        if self._tools.stopped():
            return False
        missing = source.is_missing(identifier)
        if not missing:
            self._tools.store.harvests.saw(self._source.name, [identifier], self._tools.now())
        return missing

    def _mark_all(self, gone: Sequence[Deleted]) -> int:
        """Mark the records stored of what is gone; how many were."""
        return sum(self._mark(each) for each in gone)

    def _mark(self, gone: Deleted) -> int:
        store, name, now = self._tools.store, self._source.name, self._tools.now()
        store.harvests.lost(name, gone.identifier, now)
        stored = [r for r in store.find(gone.identifier) if gone.identifier in r.identifiers]
        warning = f"{_mark_of(name)} (noted {gone.on or now.date()})"
        done = store.upsert(stored, lambda record, _: _marked(record, name, warning))
        return sum(each.outcome != "unchanged" for each in done)

    def _saw(self, records: Sequence[Record]) -> None:
        """Note what the source holds; a record that had gone and is back loses its mark."""
        store, name = self._tools.store, self._source.name
        seen = [i for record in records for i in record.identifiers if i.scheme is Scheme.OAI]
        for back in store.harvests.saw(name, seen, self._tools.now()):
            stored = [record for record in store.find(back) if back in record.identifiers]
            store.upsert(stored, lambda record, _: _unmarked(record, name))


def unreadable(planned: Planned, error: Exception) -> SourceRefused:
    """What to say of an answer that its reader was not made for."""
    log.debug("%s: the whole of it: %s", planned.name, frames(error))
    return SourceRefused(
        f"An answer of {planned.place} could not be read ({type(error).__name__}).",
        "That is a fault of the bot: the log at DEBUG has the whole of it.",
    )


def next_state(
    planned: Planned, stored: Harvest | None, now: datetime, overlap: timedelta
) -> Harvest:
    """The state a run goes on from: where the last one stopped, or a new beginning.

    A cursor is good only for what it was given for: another query begins again. The first day of a
    new run is the day up to which everything was taken, less an `overlap`.
    """
    if stored is None or stored.asks != planned.asks:
        return Harvest(planned.name, planned.asks, began=now, since=planned.since)
    if stored.began is not None:
        return stored
    since: date | None = stored.covers - overlap if stored.covers else planned.since
    return replace(stored, began=now, since=since, cursor=None, counts=Counts(), total=None)


def _reason(refused: Refusal) -> str:
    """Why a record was skipped, without its name in front ("10.1/x: no title"): to be counted."""
    return re.sub(r"^\S*[\d/:]\S*: ", "", refused.reason)[:120]


def _added(counts: Counts, report: Report, gone: int) -> Counts:
    return Counts(
        read=counts.read + report.read,
        new=counts.new + report.new,
        changed=counts.changed + report.changed,
        merged=counts.merged + report.merged,
        unchanged=counts.unchanged + report.unchanged,
        skipped=counts.skipped + len(report.refused),
        gone=counts.gone + gone,
    )


def _mark_of(source: str) -> str:
    return f"{GONE}{source}"


def _marked(record: Record, source: str, warning: str) -> Record:
    """The record with the mark first; one that has it keeps the day it was first noted."""
    if any(each.startswith(f"{_mark_of(source)} ") for each in record.warnings):
        return record
    return record.model_copy(update={"warnings": (warning, *record.warnings)})


def _unmarked(record: Record, source: str) -> Record:
    kept = tuple(w for w in record.warnings if not w.startswith(f"{_mark_of(source)} "))
    return record.model_copy(update={"warnings": kept})
