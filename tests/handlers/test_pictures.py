"""Pictures reach Slack after their answer, for all who are there, and never by surprise."""

from collections.abc import Callable
from typing import Any

from slack_bolt import BoltResponse

from handlers.views import buttons
from tests.handlers.bodies import ALICE, CHANNEL, DIRECT, direct, mention, press, slash
from tests.handlers.standin import SlackStandIn

Send = Callable[[dict[str, Any]], BoltResponse]
PNG = b"\x89PNG"


def shared(slack: SlackStandIn) -> dict[str, Any]:
    """Where the one picture went."""
    (call,) = slack.said("files.completeUploadExternal")
    assert [sent[:4] for sent in slack.uploads] == [PNG]
    return call.body


def test_a_mention_gets_its_picture_in_the_thread(send: Send, slack: SlackStandIn) -> None:
    send(mention("map component by strategy", event_id="EvMap"))
    assert slack.only("chat.postMessage")["thread_ts"] == "1700.0001"
    body = shared(slack)
    assert (body["channel_id"], body["thread_ts"]) == (CHANNEL, "1700.0001")
    (announced,) = slack.said("files.getUploadURLExternal")
    assert announced.body["alt_txt"].startswith("Our records: TME component by")
    assert announced.body["filename"] == "map-component-strategy.png"


def test_a_direct_message_gets_its_picture(send: Send, slack: SlackStandIn) -> None:
    send(direct("trend oncolytic viruses", event_id="EvTrend"))
    assert shared(slack)["channel_id"] == DIRECT


def test_a_private_answer_has_the_table_and_no_picture(send: Send, slack: SlackStandIn) -> None:
    """Slack has no private files: the person chooses where the picture goes."""
    send(slash("map component by strategy", slack.response_url))
    body = slack.only("response_url")
    assert body["response_type"] == "ephemeral"
    assert "regulatory T cells" in str(body["blocks"])
    labels = [e["text"]["text"] for b in body["blocks"] for e in b.get("elements", ())
              if e["type"] == "button"]  # fmt: skip
    assert {"Send me the picture", "Post the picture here"} <= set(labels)
    assert slack.uploads == []


def test_the_picture_is_posted_here_with_who_asked(send: Send, slack: SlackStandIn) -> None:
    value = {"q": "map", "here": True}
    send(press(f"{buttons.PICTURE}:1", value, slack.response_url, ephemeral=True))
    body = shared(slack)
    assert body["channel_id"] == CHANNEL
    assert body["initial_comment"] == f"<@{ALICE}> asked: map"
    assert slack.said() == []


def test_the_picture_is_sent_directly_with_its_answer(send: Send, slack: SlackStandIn) -> None:
    value = {"q": "map", "here": False}
    send(press(f"{buttons.PICTURE}:0", value, slack.response_url, ephemeral=True))
    assert slack.only("chat.postMessage")["channel"] == ALICE
    # The stand-in names no channel; Slack answers with that of the direct message.
    assert shared(slack)["channel_id"] == ALICE


def test_where_the_bot_may_not_post_the_person_is_told(send: Send, slack: SlackStandIn) -> None:
    slack.refuse("files.completeUploadExternal", "not_in_channel")
    send(press(f"{buttons.PICTURE}:1", {"q": "map", "here": True}, slack.response_url))
    assert "/invite" in slack.only("response_url")["text"]


def test_without_the_scope_the_person_is_told_what_is_missing(
    send: Send, slack: SlackStandIn
) -> None:
    """An app installed before there were pictures still answers, and says what to do."""
    slack.refuse("files.getUploadURLExternal", "missing_scope")
    send(press(f"{buttons.PICTURE}:1", {"q": "map", "here": True}, slack.response_url))
    assert "files:write" in slack.only("response_url")["text"]


def test_a_button_whose_answer_has_no_picture_is_stale(send: Send, slack: SlackStandIn) -> None:
    for value in ({"q": "macrophage", "here": True}, {"q": "map xyzzy", "here": False}, {}):
        slack.calls.clear()
        send(press(f"{buttons.PICTURE}:0", value, slack.response_url))
        assert "cannot be used any more" in slack.only("response_url")["text"]
    assert slack.uploads == []


def test_where_slack_has_no_tables_the_answer_is_text(send: Send, slack: SlackStandIn) -> None:
    """The answer is posted all the same, once, and says the same."""
    slack.refuse_once("chat.postMessage", "invalid_blocks")
    send(mention("map component by strategy", event_id="EvOldSlack"))
    first, second = slack.said("chat.postMessage")
    kinds = [{block["type"] for block in call.body["blocks"]} for call in (first, second)]
    assert "data_table" in kinds[0]
    assert "data_table" not in kinds[1]
    assert first.body["text"] == second.body["text"]


def test_a_private_one_too(send: Send, slack: SlackStandIn) -> None:
    slack.refuse_once("response_url", "invalid_blocks")
    send(slash("trend hypoxia", slack.response_url))
    first, second = slack.said("response_url")
    assert "data_visualization" in str(first.body)
    assert "data_visualization" not in str(second.body)
