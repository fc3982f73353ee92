"""A harvest in a process of its own that is killed at a chosen place by its own hand.

`python killed.py HOME NUMBER before|after`: it kills itself (SIGKILL: nothing is tidied
up) before or after it writes how far it has come for the NUMBER-th time. Started by the tests.
"""

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.app.composition import opened
from bot.settings import Settings
from bot.store.harvests import Harvest, Lease

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def main(home: str, number: str, when: str) -> None:
    """Harvest all that is planned, and die on the way."""
    settings = Settings(home=Path(home), contact="team@example.org", starter=False)
    with opened(settings, lambda: NOW) as services:
        harvests = services.store.harvests
        save, left = harvests.save, [int(number)]

        def dying(harvest: Harvest, lease: Lease) -> None:
            left[0] -= 1
            if left[0] == 0 and when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            save(harvest, lease)
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        harvests.save = dying  # type: ignore[method-assign]
        for standing in services.harvesting.standings():
            services.harvesting.run(standing.planned)


if __name__ == "__main__":
    main(*sys.argv[1:])
