"""Moving a store between SQLite and PostgreSQL: copied in batches, then compared row by row.

What is there already and equal is left, so a move that was cut off goes on where it was. The
target counts as a store only when it is complete: until then its schema says that it is not.
"""

import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

import psycopg
from sqlite_utils import Database as SqliteDatabase

from bot.errors import BackupExists, StoreDamaged
from bot.store.backup import Progress, brought_up
from bot.store.connections import Connections, Database
from bot.store.file import prepare as prepare_file
from bot.store.migrations import MIGRATIONS
from bot.store.postgres.connections import LANES, LOCK, arguments
from bot.store.postgres.database import PostgresDatabase, configured, ended
from bot.store.postgres.errors import translated
from bot.store.postgres.schema import Schema, Table, begin, finish, schema_of, version_of
from bot.store.sqlite import connect
from bot.store.statements.records import RENEW

Row: TypeAlias = tuple[Any, ...]

_BATCH = 2_000
_BUSY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move did: the rows of the store, how many were copied by it, and what differs now."""

    rows: int
    copied: int
    differences: int

    def as_json(self) -> dict[str, object]:
        """As scripts read it."""
        return asdict(self)


def restore(file: Path, url: str, progress: Progress) -> int:
    """Put a backup in place of the store in a PostgreSQL database; how many records it has.

    Raises as `bot.store.backup.restore`.
    """
    with tempfile.TemporaryDirectory() as folder, brought_up(file, Path(folder) / "tme") as copy:
        replace(copy, url, progress)
        return int(copy.execute("SELECT count(*) FROM records").fetchone()[0])


def move(source: Connections, target: str | Path, progress: Progress) -> Moved:
    """Copy a store into an empty PostgreSQL database (its address) or a new SQLite file.

    What is written meanwhile is not copied. Raises BackupExists where the target has a store,
    StoreDamaged where something differs at the end, and StoreError.
    """
    schema = schema_of(MIGRATIONS)
    into = _into_file if isinstance(target, Path) else _into_postgres
    with source.reading() as there, there.atomic(), into(target, schema) as here:  # type: ignore[arg-type]
        total = sum(_count(there, table) for table in schema.tables)
        copied, done = 0, 0
        for table in schema.tables:
            if _count(here, table):
                _take_out(here, table, there)
        for table in schema.tables:
            for rows, missing, _ in _compared(there, here, table):
                if missing:
                    with _committed(here):
                        _insert(here, table, missing)
                copied, done = copied + len(missing), done + len(rows)
                progress(done, total)
            _number(there, here, table)
        differences = sum(differing(there, here, table) for table in schema.tables)
        if differences:
            raise StoreDamaged(f"{differences} rows differ after the move.", "Run it again.")
    return Moved(total, copied, differences)


def differing(there: Database, here: Database, table: Table) -> int:
    """How many rows of a table are not the same in two databases."""
    return sum(len(missing) + len(wrong) for _, missing, wrong in _compared(there, here, table))


def replace(source: Database, url: str, progress: Progress) -> None:
    """Put a store in place of the one in a PostgreSQL database, in one transaction.

    It gets a new generation, so that every index is built anew. Servers wait meanwhile.
    """
    schema = schema_of(MIGRATIONS)
    # Counted before the transaction, which must not stand still for as long as a large file takes.
    total, done = sum(_count(source, table) for table in schema.tables), 0
    with translated(), closing(_connected(url)) as here:
        here.raw.execute("BEGIN")
        with ended(here):
            for lane in LANES.values():
                here.raw.execute(f"SELECT pg_advisory_xact_lock({LOCK}, {lane})")
            if version_of(here.raw) is None:
                begin(here, schema)
                finish(here, schema, len(MIGRATIONS))
            names = ", ".join(table.name for table in schema.tables)
            here.raw.execute(f"TRUNCATE {names}")
            # What triggers would write is among the rows.
            _triggers(here, schema, "DISABLE")
            for table in schema.tables:
                for rows, missing, _ in _compared(source, here, table):
                    _insert(here, table, missing)
                    done += len(rows)
                    progress(done, total)
                _number(source, here, table)
            _triggers(here, schema, "ENABLE")
            here.execute(RENEW, [secrets.token_hex(16)])


def _triggers(here: PostgresDatabase, schema: Schema, how: str) -> None:
    for table in schema.tables:
        here.raw.execute(f"ALTER TABLE {table.name} {how} TRIGGER USER")


def _connected(url: str) -> "_Target":
    raw = psycopg.connect(**arguments(url))
    configured(raw)
    return _Target(raw)


class _Target(PostgresDatabase):
    """A connection of its own."""

    def close(self) -> None:
        """Let go of it."""
        self.raw.close()


@contextmanager
def _into_postgres(url: str, schema: Schema) -> Iterator[PostgresDatabase]:
    """An empty database, or one that was begun; complete at the end of the block."""
    with translated(), closing(_connected(url)) as here:
        version = version_of(here.raw)
        if version:
            raise BackupExists("That database has a store already.", "Give an empty database.")
        if version is None:
            here.raw.execute("BEGIN")
            with ended(here):
                begin(here, schema)
        yield here
        here.raw.execute("BEGIN")
        with ended(here):
            finish(here, schema, len(MIGRATIONS))


@contextmanager
def _into_file(path: Path, schema: Schema) -> Iterator[SqliteDatabase]:
    """A new file, or what was begun of it under a name of its own; complete at the end."""
    if path.exists():
        raise BackupExists(f"{path.name} exists already.")
    part = path.with_name(f"{path.name}.part")
    prepare_file(part, read_only=False, busy_timeout=_BUSY_SECONDS, steps=MIGRATIONS)
    db = connect(part, mode="mode=rw", busy_timeout=_BUSY_SECONDS)
    try:
        db.execute("PRAGMA foreign_keys = OFF")
        for statement in schema.triggers:
            db.execute(f"DROP TRIGGER IF EXISTS {statement.split()[2]}")
        yield db
        for statement in schema.triggers:
            db.execute(statement)
        if db.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise StoreDamaged("A row points to something that is not there.")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        db.close()
    part.replace(path)


def _count(db: Database, table: Table) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0])  # noqa: S608 - ours


def _compared(
    there: Database, here: Database, table: Table
) -> Iterator[tuple[list[Row], list[Row], list[Row]]]:
    """In batches: the rows there, those of them that are not here, and those here that are wrong.

    A last batch has what is here beyond the last row there.
    """
    if not table.is_keyed:
        theirs, mine = (each.execute(_select(table)).fetchall() for each in (there, here))
        same = sorted(theirs, key=repr) == sorted(mine, key=repr)
        yield theirs, ([] if same else theirs), ([] if same else mine)
        return
    key, marks = ", ".join(table.key), ", ".join("?" * len(table.key))
    last: Row = ()
    while True:
        since = f"({key}) > ({marks})" if last else f"{table.key[0]} IS NOT NULL"
        rows = there.execute(
            f"{_select(table)} WHERE {since} ORDER BY {key} LIMIT ?", [*last, _BATCH]
        ).fetchall()
        upto = _key(table, rows[-1]) if rows else ()
        until = f" AND ({key}) <= ({marks})" if rows else ""
        found = here.execute(f"{_select(table)} WHERE {since}{until}", [*last, *upto]).fetchall()
        theirs_by = {_key(table, row): _plain(table, row) for row in rows}
        mine_by = {_key(table, row): _plain(table, row) for row in found}
        yield (
            rows,
            [r for r in rows if mine_by.get(_key(table, r)) != theirs_by[_key(table, r)]],
            [r for r in found if theirs_by.get(_key(table, r)) != mine_by[_key(table, r)]],
        )
        if not rows:
            return
        last = upto


def _select(table: Table) -> str:
    columns = ", ".join(f'"{each}"' for each in table.columns)
    return f"SELECT {columns} FROM {table.name}"  # noqa: S608 - our own names


def _key(table: Table, row: Row) -> Row:
    return tuple(row[table.columns.index(each)] for each in table.key)


def _plain(table: Table, row: Row) -> Row:
    """A row as it is compared: what has no type is text in PostgreSQL."""
    return tuple(
        str(value) if name in table.untyped and value is not None else value
        for name, value in zip(table.columns, row, strict=True)
    )


@contextmanager
def _committed(db: Database) -> Iterator[None]:
    db.execute("BEGIN")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def _take_out(here: Database, table: Table, there: Database) -> None:
    """Delete what an earlier try copied and the source has otherwise by now, or no more."""
    key = " AND ".join(f'"{each}" = ?' for each in table.key)
    for _, _, wrong in _compared(there, here, table):
        with _committed(here):
            if not table.is_keyed and wrong:
                here.execute(f"DELETE FROM {table.name}")  # noqa: S608 - our own names
            elif wrong:
                rows = [_key(table, row) for row in wrong]
                here.conn.executemany(f"DELETE FROM {table.name} WHERE {key}", rows)  # noqa: S608


def _insert(here: Database, table: Table, rows: Sequence[Row]) -> None:
    if not rows:
        return
    columns = ", ".join(f'"{each}"' for each in table.columns)
    if isinstance(here, PostgresDatabase):
        here.flush()
        statement = f"COPY {table.name} ({columns}) FROM STDIN"
        with here.raw.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(_plain(table, row))
        return
    marks = ", ".join("?" * len(table.columns))
    here.conn.executemany(
        f"INSERT INTO {table.name} ({columns}) VALUES ({marks})",  # noqa: S608 - our own names
        [_as_in_sqlite(table, row) for row in rows],
    )


def _as_in_sqlite(table: Table, row: Row) -> Row:
    """What has no type is a whole number there where it looks like one."""
    return tuple(
        int(value) if name in table.untyped and str(value).isdecimal() else value
        for name, value in zip(table.columns, row, strict=True)
    )


def _number(there: Database, here: Database, table: Table) -> None:
    """Let a table that numbers its rows go on after the last number that was ever used."""
    if table.number is None:
        return
    last = max(_last_number(there, table), _last_number(here, table))
    if isinstance(here, PostgresDatabase):
        here.execute("SELECT setval(" + _SEQUENCE + ", ?, ? = 1)",
                     [table.name, table.number, max(last, 1), last > 0])  # fmt: skip
    elif "AUTOINCREMENT" in table.sql:
        here.execute("DELETE FROM sqlite_sequence WHERE name = ?", [table.name])
        here.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", [table.name, last])


_SEQUENCE = "CAST(pg_get_serial_sequence(?, ?) AS regclass)"


def _last_number(db: Database, table: Table) -> int:
    highest = f"SELECT coalesce(max({table.number}), 0) FROM {table.name}"  # noqa: S608 - ours
    (last,) = db.execute(highest).fetchone()
    if isinstance(db, PostgresDatabase):
        used = db.execute(
            f"SELECT pg_sequence_last_value({_SEQUENCE})", [table.name, table.number]
        ).fetchone()
    else:
        used = db.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", [table.name]).fetchone()
    return max(int(last), int((used or [0])[0] or 0))
