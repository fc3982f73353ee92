"""When a source may be contacted: a pace for each host, and the clock that the client goes by."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock


class Pace:
    """When each host may be contacted next."""

    def __init__(self) -> None:
        self._free: dict[str, float] = {}
        self._lock = Lock()

    def reserve(self, host: str, now: float, interval: float) -> float:
        """Take the next turn at a host; how long to wait for it, in seconds."""
        with self._lock:
            turn = max(now, self._free.get(host, now))
            self._free[host] = turn + interval
            return turn - now

    def hold(self, host: str, until: float) -> None:
        """Let no one ask the host before this moment: it required a wait."""
        with self._lock:
            self._free[host] = max(until, self._free.get(host, until))

    def wait(self, host: str, now: float) -> float:
        """How long the host's next turn is away, in seconds, without taking it."""
        with self._lock:
            return max(0.0, self._free.get(host, now) - now)


@dataclass(frozen=True, slots=True)
class Time:
    """The time a client goes by, passed in so that no test waits: seconds, the date, the pace.

    Clients that share one share the pace at which hosts are queried.
    """

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    pace: Pace = field(default_factory=Pace)
