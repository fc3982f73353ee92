"""Whether a process has the file open, to distinguish what a crash left from work under way.

SQLite removes its write-ahead log when the last connection is closed. A log that lies there while
no process is present was left by a crash or a loss of power.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

if sys.platform != "win32":  # where there are no such locks, a log always counts as left behind
    import fcntl


class Presence:
    """A lock next to the file, shared by all processes that may write it; the kernel frees it."""

    def __init__(self, path: Path) -> None:
        """Take the lock, which waits no longer than `left_by_crash` looks."""
        self._path = _lock_path(path)
        self._file = -1
        if sys.platform != "win32":
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_SH)

    def close(self) -> None:
        """Give the lock up; the last one removes its file. Closing twice does nothing."""
        file, self._file = self._file, -1
        if file < 0 or sys.platform == "win32":
            return
        # A process that took the lock on the removed file is overlooked, which costs the next one
        # a check that it did not need.
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._path.unlink(missing_ok=True)
        os.close(file)


def left_by_crash(path: Path) -> bool:
    """Whether a write-ahead log with something in it lies there and no one has the file open."""
    try:
        written = path.with_name(f"{path.name}-wal").stat().st_size > 0
    except (FileNotFoundError, NotADirectoryError):
        return False
    return written and not _is_anybody_present(_lock_path(path))


def is_open(path: Path) -> bool:
    """Whether a process may have the file open for writing."""
    return sys.platform == "win32" or _is_anybody_present(_lock_path(path))


def _is_anybody_present(lock: Path) -> bool:
    if sys.platform == "win32":
        return False
    try:
        file = os.open(lock, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def _lock_path(path: Path) -> Path:
    return path.with_name(f"{path.name}-open")
