"""What every `ReportStore` promises; joins a store's tests as `StateStoreContract` does."""

from dataclasses import replace
from datetime import timedelta

from bot.store import StateStore
from bot.store.reports import Reporting

from .examples import START

GIVEN = Reporting("E1/T1", "w1", "details", "The year is 2024.", "U1")


class ReportContract:
    """The promises; `store` is an empty store."""

    def test_a_report_comes_back_with_who_and_when(self, store: StateStore) -> None:
        kept = store.reports.add(GIVEN, START)
        assert (kept.kind, kept.text, kept.user, kept.at, kept.closed_at) == (
            "details", "The year is 2024.", "U1", START, None
        )  # fmt: skip
        other = store.reports.add(replace(GIVEN, workspace="E1/T2"), START)
        assert store.reports.all() == [other, kept]
        assert store.reports.all("E1/T1") == [kept]

    def test_a_report_is_closed_once(self, store: StateStore) -> None:
        kept, later = store.reports.add(GIVEN, START), START + timedelta(days=1)
        assert store.reports.close(kept.id, "admin", later)
        assert not store.reports.close(kept.id, "admin", later)
        assert not store.reports.close(99, "admin", later)
        assert store.reports.all() == []
        (closed,) = store.reports.all(closed=True)
        assert (closed.closed_by, closed.closed_at) == ("admin", later)
