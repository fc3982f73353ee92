from collections.abc import Callable
from typing import Any

from slack_bolt import BoltResponse

from tests.handlers.bodies import ALICE, home_opened, press
from tests.handlers.standin import SlackStandIn

Send = Callable[[dict[str, Any]], BoltResponse]


def test_the_home_tab_shows_what_can_be_asked(send: Send, slack: SlackStandIn) -> None:
    send(home_opened())
    call = slack.only("views.publish")
    assert call["user_id"] == ALICE
    assert call["view"]["type"] == "home"
    assert "/tme" in str(call["view"]["blocks"])


def test_the_messages_tab_draws_nothing(send: Send, slack: SlackStandIn) -> None:
    """Slack tells of both tabs with one event; drawing on each would cost a call for nothing."""
    send(home_opened(tab="messages"))
    assert slack.said() == []


def test_every_example_on_the_home_tab_is_answered_in_a_direct_message(
    send: Send, slack: SlackStandIn
) -> None:
    send(home_opened())
    view = slack.only("views.publish")["view"]
    asks = [
        element
        for block in view["blocks"]
        for element in [*block.get("elements", []), block.get("accessory", {})]
        if str(element.get("action_id", "")).startswith("ask")
    ]
    assert asks
    for number, button in enumerate(asks, start=1):
        send(press(button["action_id"], button["value"], None, channel=None))
        answers = slack.said("chat.postMessage")
        assert len(answers) == number
        assert answers[-1].body["channel"] == ALICE
