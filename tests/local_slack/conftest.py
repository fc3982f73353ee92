"""One local Slack and one bot per way in, for the whole session: closing a socket takes 3 s."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local_slack.workspace import (
    HTTP_BOT,
    SIGNING_SECRET,
    SOCKET_BOT,
    LocalSlack,
    Way,
    binary,
    local_slack,
)
from tests.processes import is_well, serving, wait_for


@pytest.fixture(scope="session")
def program() -> Path:
    """The local-slack binary; tests that need it are skipped where it is absent."""
    found = binary()
    if found is None:
        pytest.skip("local-slack is not installed: npm install local-slack-linux-x64@0.1.8")
    return found


@pytest.fixture(scope="session")
def slack(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSlack]:
    with local_slack(program, tmp_path_factory.mktemp("local-slack")) as running:
        yield running


@pytest.fixture(scope="session")
def over_socket(slack: LocalSlack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    """The bot as `tme serve` runs it with an app token."""
    settings = {"SLACK_BOT_TOKEN": SOCKET_BOT.token, "SLACK_APP_TOKEN": SOCKET_BOT.app_token}
    folder = tmp_path_factory.mktemp("socket")
    with serving(slack.api_url, folder, **settings) as process:

        def connected() -> bool:
            hello = f"socket connected (hello) [{SOCKET_BOT.app_id}]"
            return any(entry["summary"] == hello for entry in slack.log())

        wait_for("the socket to open", connected, process)
        yield Way(slack, SOCKET_BOT, folder / "home")


@pytest.fixture(scope="session")
def over_http(slack: LocalSlack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    """The bot as `tme serve` runs it with a signing secret and no app token."""
    settings = {
        "SLACK_BOT_TOKEN": HTTP_BOT.token,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "TME_PORT": str(slack.bot_port),
        "TME_HEALTH": "public",
    }
    folder = tmp_path_factory.mktemp("http")
    with serving(slack.api_url, folder, **settings) as process:
        wait_for("the HTTP server to be well", lambda: is_well(slack.bot_port), process)
        yield Way(slack, HTTP_BOT, folder / "home")


@pytest.fixture(params=["over_socket", "over_http"])
def way(request: pytest.FixtureRequest) -> Way:
    """The bot, by each way in turn."""
    found: Way = request.getfixturevalue(request.param)
    return found
