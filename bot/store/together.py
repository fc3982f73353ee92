"""Small writes of many threads in one transaction, so that a burst of them waits once.

Each transaction takes the lock of the file, and each of its steps lets other threads run first:
where many requests arrive at once, one thread writes for all that wait.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from bot.store.connections import Connections, Database, Lane

T = TypeVar("T")


@dataclass(eq=False, slots=True)
class _Waiting(Generic[T]):
    """A write that waits for its turn, and what became of it."""

    work: Callable[[Database], T]
    woken: threading.Event = field(default_factory=threading.Event)
    leads: bool = False
    outcome: list[T] = field(default_factory=list)
    error: BaseException | None = None


class Together:
    """Gathers writes that wait, and writes them in one transaction. Safe from any thread.

    `patience` is how many seconds a transaction waits for the file's lock. What is written
    survives a kill of the process, but not a loss of power right after it.
    """

    def __init__(self, connections: Connections, patience: float, lane: Lane = "store") -> None:
        self._connections, self._patience, self._lane = connections, patience, lane
        self._lock = threading.Lock()
        self._waiting: list[_Waiting[Any]] = []
        self._is_led = False

    def write(self, work: Callable[[Database], T]) -> T:
        """What this brings, once it is committed. Raises StoreError: then nothing is written."""
        own = _Waiting(work)
        with self._lock:
            self._waiting.append(own)
            own.leads, self._is_led = not self._is_led, True
        if not own.leads:
            own.woken.wait()
        if own.leads:
            self._lead()
        if own.error is not None:
            raise own.error
        return own.outcome[0]

    def _lead(self) -> None:
        """Write all that waits, and let the first that came meanwhile lead next."""
        with self._lock:
            some, self._waiting = self._waiting, []
        try:
            with self._connections.writing(self._patience, is_synced=False, lane=self._lane) as db:
                for each in some:
                    each.outcome.append(each.work(db))
        except BaseException as error:
            for each in some:
                each.error = error
        with self._lock:
            following = self._waiting[:1]
            self._is_led = bool(following)
            for each in following:
                each.leads = True
        for each in (*some, *following):
            each.woken.set()
