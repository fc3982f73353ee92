"""Keeps what is derived from the store up with it while the bot serves, and its memory short.

Another process may write the store (`tme import`); what it wrote is found seconds later.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from bot.errors import TmeError
from bot.store import StateStore

log = logging.getLogger(__name__)

FORGET_EVERY = timedelta(hours=1)


class Follows(Protocol):
    """What follows a store: the index, the vectors of meaning-based ranking."""

    def follow(self, store: StateStore) -> int:
        """Take in what has changed since the last time; how much that was. Raises TmeError."""


class Follower:
    """A thread that follows the store every `every` seconds until it is stopped."""

    def __init__(
        self,
        store: StateStore,
        index: Follows,
        now: Callable[[], datetime],
        every: float = 1.0,
        what: str = "The index",
    ) -> None:
        self._store, self._index, self._now, self._every = store, index, now, every
        self._what = what
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tme-follower", daemon=True)
        self._forgot: datetime | None = None
        self._trouble: str | None = None

    def start(self) -> None:
        """Begin to follow, and return."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, once the step under way is done."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def step(self) -> None:
        """Follow once; forget what is old when an hour has passed since the last time.

        An error is logged when it first appears, not again each time it stays, and once it has
        gone.
        """
        try:
            self._index.follow(self._store)
            self._forget()
        except TmeError as error:
            self._report(error.code, error.message)
        except Exception as error:
            self._report(type(error).__name__, "see the log at DEBUG")
            log.debug("The whole of it:", exc_info=error)
        else:
            if self._trouble is not None:
                log.info("%s follows the store again.", self._what)
            self._trouble = None

    def _run(self) -> None:
        while not self._stop.is_set():
            self.step()
            self._stop.wait(self._every)

    def _forget(self) -> None:
        now = self._now()
        if self._forgot is None or now - self._forgot >= FORGET_EVERY:
            self._store.forget_old(now)
            self._forgot = now

    def _report(self, code: str, message: str) -> None:
        if code != self._trouble:
            log.error("%s does not follow the store: %s (%s)", self._what, message, code)
        self._trouble = code
