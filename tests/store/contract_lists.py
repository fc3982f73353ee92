"""What every `ListStore` promises; joins a store's tests as `StateStoreContract` does."""

from datetime import timedelta

import pytest

from bot.merging.choice import choose
from bot.merging.merge import combine
from bot.store import StateStore
from bot.store.lists import ReadingList

from .examples import START, doi, paper, pmid

HERE = "E1/T1"


def made(store: StateStore, name: str = "Journal club", owner: str = "U1") -> ReadingList:
    return store.lists.make(HERE, owner, name, "U1", START)


def stored(store: StateStore, on: ReadingList) -> list[str]:
    return [item.record_id for item in store.lists.items(on.id)]


class ListContract:
    """The promises; `store` is an empty store."""

    def test_a_list_is_made_once_a_name(self, store: StateStore) -> None:
        first = made(store)
        assert (first.name, first.owner, first.made_by, first.made_at, first.items) == (
            "Journal club", "U1", "U1", START, 0
        )  # fmt: skip
        assert made(store, "JOURNAL-club").id == first.id
        assert made(store, owner="U2").id != first.id
        assert store.lists.make("E1/T2", "U1", "Journal club", "U1", START).id != first.id

    def test_lists_are_those_of_the_owners_last_used_first(self, store: StateStore) -> None:
        one, two, other = made(store, "One"), made(store, "Two", "C1"), made(store, owner="U2")
        store.lists.add(one, "w1", "U1", "", START + timedelta(days=1))
        assert [each.id for each in store.lists.lists(HERE, ("U1", "C1"))] == [one.id, two.id]
        assert [each.id for each in store.lists.lists(None)] == [one.id, other.id, two.id]
        assert store.lists.lists(HERE, ()) == []

    def test_one_workspace_never_sees_anothers(self, store: StateStore) -> None:
        on = made(store)
        item, _ = store.lists.add(on, "w1", "U1", "", START)
        there = "E1/T2"
        assert store.lists.lists(there, ("U1",)) == []
        assert store.lists.get(there, on.id) is None
        assert store.lists.item(there, item.id) is None
        assert store.lists.holding(there, "w1") == []
        assert not store.lists.rename(there, on.id, "Mine")
        assert not store.lists.drop(there, on.id, "U1", START)
        assert store.lists.get(HERE, on.id) is not None

    def test_a_record_is_on_a_list_once_with_who_and_when(self, store: StateStore) -> None:
        on, later = made(store), START + timedelta(hours=1)
        item, is_new = store.lists.add(on, "w1", "U1", "read it", START)
        assert is_new
        assert (item.record_id, item.added_by, item.added_at, item.note, item.read_by) == (
            "w1", "U1", START, "read it", ()
        )  # fmt: skip
        assert store.lists.add(on, "w1", "U2", "", later) == (item, False)
        again, _ = store.lists.add(on, "w1", "U2", "well worth it", later)
        assert (again.id, again.note, again.added_by) == (item.id, "well worth it", "U1")
        store.lists.add(on, "w2", "U2", "", later)
        assert stored(store, on) == ["w2", "w1"]
        counted = store.lists.get(HERE, on.id)
        assert counted is not None
        assert (counted.items, counted.latest) == (2, later)

    def test_what_is_taken_off_comes_back_as_it_was(self, store: StateStore) -> None:
        on = made(store)
        item, _ = store.lists.add(on, "w1", "U1", "a note", START)
        store.lists.mark_read(item.id, "U2", START)
        assert store.lists.take_off(item.id, "U2", START)
        assert not store.lists.take_off(item.id, "U2", START)
        assert stored(store, on) == []
        assert store.lists.put_back(item.id)
        assert not store.lists.put_back(item.id)
        (back,) = store.lists.items(on.id)
        assert (back.note, back.added_by, back.read_by) == ("a note", "U1", ("U2",))

    def test_what_was_put_there_again_meanwhile_is_not_there_twice(self, store: StateStore) -> None:
        on = made(store)
        item, _ = store.lists.add(on, "w1", "U1", "", START)
        store.lists.take_off(item.id, "U1", START)
        store.lists.add(on, "w1", "U2", "", START)
        assert not store.lists.put_back(item.id)
        assert stored(store, on) == ["w1"]

    def test_notes_and_read_marks_change(self, store: StateStore) -> None:
        item, _ = store.lists.add(made(store), "w1", "U1", "", START)
        assert store.lists.note(item.id, "new")
        store.lists.mark_read(item.id, "U1", START)
        store.lists.mark_read(item.id, "U1", START)
        store.lists.mark_read(item.id, "U2", START)
        found = store.lists.item(HERE, item.id)
        assert found is not None
        assert (found.note, found.read_by) == ("new", ("U1", "U2"))
        store.lists.mark_read(item.id, "U1", None)
        found = store.lists.item(HERE, item.id)
        assert found is not None
        assert found.read_by == ("U2",)

    def test_a_list_goes_and_comes_back(self, store: StateStore) -> None:
        on = made(store)
        item, _ = store.lists.add(on, "w1", "U1", "", START)
        assert store.lists.drop(HERE, on.id, "U1", START)
        assert store.lists.lists(HERE, ("U1",)) == []
        assert store.lists.item(HERE, item.id) is None
        assert store.lists.holding(HERE, "w1") == []
        with pytest.raises(KeyError):
            store.lists.add(on, "w2", "U1", "", START)
        assert store.lists.restore(HERE, on.id)
        assert stored(store, on) == ["w1"]
        store.lists.drop(HERE, on.id, "U1", START)
        made(store)
        assert not store.lists.restore(HERE, on.id)

    def test_a_name_that_is_taken_is_not_given_twice(self, store: StateStore) -> None:
        on, other = made(store), made(store, "Methods")
        assert not store.lists.rename(HERE, other.id, "journal CLUB")
        assert store.lists.rename(HERE, other.id, "Metabolism")
        assert store.lists.rename(HERE, on.id, "JOURNAL CLUB")
        assert {each.name for each in store.lists.lists(HERE)} == {"JOURNAL CLUB", "Metabolism"}

    def test_holding_names_every_list_of_the_workspace(self, store: StateStore) -> None:
        one, two = made(store, "One"), made(store, "Two", "C1")
        store.lists.add(one, "w1", "U1", "", START)
        store.lists.add(two, "w1", "U2", "", START)
        store.lists.add(two, "w2", "U2", "", START)
        found = store.lists.holding(HERE, "w1")
        assert [(on.name, item.added_by) for on, item in found] == [("Two", "U2"), ("One", "U1")]

    def test_a_record_that_was_merged_is_still_on_its_list(self, store: StateStore) -> None:
        kept, gone = (d.record_id for d in store.upsert([paper(doi(1)), paper(pmid(2))], combine))
        item, _ = store.lists.add(made(store), gone, "U1", "", START)
        store.merges.join(kept, gone, choose, author="test", why="they are one")
        assert [found.id for _, found in store.lists.holding(HERE, kept)] == [item.id]
