"""Writes that wait for one another go into one transaction; each hears what became of its own."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.errors import StoreError
from bot.store.sqlite import SqliteConnections, connect
from bot.store.together import Together


@pytest.fixture
def connections(tmp_path: Path) -> Iterator[SqliteConnections]:
    path = tmp_path / "some.db"
    db = connect(path, mode="mode=rwc", busy_timeout=1)
    db.enable_wal()
    db.execute("CREATE TABLE numbers (number INTEGER PRIMARY KEY)")
    db.close()
    made = SqliteConnections(path, read_only=False, busy_timeout=5)
    yield made
    made.close()


def count(connections: SqliteConnections) -> int:
    with connections.reading() as db:
        return int(db.execute("SELECT count(*) FROM numbers").fetchone()[0])


def add(number: int, db: Database) -> int:
    return db.execute("INSERT INTO numbers VALUES (?)", [number]).lastrowid


def test_each_thread_gets_what_its_own_write_brought(connections: SqliteConnections) -> None:
    together = Together(connections, 5.0)
    with ThreadPoolExecutor(16) as threads:
        done = list(threads.map(lambda n: together.write(lambda db: add(n, db)), range(300)))
    assert done == list(range(300))
    assert count(connections) == 300


def test_what_waits_while_one_is_written_goes_into_one_transaction(
    connections: SqliteConnections,
) -> None:
    together, begun, go = Together(connections, 5.0), threading.Event(), threading.Event()
    changes: list[tuple[int, int]] = []

    def slow(db: Database) -> None:
        begun.set()
        assert go.wait(30)

    def quick(db: Database, number: int) -> None:
        add(number, db)
        # The rows that are seen within a transaction are those of the ones before in it, too.
        changes.append((number, db.execute("SELECT count(*) FROM numbers").fetchone()[0]))

    with ThreadPoolExecutor(5) as threads:
        first = threads.submit(together.write, slow)
        assert begun.wait(30)
        rest = [threads.submit(together.write, lambda db, n=n: quick(db, n)) for n in range(4)]
        while len(together._waiting) < 4:
            begun.wait(0.001)
        go.set()
        for each in (first, *rest):
            each.result(30)
    assert sorted(seen for _, seen in changes) == [1, 2, 3, 4]


def test_trouble_reaches_who_waits_and_the_next_write_is_made(
    connections: SqliteConnections,
) -> None:
    together = Together(connections, 5.0)
    together.write(lambda db: add(1, db))
    with pytest.raises(StoreError):
        together.write(lambda db: add(1, db))
    assert together.write(lambda db: add(2, db)) == 2
    assert count(connections) == 2
