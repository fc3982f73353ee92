"""A start that tells the truth: passing trouble is waited out, a token that cannot work is not."""

import threading
from pathlib import Path

import pytest
from slack_bolt import App

from bot.app.bolt import build_bolt
from bot.app.doctor import diagnose
from bot.app.serving import LONGEST_PAUSE, STORE_PAUSE, patiently
from bot.errors import SettingsError, StoreAway
from bot.settings import Settings
from handlers.health.checks import Check
from handlers.router import Router
from handlers.transports import SocketTransport
from tests.handlers.standin import SlackStandIn
from tests.handlers.wire import WebSocketServer
from tests.processes import PATIENCE_SECONDS, free_port


class Waits(threading.Event):
    """A stop that nobody asks for, and that keeps how long it was waited for."""

    def __init__(self, most: int = 99) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._most = most

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0.0)
        if len(self.waits) >= self._most:
            self.set()
        return self.is_set()


def bot(slack: SlackStandIn) -> Settings:
    return Settings(slack_bot_token="xoxb-test", slack_api_url=slack.url)


@pytest.mark.parametrize("trouble", [429, 503, 0], ids=["429", "503", "a lost reply"])
def test_passing_trouble_at_the_start_is_waited_out(
    slack: SlackStandIn, router: Router, trouble: int, caplog: pytest.LogCaptureFixture
) -> None:
    slack.statuses["auth.test"] = [trouble] * 3
    stop = Waits()
    assert patiently(stop, lambda: build_bolt(bot(slack), router)) is not None
    assert len(stop.waits) == 3
    assert stop.waits == ([30.0] * 3 if trouble == 429 else [1.0, 2.0, 4.0])
    lines = [r for r in caplog.records if "I keep trying" in r.getMessage()]
    assert len(lines) == 1, "logged once, not each time"
    assert "xoxb" not in caplog.text


@pytest.mark.parametrize("code", ["internal_error", "fatal_error", "ratelimited"])
def test_errors_of_slacks_own_are_waited_out(
    slack: SlackStandIn, router: Router, code: str
) -> None:
    slack.refuse_once("auth.test", code)
    stop = Waits()
    assert patiently(stop, lambda: build_bolt(bot(slack), router)) is not None
    assert len(stop.waits) == 1


def test_a_database_that_is_away_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    tries = iter([StoreAway("The database cannot be reached.")] * 5)

    def start() -> str:
        if error := next(tries, None):
            raise error
        return "opened"

    stop = Waits()
    assert patiently(stop, start) == "opened"
    assert stop.waits == [1.0, 2.0, 4.0, STORE_PAUSE, STORE_PAUSE]
    assert caplog.messages == ["The database cannot be reached. I keep trying."]


def test_no_network_is_waited_for_ever_longer(router: Router) -> None:
    settings = Settings(
        slack_bot_token="xoxb-test", slack_api_url=f"http://127.0.0.1:{free_port()}/api/"
    )
    stop = Waits(most=9)
    assert patiently(stop, lambda: build_bolt(settings, router)) is None
    assert stop.waits == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, *[LONGEST_PAUSE] * 3]


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("invalid_auth", "Set it to the bot token"),
        ("token_revoked", "Install the app again"),
        ("account_inactive", "Install the app again"),
    ],
)
def test_a_token_that_cannot_work_is_not_waited_for(
    slack: SlackStandIn, router: Router, code: str, hint: str
) -> None:
    slack.refuse("auth.test", code)
    stop = Waits()
    with pytest.raises(SettingsError, match=f"SLACK_BOT_TOKEN: {code}") as refused:
        patiently(stop, lambda: build_bolt(bot(slack), router))
    assert hint in refused.value.hint
    assert stop.waits == []


@pytest.mark.parametrize("code", ["too_many_websockets", "internal_error"])
def test_a_socket_that_slack_does_not_open_yet_is_waited_for(
    app: App, slack: SlackStandIn, code: str
) -> None:
    slack.refuse_once("apps.connections.open", code)
    stop = Waits()
    with WebSocketServer() as server:
        slack.socket_url = server.url
        transport = SocketTransport(app, "xapp-test", slack.url)
        patiently(stop, transport.start)
        assert server.opened.acquire(timeout=PATIENCE_SECONDS)
        transport.close()
    assert stop.waits == [1.0]


def test_a_socket_whose_address_does_not_answer_is_not_said_to_be_open(
    app: App, slack: SlackStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """The SDK goes on trying."""
    slack.socket_url = f"ws://127.0.0.1:{free_port()}/gone"
    transport = SocketTransport(app, "xapp-test", slack.url)
    transport.start()
    transport.close()
    assert "did not open yet" in caplog.text
    assert "Connected" not in caplog.text


def doctor(slack: SlackStandIn, home: Path) -> Check:
    settings = Settings(
        home=home, starter=False,
        slack_bot_token="xoxb-test", slack_app_token="xapp-test", slack_api_url=slack.url,
    )  # fmt: skip
    return next(each for each in diagnose(settings) if each.what == "Slack")


EVERY = (
    "app_mentions:read,assistant:write,channels:history,channels:read,chat:write,commands,"
    "files:read,files:write,"
    "groups:history,groups:read,im:history,im:write,links:read,links:write,reactions:read,users:read"
)


@pytest.mark.parametrize(
    ("scopes", "ok", "says"),
    [
        (EVERY, True, "with every scope"),
        (EVERY.replace(",users:read", ""), True, "without users:read guests count as members"),
        (EVERY.replace("chat:write,", ""), False, "I lack the scopes chat:write"),
        (None, True, "does not say which scopes"),
    ],
)
def test_doctor_says_what_slack_says(
    slack: SlackStandIn, tmp_path: Path, scopes: str | None, ok: bool, says: str
) -> None:
    slack.headers = {} if scopes is None else {"x-oauth-scopes": scopes}
    slack.socket_url = "wss://example.org"
    found = doctor(slack, tmp_path)
    assert (found.state == "ok", says in found.line) == (ok, True), found.line
    assert "Slack knows me as tme in Test" in found.line


@pytest.mark.parametrize(
    ("method", "code", "says"),
    [
        ("auth.test", "token_revoked", "Slack refused SLACK_BOT_TOKEN: token_revoked."),
        ("auth.test", "internal_error", "Slack does not take me now: internal_error."),
        ("apps.connections.open", "invalid_auth", "Slack refused SLACK_APP_TOKEN: invalid_auth."),
    ],
)
def test_doctor_says_what_slack_refuses(
    slack: SlackStandIn, tmp_path: Path, method: str, code: str, says: str
) -> None:
    slack.refuse(method, code)
    found = doctor(slack, tmp_path)
    assert found.state == "bad"
    assert says in found.line
