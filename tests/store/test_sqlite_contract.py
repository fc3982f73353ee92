"""The SQLite store keeps the promises of every store."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.store import StateStore

from .contract import StateStoreContract, StoreFactory
from .contract_corrections import CorrectionContract
from .contract_harvests import HarvestStoreContract
from .contract_lists import ListContract
from .contract_lookups import LookupContract
from .contract_references import ReferenceContract
from .contract_reports import ReportContract
from .inbox_contract import InboxContract
from .merges_contract import MergesContract
from .shares_contract import ShareContract
from .standing_contract import StandingContract


class TestSqliteStore(
    StateStoreContract,
    CorrectionContract,
    HarvestStoreContract,
    InboxContract,
    ListContract,
    LookupContract,
    MergesContract,
    ReferenceContract,
    ReportContract,
    ShareContract,
    StandingContract,
):
    """Every promise, over a real file."""

    @pytest.fixture
    def store_factory(self, tmp_path: Path) -> Iterator[StoreFactory]:
        opened: list[StateStore] = []

        def factory(
            name: str = "tme", *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
        ) -> StateStore:
            store = StateStore.open(tmp_path / f"{name}.db", now=now)
            opened.append(store)
            return store

        yield factory
        for store in opened:
            store.close()
