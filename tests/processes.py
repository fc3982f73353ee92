"""Processes that tests start, wait for and end."""

import os
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent

# Longer than anything takes on a slow machine: a wait that ends here has failed.
PATIENCE_SECONDS = 180.0

T = TypeVar("T")


def wait_for(
    what: str, look: Callable[[], T | None], alive: subprocess.Popen[bytes] | None = None
) -> T:
    """What `look` finds, as soon as it does. Fails when the process ends or patience does."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if found := look():
            return found
        if alive is not None:
            assert alive.poll() is None, f"the process ended ({alive.returncode}) before {what}"
        # A look every so often: what is waited for is another's, who cannot notify us.
        select.select([], [], [], 0.05)
    raise AssertionError(f"waited {PATIENCE_SECONDS:.0f} s for {what}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def is_well(port: int) -> bool:
    """Whether a bot that listens on this port says that it is well.

    A connection that is refused, or reset because the bot is just closing, is no such word.
    """
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@contextmanager
def serving(
    api_url: str, folder: Path, *, ends_with: int = 0, **settings: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `tme serve` against a Slack at this address, as an operator would.

    Its log goes to `serve.log` in the folder; its data too. An operator's SIGTERM is an orderly
    end; one that is killed ends otherwise.
    """
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "TME_"))},
        "TME_HOME": str(folder / "home"),
        "TME_COMPLETE": "no",
        "SLACK_API_URL": api_url,
        "PYTHONPATH": str(ROOT),
        **settings,
    }
    command = [sys.executable, "-c", "from bot.app.cli import main; main()", "serve"]
    with (folder / "serve.log").open("wb") as log:
        with running(command, log.fileno(), environment) as process:
            yield process
        assert process.returncode == ends_with, (folder / "serve.log").read_text(encoding="utf-8")


@contextmanager
def running(
    command: list[str], output: int, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=dict(environment)
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
