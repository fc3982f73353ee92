"""`tme serve` as an operator runs it, with a stand-in for Slack."""

import threading
from pathlib import Path

from bot.app.bolt import ANSWERERS
from bot.app.serving import serve
from bot.settings import Settings
from tests.handlers.standin import SlackStandIn
from tests.handlers.visitor import SECRET, Bot
from tests.processes import PATIENCE_SECONDS, free_port, is_well, serving, wait_for

TOKEN = "xoxb-a-secret-token"


def http_settings(port: int) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "TME_PORT": str(port),
        "TME_HEALTH": "public",
    }


def test_it_serves_over_http_until_it_is_asked_to_end(slack: SlackStandIn, tmp_path: Path) -> None:
    """A supervisor's SIGTERM ends it with exit code 0 (`serving` holds it to that)."""
    port = free_port()
    with serving(slack.url, tmp_path, **http_settings(port)) as process:
        wait_for("the bot to be well", lambda: is_well(port), process)
        assert Bot(port).command("private words", slack.response_url) == (200, "")
        wait_for("the answer", lambda: slack.said("response_url"), process)
    log = (tmp_path / "serve.log").read_text(encoding="utf-8")
    assert "Listening on" in log
    assert "Stopped." in log
    for secret in (TOKEN, SECRET, "private words"):
        assert secret not in log


def test_what_was_acknowledged_is_answered_before_it_ends(
    slack: SlackStandIn, tmp_path: Path
) -> None:
    """The person who asked sees no other sign of it, so more wait here than can be answered."""
    port, asked = free_port(), 2 * ANSWERERS
    settings = Settings(
        home=tmp_path, slack_bot_token=TOKEN, slack_signing_secret=SECRET,
        slack_api_url=slack.url, port=port, health="public",
    )  # fmt: skip
    stop = threading.Event()
    # What fails below must not leave a server behind that nobody ends.
    server = threading.Thread(target=serve, args=(settings, stop), daemon=True)
    server.start()
    try:
        wait_for("the bot to be well", lambda: is_well(port))
        slack.open.clear()
        for _ in range(asked):
            assert Bot(port).command("macrophage", slack.response_url) == (200, "")
        stop.set()
        wait_for("the door to be closed", lambda: not is_well(port))
    finally:
        stop.set()
        slack.open.set()
        server.join(PATIENCE_SECONDS)
    assert not server.is_alive(), "it answered and did not end"
    assert len(slack.said("response_url")) == asked
    assert "went wrong" not in str(slack.calls)
