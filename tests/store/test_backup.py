"""A backup is one state of the store whatever goes on, and a restored store is that state."""

import sqlite3
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import BackupExists, StoreDamaged, StoreTooNew, UnreadableFile
from bot.index.tantivy import TantivyIndex
from bot.merging.merge import combine
from bot.records.models import Record
from bot.store import StateStore
from bot.store.backup import age, backup, restore
from bot.store.migrations import MIGRATIONS

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def quiet(_done: int, _of: int) -> None:
    """Progress that is not shown."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "tme.db"


@pytest.fixture
def store(path: Path) -> Iterator[StateStore]:
    opened = StateStore.open(path, now=lambda: NOW)
    opened.upsert([Record(title=f"Macrophages in glioma {n}") for n in range(50)], combine)
    yield opened
    opened.close()


def dump(path: Path) -> list[str]:
    """Every row of a database but the values of its own."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        return [line for line in db.iterdump() if 'INTO "meta"' not in line]


def test_what_is_still_in_the_log_is_backed_up(store: StateStore, path: Path) -> None:
    """A plain copy of the file would lack it."""
    target = path.parent / "copy.db"
    copied = backup(path, target, quiet, NOW)
    assert (copied.records, copied.sequence) == (50, store.sequence())
    assert copied.size == target.stat().st_size
    assert dump(target) == dump(path)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.glob("*.part*")] == []


def test_a_backup_under_load_is_one_state_and_delays_no_writer(
    store: StateStore, path: Path
) -> None:
    """Batches are there whole or not at all, and writing goes on meanwhile."""
    begun, done = threading.Event(), threading.Event()

    def write() -> None:
        number = 0
        while not done.is_set():
            number += 1
            store.upsert([Record(title=f"Batch {number} part {n}") for n in range(7)], combine)
            begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(60)
        copied = backup(path, path.parent / "copy.db", quiet, NOW)
    finally:
        done.set()
        writer.join()
    assert (copied.records - 50) % 7 == 0
    assert store.sequence() >= copied.sequence


def test_a_file_that_is_there_is_not_written_over(store: StateStore, path: Path) -> None:
    target = path.parent / "notes.txt"
    target.write_text("mine")
    with pytest.raises(BackupExists, match=r"notes\.txt exists"):
        backup(path, target, quiet, NOW)
    assert target.read_text() == "mine"


def test_a_database_that_is_being_made_is_not_called_damaged(tmp_path: Path) -> None:
    empty = tmp_path / "tme.db"
    empty.touch()
    with pytest.raises(UnreadableFile, match="has nothing in it yet"):
        backup(empty, tmp_path / "copy.db", quiet, NOW)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["tme.db"]


def test_a_restored_store_is_the_one_backed_up(store: StateStore, path: Path) -> None:
    """Also for a process that has the database open, and for its index."""
    saved = path.parent / "copy.db"
    backup(path, saved, quiet, NOW)
    store.upsert([Record(title="Written after the backup")], combine)
    index = TantivyIndex(path.parent / "index")
    index.follow(store)
    restored = restore(saved, path, quiet)
    assert restored.records == 50
    assert store.find_title("written after the backup") == []
    assert dump(path) == dump(saved)
    # Its places in the sequence are used again: the index may not take them for those it knows.
    store.upsert([Record(title="Written after the restore")], combine)
    index.follow(store)
    assert index.status().records == 51
    index.close()


def test_a_backup_can_be_restored_where_there_is_nothing(store: StateStore, path: Path) -> None:
    saved = path.parent / "copy.db"
    backup(path, saved, quiet, NOW)
    elsewhere = path.parent.parent / "new" / "tme.db"
    assert restore(saved, elsewhere, quiet).records == 50
    with_records = StateStore.open(elsewhere)
    assert with_records.check() == []
    with_records.close()


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_a_backup_of_an_older_version_is_brought_up_to_date(tmp_path: Path, version: int) -> None:
    old = tmp_path / "old.db"
    StateStore.open(old, migrations=MIGRATIONS[:version]).close()
    restore(old, tmp_path / "tme.db", quiet)
    opened = StateStore.open(tmp_path / "tme.db")
    assert opened.status().schema_version == len(MIGRATIONS)
    opened.close()


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", UnreadableFile),
        (b"not a database at all, only some text", StoreDamaged),
        (None, UnreadableFile),
    ],
)
def test_what_is_no_backup_is_refused_and_changes_nothing(
    store: StateStore, path: Path, content: bytes | None, error: type[Exception]
) -> None:
    file = path.parent / "wrong.db"
    if content is not None:
        file.write_bytes(content)
    before = dump(path)
    with pytest.raises(error):
        restore(file, path, quiet)
    assert dump(path) == before
    assert [each.name for each in path.parent.glob("*.part*")] == []


def test_a_backup_with_damaged_pages_is_refused(store: StateStore, path: Path) -> None:
    saved = path.parent / "copy.db"
    backup(path, saved, quiet, NOW)
    pages = bytearray(saved.read_bytes())
    pages[len(pages) // 2 : len(pages) // 2 + 6000] = b"\xff" * 6000
    saved.write_bytes(bytes(pages))
    before = dump(path)
    with pytest.raises(StoreDamaged):
        restore(saved, path, quiet)
    assert dump(path) == before


def test_a_backup_of_a_newer_version_is_refused(store: StateStore, path: Path) -> None:
    saved = path.parent / "copy.db"
    backup(path, saved, quiet, NOW)
    with sqlite3.connect(saved) as db:
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(StoreTooNew):
        restore(saved, path, quiet)


def test_the_last_backup_is_known(store: StateStore, path: Path) -> None:
    assert store.notes.last_backup() is None
    backup(path, path.parent / "copy.db", quiet, NOW)
    assert store.notes.last_backup() == NOW
    assert age(NOW, NOW.replace(hour=23)) == "today"
    assert age(NOW, NOW.replace(day=2)) == "1 day ago"
    assert age(NOW, NOW.replace(day=15)) == "14 days ago"
