"""What arrives may be broken or hostile: the bot lives on, and says at most one line."""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk import WebClient

from bot.app.bolt import build_bolt
from bot.deadline import spending
from bot.errors import IndexAway
from bot.index import Found
from bot.settings import Settings
from handlers.guard import INDEX_SECONDS
from handlers.router import Reply, Request, Router
from handlers.services import Services
from tests.handlers.bodies import ALICE, direct, event, home_opened, mention, press, slash
from tests.handlers.standin import SlackStandIn
from tests.handlers.visitor import JSON, Bot, waiting_app

Send = Callable[[dict[str, Any]], BoltResponse]


def without(body: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in keys}


# Over the socket they are sent in test_transports.py.
BROKEN = {
    "nothing": {},
    "a command without text": without(slash("x", ""), "text"),
    "a command and nothing else": {"command": "/tme"},
    "a command with a number for text": slash("x", "") | {"text": 7},
    "a command without a user": without(slash("x", ""), "user_id"),
    "an event without an event": without(mention("x"), "event"),
    "an event of no kind": event({}),
    "an event that is a string": mention("x") | {"event": "app_mention"},
    "an event that is null": mention("x") | {"event": None},
    "a mention and nothing else": event({"type": "app_mention"}),
    "a mention without a channel": event({"type": "app_mention", "user": ALICE, "text": "x"}),
    "a mention of lists": event({"type": "app_mention", "user": [], "text": {}, "channel": 7}),
    "a direct message without text": without(direct("x"), "event")
    | {"event": without(direct("x")["event"], "text")},
    "authorizations of a wrong kind": mention("x") | {"authorizations": "none"},
    "a Home tab of nobody": event({"type": "app_home_opened", "tab": "home"}),
    "a press of no button": press("next", "{}", None) | {"actions": []},
    "a press without actions": without(press("next", "{}", None), "actions"),
    "a press without a container": without(press("next", "{}", None), "container"),
    "a press of strings": press("next", "{}", None) | {"actions": ["next"], "container": "x"},
    "a press without a user": without(press("next", "{}", None), "user"),
    "a kind that does not exist": {"type": "from_the_future", "team": {"id": "T"}},
    "a window closed": {"type": "view_closed", "view": {"id": "V"}, "user": {"id": ALICE}},
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_payload_does_not_stop_the_bot(
    web: Bot, slack: SlackStandIn, body: dict[str, Any]
) -> None:
    status, _ = web.signed(json.dumps(body).encode(), JSON)
    assert status in {200, 400, 500}
    assert len(slack.said()) <= 1
    slack.calls.clear()
    assert web.command("glioma", slack.response_url) == (200, "")
    assert slack.only("response_url")


def test_a_text_of_forty_thousand_characters_gets_one_line(send: Send, slack: SlackStandIn) -> None:
    send(slash("macrophage " * 4000, slack.response_url))
    answer = slack.only("response_url")
    assert len(answer["text"]) < 1000


@pytest.mark.parametrize(
    "text", ["<!channel> & <@U1>", "\u202e\u200b\x00", "*_~`>", "<https://x.y|z", "&lt;!here&gt;"]
)
def test_hostile_text_pings_nobody(send: Send, slack: SlackStandIn, text: str) -> None:
    send(slash(text, slack.response_url))
    drawn = str(slack.only("response_url"))
    assert "<!" not in drawn
    assert "<@U1>" not in drawn


def test_an_action_nobody_listens_to_is_acknowledged_and_explained(
    send: Send, slack: SlackStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """Buttons of an older version may still be pressed."""
    assert send(press("an_old_button", "{}", slack.response_url)).status == 200
    assert slack.only("response_url")["response_type"] == "ephemeral"
    assert "Nothing listens for this request: block_actions" in caplog.text


def test_another_slash_command_is_explained(send: Send, slack: SlackStandIn) -> None:
    send(slash("glioma", slack.response_url, command="/else"))
    assert slack.only("response_url")["response_type"] == "ephemeral"


class BrokenRouter(Router):
    """A router with a fault in it."""

    def answer(self, request: Request) -> Reply:
        raise RuntimeError(f"a fault that quotes {request.text}")


@pytest.fixture
def broken_app(slack: SlackStandIn, router: Router) -> App:
    return waiting_app(slack, BrokenRouter(router.services, router.commands))


@pytest.mark.parametrize(
    ("body", "heard"),
    [
        (lambda url: slash("private words", url), "response_url"),
        (lambda url: press("ask:0", {"q": "private words"}, url), "response_url"),
        (lambda _: mention("private words", event_id="Ev-b1"), "chat.postEphemeral"),
        (lambda _: direct("private words", event_id="Ev-b2"), "chat.postMessage"),
    ],
    ids=["slash", "button", "mention", "direct message"],
)
def test_a_fault_is_told_in_one_line_and_logged_without_what_was_asked(
    broken_app: App,
    slack: SlackStandIn,
    caplog: pytest.LogCaptureFixture,
    body: Callable[[str], dict[str, Any]],
    heard: str,
) -> None:
    broken_app.dispatch(BoltRequest(mode="socket_mode", body=body(slack.response_url)))
    answer = slack.only(heard)
    assert "Something went wrong" in answer["text"]
    assert "RuntimeError" not in str(answer)
    assert "RuntimeError" in caplog.text
    assert "private words" not in caplog.text


def test_a_home_tab_that_slack_refuses_is_logged_with_its_code(
    send: Send, slack: SlackStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    slack.refuse("views.publish", "not_enabled")
    send(home_opened())
    assert "not_enabled" in caplog.text


def test_a_person_who_cannot_be_told_is_only_logged(
    send: Send, slack: SlackStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    slack.refuse("chat.postMessage", "no_permission")
    slack.refuse("chat.postEphemeral", "no_permission")
    assert send(mention("glioma", event_id="Ev-mute")).status == 200
    assert "could not be notified" in caplog.text


def test_trouble_on_the_line_lets_slack_send_the_request_again(
    router: Router, slack: SlackStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """Bolt asks Slack who it is before the first answer; that call may fail and work later."""
    client = WebClient(token="xoxb-test", base_url=slack.url, retry_handlers=[])
    app = build_bolt(Settings(), router, client=client, process_before_response=True)
    slack.drop("auth.test")
    request = slash("glioma", slack.response_url)
    assert app.dispatch(BoltRequest(mode="socket_mode", body=request)).status == 500
    assert "repeat" in caplog.text
    slack.dropped.clear()
    assert app.dispatch(BoltRequest(mode="socket_mode", body=request)).status == 200
    assert slack.only("response_url")


def test_what_an_answer_asks_of_an_index_elsewhere_is_limited_and_then_one_line(
    send: Send, slack: SlackStandIn, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty seconds for all of it, to which `bot.index.opensearch.client` keeps."""
    allowances: list[float] = []

    def search(*_wanted: object, **_how: object) -> Found:
        with spending(lambda: 0.0) as end:
            allowances.append(end)
        raise IndexAway("The search index cannot be reached: no node answers in time.")

    monkeypatch.setattr(services.index, "search", search)
    send(slash("glioma", slack.response_url))
    answer = slack.only("response_url")
    assert answer["text"].startswith("⚠ The search index cannot be reached: no node answers")
    assert "\n" not in answer["text"]
    assert allowances == [INDEX_SECONDS]
    with spending(lambda: 0.0) as end:
        assert end == math.inf
