"""What Slack heard acknowledged is answered: after trouble on the line, and by another process."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Event, Thread
from typing import Any, TypeAlias

import pytest
from slack_bolt import App, BoltRequest, BoltResponse

from bot.app.background import inbox_worker
from bot.app.bolt import build_bolt
from bot.app.composition import build_router
from bot.app.worker import Worker
from bot.errors import StoreAway, StoreBusy
from bot.settings import Settings
from bot.store.inbox import GIVEN_UP_AFTER, PATIENCE, InboxStore, Unanswered
from handlers.calls import EVENT_TYPE, TIMEOUT_SECONDS
from handlers.inbox import LEASE, Inbox
from handlers.services import Services
from handlers.views import buttons
from tests.handlers.bodies import ALICE, BOB, CHANNEL, DIRECT, direct, mention, press, slash
from tests.handlers.conftest import NOW
from tests.handlers.standin import BOT_ID, SlackStandIn
from tests.handlers.visitor import FORM, SECRET, Bot, form, signature, waiting_app

SEED = "10.1002/ctd2.70098"


@dataclass
class Server:
    """One process's part: its inbox, its app and the worker that answers again."""

    app: App
    worker: Worker
    clock: list[float]

    def hear(self, body: dict[str, Any]) -> BoltResponse:
        return self.app.dispatch(BoltRequest(mode="socket_mode", body=body))

    def later(self, seconds: float = 400.0) -> bool:
        """Let time go by, and the worker look once; whether it took something up."""
        self.clock[0] += seconds
        return self.worker.step()


@pytest.fixture
def server(untouched: Services, slack: SlackStandIn) -> Iterator[Callable[..., Server]]:
    """Servers over one store and one steady clock."""
    clock = [1_000.0]

    def one(patience: float = PATIENCE) -> Server:
        stored = InboxStore(untouched.store._connections, patience)
        inbox = Inbox(stored, lambda: NOW, lambda: clock[0])
        services = replace(untouched, inbox=inbox)
        app = waiting_app(slack, build_router(services))
        return Server(app, inbox_worker(services, app), clock)

    yield one
    untouched.store.forget_old(NOW + timedelta(days=99))


def unanswered(services: Services) -> Unanswered:
    return services.store.inbox.unanswered()


QUESTIONS = {
    "slash": (lambda url: slash(SEED, url), "response_url"),
    "button": (lambda url: press("ask:0", {"q": SEED}, url), "response_url"),
    "mention": (lambda _: mention(SEED, event_id="Ev-i1"), "chat.postMessage"),
    "direct message": (lambda _: direct(SEED, event_id="Ev-i2"), "chat.postMessage"),
}
Question: TypeAlias = tuple[Callable[[str], dict[str, Any]], str]
every_question = pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())


@every_question
def test_another_process_answers_what_a_killed_one_had_acknowledged(
    server: Callable[[], Server],
    slack: SlackStandIn,
    services: Services,
    question: Question,
) -> None:
    body, way = question
    heard, dead, living = body(slack.response_url), server(), server()
    # All that is left of a process that was killed right after it acknowledged.
    Inbox(services.store.inbox, lambda: NOW, lambda: dead.clock[0]).take(heard)
    assert not living.later(LEASE - 1)
    assert slack.said() == []
    assert living.later(1)
    assert SEED in slack.only(way)["text"]
    assert unanswered(services) == Unanswered(0, None, 0, 0)
    assert not living.later()


@every_question
def test_what_slack_puts_off_is_sent_again_once(
    server: Callable[[], Server],
    slack: SlackStandIn,
    services: Services,
    question: Question,
) -> None:
    """Two 429s: the answer is late, alone, and not counted as shown twice."""
    body, way = question
    slack.statuses[way] = [429, 429]
    one = server()
    one.hear(body(slack.response_url))
    assert not one.later(29.0), "half a minute where Slack does not say how long"
    assert one.later(1.0)
    assert one.later(30.0)
    answers = slack.said()
    assert [call.method for call in answers] == [way] * 3
    assert SEED in answers[-1].body["text"]
    assert unanswered(services) == Unanswered(0, None, 0, 0)


@every_question
@pytest.mark.parametrize("status", [503, 0], ids=["503", "a lost reply"])
def test_what_may_have_arrived_is_offered_and_counted(
    server: Callable[[], Server],
    slack: SlackStandIn,
    services: Services,
    status: int,
    question: Question,
) -> None:
    """Where nobody can look: a private answer, or a history that is closed to the bot.

    It is shown again only to who asks for it, in place of the offer, and for a day.
    """
    body, way = question
    slack.statuses[way] = [status]
    for method in ("conversations.history", "conversations.replies"):
        slack.refuse(method, "missing_scope")
    one = server()
    one.hear(body(slack.response_url))
    assert one.later()
    answers = slack.said()
    assert [call.method for call in answers] == [way, way]
    line = answers[1].body
    assert line["text"].startswith("I may have answered this already")
    assert unanswered(services) == Unanswered(0, None, 1, 0)
    button = line["blocks"][-1]["elements"][0]

    def shown(**by: Any) -> dict[str, Any]:
        kept = json.loads(button["value"])
        one.hear(press(button["action_id"], kept, slack.response_url, ephemeral=True, **by))
        return slack.said("response_url")[-1].body

    if line.get("response_type") == "ephemeral":  # else all who read the channel may see it
        assert "cannot be used any more" in shown(user={"id": BOB})["text"]
    assert shown()["text"] == answers[0].body["text"]
    assert shown()["replace_original"] is True
    services.store.forget_old(NOW + GIVEN_UP_AFTER + timedelta(seconds=1))
    assert "cannot be used any more" in shown()["text"]
    assert unanswered(services) == Unanswered(0, None, 1, 0)


def test_an_answer_in_place_of_another_is_sent_again_uncounted(
    server: Callable[[], Server], slack: SlackStandIn, services: Services
) -> None:
    """Put there twice, it is there once."""
    slack.statuses["response_url"] = [0]
    one = server()
    one.hear(press("ask:0", {"q": SEED}, slack.response_url, ephemeral=True))
    assert one.later()
    texts = [call.body["text"] for call in slack.said("response_url")]
    assert len(texts) == 2
    assert texts[0] == texts[1]
    assert unanswered(services) == Unanswered(0, None, 0, 0)


@pytest.mark.parametrize("arrived", [True, False])
def test_a_post_in_doubt_is_looked_for(
    server: Callable[[], Server], slack: SlackStandIn, services: Services, arrived: bool
) -> None:
    """It is sent again only where it is not there, and nothing is counted."""
    slack.statuses["chat.postMessage"] = [0]
    one = server()
    one.hear(mention(SEED, event_id="Ev-i3"))
    assert not one.later(2.9), "a message may still appear three seconds after its reply was lost"
    sent = slack.only("chat.postMessage")
    mark = sent["metadata"]
    assert mark["event_type"] == EVENT_TYPE
    there = {"ts": "1700.9", "bot_id": BOT_ID, "metadata": mark}
    stranger = {"ts": "1700.8", "bot_id": "B0ELSE", "metadata": mark}
    slack.answers["conversations.replies"] = {
        "messages": [stranger, there] if arrived else [stranger]
    }
    assert one.later()
    assert len(slack.said("chat.postMessage")) == (1 if arrived else 2)
    assert unanswered(services) == Unanswered(0, None, 0, 0)


def test_a_look_that_is_put_off_leaves_the_doubt(
    server: Callable[[], Server], slack: SlackStandIn, services: Services
) -> None:
    """What may have arrived is not taken for lost because Slack was busy when it was looked for."""
    slack.statuses["chat.postMessage"] = [0]
    slack.statuses["conversations.replies"] = [429]
    slack.refuse("conversations.replies", "missing_scope")
    one = server()
    one.hear(mention(SEED, event_id="Ev-i5"))
    assert one.later()
    assert len(slack.said("chat.postMessage")) == 1
    assert one.later()
    assert len(slack.said("chat.postMessage")) == 2
    assert unanswered(services) == Unanswered(0, None, 1, 0)


def test_an_offer_that_slack_puts_off_leaves_the_doubt(
    server: Callable[[], Server], slack: SlackStandIn, services: Services
) -> None:
    """The answer arrived, its reply did not, and the offer is put off: the offer comes again."""
    slack.statuses["response_url"] = [0, 429, 429]
    one = server()
    one.hear(slash(SEED, slack.response_url))
    while one.later():
        pass
    texts = [call.body["text"] for call in slack.said("response_url")]
    assert len(texts) == 4
    assert SEED in texts[0]
    assert all(text.startswith("I may have answered this already") for text in texts[1:])
    assert unanswered(services).repeats >= 1
    assert unanswered(services).waiting == 0


def test_an_offer_that_slack_never_takes_still_offers_the_answer(
    server: Callable[[], Server], slack: SlackStandIn, services: Services
) -> None:
    """What ends it after many tries offers what was asked for, not a line about the trouble."""
    slack.statuses["response_url"] = [0, *[429] * 4]
    one = server()
    one.hear(slash(SEED, slack.response_url))
    while one.later():
        pass
    answer, *offers = [call.body for call in slack.said("response_url")]
    assert {each["text"] for each in offers} == {offers[0]["text"]}
    assert offers[0]["text"].startswith("I may have answered this already")
    button = offers[-1]["blocks"][-1]["elements"][0]
    kept = json.loads(button["value"])
    one.hear(press(button["action_id"], kept, slack.response_url, ephemeral=True))
    assert slack.said("response_url")[-1].body["text"] == answer["text"]


def test_what_slack_refuses_is_in_no_doubt(
    server: Callable[[], Server], slack: SlackStandIn, services: Services
) -> None:
    """The line that tells of it is not counted as an answer that may have been shown before."""
    slack.refuse("files.getUploadURLExternal", "missing_scope")
    server().hear(mention("map", event_id="Ev-i9"))
    assert "files:write" in slack.said()[-1].body["text"]
    assert unanswered(services) == Unanswered(0, None, 0, 0)


def test_what_cannot_be_written_down_yet_is_not_sent_yet(
    server: Callable[[], Server], slack: SlackStandIn, services: Services
) -> None:
    """Sent while another holds the file, it would be sent again by whoever finds it unsent."""
    one = server()
    busy = InboxStore.sending
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(InboxStore, "sending", lambda *_: raised(StoreBusy("held")))
        one.hear(slash(SEED, slack.response_url))
        assert slack.said() == []
    assert InboxStore.sending is busy
    assert one.later()
    assert SEED in slack.only("response_url")["text"]
    assert unanswered(services) == Unanswered(0, None, 0, 0)


def test_an_answer_of_two_parts_goes_on_where_it_stopped(
    server: Callable[[], Server], slack: SlackStandIn, services: Services
) -> None:
    """The picture's upload fails: the words before it are not posted again."""
    slack.statuses["files.getUploadURLExternal"] = [503]
    one = server()
    one.hear(mention("map", event_id="Ev-i4"))
    assert slack.uploads == []
    assert one.later()
    assert len(slack.said("chat.postMessage")) == 1
    assert len(slack.uploads) == 1
    assert unanswered(services).waiting == 0


@pytest.mark.parametrize(
    ("refused", "way"),
    [({}, "chat.postEphemeral"), ({"chat.postEphemeral": "not_in_channel"}, "chat.postMessage")],
    ids=["in the channel", "in a direct message"],
)
@pytest.mark.parametrize("code", ["expired_url", "used_url"])
def test_an_address_that_has_run_out_is_answered_elsewhere(
    server: Callable[[], Server],
    slack: SlackStandIn,
    code: str,
    refused: dict[str, str],
    way: str,
) -> None:
    slack.refuse("response_url", code)
    slack.refusals |= refused
    server().hear(slash(SEED, slack.response_url))
    last = slack.said()[-1]
    assert last.method == way
    assert SEED in last.body["text"]
    assert last.body["channel"] == (CHANNEL if way == "chat.postEphemeral" else ALICE)


def test_a_press_in_a_direct_message_whose_address_ran_out(
    server: Callable[[], Server], slack: SlackStandIn
) -> None:
    slack.refuse("response_url", "expired_url")
    body = press(buttons.ASK, {"q": "lists"}, slack.response_url, channel=DIRECT)
    server().hear(body)
    assert slack.said()[-1].body["channel"] == DIRECT


def test_nothing_that_was_written_is_kept_once_it_is_answered(
    server: Callable[[], Server], slack: SlackStandIn, services: Services
) -> None:
    def kept() -> str:
        with services.store._connections.reading() as db:
            return str(list(db.query("SELECT * FROM inbox")))

    one = server()
    slack.statuses["response_url"] = [429]
    one.hear(slash("private words", slack.response_url))
    assert "private words" in kept()
    assert '"token"' not in kept(), "nor what Slack proved itself with"
    assert one.later()
    assert kept() == "[]"


def test_after_the_database_was_away_others_write_down_first_what_they_sent(
    server: Callable[[], Server],
    slack: SlackStandIn,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dead, living = server(), server()
    heard = slash(SEED, slack.response_url)
    Inbox(services.store.inbox, lambda: NOW, lambda: dead.clock[0]).take(heard)
    with monkeypatch.context() as away:
        away.setattr(InboxStore, "claim", lambda *_: raised(StoreAway("It is away.")))
        assert not living.later()
    assert not living.later(2.9)
    assert living.later(0.1)


def raised(error: Exception) -> Any:
    raise error


@pytest.mark.parametrize("address", [True, False])
def test_what_no_listener_is_for_any_more_ends(
    server: Callable[[], Server], slack: SlackStandIn, services: Services, address: bool
) -> None:
    """A button of an older version: the person is told where that can be done, else it waits."""
    dead, living = server(), server()
    url = slack.response_url if address else None
    gone = press("a_button_of_yesterday", {"q": SEED}, url)
    Inbox(services.store.inbox, lambda: NOW, lambda: dead.clock[0]).take(gone)
    assert living.later()
    assert ["nothing I know" in call.body["text"] for call in slack.said()] == [True] * address
    assert unanswered(services).waiting == (not address)


def test_what_waits_for_a_day_is_given_up_and_said_to_be(
    server: Callable[[], Server], slack: SlackStandIn, services: Services
) -> None:
    one = server()
    slack.statuses["response_url"] = [429]
    one.hear(slash(SEED, slack.response_url))
    services.store.forget_old(NOW + GIVEN_UP_AFTER + timedelta(seconds=1))
    assert not one.later()
    assert unanswered(services) == Unanswered(0, None, 0, 1)


def test_a_request_that_arrives_again_is_not_run_twice(
    server: Callable[[], Server], slack: SlackStandIn
) -> None:
    """Whichever server it reaches, and whatever kind it is."""
    one, two = server(), server()
    for body, _ in QUESTIONS.values():
        heard = body(slack.response_url)
        assert one.hear(heard).status == 200
        assert two.hear(heard).status == 200
    assert len(slack.said()) == len(QUESTIONS)


def test_a_signed_request_that_is_replayed_is_not_run_twice(web: Bot, slack: SlackStandIn) -> None:
    body = form(slash(SEED, slack.response_url))
    headers = {"content-type": FORM} | signature(body, secret=SECRET)
    assert [web.send("/slack/events", body, headers) for _ in range(3)] == [(200, "")] * 3
    assert slack.only("response_url")


def test_a_slow_slack_is_waited_for() -> None:
    """One that takes twelve seconds has taken the answer: only what is lost is in doubt."""
    assert TIMEOUT_SECONDS > 12


def test_a_store_that_cannot_be_written_does_not_silence_the_bot(
    slack: SlackStandIn, services: Services
) -> None:
    services.store._connections.read_only = True
    try:
        app = build_bolt(
            Settings(slack_bot_token="xoxb-test", slack_api_url=slack.url),
            build_router(services),
            process_before_response=True,
        )
        slack.calls.clear()
        app.dispatch(BoltRequest(mode="socket_mode", body=slash(SEED, slack.response_url)))
    finally:
        services.store._connections.read_only = False
    assert SEED in slack.only("response_url")["text"]


def test_what_cannot_be_written_down_in_time_is_not_acknowledged(
    server: Callable[..., Server], slack: SlackStandIn, services: Services
) -> None:
    """Slack sends it again, and then it is answered: nothing is promised that a kill can break."""
    one, heard = server(patience=0.05), slash(SEED, slack.response_url)
    with closing(sqlite3.connect(services.settings.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert one.hear(heard).status == 500
        other.rollback()
    assert slack.said() == []
    assert one.hear(heard).status == 200
    assert slack.only("response_url")


def test_no_answer_begins_while_a_request_is_being_received(services: Services) -> None:
    """One that is answered on the thread that received it waits for none."""
    inbox = Inbox(services.store.inbox, lambda: NOW)
    entry = inbox.take(slash("help", "http://localhost/", trigger_id="received"))
    assert entry is not None
    begun = Event()

    def answer() -> None:
        entry.let_arrive()
        begun.set()

    answering = Thread(target=answer, daemon=True)
    with inbox.receiving():
        answering.start()
        assert not begun.wait(0.05)
        entry.let_arrive()
    assert begun.wait(5)
    answering.join(5)
    entry.close()
