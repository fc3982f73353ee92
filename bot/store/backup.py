"""Backing the database up while it is in use, and restoring it.

A plain copy of the database file next to a running server lacks everything that is still in the
write-ahead log. SQLite's online backup (https://www.sqlite.org/backup.html) reads one state of the
database, log included, regardless of what is written meanwhile.
"""

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from sqlite_utils import Database

from bot.errors import BackupExists, StoreBusy, StoreDamaged, UnreadableFile
from bot.settings.folders import make_private_folder
from bot.store.errors import translated, translated_os
from bot.store.file import prepare, schema_version
from bot.store.migrations import MIGRATIONS
from bot.store.moments import text_of
from bot.store.notes import LAST_BACKUP, NOTE
from bot.store.sqlite import connect, reading_mode
from bot.store.statements.records import RENEW

# Gets the pages copied so far, and how many there are.
Progress: TypeAlias = Callable[[int, int], None]

# So many pages between two reports of progress: 40 MB at SQLite's usual page size.
_PAGES = 10_000
_BUSY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Copied:
    """A database that was copied whole and checked: how many records, and its size in bytes."""

    file: str
    records: int
    sequence: int
    size: int

    def as_json(self) -> dict[str, object]:
        """As scripts read it."""
        return asdict(self)


def backup(database: Path, target: Path, progress: Progress, now: datetime) -> Copied:
    """Copy a database to a new file and check the copy; other processes go on reading and writing.

    The copy is one state of the database: what was committed when the backup began. The target
    appears when it is complete and checked, never before. Raises BackupExists where there is a
    file already, UnreadableFile where the database is being made, StoreDamaged when the copy is not
    sound (nothing is left behind), StoreError.
    """
    if target.exists():
        raise BackupExists(f"{target.name} exists already.")
    if not schema_version(database, len(MIGRATIONS)):
        raise UnreadableFile(f"{database.name} has nothing in it yet.", "Try again in a moment.")
    with _unfinished(target) as part, _open(database, reading_mode(database)) as source:
        source.execute("BEGIN")
        # The first read fixes the state that is copied.
        before = _counts(source)
        _copy(source, part, database.name, progress)
        source.execute("ROLLBACK")
        copied = _checked(part, target.name)
        if (copied.records, copied.sequence) != before:
            raise StoreDamaged(f"The copy of {database.name} is not complete.")
        with translated_os(target.name):
            part.replace(target)
    if os.access(database, os.W_OK):
        # The copy is whole: where others write without end, only its age is not noted.
        with suppress(StoreBusy), _open(database, "mode=rw") as source, translated(database.name):
            source.execute(NOTE, [LAST_BACKUP, text_of(now)])
    return copied


def restore(file: Path, database: Path, progress: Progress) -> Copied:
    """Put a backup in place of a database, or where there is none; older schemas are brought up.

    The backup is copied and checked next to the database first, and takes its place in one
    transaction: processes that have the database open see the restored one from then on. The
    index rebuilds itself, as the restored store has a new generation. Raises UnreadableFile for
    a file that is not a backup, StoreTooNew, StoreBusy, StoreDamaged or StoreFull; the database
    is then as it was.
    """
    with translated_os(database.name):
        make_private_folder(database.parent)
    with brought_up(file, database) as copy:
        _copy(copy, database, database.name, progress)
        return _checked(database, database.name)


@contextmanager
def brought_up(file: Path, beside: Path) -> Iterator[Database]:
    """A checked copy of a backup, of today's schema and with a generation of its own.

    It is made `beside` a file and is gone after the block. Raises as `restore`.
    """
    if not file.is_file():
        raise UnreadableFile(f"{file.name} is not there.", "Give a file that `tme backup` wrote.")
    if schema_version(file, len(MIGRATIONS)) == 0:
        raise UnreadableFile(f"{file.name} is empty.", "Give a file that `tme backup` wrote.")
    with _unfinished(beside) as part:
        with _open(file, reading_mode(file)) as source:
            _copy(source, part, file.name, lambda _done, _of: None)
        _checked(part, file.name)
        prepare(part, read_only=False, busy_timeout=_BUSY_SECONDS, steps=MIGRATIONS)
        with _open(part, "mode=rw") as copy, translated(file.name):
            copy.execute(RENEW, [secrets.token_hex(16)])
            copy.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            yield copy


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """A name next to the target for what is not complete yet; nothing of that name is left."""
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        yield part
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                part.with_name(part.name + ending).unlink()


@contextmanager
def _open(path: Path, mode: str) -> Iterator[Database]:
    with translated(path.name):
        db = connect(path, mode=mode, busy_timeout=_BUSY_SECONDS)
        try:
            yield db
        finally:
            db.close()


def _copy(source: Database, target: Path, name: str, progress: Progress) -> None:
    """Copy every page. An open read of the source keeps other writers from starting it again."""
    with translated_os(target.name):
        target.touch(mode=0o600)
    with translated(name):
        into = sqlite3.connect(target, timeout=_BUSY_SECONDS)
        try:
            source.conn.backup(
                into, pages=_PAGES, progress=lambda _status, left, of: progress(of - left, of)
            )
        finally:
            into.close()


def _counts(db: Database) -> tuple[int, int]:
    with translated("The database"):
        (records,) = db.execute("SELECT count(*) FROM records").fetchone()
        (sequence,) = db.execute("SELECT value FROM meta WHERE key = 'sequence'").fetchone()
    return int(records), int(sequence)


def checked(path: Path) -> Copied:
    """What a backup has, all of it read. Raises StoreDamaged where it is not sound."""
    return _checked(path, path.name)


def _checked(path: Path, name: str) -> Copied:
    with _open(path, "mode=ro") as db, translated(name):
        found = [str(row[0]) for row in db.execute("PRAGMA integrity_check(1)")]
        astray = db.execute("PRAGMA foreign_key_check").fetchone()
        records, sequence = _counts(db)
    if found != ["ok"] or astray is not None:
        raise StoreDamaged(f"{name} is damaged.")
    return Copied(name, records, sequence, path.stat().st_size)


def age(moment: datetime, now: datetime) -> str:
    """How long ago a backup was made, in days, or "today"."""
    days = (now.astimezone(UTC) - moment).days
    return "today" if days < 1 else f"{days} day{'s' if days > 1 else ''} ago"
