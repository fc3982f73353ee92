"""The file under the SQLite store: what is opened, refused, survived and said."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import takewhile
from pathlib import Path
from tempfile import gettempdir

import pytest
from sqlite_utils import Database

from bot.errors import (
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreReadOnly,
    StoreTooNew,
)
from bot.merging.merge import combine
from bot.store import StateStore
from bot.store.migrations import MIGRATIONS, Migration

from . import writer
from .examples import START, doi, full_paper, paper, took

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store is; its name is one that a careless URI would break."""
    return tmp_path / "data folder" / "100% tme?#ü.db"


@contextmanager
def opened(path: Path, **how: object) -> Iterator[StateStore]:
    store = StateStore.open(path, **how)  # type: ignore[arg-type]
    try:
        yield store
    finally:
        store.close()


def make(path: Path, papers: int = 3, steps: tuple[Migration, ...] = MIGRATIONS) -> None:
    with opened(path, migrations=steps) as store:
        store.upsert([paper(doi(n), abstract="Text. " * 500) for n in range(papers)], combine)


def make_older(path: Path, steps: tuple[Migration, ...]) -> None:
    """A file of an older schema with what `make` writes, as far as that schema has a place for it.

    Today's code cannot write an older schema, so its rows are brought over.
    """
    with opened(path, migrations=steps):
        pass
    today = path.with_name("today.db")
    make(today)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("ATTACH ? AS today", [str(today)])
        for (table,) in db.execute(
            "SELECT name FROM main.sqlite_master JOIN today.sqlite_master USING (name)"
            " WHERE main.sqlite_master.type = 'table' AND name NOT LIKE '%sqlite\\_%' ESCAPE '\\'"
        ).fetchall():
            columns = [row[1] for row in db.execute(f"PRAGMA main.table_info({table})")]
            names = ", ".join(f'"{column}"' for column in columns)
            db.execute(
                f"REPLACE INTO main.{table} ({names}) SELECT {names} FROM today.{table}"  # noqa: S608
            )
    for end in ("", "-wal", "-shm"):
        today.with_name(today.name + end).unlink(missing_ok=True)


def folder(path: Path) -> dict[str, bytes]:
    """Every file beside the store with its bytes."""
    return {file.name: file.read_bytes() for file in path.parent.iterdir()}


def change(path: Path, *statements: str) -> None:
    """Do something to the file that the bot would not."""
    with closing(sqlite3.connect(path)) as db, db:
        for statement in statements:
            db.execute(statement)


def refuse(path: Path, error: type[StoreError], **how: object) -> StoreError:
    """Opening raises exactly this, twice, and changes nothing in the folder."""
    before = folder(path)
    for _ in range(2):
        with pytest.raises(error) as raised:
            StateStore.open(path, **how)  # type: ignore[arg-type]
        assert type(raised.value) is error
        assert folder(path) == before
    return raised.value


def test_open_makes_the_folder_and_the_file(path: Path) -> None:
    with opened(path) as store:
        assert store.status().schema_version == len(MIGRATIONS)
        assert store.status().location == str(path)
    assert list(folder(path)) == [path.name]  # closed: no log beside it


def test_empty_file_becomes_a_store(path: Path) -> None:
    """A file of no bytes, or of an empty database, holds nothing to lose."""
    path.parent.mkdir()
    path.touch()
    make(path)
    path.unlink()
    change(path, "PRAGMA journal_mode = WAL", "VACUUM")
    assert path.stat().st_size > 0
    make(path)


def test_home_and_relative_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    make(Path("~/home.db"))
    assert (tmp_path / "home.db").exists()
    monkeypatch.chdir(tmp_path)
    with opened(Path("home.db")) as store:
        assert len(store.newest(10)) == 3


# Migrations


def second_step(db: Database) -> None:
    db.execute("ALTER TABLE records ADD COLUMN note TEXT NOT NULL DEFAULT 'none'")


def failing_step(db: Database) -> None:
    db.execute("DROP TABLE identifiers")
    raise RuntimeError("the step failed")


ALL_STEPS: tuple[Migration, ...] = (*MIGRATIONS, second_step)


@pytest.mark.parametrize("version", range(1, len(ALL_STEPS) + 1))
def test_every_older_version_is_brought_up_to_date(path: Path, version: int) -> None:
    """A file of each schema version opens with all its records at the newest one.

    The last step is made up; a real one joins by standing in MIGRATIONS.
    """
    make_older(path, ALL_STEPS[:version])
    with opened(path, migrations=ALL_STEPS) as store:
        status = store.status()
        assert status.schema_version == len(ALL_STEPS)
        assert (status.records, status.with_abstract, status.with_doi) == (3, 3, 3)
        assert [record.doi for record in store.newest(10)] == [f"10.1000/{n}" for n in (2, 1, 0)]
        assert store.check() == []
    change(path, "SELECT note FROM records")


def test_migration_that_fails_changes_nothing(path: Path) -> None:
    make(path)
    with pytest.raises(RuntimeError, match="the step failed"):
        StateStore.open(path, migrations=(*ALL_STEPS, failing_step))
    with opened(path) as store:
        assert store.status().schema_version == len(MIGRATIONS)
        assert len(store.find(doi(1))) == 1
        assert store.check() == []


def test_newer_file_is_refused_untouched(path: Path) -> None:
    make(path, steps=ALL_STEPS)
    error = refuse(path, StoreTooNew)
    assert "newer version" in error.message
    assert str(path.parent) not in error.message


def test_newer_file_is_known_by_its_log(path: Path) -> None:
    """After a kill the newer schema may stand in the log alone; both files stay as they were."""
    path.parent.mkdir()
    change(path, "PRAGMA journal_mode = WAL", "VACUUM")
    left = path.with_name("left.db")
    # While another connection is open, closing a store does not bring the log into the file.
    with closing(sqlite3.connect(path)) as other:
        other.execute("SELECT count(*) FROM sqlite_master")
        make(path, steps=ALL_STEPS)
        for end in ("", "-wal", "-shm"):
            left.with_name(left.name + end).write_bytes(Path(f"{path}{end}").read_bytes())
    before = folder(path)
    with pytest.raises(StoreTooNew):
        StateStore.open(left)
    after = folder(path)
    assert {name: before[name] for name in ("left.db", "left.db-wal")}.items() <= after.items()
    with opened(left, migrations=ALL_STEPS) as store:
        assert store.check() == []


# Files that are not ours, or not whole


def not_a_database(path: Path) -> None:
    path.write_text("@article{smith2020, title = {Macrophages}}\n" * 500)


def shorter_than_a_header(path: Path) -> None:
    path.write_bytes(b"SQLite")


def another_program(path: Path) -> None:
    change(path, "CREATE TABLE moz_places (url)")


def another_application_id(path: Path) -> None:
    change(path, "PRAGMA application_id = 1", "PRAGMA user_version = 1")


def in_wal_mode(path: Path) -> None:
    change(path, "PRAGMA journal_mode = WAL", "CREATE TABLE moz_places (url)")


def truncated(path: Path) -> None:
    make(path, papers=50)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def truncated_in_the_first_page(path: Path) -> None:
    make(path)
    with path.open("r+b") as file:
        file.truncate(600)


def overwritten_in_the_middle(path: Path) -> None:
    make(path, papers=50)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 4096 * 10)


@pytest.mark.parametrize(
    "spoil",
    [
        not_a_database,
        shorter_than_a_header,
        another_program,
        another_application_id,
        in_wal_mode,
        truncated,
        truncated_in_the_first_page,
        overwritten_in_the_middle,
    ],
)
def test_foreign_or_damaged_file_is_refused_untouched(
    path: Path, spoil: Callable[[Path], None]
) -> None:
    path.parent.mkdir()
    spoil(path)
    refuse(path, StoreDamaged)
    refuse(path, StoreDamaged, read_only=True)


def scrambled_where_no_start_reads(path: Path) -> None:
    """A page in the midst of the records' bodies, away from the ends of every table."""
    make(path, papers=200)
    with closing(sqlite3.connect(path)) as db:
        [page] = db.execute(
            "SELECT pageno FROM dbstat WHERE name = 'records' AND pagetype = 'leaf'"
            " ORDER BY path LIMIT 1 OFFSET 20"
        ).fetchone()
    with path.open("r+b") as file:
        file.seek(4096 * (page - 1))
        file.write(b"\xa5" * 4096)


def test_what_a_start_reads_does_not_grow_and_a_check_finds_the_rest(path: Path) -> None:
    scrambled_where_no_start_reads(path)
    with opened(path) as store:
        assert "damaged" in store.check()[0]
        with pytest.raises(StoreDamaged):
            list(store.changes_since(0, 1000))


def test_after_a_crash_the_whole_file_is_read_before_it_is_used(path: Path) -> None:
    """A log that no process has open was left behind; that of a running process was not."""
    scrambled_where_no_start_reads(path)
    with opened(path) as running:
        took(running, "T1", "Ev1", START)
        assert path.with_name(f"{path.name}-wal").stat().st_size > 0
        with opened(path):
            pass
        left = folder(path)
    for name in (path.name, f"{path.name}-wal"):
        path.with_name(name).write_bytes(left[name])
    before = {name: left[name] for name in (path.name, f"{path.name}-wal")}
    with pytest.raises(StoreDamaged, match="is damaged"):
        StateStore.open(path)
    after = folder(path)
    assert {name: after[name] for name in before} == before


def test_folder_and_files_are_private_whatever_the_umask(path: Path) -> None:
    usual = os.umask(0)
    try:
        with opened(path) as store:
            took(store, "T1", "Ev1", START)
            modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
        assert set(modes.values()) == {0o600}
        assert f"{path.name}-wal" in modes
        assert path.parent.stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(usual)


def test_folder_in_the_place_of_the_file_is_refused(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StoreDamaged, match="is a folder"):
        StateStore.open(path)


def test_file_in_the_place_of_the_folder_is_refused(path: Path) -> None:
    path.parent.write_text("a file")
    with pytest.raises(StoreError, match="cannot be opened"):
        StateStore.open(path)


def test_damage_met_while_reading_is_said(path: Path) -> None:
    """A record that cannot be read is named; the others are still there; `check` finds it."""
    make(path)
    with opened(path) as store:
        spoilt, sound, _ = (record.id for record in store.newest(3))
        change(path, "UPDATE records SET body = '{' WHERE sequence = 3")
        with pytest.raises(StoreDamaged, match=spoilt):
            store.get(spoilt)
        assert store.get(sound) is not None
        assert store.status().records == 3  # counted when it was written
        assert store.check() == [f"Record {spoilt} cannot be read."]


def test_missing_table_is_damage(path: Path) -> None:
    make(path)
    change(path, "DROP TABLE identifiers")
    with opened(path) as store:
        with pytest.raises(StoreDamaged) as raised:
            store.find(doi(1))
        assert "identifiers" not in raised.value.message
        assert store.check() == [f"{path.name} is damaged."]


def test_check_finds_what_does_not_agree(path: Path) -> None:
    make(path, papers=1)
    with opened(path) as store:
        record_id = store.newest(1)[0].id
        change(
            path,
            "UPDATE records SET title_key = 'another', content_hash = 'x', id = 'w1'",
        )
        assert store.check() == [
            f"Identifier doi:10.1000/0 points to record {record_id}, which is not there.",
            f"Record w1 calls itself {record_id}.",
            "Record w1 is not what was written: its content hash differs.",
            "Record w1 cannot be found by its title.",
        ]


def test_check_finds_what_is_counted_wrongly(path: Path) -> None:
    make(path, papers=2)
    with opened(path) as store:
        record_id = store.newest(1)[0].id
        change(path, "UPDATE counts SET records = 5 WHERE fact = 'abstract'")
        assert store.check() == ["5 records are counted for abstract, and there are 2."]
        change(
            path,
            "UPDATE counts SET records = 1 WHERE fact = 'abstract'",
            f"""UPDATE records SET facts = '["doi", "record", "source:file"]'
            WHERE id = '{record_id}'""",  # noqa: S608
        )
        assert store.check() == [f"Record {record_id} is counted for other things than it has."]


# Reading only


def test_read_only_store_reads_and_refuses_to_write(path: Path) -> None:
    make(path)
    before = folder(path)
    with opened(path, read_only=True) as store:
        assert len(store.newest(10)) == 3
        assert len(store.find(doi(1))) == 1
        assert store.status().records == 3
        assert store.check() == []
        with pytest.raises(StoreReadOnly):
            store.upsert([paper(doi(9))], combine)
        with pytest.raises(StoreReadOnly):
            took(store, "T1", "Ev1", START)
        assert store.sequence() == 3
    assert folder(path) == before


def test_read_only_store_follows_a_writer(path: Path) -> None:
    """While another process has the file open, what it commits is read."""
    make(path)
    with opened(path) as other, opened(path, read_only=True) as store:
        other.upsert([paper(doi(8))], combine)
        assert len(store.find(doi(8))) == 1


def test_nothing_to_read_is_said(path: Path) -> None:
    with pytest.raises(StoreReadOnly, match="not there yet"):
        StateStore.open(path, read_only=True)
    assert not path.parent.exists()


def test_older_file_that_cannot_be_written_is_refused(path: Path) -> None:
    make(path)
    error = refuse(path, StoreReadOnly, read_only=True, migrations=ALL_STEPS)
    assert "older" in error.message


READ_BUT_NOT_WRITE = """
import os, sys
from pathlib import Path
from bot.errors import StoreReadOnly
from bot.merging.merge import combine
from bot.records.models import Record
from bot.store import StateStore
if os.getuid() == 0:
    os.setuid(65534)  # nobody: root may write everywhere
store = StateStore.open(Path(sys.argv[1]))
assert len(store.newest(10)) == 3
try:
    store.upsert([Record(title="Another")], combine)
except StoreReadOnly as error:
    print(error.message)
try:
    StateStore.open(Path(sys.argv[1]).with_name("new.db"))
except StoreReadOnly as error:
    print(error.message)
"""


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="needs file permissions as POSIX has them")
def test_file_without_permission_to_write_is_read(path: Path) -> None:
    """Search goes on for a user who may only read; what would write says why it cannot."""
    make(path)
    before = folder(path)
    path.chmod(0o444)
    path.parent.chmod(0o555)
    # pytest's own folders, between this one and the system's, are for their owner alone.
    for parent in takewhile(lambda each: each != Path(gettempdir()), path.parents[1:]):
        parent.chmod(0o755)
    try:
        done = run_python("-c", READ_BUT_NOT_WRITE, str(path))
    finally:
        path.parent.chmod(0o755)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        f"{path.name} cannot be written.",
        "new.db is not there yet and cannot be written.",
    ]
    assert folder(path) == before


# Other processes


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, text=True, capture_output=True, check=False
    )


def start_python(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, text=True, stdout=subprocess.PIPE
    )


HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held_by_another_process(path: Path) -> Iterator[None]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield
        process.communicate()


def test_locked_store_is_busy_and_still_read(path: Path) -> None:
    make(path)
    with held_by_another_process(path), opened(path, busy_timeout=0.05) as store:
        assert len(store.newest(10)) == 3
        with pytest.raises(StoreBusy):
            store.upsert([paper(doi(9))], combine)
    with opened(path) as store:
        assert store.sequence() == 3


def test_locked_new_file_is_busy(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with held_by_another_process(path), pytest.raises(StoreBusy):
        StateStore.open(path, busy_timeout=0.05)
    make(path)


def test_new_file_waits_for_the_one_who_holds_it(path: Path) -> None:
    """SQLite does not wait for the switch to a write-ahead log; opening does."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.05, other.rollback)
        release.start()
        make(path)
        release.join()


def test_two_processes_write_at_once_and_nothing_is_lost(path: Path) -> None:
    """Both make the file, both write the same record; every record and identifier is there."""
    names = ("one", "two", "three")
    processes = [start_python("-m", "tests.store.writer", str(path), n, "8") for n in names]
    for process in processes:
        out, _ = process.communicate()
        assert process.returncode == 0
        assert out.split() == [str(number) for number in range(8)]
    with opened(path) as store:
        expected = {r.doi for name in names for n in range(8) for r in writer.batch(name, n)}
        records = store.newest(10_000)
        assert {record.doi for record in records} == expected
        assert len(records) == len(expected)
        shared = next(record for record in records if record.doi is None)
        assert len(shared.identifiers) == 1 + 3 * 8
        assert {entry.source for entry in shared.provenance} == set(names)
        assert store.check() == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
@pytest.mark.parametrize("after", [0, 1, 5])
def test_killed_writer_leaves_whole_batches(path: Path, after: int) -> None:
    """Killed in the middle of writing: what it said is saved is there, and no half batch."""
    with start_python("-m", "tests.store.writer", str(path), "one", "1000") as process:
        assert process.stdout is not None
        for _ in range(after + 1):
            said = process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    with opened(path) as store:
        dois = {record.doi for record in store.newest(100_000)} - {None}
        batches = len(dois) // writer.BATCH
        assert batches >= int(said) + 1
        assert dois == {r.doi for n in range(batches) for r in writer.batch("one", n)} - {None}
        assert store.check() == []
        assert store.changes_since(0, 10)[-1].sequence <= store.sequence()
        store.upsert(writer.batch("one", batches), combine)


# The disk


def test_full_disk_is_said_and_loses_nothing(path: Path) -> None:
    make(path)
    with opened(path) as store:
        with store._connections.reading() as db:
            pages = db.execute("PRAGMA page_count").fetchone()[0]
            db.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(StoreFull):
            store.upsert([paper(doi(n), abstract="Text. " * 5000) for n in range(9, 20)], combine)
        assert store.sequence() == 3
        assert store.find(doi(9)) == []
        with store._connections.reading() as db:
            db.execute("PRAGMA max_page_count = 100000")
        store.upsert([full_paper()], combine)
        assert store.sequence() == 4


def test_file_that_is_gone_is_not_made_anew(path: Path) -> None:
    """A thread that comes later does not find an empty store in its place."""
    make(path)
    with opened(path) as store:
        path.unlink()
        with pytest.raises(StoreError):
            store.newest(1)
        assert not path.exists()


# Threads


def test_new_file_opened_by_many_at_once(path: Path) -> None:
    """Each gets the same store, whoever made it."""
    start = threading.Barrier(8)

    def generation(place: Path) -> str:
        start.wait()
        with opened(place) as store:
            return store.generation()

    with ThreadPoolExecutor(8) as pool:
        for number in range(10):
            place = path.with_name(f"{number}.db")
            assert len(set(pool.map(generation, [place] * 8))) == 1


def test_connections_of_ended_threads_are_closed(path: Path) -> None:
    make(path)
    with opened(path) as store:
        for _ in range(5):
            thread = threading.Thread(target=store.newest, args=(1,))
            thread.start()
            thread.join()
        store.newest(1)
        assert len(store._connections._held) == 1
