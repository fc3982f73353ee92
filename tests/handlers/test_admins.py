"""Who may change subscriptions where only admins may: as Slack knows them, or as they are set."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import BoltRequest

from bot.app.composition import build_router, opened
from bot.settings import Settings
from bot.store.subscriptions import Subscription
from handlers.people import KEPT
from handlers.services import Services
from tests.handlers.bodies import ALICE, BOB, press, slash
from tests.handlers.conftest import NOW
from tests.handlers.standin import TEAM, SlackStandIn
from tests.handlers.visitor import waiting_app
from tests.own_records import work
from tests.store.examples import Clock

NAMED = "U09NAMED"
Press = Callable[[str], str]


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.moment = NOW
    return clock


@pytest.fixture
def services(tmp_path: Path, clock: Clock) -> Iterator[Services]:
    settings = Settings(
        home=tmp_path, starter=False, subscription_changes="admins", admins=f"{NAMED}"
    )
    with opened(settings, clock) as built:
        built.harvester.take([work(1, "Hypoxia shields a niche")], "test")
        built.index.follow(built.store)
        yield built


@pytest.fixture
def ask(slack: SlackStandIn, services: Services) -> Callable[[dict[str, Any]], str]:
    """Let a payload arrive, and hear what is answered."""
    app = waiting_app(slack, build_router(services))

    def dispatch(body: dict[str, Any]) -> str:
        app.dispatch(BoltRequest(mode="socket_mode", body=body))
        return str(slack.said()[-1].body["text"])

    return dispatch


@pytest.fixture
def stop(ask: Callable[[dict[str, Any]], str], services: Services, slack: SlackStandIn) -> Press:
    """Somebody presses [Stop] under Alice's subscription; what they are told."""
    ask(slash("subscribe hypoxia daily", slack.response_url))
    stored = the_subscription(services)

    def pressed(user: str) -> str:
        body = press("sub_stop", {"s": stored.id}, slack.response_url, ephemeral=True)
        body["user"]["id"] = user
        return ask(body)

    return pressed


def the_subscription(services: Services) -> Subscription:
    (stored,) = services.store.subscriptions.everything()
    return stored


def known(slack: SlackStandIn, **person: Any) -> None:
    slack.answers["users.info"] = {"user": {"team_id": TEAM, **person}}


@pytest.mark.parametrize("role", ["is_admin", "is_owner", "is_primary_owner"])
def test_an_admin_of_the_workspace_may(stop: Press, slack: SlackStandIn, role: str) -> None:
    known(slack, **{role: True})
    assert "Stopped watching" in stop(BOB)
    assert slack.said("users.info")[-1].body["user"] == BOB


@pytest.mark.parametrize(
    "person",
    [
        {"is_admin": False},
        {},
        {"is_admin": True, "deleted": True},
        {"is_admin": True, "team_id": "T0ELSEWHERE"},
        {"is_admin": "yes"},
    ],
    ids=["no admin", "nothing said", "gone", "an admin elsewhere", "not Slack's shape"],
)
def test_others_may_not_who_made_it_included(
    stop: Press, slack: SlackStandIn, services: Services, person: dict[str, Any]
) -> None:
    known(slack, **person)
    said = stop(ALICE)
    assert f"Only admins and owners of the workspace, and {NAMED} can change it." in said
    assert the_subscription(services).state == "active"


def test_without_the_scope_those_who_are_named_may(
    stop: Press,
    ask: Callable[[dict[str, Any]], str],
    slack: SlackStandIn,
    services: Services,
) -> None:
    """And the refusal and the status say why it is them alone."""
    slack.refuse("users.info", "missing_scope")
    assert "changed by admins and owners" in ask(slash("status", slack.response_url))
    said = stop(BOB)
    assert "I lack the scope users:read" in said
    assert f"only those whom my operator named can ({NAMED})" in said
    status = ask(slash("status", slack.response_url))
    assert "I cannot tell who they are (I lack the scope users:read)" in status
    assert the_subscription(services).state == "active"
    asked = len(slack.said("users.info"))
    assert "Stopped watching" in stop(NAMED)
    assert len(slack.said("users.info")) == asked


def test_slack_is_asked_again_after_a_while(stop: Press, slack: SlackStandIn, clock: Clock) -> None:
    known(slack, is_admin=False)
    for _ in range(3):
        assert "Only admins" in stop(BOB)
    asked = [call.body["user"] for call in slack.said("users.info")]
    assert asked.count(BOB) == 1
    clock.moment += KEPT + timedelta(seconds=1)
    known(slack, is_admin=True)
    assert "Stopped watching" in stop(BOB)


def test_slack_out_of_reach_lets_nobody_else_in(stop: Press, slack: SlackStandIn) -> None:
    slack.drop("users.info")
    assert "Slack cannot be reached" in stop(BOB)
    slack.dropped.clear()
    slack.refuse("users.info", "fatal_error")
    assert "Slack says “fatal_error”" in stop("U03CAROL")
