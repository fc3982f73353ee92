"""One connection a thread to one SQLite file, and how reads and writes are bracketed."""

import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlite_utils import Database

from bot.errors import StoreBusy, StoreError, StoreFull, StoreReadOnly
from bot.store.connections import Database as AnyDatabase
from bot.store.connections import Lane
from bot.store.errors import translated, translated_os
from bot.store.presence import Presence, is_open

# With less a transaction has no room for its log.
_LEAST_FREE = 1_000_000


def connect(path: Path, *, mode: str, busy_timeout: float) -> Database:
    """Open a connection; `mode` is the query of an SQLite URI, e.g. `mode=ro`.

    `busy_timeout` is in seconds. Raises sqlite3.Error.
    """
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}",
        uri=True,
        timeout=busy_timeout,
        # No transaction begins unasked.
        isolation_level=None,
        # A thread uses only its own connection, but another may have to close it.
        check_same_thread=False,
    )
    # Plugins that happen to be installed have no business in this file.
    db = Database(connection, recursive_triggers=False, execute_plugins=False)
    db.execute("PRAGMA foreign_keys = ON")
    # A kill of the process loses nothing with NORMAL either; with FULL, what was answered as saved
    # also survives a loss of power, for one sync of the disk a transaction.
    db.execute("PRAGMA synchronous = FULL")
    return db


def reading_mode(path: Path) -> str:
    """How to open a file without writing a byte in its folder.

    Without a write-ahead log next to it no one has the file open, and `immutable` keeps SQLite from
    making one. With a log, the log must be read too; but an empty one that nobody has open (left
    where the disk was full) holds nothing.
    """
    try:
        written = path.with_name(path.name + "-wal").stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return "mode=ro&immutable=1"
    return "mode=ro" if written or is_open(path) else "mode=ro&immutable=1"


@dataclass(eq=False, slots=True)
class _Held:
    """A thread's connection, and the lock that `close` waits for."""

    thread: threading.Thread
    db: Database
    lock: threading.RLock = field(default_factory=threading.RLock)


class SqliteConnections:
    """A connection for each thread that asks, closed once its thread is gone.

    Every error inside `reading` and `writing` leaves as a `StoreError`.
    """

    def __init__(self, path: Path, *, read_only: bool, busy_timeout: float) -> None:
        self.path, self.location = path, str(path)
        self.is_shared = False
        self.read_only = read_only
        self._busy_timeout = busy_timeout
        self._local = threading.local()
        self._guard = threading.Lock()
        self._turn = threading.RLock()
        self._held: list[_Held] = []
        self._closed = False
        with translated_os(path.name):
            self._presence = None if read_only else Presence(path)

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """This thread's connection. Two statements see one state only inside `atomic()`."""
        with translated(self.path.name):
            stored = self._own()
            with stored.lock:
                yield stored.db

    @contextmanager
    def writing(
        self,
        patience: float | None = None,
        *,
        is_synced: bool = True,
        lane: Lane = "store",  # noqa: ARG002 - a file has one writer at a time
    ) -> Iterator[Database]:
        """This thread's connection inside a transaction: committed at the end, or undone.

        IMMEDIATE takes the write lock first: a transaction that read before it writes could not
        wait for another writer, as `Database.atomic` (deferred) would have it. `patience` is how
        many seconds to wait for that lock, where it is less than usual. What is not `is_synced`
        survives a kill of the process, but not a loss of power right after it.
        """
        if self.read_only:
            if shutil.disk_usage(self.path.parent).free < _LEAST_FREE:
                raise StoreFull(f"There is no room on the disk for {self.path.name} to grow.")
            raise StoreReadOnly(f"{self.path.name} cannot be written.")
        with self.reading() as db, self._turn_of(patience):
            # Pragmas take no parameters; the numbers are ours.
            if patience is not None:
                db.execute(f"PRAGMA busy_timeout = {patience * 1000:.0f}")
            if not is_synced:
                db.execute("PRAGMA synchronous = NORMAL")
            try:
                with transaction(db):
                    yield db
            finally:
                if not is_synced:
                    db.execute("PRAGMA synchronous = FULL")
                if patience is not None:
                    db.execute(f"PRAGMA busy_timeout = {self._busy_timeout * 1000:.0f}")

    @contextmanager
    def _turn_of(self, patience: float | None) -> Iterator[None]:
        """One writer of this process at a time: SQLite lets many wait by looking now and then."""
        if not self._turn.acquire(timeout=self._busy_timeout if patience is None else patience):
            raise StoreBusy(f"{self.path.name} is being written.")
        try:
            yield
        finally:
            self._turn.release()

    def steady(self) -> float:
        """The machine's steady clock, which all its processes share."""
        return time.monotonic()

    def schema_version(self, db: AnyDatabase) -> int:
        """How many migrations the file has had."""
        return int(db.execute("PRAGMA user_version").fetchone()[0])

    def flaws(self, db: AnyDatabase) -> Iterator[str]:
        """What SQLite finds wrong with the file."""
        for (stated,) in db.execute("PRAGMA quick_check"):
            if stated != "ok":
                yield f"The file is damaged: {stated}"
        for table, *_ in db.execute("PRAGMA foreign_key_check"):
            if table != "identifiers":  # each is named by `bot.store.check`
                yield f"A row of {table} points to something that is not there."

    def close(self) -> None:
        """Close every connection, each after what it is doing. Using one again is an error."""
        with self._guard:
            self._closed = True
            for stored in self._held:
                _close(stored)
            self._held.clear()
            if self._presence is not None:
                self._presence.close()

    def _own(self) -> _Held:
        stored: _Held | None = getattr(self._local, "held", None)
        if stored is None:
            stored = self._new()
            self._local.held = stored
        return stored

    def _new(self) -> _Held:
        mode = reading_mode(self.path) if self.read_only else "mode=rw"
        with self._guard:
            if self._closed:
                raise StoreError(f"{self.path.name} was closed.")
            for gone in [stored for stored in self._held if not stored.thread.is_alive()]:
                _close(gone)
                self._held.remove(gone)
            db = connect(self.path, mode=mode, busy_timeout=self._busy_timeout)
            stored = _Held(threading.current_thread(), db)
            self._held.append(stored)
        return stored


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """Write within one transaction: committed at the end of the block, or undone."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.commit()
    except BaseException:
        db.rollback()
        raise


def _close(stored: _Held) -> None:
    with stored.lock:
        stored.db.close()
