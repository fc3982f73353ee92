"""Since when OpenSearch does not answer, so that those who ask do not wait for it in turn.

Questions take turns. Where each waited for itself, the twentieth would wait twenty times as long.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.errors import IndexAway

# What was not seen for so long, in seconds, is over, though nobody has asked meanwhile.
_FORGOTTEN_SECONDS = 30.0


@dataclass(slots=True)
class _Outage:
    """When it began, when it was last seen, and why nothing is answered."""

    began: float
    seen: float
    trouble: str


class Outages:
    """What is not answered now, by the path of a request. Safe from any thread."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, _Outage] = {}
        self._tried: set[str] = set()

    @contextmanager
    def trying(self, what: str, patience: float) -> Iterator[None]:
        """A block that asks for something.

        Raises IndexAway at once where that was not answered for `patience` seconds and another
        thread is just trying it.
        """
        with self._lock:
            outage = self._current(what)
            is_long = outage is not None and self._clock() - outage.began > patience
            if outage is not None and is_long and what in self._tried:
                raise away(outage.trouble)
            if is_long:
                self._tried.add(what)
        try:
            yield
        finally:
            if is_long:
                with self._lock:
                    self._tried.discard(what)

    def seen(self, what: str, began: float, trouble: str) -> float:
        """Note that nothing was answered from a moment until now; since when it has been so."""
        with self._lock:
            outage = self._current(what) or _Outage(began, began, trouble)
            self._known[what] = outage
            outage.seen, outage.trouble = self._clock(), trouble
            return outage.began

    def over(self, what: str) -> None:
        """Note that it was answered."""
        with self._lock:
            self._known.pop(what, None)

    def _current(self, what: str) -> _Outage | None:
        outage = self._known.get(what)
        if outage is None or self._clock() - outage.seen > _FORGOTTEN_SECONDS:
            return None
        return outage


def away(trouble: str) -> IndexAway:
    """The one line that people read."""
    return IndexAway(f"The search index cannot be reached: {trouble}.")
