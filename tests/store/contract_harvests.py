"""What the harvests of every `StateStore` promise. Joined with `StateStoreContract`."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.errors import StoreBusy
from bot.store import StateStore
from bot.store.harvests import Counts, Harvest, Lease

from .contract import StoreFactory
from .examples import START, doi

HOUR = timedelta(hours=1)
MINE = Lease("a.example", "me", START + HOUR)
THEIRS = Lease("a.example", "they", START + HOUR)
BEGUN = Harvest("tme", "crossref a.example ?tme", began=START, cursor="page 2", tried=START)


class HarvestStoreContract:
    """Mixed into a contract that has the fixtures `store` and `store_factory`."""

    def test_a_harvest_that_never_began_is_none(self, store: StateStore) -> None:
        assert store.harvests.get("tme") is None
        assert store.harvests.all() == []

    def test_how_far_it_came_is_kept_whole(
        self, store: StateStore, store_factory: StoreFactory
    ) -> None:
        full = Harvest(
            "tme", "asks", START, date(2026, 1, 1), "cursor \x00 “é”", START + HOUR,
            date(2026, 1, 14), START, "down", "later", 3, START + 2 * HOUR,
            Counts(9, 1, 2, 3, 4, 5, 6), 400,
        )  # fmt: skip
        assert store.harvests.lease(MINE, START)
        store.harvests.save(BEGUN, MINE)
        store.harvests.save(full, MINE)
        store.harvests.save(replace(BEGUN, name="a"), MINE)
        assert store_factory().harvests.get("tme") == full
        assert [each.name for each in store.harvests.all()] == ["a", "tme"]

    def test_a_place_is_one_holders(self, store: StateStore) -> None:
        assert store.harvests.lease(MINE, START)
        assert store.harvests.lease(MINE, START)
        assert not store.harvests.lease(THEIRS, START)
        assert store.harvests.lease(replace(THEIRS, place="b.example"), START)

    def test_a_place_given_back_is_free(self, store: StateStore) -> None:
        assert store.harvests.lease(MINE, START)
        store.harvests.release(THEIRS)
        assert not store.harvests.lease(THEIRS, START)
        store.harvests.release(MINE)
        assert store.harvests.lease(THEIRS, START)

    def test_a_lease_runs_out_and_saving_renews_it(self, store: StateStore) -> None:
        assert store.harvests.lease(MINE, START)
        store.harvests.save(BEGUN, replace(MINE, until=START + 3 * HOUR))
        assert not store.harvests.lease(THEIRS, START + 2 * HOUR)
        assert store.harvests.lease(replace(THEIRS, until=START + 9 * HOUR), START + 3 * HOUR)

    def test_who_lost_the_place_cannot_write(self, store: StateStore) -> None:
        """One that slept past its lease must not put back a cursor that another moved on."""
        assert store.harvests.lease(MINE, START)
        assert store.harvests.lease(THEIRS, START + HOUR)
        store.harvests.save(replace(BEGUN, cursor="page 9"), THEIRS)
        with pytest.raises(StoreBusy):
            store.harvests.save(BEGUN, MINE)
        stored = store.harvests.get("tme")
        assert stored is not None
        assert stored.cursor == "page 9"

    def test_of_many_at_once_one_gets_the_place(self, store: StateStore) -> None:
        wanted = [replace(MINE, holder=str(n)) for n in range(20)]
        with ThreadPoolExecutor(8) as pool:
            got = list(pool.map(lambda lease: store.harvests.lease(lease, START), wanted))
        assert got.count(True) == 1

    def test_what_was_not_seen_for_long_is_known(self, store: StateStore) -> None:
        harvests = store.harvests
        assert harvests.saw("ora", [doi("b"), doi("a"), doi("c")], START) == []
        harvests.saw("ora", [doi("c")], START + 2 * HOUR)
        harvests.saw("other", [doi("d")], START)
        assert harvests.longest_unseen("ora", START + HOUR, 10) == [doi("a"), doi("b")]
        assert harvests.longest_unseen("ora", START + 9 * HOUR, 1) == [doi("a")]

    def test_what_is_gone_is_not_looked_for_and_may_come_back(self, store: StateStore) -> None:
        harvests = store.harvests
        harvests.saw("ora", [doi("a")], START)
        harvests.lost("ora", doi("a"), START + HOUR)
        harvests.lost("ora", doi("never seen"), START)
        assert harvests.longest_unseen("ora", START + 9 * HOUR, 10) == []
        assert harvests.saw("ora", [doi("a"), doi("b")], START + 2 * HOUR) == [doi("a")]
        assert harvests.saw("ora", [doi("a")], START + 3 * HOUR) == []
