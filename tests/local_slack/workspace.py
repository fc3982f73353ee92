"""A local Slack with two apps of the bot, one on a socket and one over HTTP, driven by tests."""

import json
import logging
import os
import shutil
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from slack_sdk.socket_mode.builtin.connection import Connection, ConnectionState

from tests.processes import PATIENCE_SECONDS, ROOT, free_port, running, wait_for

BINARY = Path("node_modules/local-slack-linux-x64/bin/local-slack")

ALICE = "U01ALICE"
SIGNING_SECRET = "a-signing-secret-for-tests"

T = TypeVar("T")


def binary() -> Path | None:
    """Where local-slack is: LOCAL_SLACK_BIN, the project's node_modules, or the PATH."""
    named = os.environ.get("LOCAL_SLACK_BIN")
    found = shutil.which("local-slack")
    places = [Path(named)] if named else [ROOT / BINARY, *([Path(found)] if found else [])]
    return next((place for place in places if place.is_file()), None)


@dataclass(frozen=True, slots=True)
class Bot:
    """One app of the workspace as local-slack knows it."""

    app_id: str
    user: str
    token: str
    channel: str
    direct: str

    @property
    def app_token(self) -> str:
        return self.token.replace("xoxb", "xapp")


SOCKET_BOT = Bot("A01SOCKET", "U0SOCKET", "xoxb-socket", "C01SOCKET", "D01SOCKET")
HTTP_BOT = Bot("A01HTTP", "U0HTTP", "xoxb-http", "C01HTTP", "D01HTTP")


@dataclass(slots=True)
class LocalSlack:
    """A running local-slack, and what its people can do in it."""

    url: str
    process: subprocess.Popen[bytes]
    bot_port: int

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}{path}", timeout=10) as response:  # noqa: S310
            return json.load(response)

    def act(self, what: str, **values: object) -> Any:
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.url}/_control/{what}",
            data=json.dumps(values).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
            return json.load(response)

    def submit(self, values: dict[str, Any]) -> None:
        """Submit the window that is open, as the page of local-slack does, and hear the answer."""
        answered = threading.Event()

        def hear(said: str) -> None:
            if said.startswith('{"t":"view"'):
                answered.set()

        address = f"{self.url.replace('http', 'ws')}/ui"
        line = Connection(address, logging.getLogger(__name__), on_message_listener=hear)
        line.connect()
        state = ConnectionState()
        reading = threading.Thread(target=line.run_until_completion, args=(state,), daemon=True)
        reading.start()
        line.send(json.dumps({"t": "view_submit", "user": ALICE, "values": values}))
        heard = answered.wait(PATIENCE_SECONDS)
        state.terminated = True
        line.close()
        assert heard, "the window was not answered"

    def messages(self, channel: str) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = self.get(f"/_control/messages/{channel}")["messages"]
        return messages

    def log(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.get("/_control/log")["log"]
        return entries

    def calls(self, method: str) -> list[dict[str, Any]]:
        """What the bots called of Slack's Web API, as they called it."""
        return [
            entry["detail"]
            for entry in self.log()
            if entry["direction"] == "from_bot" and entry["summary"] == method
        ]

    def wait(self, what: str, look: Callable[[], T | None]) -> T:
        return wait_for(what, look, self.process)

    def new_message(self, bot: Bot, channel: str, before: int) -> dict[str, Any]:
        """The bot's next message in a channel that held `before` messages of its."""

        def look() -> dict[str, Any] | None:
            said = self.of(bot, channel)
            return said[before] if len(said) > before else None

        return self.wait(f"a message of {bot.app_id} in {channel}", look)

    def of(self, bot: Bot, channel: str) -> list[dict[str, Any]]:
        return [message for message in self.messages(channel) if message["user"] == bot.user]

    def after(self, bot: Bot, channel: str, act: Callable[[], object]) -> dict[str, Any]:
        """Do something, and wait for the bot's message that answers it."""
        before = len(self.of(bot, channel))
        act()
        return self.new_message(bot, channel, before)


@dataclass(frozen=True, slots=True)
class Way:
    """A local Slack, and a bot that is served to it one way."""

    slack: LocalSlack
    bot: Bot
    home: Path

    def tme(self, *words: str) -> str:
        """What an operator's `tme` prints, beside the bot that is served."""
        command = [sys.executable, "-c", "from bot.app.cli import main; main()", *words]
        environment = {**os.environ, "TME_HOME": str(self.home), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True, timeout=120
        )
        return done.stdout


@contextmanager
def local_slack(program: Path, folder: Path, port: int = 0) -> Iterator[LocalSlack]:
    """Run local-slack with a config of its own; its log goes to a file in the folder."""
    bot_port = free_port()
    config = folder / "local-slack.json"
    config.write_text(json.dumps(_config(bot_port)), encoding="utf-8")
    output = folder / "local-slack.log"
    command = [program, "--config", config, "--port", str(port), "--base-host", "127.0.0.1"]
    with (
        output.open("wb") as log,
        running([str(part) for part in command], log.fileno(), os.environ) as process,
    ):

        def address() -> str | None:
            lines = output.read_text(encoding="utf-8").splitlines()
            line = next((line for line in lines if "Web UI:" in line), None)
            return line.split()[-1] if line else None

        url = wait_for("local-slack to say its address", address, process)
        yield LocalSlack(url=url, process=process, bot_port=bot_port)


def _config(bot_port: int) -> dict[str, Any]:
    return {
        "workspace": {"name": "Test", "domain": "test", "teamId": "T01TEST"},
        "apps": [
            _app(SOCKET_BOT, mode="socket"),
            _app(HTTP_BOT, mode="events", requestUrl=f"http://127.0.0.1:{bot_port}/slack/events"),
        ],
        "users": [{"id": ALICE, "name": "alice"}],
        "channels": [channel for bot in (SOCKET_BOT, HTTP_BOT) for channel in _channels(bot)],
    }


def _app(bot: Bot, **mode: str) -> dict[str, str]:
    return {
        "appId": bot.app_id, "botUserId": bot.user, "botName": bot.app_id.lower(),
        "botToken": bot.token, "appToken": bot.app_token, "signingSecret": SIGNING_SECRET, **mode,
    }  # fmt: skip


def _channels(bot: Bot) -> list[dict[str, Any]]:
    members = [ALICE, bot.user]
    return [
        {"id": bot.channel, "name": bot.channel.lower(), "members": members},
        {
            "id": bot.direct, "name": bot.direct.lower(), "members": members,
            "is_im": True, "is_private": True, "is_channel": False,
        },
    ]  # fmt: skip
