"""The store over PostgreSQL keeps the promises of every store."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

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

pytestmark = pytest.mark.postgres


class TestPostgresStore(
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
    """Every promise, over a real server."""

    @pytest.fixture
    def store_factory(self, databases: Callable[[], str]) -> Iterator[StoreFactory]:
        opened: list[StateStore] = []
        urls: dict[str, str] = {}

        def factory(
            name: str = "tme", *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
        ) -> StateStore:
            if name not in urls:
                urls[name] = databases()
            store = StateStore.connect(urls[name], now=now)
            opened.append(store)
            return store

        yield factory
        for store in opened:
            store.close()
