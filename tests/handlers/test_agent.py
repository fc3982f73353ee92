"""The agent view: questions to begin with, and a status beside the one being answered."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from slack_bolt import BoltRequest, BoltResponse

from bot.app.composition import build_router
from bot.digests.people import Person
from handlers.listeners.agent import MOST_PROMPTS, prompts
from handlers.services import Services
from tests.handlers.bodies import ALICE, DIRECT, direct, home_opened
from tests.handlers.conftest import NOW
from tests.handlers.standin import TEAM, SlackStandIn
from tests.handlers.visitor import waiting_app

Send = Callable[[dict[str, Any]], BoltResponse]
SUGGEST, STATUS = "assistant.threads.setSuggestedPrompts", "assistant.threads.setStatus"


def test_opening_the_messages_shows_questions_that_find_something(
    send: Send, slack: SlackStandIn, untouched: Services
) -> None:
    send(home_opened("messages"))
    [call] = slack.said(SUGGEST)
    assert call.body["channel_id"] == DIRECT
    shown = [each["message"] for each in call.body["prompts"]]
    assert shown == list(prompts(untouched, f"/{TEAM}", ALICE))
    assert 0 < len(shown) <= MOST_PROMPTS
    assert slack.said("views.publish") == []


def test_a_persons_own_topics_come_first_and_nobody_elses(untouched: Services) -> None:
    for user, words in ((ALICE, "CAF melanoma weekly"), ("U0BEN", "glioma daily")):
        owner = Person(f"/{TEAM}", user, user)
        draft = untouched.subscriptions.draft(words, owner, untouched.usual_schedule)
        untouched.subscriptions.make(draft, owner)
    try:
        asked = prompts(untouched, f"/{TEAM}", ALICE)
        assert asked[0] == "CAF melanoma"
        assert "glioma" not in asked
    finally:
        for each in untouched.store.subscriptions.everything():
            untouched.store.subscriptions.stop(each.id, "test", NOW)


def test_a_status_stands_while_a_question_is_answered(send: Send, slack: SlackStandIn) -> None:
    send(direct("hypoxia", thread_ts="1700.0001"))
    order = [call.method for call in slack.calls]
    assert order.index(STATUS) < order.index("chat.postMessage")
    assert slack.said(STATUS)[0].body["thread_ts"] == "1700.0001"


@pytest.mark.parametrize("code", ["missing_scope", "feature_not_enabled", "channel_not_found"])
def test_where_slack_has_none_the_answer_comes_all_the_same(
    send: Send, slack: SlackStandIn, code: str
) -> None:
    for method in (SUGGEST, STATUS):
        slack.refuse(method, code)
    send(home_opened("messages"))
    assert slack.said() == []
    send(direct("hypoxia", event_id=f"Ev{code}"))
    assert len(slack.said("chat.postMessage")) == 1


def test_switched_off_nothing_of_it_is_sent(untouched: Services, slack: SlackStandIn) -> None:
    settings = untouched.settings.model_copy(update={"agent_view": False})
    app = waiting_app(slack, build_router(replace(untouched, settings=settings)))
    for body in (home_opened("messages"), direct("hypoxia", event_id="EvOff")):
        app.dispatch(BoltRequest(mode="socket_mode", body=body))
    assert slack.said(SUGGEST, STATUS) == []
