"""Every promise of the store over each database that it runs on."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.store import StateStore

from .contract import StoreFactory

DATABASES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


@pytest.fixture(params=DATABASES)
def store_factory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreFactory]:
    """Opens the store of a name, in a real file or on a real server; closed after the test."""
    opened: list[StateStore] = []
    addresses: dict[str, str] = {}
    made: Callable[[], str] | None = (
        request.getfixturevalue("databases") if request.param == "postgres" else None
    )

    def factory(
        name: str = "tme", *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> StateStore:
        if made is None:
            opened.append(StateStore.open(tmp_path / f"{name}.db", now=now))
        else:
            if name not in addresses:
                addresses[name] = made()
            opened.append(StateStore.connect(addresses[name], now=now))
        return opened[-1]

    yield factory
    for store in opened:
        store.close()
