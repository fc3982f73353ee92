"""Whole servers over one PostgreSQL behind a balancer, as an operator starts them.

`TME_TEST_DATABASE` and `TME_TEST_INDEX` name a database and an index that are there already.
"""

import itertools
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from tests.faults.answers import AskedSlack, _request
from tests.handlers.visitor import SECRET, Bot
from tests.processes import free_port, is_well, serving, wait_for
from tests.slack_server import BOT_ID, BOT_USER

pytestmark = pytest.mark.postgres

SERVERS, QUESTIONS = 3, 30
INDEX = os.environ.get("TME_TEST_INDEX")


class Slack(AskedSlack):
    """The stand-in that keeps what each question was answered with, and knows the bot's token."""

    def take(self, method: str, body: dict[str, Any], worker: int) -> tuple[int, dict[str, Any]]:
        if method == "auth.test":
            return 200, {"ok": True, "url": "https://test.slack.com/", "team": "Test",
                         "team_id": "T1", "user": "tme", "user_id": BOT_USER, "bot_id": BOT_ID,
                         "is_enterprise_install": False}  # fmt: skip
        return super().take(method, body, worker)


@dataclass(slots=True)
class Balancer:
    """Sends each request to the next server that says that it is well."""

    ports: list[int]
    asked: list[str] = field(default_factory=list)
    _turns: Iterator[int] = field(default_factory=itertools.count)

    def ask(self, slack: Slack, number: int) -> None:
        for attempt in range(200):
            port = self.ports[next(self._turns) % len(self.ports)]
            if not is_well(port):
                threading.Event().wait(0.1)
                continue
            key, body, kind = _request(slack, number, attempt)
            try:
                status, _ = Bot(port).signed(body, kind)
            except OSError:
                continue
            if status == 200:
                self.asked.append(key)
                return
        raise AssertionError("no server takes a question")


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    given = os.environ.get("TME_TEST_DATABASE")
    made: Callable[[], str] = request.getfixturevalue("databases") if not given else lambda: given
    return made()


def test_three_servers_behind_a_balancer(database: str, tmp_path: Path) -> None:
    """One is killed, one is stopped and started again: each question is answered, and once."""
    ports = [free_port() for _ in range(SERVERS)]
    shared = {"SLACK_BOT_TOKEN": "xoxb-test", "SLACK_SIGNING_SECRET": SECRET,
              "TME_HEALTH": "public", "TME_DATABASE": database}  # fmt: skip
    shared |= {"TME_INDEX": INDEX} if INDEX else {}
    with ExitStack() as stack, Slack() as slack:
        balancer = Balancer(ports)
        homes = [tmp_path / f"{number}" for number in range(SERVERS)]

        def begin(number: int, ends_with: int = 0) -> tuple["Popen[bytes]", ExitStack]:
            homes[number].mkdir(exist_ok=True)
            own = stack.enter_context(ExitStack())
            process = own.enter_context(
                serving(slack.url, homes[number], ends_with=ends_with,
                        TME_PORT=str(ports[number]), **shared)
            )  # fmt: skip
            return process, own

        (killed, _), (_, stopped), _ = begin(0, ends_with=-9), begin(1), begin(2)
        for port in ports:
            wait_for("a server to be well", lambda port=port: is_well(port))
        for number in range(QUESTIONS):
            if number == QUESTIONS // 3:
                killed.kill()
            if number == 2 * QUESTIONS // 3:
                stopped.close()
                begin(1)
            balancer.ask(slack, number)
        wait_for("the server that was started again", lambda: is_well(ports[1]))
        seen = lambda: {post.key for post in slack.posts} | set(slack.offers)  # noqa: E731
        wait_for("every answer", lambda: set(balancer.asked) <= seen())
        assert len(balancer.asked) == QUESTIONS
        assert slack.doubled() == {}
        # Only what the killed server may have been sending is offered.
        assert slack.offered <= 1 + QUESTIONS // 3
