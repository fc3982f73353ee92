import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app.worker import LONGEST_STEP, Worker
from bot.errors import IndexUnavailable, StoreError
from bot.index.tantivy import TantivyIndex
from bot.merging.merge import combine
from bot.records.models import Record
from bot.store import StateStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StateStore]:
    opened = StateStore.open(tmp_path / "tme.db")
    yield opened
    opened.close()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[TantivyIndex]:
    opened = TantivyIndex(tmp_path / "index")
    yield opened
    opened.close()


class WatchedIndex(TantivyIndex):
    """An index that says when it has followed, and fails while it is told to."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.followed = threading.Semaphore(0)
        self.fails_with: Exception | None = None

    def follow(self, store: StateStore) -> int:
        try:
            if self.fails_with is not None:
                raise self.fails_with
            return super().follow(store)
        finally:
            self.followed.release()


def test_what_another_process_wrote_is_found_after_a_step(
    store: StateStore, index: TantivyIndex
) -> None:
    worker = Worker("index", lambda: index.follow(store))
    worker.step()
    store.upsert([Record(title="Macrophages in glioma")], combine)
    worker.step()
    assert index.status().records == 1


def test_the_thread_works_until_it_is_stopped(store: StateStore, tmp_path: Path) -> None:
    index = WatchedIndex(tmp_path / "index")
    worker = Worker("index", lambda: index.follow(store), every=0.01)
    worker.start()
    store.upsert([Record(title="Macrophages in glioma")], combine)
    for _ in range(3):
        assert index.followed.acquire(timeout=30)
    worker.stop()
    assert index.status().records == 1
    index.close()


def test_stopping_before_starting_is_no_error() -> None:
    Worker("index", lambda: None).stop()


def test_a_step_with_more_to_do_runs_again_at_once() -> None:
    """A worker that rests for hours does not rest while there is work."""
    done = threading.Semaphore(0)
    left = iter([True, True, True, False])

    def step() -> bool:
        done.release()
        return next(left)

    worker = Worker("outbox", step, every=3600)
    worker.start()
    for _ in range(4):
        assert done.acquire(timeout=30)
    worker.stop()
    assert not done.acquire(blocking=False)


def test_stopping_interrupts_the_step_under_way() -> None:
    reached, interrupted = threading.Event(), threading.Event()

    def step() -> None:
        reached.set()
        interrupted.wait(30)

    worker = Worker("harvest", step, interrupt=interrupted.set, patience=30)
    worker.start()
    assert reached.wait(30)
    worker.stop()
    assert not worker._thread.is_alive()


def test_trouble_is_logged_when_it_comes_and_when_it_goes(
    store: StateStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk that stays full must not fill the log as well."""
    caplog.set_level("INFO")
    index = WatchedIndex(tmp_path / "index")
    worker = Worker("index", lambda: index.follow(store))
    index.fails_with = IndexUnavailable("The index cannot be opened.")
    for _ in range(3):
        worker.step()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    index.fails_with = RuntimeError("a fault")
    worker.step()
    assert "RuntimeError" in caplog.text
    assert "a fault" not in caplog.text
    index.fails_with = None
    worker.step()
    worker.step()
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR", "INFO"]
    index.close()


def test_a_trouble_is_said_once_and_the_work_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    """Works until it is stopped, whatever its step raises."""
    seen: list[int] = []

    def step() -> bool:
        seen.append(1)
        if len(seen) < 3:
            raise StoreError("tme.db is in use.")
        if len(seen) == 3:
            raise RuntimeError("secret words")
        worker._stop.set()
        return True

    worker = Worker("outbox", step, every=0.0)
    with caplog.at_level("ERROR"):
        worker.start()
        worker._thread.join(timeout=60)
    worker.stop()
    assert [record.message for record in caplog.records] == [
        "outbox: tme.db is in use. (store)",
        "outbox: RuntimeError",
    ]


@pytest.mark.parametrize(("patience", "hangs"), [(None, True), (5.0, False)])
def test_a_step_that_does_not_end_is_trouble(patience: float | None, hangs: bool) -> None:
    """Unless it is one that may take long, and is interrupted. Then it works again."""
    begun, go_on, clock = threading.Event(), threading.Event(), [0.0]

    def step() -> None:
        begun.set()
        go_on.wait()

    worker = Worker("test", step, 1e6, patience=patience, clock=lambda: clock[0])
    worker.start()
    begun.wait()
    clock[0] = LONGEST_STEP
    assert worker.trouble is None
    clock[0] += 1
    assert worker.trouble == ("it hangs: its step began 60 minutes ago" if hangs else None)
    go_on.set()
    worker.stop()
    assert worker.trouble is None
