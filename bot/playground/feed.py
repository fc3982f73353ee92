"""Numbered events for the page: each tab asks for what came after the last number it saw.

Published from any thread, awaited in the server's event loop. A bounded number is kept; a tab that
fell further behind has to load everything afresh.
"""

import asyncio
import threading
from collections import deque
from typing import Any

Event = dict[str, Any]


class Feed:
    """The last `kept` events, and the long polls that wait for the next one."""

    def __init__(self, kept: int = 1000) -> None:
        self._events: deque[Event] = deque(maxlen=kept)
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._lock = threading.Lock()
        self._last = 0
        self._closed = False

    @property
    def last(self) -> int:
        """The number of the newest event; 0 before the first."""
        with self._lock:
            return self._last

    @property
    def closed(self) -> bool:
        """Whether the server is stopping."""
        return self._closed

    def publish(self, kind: str, **values: Any) -> None:
        """Append an event and wake every poll that waits."""
        with self._lock:
            self._last += 1
            self._events.append({"seq": self._last, "type": kind, **values})
            self._wake()

    def after(self, seq: int) -> list[Event] | None:
        """The events past `seq`, oldest first; None when some of them are no longer kept."""
        with self._lock:
            oldest = self._events[0]["seq"] if self._events else self._last + 1
            if seq > self._last or seq < oldest - 1:
                return None
            return [event for event in self._events if event["seq"] > seq]

    async def wait(self, seq: int, seconds: float) -> list[Event] | None:
        """As `after`, waiting up to `seconds` for something to come."""
        waiter = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._waiting.add(waiter)
            quiet = seq == self._last and not self._closed
        try:
            if quiet:
                await asyncio.wait_for(waiter[1].wait(), seconds)
        except TimeoutError:
            pass
        finally:
            with self._lock:
                self._waiting.discard(waiter)
        return self.after(seq)

    def close(self) -> None:
        """Answer every waiting poll now, so that the server can stop; later polls do not wait."""
        with self._lock:
            self._closed = True
            self._wake()

    def _wake(self) -> None:
        for loop, event in self._waiting:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)
