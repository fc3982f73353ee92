"""`tme serve` under a supervisor that does what systemd does when its watchdog is not fed."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app.serving import CHECK_SECONDS
from tests.handlers.standin import SlackStandIn
from tests.handlers.wire import WebSocketServer
from tests.processes import PATIENCE_SECONDS, serving, wait_for

pytestmark = pytest.mark.kills


@pytest.fixture
def supervisor() -> Iterator[tuple[str, socket.socket]]:
    name = f"tme-supervisor-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("\0" + name)
        listener.settimeout(PATIENCE_SECONDS)
        yield f"@{name}", listener


def fed(listener: socket.socket) -> None:
    while b"WATCHDOG=1" not in listener.recv(4096):
        pass


def drained(listener: socket.socket) -> None:
    """Raises TimeoutError as soon as nothing more comes."""
    while listener.recv(4096):
        pass


def test_a_server_that_hangs_is_ended_with_its_traces_and_the_next_one_says_so(
    seeded_home: Path, tmp_path: Path, supervisor: tuple[str, socket.socket]
) -> None:
    """Frozen: no word any more. Aborted: where each thread was. Run again: said once, and well."""
    name, listener = supervisor
    assert seeded_home == tmp_path / "home"
    log = tmp_path / "serve.log"
    with SlackStandIn() as slack, WebSocketServer() as wire:
        slack.socket_url = wire.url
        given = {
            "SLACK_BOT_TOKEN": "xoxb-test", "SLACK_APP_TOKEN": "xapp-test", "TME_HEALTH": "",
            "NOTIFY_SOCKET": name,
        }  # fmt: skip
        killed = serving(slack.url, tmp_path, ends_with=-signal.SIGABRT, **given)
        with killed as process:
            fed(listener)
            process.send_signal(signal.SIGSTOP)
            listener.settimeout(2 * CHECK_SECONDS)
            with pytest.raises(TimeoutError):
                drained(listener)
            process.send_signal(signal.SIGABRT)
            process.send_signal(signal.SIGCONT)
            wait_for("its end", lambda: process.poll() is not None)
        said = log.read_text("utf-8")
        assert "Fatal Python error: Aborted" in said
        assert "_run" in said.partition("most recent call first")[2]
        listener.settimeout(PATIENCE_SECONDS)
        with serving(slack.url, tmp_path, **given):
            fed(listener)
    assert "I was ended without warning" in log.read_text("utf-8")
