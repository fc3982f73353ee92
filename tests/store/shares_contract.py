"""What every `ShareStore` promises: an implementation inherits `ShareContract`."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from bot.store import StateStore
from bot.store.shares import KEPT, Share

from .examples import START

HERE = ("/T1", "C1")


class ShareContract:
    """The promises of the shares' part of a store."""

    def test_the_last_share_in_another_message_is_known(self, store: StateStore) -> None:
        shares, later = store.shares, START + timedelta(hours=1)
        shares.note(*HERE, "w1", "U1", "1.0", START)
        shares.note(*HERE, "w1", "U1", "1.0", later)
        assert shares.last(*HERE, "w1", "1.0", later) is None
        assert shares.last(*HERE, "w1", "2.0", later) == Share("U1", START)
        shares.note(*HERE, "w1", "U2", "2.0", later)
        assert shares.last(*HERE, "w1", "3.0", later) == Share("U2", later)
        assert shares.last(*HERE, "w1", "3.0", START) == Share("U1", START)
        for other in (("/T2", "C1"), ("/T1", "C2")):
            assert shares.last(*other, "w1", "3.0", later) is None
        assert shares.last(*HERE, "w2", "3.0", later) is None

    def test_the_channels_of_a_work_come_with_who_shared_it_last(self, store: StateStore) -> None:
        shares, later = store.shares, START + timedelta(hours=1)
        shares.note(*HERE, "w1", "U1", "1.0", START)
        shares.note(*HERE, "w1", "U2", "2.0", later)
        shares.note("/T1", "C2", "w1", "U3", "1.0", START)
        for other in (("/T2", "C9", "w1"), ("/T1", "C9", "w2")):
            shares.note(*other, "U9", "1.0", START)
        there = [("C1", Share("U2", later)), ("C2", Share("U3", START))]
        assert shares.channels("/T1", "w1", later, 9) == there
        assert shares.channels("/T1", "w1", later, 1) == there[:1]

    def test_shares_are_forgotten_after_a_year(self, store: StateStore) -> None:
        store.shares.note(*HERE, "w1", "U1", "1.0", START)
        store.forget_old(START + KEPT)
        assert store.shares.last(*HERE, "w1", "2.0", START + KEPT)
        store.forget_old(START + KEPT + timedelta(seconds=1))
        assert store.shares.last(*HERE, "w1", "2.0", START + KEPT) is None

    def test_a_channel_is_quiet_until_it_is_not(self, store: StateStore) -> None:
        shares = store.shares
        assert not shares.is_quiet(*HERE)
        for _ in range(2):
            shares.set_quiet(*HERE, "U1", START, quiet=True)
        assert shares.is_quiet(*HERE)
        assert not shares.is_quiet("/T1", "C2")
        shares.set_quiet(*HERE, "U1", START, quiet=False)
        assert not shares.is_quiet(*HERE)

    def test_deeds_are_counted_by_person_and_day(self, store: StateStore) -> None:
        before = START - timedelta(seconds=1)
        assert _take(store, "U1", "report")
        assert _take(store, "U2", "report")
        assert _take(store, "U1", "add")
        assert store.deeds.since("/T1", "U1", "report", before) == [START]
        assert store.deeds.since("/T1", "U1", "report", START) == []
        assert store.deeds.since("/T2", "U1", "report", before) == []
        store.forget_old(START + timedelta(days=3))
        assert store.deeds.since("/T1", "U1", "report", before) == []

    def test_no_more_deeds_are_taken_at_once_than_a_day_allows(self, store: StateStore) -> None:
        with ThreadPoolExecutor(6) as pool:
            taken = list(pool.map(lambda _: _take(store, "U1", "add", most=3), range(12)))
        assert taken.count(True) == 3
        store.deeds.give_back("/T1", "U1", "add", START)
        assert len(store.deeds.since("/T1", "U1", "add", START - timedelta(days=1))) == 2
        assert _take(store, "U1", "add", most=3)
        assert not _take(store, "U1", "add", most=3)
        assert not _take(store, "U1", "import", most=0)


def _take(store: StateStore, user: str, deed: str, most: int = 9) -> bool:
    return store.deeds.take("/T1", user, deed, START, START - timedelta(days=1), most)
