"""The store keeps the promises of the outbox, of second posts and of subscriptions."""

import pytest

from bot.store import StateStore

from .contract import StoreFactory
from .examples import START
from .outbox_contract import OutboxContract
from .second_posts_contract import SecondPostsContract
from .subscriptions_contract import SubscriptionsContract


class AtStart:
    """An empty store whose clock stands."""

    @pytest.fixture
    def store(self, store_factory: StoreFactory) -> StateStore:
        return store_factory(now=lambda: START)


class TestOutbox(AtStart, OutboxContract):
    """Every promise, over each database."""


class TestSecondPosts(AtStart, SecondPostsContract):
    """Every promise, over each database."""


class TestSubscriptions(SubscriptionsContract):
    """Every promise, over each database."""
