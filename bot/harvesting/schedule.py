"""Runs what is due while the bot serves, in a thread of its own."""

import logging
import threading

from bot.errors import HarvestBusy, TmeError
from bot.harvesting.plan import Planned
from bot.harvesting.run import Outcome
from bot.harvesting.service import Harvesting

log = logging.getLogger(__name__)

# So many records of one source, and then it is the next one's turn: the first harvest of a large
# source takes hours, and must not keep the others from what is new today.
TURN = 2_000
# How long closing waits for the batch under way. A run that is cut off goes on from its cursor.
_PATIENCE_SECONDS = 5.0


class HarvestSchedule:
    """Looks every `every` seconds for harvests that are due, and runs each for a turn.

    One that did not come to its end in its turn is due again, and goes on from its cursor.
    """

    def __init__(self, harvesting: Harvesting, every: float = 60.0, turn: int = TURN) -> None:
        self._harvesting, self._every, self._turn = harvesting, every, turn
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tme-harvest", daemon=True)
        self._trouble: dict[str, str] = {}

    def start(self) -> None:
        """Begin to look, and return."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, once the batch under way is done, or after a few seconds without it."""
        self._stop.set()
        self._harvesting.close()
        if self._thread.ident is not None:
            self._thread.join(_PATIENCE_SECONDS)

    def step(self) -> None:
        """Run what is due now. Never raises: what goes wrong is logged when it first does."""
        try:
            due = [each.planned for each in self._harvesting.standings() if each.is_due]
        except TmeError as error:
            self._report("the sources file", error)
            return
        for planned in due:
            if not self._stop.is_set():
                self._harvest(planned)

    def _run(self) -> None:
        while not self._stop.is_set():
            self.step()
            self._stop.wait(self._every)

    def _harvest(self, planned: Planned) -> None:
        try:
            outcome = self._harvesting.run(planned, limit=self._turn)
        except HarvestBusy:
            return
        except TmeError as error:
            self._report(planned.name, error)
        except Exception as error:
            log.error("%s: %s (see the log at DEBUG)", planned.name, type(error).__name__)  # noqa: TRY400
            log.debug("The whole of it:", exc_info=error)
        else:
            self._tell(outcome)

    def _tell(self, outcome: Outcome) -> None:
        counts = outcome.counts
        if outcome.error is not None:
            self._report(outcome.name, outcome.error)
        elif outcome.finished:
            self._trouble.pop(outcome.name, None)
            log.info(
                "%s: %s read, %s new, %s changed", outcome.name, counts.read, counts.new,
                counts.changed,
            )  # fmt: skip

    def _report(self, name: str, error: TmeError) -> None:
        if self._trouble.get(name) != error.message and not self._stop.is_set():
            log.warning("%s: %s", name, error.message)
        self._trouble[name] = error.message
