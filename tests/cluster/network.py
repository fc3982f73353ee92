"""A PostgreSQL in a network of its own, and lines to it that can be cut as cables are.

Over a line that is cut nothing arrives and nobody is told: neither end knows that the other is
gone. Needs Linux, root and `ip`.
"""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from tests.cluster import postgres


def missing() -> str:
    """Why there can be no network of its own here; "" where there can."""
    if reason := postgres.missing():
        return reason
    if os.name != "posix" or os.getuid() != 0 or shutil.which("ip") is None:
        return "a network of its own needs root and `ip`"
    name = f"tme{secrets.token_hex(3)}"
    if subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode:
        return "this machine allows no network of its own"
    _ip("netns", "del", name)
    return ""


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=60)


@dataclass(frozen=True, slots=True)
class Line:
    """One line to the database: its name here, and the database's address on it."""

    name: str
    host: str

    def cut(self) -> None:
        """Let nothing through, in either direction."""
        _ip("link", "set", self.name, "down")

    def mend(self) -> None:
        """Let everything through again."""
        _ip("link", "set", self.name, "up")


@contextmanager
def lines(count: int) -> Iterator[tuple[postgres.Server, list[Line]]]:
    """A server with this many lines to it, each of which can be cut by itself."""
    network, made = f"tme{secrets.token_hex(3)}", list[Line]()
    third = secrets.randbelow(200)
    _ip("netns", "add", network)
    try:
        _ip("-n", network, "link", "set", "lo", "up")
        for number in range(count):
            here, there = f"{network}h{number}", f"{network}n{number}"
            place = f"10.{213 + number}.{third}"
            _ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", network)
            _ip("addr", "add", f"{place}.1/24", "dev", here)
            _ip("link", "set", here, "up")
            _ip("-n", network, "addr", "add", f"{place}.2/24", "dev", there)
            _ip("-n", network, "link", "set", there, "up")
            made.append(Line(here, f"{place}.2"))
        within = ("ip", "netns", "exec", network)
        with postgres.apart([line.host for line in made], within) as server:
            yield server, made
    finally:
        for line in made:
            with suppress(subprocess.CalledProcessError):
                _ip("link", "del", line.name)
        _ip("netns", "del", network)
