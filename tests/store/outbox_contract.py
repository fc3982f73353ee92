"""What every `DeliveryStore` promises: an implementation inherits `OutboxContract`.

It gives one fixture, `store`: an empty store.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.store import StateStore
from bot.store.deliveries import Claim, NewDelivery, Pace, Posted
from bot.store.outbox import DeliveryStore

from .examples import START

LEASE = 60.0
NO_PACE = Pace(0.0, 0.0)


def new(key: str = "s1:2026-01-15", channel: str = "C1", **more: object) -> NewDelivery:
    values = {"workspace": "/T1", "kind": "digest", "due": START, **more}
    return NewDelivery(key=key, channel=channel, **values)  # type: ignore[arg-type]


class OutboxContract:
    """The promises of the outbox's part of a store."""

    @pytest.fixture
    def deliveries(self, store: StateStore) -> DeliveryStore:
        return store.deliveries

    def claimed(self, deliveries: DeliveryStore, steady: float = 100.0) -> Claim:
        claim = deliveries.claim("one", steady, LEASE, NO_PACE)
        assert claim is not None
        return claim

    def posted(self, deliveries: DeliveryStore, new_one: NewDelivery, ts: str = "1.0") -> str:
        assert deliveries.add(new_one, START)
        claim = self.claimed(deliveries)
        deliveries.confirm(claim, Posted(claim.delivery.channel, ts), START)
        return claim.delivery.id

    def test_one_key_is_one_delivery(self, deliveries: DeliveryStore) -> None:
        first = new(records=("w1", "w2"), details={"reason": "“quoted” 𝛼"})
        assert deliveries.add(first, START)
        assert not deliveries.add(replace(first, records=("w3",)), START)
        stored = self.claimed(deliveries).delivery
        assert stored.records == ("w1", "w2")
        assert stored.details == {"reason": "“quoted” 𝛼"}
        assert deliveries.get(stored.id) == stored
        assert deliveries.get("d0") is None

    def test_a_post_is_found_by_where_it_is(self, deliveries: DeliveryStore) -> None:
        posted = self.posted(deliveries, new(records=("w1",)), "7.0")
        there = deliveries.at(Posted("C1", "7.0"))
        assert there is not None
        assert (there.id, there.records) == (posted, ("w1",))
        assert deliveries.at(Posted("C2", "7.0")) is None
        assert deliveries.at(Posted("C1", "7.1")) is None

    def test_who_is_due_longest_goes_first(self, deliveries: DeliveryStore) -> None:
        for hours in (3, 1, 2):
            deliveries.add(new(f"s{hours}", due=START + timedelta(hours=hours)), START)
        keys = [self.claimed(deliveries).delivery.key for _ in range(3)]
        assert keys == ["s1", "s2", "s3"]
        assert deliveries.claim("one", 100.0, LEASE, NO_PACE) is None

    def test_a_lease_keeps_others_away_until_it_ends(self, deliveries: DeliveryStore) -> None:
        deliveries.add(new(), START)
        first = self.claimed(deliveries, 100.0)
        assert deliveries.claim("two", 159.0, LEASE, NO_PACE) is None
        second = deliveries.claim("two", 160.0, LEASE, NO_PACE)
        assert second is not None
        assert second.delivery.attempt == first.delivery.attempt + 1
        assert deliveries.start(first, 161.0, LEASE, START) is None
        assert deliveries.start(second, 161.0, LEASE, START) is not None

    def test_a_lease_holds_against_one_that_read_the_clock_before(
        self, deliveries: DeliveryStore
    ) -> None:
        """And then waited for its turn to write, while the post was begun."""
        deliveries.add(new(), START)
        claim = self.claimed(deliveries, 100.0)
        assert deliveries.start(claim, 102.0, LEASE, START) is not None
        assert deliveries.claim("two", 101.0, LEASE, NO_PACE) is None

    def test_what_nobody_started_is_certain(self, deliveries: DeliveryStore) -> None:
        """Only from `start` on may it have been posted; the first such moment is kept."""
        deliveries.add(new(), START)
        self.claimed(deliveries, 100.0)
        claim = self.claimed(deliveries, 200.0)
        assert not claim.delivery.uncertain
        started = deliveries.start(claim, 201.0, LEASE, START)
        assert started is not None
        assert started.until == 201.0 + LEASE
        deliveries.start(started, 202.0, LEASE, START + timedelta(hours=1))
        again = self.claimed(deliveries, 300.0)
        assert again.delivery.uncertain
        assert again.delivery.first_sent == START

    def test_a_lease_from_before_the_machine_was_started_anew_is_over(
        self, deliveries: DeliveryStore
    ) -> None:
        """The steady clock began again: a lease that ends too far ahead is nobody's."""
        deliveries.add(new(), START)
        claim = self.claimed(deliveries, 90_000.0)
        assert deliveries.start(claim, 5.0, LEASE, START) is None
        assert deliveries.claim("two", 5.0, LEASE, NO_PACE) is not None
        deliveries.hold_back("/T1", 90_000.0, 30.0)
        deliveries.add(new("other"), START)
        assert deliveries.claim("two", 6.0, LEASE, NO_PACE) is not None

    def test_released_it_waits_and_says_why(self, deliveries: DeliveryStore) -> None:
        deliveries.add(new(), START)
        claim = self.claimed(deliveries, 100.0)
        deliveries.release(claim, 100.0, 30.0, "lost reply", uncertain=True)
        assert deliveries.claim("two", 129.0, LEASE, NO_PACE) is None
        stored = self.claimed(deliveries, 130.0).delivery
        assert (stored.reason, stored.uncertain) == ("lost reply", True)
        # Whoever lost the claim releases nothing.
        deliveries.release(claim, 100.0, 0.0, "late", uncertain=False)
        assert deliveries.claim("two", 131.0, LEASE, NO_PACE) is None

    def test_confirmed_it_is_never_sent_again(self, deliveries: DeliveryStore) -> None:
        deliveries.add(new(), START)
        claim = self.claimed(deliveries, 100.0)
        assert deliveries.confirm(claim, Posted("C1", "1.0"), START) == Posted("C1", "1.0")
        assert deliveries.confirm(claim, Posted("C1", "2.0"), START) == Posted("C1", "1.0")
        assert deliveries.claim("two", 9_000.0, LEASE, NO_PACE) is None
        (stored,) = deliveries.in_state("posted", 9)
        assert stored.posted == Posted("C1", "1.0")
        assert not deliveries.close(claim, "refused", "late")

    def test_who_lost_the_claim_may_still_say_where_it_is(self, deliveries: DeliveryStore) -> None:
        deliveries.add(new(), START)
        first = self.claimed(deliveries, 100.0)
        second = self.claimed(deliveries, 200.0)
        deliveries.confirm(first, Posted("C1", "1.0"), START)
        assert deliveries.start(second, 201.0, LEASE, START) is None

    def test_a_channel_and_a_workspace_have_a_pace(self, deliveries: DeliveryStore) -> None:
        pace = Pace(channel=1.0, workspace=0.25)
        for number, (channel, workspace) in enumerate(
            [("C1", "/T1"), ("C1", "/T1"), ("C2", "/T1"), ("C1", "/T2")]
        ):
            deliveries.add(new(f"s{number}", channel, workspace=workspace), START)

        def next_at(steady: float) -> str | None:
            claim = deliveries.claim("one", steady, LEASE, pace)
            return claim.delivery.key if claim else None

        assert next_at(100.0) == "s0"
        assert next_at(100.0) == "s3"  # another workspace
        assert next_at(100.2) is None
        assert next_at(100.25) == "s2"  # another channel
        assert next_at(100.9) is None
        assert next_at(101.0) == "s1"

    def test_a_workspace_waits_as_long_as_slack_asks(self, deliveries: DeliveryStore) -> None:
        deliveries.add(new(), START)
        deliveries.hold_back("/T1", 100.0, 30.0)
        deliveries.hold_back("/T1", 101.0, 1.0)  # a shorter wait does not shorten a longer one
        assert deliveries.claim("one", 129.0, LEASE, NO_PACE) is None
        assert deliveries.claim("one", 130.0, LEASE, NO_PACE) is not None

    def test_an_answer_waits_for_its_post_and_goes_into_its_thread(
        self, deliveries: DeliveryStore
    ) -> None:
        deliveries.add(new("first", "U1"), START)
        original = self.claimed(deliveries)
        answer = new("later", "U1", kind="follow-up", answers=original.delivery.id)
        deliveries.add(answer, START)
        assert deliveries.claim("two", 100.0, LEASE, NO_PACE) is None
        deliveries.confirm(original, Posted("D1", "7.0"), START)
        stored = self.claimed(deliveries).delivery
        assert (stored.channel, stored.thread) == ("D1", "7.0")

    def test_a_doubtful_one_waits_for_a_persons_word(self, deliveries: DeliveryStore) -> None:
        for key in ("yes", "no"):
            deliveries.add(new(key), START)
            claim = self.claimed(deliveries)
            started = deliveries.start(claim, 100.0, LEASE, START)
            assert started is not None
            assert deliveries.close(started, "doubtful", "missing_scope")
        assert deliveries.claim("two", 9_000.0, LEASE, NO_PACE) is None
        assert deliveries.outstanding().doubtful == 2
        yes, no = deliveries.in_state("doubtful", 9)
        assert deliveries.settle(yes.id, was_posted=True, now=START)
        assert deliveries.settle(no.id, was_posted=False, now=START)
        assert not deliveries.settle(no.id, was_posted=False, now=START)
        again = self.claimed(deliveries, 9_000.0).delivery
        assert (again.key, again.uncertain) == ("no", False)

    def test_what_is_outstanding_is_counted(self, deliveries: DeliveryStore) -> None:
        assert deliveries.outstanding().oldest is None
        self.posted(deliveries, new("done"))
        deliveries.add(new("refused"), START)
        assert deliveries.close(self.claimed(deliveries), "refused", "is_archived")
        deliveries.add(new("late", due=START - timedelta(hours=1)), START)
        deliveries.add(new("other", workspace="/T2"), START)
        left = deliveries.outstanding("/T1")
        assert (left.pending, left.doubtful, left.refused) == (1, 0, 1)
        assert left.oldest == START - timedelta(hours=1)
        assert deliveries.outstanding().pending == 2
