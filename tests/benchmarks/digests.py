"""How long it takes to decide what is due and new for many subscriptions, and in how much memory.

Run as `python tests/benchmarks/digests.py [--held N] [--new N] [--subscriptions N]`; needs the
shared data folder beside the checkout. Records are those of the scale benchmark; subscriptions
ask for concepts, pairs of concepts, drugs, and concepts with a filter. Everything is due at once.
"""

import argparse
import itertools
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from scale_data import SHARED, Pool, records
from scale_job import memory_mb

from bot import app
from bot.models import Record
from bot.schedule import Cadence, Schedule
from bot.settings import Settings
from bot.store.subscriptions import NewSubscription
from bot.tagging import Tagger
from handlers.router import Services

NOW = datetime(2026, 1, 15, 8, 0, tzinfo=UTC)
_BATCH = 1_000


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


def fill(services: Services, made: list[Record]) -> None:
    tagger = Tagger(services.vocabulary)
    for at in range(0, len(made), _BATCH):
        tagged = [
            r.model_copy(update={"concepts": tuple(tagger.tag(r))}) for r in made[at : at + _BATCH]
        ]
        services.store.upsert(tagged, lambda _held, incoming: incoming)


def main() -> int:
    """Print what was measured; the exit code is 0 when it took under 60 seconds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--held", type=int, default=20_000)
    parser.add_argument("--new", type=int, default=5_000)
    parser.add_argument("--subscriptions", type=int, default=10_000)
    size = parser.parse_args()
    if not SHARED.exists():
        print("the shared data folder (../shared) is not beside this checkout: nothing measured")
        return 0
    pool, clock = Pool.load(seed=1), [NOW]
    with (
        tempfile.TemporaryDirectory() as home,
        app.opened(Settings(home=Path(home), starter=False), lambda: clock[0]) as services,
    ):
        with services.store._connections.reading() as db:
            db.execute("PRAGMA synchronous = OFF")  # only while everything is set up
        fill(services, list(records(pool, 1, 0, size.held)))
        services.index.follow(services.store)
        for number, topic in enumerate(topics(services, size.subscriptions)):
            watch = services.subscriptions.understand(topic)
            schedule = Schedule(Cadence.DAILY)
            new = NewSubscription("/T1", f"C{number % 500}", watch, schedule)
            services.store.subscriptions.add(new, "U1", NOW)
        fill(services, list(records(pool, 1, size.held, size.held + size.new)))
        with services.store._connections.reading() as db:
            db.execute("PRAGMA synchronous = FULL")
        clock[0] = NOW + timedelta(days=1)
        before, start, used = memory_mb(), time.perf_counter(), time.process_time()
        due = services.store.subscriptions.due(clock[0], 1_000_000)
        read = time.perf_counter()
        deliveries = services.digests.decide(due, clock[0])
        done = time.perf_counter()
        after, spent = memory_mb(), time.process_time() - used
    records_told = sum(len(each.records) for each in deliveries)
    print(f"{size.held:,} records held, {size.new:,} new, {len(due):,} subscriptions due")
    print(f"read what is due: {read - start:.1f} s")
    print(f"find what is new for each, and write it: {done - read:.1f} s ({spent:.1f} s of it CPU)")
    print(f"{len(deliveries):,} digests decided, {records_told:,} records in them")
    print(f"memory: {before} before, {after} after")
    return 0 if done - start < 60 else 1


if __name__ == "__main__":
    raise SystemExit(main())
