"""Many questions at once, and questions while records are being imported."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path

from scale_data import MISSPELT, Pool, records
from scale_job import Figures, Job, spread
from scale_queries import ask, drawn, warm_up

from bot.app import composition as app
from bot.app.worker import Worker
from bot.harvest.harvester import Harvester
from handlers.services import Services

THREADS = (1, 2, 4, 16)
_ROUNDS = 3
# How many are asked in each round with each number of threads.
_ASKED = 96
_IMPORTED = 10_000
# Searches beside an import go on until it is done, at most so many seconds.
_LONGEST = 60.0


def _mixed(job: Job) -> list[str]:
    asked = drawn(job)
    kinds = ("3 words", f"3 words{MISSPELT}", "8 words", "1 word")
    rows = zip(*(asked[kind] for kind in kinds), strict=True)
    return [question.text for row in rows for question in row]


def threads(job: Job) -> Figures:
    """Questions a second with so many at once; the rounds take turns."""
    texts = cycle(_mixed(job))
    rates: dict[int, list[float]] = {count: [] for count in THREADS}
    with job.services() as services:
        warm_up(services, job)
        for _ in range(_ROUNDS):
            for count in THREADS:
                rates[count].append(_rate(services, [next(texts) for _ in range(_ASKED)], count))
    return {"rates": {str(count): sorted(each)[_ROUNDS // 2] for count, each in rates.items()}}


def _rate(services: Services, texts: Sequence[str], count: int) -> float:
    together = threading.Barrier(count)

    def begin(_: int) -> None:
        # Every thread is there, and has its connection to the store, before the clock starts.
        services.store.sequence()
        together.wait()

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(begin, range(count)))
        start = time.perf_counter()
        list(pool.map(lambda text: ask(services, text), texts))
        return round(len(texts) / (time.perf_counter() - start), 1)


def during_import(job: Job) -> Figures:
    """One question after another, first in quiet, then while another process imports.

    As the bot serves: the index follows the store in a thread beside the questions. Works on a
    copy of the home.
    """
    texts = cycle(_mixed(job))
    with job.copied() as copy, copy.services() as services:
        warm_up(services, job)
        follower = Worker("index", lambda: services.index.follow(services.store))
        follower.start()
        try:
            quiet = _latencies(services, texts, lambda asked, _: asked < 2 * job.questions)
            busy, imported = _beside_import(services, copy, texts)
        finally:
            follower.stop()
    return {"quiet": spread(quiet), "busy": spread(busy), "imported": imported}


def _beside_import(
    services: Services, job: Job, texts: Iterator[str]
) -> tuple[list[float], Figures]:
    script = Path(__file__).with_name("scale_step.py")
    stored = services.store.sequence()
    with subprocess.Popen(
        [sys.executable, script, "importing", job.as_json()], stdout=subprocess.DEVNULL
    ) as importer:
        try:
            # Measured from its first batch on: until then it makes its records.
            while importer.poll() is None and services.store.sequence() == stored:
                ask(services, next(texts))
            start, first = time.perf_counter(), services.store.sequence()
            busy = _latencies(
                services, texts, lambda _, spent: importer.poll() is None and spent < _LONGEST
            )
            seconds = time.perf_counter() - start
        finally:
            importer.kill()
    done = services.store.sequence() - first
    return busy, {
        "records": done,
        "seconds": round(seconds, 1),
        "per_second": round(done / max(seconds, 0.001)),
    }


def _latencies(
    services: Services, texts: Iterator[str], goes_on: Callable[[int, float], bool]
) -> list[float]:
    """The seconds of each question, for as long as `goes_on` (how many asked, seconds so far)."""
    spent: list[float] = []
    start = time.perf_counter()
    while goes_on(len(spent), time.perf_counter() - start):
        text = next(texts)
        asked = time.perf_counter()
        ask(services, text)
        spent.append(time.perf_counter() - asked)
    return spent


def importing(job: Job) -> Figures:
    """Import records past the size through the harvester, as `tme import` does."""
    pool = Pool.load(seed=job.seed)
    made = list(records(pool, job.seed, job.records, job.records + _IMPORTED))
    with app.opened(job.settings) as services:
        harvester = Harvester(services.store, services.vocabulary, services.now)
        return {"read": harvester.take(made, "scale").read}
