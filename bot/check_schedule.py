"""Checks held records while the bot serves, in a thread of its own, within the sources' limits."""

import logging
import threading

from bot.checking import Checking
from bot.errors import TmeError

log = logging.getLogger(__name__)

# So many records each time; every source also keeps its own pace.
_RECORDS = 10
# How long closing waits for the question under way.
_PATIENCE_SECONDS = 5.0


class CheckSchedule:
    """Looks every `every` seconds for records whose standing was not asked for long enough."""

    def __init__(self, checking: Checking, every: float = 60.0) -> None:
        self._checking, self._every = checking, every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tme-checks", daemon=True)
        self._trouble = ""

    def start(self) -> None:
        """Begin to look, and return."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, once the question under way is answered, or after a few seconds without it."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(_PATIENCE_SECONDS)

    def step(self) -> int:
        """Check what is due now; how many. Never raises: new trouble is logged once."""
        try:
            done = self._checking.step(_RECORDS)
        except TmeError as error:
            self._report(f"{error.code}: {error.message}")
            return 0
        except Exception as error:  # a checker's fault must not end the checks
            self._report(type(error).__name__)
            log.debug("The whole of it:", exc_info=error)
            return 0
        self._trouble = ""
        return done

    def _run(self) -> None:
        while not self._stop.is_set():
            self.step()
            self._stop.wait(self._every)

    def _report(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            log.warning("records could not be checked: %s", trouble)
