"""A real Bolt app over the seeds, and a stand-in for Slack that checks all it is given."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import App, BoltRequest, BoltResponse

from bot.app.composition import build_router, opened
from bot.records.models import Record, Scheme
from bot.settings import Settings
from bot.store import StateStore
from handlers.router import Router
from handlers.services import Services
from handlers.transports import HttpTransport
from tests.block_check import check_message, check_view
from tests.handlers.bodies import ALICE, BOB, CHANNEL
from tests.handlers.standin import TEAM, Call, SlackStandIn
from tests.handlers.visitor import SECRET, Bot, waiting_app

NOW = datetime.fromisoformat("2026-01-15T12:00:00+00:00")


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    """Slack's side of the wire; when a test ends, all that was drawn is checked."""
    with SlackStandIn() as standin:
        yield standin
    for call in standin.said():
        check(call)


def check(call: Call) -> None:
    """Hold one call to Slack's rules for what it draws."""
    if call.method == "chat.unfurl":
        for card in call.body["unfurls"].values():
            check_message({"text": "a card", **card}, allowed=(f"<@{ALICE}>", f"<@{BOB}>"))
    elif "view" in call.body:
        mentions = (f"<@{ALICE}>", f"<@{BOB}>", f"<#{CHANNEL}>")
        check_view(call.body["view"], allowed=mentions)
    else:
        check_message(call.body, allowed=(f"<@{ALICE}>", f"<@{BOB}>", f"<#{CHANNEL}>"))


@pytest.fixture(scope="session")
def services(prepared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Services of this room's own: its tests claim events and leave conversations behind."""
    home = shutil.copytree(prepared_home, tmp_path_factory.mktemp("handlers") / "home")
    with opened(Settings(home=home), now=lambda: NOW) as built:
        for person in (ALICE, BOB):
            built.store.preferences.greet(f"/{TEAM}", person, NOW)
        yield built


@pytest.fixture(scope="session")
def router(services: Services) -> Router:
    """The router over this room's services: that of another room would write into theirs."""
    return build_router(services)


# What people leave behind, by table.
LEFT_BEHIND = (
    "club_votes", "club_meetings", "clubs",
    "tag_corrections", "reading_marks", "reading_items", "reading_lists", "reports",
    "conversations", "events_seen", "inbox", "deeds", "shares",
    "quiet_channels", "person_settings", "uses", "sqlite_sequence",
)  # fmt: skip


@pytest.fixture
def untouched(services: Services) -> Services:
    """The services with nothing that other tests have left: no lists, corrections or reports."""
    assert isinstance(services.store, StateStore)
    with services.store._connections.writing() as db:
        for table in LEFT_BEHIND:
            db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own tables
    return services


@pytest.fixture
def app(slack: SlackStandIn, router: Router) -> App:
    """The bot's Bolt app, answering before it acknowledges so that tests need not wait."""
    return waiting_app(slack, router)


@pytest.fixture
def send(app: App) -> Callable[[dict[str, Any]], BoltResponse]:
    """Let a payload arrive over the socket, and hear what the bot says to Slack at once."""

    def dispatch(body: dict[str, Any]) -> BoltResponse:
        return app.dispatch(BoltRequest(mode="socket_mode", body=body))

    return dispatch


@pytest.fixture
def web(slack: SlackStandIn, router: Router) -> Iterator[Bot]:
    """The bot listening over HTTP, answering before it acknowledges."""
    app = waiting_app(slack, router, slack_signing_secret=SECRET)
    transport = HttpTransport(app, "127.0.0.1", 0)
    transport.start()
    yield Bot(transport.port)
    transport.close()


@pytest.fixture(scope="session")
def review(services: Services) -> Record:
    """The record of the seed page."""
    stored = [r for r in services.store.newest(200) if r.doi == "10.1002/ctd2.70098"]
    assert len(stored) == 1
    assert stored[0].identifier(Scheme.DOI)
    return stored[0]
