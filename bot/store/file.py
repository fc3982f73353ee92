"""Opening the file: what it is, whether it may be written, and bringing it up to date.

A file that is refused is left as it was, byte for byte, with nothing new next to it. How much is
read does not grow with the file: its header, its size, its schema and the ends of every table.
Damage elsewhere is met where it is read; after a crash, and by `tme doctor`, all of it is read.
"""

import os
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from sqlite_utils import Database

from bot.errors import StoreDamaged, StoreFull, StoreReadOnly, StoreTooNew
from bot.settings.folders import make_private_folder
from bot.store import migrations
from bot.store.errors import translated, translated_os
from bot.store.migrations import Migration
from bot.store.presence import left_by_crash
from bot.store.sqlite import connect, reading_mode, transaction

# Marks a file as ours in its header (https://www.sqlite.org/pragma.html#pragma_application_id).
APPLICATION_ID = int.from_bytes(b"TMEb")

# The first bytes of every SQLite file (https://www.sqlite.org/fileformat.html#the_database_header).
_MAGIC = b"SQLite format 3\x00"
# How long to wait between attempts at a lock that SQLite does not wait for by itself, in seconds.
_PAUSE = 0.01


def prepare(
    path: Path, *, read_only: bool, busy_timeout: float, steps: Sequence[Migration]
) -> bool:
    """Make the file and its folder ready for use; whether it can only be read.

    Makes a missing file, brings an older one to the schema of `steps` and refuses any other. On a
    full disk a file of that schema is read.
    Raises StoreTooNew, StoreDamaged, StoreReadOnly (it would have to be written first), StoreBusy.
    """
    with translated_os(path.name):
        if not read_only:
            make_private_folder(path.parent)
        read_only = read_only or not _is_writable(path)
        version = schema_version(path, len(steps))
    if not read_only:
        try:
            with translated(path.name):
                _update(path, busy_timeout, steps)
        except StoreFull:
            # What is there can still be read, where nothing of it has to be changed first.
            if version < len(steps):
                raise
            return True
    elif version < len(steps):
        raise StoreReadOnly(
            f"{path.name} is {'older than this version of the bot' if version else 'not there yet'}"
            " and cannot be written."
        )
    return read_only


def _is_writable(path: Path) -> bool:
    # SQLite writes its log next to the file, so the folder counts as well.
    return os.access(path.parent, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))


def schema_version(path: Path, newest: int) -> int:
    """The schema version of a sound file of ours, 0 for none or an empty one; writes nothing.

    Raises StoreTooNew past `newest`, StoreDamaged for a damaged file or one that is not ours.
    """
    if not path.exists():
        return 0
    thorough = left_by_crash(path)
    for _ in range(2):
        before = _stamp(path)
        try:
            return _look(path, newest, thorough=thorough)
        except (StoreDamaged, StoreTooNew):
            if _stamp(path) == before:
                raise
            # Another process wrote while this one looked without a lock: look again.
    return _look(path, newest, thorough=thorough)


def _stamp(path: Path) -> tuple[int, int, str]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, reading_mode(path)


def _look(path: Path, newest: int, *, thorough: bool) -> int:
    if path.stat().st_size == 0:
        return 0
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise StoreDamaged(f"{path.name} is not a database.")
    with translated(path.name):
        db = connect(path, mode=reading_mode(path), busy_timeout=1.0)
        try:
            version = _version(db, path.name, newest)
            _read_ends(db)
            if thorough and db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise StoreDamaged(f"{path.name} is damaged.")
        finally:
            db.close()
    return version


def _read_ends(db: Database) -> None:
    """Read the first and the last row of every table; sqlite3.DatabaseError where one is damaged.

    SQLite itself compares the size that the header names with the file's.
    """
    for table, keyed in db.execute(
        "SELECT '\"' || replace(name, '\"', '\"\"') || '\"', sql LIKE '%WITHOUT ROWID%'"
        " FROM sqlite_master WHERE type = 'table' AND rootpage > 0"
    ).fetchall():
        for order in ("",) if keyed else ("ORDER BY rowid", "ORDER BY rowid DESC"):
            db.execute(f"SELECT * FROM {table} NOT INDEXED {order} LIMIT 1").fetchone()  # noqa: S608


def _version(db: Database, name: str, newest: int) -> int:
    with db.atomic():  # one state, even while another process is making the file
        application = db.execute("PRAGMA application_id").fetchone()[0]
        version: int = db.execute("PRAGMA user_version").fetchone()[0]
        tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if application == APPLICATION_ID:
        if version > newest:
            raise StoreTooNew(f"{name} was written by a newer version of the bot.")
        return version
    # What a kill between making the file and its first transaction leaves: nothing in it to lose.
    if application == version == tables == 0:
        return 0
    raise StoreDamaged(f"{name} is a database of another program.")


def _update(path: Path, busy_timeout: float, steps: Sequence[Migration]) -> None:
    if not path.exists():
        path.touch(mode=0o600)  # SQLite gives its logs the same
    db = connect(path, mode="mode=rwc", busy_timeout=busy_timeout)
    try:
        _use_write_ahead_log(db, time.monotonic() + busy_timeout)
        if _version(db, path.name, len(steps)) < len(steps):
            _migrate(db, path.name, steps)
    finally:
        db.close()


def _use_write_ahead_log(db: Database, deadline: float) -> None:
    """Switch the file to WAL, in which readers and the one writer do not wait for each other.

    SQLite gives up this switch at once when another process has the file open, so the waiting is
    here.
    """
    while True:
        try:
            db.enable_wal()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _migrate(db: Database, name: str, steps: Sequence[Migration]) -> None:
    # Another process may have done it while this one waited for the lock.
    with transaction(db):
        if _version(db, name, len(steps)) < len(steps):
            migrations.run(db, steps)
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
