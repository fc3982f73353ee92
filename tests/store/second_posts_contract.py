"""What every `SecondPostStore` promises: an implementation inherits `SecondPostsContract`.

It gives one fixture, `store`: an empty store.
"""

import pytest

from bot.store import StateStore
from bot.store.deliveries import Claim, Pace, Posted
from bot.store.second_posts import Look, SecondPostStore

from .examples import START
from .outbox_contract import LEASE, NO_PACE, new

FIRST, SECOND, THIRD = Posted("C1", "1.0"), Posted("C1", "2.0"), Posted("C1", "3.0")


class SecondPostsContract:
    """The promises of the store's part in taking back second posts."""

    @pytest.fixture
    def second_posts(self, store: StateStore) -> SecondPostStore:
        return store.second_posts

    def claimed(self, store: StateStore, steady: float) -> Claim:
        claim = store.deliveries.claim("one", steady, LEASE, NO_PACE)
        assert claim is not None
        return claim

    def started(self, store: StateStore, steady: float, look_after: float = 30.0) -> Claim:
        claim = self.claimed(store, steady)
        started = store.deliveries.start(claim, steady, LEASE, START, look_after)
        assert started is not None
        return started

    def taken_over(self, store: StateStore, channel: str = "C1", steady: float = 100.0) -> Claim:
        """A delivery that was started, and taken over and posted 100 s later; the first claim."""
        assert store.deliveries.add(new(channel, channel), START)
        first = self.started(store, steady)
        second = self.started(store, steady + 100.0)
        store.deliveries.confirm(second, Posted(channel, "1.0"), START)
        return first

    def look(self, store: StateStore, steady: float) -> Look:
        look = store.second_posts.claim("two", steady, LEASE, 0.0)
        assert look is not None
        return look

    def remembered(self, store: StateStore, look: Look, *others: Posted) -> Look:
        known = store.second_posts.remember(look, others, look.until - LEASE, LEASE, START)
        assert known is not None
        return known

    def test_what_was_started_once_is_not_looked_at(
        self, store: StateStore, second_posts: SecondPostStore
    ) -> None:
        store.deliveries.add(new(), START)
        store.deliveries.confirm(self.started(store, 100.0), FIRST, START)
        assert second_posts.looks_left() == 0
        assert second_posts.claim("two", 9_000.0, LEASE, 0.0) is None

    def test_what_certainly_was_not_posted_is_not_looked_at(
        self, store: StateStore, second_posts: SecondPostStore
    ) -> None:
        store.deliveries.add(new(), START)
        first = self.started(store, 100.0)
        store.deliveries.release(first, 100.0, 0.0, "ratelimited", uncertain=False)
        store.deliveries.confirm(self.started(store, 101.0), FIRST, START)
        assert second_posts.looks_left() == 0

    def test_what_was_taken_over_is_looked_at_once_it_is_posted(
        self, store: StateStore, second_posts: SecondPostStore
    ) -> None:
        store.deliveries.add(new(), START)
        self.started(store, 100.0)
        second = self.started(store, 200.0)
        assert second_posts.looks_left() == 0
        assert second_posts.claim("two", 250.0, LEASE, 0.0) is None
        store.deliveries.confirm(second, FIRST, START)
        assert second_posts.looks_left() == 1
        assert second_posts.claim("two", 229.0, LEASE, 0.0) is None
        look = self.look(store, 230.0)
        assert (look.delivery.posted, look.seen, look.tries, look.others) == (FIRST, 0, 0, ())

    def test_looks_begin_after_the_last_attempt(
        self, store: StateStore, second_posts: SecondPostStore
    ) -> None:
        """Also when Slack certainly did not take the one before: the first is still in doubt."""
        store.deliveries.add(new(), START)
        self.started(store, 100.0)
        second = self.started(store, 200.0)
        store.deliveries.release(second, 200.0, 0.0, "ratelimited", uncertain=False)
        store.deliveries.confirm(self.started(store, 300.0), FIRST, START)
        assert second_posts.claim("two", 329.0, LEASE, 0.0) is None
        self.look(store, 330.0)

    def test_a_second_post_is_written_down_with_the_word_that_it_was_posted(
        self, store: StateStore, second_posts: SecondPostStore
    ) -> None:
        """And its look is due at once, also when all looks had been done."""
        first = self.taken_over(store)
        second_posts.done(self.look(store, 300.0), 300.0, None, None)
        assert second_posts.looks_left() == 0
        assert store.deliveries.confirm(first, SECOND, START) == FIRST
        assert store.deliveries.confirm(first, SECOND, START) == FIRST
        assert store.deliveries.outstanding("/T1").second_posts == 1
        assert store.deliveries.outstanding("/T2").second_posts == 0
        look = self.look(store, 300.0)
        assert (look.others, look.seen) == ((SECOND,), 0)

    def test_a_second_post_that_comes_while_it_is_looked_at_is_looked_at_at_once(
        self, store: StateStore, second_posts: SecondPostStore
    ) -> None:
        first = self.taken_over(store)
        under_way = self.look(store, 300.0)
        store.deliveries.confirm(first, SECOND, START)
        second_posts.done(under_way, 301.0, 900.0, None)
        assert self.look(store, 301.0).others == (SECOND,)

    def test_saying_again_where_it_is_makes_no_second_post(self, store: StateStore) -> None:
        first = self.taken_over(store)
        assert store.deliveries.confirm(first, FIRST, START) == FIRST
        assert store.deliveries.outstanding().second_posts == 0

    def test_a_lease_keeps_others_away_until_it_ends(
        self, store: StateStore, second_posts: SecondPostStore
    ) -> None:
        self.taken_over(store)
        first = self.look(store, 300.0)
        assert second_posts.claim("three", 359.0, LEASE, 0.0) is None
        second = second_posts.claim("three", 360.0, LEASE, 0.0)
        assert second is not None
        # Whoever lost the look does nothing more.
        assert second_posts.remember(first, [SECOND], 361.0, LEASE, START) is None
        second_posts.done(first, 361.0, None, None)
        second_posts.put_off(first, 361.0, 0.0, "late")
        second_posts.keep(first, SECOND)
        assert second_posts.claim("three", 362.0, LEASE, 0.0) is None
        known = second_posts.remember(second, [], 362.0, LEASE, START)
        assert known is not None
        assert (known.until, known.delivery.posted) == (362.0 + LEASE, FIRST)

    def test_a_lease_holds_against_one_that_read_the_clock_before(
        self, store: StateStore, second_posts: SecondPostStore
    ) -> None:
        self.taken_over(store)
        look = self.look(store, 300.0)
        assert second_posts.remember(look, [SECOND], 302.0, LEASE, START) is not None
        assert second_posts.claim("three", 301.0, LEASE, 0.0) is None

    def test_a_look_whose_lease_is_over_remembers_nothing(self, store: StateStore) -> None:
        self.taken_over(store)
        look = self.look(store, 300.0)
        late = store.second_posts.remember(look, [SECOND], 361.0, LEASE, START)
        assert late is None
        assert store.deliveries.outstanding().second_posts == 0

    def test_the_post_that_is_held_is_never_taken_back(self, store: StateStore) -> None:
        self.taken_over(store)
        known = self.remembered(store, self.look(store, 300.0), FIRST, SECOND)
        assert known.others == (SECOND,)

    def test_what_was_taken_back_is_done_with(
        self, store: StateStore, second_posts: SecondPostStore
    ) -> None:
        self.taken_over(store)
        look = self.remembered(store, self.look(store, 300.0), SECOND, THIRD)
        second_posts.taken_back(SECOND)
        second_posts.taken_back(THIRD, refused="cant_delete_message")
        assert self.remembered(store, look, SECOND, THIRD).others == ()
        left = store.deliveries.outstanding("/T1")
        assert (left.second_posts, left.twice) == (0, 1)
        (found,) = second_posts.unsettled("/T1")
        assert (found.delivery, found.second, found.reason) == (
            look.delivery.id, THIRD, "cant_delete_message",
        )  # fmt: skip
        assert not second_posts.unsettled("/T2")

    def test_a_person_says_that_it_stands_once_or_lets_it_be_tried_again(
        self, store: StateStore, second_posts: SecondPostStore
    ) -> None:
        self.taken_over(store)
        look = self.remembered(store, self.look(store, 300.0), SECOND)
        assert not second_posts.settle(look.delivery.id)
        second_posts.taken_back(SECOND, refused="is_archived")
        second_posts.done(look, 300.0, None, None)
        assert second_posts.look_again(look.delivery.id)
        again = self.look(store, 300.0)
        assert (again.others, again.seen) == ((SECOND,), 0)
        second_posts.done(again, 300.0, None, "missing_scope")
        assert store.deliveries.outstanding().twice == 1
        assert second_posts.settle(look.delivery.id)
        assert store.deliveries.outstanding().twice == 0
        assert not second_posts.look_again(look.delivery.id)

    def test_what_stands_is_held_as_the_delivery(
        self, store: StateStore, second_posts: SecondPostStore
    ) -> None:
        first = self.taken_over(store)
        store.deliveries.confirm(first, SECOND, START)
        look = self.look(store, 300.0)
        second_posts.keep(look, SECOND)
        known = self.remembered(store, look)
        assert (known.delivery.posted, known.others) == (SECOND, ())
        assert store.deliveries.outstanding().second_posts == 0

    def test_looks_are_put_off_and_follow_one_another(
        self, store: StateStore, second_posts: SecondPostStore
    ) -> None:
        self.taken_over(store)
        second_posts.put_off(self.look(store, 300.0), 300.0, 5.0, "ratelimited")
        assert second_posts.claim("two", 304.0, LEASE, 0.0) is None
        again = self.look(store, 305.0)
        assert (again.seen, again.tries) == (0, 1)
        second_posts.done(again, 305.0, 7_200.0, None)
        assert second_posts.claim("two", 7_504.0, LEASE, 0.0) is None
        last = self.look(store, 7_505.0)
        assert (last.seen, last.tries) == (1, 0)
        second_posts.done(last, 7_505.0, None, None)
        assert second_posts.claim("two", 9_000_000.0, LEASE, 0.0) is None

    def test_a_wait_from_before_the_machine_was_started_anew_is_over(
        self, store: StateStore, second_posts: SecondPostStore
    ) -> None:
        self.taken_over(store)
        second_posts.done(self.look(store, 300_000.0), 300_000.0, 14_400.0, None)
        assert self.look(store, 5.0).seen == 1

    def test_looks_have_a_pace_of_their_own(
        self, store: StateStore, second_posts: SecondPostStore
    ) -> None:
        self.taken_over(store, "C1", 100.0)
        self.taken_over(store, "C2", 300.0)
        assert second_posts.claim("two", 500.0, LEASE, 3.0) is not None
        assert second_posts.claim("two", 502.0, LEASE, 3.0) is None
        store.deliveries.add(new("s3"), START)
        assert store.deliveries.claim("one", 500.0, LEASE, Pace(1.0, 0.25)) is not None
        second_posts.hold_back("/T1", 502.0, 30.0)
        assert second_posts.claim("two", 531.0, LEASE, 3.0) is None
        assert second_posts.claim("two", 532.0, LEASE, 3.0) is not None
