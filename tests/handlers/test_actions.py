import json
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import App, BoltRequest, BoltResponse

from bot.records.models import Record
from handlers.views import buttons
from tests.handlers.bodies import ALICE, BOB, CHANNEL, DIRECT, controls_in, mention, press, slash
from tests.handlers.standin import SlackStandIn

Send = Callable[[dict[str, Any]], BoltResponse]

QUERY = "macrophage"


def button(message: dict[str, Any], action_id: str) -> dict[str, Any]:
    return next(each for each in controls_in(message) if each["action_id"] == action_id)


def test_every_button_that_an_answer_shows_is_listened_to(
    send: Send, slack: SlackStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """No button is shown for a feature that is not there."""
    for text in (QUERY, "10.1002/ctd2.70098", "help", "tam", "asdfgh qwertz", "new", "status"):
        send(slash(text, slack.response_url))
    shown = {
        each["action_id"]: each
        for call in slack.said()
        for each in controls_in(call.body)
    }  # fmt: skip
    assert {buttons.NEXT, buttons.SHARE, buttons.ABSTRACT, buttons.CITE} <= set(shown)
    for action_id, each in shown.items():
        send(press(action_id, each.get("value", ""), slack.response_url, ephemeral=True))
    assert "Nothing listens" not in caplog.text
    assert "That button cannot be used" not in str(slack.calls)


def test_next_turns_the_page_of_a_private_answer_in_place(send: Send, slack: SlackStandIn) -> None:
    value = {"q": QUERY, "o": 5}
    send(press(buttons.NEXT, value, slack.response_url, ephemeral=True))
    answer = slack.only("response_url")
    assert answer["replace_original"] is True
    assert answer["response_type"] == "ephemeral"
    assert button(answer, buttons.PREVIOUS)


def test_a_page_holds_other_records_than_the_one_before(send: Send, slack: SlackStandIn) -> None:
    send(slash(QUERY, slack.response_url))
    first = slack.only("response_url")
    turn = button(first, buttons.NEXT)
    send(press(buttons.NEXT, turn["value"], slack.response_url, ephemeral=True))
    second = slack.said()[-1].body
    ids = [
        {
            json.loads(each["value"])["id"]
            for each in controls_in(page)
            if each["action_id"] == "cite"
        }
        for page in (first, second)
    ]
    assert len(ids[0]) == 5
    assert not ids[0] & ids[1]


@pytest.mark.parametrize("thread_ts", [None, "1600.0009"])
def test_a_press_in_a_channel_is_answered_to_who_pressed(
    send: Send, slack: SlackStandIn, thread_ts: str | None
) -> None:
    """Nobody else's view moves."""
    value = {"q": QUERY, "o": 5}
    send(press(buttons.NEXT, value, slack.response_url, thread_ts=thread_ts))
    answer = slack.only("response_url")
    assert answer["response_type"] == "ephemeral"
    assert answer["replace_original"] is False
    assert answer.get("thread_ts") == thread_ts


@pytest.mark.usefixtures("untouched")
def test_a_press_in_a_channel_does_not_change_what_its_thread_remembers(
    send: Send, slack: SlackStandIn
) -> None:
    send(mention("10.1002/ctd2.70098", event_id="Ev-kept"))
    value = {"q": "glioma vaccine"}
    send(press("ask:1", value, slack.response_url, thread_ts="1700.0001"))
    send(mention("abstract of the first", thread_ts="1700.0001", event_id="Ev-kept-2"))
    assert "immunosuppressive" in str(slack.said("chat.postMessage")[-1].body["blocks"])


def test_a_press_in_a_direct_message_brings_a_new_message(send: Send, slack: SlackStandIn) -> None:
    send(press(buttons.NEXT, {"q": QUERY, "o": 5}, slack.response_url, channel=DIRECT))
    assert slack.only("chat.postMessage")["channel"] == DIRECT


def test_a_press_where_two_people_talk_is_answered_to_who_pressed(
    send: Send, slack: SlackStandIn
) -> None:
    """An answer can be shared into a conversation that the bot is no member of."""
    slack.refuse("chat.postMessage", "channel_not_found")
    send(press("ask:0", {"q": "10.1002/ctd2.70098"}, slack.response_url, channel=DIRECT))
    answer = slack.said("response_url")
    assert len(answer) == 1
    assert answer[0].body["response_type"] == "ephemeral"
    assert "10.1002/ctd2.70098" in str(answer[0].body["blocks"])


@pytest.mark.parametrize("action_id", ["ask", "ask:0", "ask:12"])
def test_a_suggestion_is_asked_when_it_is_pressed(
    send: Send, slack: SlackStandIn, action_id: str
) -> None:
    value = {"q": "10.1002/ctd2.70098"}
    send(press(action_id, value, slack.response_url, ephemeral=True))
    assert "10.1002/ctd2.70098" in str(slack.only("response_url")["blocks"])


def test_the_abstract_opens_in_a_window(send: Send, slack: SlackStandIn, review: Record) -> None:
    send(press(buttons.ABSTRACT, {"id": review.id}, slack.response_url))
    call = slack.only("views.open")
    assert call["trigger_id"].startswith("1.2.")
    assert call["view"]["type"] == "modal"
    assert "tumour microenvironment" in str(call["view"]["blocks"])


def test_the_citation_opens_in_a_window(send: Send, slack: SlackStandIn, review: Record) -> None:
    send(press(buttons.CITE, {"id": review.id}, slack.response_url))
    view = slack.only("views.open")["view"]
    assert "10.1002/ctd2.70098" in str(view["blocks"])
    assert "@article" in str(view["blocks"])


@pytest.mark.parametrize("action_id", [buttons.ABSTRACT, buttons.CITE])
def test_a_record_that_is_gone_is_said_to_be_gone(
    send: Send, slack: SlackStandIn, action_id: str
) -> None:
    send(press(action_id, {"id": "gone"}, slack.response_url))
    answer = slack.only("response_url")
    assert answer["response_type"] == "ephemeral"
    assert "was deleted" in answer["text"]


@pytest.mark.parametrize("code", ["expired_trigger_id", "trigger_expired", "invalid_trigger_id"])
def test_a_window_that_came_too_late_is_explained(
    send: Send, slack: SlackStandIn, review: Record, code: str
) -> None:
    slack.refuse("views.open", code)
    send(press(buttons.ABSTRACT, {"id": review.id}, slack.response_url))
    told = slack.said("response_url")
    assert len(told) == 1
    assert "Press it once more" in told[0].body["text"]


def test_sharing_posts_the_answer_with_who_asked_and_what(send: Send, slack: SlackStandIn) -> None:
    send(press(buttons.SHARE, {"q": QUERY, "o": 0}, slack.response_url, ephemeral=True))
    shared = slack.only("chat.postMessage")
    assert f"<@{ALICE}>" in str(shared["blocks"])
    assert QUERY in str(shared["blocks"])
    assert buttons.SHARE not in {each["action_id"] for each in controls_in(shared)}


def test_sharing_shares_the_page_that_is_shown(send: Send, slack: SlackStandIn) -> None:
    send(press(buttons.SHARE, {"q": QUERY, "o": 5}, slack.response_url, ephemeral=True))
    assert button(slack.only("chat.postMessage"), buttons.PREVIOUS)


@pytest.mark.parametrize("code", ["not_in_channel", "channel_not_found"])
def test_sharing_needs_no_member(send: Send, slack: SlackStandIn, code: str) -> None:
    slack.refuse("chat.postMessage", code)
    send(press(buttons.SHARE, {"q": QUERY, "o": 0}, slack.response_url, ephemeral=True))
    shared = slack.said("response_url")[-1].body
    assert shared["response_type"] == "in_channel"
    assert shared["replace_original"] is False
    assert f"<@{ALICE}>" in str(shared["blocks"])


def test_a_shared_answer_is_followed_up_in_its_thread(send: Send, slack: SlackStandIn) -> None:
    send(press(buttons.SHARE, {"q": QUERY, "o": 0}, slack.response_url, ephemeral=True))
    send(mention("only reviews", thread_ts="1700000000.000100", event_id="Ev-under-share"))
    assert "evidence:review" in str(slack.said("chat.postMessage")[-1].body["blocks"])


def test_an_answer_shared_into_a_thread_is_what_it_is_about(
    send: Send, slack: SlackStandIn
) -> None:
    value = {"q": QUERY, "o": 0}
    send(press(buttons.SHARE, value, slack.response_url, ephemeral=True, thread_ts="1600.1"))
    send(mention("only reviews", thread_ts="1600.1", event_id="Ev-in-thread"))
    assert "evidence:review" in str(slack.said("chat.postMessage")[-1].body["blocks"])


def test_sharing_from_a_thread_shares_into_it(send: Send, slack: SlackStandIn) -> None:
    value = {"q": QUERY, "o": 0}
    send(press(buttons.SHARE, value, slack.response_url, ephemeral=True, thread_ts="1600.1"))
    assert slack.only("chat.postMessage")["thread_ts"] == "1600.1"


def test_a_link_is_only_acknowledged(send: Send, slack: SlackStandIn) -> None:
    """Slack opens it; were the press not acknowledged, it would show a warning beside it."""
    for action_id in ("link", "link:3"):
        assert send(press(action_id, "", slack.response_url)).status == 200
    assert slack.said() == []


@pytest.mark.parametrize(
    "value",
    ["", "{", "[]", "7", "null", '"text"', "{}", '{"q": 7}', '{"q": ""}', '{"o": 5}', '{"id": []}',
     '{"q": "x", "o": -1}', '{"q": "x", "o": "5"}', '{"q": "x", "o": true}', "not json at all"],
)  # fmt: skip
@pytest.mark.parametrize("action_id", [buttons.NEXT, buttons.SHARE, buttons.ABSTRACT, buttons.CITE])
def test_a_button_with_a_broken_value_gets_one_helpful_line(
    send: Send, slack: SlackStandIn, action_id: str, value: str
) -> None:
    assert send(press(action_id, value, slack.response_url)).status == 200
    answer = slack.only("response_url")
    assert answer["response_type"] == "ephemeral"
    assert "Ask the question again" in answer["text"]


def test_a_response_that_slack_refuses_is_logged_with_its_code(
    send: Send, slack: SlackStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    slack.refuse("response_url", "invalid_blocks")
    send(press(buttons.NEXT, {"q": "secret words", "o": 0}, slack.response_url, ephemeral=True))
    assert "invalid_blocks" in caplog.text
    assert "secret words" not in caplog.text


def test_a_press_is_acknowledged_before_it_is_answered(app: App, slack: SlackStandIn) -> None:
    request = BoltRequest(
        mode="socket_mode", body=press("next", {"q": QUERY, "o": 5}, slack.response_url)
    )
    assert app.dispatch(request).status == 200
    assert request.context.ack.response is not None
    assert request.context.ack.response.body == ""


def test_a_press_by_someone_else_in_a_public_channel_is_theirs(
    send: Send, slack: SlackStandIn
) -> None:
    body = press(buttons.SHARE, {"q": QUERY, "o": 0}, slack.response_url, channel=CHANNEL)
    body["user"]["id"] = BOB
    send(body)
    assert f"<@{BOB}>" in str(slack.only("chat.postMessage")["blocks"])
