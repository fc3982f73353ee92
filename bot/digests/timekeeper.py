"""Whether the machine's clock can be believed right now.

It may jump: a battery that is empty, a time server that is wrong, a machine that slept. What is due
is not decided by the first reading after a jump, but once the clock has gone on from there for a
while. Noticed by the steady clock, which counts seconds and knows no date.
"""

import logging
from collections.abc import Callable
from datetime import datetime

log = logging.getLogger(__name__)

# A clock that a time server corrects a little is no jump.
JUMP_SECONDS = 300.0
# So long must it go on as the steady clock does before it is believed again.
PROBATION_SECONDS = 120.0


class Timekeeper:
    """Compares the clock with the steady one at each reading. For one thread.

    `noticed` is called once for each jump, with the moment now shown and the seconds it jumped.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        steady: Callable[[], float],
        noticed: Callable[[datetime, float], None],
    ) -> None:
        self._now, self._steady, self._noticed = now, steady, noticed
        self._last: tuple[datetime, float] | None = None
        self._doubted: float | None = None

    def is_right(self) -> bool:
        """Read both clocks; whether what is due may be decided by this one now."""
        now, steady = self._now(), self._steady()
        if self._last is not None:
            before, at = self._last
            jumped = (now - before).total_seconds() - (steady - at)
            if abs(jumped) > JUMP_SECONDS:
                log.warning("The clock jumped by %.0f seconds; it is watched first", jumped)
                self._doubted = steady
                self._noticed(now, jumped)
        self._last = now, steady
        if self._doubted is not None and steady - self._doubted >= PROBATION_SECONDS:
            self._doubted = None
        return self._doubted is None
