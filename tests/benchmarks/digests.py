"""How long it takes to decide what is due and new for many subscriptions, and in how much memory.

Run as `python tests/benchmarks/digests.py [--records N] [--new N] [--subscriptions N]`; needs the
shared data folder beside the checkout. Records are those of the scale benchmark: made and held
here, or with `--home DIR` those of a data folder that it built, of which a copy is used (in
TMPDIR, and deleted afterwards). Subscriptions ask for concepts, pairs of concepts, drugs, and
concepts with a filter; then the new records come in as an import brings them, and everything is
due at once. It is decided by one process, and again from the same state by two.
"""

import argparse
import itertools
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from scale_data import SHARED, Pool, records
from scale_job import memory_mb, peak_mb, timed

from bot.app import composition as app
from bot.app.startup import settle
from bot.records.models import Record
from bot.schedule import Cadence, Schedule
from bot.settings import Settings
from bot.store.subscriptions import NewSubscription
from bot.vocabulary.tagging import Tagger
from handlers.services import Services

_SEED = 1
_BATCH = 500
_WORKSPACE, _CHANNELS = "/T1", 500
# What it may take, in seconds.
_LIMIT = 60.0


@dataclass(frozen=True, slots=True)
class Decided:
    """What one process did: seconds by the clock and of CPU, megabytes of its own."""

    clock: float
    processor: float
    before: int
    peak: int
    resident: int


class Watch:
    """Looks ten times a second how many megabytes are the process's own; `most` is the most."""

    def __init__(self) -> None:
        self.most = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.1):
            self.most = max(self.most, memory_mb().get("own_mb", 0))


def topics(services: Services, count: int) -> list[str]:
    """Questions as teams might watch: no two the same."""
    rng = random.Random(7)
    labels = sorted(concept.label for concept in services.vocabulary.concepts.values())
    drugs = sorted(services.vocabulary.drugs)
    asked = list(dict.fromkeys(labels + drugs))
    pairs = list(itertools.combinations(labels, 2))
    rng.shuffle(pairs)
    asked += [f"{one} {other}" for one, other in pairs]
    asked += [f"{label} {drug}" for label in labels for drug in drugs]
    asked += [f"{label} since:{year}" for label in labels for year in range(2000, 2026)]
    if len(asked) < count:
        raise SystemExit(f"only {len(asked):,} different questions can be made")
    return asked[:count]


def fill(services: Services, made: Iterator[Record]) -> None:
    """Hold these records, tagged, and index them."""
    tagger = Tagger(services.vocabulary)
    while batch := list(itertools.islice(made, _BATCH)):
        tagged = [r.model_copy(update={"concepts": tuple(tagger.tag(r))}) for r in batch]
        services.store.upsert(tagged, lambda _stored, incoming: incoming)
    services.index.follow(services.store)


def subscribe(services: Services, count: int, now: datetime) -> None:
    """Make that many daily subscriptions, in a number of channels."""
    for number, topic in enumerate(topics(services, count)):
        watch = services.subscriptions.understand(topic)
        channel = f"C{number % _CHANNELS}"
        new = NewSubscription(_WORKSPACE, channel, watch, Schedule(Cadence.DAILY))
        services.store.subscriptions.add(new, "U1", now)


def prepare(home: Path, size: argparse.Namespace, now: datetime) -> None:
    """Bring a data folder to the moment before everything is due."""
    pool = Pool.load(seed=_SEED)
    with app.opened(Settings(home=home, starter=False), lambda: now) as services:
        with services.store._connections.reading() as db:
            db.execute("PRAGMA synchronous = OFF")  # only while everything is set up
        if size.home is None:
            fill(services, records(pool, _SEED, 0, size.records))
        stored = services.store.subscriptions.last_arrival()
        made = timed(lambda: subscribe(services, size.subscriptions, now))
        print(f"{stored:,} records held; {size.subscriptions:,} subscriptions made in {made:.0f} s")
        new = list(records(pool, _SEED, stored, stored + size.new))
        took = timed(lambda: services.harvester.take(new, "scale"))
        arrived = services.store.subscriptions.last_arrival() - stored
        print(f"{size.new:,} records imported in {took:.1f} s, {arrived:,} of them new works")


def decide(home: Path, now: datetime, together: Any, told: Any) -> None:
    """Decide everything that is due, as a server does; in a process of its own."""
    with app.opened(Settings(home=home, starter=False), lambda: now) as services:
        settle(services)
        before = memory_mb()
        together.wait()
        with Watch() as watch:
            start, used = time.perf_counter(), time.process_time()
            while services.digests.step():
                pass
            clock, spent = time.perf_counter() - start, time.process_time() - used
        told.put(Decided(clock, spent, before.get("own_mb", 0), watch.most, peak_mb()))


def measure(home: Path, processes: int, now: datetime) -> float:
    """Let so many processes decide what is due; prints figures, and returns the seconds."""
    spawn = multiprocessing.get_context("spawn")
    together, told = spawn.Barrier(processes), spawn.Queue()
    started = [
        spawn.Process(target=decide, args=(home, now, together, told)) for _ in range(processes)
    ]
    load = os.getloadavg()[0]
    for each in started:
        each.start()
    done = [told.get() for _ in started]
    for each in started:
        each.join()
    print(f"\n{processes} process{'es' if processes > 1 else ''}, load {load:.1f} when it began")
    for each in done:
        print(
            f"  {each.clock:.1f} s, {each.processor:.1f} s of CPU;"
            f" {each.before} MB of its own before, {each.peak} at most"
            f" ({each.resident} resident at most)"
        )
    with app.opened(Settings(home=home, starter=False), lambda: now) as services:
        left = len(services.store.subscriptions.due(now, 1_000_000))
        with services.store._connections.reading() as db:
            digests, of_records, channels = db.execute(
                "SELECT count(*), sum(json_array_length(records)), count(DISTINCT channel)"
                " FROM deliveries"
            ).fetchone()
    print(f"  {digests:,} digests, {of_records or 0:,} records in them, {channels:,} channels")
    if left:
        raise SystemExit(f"{left:,} subscriptions were left undecided")
    return max(each.clock for each in done)


def main() -> int:
    """Print what was measured; the exit code is 0 when one process took under 60 seconds."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--home", type=Path, help="a data folder that scale.py built")
    parser.add_argument("--records", type=int, default=20_000, help="how many are held, else")
    parser.add_argument("--new", type=int, default=5_000)
    parser.add_argument("--subscriptions", type=int, default=10_000)
    size = parser.parse_args()
    if not SHARED.exists():
        print("the shared data folder (../shared) is not beside this checkout: nothing measured")
        return 0
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="digests-") as folder:
        home, kept = Path(folder) / "home", Path(folder) / "kept.db"
        if size.home is not None:
            shutil.copytree(size.home, home)
        prepare(home, size, now)
        database = Settings(home=home).database
        shutil.copyfile(database, kept)
        os.sync()  # what was copied is not to be written to the disk while it is measured
        due = now + timedelta(days=1)
        seconds = measure(home, 1, due)
        for log in home.glob(f"{database.name}-*"):
            log.unlink()
        kept.replace(database)
        measure(home, 2, due)
    return 0 if seconds < _LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main())
