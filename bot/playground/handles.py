"""Short-lived handles the bot is given with every act: response URLs and triggers.

A response URL may be used 5 times within 30 minutes, as Slack has it. A trigger opens one view;
Slack lets it live for 3 seconds, here it lives for 60, so that a slow first start is no error.
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Generic, TypeVar

RESPONSE_USES, RESPONSE_LIFE = 5, timedelta(minutes=30)
TRIGGER_LIFE = timedelta(seconds=60)
_KEPT = 500

T = TypeVar("T")


class Refused(Enum):
    """Why a handle is not good."""

    UNKNOWN = auto()
    EXPIRED = auto()
    USED = auto()


@dataclass(frozen=True, slots=True)
class Target:
    """Where a response goes: the channel, who may see it, and the message it came from."""

    channel: str
    user: str
    message_ts: str | None = None


@dataclass(slots=True)
class _Handle(Generic[T]):
    target: T
    until: datetime
    left: int


class Handles(Generic[T]):
    """Handles made at `now`, good for `life` and `uses` times; the oldest of 500 are forgotten."""

    def __init__(self, now: Callable[[], datetime], life: timedelta, uses: int) -> None:
        self._now, self._life, self._uses = now, life, uses
        self._stored: dict[str, _Handle[T]] = {}
        self._lock = threading.Lock()

    def make(self, target: T) -> str:
        """A new handle that no one can guess."""
        handle = secrets.token_urlsafe(24)
        with self._lock:
            self._stored[handle] = _Handle(target, self._now() + self._life, self._uses)
            while len(self._stored) > _KEPT:
                self._stored.pop(next(iter(self._stored)))
        return handle

    def use(self, handle: str) -> T | Refused:
        """Use a handle once: its target, or why it is refused."""
        with self._lock:
            current = self._stored.get(handle)
            if current is None:
                return Refused.UNKNOWN
            if self._now() > current.until:
                return Refused.EXPIRED
            if current.left == 0:
                return Refused.USED
            current.left -= 1
            return current.target

    def __len__(self) -> int:
        return len(self._stored)
