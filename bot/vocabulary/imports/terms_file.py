"""Imported vocabularies as SQLite files, one each, looked up by folded names.

Nothing is loaded at a start: a question asks for the names that its words can make, in one
statement a file. A file is written beside its place and moved there when it is whole, so that an
import which is killed leaves the vocabulary that was there.
"""

import os
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from bot.errors import StoreBusy, TermsDamaged
from bot.settings.folders import make_private_folder
from bot.store.errors import translated, translated_os
from bot.vocabulary.imports.terms import Imported, Role, Term, TermName

# Of another version the folded names are others: such a file has to be imported again.
VERSION = 1
_SUFFIX = ".vocabulary"
_PART = ".part"
# SQLite takes at least 999 parameters (https://www.sqlite.org/limits.html#max_variable_number).
_MOST_KEYS = 900
_HEARD_EVERY = 1_000

_SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE term (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL, kind TEXT NOT NULL, label TEXT NOT NULL,
  meaning TEXT NOT NULL, areas TEXT NOT NULL
);
CREATE TABLE name (
  key TEXT NOT NULL, term INTEGER NOT NULL REFERENCES term(id), text TEXT NOT NULL,
  role INTEGER NOT NULL, PRIMARY KEY (key, term, text)
) WITHOUT ROWID;
"""
_BY_TERM = "CREATE INDEX name_by_term ON name (term, role)"
_ADD_TERM = "INSERT INTO term VALUES (?, ?, ?, ?, ?, ?)"
# One text can have two roles (a symbol that is also an alias): the nearer one counts.
_ADD_NAME = (
    "INSERT INTO name VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET role = min(role, excluded.role)"
)
_NAMED = "SELECT key, term, text, role FROM name WHERE key IN ({})"
_TERMS = "SELECT id, code, kind, label, meaning, areas FROM term WHERE id IN ({})"
_NAMES = """
SELECT term, text, role,
  EXISTS (SELECT 1 FROM name AS other WHERE other.key = name.key AND other.term <> name.term)
FROM name WHERE term IN ({}) ORDER BY term, role, length(text), text
"""


class TermFile:
    """One imported vocabulary, open for reading. Safe from any thread."""

    def __init__(self, path: Path) -> None:
        """Raises TermsDamaged for a file that is no vocabulary of this version."""
        self.path = path
        self._lock = threading.Lock()
        try:
            self._db = sqlite3.connect(
                # The file is never written again once it is in its place.
                f"{path.absolute().as_uri()}?mode=ro&immutable=1",
                uri=True,
                check_same_thread=False,
            )
            about = dict(self._db.execute("SELECT name, value FROM about"))
        except sqlite3.Error:
            raise TermsDamaged(f"The imported vocabulary {path.name} cannot be read.") from None
        if about.get("version") != str(VERSION):
            self._db.close()
            raise TermsDamaged(f"The vocabulary {path.stem} was imported by another version.")
        self.about = Imported(
            path.stem, about["title"], about["file"], about["at"], int(about["terms"]),
            int(about["names"]),
        )  # fmt: skip

    def named(self, keys: Iterable[str]) -> Mapping[str, list[tuple[int, TermName]]]:
        """The names under these keys: the term's number in this file, and the name."""
        found: dict[str, list[tuple[int, TermName]]] = {}
        for key, number, text, role in self._rows(_NAMED, list(dict.fromkeys(keys))):
            found.setdefault(key, []).append((number, TermName(text, Role(role))))
        return found

    def terms(self, numbers: Sequence[int]) -> Mapping[int, Term]:
        """Terms by their number in this file, each with all its names, the nearest first."""
        names: dict[int, list[TermName]] = {}
        for number, text, role, shared in self._rows(_NAMES, numbers):
            names.setdefault(number, []).append(TermName(text, Role(role), bool(shared)))
        return {
            number: Term(
                code, kind, label, meaning, areas, tuple(names.get(number, ())), self.path.stem
            )
            for number, code, kind, label, meaning, areas in self._rows(_TERMS, numbers)
        }

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def _rows(self, statement: str, values: Sequence[object]) -> Iterator[tuple[Any, ...]]:
        for start in range(0, len(values), _MOST_KEYS):
            some = values[start : start + _MOST_KEYS]
            with self._lock, translated(self.path.name):
                rows = self._db.execute(
                    statement.format(", ".join("?" * len(some))), some
                ).fetchall()
            yield from rows


class TermFolder:
    """The folder of imported vocabularies, as it is now, for any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._seen: int | None = None
        self._open: tuple[TermFile, ...] = ()

    def files(self) -> tuple[TermFile, ...]:
        """The vocabularies that can be used now, by name; damaged ones are left out."""
        changed = self._changed()
        with self._lock:
            if changed != self._seen:
                # Files that were replaced stay readable to whoever still uses them.
                self._open, self._seen = tuple(self._opened()), changed
            return self._open

    def listed(self) -> list[Imported]:
        """Every vocabulary in the folder, by name, those that cannot be used as well."""
        listed = []
        for path in self._paths():
            try:
                file = TermFile(path)
            except TermsDamaged:
                listed.append(Imported(path.stem, "", "", "", 0, 0, usable=False))
            else:
                listed.append(file.about)
                file.close()
        return listed

    def remove(self, name: str) -> bool:
        """Take a vocabulary away; whether there was one. Raises StoreError."""
        with self._written():
            path = self._folder / f"{name}{_SUFFIX}"
            if path not in self._paths():
                return False
            path.unlink()
            return True

    def replace(
        self,
        about: Imported,
        terms: Iterable[Term],
        key: Callable[[str], str],
        on_progress: Callable[[int], object],
    ) -> Imported:
        """Make a vocabulary of these terms, in place of the one of that name.

        `key` folds a name to what it is looked up by; `on_progress` is given how many terms are in.
        Raises StoreError, and whatever `terms` raises; then the old one is still there.
        """
        with self._written():
            part = self._folder / f"{about.name}-{secrets.token_hex(4)}{_PART}"
            try:
                with translated(about.name):
                    done = _fill(part, about, terms, key, on_progress)
                part.replace(self._folder / f"{about.name}{_SUFFIX}")
                _sync(self._folder)
            finally:
                part.unlink(missing_ok=True)
        return done

    def _changed(self) -> int | None:
        try:
            return self._folder.stat().st_mtime_ns
        except OSError:
            return None

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{_SUFFIX}"), key=lambda path: path.stem)

    def _opened(self) -> Iterator[TermFile]:
        for path in self._paths():
            with suppress(TermsDamaged):
                yield TermFile(path)

    @contextmanager
    def _written(self) -> Iterator[None]:
        """One writer at a time; what a killed one left is cleared away."""
        with translated_os(self._folder.name):
            make_private_folder(self._folder)
            lock = FileLock(self._folder / "lock", timeout=0)
            try:
                lock.acquire()
            except Timeout:
                raise StoreBusy("Another process is importing a vocabulary.") from None
            try:
                for left in self._folder.glob(f"*{_PART}"):
                    left.unlink(missing_ok=True)
                yield
            finally:
                lock.release()


def _fill(
    path: Path,
    about: Imported,
    terms: Iterable[Term],
    key: Callable[[str], str],
    on_progress: Callable[[int], object],
) -> Imported:
    db = sqlite3.connect(path, isolation_level=None)
    try:
        # Nobody reads the file before it is whole and on the disk.
        db.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_SCHEMA}")
        db.execute("BEGIN")
        count = 0
        for count, term in enumerate(terms, 1):
            db.execute(
                _ADD_TERM, (count, term.code, term.kind, term.label, term.meaning, term.areas)
            )
            names = ((key(name.text), count, name.text, int(name.role)) for name in term.names)
            db.executemany(_ADD_NAME, (row for row in names if row[0]))
            if count % _HEARD_EVERY == 0:
                on_progress(count)
        on_progress(count)
        db.execute(_BY_TERM)
        names_held = db.execute("SELECT count(*) FROM name").fetchone()[0]
        facts = {"version": VERSION, "title": about.title, "file": about.file, "at": about.at,
                 "terms": count, "names": names_held}  # fmt: skip
        db.executemany("INSERT INTO about VALUES (?, ?)", [(k, str(v)) for k, v in facts.items()])
        db.execute("COMMIT")
        db.execute("ANALYZE")
    finally:
        db.close()
    _sync(path)
    return Imported(about.name, about.title, about.file, about.at, count, names_held)


def _sync(path: Path) -> None:
    """Have the disk hold what was written, or a folder's entries."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
