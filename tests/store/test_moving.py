"""A store moves between SQLite and PostgreSQL and back, row by row, also after a cut in between."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import BackupExists, StoreError
from bot.merging.merge import combine
from bot.store import StateStore
from bot.store.migrations import MIGRATIONS

from .examples import START, Clock, doi, full_paper, paper

pytestmark = pytest.mark.postgres


def fill(store: StateStore) -> None:
    """Something of many kinds, also what numbers itself and what is gone again."""
    store.upsert([full_paper()], combine)
    made = store.upsert([paper(doi(f"10.1/{n}"), title=f"Paper {n}") for n in range(40)], combine)
    store.merges.join(made[0].record_id, made[1].record_id, lambda v: v[0], author="t", why="t")
    number = store.imports.begin("refs.ris", "U1", "/T1")
    store.imports.finish(number, {"new": 0})
    stored = store.lists.make("/T1", "U1", "Reading “list”", "U1", START)
    store.lists.add(stored, made[3].record_id, "U1", "a note", START)
    store.deeds.take("/T1", "U1", "add", START, START - timedelta(days=1), 9)
    store.deeds.take("/T1", "U1", "add", START, START - timedelta(days=1), 9)
    store.inbox.take("/T1", "key", {"text": "question"}, "owner", 5.5, START)


def rows(store: StateStore) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, in no order that matters."""
    schema = pytest.importorskip("bot.store.postgres.schema").schema_of(MIGRATIONS)
    found = {}
    with store._connections.reading() as db:
        for table in schema.tables:
            columns = ", ".join(f'"{each}"' for each in table.columns)
            values = db.execute(f"SELECT {columns} FROM {table.name}").fetchall()  # noqa: S608
            found[table.name] = sorted((tuple(map(str, row)) for row in values), key=repr)
    return found


@pytest.fixture
def store(tmp_path: Path) -> StateStore:
    opened = StateStore.open(tmp_path / "from.db", now=Clock())
    fill(opened)
    return opened


def test_a_store_moves_there_and_back(
    store: StateStore, tmp_path: Path, databases: Callable[[], str]
) -> None:
    url, seen = databases(), []
    with closing(store):
        moved = store.move(url, lambda done, of: seen.append((done, of)))
        before = rows(store)
    assert moved.differences == 0
    assert moved.rows == moved.copied == sum(map(len, before.values()))
    assert seen[-1] == (moved.rows, moved.rows)
    with closing(StateStore.connect(url, now=Clock())) as there:
        assert rows(there) == before
        assert there.check() == []
        # A number that was used is not used again, also where its row is gone.
        assert there.imports.begin("more.ris", "U1", "/T1") == 2
        there.imports.finish(2, {})
        there.upsert([paper(doi("10.1/new"), title="New")], combine)
        after = rows(there)
        back = there.move(tmp_path / "back.db", lambda _done, _of: None)
    assert back.differences == 0
    with closing(StateStore.open(tmp_path / "back.db", now=Clock())) as again:
        assert rows(again) == after
        assert again.check() == []
        assert again.imports.begin("third.ris", "U1", "/T1") == 3
        number = again.subscriptions.last_arrival()
        again.upsert([paper(doi("10.1/last"), title="Last")], combine)
        assert again.subscriptions.last_arrival() == number + 1


def test_a_move_that_was_cut_off_goes_on(store: StateStore, databases: Callable[[], str]) -> None:
    url = databases()

    def cut(done: int, of: int) -> None:
        if done > of / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.move(url, cut)
    with pytest.raises(StoreError, match="being moved into"):
        StateStore.connect(url)
    # Meanwhile the source went on: what changed and what went is set right.
    with store._connections.writing() as db:
        db.execute(
            "UPDATE records SET title_key = 'other' WHERE id = (SELECT min(id) FROM records)"
        )
        db.execute("DELETE FROM deeds")
    with closing(store):
        moved = store.move(url, lambda _done, _of: None)
        before = rows(store)
    assert 0 < moved.copied < moved.rows
    with closing(StateStore.connect(url)) as there:
        assert rows(there) == before


def test_nothing_is_moved_over_a_store(
    store: StateStore, tmp_path: Path, databases: Callable[[], str]
) -> None:
    url = databases()
    StateStore.connect(url).close()
    with closing(store):
        for target in (url, tmp_path / "from.db"):
            with pytest.raises(BackupExists):
                store.move(target, lambda _done, _of: None)
