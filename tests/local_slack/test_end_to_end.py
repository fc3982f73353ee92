"""The bot as it is served, and a Slack that runs here: what a person does, and what comes of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.block_check import check_message, check_view
from tests.local_slack.workspace import ALICE, Way

pytestmark = pytest.mark.local_slack

SEED_DOI = "10.1002/ctd2.70098"


def command(way: Way, text: str) -> dict[str, Any]:
    """What Alice sees of `/tme text`."""
    act = lambda: way.slack.act(  # noqa: E731 - named for the call below
        "command", channel=way.bot.channel, user=ALICE, command="/tme", text=text,
        appId=way.bot.app_id,
    )  # fmt: skip
    return way.slack.after(way.bot, way.bot.channel, act)


def press(way: Way, message: dict[str, Any], action_id: str) -> Callable[[], object]:
    """Alice presses a button of a message."""
    block, button = next(
        (block, element)
        for block in message["blocks"]
        for element in block.get("elements", [])
        if element.get("action_id") == action_id
    )
    action = {"type": "button", "action_id": action_id, "block_id": block["block_id"]}
    return lambda: way.slack.act(
        "interact", channel=message["channel"], messageTs=message["ts"], user=ALICE,
        action=action | {"value": button.get("value"), "text": button["text"]},
    )  # fmt: skip


def say(way: Way, channel: str, text: str, thread_ts: str | None = None) -> dict[str, Any]:
    """Alice writes in a channel; what the bot answers."""
    thread = {"thread_ts": thread_ts} if thread_ts else {}
    act = lambda: way.slack.act(  # noqa: E731
        "message", channel=channel, user=ALICE, text=text, **thread
    )
    return way.slack.after(way.bot, channel, act)


def test_a_slash_command_is_answered_to_the_person_alone(way: Way) -> None:
    answer = command(way, "macrophage csf1r")
    assert (answer["subtype"], answer["ephemeral_to"]) == ("ephemeral", ALICE)
    assert "doi.org" in json.dumps(answer["blocks"])
    check_message(answer)


def test_a_pasted_doi_opens_its_record(way: Way) -> None:
    answer = command(way, f"https://doi.org/{SEED_DOI}")
    assert SEED_DOI in json.dumps(answer["blocks"])
    check_message(answer)


def test_a_mention_is_answered_in_its_thread_and_the_thread_is_remembered(way: Way) -> None:
    answer = say(way, way.bot.channel, f"<@{way.bot.user}> {SEED_DOI}")
    question = next(
        message
        for message in reversed(way.slack.messages(way.bot.channel))
        if message["user"] == ALICE
    )
    assert answer["thread_ts"] == question["ts"]
    assert "ephemeral_to" not in answer
    check_message(answer)
    more = say(way, way.bot.channel, f"<@{way.bot.user}> abstract of the first", question["ts"])
    assert more["thread_ts"] == question["ts"]
    assert "immunosuppressive" in json.dumps(more["blocks"])
    check_message(more)


def test_a_direct_message_is_answered_plainly(way: Way) -> None:
    answer = say(way, way.bot.direct, "glioma vaccine")
    assert "thread_ts" not in answer
    check_message(answer)


def test_next_brings_another_page(way: Way) -> None:
    first = command(way, "macrophage")
    second = way.slack.after(way.bot, way.bot.channel, press(way, first, "next"))
    assert second["ephemeral_to"] == ALICE
    assert second["blocks"] != first["blocks"]
    check_message(second)


def test_sharing_posts_for_all_to_see(way: Way) -> None:
    private = command(way, "macrophage")
    shared = way.slack.after(way.bot, way.bot.channel, press(way, private, "share"))
    assert "ephemeral_to" not in shared
    assert f"<@{ALICE}>" in json.dumps(shared["blocks"])
    check_message(shared, allowed=(f"<@{ALICE}>",))


@pytest.mark.parametrize("button", ["abstract", "cite"])
def test_a_button_opens_a_window(way: Way, button: str) -> None:
    answer = command(way, SEED_DOI)
    before = len(way.slack.calls("views.open"))
    press(way, answer, button)()

    def opened() -> dict[str, Any] | None:
        calls = way.slack.calls("views.open")
        return calls[before] if len(calls) > before else None

    view = way.slack.wait("a window", opened)["view"]
    assert view["type"] == "modal"
    check_view(view)
    refused = [entry for entry in way.slack.log() if entry["summary"].startswith("views.open ->")]
    assert refused == []


def test_the_home_tab_is_drawn_when_it_is_opened(way: Way) -> None:
    before = len(way.slack.calls("views.publish"))
    way.slack.act("open-home", user=ALICE, appId=way.bot.app_id)

    def published() -> dict[str, Any] | None:
        calls = way.slack.calls("views.publish")
        return calls[before] if len(calls) > before else None

    call = way.slack.wait("the Home tab", published)
    assert call["user_id"] == ALICE
    # Whoever made what is listed, and where it posts.
    check_view(call["view"], allowed=(f"<@{ALICE}>", f"<#{way.bot.channel}>"))
