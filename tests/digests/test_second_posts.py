"""Second posts are found and taken back over HTTP, whatever became of who posted them."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.digests.outbox import Outbox, Timing
from bot.digests.second_posts import SecondPosts
from bot.errors import StoreBusy, StoreError
from bot.store import StateStore
from bot.store.deliveries import Delivery, NewDelivery, Pace, Posted
from handlers.publisher import SlackPublisher
from tests.faults.slack import BOT_ID, FaultySlack, Post
from tests.faults.worker import publisher

DUE = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
SOON, LATER, LAST = 60.0, 900.0, 14_400.0


class Killed(BaseException):
    """Stands for `kill -9` where the rest of the test's process must go on."""


class Late:
    """The real publisher of a process that is frozen before each send, and may not live on."""

    def __init__(self, bench: "Bench", *, dies: bool) -> None:
        real = bench.publisher
        self._bench, self._real, self._dies = bench, real, dies
        self.standing, self.retract, self.amend = real.standing, real.retract, real.amend

    def ready(self, delivery: Delivery) -> Callable[[], Posted]:
        send = self._real.ready(delivery)

        def late() -> Posted:
            self._bench.moment += 61
            assert self._bench.outbox.step()
            posted = send()
            if self._dies:
                raise Killed
            return posted

        return late


class Bench:
    """A store, a Slack, an outbox and who takes back, on a steady clock that the test moves."""

    def __init__(self, store: StateStore, slack: FaultySlack) -> None:
        self.store, self.slack, self.moment = store, slack, 1_000.0
        self.timing = Timing(request=5.0, pace=Pace(0.0, 0.0), steady=lambda: self.moment)
        self.publisher = publisher(slack.url, self.timing.request)
        self.outbox = self.outbox_over(self.publisher)
        self.second_posts = self.another()

    def outbox_over(self, slack: SlackPublisher | Late) -> Outbox:
        return Outbox(self.store.deliveries, slack, now, timing=self.timing)

    def another(self) -> SecondPosts:
        return SecondPosts(self.store.second_posts, self.publisher, now, self.timing)

    def add(self, key: str = "s1", **more: object) -> None:
        new = NewDelivery(key, "/T1", "digest", "C1", DUE, **more)  # type: ignore[arg-type]
        assert self.store.deliveries.add(new, DUE)

    def double(self, *, dies: bool, key: str = "s1", **more: object) -> None:
        """A process is frozen before it sends, another posts, and the first one wakes."""
        self.add(key, **more)
        frozen = self.outbox_over(Late(self, dies=dies))
        if dies:
            with pytest.raises(Killed):
                frozen.step()
        else:
            frozen.step()

    def look(self, after: float = 0.0) -> bool:
        self.moment += after
        return self.second_posts.step()

    def stored(self, key: str = "s1") -> Posted | None:
        delivery = self.store.deliveries.by_key(key)
        assert delivery is not None
        return delivery.posted

    def standing(self, key: str = "s1") -> list[Posted]:
        return [Posted(post.channel, post.ts) for post in self.slack.standing(key)]

    def read(self) -> int:
        """How often the history was read since this was asked."""
        return self.slack.done.pop("history read", 0)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with (
        closing(StateStore.open(tmp_path / "tme.db", busy_timeout=0.02)) as store,
        FaultySlack() as slack,
    ):
        yield Bench(store, slack)


def test_a_process_that_wakes_has_its_second_post_taken_back(bench: Bench) -> None:
    bench.double(dies=False)
    first, second = bench.standing()
    assert bench.stored() == first
    assert bench.store.deliveries.outstanding().second_posts == 1
    assert bench.look()
    assert bench.standing() == [first]
    assert bench.slack.posts[1].ts == second.ts
    assert bench.store.deliveries.outstanding().second_posts == 0
    assert not bench.look()


@pytest.mark.parametrize("trouble", [(500, "internal_error"), (429, "ratelimited")])
def test_taking_back_is_tried_until_it_is_done(bench: Bench, trouble: tuple[int, str]) -> None:
    """With waits that grow, and a memory that outlasts a restart."""
    bench.double(dies=False)
    bench.slack.deletions = [trouble] * 4
    bench.look()
    for wait in (5.0, 10.0, 20.0):
        bench.second_posts = bench.another()
        assert not bench.look(after=wait - 0.5)
        assert bench.look(after=0.5)
        assert len(bench.standing()) == 2
        assert bench.store.deliveries.outstanding().second_posts == 1
    bench.look(after=40.0)
    assert bench.standing() == [bench.stored()]
    assert bench.store.deliveries.outstanding().second_posts == 0


def test_what_was_taken_back_without_an_answer_is_found_gone(bench: Bench) -> None:
    bench.double(dies=False)
    bench.slack.deletions = [(0, "")]
    bench.look()
    assert bench.standing() == [bench.stored()]
    assert bench.store.deliveries.outstanding().second_posts == 1
    bench.look(after=5.0)
    assert bench.store.deliveries.outstanding().second_posts == 0
    assert bench.slack.done["taken back"] == 1


def test_what_slack_refuses_to_take_back_waits_for_a_person(bench: Bench) -> None:
    bench.double(dies=False)
    second = bench.standing()[1]
    bench.slack.deletions = [(200, "cant_delete_message")] * 2
    bench.look()
    (found,) = bench.store.second_posts.unsettled("/T1")
    assert (found.second, found.reason) == (second, "cant_delete_message")
    assert bench.store.deliveries.outstanding().twice == 1
    assert bench.store.second_posts.look_again(found.delivery)
    bench.look(after=3.0)
    assert bench.store.deliveries.outstanding().twice == 1
    assert bench.store.second_posts.settle(found.delivery)
    assert not bench.store.second_posts.settle(found.delivery)
    assert not bench.store.second_posts.look_again(found.delivery)
    assert bench.store.deliveries.outstanding().twice == 0
    assert not bench.store.second_posts.unsettled()


def test_a_process_killed_after_its_late_post_leaves_nothing_standing_twice(bench: Bench) -> None:
    bench.double(dies=True)
    assert len(bench.standing()) == 2
    assert bench.store.deliveries.outstanding().second_posts == 0  # nobody knows
    assert not bench.look(after=SOON - 1)
    assert bench.look(after=1)
    assert bench.standing() == [bench.stored()]


def test_whoever_takes_over_may_be_killed_after_its_post_too(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that was frozen wakes, posts and says where; nobody knows of the other's post."""
    step, ready = bench.outbox.step, bench.publisher.ready

    def dying(delivery: Delivery) -> Callable[[], Posted]:
        send = ready(delivery)

        def sent() -> Posted:
            send()
            raise Killed

        return sent

    def killed() -> bool:
        monkeypatch.setattr(bench.publisher, "ready", dying)
        with pytest.raises(Killed):
            step()
        return True

    monkeypatch.setattr(bench.outbox, "step", killed)
    bench.double(dies=False)
    first, second = bench.standing()
    assert bench.stored() == second
    bench.look(after=SOON)
    assert bench.standing() == [second]
    assert first.ts < second.ts


def test_a_late_post_whose_reply_is_lost_is_taken_back(bench: Bench) -> None:
    bench.slack.doubling = lambda _worker, _key: True
    bench.double(dies=False)
    assert len(bench.standing()) == 2
    bench.look(after=SOON)
    assert bench.standing() == [bench.stored()]


def test_a_late_post_that_the_store_could_not_take_down_is_taken_back(
    bench: Bench, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "tme.db", check_same_thread=False)) as other:

        def lock(_worker: int, _key: str) -> bool:
            other.execute("BEGIN IMMEDIATE")
            return False

        bench.slack.doubling = lock
        with pytest.raises(StoreBusy):
            bench.double(dies=False)
        other.rollback()
    assert bench.store.deliveries.outstanding().second_posts == 0
    bench.look(after=SOON)
    assert bench.standing() == [bench.stored()]


def test_a_post_that_slack_shows_late_is_taken_back(bench: Bench) -> None:
    """Its reply was lost, the history did not show it, it was sent again, and then it is there."""
    bench.add()
    bench.slack.plan.lost_request = 1.0
    bench.outbox.step()
    bench.slack.plan.lost_request = 0.0
    bench.moment += 31
    bench.outbox.step()
    (sent,) = bench.slack.posts
    late = Post("s1", "C1", f"{sent.ts}1", sent.text, sent.metadata, 0, 0.0)
    bench.look(after=SOON)
    bench.slack.posts.insert(0, late)
    bench.look(after=LATER)
    assert late.deleted
    assert bench.standing() == [bench.stored()]


def test_an_attempt_in_doubt_is_not_forgotten_because_the_next_cannot_be_drawn(
    bench: Bench,
) -> None:
    bench.add()
    bench.slack.plan.lost_request = 1.0
    bench.outbox.step()
    bench.slack.plan.lost_request = 0.0

    def broken(_delivery: Delivery) -> Callable[[], Posted]:
        raise StoreError("Record w1 cannot be read.")

    ready = bench.publisher.ready
    bench.publisher.ready = broken  # type: ignore[method-assign]
    bench.moment += 31
    with pytest.raises(StoreError):
        bench.outbox.step()
    bench.publisher.ready = ready  # type: ignore[method-assign]
    bench.moment += 61
    bench.outbox.step()
    assert len(bench.standing()) == 1
    assert bench.store.second_posts.looks_left() == 1


def test_what_was_posted_at_once_is_not_looked_at(bench: Bench) -> None:
    bench.add()
    bench.outbox.step()
    assert not bench.look(after=SOON)
    assert bench.read() == 0


def test_a_delivery_is_looked_at_three_times_and_no_more(bench: Bench) -> None:
    """A second post is taken back at whichever look it is first seen."""
    bench.double(dies=True)
    late = bench.slack.posts[1]
    late.deleted = True
    bench.read()
    bench.look(after=SOON)
    assert not bench.look(after=LATER - 1)
    assert bench.look(after=1)
    late.deleted = False
    assert not bench.look(after=LAST - 1)
    assert bench.look(after=1)
    assert late.deleted
    assert not bench.look(after=10 * LAST)
    assert bench.read() == 3
    assert bench.store.second_posts.looks_left() == 0


def test_a_kill_between_remembering_and_taking_back_forgets_nothing(bench: Bench) -> None:
    bench.double(dies=True)

    def killed(*_: object) -> None:
        raise Killed

    retract = bench.publisher.retract
    bench.publisher.retract = killed  # type: ignore[method-assign]
    with pytest.raises(Killed):
        bench.look(after=SOON)
    bench.publisher.retract = retract  # type: ignore[method-assign]
    assert bench.store.deliveries.outstanding().second_posts == 1
    bench.second_posts = bench.another()
    assert not bench.look()  # the lease of the one that was killed
    assert bench.look(after=61)
    assert bench.standing() == [bench.stored()]


def test_of_two_that_look_at_once_one_finds_nothing_to_do(bench: Bench) -> None:
    bench.double(dies=True)
    other, found = bench.another(), []
    bench.slack.looking = lambda: found.append(other.step())
    assert bench.look(after=SOON)
    assert found == [False]
    assert bench.slack.done["taken back"] == 1


def test_one_that_is_frozen_while_it_looks_does_nothing_when_it_wakes(bench: Bench) -> None:
    bench.double(dies=True)
    other = bench.another()

    def frozen() -> None:
        bench.slack.looking = None
        bench.moment += 61
        assert other.step()

    bench.slack.looking = frozen
    assert bench.look(after=SOON)
    assert bench.slack.done["taken back"] == 1
    assert bench.standing() == [bench.stored()]


def test_nothing_is_taken_back_that_is_not_this_delivery_of_the_bots_own(bench: Bench) -> None:
    bench.double(dies=True)
    ours = bench.slack.posts[0]

    def stand(ts: int, key: str, event_type: str = "tme_digest", bot: str = BOT_ID) -> Post:
        metadata = {"event_type": event_type, "event_payload": {"key": key}}
        post = Post(key, "C1", f"{float(ours.ts) + ts:.6f}", "", metadata, 0, 0.0, bot=bot)
        bench.slack.posts.append(post)
        return post

    others = [stand(1, "s1", bot="B0OTHER"), stand(2, "s11"), stand(3, "s1", "other")]
    for wait in (SOON, LATER, LAST):
        bench.look(after=wait)
    assert not any(post.deleted for post in (ours, *others))
    assert bench.slack.done["not its own"] == 0
    assert bench.slack.posts[1].deleted


def test_the_only_one_that_stands_is_kept_and_answered(bench: Bench) -> None:
    """Somebody deleted the post that was held: the other one is the delivery from then on."""
    bench.double(dies=True)
    gone, other = bench.slack.posts
    gone.deleted = True
    bench.look(after=SOON)
    bench.look(after=LATER)
    assert bench.stored() == Posted("C1", gone.ts)  # Slack may yet show it
    bench.look(after=LAST)
    assert bench.stored() == Posted("C1", other.ts)
    assert not other.deleted
    assert bench.slack.done["taken back"] == 0
    original = bench.store.deliveries.by_key("s1")
    assert original is not None
    bench.add("told", answers=original.id)
    bench.outbox.step()
    assert bench.slack.posts[-1].thread == other.ts


def test_the_only_one_that_stands_is_kept_although_it_was_to_be_taken_back(bench: Bench) -> None:
    bench.double(dies=False)
    gone, other = bench.slack.posts
    gone.deleted = True
    for wait in (0.0, LATER, LAST):
        assert bench.look(after=wait)
    assert bench.stored() == Posted("C1", other.ts)
    assert not other.deleted
    assert bench.store.deliveries.outstanding().second_posts == 0


def test_of_several_that_stand_the_first_is_kept_where_the_known_one_is_gone(bench: Bench) -> None:
    bench.double(dies=True)
    gone, first = bench.slack.posts
    gone.deleted = True
    ts = f"{float(first.ts) + 1:.6f}"
    bench.slack.posts.append(Post("s1", "C1", ts, "", first.metadata, 0, 0.0, bot=BOT_ID))
    for wait in (SOON, LATER, LAST):
        bench.look(after=wait)
    assert bench.stored() == Posted("C1", first.ts)
    assert bench.standing() == [Posted("C1", first.ts)]


@pytest.mark.parametrize(("slow", "taken_back"), [(54.9, 1), (55.0, 0)])
def test_taking_back_must_be_able_to_end_before_the_lease_does(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, slow: float, taken_back: int
) -> None:
    """Of the minute that a lease lasts, the request may take five seconds here."""
    bench.double(dies=False)
    remember = bench.store.second_posts.remember

    def slowly(*args: object) -> object:
        claimed = remember(*args)  # type: ignore[arg-type]
        bench.moment += slow
        return claimed

    monkeypatch.setattr(bench.store.second_posts, "remember", slowly)
    assert bench.look()
    assert bench.slack.done["taken back"] == taken_back
    monkeypatch.undo()
    bench.look(after=61)
    assert bench.slack.done["taken back"] == 1
    assert len(bench.standing()) == 1


def test_a_second_post_in_a_thread_is_found_there(bench: Bench) -> None:
    bench.add()
    bench.outbox.step()
    original = bench.store.deliveries.by_key("s1")
    assert original is not None
    bench.double(dies=True, key="told", answers=original.id)
    assert {post.thread for post in bench.slack.standing("told")} == {bench.stored().ts}  # type: ignore[union-attr]
    bench.look(after=SOON)
    assert bench.standing("told") == [bench.stored("told")]


def test_a_direct_message_is_looked_for_where_slack_put_it(bench: Bench) -> None:
    bench.double(dies=True)
    first = bench.slack.posts[0]
    with closing(sqlite3.connect(bench.store.status().location)) as db, db:
        db.execute("UPDATE deliveries SET channel = 'U1'")
    bench.look(after=SOON)
    assert bench.standing() == [Posted("C1", first.ts)]


def test_without_the_right_to_look_what_is_known_is_taken_back(bench: Bench) -> None:
    """And that nobody looked is said."""
    bench.double(dies=False)
    bench.slack.history_refusal = "missing_scope"
    bench.look()
    assert bench.standing() == [bench.stored()]
    bench.look(after=LATER)
    bench.look(after=LAST)
    (found,) = bench.store.second_posts.unsettled()
    assert (found.second, found.reason) == (None, "missing_scope")
    bench.slack.history_refusal = None
    assert bench.store.second_posts.look_again(found.delivery)
    assert bench.store.deliveries.outstanding().twice == 0
    assert bench.look(after=3.0)


def test_a_history_that_cannot_be_read_is_asked_for_a_few_times_only(bench: Bench) -> None:
    bench.double(dies=True)
    bench.slack.history_refusal = "not_in_channel"
    bench.read()
    for _ in range(200):
        bench.look(after=SOON)
    for _ in range(20):
        bench.look(after=LAST)
    assert bench.read() == 3 * 6  # six times at each of the three moments
    (found,) = bench.store.second_posts.unsettled()
    assert found.reason == "not_in_channel"


def test_looks_wait_as_long_as_slack_asks_and_hold_up_no_delivery(bench: Bench) -> None:
    bench.double(dies=True)
    bench.double(dies=True, key="s2")
    bench.slack.history_refusal = "ratelimited"
    bench.moment += SOON
    assert bench.look()
    assert not bench.look(after=29.0)  # half a minute, as none was named
    bench.add("s3")
    assert bench.outbox.step()
    assert bench.standing("s3") == [bench.stored("s3")]
    bench.slack.history_refusal = None
    assert bench.look(after=1.0)
    assert not bench.look()  # two looks are a few seconds apart
    assert bench.look(after=3.0)
    assert bench.standing() == [bench.stored()]
    assert bench.standing("s2") == [bench.stored("s2")]


def test_what_the_bot_knows_only_by_a_persons_word_is_found(bench: Bench) -> None:
    """Doubtful, and said to be posted: the look tells where, and follow-ups answer it."""
    bench.double(dies=True)
    with closing(sqlite3.connect(bench.store.status().location)) as db, db:
        db.execute("UPDATE deliveries SET posted_in = NULL, ts = NULL")
    bench.look(after=SOON)
    assert bench.standing() == [bench.stored()]
