"""The outbox, with the real publisher over HTTP: what each answer of Slack's comes to."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.digests.outbox import Hooks, Outbox, Timing
from bot.errors import StoreError
from bot.store import StateStore
from bot.store.deliveries import Delivery, NewDelivery, Pace, Posted
from handlers.publisher import SlackPublisher
from handlers.views.message import Message
from handlers.views.parts import section
from tests.handlers.standin import BOT_ID, SlackStandIn
from tests.store.examples import START


class Bench:
    """An outbox, a store and a stand-in for Slack, with a steady clock that the test moves."""

    def __init__(self, store: StateStore, slack: SlackStandIn) -> None:
        self.slack, self.deliveries, self.moment = slack, store.deliveries, 1_000.0
        self.heard: list[str] = []
        self.in_doubt: list[bool] = []
        self.keeps: float | None = None
        client = WebClient(token="xoxb-test", base_url=slack.url, timeout=5, retry_handlers=[])
        self.publisher = SlackPublisher(client, draw)
        timing = Timing(pace=Pace(0.0, 0.0), steady=lambda: self.moment)
        self.outbox = Outbox(
            store.deliveries,
            self.publisher,
            lambda: START,
            timing=timing,
            hooks=Hooks(refused=self.hear),
        )

    def hear(self, delivery: Delivery, reason: str) -> float | None:
        self.heard.append(reason)
        self.in_doubt.append(delivery.uncertain)
        return self.keeps

    def add(self, key: str = "s1", channel: str = "C1", **more: object) -> None:
        new = NewDelivery(key, "/T1", "digest", channel, START, **more)  # type: ignore[arg-type]
        assert self.deliveries.add(new, START)

    def step(self, after: float = 0.0) -> bool:
        self.moment += after
        return self.outbox.step()

    def posts(self) -> list[dict[str, object]]:
        return [call.body for call in self.slack.said("chat.postMessage")]

    def only(self, state: str) -> Delivery:
        (stored,) = self.deliveries.in_state(state, 9)  # type: ignore[arg-type]
        return stored


def shown(key: str, ts: str) -> dict[str, object]:
    """A delivery's message, as the channel's history has it."""
    metadata = {"event_type": "tme_digest", "event_payload": {"key": key}}
    return {"bot_id": BOT_ID, "metadata": metadata, "ts": ts}


def draw(delivery: Delivery) -> Message:
    return Message((section(f"*Digest* {delivery.key}"),))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    store = StateStore.open(tmp_path / "tme.db", now=lambda: START)
    with SlackStandIn() as slack:
        yield Bench(store, slack)
    store.close()


def test_a_delivery_is_posted_with_its_key(bench: Bench) -> None:
    bench.add()
    assert bench.step()
    assert not bench.step()
    (post,) = bench.posts()
    assert post["channel"] == "C1"
    assert post["metadata"] == {"event_type": "tme_digest", "event_payload": {"key": "s1"}}
    assert bench.only("posted").posted == Posted("C1", "1700000000.000100")


def test_a_lost_reply_is_looked_for_and_not_sent_again(bench: Bench) -> None:
    bench.add()
    bench.slack.drop("chat.postMessage")
    bench.step()
    assert bench.only("pending").uncertain
    assert not bench.step()  # a message may still appear
    bench.slack.dropped.clear()
    found = {"messages": [{"ts": "6.0"}, shown("s1", "5.0")]}
    bench.slack.answers["conversations.history"] = found
    assert bench.step(after=31)
    assert len(bench.posts()) == 1
    assert bench.only("posted").posted == Posted("C1", "5.0")
    (looked,) = bench.slack.said("conversations.history")
    assert float(looked.body["oldest"]) == (START.timestamp() - 86_400)
    assert looked.body["include_all_metadata"] in ("1", "true", "True", True)


def test_a_lost_request_is_sent_again(bench: Bench) -> None:
    bench.add()
    bench.slack.drop("chat.postMessage")
    bench.step()
    bench.slack.dropped.clear()
    bench.slack.answers["conversations.history"] = {"messages": []}
    bench.step(after=31)
    assert len(bench.posts()) == 2
    assert bench.only("posted").attempt == 2


def test_a_long_history_is_read_page_by_page(bench: Bench) -> None:
    bench.add()
    bench.slack.refuse_once("chat.postMessage", "internal_error")
    bench.step()
    endless = {"messages": [], "response_metadata": {"next_cursor": "more"}}
    bench.slack.answers["conversations.history"] = endless
    bench.step(after=31)
    assert bench.only("pending").reason == "the channel's history is too long to read"
    assert bench.only("pending").uncertain
    assert len(bench.posts()) == 1
    assert bench.slack.said("conversations.history")[1].body["cursor"] == "more"


def test_a_thread_is_looked_through_where_it_belongs(bench: Bench) -> None:
    bench.add()
    bench.step()
    answers = bench.only("posted").id
    bench.add("later", answers=answers)
    bench.slack.refuse_once("chat.postMessage", "fatal_error")
    bench.step()
    assert bench.posts()[1]["thread_ts"] == "1700000000.000100"
    bench.slack.answers["conversations.replies"] = {"messages": [shown("later", "8.0")]}
    bench.step(after=31)
    assert bench.slack.said("conversations.replies")[0].body["ts"] == "1700000000.000100"
    assert {d.posted and d.posted.ts for d in bench.deliveries.in_state("posted", 9)} == {
        "1700000000.000100",
        "8.0",
    }


def test_without_the_right_to_look_it_waits_for_a_person(bench: Bench) -> None:
    bench.add()
    bench.slack.refuse_once("chat.postMessage", "internal_error")
    bench.slack.refuse("conversations.history", "missing_scope")
    bench.step()
    bench.step(after=31)
    doubtful = bench.only("doubtful")
    assert doubtful.reason == "missing_scope"
    assert not bench.step(after=9_000)
    assert bench.deliveries.settle(doubtful.id, was_posted=False, now=START)
    assert bench.step()
    assert len(bench.posts()) == 2


def test_a_history_that_cannot_be_read_now_is_read_later(bench: Bench) -> None:
    bench.add()
    bench.slack.refuse_once("chat.postMessage", "internal_error")
    bench.slack.refuse_once("conversations.history", "not_in_channel")
    bench.step()
    bench.step(after=31)
    assert bench.heard == ["not_in_channel"]
    assert bench.only("pending").uncertain
    bench.slack.answers["conversations.history"] = {"messages": []}
    bench.step(after=61)
    assert bench.only("posted")


def test_a_lost_word_to_a_person_is_looked_for_in_their_direct_messages(bench: Bench) -> None:
    """Slack has no history of a person's id: the channel is asked for, once."""
    bench.slack.answers["conversations.open"] = {"channel": {"id": "D9"}}
    bench.slack.answers["conversations.history"] = {"messages": [shown("s1", "5.0")]}
    for key in ("s1", "s2"):
        bench.add(key, channel="U0ALICE")
        bench.slack.refuse_once("chat.postMessage", "internal_error")
        bench.step()
        bench.step(after=31)
    (opened,) = bench.slack.said("conversations.open")
    assert opened.body["users"] == "U0ALICE"
    assert {call.body["channel"] for call in bench.slack.said("conversations.history")} == {"D9"}
    assert Posted("D9", "5.0") in {
        stored.posted for stored in bench.deliveries.in_state("posted", 9)
    }


@pytest.mark.parametrize("reason", ["missing_scope", "user_disabled"])
def test_a_lost_word_to_a_person_who_cannot_be_asked_of_waits_for_a_person(
    bench: Bench, reason: str
) -> None:
    bench.add(channel="U0ALICE")
    bench.slack.refuse_once("chat.postMessage", "internal_error")
    bench.slack.refuse("conversations.open", reason)
    bench.step()
    bench.step(after=31)
    assert bench.only("doubtful").reason == reason
    assert not bench.step(after=9_000)


def test_what_slack_puts_off_is_sent_when_it_says(bench: Bench) -> None:
    bench.add()
    bench.add("s2")
    bench.slack.refuse_once("chat.postMessage", "ratelimited")
    bench.step()
    assert not bench.step(after=29)  # the whole workspace waits: half a minute, as none was named
    assert bench.step(after=1)
    assert bench.step()
    assert len(bench.posts()) == 3
    assert not bench.slack.said("conversations.history")


def test_what_slack_refuses_is_kept_or_closed(bench: Bench) -> None:
    bench.slack.refuse("chat.postMessage", "is_archived")
    bench.add()
    bench.keeps = 60.0
    bench.step()
    stored = bench.only("pending")
    assert (stored.uncertain, stored.reason) == (False, "is_archived")
    bench.keeps = None
    bench.step(after=61)
    assert bench.only("refused").reason == "is_archived"
    assert bench.heard == ["is_archived", "is_archived"]


def test_what_is_refused_after_a_lost_reply_stays_in_doubt(bench: Bench) -> None:
    """Who hears of it is told so, and it is looked for again before it is sent."""
    bench.add()
    bench.keeps = 60.0
    bench.slack.refuse_once("chat.postMessage", "internal_error")
    bench.step()
    bench.slack.answers["conversations.history"] = {"messages": []}
    bench.slack.refuse_once("chat.postMessage", "not_in_channel")
    bench.step(after=31)
    stored = bench.only("pending")
    assert (stored.uncertain, stored.reason) == (True, "not_in_channel")
    assert bench.in_doubt == [True]
    bench.slack.answers["conversations.history"] = {"messages": [shown("s1", "5.0")]}
    bench.step(after=61)
    assert bench.only("posted").posted == Posted("C1", "5.0")


def test_blocks_that_slack_does_not_like_are_sent_as_text(bench: Bench) -> None:
    bench.add()
    bench.slack.refuse_once("chat.postMessage", "invalid_blocks")
    bench.step()
    bench.step()
    first, second = bench.posts()
    assert "blocks" in first
    assert "blocks" not in second
    assert second["text"] == "Digest s1"
    bench.slack.refuse("chat.postMessage", "invalid_blocks")
    bench.add("s2")
    bench.step()
    bench.step()
    assert bench.only("refused").reason == "invalid_blocks"


def test_a_slow_store_does_not_send_on_a_lease_that_ends(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.add()
    start = bench.deliveries.start

    def slow(*args: object) -> object:
        started = start(*args)  # type: ignore[arg-type]
        bench.moment += 55
        return started

    monkeypatch.setattr(bench.deliveries, "start", slow)
    bench.step()
    assert bench.posts() == []
    assert not bench.only("pending").uncertain
    monkeypatch.undo()
    bench.step()
    assert len(bench.posts()) == 1


def test_the_times_that_operators_are_promised() -> None:
    """A minute's freeze is safe; a late post is looked for three times."""
    timing = Timing()
    assert timing.lease == 60
    assert timing.looks == (60, 15 * 60, 4 * 60 * 60)
    # Slack takes about a message a second in a channel, and some hundred a minute in a workspace.
    assert timing.pace == Pace(1.0, 0.25)
    # Looking leaves most of what Slack allows to others.
    assert timing.look_pace == 3
    assert (timing.request, timing.settle, timing.retry, timing.again) == (10, 30, 60, 5)


@pytest.mark.parametrize(("slow", "sent"), [(49.9, 1), (50.0, 0)])
def test_a_request_must_be_able_to_end_before_the_lease_does(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, slow: float, sent: int
) -> None:
    """Of the minute a lease lasts, the request may take ten seconds."""
    bench.add()
    start = bench.deliveries.start

    def slowly(*args: object) -> object:
        started = start(*args)  # type: ignore[arg-type]
        bench.moment += slow
        return started

    monkeypatch.setattr(bench.deliveries, "start", slowly)
    bench.step()
    assert len(bench.posts()) == sent


def test_a_lost_reply_is_looked_for_after_half_a_minute_and_no_sooner(bench: Bench) -> None:
    bench.add()
    bench.slack.refuse_once("chat.postMessage", "internal_error")
    bench.step()
    bench.slack.answers["conversations.history"] = {"messages": []}
    assert not bench.step(after=29.9)
    assert bench.step(after=0.1)
    assert len(bench.posts()) == 2


def test_a_history_that_cannot_be_read_is_read_again_after_a_minute(bench: Bench) -> None:
    bench.add()
    bench.slack.refuse_once("chat.postMessage", "internal_error")
    bench.step()
    bench.slack.refuse("conversations.history", "channel_not_found")
    bench.step(after=30)
    looks = len(bench.slack.said("conversations.history"))
    assert not bench.step(after=59.9)
    assert len(bench.slack.said("conversations.history")) == looks
    bench.step(after=0.1)
    assert len(bench.slack.said("conversations.history")) > looks


def test_who_was_taken_over_does_not_send(bench: Bench) -> None:
    """Frozen between the claim and the last look: the other one posts, and this one sees it."""
    bench.add()
    ready = bench.publisher.ready

    def frozen(delivery: Delivery) -> Callable[[], Posted]:
        bench.publisher.ready = ready  # type: ignore[method-assign]
        bench.moment += 61
        assert bench.outbox.step()
        return ready(delivery)

    bench.publisher.ready = frozen  # type: ignore[method-assign]
    bench.step()
    assert len(bench.posts()) == 1


def test_only_a_message_of_the_bots_own_counts_as_posted(bench: Bench) -> None:
    bench.add()
    bench.slack.refuse_once("chat.postMessage", "internal_error")
    bench.step()
    other_bot = {**shown("s1", "5.0"), "bot_id": "B0OTHER"}
    other_kind = shown("s1", "6.0") | {
        "metadata": {"event_type": "other", "event_payload": {"key": "s1"}}
    }
    found = {"messages": [other_bot, other_kind, shown("s11", "7.0")]}
    bench.slack.answers["conversations.history"] = found
    bench.step(after=31)
    assert len(bench.posts()) == 2
    assert bench.only("posted").posted == Posted("C1", "1700000000.000100")


def test_who_the_bot_is_must_be_known_to_find_its_posts(bench: Bench) -> None:
    bench.add()
    bench.slack.refuse_once("chat.postMessage", "internal_error")
    bench.step()
    bench.slack.answers["conversations.history"] = {"messages": [shown("s1", "5.0")]}
    bench.slack.refuse_once("auth.test", "ratelimited")
    bench.step(after=31)
    assert bench.only("pending").reason == "ratelimited"
    bench.step(after=61)
    assert bench.only("posted").posted == Posted("C1", "5.0")


def test_what_cannot_be_drawn_does_not_hold_up_the_rest(bench: Bench) -> None:
    bench.add()
    bench.add("s2")

    def broken(_delivery: Delivery) -> Callable[[], Posted]:
        raise StoreError("Record w1 cannot be read.")

    ready = bench.publisher.ready
    bench.publisher.ready = broken  # type: ignore[method-assign]
    with pytest.raises(StoreError):
        bench.step()
    bench.publisher.ready = ready  # type: ignore[method-assign]
    bench.step()
    assert bench.posts()[0]["text"] == "Digest s2"
    assert bench.only("pending").reason == "it cannot be drawn"


def test_a_client_that_repeats_by_itself_is_not_taken() -> None:
    with pytest.raises(ValueError, match="twice"):
        SlackPublisher(WebClient(token="xoxb-test"), draw)


def test_a_post_that_another_makes_out_of_date_is_drawn_again_once_it_is_there(
    bench: Bench,
) -> None:
    bench.add("old")
    bench.step()
    old = bench.only("posted")
    drawn: list[str] = []
    bench.publisher.amend = lambda delivery: drawn.append(delivery.key)  # type: ignore[method-assign]
    waiting = replace(old, key="not posted yet", posted=None)
    for key, outdated in (("s1", waiting), ("s2", None), ("s3", old)):
        bench.outbox._outdated = lambda _delivery, found=outdated: found
        bench.add(key)
        assert bench.step()
    assert drawn == ["old"]
