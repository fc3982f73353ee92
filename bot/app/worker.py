"""The one loop for work that goes on beside the answers: a step, a rest, and again."""

import logging
import threading
import time
from collections.abc import Callable

from bot.errors import TmeError, frames

log = logging.getLogger(__name__)

# A step that is to end by itself and takes longer, in seconds, hangs.
LONGEST_STEP = 3600.0


def _nothing() -> None:
    """What most workers have to interrupt."""


class Worker:
    """A thread that runs a step again and again until it is stopped.

    A step that returns True has more to do and runs again at once; after any other the worker
    rests for `every` seconds. Trouble is logged when it first appears, not each time it stays,
    and once it has gone. `interrupt` asks the step under way to end early; `patience` is how
    many seconds stopping waits for it (None: until it has ended, which is soon: a step of such a
    worker that goes on for `LONGEST_STEP` is trouble).
    """

    def __init__(  # noqa: PLR0913 - what it does, and how it ends
        self,
        name: str,
        step: Callable[[], object],
        every: float = 1.0,
        *,
        interrupt: Callable[[], None] = _nothing,
        patience: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._work, self._every = step, every
        self._interrupt, self._patience = interrupt, patience
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"tme-{name}", daemon=True)
        self._trouble: str | None = None
        self._clock, self._began = clock, float("inf")

    def start(self) -> None:
        """Begin, and return."""
        self._thread.start()

    @property
    def has_ended(self) -> bool:
        """Whether it ended without being stopped."""
        is_begun = self._thread.ident is not None
        return is_begun and not self._thread.is_alive() and not self._stop.is_set()

    @property
    def trouble(self) -> str | None:
        """What went wrong in its last step, that it hangs or has ended; None: it works."""
        if self.has_ended:
            return "it has ended"
        ran = self._clock() - self._began
        if self._patience is None and ran > LONGEST_STEP:
            return f"it hangs: its step began {ran / 60:.0f} minutes ago"
        return self._trouble

    def stop(self) -> None:
        """Stop, once the step under way is done."""
        self._stop.set()
        self._interrupt()
        if self._thread.ident is not None:
            self._thread.join(self._patience)

    def step(self) -> bool:
        """Run the step once; whether there is more to do. Never raises."""
        self._began = self._clock()
        try:
            more = self._work()
        except TmeError as error:
            self._report(f"{error.message} ({error.code})")
        except Exception as error:  # a fault in one step must not end the work
            self._report(type(error).__name__)
            log.debug("The whole of it: %s", frames(error))
        else:
            if self._trouble is not None:
                log.info("%s: works again", self.name)
            self._trouble = None
            return more is True
        finally:
            self._began = float("inf")
        return False

    def _run(self) -> None:
        while not self._stop.is_set():
            if not self.step():
                self._stop.wait(self._every)

    def _report(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.error("%s: %s", self.name, trouble)
        self._trouble = trouble
