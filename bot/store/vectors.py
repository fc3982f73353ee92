"""Vectors of records in one SQLite file: derived from the store, and safe to throw away."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from bot.settings.folders import make_private_folder
from bot.store.errors import translated, translated_os

# A record's id, the hash of the text that was read, and its vector as signed bytes.
Row: TypeAlias = tuple[str, str, bytes]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
DROP TABLE IF EXISTS vector;  -- of older versions
CREATE TABLE IF NOT EXISTS vectors (
  place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, text TEXT NOT NULL,
  vector BLOB NOT NULL
);
"""
_HELD = "SELECT id, text FROM vectors WHERE id IN ({})"
_AFTER = "SELECT place, id, vector FROM vectors WHERE place > ? ORDER BY place LIMIT ?"
_MOST, _STEP = 900, 10_000


class VectorFile:
    """The file, open. Safe from any thread; one process writes it, others read."""

    def __init__(self, path: Path, belongs: str) -> None:
        """Open or make the file; `belongs` names the store and the model its vectors are of.

        A file of another store or model, or a damaged one, is begun again. Raises StoreError.
        """
        self._path, self._belongs = path, belongs
        self._lock = threading.Lock()
        with translated_os(path.name):
            make_private_folder(path.parent)
        try:
            self._db = self._opened()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                with translated(path.name):
                    raise
            for end in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + end).unlink(missing_ok=True)
            with translated(path.name):
                self._db = self._opened()

    def watermark(self) -> int:
        """The place in the store's change sequence up to which records were read."""
        return int(dict(self._select("SELECT name, value FROM about")).get("watermark", 0))

    def count(self) -> int:
        """How many records have a vector."""
        return int(self._select("SELECT count(*) FROM vectors")[0][0])

    def texts(self, record_ids: Sequence[str]) -> Mapping[str, str]:
        """The hash of the text that was read, for those of these records that have a vector."""
        found: dict[str, str] = {}
        for start in range(0, len(record_ids), _MOST):
            some = record_ids[start : start + _MOST]
            found |= self._select(_HELD.format(", ".join("?" * len(some))), some)
        return found

    def written_after(self, place: int) -> Iterator[tuple[int, str, bytes]]:
        """The vectors written after a place in the order of writing, each with its own place."""
        while rows := self._select(_AFTER, (place, _STEP)):
            yield from rows
            place = rows[-1][0]

    def write(self, rows: Iterable[Row], watermark: int) -> None:
        """Keep these vectors and how far the store has been read, in one transaction."""
        with self._lock, translated(self._path.name), self._db:
            self._db.executemany(
                "INSERT OR REPLACE INTO vectors (id, text, vector) VALUES (?, ?, ?)", rows
            )
            self._db.execute(
                "INSERT OR REPLACE INTO about VALUES ('watermark', ?)", (str(watermark),)
            )

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, check_same_thread=False)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(_SCHEMA)
            with db:
                db.execute("BEGIN IMMEDIATE")
                stored = dict(db.execute("SELECT name, value FROM about"))
                if stored.get("belongs") != self._belongs:
                    db.execute("DELETE FROM vectors")
                    db.execute("DELETE FROM about")
                    db.execute("INSERT INTO about VALUES ('belongs', ?)", (self._belongs,))
        except BaseException:
            db.close()
            raise
        return db

    def _select(self, statement: str, values: Sequence[str | int] = ()) -> list[Any]:
        with self._lock, translated(self._path.name):
            return self._db.execute(statement, values).fetchall()
