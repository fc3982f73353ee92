"""The search window: what it offers, what is asked by it, and where its answer goes."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import BoltResponse

from handlers.services import Services
from handlers.views import buttons, searching
from tests.handlers.bodies import (
    ALICE,
    BOB,
    CHANNEL,
    DIRECT,
    direct,
    global_shortcut,
    press,
    submit,
    trigger,
)
from tests.handlers.standin import BOT_USER, SlackStandIn

Send = Callable[[dict[str, Any]], BoltResponse]


@pytest.fixture(autouse=True)
def _there(untouched: Services, slack: SlackStandIn) -> None:
    slack.answers["conversations.members"] = {"members": [ALICE, BOT_USER]}


@pytest.fixture
def window(send: Send, slack: SlackStandIn) -> dict[str, Any]:
    send(global_shortcut("search_papers"))
    view: dict[str, Any] = slack.said("views.open")[0].body["view"]
    return view


def menu(view: dict[str, Any], name: str) -> dict[str, str]:
    """The values that a menu offers, by their labels."""
    [block] = [each for each in view["blocks"] if each["block_id"] == name]
    return {each["text"]["text"]: each["value"] for each in block["element"]["options"]}


def filled(view: dict[str, Any], **inputs: Any) -> dict[str, Any]:
    """The window handed in; `place` is a channel, `access` several values, the rest one each."""
    states = {
        "words": lambda given: {"value": given},
        "place": lambda given: {"selected_conversation": given},
        "access": lambda given: {"selected_options": [{"value": each} for each in given]},
    }
    one = lambda given: {"selected_option": {"value": given}}  # noqa: E731
    values = {name: {name: states.get(name, one)(given)} for name, given in inputs.items()}
    return submit(view, values)


def test_it_offers_what_the_store_has_and_nothing_else(
    window: dict[str, Any], services: Services
) -> None:
    for name in (searching.CANCER, searching.KIND, searching.JOURNAL, searching.ACCESS):
        offered = menu(window, name)
        assert offered, name
        for limit in offered.values():
            query = services.search.interpret(limit)
            assert not query.problems, limit
            assert query.filters.is_set, limit
            assert services.index.count(services.search.plan(query)) > 0, limit
    years = list(menu(window, searching.FIRST).values())
    stored = {str(r.published.year) for r in services.store.newest(500) if r.published}
    assert years == sorted(stored, reverse=True)


def test_the_answer_comes_to_the_person_alone_and_can_be_followed_up(
    send: Send, slack: SlackStandIn, window: dict[str, Any]
) -> None:
    slack.answers["chat.postMessage"] = {"channel": DIRECT}
    review = menu(window, searching.KIND)["review"]
    send(filled(window, words="macrophage", kind=review, first="2015", last="2024"))
    [posted] = slack.said("chat.postMessage")
    assert posted.body["channel"] == ALICE
    assert f"“macrophage {review} year:2015..2024”" in posted.body["text"]
    became = slack.said("views.update")[-1].body["view"]
    assert "direct message" in str(became["blocks"])
    send(direct("open 1", event_id=f"Ev{trigger()}"))
    assert "Identifiers" in slack.said("chat.postMessage")[-1].body["text"]


def test_it_is_acknowledged_before_its_work(
    send: Send, slack: SlackStandIn, window: dict[str, Any]
) -> None:
    response = send(filled(window, words="macrophage"))
    assert "One moment" in str(response.body)


def test_in_a_channel_all_see_who_asked(
    send: Send, slack: SlackStandIn, window: dict[str, Any]
) -> None:
    send(filled(window, words="macrophage", place=CHANNEL, access=["is:open", "has:abstract"]))
    [posted] = slack.said("chat.postMessage")
    assert posted.body["channel"] == CHANNEL
    assert f"<@{ALICE}> asked: macrophage is:open has:abstract" in posted.body["text"]
    assert f"<#{CHANNEL}>" in str(slack.said("views.update")[-1].body["view"]["blocks"])


def test_where_the_bot_is_no_member_slack_lets_it_answer_once(
    send: Send, slack: SlackStandIn, window: dict[str, Any]
) -> None:
    slack.refuse("chat.postMessage", "not_in_channel")
    body = filled(window, words="macrophage", place=CHANNEL)
    urls = [{"response_url": slack.response_url, "channel_id": CHANNEL}]
    send(body | {"response_urls": urls})
    assert "asked" in slack.said("response_url")[0].body["text"]


def test_a_channel_that_the_person_is_not_in_is_refused(
    send: Send, slack: SlackStandIn, window: dict[str, Any]
) -> None:
    slack.answers["conversations.members"] = {"members": [BOB]}
    send(filled(window, words="macrophage", place=CHANNEL))
    assert not slack.said("chat.postMessage")
    assert "Only people in that channel" in str(slack.said("views.update")[-1].body["view"])


@pytest.mark.parametrize(
    ("inputs", "where"),
    [({}, "words"), ({"words": "  "}, "words"), ({"first": "2024", "last": "2020"}, "last")],
)
def test_what_cannot_be_asked_is_said_at_its_input(
    send: Send, slack: SlackStandIn, window: dict[str, Any], inputs: dict[str, str], where: str
) -> None:
    response = send(filled(window, **inputs))
    assert "errors" in str(response.body)
    assert where in str(response.body)
    assert not slack.said("chat.postMessage", "views.update")


def test_home_opens_it_too(send: Send, slack: SlackStandIn) -> None:
    send(press(buttons.SEARCH, {"n": 1}, None, channel=None))
    assert slack.said("views.open")[0].body["view"]["callback_id"] == searching.CALLBACK
