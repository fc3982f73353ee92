"""The one place where an error of SQLite or of the file system becomes a `StoreError`.

Messages name the file and never carry SQL, a path, or SQLite's own words.
"""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import StoreBusy, StoreDamaged, StoreError, StoreFull, StoreReadOnly

# Result codes of SQLite (https://www.sqlite.org/rescode.html), without their extension.
_KINDS: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_BUSY: (StoreBusy, "{name} is in use by another process."),
    sqlite3.SQLITE_LOCKED: (StoreBusy, "{name} is in use by another process."),
    sqlite3.SQLITE_PROTOCOL: (StoreBusy, "{name} is in use by too many processes at once."),
    sqlite3.SQLITE_READONLY: (StoreReadOnly, "{name} cannot be written."),
    sqlite3.SQLITE_PERM: (StoreReadOnly, "{name} cannot be written."),
    sqlite3.SQLITE_CANTOPEN: (StoreReadOnly, "{name} or its folder cannot be opened for writing."),
    sqlite3.SQLITE_FULL: (StoreFull, "There is no room on the disk for {name} to grow."),
    sqlite3.SQLITE_CORRUPT: (StoreDamaged, "{name} is damaged."),
    sqlite3.SQLITE_NOTADB: (StoreDamaged, "{name} is not a database."),
}
_OS_KINDS: dict[int, tuple[type[StoreError], str]] = {
    errno.EACCES: (StoreReadOnly, "{name} or its folder may not be opened by this user."),
    errno.EPERM: (StoreReadOnly, "{name} or its folder may not be opened by this user."),
    errno.EROFS: (StoreReadOnly, "The folder of {name} cannot be written."),
    errno.ENOSPC: (StoreFull, "There is no room on the disk for {name}."),
    errno.EISDIR: (StoreDamaged, "{name} is a folder, not a database."),
}
# What it says where there is no room for the file by which processes share the log.
_NO_ROOM = (sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMMAP)
# A table, a column or a record's JSON that should be there is not: SQLite has no code for these.
_MISSING = ("no such table", "no such column", "malformed JSON")


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Raise what goes wrong inside as the `StoreError` that says it; `name` is the file's."""
    try:
        yield
    except sqlite3.Error as error:
        raise _from_sqlite(error, name) from error
    except UnicodeEncodeError as error:  # half of a surrogate pair: no UTF-8 can hold it
        raise StoreError("The text holds characters that cannot be stored.") from error


@contextmanager
def translated_os(name: str) -> Iterator[None]:
    """The same for errors of the file system."""
    try:
        yield
    except OSError as error:
        kind, message = _OS_KINDS.get(
            error.errno or 0, (StoreError, "{name} or its folder cannot be opened.")
        )
        raise kind(message.format(name=name)) from error


def _from_sqlite(error: sqlite3.Error, name: str) -> StoreError:
    # Errors that the Python module raises itself (a closed connection) have no code.
    whole = getattr(error, "sqlite_errorcode", 0)
    code = sqlite3.SQLITE_FULL if whole in _NO_ROOM else whole & 0xFF
    if str(error).startswith(_MISSING):
        code = sqlite3.SQLITE_CORRUPT
    kind, message = _KINDS.get(code, (StoreError, "{name} could not do what was asked."))
    return kind(message.format(name=name))
