"""Runs the harvests that are due, each for a turn."""

import logging
from typing import Protocol

from bot.errors import HarvestBusy, TmeError, frames
from bot.harvest.plan import Planned
from bot.harvest.run import Outcome

log = logging.getLogger(__name__)

# So many records of one source, and then it is the next one's turn: the first harvest of a large
# source takes hours, and must not keep the others from what is new today.
TURN = 2_000


class Taken(Protocol):
    """What takes turns: `Harvesting`, and the completing of stored records."""

    @property
    def is_closed(self) -> bool:
        """Whether no more turns are to be taken."""

    def due(self) -> list[Planned]:
        """What is due now. Raises SettingsError."""

    def run(self, planned: Planned, *, limit: int | None = None) -> Outcome:
        """Run one of them for a turn. Raises TmeError."""


class HarvestTurns:
    """Every step runs each harvest that is due for a turn.

    One that did not come to its end in its turn is due again, and goes on from its cursor.
    Trouble with one source is logged when it first appears and keeps no other from its turn.
    """

    def __init__(self, harvesting: Taken, turn: int = TURN) -> None:
        self._harvesting, self._turn = harvesting, turn
        self._trouble: dict[str, str] = {}

    def step(self) -> None:
        """Run what is due now. Raises SettingsError for a sources file that is wrong."""
        for planned in self._harvesting.due():
            if not self._harvesting.is_closed:
                self._harvest(planned)

    def _harvest(self, planned: Planned) -> None:
        try:
            outcome = self._harvesting.run(planned, limit=self._turn)
        except HarvestBusy:
            return
        except TmeError as error:
            self._report(planned.name, error.message)
        except Exception as error:
            self._report(planned.name, type(error).__name__)
            log.debug("The whole of it: %s", frames(error))
        else:
            counts = outcome.counts
            if outcome.error is not None:
                self._report(outcome.name, outcome.error.message)
            elif outcome.finished:
                self._trouble.pop(outcome.name, None)
                log.info(
                    "%s: %s read, %s new, %s changed", outcome.name, counts.read, counts.new,
                    counts.changed + counts.merged,
                )  # fmt: skip

    def _report(self, name: str, trouble: str) -> None:
        if self._trouble.get(name) != trouble and not self._harvesting.is_closed:
            log.warning("%s: %s", name, trouble)
        self._trouble[name] = trouble
