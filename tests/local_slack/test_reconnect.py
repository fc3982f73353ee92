"""A socket that is lost is opened again: a bot that stays silent afterwards is worse than none."""

from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.local_slack.workspace import (
    ALICE,
    SOCKET_BOT,
    LocalSlack,
    local_slack,
)
from tests.processes import serving, wait_for

pytestmark = pytest.mark.local_slack


HELLO = f"socket connected (hello) [{SOCKET_BOT.app_id}]"


def connected(slack: LocalSlack) -> bool:
    return any(entry["summary"] == HELLO for entry in slack.log())


def test_the_bot_answers_again_after_slack_was_away(program: Path, tmp_path: Path) -> None:
    settings = {"SLACK_BOT_TOKEN": SOCKET_BOT.token, "SLACK_APP_TOKEN": SOCKET_BOT.app_token}
    with ExitStack() as bot:
        with local_slack(program, tmp_path) as before:
            process = bot.enter_context(serving(before.api_url, tmp_path, **settings))
            wait_for("the first socket", lambda: connected(before), process)
        port = urlsplit(before.url).port or 0
        with local_slack(program, tmp_path, port) as after:
            wait_for("the socket to be opened again", lambda: connected(after), process)

            def ask() -> None:
                after.act(
                    "command", channel=SOCKET_BOT.channel, user=ALICE, command="/tme",
                    text="help", appId=SOCKET_BOT.app_id,
                )  # fmt: skip

            assert after.after(SOCKET_BOT, SOCKET_BOT.channel, ask)["ephemeral_to"] == ALICE
