"""What people write is in no log, at any level, whatever goes wrong."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import App, BoltRequest, BoltResponse

from handlers.command import Context
from handlers.commands import COMMANDS
from handlers.router import Reply, Router
from tests.handlers.bodies import (
    DIRECT,
    controls_in,
    direct,
    home_opened,
    mention,
    press,
    slash,
    submit,
)
from tests.handlers.standin import SlackStandIn
from tests.handlers.visitor import waiting_app
from tests.own_records import router_over, work

# A word that nothing but the messages of this test has.
WORD = "zebrafishlike"
Send = Callable[[dict[str, Any]], BoltResponse]


def broken(_context: Context) -> Reply:
    """A command that fails in the worst way: its error quotes what was typed."""
    try:
        int(WORD)
    except ValueError as error:
        raise RuntimeError(f"so {WORD} is not answered") from error


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Router]:
    with router_over(tmp_path / "home", [work(1, "Macrophages in glioma")]) as built:
        yield built


def tour(slack: SlackStandIn, app: App) -> int:
    """Everything a person can send, with the word in it; then every button that came back."""

    def send(body: dict[str, Any]) -> None:
        app.dispatch(BoltRequest(mode="socket_mode", body=body))

    for command in COMMANDS:
        for text in filter(None, (command.example, command.name)):
            send(slash(f"{text} {WORD}", slack.response_url))
    for number, text in enumerate((WORD, f"find {WORD}", f"cite {WORD}", f"help {WORD}")):
        send(mention(text, event_id=f"EvM{number}"))
        send(mention(text, "1700.0001", event_id=f"EvT{number}"))
        send(direct(text, event_id=f"EvD{number}"))
    files = [{"id": "F0", "name": f"{WORD}.ris", "size": 1}]
    send(direct(WORD, "EvF", subtype="file_share", files=files))
    send(home_opened())
    messages = [call.body for call in slack.said() if "blocks" in call.body]
    for pressed in [each for message in messages for each in controls_in(message)][:120]:
        send(press(pressed["action_id"], pressed.get("value", "{}"), slack.response_url,
                   channel=DIRECT))  # fmt: skip
    for view in slack.said("views.open"):
        send(submit(view.body["view"], {"text": {"text": {"type": "text", "value": WORD}}}))
    return len(slack.calls)


def test_no_message_is_logged_on_a_tour_of_everything(
    slack: SlackStandIn, router: Router, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert tour(slack, waiting_app(slack, router)) > 60
    assert caplog.records, "something is logged at DEBUG"
    told = [r for r in caplog.records if WORD in f"{r.getMessage()} {r.exc_text} {r.exc_info}"]
    assert [f"{record.name}: {record.getMessage()[:200]}" for record in told] == []


def test_an_error_that_quotes_a_message_is_logged_without_it(
    slack: SlackStandIn, router: Router, caplog: pytest.LogCaptureFixture
) -> None:
    """In a command, and in a listener beside the router."""
    caplog.set_level(logging.DEBUG)
    commands = [replace(each, run=broken) for each in router.commands]
    app = waiting_app(slack, Router(router.services, commands))
    app.dispatch(BoltRequest(mode="socket_mode", body=slash(WORD, slack.response_url)))
    logged = caplog.text
    assert "RuntimeError in broken" in logged
    assert "ValueError" in logged  # the whole of it, at DEBUG: kinds and places
    assert WORD not in logged


def test_no_error_is_logged_with_its_own_message() -> None:
    """What `logging` writes of an exception begins with what it says; `frames` leaves that out."""
    root = Path(__file__).resolve().parents[2]
    for path in (*(root / "bot").rglob("*.py"), *(root / "handlers").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        assert "exc_info" not in source, path
        assert "log.exception(" not in source, path
