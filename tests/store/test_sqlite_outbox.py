"""The SQLite store keeps the promises of the outbox, of second posts and of subscriptions."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.store import StateStore

from .contract import StoreFactory
from .examples import START
from .outbox_contract import OutboxContract
from .second_posts_contract import SecondPostsContract
from .subscriptions_contract import SubscriptionsContract


class OverAFile:
    """An empty store in a real file."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[StateStore]:
        store = StateStore.open(tmp_path / "tme.db", now=lambda: START)
        yield store
        store.close()


class TestSqliteOutbox(OverAFile, OutboxContract):
    """Every promise, over a real file."""


class TestSqliteSecondPosts(OverAFile, SecondPostsContract):
    """Every promise, over a real file."""


class TestSqliteSubscriptions(SubscriptionsContract):
    """Every promise, over a real file."""

    @pytest.fixture
    def store_factory(self, tmp_path: Path) -> Iterator[StoreFactory]:
        opened: list[StateStore] = []

        def factory(
            name: str = "tme", *, now: Callable[[], datetime] = lambda: START
        ) -> StateStore:
            opened.append(StateStore.open(tmp_path / f"{name}.db", now=now))
            return opened[-1]

        yield factory
        for store in opened:
            store.close()
