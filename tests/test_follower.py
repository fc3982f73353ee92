import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import IndexUnavailable
from bot.follower import Follower
from bot.index.tantivy import TantivyIndex
from bot.merging.merge import combine
from bot.models import Record
from bot.store import Conversation, StateStore
from bot.store.sqlite import SqliteStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore.open(tmp_path / "tme.db")
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


def clock(now: datetime) -> Callable[[], datetime]:
    return lambda: now


def test_what_another_process_wrote_is_found_after_a_step(
    store: SqliteStore, index: TantivyIndex, now: datetime
) -> None:
    follower = Follower(store, index, clock(now))
    follower.step()
    store.upsert([Record(title="Macrophages in glioma")], combine)
    follower.step()
    assert index.status().records == 1


def test_the_thread_follows_until_it_is_stopped(
    store: SqliteStore, tmp_path: Path, now: datetime
) -> None:
    index = WatchedIndex(tmp_path / "index")
    follower = Follower(store, index, clock(now), every=0.01)
    follower.start()
    store.upsert([Record(title="Macrophages in glioma")], combine)
    for _ in range(3):
        assert index.followed.acquire(timeout=30)
    follower.stop()
    assert index.status().records == 1
    index.close()


def test_stopping_before_starting_is_no_error(
    store: SqliteStore, index: TantivyIndex, now: datetime
) -> None:
    Follower(store, index, clock(now)).stop()


def test_trouble_is_logged_when_it_comes_and_when_it_goes(
    store: SqliteStore, tmp_path: Path, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk that stays full must not fill the log as well."""
    caplog.set_level("INFO")
    index = WatchedIndex(tmp_path / "index")
    follower = Follower(store, index, clock(now))
    index.fails_with = IndexUnavailable("The index cannot be opened.")
    for _ in range(3):
        follower.step()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    index.fails_with = RuntimeError("a fault")
    follower.step()
    assert "RuntimeError" in caplog.text
    assert "a fault" not in caplog.text
    index.fails_with = None
    follower.step()
    follower.step()
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR", "INFO"]
    index.close()


def test_what_is_old_is_forgotten_hourly(
    store: SqliteStore, index: TantivyIndex, now: datetime
) -> None:
    times = iter([now, now + timedelta(minutes=30), now + timedelta(days=30)])
    store.claim_event("/T1", "Ev1", now - timedelta(days=30))
    said = Conversation(query="glioma", offset=0, record_ids=(), ranked=0)
    follower = Follower(store, index, lambda: next(times))
    follower.step()
    assert store.claim_event("/T1", "Ev1", now), "the first step forgets"
    store.remember("/T1", "C1", "1.1", said, now)
    follower.step()
    assert store.recall("/T1", "C1", "1.1", now) is not None
    follower.step()
    assert store.recall("/T1", "C1", "1.1", now) is None
