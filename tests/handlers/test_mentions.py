from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import BoltResponse

from handlers.payload import without_mention, workspace_of
from tests.handlers.bodies import ALICE, CHANNEL, DIRECT, direct, event, mention, press, slash
from tests.handlers.standin import BOT_ID, BOT_USER, TEAM, SlackStandIn

Send = Callable[[dict[str, Any]], BoltResponse]


@pytest.fixture
def event_id(request: pytest.FixtureRequest) -> str:
    """An event id of the test's own: the store remembers every one it has seen."""
    return f"Ev-{request.node.name}"


def test_a_mention_is_answered_in_a_thread_under_it(
    send: Send, slack: SlackStandIn, event_id: str
) -> None:
    send(mention("10.1002/ctd2.70098", event_id=event_id))
    answer = slack.only("chat.postMessage")
    assert (answer["channel"], answer["thread_ts"]) == (CHANNEL, "1700.0001")
    assert "10.1002/ctd2.70098" in str(answer["blocks"])


def test_a_mention_inside_a_thread_is_answered_in_that_thread(
    send: Send, slack: SlackStandIn, event_id: str
) -> None:
    send(mention("macrophage csf1r", thread_ts="1600.0009", event_id=event_id))
    assert slack.only("chat.postMessage")["thread_ts"] == "1600.0009"


@pytest.mark.usefixtures("untouched")
def test_a_thread_remembers_what_was_asked_in_it(
    send: Send, slack: SlackStandIn, event_id: str
) -> None:
    send(mention("10.1002/ctd2.70098", event_id=event_id))
    send(mention("abstract of the first", thread_ts="1700.0001", event_id=f"{event_id}-2"))
    answers = slack.said("chat.postMessage")
    assert len(answers) == 2
    assert "immunosuppressive" in str(answers[1].body["blocks"])


def test_a_direct_message_is_answered_plainly(
    send: Send, slack: SlackStandIn, event_id: str
) -> None:
    send(direct("glioma vaccine", event_id))
    answer = slack.only("chat.postMessage")
    assert answer["channel"] == DIRECT
    assert not answer.get("thread_ts")


def test_a_direct_message_in_a_thread_is_answered_in_it(
    send: Send, slack: SlackStandIn, event_id: str
) -> None:
    send(direct("glioma vaccine", event_id, thread_ts="1500.1"))
    assert slack.only("chat.postMessage")["thread_ts"] == "1500.1"


def test_a_repeated_event_is_answered_once(send: Send, slack: SlackStandIn, event_id: str) -> None:
    for _ in range(3):
        send(mention("glioma", event_id=event_id))
    assert len(slack.said()) == 1


def test_the_same_event_id_of_another_workspace_is_another_event(
    send: Send, slack: SlackStandIn, event_id: str
) -> None:
    send(mention("glioma", event_id=event_id))
    other = mention("glioma", event_id=event_id)
    other["authorizations"][0]["team_id"] = other["team_id"] = "T02OTHER"
    send(other)
    assert len(slack.said()) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "bot_message", "bot_id": "B99"},
        {"bot_id": BOT_ID},
        {"user": BOT_USER},
        {"user": None},
        {"channel_type": "channel", "channel": CHANNEL},
        {"channel_type": "mpim"},
    ],
    ids=str,
)
def test_what_is_not_a_person_writing_to_the_bot_is_left_alone(
    send: Send, slack: SlackStandIn, event_id: str, changes: dict[str, Any]
) -> None:
    assert send(direct("glioma", event_id, **changes)).status == 200
    assert slack.said() == []


def test_another_bot_that_mentions_this_one_is_not_answered(
    send: Send, slack: SlackStandIn, event_id: str
) -> None:
    """Two bots that answer each other would never stop."""
    body = mention("glioma", event_id=event_id)
    body["event"]["bot_id"] = "B99"
    send(body)
    assert slack.said() == []


def test_a_mention_in_a_direct_message_is_answered_once(
    send: Send, slack: SlackStandIn, event_id: str
) -> None:
    text = f"<@{BOT_USER}> glioma"
    send(direct(text, event_id))
    inner = {"type": "app_mention", "user": ALICE, "text": text, "ts": "1", "channel": DIRECT}
    send(event(inner, f"{event_id}-mention"))
    assert len(slack.said()) == 1


def test_an_event_without_an_id_is_dropped_with_a_line(
    send: Send, slack: SlackStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    body = mention("glioma")
    del body["event_id"]
    send(body)
    assert slack.said() == []
    assert "without an event_id" in caplog.text
    assert "glioma" not in caplog.text


def test_only_the_bots_own_mention_is_taken_out() -> None:
    assert without_mention(f"<@{BOT_USER}> ask <@U02BOB>", BOT_USER) == "ask <@U02BOB>"
    assert without_mention(f"hello <@{BOT_USER}|tme> glioma", BOT_USER) == "hello   glioma"
    assert without_mention(f"<@{BOT_USER}1> glioma", BOT_USER) == f"<@{BOT_USER}1> glioma"


GRID = {"enterprise_id": "E01", "team_id": "T09"}


@pytest.mark.parametrize(
    ("body", "workspace"),
    [
        (slash("x", ""), f"/{TEAM}"),
        (slash("x", "", **GRID), "E01/T09"),
        (mention("x"), f"/{TEAM}"),
        (event({}, authorizations=[GRID], enterprise_id="E02", team_id="T10"), "E01/T09"),
        (event({}, authorizations=[], **GRID), "E01/T09"),
        (event({}, authorizations=None, **GRID), "E01/T09"),
        (press("next", {}, None), f"/{TEAM}"),
        (press("next", {}, None, team={"id": "T09"}, enterprise={"id": "E01"}), "E01/T09"),
        (press("next", {}, None, team={"id": "T09", "enterprise_id": "E01"}), "E01/T09"),
        (press("next", {}, None, team=None, enterprise={"id": "E01"}), f"E01/{TEAM}"),
        ({}, "/"),
        ({"team": 7, "enterprise": [], "authorizations": ["x"]}, "/"),
    ],
)
def test_the_workspace_is_found_wherever_slack_writes_it(
    body: dict[str, Any], workspace: str
) -> None:
    assert workspace_of(body) == workspace


@pytest.mark.parametrize(
    ("code", "says"), [("not_in_channel", "/invite"), ("is_archived", "archived")]
)
def test_a_channel_that_cannot_be_posted_in_is_explained_in_a_direct_message(
    send: Send, slack: SlackStandIn, event_id: str, code: str, says: str
) -> None:
    slack.refuse_once("chat.postMessage", code)
    send(mention("glioma", event_id=event_id))
    tried, told = slack.said()
    assert tried.body["channel"] == CHANNEL
    assert told.body["channel"] == ALICE
    assert says in told.body["text"]


def test_an_answer_whose_receipt_is_lost_is_not_posted_again(
    send: Send, slack: SlackStandIn, event_id: str
) -> None:
    """slack_sdk would repeat the call, and Slack may have posted the first one."""
    slack.drop("chat.postMessage")
    send(mention("glioma", event_id=event_id))
    assert len(slack.said("chat.postMessage")) == 1
