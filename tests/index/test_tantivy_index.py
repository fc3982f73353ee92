"""The index in a folder survives what is done to it, and is shared between processes."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bot.errors import IndexUnavailable
from bot.index.links import Links
from bot.index.tantivy import TantivyIndex
from bot.store import StateStore
from tests.index.works import COMBINE, WORKS, ask, titles, work


@pytest.fixture
def index(tmp_path: Path, store: StateStore) -> Iterator[TantivyIndex]:
    opened = TantivyIndex(tmp_path / "index")
    opened.follow(store)
    yield opened
    opened.close()


def _delete(folder: Path) -> None:
    shutil.rmtree(folder)


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)


def _scramble(folder: Path) -> None:
    for path in folder.glob("*/*"):
        path.write_bytes(b"not an index")


def _point_elsewhere(folder: Path) -> None:
    (folder / "current").write_text("../..", encoding="utf-8")


@pytest.mark.parametrize("damage", [_delete, _empty, _scramble, _point_elsewhere])
def test_a_damaged_folder_is_rebuilt_at_the_next_start(
    tmp_path: Path, store: StateStore, damage: object
) -> None:
    first = TantivyIndex(tmp_path / "index")
    first.follow(store)
    first.close()
    damage(tmp_path / "index")  # type: ignore[operator]
    second = TantivyIndex(tmp_path / "index")
    assert second.follow(store) == 4
    assert titles(second, store, ask("macrophage")) == ["Macrophages in glioma"]
    second.close()


def test_an_index_of_another_store_is_rebuilt(tmp_path: Path, index: TantivyIndex) -> None:
    """A folder is one bot's own; where several share a cluster, the second is refused."""
    index.close()
    other = StateStore.open(tmp_path / "other.db")
    other.upsert([work(1, "Something else")], COMBINE)
    again = TantivyIndex(tmp_path / "index")
    assert again.follow(other) == 1
    assert titles(again, other, ask("macrophage")) == []
    again.close()
    other.close()


def test_a_folder_deleted_while_running_is_built_again(
    tmp_path: Path, index: TantivyIndex, store: StateStore
) -> None:
    shutil.rmtree(tmp_path / "index")
    store.upsert([work(9, "Dendritic cells")], COMBINE)
    index.follow(store)
    assert titles(index, store, ask("dendritic")) == ["Dendritic cells"]


READER = """
import sys
from pathlib import Path
from bot.index.links import Links
from bot.index.tantivy import TantivyIndex
from bot.store import StateStore
folder = Path(sys.argv[1])
store, index = StateStore.open(folder / "tme.db"), TantivyIndex(folder / "index")
index.follow(store)
status = index.status()
print(status.writable, status.records)
index.close()
store.close()
"""


def test_another_process_reads_while_this_one_writes(tmp_path: Path, index: TantivyIndex) -> None:
    done = subprocess.run(
        [sys.executable, "-c", READER, str(tmp_path)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.stdout.split() == ["False", "4"]
    assert index.status().writable


def _without_rights_over_files() -> list[str] | None:
    """How to run a command that minds permissions, also for root; None where that cannot be."""
    if os.getuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    rights = "--bounding-set=-dac_override,-dac_read_search"
    return [setpriv, rights, "--inh-caps=-all"] if setpriv else None


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs file permissions as POSIX has them")
def test_an_index_in_a_folder_that_must_not_be_written_is_read(
    tmp_path: Path, index: TantivyIndex, store: StateStore
) -> None:
    index.close()
    run = _without_rights_over_files()
    if run is None:
        pytest.skip("root minds no permissions, and there is no setpriv")
    folders = [tmp_path / "index", *(p for p in (tmp_path / "index").iterdir() if p.is_dir())]
    (tmp_path / "index" / "writer.lock").chmod(0o444)
    for folder in folders:
        folder.chmod(0o555)
    try:
        done = subprocess.run(
            [*run, sys.executable, "-c", READER, str(tmp_path)],
            capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
        )  # fmt: skip
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert done.stderr == ""
    assert done.stdout.split() == ["False", "4"]


def test_links_to_an_index_are_old_once_it_was_written(
    tmp_path: Path, index: TantivyIndex, store: StateStore
) -> None:
    (folder,) = (path for path in (tmp_path / "index").iterdir() if path.is_dir())
    links = Links(folder)
    assert not links.is_old
    store.upsert([work(9, "Neutrophils")], COMBINE)
    index.follow(store)
    assert links.is_old
    links.remove()
    assert not links.path.exists()


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path, store: StateStore) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(IndexUnavailable, match="cannot be written"):
        TantivyIndex(tmp_path / "file" / "index").follow(store)


def test_an_index_with_little_memory_holds_the_same(tmp_path: Path, store: StateStore) -> None:
    small = TantivyIndex(tmp_path / "small", memory=16)
    small.follow(store)
    assert small.status().records == len(WORKS)
    small.close()


def test_links_are_removed_although_a_reader_makes_its_lock_meanwhile(tmp_path: Path) -> None:
    """The engine may do so while it is closed; that ended a command with a stack trace."""
    folder = tmp_path / "index"
    folder.mkdir()
    (folder / "meta.json").write_text("{}")
    links = Links(folder)
    done = threading.Event()

    def make_locks() -> None:
        while not done.is_set():
            with suppress(OSError):
                (links.path / ".tantivy-meta.lock").touch()

    maker = threading.Thread(target=make_locks)
    maker.start()
    try:
        links.remove()
    finally:
        done.set()
        maker.join()
    links.remove()
    assert not links.path.exists()
