"""The schema in PostgreSQL: today's, as SQLite's own migrations make it; later steps one by one.

A new database gets in one transaction what the migrations make of an empty SQLite file: its tables
and indexes are read from there and translated, so that nothing is written twice. One that is older
gets the steps it lacks through the same translation. One server does it, the others wait.
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import psycopg
from sqlite_utils import Database as SqliteDatabase

from bot.errors import StoreDamaged, StoreError, StoreReadOnly, StoreTooNew
from bot.store import migrations
from bot.store.migrations import Migration
from bot.store.postgres.connections import LOCK, MIGRATING, arguments
from bot.store.postgres.database import PostgresDatabase, configured, ended
from bot.store.postgres.dialect import FUNCTIONS, trigger
from bot.store.postgres.errors import translated as translated_errors

_TABLES = """
SELECT name, sql FROM sqlite_master
WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name <> '_sqlite_migrations'
ORDER BY rowid
"""
_OTHERS = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
_REFERENCE = re.compile(r"\s+REFERENCES\s+\w+\s*\([^)]*\)(\s+ON\s+DELETE\s+CASCADE)?")
# A table of a virtual one's own has its name and one of these behind it.
_SHADOWS = ("data", "idx", "content", "docsize", "config")


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns in order, those of its primary key, and the one that numbers itself.

    Where it has no primary key, `key` is all of them.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    is_keyed: bool
    number: str | None
    untyped: frozenset[str]
    sql: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """Everything of a schema as SQLite has it: tables with those first that others point to."""

    tables: tuple[Table, ...]
    indexes: tuple[str, ...]
    triggers: tuple[str, ...]


@contextmanager
def _made(steps: Sequence[Migration]) -> Iterator[SqliteDatabase]:
    db = SqliteDatabase(sqlite3.connect(":memory:", isolation_level=None), execute_plugins=False)
    try:
        migrations.run(db, steps)
        yield db
    finally:
        db.close()


@lru_cache(maxsize=4)
def schema_of(steps: tuple[Migration, ...]) -> Schema:
    """The schema that these steps make of nothing."""
    with _made(steps) as db:
        named = db.execute(_TABLES).fetchall()
        virtual = {name for name, sql in named if "VIRTUAL" in sql.upper()}
        derived = virtual | {f"{name}_{end}" for name in virtual for end in _SHADOWS}
        tables = [_table(db, name, sql) for name, sql in named if name not in derived]
        ours = {each.name for each in tables}
        others = db.execute(_OTHERS).fetchall()
        return Schema(
            tuple(_ordered(db, tables)),
            tuple(sql for kind, _, of, sql in others if kind == "index" and of in ours),
            tuple(
                sql
                for kind, _, _, sql in others
                if kind == "trigger" and not any(name in sql for name in virtual)
            ),
        )


def _table(db: SqliteDatabase, name: str, sql: str) -> Table:
    # (place, name, type, not null, default, place in the primary key)
    columns = db.execute(f"PRAGMA table_info({name})").fetchall()
    keyed = sorted((each for each in columns if each[5]), key=lambda each: each[5])
    key = tuple(each[1] for each in keyed) or tuple(each[1] for each in columns)
    is_number = len(keyed) == 1 and f"{key[0]} INTEGER PRIMARY KEY" in sql
    return Table(
        name,
        tuple(each[1] for each in columns),
        key,
        bool(keyed),
        key[0] if is_number else None,
        frozenset(each[1] for each in columns if not each[2]),
        _REFERENCE.sub("", sql),
        tuple(
            f"FOREIGN KEY ({here}) REFERENCES {table} ({there}) ON DELETE {deleted}"
            for _, _, table, here, there, _, deleted, _ in db.execute(
                f"PRAGMA foreign_key_list({name})"
            ).fetchall()
        ),
    )


def _ordered(db: SqliteDatabase, tables: Sequence[Table]) -> Iterator[Table]:
    """The tables, those first that others point to."""
    points = {
        each.name: {row[2] for row in db.execute(f"PRAGMA foreign_key_list({each.name})")}
        for each in tables
    }
    left = list(tables)
    while left:
        named = {each.name for each in left}
        free = next(each for each in left if not (points[each.name] - {each.name}) & named)
        left.remove(free)
        yield free


# A schema whose rows are still being moved in.
_UNFINISHED = 0


def prepare(url: str, steps: Sequence[Migration], *, read_only: bool) -> None:
    """Make the schema, or bring it up to date; one server does, others wait for it.

    Servers that run meanwhile, of the version before, go on: steps only add. Raises StoreTooNew,
    StoreDamaged (tables of another program), StoreReadOnly, or what keeps it from being reached.
    """
    with translated_errors(), psycopg.connect(**arguments(url)) as raw:
        configured(raw)
        version = version_of(raw)
        if version == len(steps):
            return
        if version == _UNFINISHED:
            raise StoreError(
                "The database is being moved into.", "Run `tme move` again until it is complete."
            )
        if version is not None and version > len(steps):
            raise StoreTooNew("The database was written by a newer version of the bot.")
        if read_only:
            raise StoreReadOnly("The database is older than this version of the bot, or empty.")
        db = PostgresDatabase(raw)
        raw.execute("BEGIN")
        with ended(db):
            raw.execute(f"SELECT pg_advisory_xact_lock({LOCK}, {MIGRATING})")
            # Another server may have done it while this one waited.
            version = version_of(raw)
            if version is None:
                _begin(db, tuple(steps))
            elif version < len(steps):
                _update(db, steps, version)


def version_of(raw: "psycopg.Connection") -> int | None:
    """How many migrations the database has had; None: it is empty. Raises StoreDamaged."""
    if (row := raw.execute("SELECT to_regclass('tme_schema')").fetchone()) and row[0]:
        stored = raw.execute("SELECT version FROM tme_schema").fetchone()
        return int(stored[0]) if stored else None
    if (row := raw.execute("SELECT to_regclass('records')").fetchone()) and row[0]:
        raise StoreDamaged("The database has tables of another program.")
    return None


def _begin(db: PostgresDatabase, steps: tuple[Migration, ...]) -> None:
    schema = schema_of(steps)
    begin(db, schema)
    with _made(steps) as made:
        for key, value in made.execute("SELECT key, value FROM meta").fetchall():
            db.execute("INSERT INTO meta (key, value) VALUES (?, ?)", [key, str(value)])
    finish(db, schema, len(steps))


def begin(db: PostgresDatabase, schema: Schema) -> None:
    """Make the tables and indexes, inside the caller's transaction. Not yet to be used."""
    db.raw.execute(FUNCTIONS)
    for statement in (*(table.sql for table in schema.tables), *schema.indexes):
        db.execute(statement)
    db.raw.execute("CREATE TABLE tme_schema (version integer NOT NULL)")
    db.execute("INSERT INTO tme_schema VALUES (?)", [_UNFINISHED])


def finish(db: PostgresDatabase, schema: Schema, version: int) -> None:
    """Add what rows are held to: references and triggers. Raises StoreError for one it cannot."""
    for table in schema.tables:
        for reference in table.references:
            db.raw.execute(f"ALTER TABLE {table.name} ADD {reference}")
    for each in schema.triggers:
        made = trigger(each)
        if made is None:
            raise StoreError("A trigger of this version cannot be made in PostgreSQL.")
        db.raw.execute(made)
    db.execute("UPDATE tme_schema SET version = ?", [version])


def _update(db: PostgresDatabase, steps: Sequence[Migration], version: int) -> None:
    db.raw.execute(FUNCTIONS)
    for step in steps[version:]:
        try:
            step(cast("SqliteDatabase", db))
            db.flush()
        except (psycopg.errors.SyntaxError, AttributeError) as error:
            raise StoreError(
                f"PostgreSQL cannot take the step {step.__name__}.",
                "Back the database up with the version before, and restore that with this one.",
            ) from error
    db.execute("UPDATE tme_schema SET version = ?", [len(steps)])
