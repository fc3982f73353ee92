"""`StateStore` in one SQLite file, for one machine: any number of threads, several processes.

A batch is one transaction in a write-ahead log: after a kill at any moment it is there whole or
not at all. Readers never wait for the writer.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bot.errors import StoreDamaged
from bot.records.models import Identifier, Record
from bot.store import counts
from bot.store.alarms import AlarmStore
from bot.store.audit import AuditStore
from bot.store.check import problems
from bot.store.clubs import ClubStore
from bot.store.connections import Connections
from bot.store.conversations import ConversationStore
from bot.store.conversations import forget_old as forget_old_questions
from bot.store.corrections import CorrectionStore
from bot.store.deeds import DeedStore
from bot.store.deeds import forget_old as forget_old_deeds
from bot.store.file import prepare
from bot.store.full_texts import FullTextStore
from bot.store.harvests import HarvestStore
from bot.store.imports import ImportStore
from bot.store.inbox import InboxStore
from bot.store.inbox import forget_old as forget_old_requests
from bot.store.installations import InstallationStore
from bot.store.installations import forget_old as forget_old_installs
from bot.store.lists import ListStore
from bot.store.lookups import LookupStore
from bot.store.merges import MergeStore
from bot.store.migrations import MIGRATIONS, Migration
from bot.store.moments import moment_of, text_of
from bot.store.notes import NoteStore
from bot.store.outbox import DeliveryStore
from bot.store.overlay import as_seen, current, is_hidden
from bot.store.people import PeopleStore
from bot.store.preferences import PreferenceStore
from bot.store.records import load
from bot.store.references import ReferenceStore
from bot.store.reports import ReportStore
from bot.store.second_posts import SecondPostStore
from bot.store.shares import ShareStore
from bot.store.shares import forget_old as forget_old_shares
from bot.store.sqlite import SqliteConnections
from bot.store.standing import StandingStore
from bot.store.statements import records as sql
from bot.store.upsert import Upserts
from bot.store.uses import UseStore
from bot.store.values import (
    KEPT,
    Change,
    Combine,
    StoreStatus,
    Upserted,
)
from bot.store.watching import SubscriptionStore

if TYPE_CHECKING:
    from bot.store.backup import Progress
    from bot.store.postgres.move import Moved

# Slack repeats an event it got no answer for within minutes, and for a day with delayed events
# (https://docs.slack.dev/apis/events-api/#retries); the rest is room for an outage.
EVENTS_KEPT = timedelta(days=7)

# A batch of 10,000 records holds the write lock for a few seconds.
BUSY_TIMEOUT = 10.0
_BATCH = 500


class StateStore:
    """The truth, in one SQLite file; made by `open`.

    Every method is safe from any thread; every write is one transaction.

    Methods raise the `StoreError` that says what is wrong: busy, read-only, full, damaged.

    `get`, `get_many`, `find`, `find_title`, `newest` and `each` give records as the workspace that
    requests them sees them (`bot.store.overlay`); the change sequence knows no workspace.
    """

    def __init__(self, connections: Connections, now: Callable[[], datetime]) -> None:
        self._connections = connections
        self._now = now
        # How long what is kept of conversations counts; a server sets its own.
        self.keep = KEPT
        self.harvests = HarvestStore(connections)
        self.audit = AuditStore(connections, now)
        self.imports = ImportStore(connections, self.audit, now)
        self.merges = MergeStore(connections, self.audit, now)
        self.people = PeopleStore(connections, self.audit)
        self.references = ReferenceStore(connections)
        self.full_texts = FullTextStore(connections)
        self.reports = ReportStore(connections)
        self.standing = StandingStore(connections)
        self.corrections = CorrectionStore(connections, self.audit)
        self.lists = ListStore(connections, self.audit)
        self.lookups = LookupStore(connections)
        self.subscriptions = SubscriptionStore(connections, self.audit)
        self.clubs = ClubStore(connections, self.audit)
        self.deliveries = DeliveryStore(connections)
        self.second_posts = SecondPostStore(connections)
        self.inbox = InboxStore(connections)
        self.deeds = DeedStore(connections)
        self.shares = ShareStore(connections)
        self.preferences = PreferenceStore(connections)
        self.uses = UseStore(connections)
        self.alarms = AlarmStore(connections)
        self.conversations = ConversationStore(connections, lambda: self.keep.threads)
        self.notes = NoteStore(connections)
        self.installations = InstallationStore(connections, self.audit)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        read_only: bool = False,
        busy_timeout: float = BUSY_TIMEOUT,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        migrations: Sequence[Migration] = MIGRATIONS,
    ) -> Self:
        """The store in this file, made with its folder where missing, brought up to date if older.

        A file (or folder) that cannot be written is opened for reading: every write then raises
        StoreReadOnly. `busy_timeout` is how long to wait for another process, in seconds; `now`
        gives `first_seen`.

        Raises StoreTooNew, StoreDamaged (also: not ours), StoreBusy, StoreFull, or StoreReadOnly
        when there is nothing to read yet. A file that is refused is left untouched.
        """
        path = path.expanduser().resolve()
        read_only = prepare(path, read_only=read_only, busy_timeout=busy_timeout, steps=migrations)
        stored = SqliteConnections(path, read_only=read_only, busy_timeout=busy_timeout)
        return cls(stored, now)

    @classmethod
    def connect(
        cls,
        url: str,
        *,
        read_only: bool = False,
        busy_timeout: float = BUSY_TIMEOUT,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        migrations: Sequence[Migration] = MIGRATIONS,
    ) -> Self:
        """The store in the PostgreSQL database of this address (`postgresql://…`), as `open`.

        Its schema is made where it is missing, and brought up to date if older. Raises
        SettingsError where the extra `postgres` is not installed, else as `open`.
        """
        from bot.store.postgres import connections, schema  # noqa: PLC0415 - an optional extra

        schema.prepare(url, migrations, read_only=read_only)
        stored = connections.PostgresConnections(
            url, read_only=read_only, busy_timeout=busy_timeout
        )
        return cls(stored, now)

    def steady(self) -> float:
        """Seconds of the clock that all who use this store share; leases and waits go by it."""
        return self._connections.steady()

    def move(self, target: str | Path, progress: "Progress") -> "Moved":
        """Copy everything into an empty PostgreSQL database or a new file: `postgres.move.move`."""
        from bot.store.postgres.move import move  # noqa: PLC0415 - an optional extra

        return move(self._connections, target, progress)

    def upsert(self, records: Iterable[Record], combine: Combine) -> list[Upserted]:
        """Write a batch in one transaction, in order: all of it or, on any error, nothing.

        An incoming record is a stored one when it carries that one's `id`, or they share a strong
        identifier (`bot.records.identity`), or at least one of the two has none and the content key
        is the same (unless that fits several works with identifiers of their own).
        One that shares an identifier but is another work all the same is left alone
        (`bot.records.identity.contradicts`).
        Where its identifiers name several stored records, it is written to the first (by order of
        identifier, then the longest stored) and gains a warning `also_matches:ID` for each other
        one, which is left alone.

        A record whose content stays the same is left alone and takes no new place in the change
        sequence. Content is everything but `id`, `first_seen` and the times of provenance. What a
        source says again as it is stored is told by its hash, and not combined at all.
        """
        # Drawn before the transaction: a slow source must not hold the write lock.
        incoming = list(records)
        with self._connections.writing() as db:
            now = self._now().astimezone(UTC).replace(microsecond=0)
            return Upserts(db, incoming, combine, now).all()

    def get(self, record_id: str) -> Record | None:
        """The record of this id, or the one that it was merged into, or None."""
        stored = self._records(sql.RECORD, record_id) or self._records(sql.LEADS_TO, record_id)
        return next(iter(stored), None)

    def get_many(self, record_ids: Sequence[str]) -> list[Record]:
        """The records of these ids, in the order requested, each once; ids not stored are skipped.

        An id that was merged into another leads to that one's record.
        """
        stored = {record.id: record for record in self._records(sql.RECORDS, _json(record_ids))}
        if len(stored) < len(set(record_ids)):
            with self._connections.reading() as db:
                merged = [row[0] for row in db.execute(sql.ABSORBED, [_json(record_ids)])]
            stored |= {each: record for each in merged if (record := self.get(each)) is not None}
        found = [stored[record_id] for record_id in record_ids if record_id in stored]
        return list({record.id: record for record in found}.values())

    def find(self, identifier: Identifier, limit: int = 100) -> list[Record]:
        """The records that carry this identifier (their own, a contributor's, a journal's).

        Latest published first, those without a date last.
        """
        return self._records(sql.CARRIERS, identifier.scheme, identifier.value, limit)

    def find_title(self, folded_title: str) -> list[Record]:
        """Every record whose folded title (`bot.text.folding.fold`) is exactly this."""
        return self._records(sql.WITH_TITLE, folded_title)

    def newest(self, limit: int, offset: int = 0) -> list[Record]:
        """Records by when this store first saw them, newest first, then by publication date."""
        return self._records(sql.NEWEST, _json(current().closed), limit, offset)

    def each(self, batch_size: int = _BATCH) -> Iterator[Record]:
        """Every record, in the order of their ids, whatever is written meanwhile.

        Read a batch at a time, so that memory does not grow with the store.
        """
        last = ""
        while batch := self._records(sql.AFTER, last, batch_size):
            yield from batch
            last = batch[-1].id

    def changes_since(self, sequence: int, limit: int = 1000) -> list[Change]:
        """The next changes after a place in the sequence, oldest first, one per id.

        A record that was merged into another is a change too: its id is gone. A number is never
        used twice, so a reader that remembers the last one misses nothing.
        """
        with self._connections.reading() as db, db.atomic():
            rows = db.execute(sql.CHANGES, [sequence, limit]).fetchall()
            changes = (
                (place, record_id, db.execute(sql.LEADS_TO, [record_id]).fetchone())
                if body is None
                else (place, record_id, (record_id, body))
                for place, record_id, body in rows
            )
            return [Change(*each) for each in changes]

    def sequence(self) -> int:
        """The last place in the change sequence; 0 when nothing was ever written."""
        with self._connections.reading() as db:
            return int(db.execute(sql.META, ["sequence"]).fetchone()[0])

    def changed_since(self, sequence: int) -> int:
        """How many records were stored or changed after a place in the change sequence."""
        with self._connections.reading() as db:
            return int(db.execute(sql.CHANGED_SINCE, [sequence]).fetchone()[0])

    def generation(self) -> str:
        """A random id given to this store when it was made: a restored copy keeps it."""
        with self._connections.reading() as db:
            return str(db.execute(sql.META, ["generation"]).fetchone()[0])

    def status(self) -> StoreStatus:
        """Counts and dates for `status` and `doctor`: of what is seen here."""
        with self._connections.reading() as db, db.atomic():
            counted, newest = counts.seen(db, current().closed)
            return StoreStatus(
                location=self._connections.location,
                schema_version=self._connections.schema_version(db),
                records=counted.get(counts.RECORD, (0,))[0],
                sequence=int(db.execute(sql.META, ["sequence"]).fetchone()[0]),
                with_abstract=counted.get(counts.ABSTRACT, (0,))[0],
                with_doi=counted.get(counts.DOI, (0,))[0],
                sources=tuple(
                    (fact.removeprefix(counts.SOURCE), n, moment_of(at))
                    for fact, (n, at) in counted.items()
                    if n and fact.startswith(counts.SOURCE)
                ),
                newest=moment_of(newest),
            )

    def forget_old(self, now: datetime) -> int:
        """Delete requests seen, and what is past the time it is kept for; how many went.

        Of a delivery stays that it was made, and which works a channel has seen.
        """
        with self._connections.writing() as db:
            forget_old_requests(db, now)
            forget_old_deeds(db, now)
            forget_old_shares(db, now)
            forget_old_installs(db, now)
            questions = forget_old_questions(db, now - self.keep.threads)
            gone = [
                db.execute(sql.FORGET_EVENTS, [text_of(now - EVENTS_KEPT)]),
                db.execute(sql.FORGET_AUDIT, [text_of(now - self.keep.audit)]),
                db.execute(sql.FORGET_CHANGES, [text_of(now - self.keep.audit)]),
                db.execute(sql.FORGET_DELIVERIES, [text_of(now - self.keep.deliveries)]),
            ]
            return questions + sum(each.rowcount for each in gone)

    def check(self) -> list[str]:
        """What is wrong with the store, a line each; empty when it is sound."""
        try:
            with self._connections.reading() as db, db.atomic():
                return [*self._connections.flaws(db), *problems(db)]
        except StoreDamaged as error:
            return [error.message]

    def close(self) -> None:
        """Close every connection. Saved state is safe without it."""
        self._connections.close()

    def _records(self, statement: str, *values: object) -> list[Record]:
        with self._connections.reading() as db:
            rows = db.execute(statement, values).fetchall()
        shown = [each for row in rows if not is_hidden(each := load(*row))]
        own: frozenset[str] = frozenset()
        if shown and (workspace := current().workspace):
            own = self.imports.with_own(workspace, [record.id for record in shown])
        return [as_seen(record, has_own=record.id in own) for record in shown]


def _json(ids: Sequence[str]) -> str:
    return json.dumps(list(ids))
