"""What every store promises of settings, uses, lists on a desk, and journal clubs."""

from dataclasses import replace
from datetime import timedelta

from bot.schedule import Schedule
from bot.store import StateStore
from bot.store.clubs import Club, Turn
from bot.store.uses import Use

from .examples import START

HERE = ("/T1", "C1")


def club_of(store: StateStore) -> Club:
    """A club of two presenters, due at the beginning."""
    on = store.lists.make("/T1", "C1", "club", "U1", START)
    new = Club(
        id="", workspace="/T1", channel="C1", name="club", list_id=on.id, presenters=("U1", "U2"),
        turn=0, schedule=Schedule(), state="active", due=START, version=1, created_by="U1",
        created_at=START,
    )  # fmt: skip
    return store.clubs.add(new, "U1", START)


class DeskContract:
    """The promises of what people set, of uses, and of journal clubs."""

    def test_a_setting_is_a_persons_until_it_is_as_usual(self, store: StateStore) -> None:
        store.preferences.set("/T1", "U1", "style", "APA")
        store.preferences.set("/T1", "U1", "style", "Nature")
        assert store.preferences.of("/T1", "U1") == {"style": "Nature"}
        assert store.preferences.of("/T2", "U1") == store.preferences.of("/T1", "U2") == {}
        store.preferences.set("/T1", "U1", "style", None)
        assert store.preferences.of("/T1", "U1") == {}

    def test_a_place_is_greeted_once(self, store: StateStore) -> None:
        assert store.preferences.greet("/T1", "C1", START) is True
        assert store.preferences.greet("/T1", "C1", START) is False
        assert store.preferences.was_greeted("/T1", "C1") is True
        assert store.preferences.was_greeted("/T1", "C2") is False

    def test_uses_are_counted_for_each_record_and_for_the_workspace(
        self, store: StateStore
    ) -> None:
        store.uses.count("/T1", Use.OPENED, ["w1", "w2", "w1"])
        store.uses.count("/T1", Use.OPENED, ["w1"])
        store.uses.count("/T1", Use.USEFUL)
        store.uses.count("/T2", Use.OPENED, ["w1"])
        assert store.uses.of("/T1", "w1") == {Use.OPENED: 2}
        assert store.uses.totals("/T1") == {Use.OPENED: 3, Use.USEFUL: 1}
        assert store.uses.totals(None)[Use.OPENED] == 4

    def test_lists_come_with_how_many_are_unread(self, store: StateStore) -> None:
        on = store.lists.make("/T1", "U1", "mine", "U1", START)
        items = [store.lists.add(on, f"w{n}", "U1", "", START)[0] for n in range(3)]
        store.lists.mark_read(items[0].id, "U1", START)
        store.lists.mark_read(items[1].id, "U2", START)
        store.lists.take_off(items[2].id, "U1", START)
        ((listed, unread),) = store.lists.counted("/T1", ["U1", "C1"], "U1")
        assert (listed.name, listed.items, unread) == ("mine", 2, 1)
        assert store.lists.counted("/T2", ["U1"], "U1") == []
        assert store.lists.happened("/T1", "U1", ["retracted"], 5) == []

    def test_a_day_is_decided_once_and_turns_go_round(self, store: StateStore) -> None:
        club, later = club_of(store), START + timedelta(days=7)
        assert store.clubs.due(START - timedelta(seconds=1), 9) == []
        assert store.clubs.due(START, 9) == [club]
        turn = Turn(club, START, later, "w1", ("id:w1",))
        assert store.clubs.decide(turn, START) is True
        assert store.clubs.decide(turn, START) is False
        moved = store.clubs.get(club.id)
        assert moved is not None
        assert (moved.presenter(), moved.due) == ("U2", later)
        (waiting,) = store.deliveries.in_state("pending", 9)
        assert (waiting.channel, waiting.records) == ("C1", ("w1",))
        assert store.clubs.change(replace(club, state="paused"), "paused", "U1") is None
        paused = store.clubs.change(replace(moved, state="paused"), "paused", "U1")
        assert paused is not None
        assert store.clubs.due(later, 9) == []

    def test_votes_are_counted_by_person_and_sign(self, store: StateStore) -> None:
        club = club_of(store)
        store.clubs.decide(Turn(club, START, START, "w1"), START)
        (delivery,) = store.deliveries.in_state("pending", 9)
        for who, sign, value in (("U1", "+1", 1), ("U1", "+1", 1), ("U2", "-1", -1)):
            store.clubs.vote(delivery.id, who, sign, value)
        found = store.clubs.meeting(delivery.id)
        assert found is not None
        assert (found[1].worth, found[1].not_worth) == (1, 1)
        store.clubs.vote(delivery.id, "U1", "+1", 0)
        (met,) = store.clubs.meetings(club.id)
        assert (met.worth, met.not_worth, met.presenter) == (0, 1, "U1")
        store.clubs.unmeet(delivery.id)
        assert store.clubs.meetings(club.id) == []

    def test_a_person_goes_from_clubs_and_settings(self, store: StateStore) -> None:
        club = club_of(store)
        store.clubs.decide(Turn(club, START, START, "w1"), START)
        (delivery,) = store.deliveries.in_state("pending", 9)
        store.clubs.vote(delivery.id, "U1", "+1", 1)
        store.preferences.set("/T1", "U1", "style", "APA")
        kinds = {each.kind for each in store.people.kept("U1")}
        assert {"club", "presented", "vote", "setting"} <= kinds
        store.people.delete("U1")
        kinds = {each.kind for each in store.people.kept("U1")}
        assert not {"club", "presented", "vote", "setting"} & kinds
        left = store.clubs.get(club.id)
        assert left is not None
        assert left.presenters == ("U2",)
