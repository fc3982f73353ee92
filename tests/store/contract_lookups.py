"""What every `LookupStore` promises; joins a store's tests as `StateStoreContract` does."""

from datetime import timedelta

from bot.records.models import Identifier, Scheme
from bot.store import StateStore
from bot.store.lookups import LookupCount

from .examples import START

ONE, TWO = (Identifier(scheme=Scheme.DOI, value=f"10.1/{n}") for n in (1, 2))
SECOND = timedelta(seconds=1)


class LookupContract:
    """The promises; `store` is an empty store."""

    def test_a_lookup_comes_back_with_its_moment_and_outcome(self, store: StateStore) -> None:
        lookups = store.lookups
        lookups.note("a", {ONE: True, TWO: False}, START, 7)
        assert lookups.since("a", [ONE, TWO], START - SECOND) == {ONE: True, TWO: False}
        assert lookups.since("a", [ONE, TWO], START) == {}
        assert lookups.since("b", [ONE], START - SECOND) == {}
        assert (lookups.place("a"), lookups.place("b")) == (7, 0)
        assert lookups.counts() == [LookupCount("a", 2, 1, START)]

    def test_what_was_looked_up_longest_ago_is_due_first(self, store: StateStore) -> None:
        lookups = store.lookups
        lookups.note("a", {TWO: False}, START, 1)
        lookups.note("a", {ONE: False}, START + SECOND, 2)
        assert lookups.due("a", START - SECOND, 9) == []
        assert lookups.due("a", START, 9) == [TWO]
        assert lookups.due("a", START + SECOND, 9) == [TWO, ONE]
        assert lookups.due("a", START + SECOND, 1) == [TWO]
        lookups.note("a", {TWO: True}, START + 2 * SECOND, 2)
        assert lookups.due("a", START + SECOND, 9) == [ONE]

    def test_lookups_are_dropped_one_by_one_or_all(self, store: StateStore) -> None:
        lookups = store.lookups
        lookups.note("a", {ONE: True, TWO: True}, START, 5)
        lookups.note("b", {ONE: True}, START, 6)
        lookups.drop("a", [ONE])
        assert lookups.due("a", START, 9) == [TWO]
        lookups.forget("a")
        assert (lookups.due("a", START, 9), lookups.place("a")) == ([], 0)
        assert (lookups.due("b", START, 9), lookups.place("b")) == ([ONE], 6)
