"""What a person's desk costs where much is stored: CPU seconds of a drawing, beside a small store.

    .venv/bin/python tests/benchmarks/desk.py --records 20000

A store of made records (`scale_data`) is filled once; then the desk of a person with five
subscriptions, five lists of ten works and everything read is drawn again and again, in turns with
the same desk over a tenth of the records.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from scale_data import Pool, records

from bot.app.composition import opened
from bot.digests.subscriptions import Draft, Person
from bot.settings import Settings
from handlers import desk
from handlers.people import Known
from handlers.rights import Visitor, acting_as
from handlers.services import Services

WORKSPACE, USER = "/T1", "U1"
TOPICS = ("macrophage", "hypoxia", "CAF in melanoma", "oncolytic virus", "Treg")
_ROUNDS = 30


class _NoSlack:
    """Slack says nothing of people."""

    def known(self, *_: object) -> Known:
        return Known(None, "not here", is_lasting=True)

    def is_admin(self, *_: object) -> bool:
        return False


def furnish(services: Services, count: int) -> None:
    """Store the records, and give the person lists and subscriptions."""
    services.harvester.take(records(Pool.load(seed=1), 1, 0, count), "made")
    services.index.follow(services.store)
    now = services.now()
    stored = services.store.newest(50)
    for number in range(5):
        on = services.store.lists.make(WORKSPACE, USER, f"list {number}", USER, now)
        for record in stored[number * 10 : number * 10 + 10]:
            services.store.lists.add(on, record.id, USER, "", now)
    person = Person(WORKSPACE, USER, USER)
    for words in TOPICS:
        watch = services.subscriptions.understand(words)
        services.subscriptions.make(Draft(USER, watch, services.usual_schedule), person)


def spent(services: Services) -> float:
    """The CPU seconds of one drawing."""
    visitor = Visitor(_NoSlack(), None, WORKSPACE, USER, "")  # type: ignore[arg-type]
    began = time.process_time()
    with acting_as(visitor):
        desk.drawn(services)
    return time.process_time() - began


def main() -> None:
    """Measure both, in turns."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=20_000)
    most = options.parse_args().records
    with tempfile.TemporaryDirectory() as folder:
        homes = {count: Path(folder) / str(count) for count in (most // 10, most)}
        small, large = (
            opened(Settings(home=home, semantic="no", starter=False)) for home in homes.values()
        )
        with small as few, large as many:
            furnish(few, most // 10)
            furnish(many, most)
            for services in (few, many):
                spent(services)
            pairs = [(spent(few), spent(many)) for _ in range(_ROUNDS)]
    medians = [statistics.median(each) for each in zip(*pairs, strict=True)]
    shown = " and ".join(f"{1000 * each:.0f} ms" for each in medians)
    print(f"A drawing takes {shown} of CPU with {most // 10:,} and {most:,} records:"
          f" {medians[1] / medians[0]:.2f} times as much.")  # fmt: skip


if __name__ == "__main__":
    main()
