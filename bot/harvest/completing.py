"""Service: what stored records lack, queried in batches from the services that may know it.

A service is a harvest of its own, over the records that lack something it may know; so a run is
leased, put off after a failure and resumed like any other. Records are looked through in the order
of their last change, from the place that was reached before. What was looked up is not looked up
again for `AGAIN`, whether the service knew it or not. Only stored records are completed: no work
comes in this way.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from functools import partial

from bot.errors import SourceRefused
from bot.formats import Refusal
from bot.harvest.integrity import as_checked
from bot.harvest.plan import Planned, Standing, standings
from bot.harvest.run import OnProgress, Outcome, silent
from bot.harvest.service import Harvesting
from bot.merging.sameness import judge
from bot.records.identity import strong_identifiers
from bot.records.models import AccessStatus, Identifier, Record, Scheme
from bot.sources.base import Batch, BatchFetcher, Fetcher, SourceKind
from bot.store import StateStore

# A service indexes late: what it did not know, or knew no more of, it may know after this.
AGAIN = timedelta(days=30)
# So many records are looked through at a time where the service takes one identifier a request.
_WINDOW = 50
# The number that a service finds a work by most surely comes first.
_SURE = (Scheme.PMID, Scheme.PMCID, Scheme.DOI)
# Refusals that may be due to one identifier of several.
_FOR_ONE = frozenset((400, 404, 413, 414, 422))


def _has_no(scheme: Scheme, record: Record) -> bool:
    return record.identifier(scheme) is None


# What a record may lack, by the name that summaries give it.
LACKS: dict[str, Callable[[Record], bool]] = {
    "abstract": lambda record: not record.abstract,
    "sections": lambda record: not any(section.label for section in record.sections),
    "type": lambda record: record.type is None,
    "authors": lambda record: (
        not any(person.display_name for person in record.contributors)
        or "authors_not_all_named" in record.warnings
    ),
    "keywords": lambda record: not record.keywords,
    "doi": partial(_has_no, Scheme.DOI),
    "pmid": partial(_has_no, Scheme.PMID),
    "pmcid": partial(_has_no, Scheme.PMCID),
    "access": lambda record: record.access.status is AccessStatus.UNKNOWN,
    "licence": lambda record: record.access.licence is None,
    "references": lambda record: not record.references,
    "check": lambda record: record.checked is None,
}


def lacks(record: Record) -> frozenset[str]:
    """What a record lacks, by the names in `LACKS`."""
    return frozenset(name for name, is_missing in LACKS.items() if is_missing(record))


def completion(kind: SourceKind, own: Planned | None) -> Planned:
    """The harvest that completes records from a service, at the address of an `own` harvest."""
    return Planned(
        name=f"complete {kind.name}",  # no name of a sources file has a space
        kind=kind,
        query="",
        since=None,
        every=timedelta(0),
        address=own.address if own else kind.address,
        options=own.options if own else {},
    )


@dataclass(slots=True)
class Completed(Outcome):
    """What became of one run: `queried` records, `unknown` to the service, what it `filled`."""

    queried: int = 0
    unknown: int = 0
    filled: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, object]:
        """The outcome as scripts read it."""
        error = self.error
        return {
            "source": self.name,
            "queried": self.queried,
            "unknown": self.unknown,
            "filled": {name: self.filled[name] for name in LACKS if self.filled[name]},
            "finished": self.finished,
            "reasons": dict(self.reasons.most_common()),
            "error": error and {"code": error.code, "message": error.message, "hint": error.hint},
        }


@dataclass(frozen=True, slots=True)
class _Lookup:
    """A stored record that lacks something, and the identifier that it is looked up by."""

    record: Record
    identifier: Identifier


class _Completion:
    """A service's records of the stored works that lack something, as a `Source`."""

    def __init__(
        self,
        store: StateStore,
        kind: SourceKind,
        fetcher: Fetcher,
        now: Callable[[], datetime],
        limit: int | None,
    ) -> None:
        self._store, self._kind, self._fetcher, self._now = store, kind, fetcher, now
        self._limit, self._place = limit, store.lookups.place(kind.name)
        self._pending: tuple[_Lookup, ...] = ()
        self._found: frozenset[str] = frozenset()
        self.done = Completed(kind.name)

    @property
    def name(self) -> str:
        """The service's name in provenance."""
        return self._kind.name

    def records(self, query: str, since: date | None, cursor: str | None) -> Iterator[Batch]:
        """See `bot.sources.base.Source.records`. The place reached is the store's to know."""
        del query, since, cursor
        total = self._store.lookups.left(self.name) or None
        for lookups in self._windows():
            if self._limit is not None and self.done.queried >= self._limit:
                return
            room = None if self._limit is None else self._limit - self.done.queried
            self._pending = tuple(lookups[:room])
            yield Batch(self._answers(), str(self._place), total)
        yield Batch((), None, total)

    def stored(self, batch: Batch) -> None:
        """Note what was looked up, and count what it filled."""
        del batch
        for each in self._pending:
            now = self._store.get(each.record.id) or each.record
            self.done.filled.update((lacks(each.record) - lacks(now)) & self._kind.completes)
        known = {each.identifier: each.record.id in self._found for each in self._pending}
        self.done.queried += len(known)
        self.done.unknown += sum(not is_known for is_known in known.values())
        self._store.lookups.note(self.name, known, self._now(), self._place)
        self._pending = ()

    def _windows(self) -> Iterator[list[_Lookup]]:
        """What is to be looked up, a request's worth at a time: what changed, then what is due."""
        size = self._fetcher.at_once if isinstance(self._fetcher, BatchFetcher) else _WINDOW
        while changes := self._store.changes_since(self._place, size):
            stored = [change.record for change in changes if not change.gone]
            before, self._place = self._place, changes[-1].sequence
            if lookups := self._lacking(stored):
                is_cut = self._limit is not None and len(lookups) > self._limit - self.done.queried
                # What does not fit the limit is looked through again.
                self._place = before if is_cut else self._place
                yield lookups
        while due := self._store.lookups.due(self.name, self._now() - AGAIN, size):
            stored = [record for each in due for record in self._store.find(each, 1)]
            lookups = self._lacking(stored)
            again = {each.identifier for each in lookups}
            self._store.lookups.drop(self.name, [each for each in due if each not in again])
            if lookups:
                yield lookups

    def _lacking(self, records: Iterable[Record]) -> list[_Lookup]:
        """Those that lack what the service may know, and were not looked up lately.

        A number that a record has gained since is tried where the service did not know the others.
        """
        able = {
            record.id: (record, numbers)
            for record in records
            if self._kind.completes & lacks(record) and (numbers := self._numbers(record))
        }
        numbers_of_all = (number for _, numbers in able.values() for number in numbers)
        since = self._now() - AGAIN
        lately = self._store.lookups.since(self.name, numbers_of_all, since)
        return [
            _Lookup(record, numbers[0])
            for record, numbers in able.values()
            if numbers[0] not in lately and not any(lately.get(each) for each in numbers)
        ]

    def _numbers(self, record: Record) -> list[Identifier]:
        """What the service can find a record by, the surest first."""
        able = [scheme for scheme in _SURE if scheme in self._fetcher.schemes]
        return [i for scheme in able for i in record.identifiers if i.scheme is scheme and i.valid]

    def _answers(self) -> tuple[Record | Refusal, ...]:
        """What the service has of the pending works, each under the id of its stored record."""
        named = {i: each.record for each in self._pending for i in strong_identifiers(each.record)}
        best: dict[str, Record] = {}
        refused: list[Refusal] = []
        for answer in self._fetched([each.identifier for each in self._pending]):
            if isinstance(answer, Refusal):
                refused.append(answer)
                continue
            stored = next((named[i] for i in answer.identifiers if i in named), None)
            if stored is None:  # it merely resembles what was searched
                continue
            if not judge(stored, answer).same:
                refused.append(Refusal(0, f"{stored.id}: its record there is of another work"))
            elif _fullness(answer) > _fullness(best.get(stored.id)):
                best[stored.id] = answer
        self._found = frozenset(best)
        return (*(self._as_version(each, found) for each, found in best.items()), *refused)

    def _as_version(self, record_id: str, found: Record) -> Record:
        update: dict[str, object] = {"id": record_id}
        if self._kind.knows_notices:
            update["integrity"] = as_checked(found, self.name, self._now())
        return found.model_copy(update=update)

    def _fetched(self, identifiers: Sequence[Identifier]) -> list[Record | Refusal]:
        """The answers of the service. Raises SourceError.

        Where it refuses several identifiers, each half is tried: one may be what it cannot read.
        """
        try:
            if isinstance(self._fetcher, BatchFetcher):
                return list(self._fetcher.fetch_all(identifiers))
            return [r for each in identifiers if (r := self._fetcher.fetch(each)) is not None]
        except SourceRefused as refused:
            if refused.status not in _FOR_ONE:
                raise
            if len(identifiers) == 1:
                return [Refusal(0, f"{identifiers[0].value}: {refused.message}")]
        middle = len(identifiers) // 2
        return self._fetched(identifiers[:middle]) + self._fetched(identifiers[middle:])


def _fullness(record: Record | None) -> tuple[bool, int, int]:
    """Of two records of one work at one service, the greater is taken."""
    if record is None:
        return (False, -1, -1)
    return record.pmid is not None, len(record.abstract or ""), len(record.contributors)


class Completing:
    """Completes stored records. Safe from several threads and processes at once.

    `plan` names the services, those to be queried first first; `open_fetcher` gives one for as long
    as its block lasts.
    """

    def __init__(
        self,
        store: StateStore,
        harvesting: Harvesting,
        plan: Callable[[], tuple[Planned, ...]],
        open_fetcher: Callable[[Planned], AbstractContextManager[Fetcher]],
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._harvesting, self._now = store, harvesting, now
        self._plan, self._open_fetcher = plan, open_fetcher

    @property
    def is_closed(self) -> bool:
        """Whether the bot is closing."""
        return self._harvesting.is_closed

    def standings(self) -> list[Standing]:
        """The state of every service. Raises SettingsError for a sources file that is wrong."""
        return standings(self._plan(), self._store.harvests.all(), self._now())

    def due(self) -> list[Planned]:
        """The services that are not put off and may know something of what is stored."""
        return [
            each.planned
            for each in self.standings()
            if each.is_due and self._has_work(each.planned.kind.name)
        ]

    def lacking(self) -> Counter[str]:
        """How many records lack each thing, and how many `records` there are; reads them all."""
        counted: Counter[str] = Counter(records=0)
        place, last = 0, self._store.sequence()
        while place < last and (changes := self._store.changes_since(place)):
            place = changes[-1].sequence
            for record in (each.record for each in changes if not each.gone):
                counted.update(("records", *lacks(record)))
        return counted

    def _has_work(self, source: str) -> bool:
        lookups = self._store.lookups
        return (
            lookups.place(source) < self._store.sequence()
            or bool(lookups.due(source, self._now() - AGAIN, 1))
        )  # fmt: skip

    def run(
        self,
        planned: Planned,
        *,
        limit: int | None = None,
        again: bool = False,
        on_progress: OnProgress = silent,
    ) -> Completed:
        """Query one service about every record that lacks something, or about `limit` of them.

        `again` forgets what was looked up. Raises HarvestBusy when another process queries the same
        place, SettingsError, and StoreError; a service that fails is in the outcome.
        """
        made: list[_Completion] = []
        if again:
            self._store.lookups.forget(planned.kind.name)

        @contextmanager
        def opened() -> Iterator[_Completion]:
            with self._open_fetcher(planned) as fetcher:
                made.append(_Completion(self._store, planned.kind, fetcher, self._now, limit))
                yield made[0]

        outcome = self._harvesting.run_from(opened(), planned, again=again, on_progress=on_progress)
        done = made[0].done
        for name in (each.name for each in fields(Outcome) if each.name != "name"):
            setattr(done, name, getattr(outcome, name))
        return done
