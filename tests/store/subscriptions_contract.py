"""What every `SubscriptionStore` promises: an implementation inherits `SubscriptionsContract`.

It gives one fixture, `store_factory`, as for `StateStoreContract`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from bot.merging.merge import combine
from bot.schedule import Cadence, Schedule
from bot.store import StateStore
from bot.store.deliveries import Delivery, Pace, Posted
from bot.store.subscriptions import Decision, Match, NewSubscription, Subscription, Watch
from bot.store.watching import SubscriptionStore

from .contract import StoreFactory
from .examples import START, Clock, doi, paper

WATCH = Watch("search", "CAF in melanoma", '{"groups":[]}', "fibroblasts, melanoma")
DAILY = Schedule(Cadence.DAILY, time(9, 0), "Europe/London")
NINE = datetime.fromisoformat("2026-01-16T09:00:00+00:00")


def wanted(channel: str = "C1", **more: object) -> NewSubscription:
    return NewSubscription("/T1", channel, WATCH, DAILY, **more)  # type: ignore[arg-type]


def decision(stored: Subscription, *matches: Match, up_to: int = 0, **more: object) -> Decision:
    next_due = stored.schedule.after(stored.due)
    return Decision(stored, stored.due, next_due, up_to or stored.seen, matches, **more)  # type: ignore[arg-type]


def match(name: str, *keys: str) -> Match:
    return Match(name, (f"id:{name}", *keys))


class SubscriptionsContract:
    """The promises; `store` is an empty store whose clock stands at START."""

    @pytest.fixture
    def clock(self) -> Clock:
        return Clock()

    @pytest.fixture
    def store(self, store_factory: StoreFactory, clock: Clock) -> StateStore:
        return store_factory(now=clock)

    @pytest.fixture
    def subscriptions(self, store: StateStore) -> SubscriptionStore:
        return store.subscriptions

    @pytest.fixture
    def stored(self, subscriptions: SubscriptionStore) -> Subscription:
        return subscriptions.add(wanted(), "U1", START)

    def decided(
        self, store: StateStore, stored: Subscription, *matches: Match, **more: object
    ) -> Delivery:
        (delivery,) = store.subscriptions.decide([decision(stored, *matches, **more)], NINE)
        return delivery

    def post(self, store: StateStore, ts: str = "1.0") -> None:
        claim = store.deliveries.claim("one", 100.0, 60.0, Pace(0.0, 0.0))
        assert claim is not None
        store.deliveries.confirm(claim, Posted("C1", ts), NINE)

    def again(self, store: StateStore, stored: Subscription) -> Subscription:
        found = store.subscriptions.get(stored.id)
        assert found is not None
        return found

    # Making and changing

    def test_it_is_kept_as_it_was_asked_for(
        self, subscriptions: SubscriptionStore, stored: Subscription
    ) -> None:
        assert subscriptions.get(stored.id) == stored
        assert (stored.watch, stored.schedule, stored.channel) == (WATCH, DAILY, "C1")
        assert (stored.created_by, stored.created_at, stored.state) == ("U1", START, "active")
        assert stored.due == NINE
        assert subscriptions.get("s0") is None

    def test_a_channel_sees_its_own_and_a_person_theirs(
        self, subscriptions: SubscriptionStore
    ) -> None:
        """Nothing of another workspace, and nothing that was stopped."""
        here = subscriptions.add(wanted("C1"), "U1", START)
        mine = subscriptions.add(wanted("C2"), "U1", START)
        subscriptions.add(wanted("C2"), "U2", START)
        subscriptions.add(replace(wanted("C1"), workspace="/T2"), "U1", START)
        assert {s.id for s in subscriptions.of("/T1", "C1", "U1")} == {here.id, mine.id}
        assert [s.id for s in subscriptions.of("/T1", "C1", "U9")] == [here.id]
        assert subscriptions.stop(here.id, "U9", START)
        assert not subscriptions.stop(here.id, "U9", START)
        assert subscriptions.of("/T1", "C1", "U9") == []
        assert len(subscriptions.everything()) == 3
        assert len(subscriptions.everything("/T1")) == 2

    def test_who_did_what_is_kept(
        self, subscriptions: SubscriptionStore, stored: Subscription
    ) -> None:
        later = START + timedelta(hours=1)
        asked = replace(wanted("C2", form="thread"), schedule=replace(DAILY, zone="Asia/Kolkata"))
        changed = subscriptions.change(stored, asked, "U2", later)
        assert changed is not None
        assert (changed.channel, changed.form, changed.changed_by) == ("C2", "thread", "U2")
        assert changed.due == datetime.fromisoformat("2026-01-16T03:30:00+00:00")
        assert (changed.created_by, changed.seen) == ("U1", stored.seen)
        # Somebody else read it before that.
        assert subscriptions.change(stored, wanted("C3"), "U3", later) is None
        subscriptions.pause(stored.id, "U3", later)
        subscriptions.resume(stored.id, "U3", later)
        subscriptions.stop(stored.id, "U4", later)
        said = [
            (change.who, change.what.split(":")[0]) for change in subscriptions.changes(stored.id)
        ]
        assert said == [
            ("U1", "made"), ("U2", "changed"), ("U3", "paused"), ("U3", "resumed"),
            ("U4", "stopped"),
        ]  # fmt: skip

    def test_paused_it_is_not_due_until_the_pause_ends(
        self, subscriptions: SubscriptionStore, stored: Subscription
    ) -> None:
        until = NINE + timedelta(days=3)
        assert subscriptions.pause(stored.id, "U1", START, until=until)
        assert subscriptions.pause(stored.id, "U1", START) is None
        assert subscriptions.due(NINE + timedelta(days=9), 9) == []
        assert subscriptions.paused_past(until - timedelta(seconds=1)) == []
        assert [s.id for s in subscriptions.paused_past(until)] == [stored.id]
        assert subscriptions.troubled() == []
        resumed = subscriptions.resume(stored.id, "the bot", until)
        assert resumed is not None
        assert resumed.due == NINE
        assert subscriptions.resume(stored.id, "the bot", until) is None

    # What arrived

    def test_arrivals_are_numbered_once(
        self, store: StateStore, clock: Clock, subscriptions: SubscriptionStore
    ) -> None:
        """By the order in which they came, whatever the clock; a change is no arrival."""
        store.upsert([paper(doi(1)), paper(doi(2))], combine)
        clock.move(days=-3)
        store.upsert([paper(doi(3)), paper(doi(1), volume="2")], combine)
        arrived = subscriptions.arrivals(0, 10)
        records = store.get_many([a.record_id for a in arrived])
        assert [r.doi for r in records] == ["10.1000/1", "10.1000/2", "10.1000/3"]
        assert subscriptions.arrivals(arrived[0].number, 1) == [arrived[1]]
        assert subscriptions.last_arrival() == arrived[-1].number
        stored = subscriptions.add(wanted(), "U1", START)
        assert stored.seen == arrived[-1].number

    def test_what_came_since_a_moment_is_known(
        self, store: StateStore, clock: Clock, subscriptions: SubscriptionStore
    ) -> None:
        """The last first, at most so many; what came at that very moment had come before."""
        store.upsert([paper(doi(1))], combine)
        begin = clock()
        clock.move(days=1)
        store.upsert([paper(doi(2))], combine)
        clock.move(days=1)
        store.upsert([paper(doi(3)), paper(doi(1), volume="2")], combine)
        came = subscriptions.came_since(begin, 10)
        dois = [record.doi for record in store.get_many([record_id for record_id, _ in came])]
        assert dois == ["10.1000/3", "10.1000/2"]
        assert [at for _, at in came] == [clock(), clock() - timedelta(days=1)]
        assert subscriptions.came_since(begin, 1) == came[:1]
        assert subscriptions.carriers_since(begin, doi(2)) == 1
        assert subscriptions.carriers_since(begin, doi(1)) == 0

    # Deciding

    def test_a_period_is_decided_once(self, store: StateStore, stored: Subscription) -> None:
        assert [s.id for s in store.subscriptions.due(NINE, 9)] == [stored.id]
        assert store.subscriptions.due(NINE - timedelta(seconds=1), 9) == []
        first = self.decided(store, stored, match("w1"), up_to=7)
        assert (first.records, first.state, first.channel) == (("w1",), "pending", "C1")
        assert store.subscriptions.decide([decision(stored, match("w1"))], NINE) == []
        moved = self.again(store, stored)
        assert (moved.seen, moved.since, moved.due) == (7, NINE, NINE + timedelta(days=1))

    def test_periods_are_told_in_order(self, store: StateStore, stored: Subscription) -> None:
        """The next one waits until the one before is posted."""
        self.decided(store, stored, match("w1"))
        tomorrow = NINE + timedelta(days=1)
        assert store.subscriptions.due(tomorrow, 9) == []
        self.post(store)
        assert [s.id for s in store.subscriptions.due(tomorrow, 9)] == [stored.id]

    def test_nothing_new_is_quiet_unless_a_line_is_wanted(self, store: StateStore) -> None:
        quiet = store.subscriptions.add(wanted(), "U1", START)
        line = store.subscriptions.add(wanted(when_empty="line"), "U1", START)
        assert self.decided(store, quiet).state == "quiet"
        assert self.decided(store, line).state == "pending"
        down = self.decided(store, self.again(store, quiet), reason="pubmed does not answer")
        assert (down.state, down.details["reason"]) == ("pending", "pubmed does not answer")

    def test_a_work_is_never_posted_twice_in_a_channel(self, store: StateStore) -> None:
        """By any of its identifiers: its preprint counts; in another channel it is new."""
        preprint, article = match("w1", "doi:10.1/pre"), match("w2", "doi:10.1/pre", "doi:10.2/art")
        one = store.subscriptions.add(wanted("C1"), "U1", START)
        two = store.subscriptions.add(wanted("C1"), "U2", START)
        other = store.subscriptions.add(wanted("C2"), "U1", START)
        assert self.decided(store, one, preprint).records == ("w1",)
        assert self.decided(store, two, article, match("w3")).records == ("w3",)
        assert self.decided(store, other, preprint, article).records == ("w1",)
        assert store.subscriptions.fresh(two, [preprint, match("w4")]) == [match("w4")]

    def test_a_digest_in_a_thread_is_a_heading_and_its_records(self, store: StateStore) -> None:
        stored = store.subscriptions.add(wanted(form="thread"), "U1", START)
        self.decided(store, stored, match("w1"))
        self.post(store, "7.0")
        claim = store.deliveries.claim("one", 100.0, 60.0, Pace(0.0, 0.0))
        assert claim is not None
        assert (claim.delivery.thread, claim.delivery.records) == ("7.0", ("w1",))

    def test_a_digest_that_was_not_posted_can_be_taken_back(
        self, store: StateStore, stored: Subscription
    ) -> None:
        """Its records are new again, and its period can be decided anew."""
        first = self.decided(store, stored, match("w1"), up_to=7)
        assert store.subscriptions.withdraw(first.id)
        assert not store.subscriptions.withdraw(first.id)
        back = self.again(store, stored)
        assert (back.seen, back.due, back.since) == (stored.seen, stored.due, stored.since)
        again = self.decided(store, back, match("w1"), match("w2"), up_to=9)
        assert again.records == ("w1", "w2")

    @pytest.mark.parametrize("how", ["claimed", "uncertain", "posted"])
    def test_what_may_have_been_posted_is_not_taken_back(
        self, store: StateStore, stored: Subscription, how: str
    ) -> None:
        delivery = self.decided(store, stored, match("w1"))
        if how == "posted":
            self.post(store)
        else:
            claim = store.deliveries.claim("one", 100.0, 60.0, Pace(0.0, 0.0))
            assert claim is not None
            if how == "uncertain":
                started = store.deliveries.start(claim, 100.0, 60.0, NINE)
                assert started is not None
                store.deliveries.release(started, 100.0, 0.0, "lost reply", uncertain=True)
        assert not store.subscriptions.withdraw(delivery.id)

    def test_one_in_trouble_is_decided_but_never_due(
        self, store: StateStore, stored: Subscription
    ) -> None:
        paused = store.subscriptions.pause(stored.id, "the bot", START, trouble="is_archived")
        assert paused is not None
        assert [s.id for s in store.subscriptions.troubled()] == [stored.id]
        assert store.subscriptions.due(NINE, 9) == []
        assert self.decided(store, paused, match("w1")).state == "pending"

    def test_where_a_work_was_posted_is_found(
        self, store: StateStore, stored: Subscription
    ) -> None:
        delivery = self.decided(store, stored, match("w1", "doi:10.1/a"), match("w2"))
        found = store.deliveries.posts_of(["doi:10.1/a", "doi:10.9/z"])
        assert [(d.id, record_id) for d, record_id in found] == [(delivery.id, "w1")]
        store.subscriptions.withdraw(delivery.id)
        assert store.deliveries.posts_of(["doi:10.1/a"]) == []

    # What people think

    def test_a_persons_last_word_counts(
        self, subscriptions: SubscriptionStore, stored: Subscription
    ) -> None:
        words: Sequence[tuple[str, str, str]] = (
            ("w1", "U1", "save"), ("w1", "U1", "not_relevant"), ("w1", "U2", "save"),
        )  # fmt: skip
        for record_id, who, opinion in words:
            subscriptions.opine(stored.id, record_id, who, opinion, START)  # type: ignore[arg-type]
        assert sorted(subscriptions.opinions(stored.id)) == [("w1", "not_relevant"), ("w1", "save")]
        assert subscriptions.forget_opinions(stored.id, "U2", START) == 2
        assert subscriptions.opinions(stored.id) == []
