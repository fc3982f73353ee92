"""Post 40 deliveries from a disk that fills up again and again: `full_disk.py FOLDER URL`.

The folder is a small disk of its own. Prints what came of it as one JSON object.
"""

import json
import logging
import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bot.digests.outbox import Outbox, Timing
from bot.errors import StoreFull
from bot.store import StateStore
from bot.store.deliveries import Delivery, NewDelivery, Pace, Posted
from handlers.publisher import SlackPublisher
from tests.faults.worker import publisher

DELIVERIES = 40
DUE = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)


class Ballast:
    """A file that takes all the room there is, or none."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "ballast"

    def fill(self) -> None:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    with self._path.open("ab", buffering=0) as file:
                        if file.write(b"\0" * size) < size:
                            break
            except OSError:
                pass

    def empty(self) -> None:
        self._path.unlink(missing_ok=True)


class Starved:
    """The real publisher, after whose sends the disk may be full."""

    def __init__(self, publisher: SlackPublisher, fill: Callable[[], None]) -> None:
        self._publisher, self._fill = publisher, fill
        self.standing, self.retract = publisher.standing, publisher.retract
        self.amend = publisher.amend

    def ready(self, delivery: Delivery) -> Callable[[], Posted]:
        send = self._publisher.ready(delivery)

        def sent() -> Posted:
            posted = send()
            self._fill()
            return posted

        return sent


def main(folder: Path, url: str) -> None:
    logging.disable(logging.CRITICAL)
    ballast, draws, moment = Ballast(folder), random.Random(4), [1_000.0]

    def perhaps_fill() -> None:
        if draws.random() < 0.3:
            ballast.fill()

    store = StateStore.open(folder / "tme.db")
    for number in range(DELIVERIES):
        new = NewDelivery(f"s{number}", "/T1", "digest", f"C{number % 4}", DUE)
        store.deliveries.add(new, DUE)
    timing = Timing(request=5.0, pace=Pace(0.0, 0.0), steady=lambda: moment[0])
    starved = Starved(publisher(url, timing.request), perhaps_fill)
    outbox = Outbox(store.deliveries, starved, lambda: datetime.now(UTC), timing=timing)
    full = 0
    while store.deliveries.outstanding().pending:
        perhaps_fill()
        try:
            if not outbox.step():
                moment[0] += 10.0
        except StoreFull:
            full += 1
        if draws.random() < 0.5:
            ballast.empty()
    ballast.empty()
    posted = {d.key: d.posted and d.posted.ts for d in store.deliveries.in_state("posted", 100)}
    said = {"deliveries": DELIVERIES, "full": full, "problems": store.check(), "posted": posted}
    print(json.dumps(said))
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
