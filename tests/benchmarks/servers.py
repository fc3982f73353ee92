"""Several servers over one PostgreSQL, and one over a file, in the same run.

Run as `python -m tests.benchmarks.servers`; `--help` names the sizes that can be given. Says
the records written a second (the two databases take turns), how far an index of another process
lies behind an import, the questions answered a second by one, two and three servers, and how long
three servers take to decide and to post the digests of many subscriptions that are due at once.
`--only lag digests` measures just these.
"""

import argparse
import multiprocessing
import os
import statistics
import tempfile
import threading
import time
from contextlib import closing, suppress
from datetime import timedelta
from itertools import islice
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from bot.app.background import DECIDE_SECONDS
from bot.app.composition import build_router, open_store, opened, seeds_folder, utc_now
from bot.app.startup import prepare
from bot.app.worker import Worker
from bot.digests.outbox import Timing
from bot.index.tantivy import TantivyIndex
from bot.merging.merge import combine
from bot.records.models import Identifier, Provenance, Record, Scheme
from bot.schedule import Cadence, Schedule
from bot.settings import Settings
from bot.store import StateStore
from bot.store.deliveries import Pace
from bot.store.subscriptions import NewSubscription
from handlers.router import Request, Surface
from tests.cluster import postgres
from tests.faults.slack import FaultySlack, Plan
from tests.faults.worker import work

BATCH = 500
PARTS = ("writes", "questions", "lag", "digests")
QUESTIONS = ("macrophage csf1r", "hypoxia", "CAF in melanoma", "resistance to anti-PD-1")
CONTEXT = multiprocessing.get_context("spawn")


def records(name: str, count: int) -> list[Record]:
    """Records with an abstract of a usual length, each with a DOI of its own."""
    return [
        Record(
            title=f"Macrophages and hypoxia {number} of {name}",
            abstract="Macrophages in melanoma resist anti-PD-1 by CSF1R. " * 25,
            identifiers=(Identifier(scheme=Scheme.DOI, value=f"10.1000/{name}.{number}"),),
            provenance=(Provenance(source=name),),
        )
        for number in range(count)
    ]


def write(store: StateStore, name: str, count: int) -> float:
    """Records a second, in batches as an import writes them."""
    given, began = iter(records(name, count)), time.perf_counter()
    while some := list(islice(given, BATCH)):
        store.upsert(some, combine)
    return count / (time.perf_counter() - began)


def writes(url: str, folder: Path, count: int) -> None:
    """The two databases take turns."""
    with (
        closing(StateStore.connect(url)) as there,
        closing(StateStore.open(folder / "tme.db")) as here,
    ):
        rates = [(write(here, f"a{n}", count), write(there, f"a{n}", count)) for n in range(3)]
    file, server = (statistics.median(each) for each in zip(*rates, strict=True))
    print(f"writes: SQLite {file:.0f}/s, PostgreSQL {server:.0f}/s, ratio {server / file:.2f}")


def bring(url: str, count: int, done: Event) -> None:
    """Import, in a process of its own."""
    with closing(StateStore.connect(url)) as store:
        write(store, "import", count)
    done.set()


def lag(url: str, folder: Path, count: int) -> None:
    """Follow an import into an index of one's own, a look a second, as a server does."""
    done, behind = CONTEXT.Event(), []
    index = TantivyIndex(folder / "following", 64)
    with closing(StateStore.connect(url)) as store:
        index.follow(store)
        process = CONTEXT.Process(target=bring, args=(url, count, done))
        process.start()
        while not done.is_set():
            done.wait(1.0)
            behind.append(store.sequence() - index.status().watermark)
            index.follow(store)
        began = time.perf_counter()
        while index.status().watermark < store.sequence():
            index.follow(store)
        print(
            f"following {count} records: {statistics.median(behind):.0f} behind at half the looks,"
            f" {max(behind)} at most; level {time.perf_counter() - began:.1f} s after the last"
        )
        process.join()
    index.close()


def answer(settings: Settings, ready: Any, go: Event, seconds: float, told: Any) -> None:
    """Answer questions as one server for so long; tell how long each took."""
    with opened(settings) as services:
        prepare(services, seeds_folder())
        router, took = build_router(services), []
        ready.release()
        go.wait()
        until, cpu = time.perf_counter() + seconds, time.process_time()
        while (began := time.perf_counter()) < until:
            router.answer(Request(QUESTIONS[len(took) % len(QUESTIONS)], Surface.TERMINAL))
            took.append(time.perf_counter() - began)
        told.put((took, time.process_time() - cpu))


def cpu_seconds(parent: int) -> float:
    """What a database has computed: its processes, those that ended included."""
    total = 0
    if not parent:
        return 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            found = stat.read_text(errors="replace").rpartition(") ")[2].split()
            if parent in {int(stat.parent.name), int(found[1])}:
                total += sum(map(int, found[11 : 15 if stat.parent.name == str(parent) else 13]))
    return total / os.sysconf("SC_CLK_TCK")


def questions(
    url: str | None, folder: Path, servers: int, seconds: float, database: int = 0
) -> None:
    """So many servers, each with an index of its own; `database` is PostgreSQL's first process."""
    ready, go, told = CONTEXT.Semaphore(0), CONTEXT.Event(), CONTEXT.Queue()
    those = [
        CONTEXT.Process(
            target=answer,
            args=(Settings(home=folder / f"{n}", database_url=url), ready, go, seconds, told),
        )
        for n in range(servers)
    ]
    for each in those:
        each.start()
    for _ in those:
        ready.acquire()
    before = cpu_seconds(database)
    go.set()
    heard = [told.get() for _ in those]
    took, own = sorted(s for some, _ in heard for s in some), sum(cpu for _, cpu in heard)
    theirs = cpu_seconds(database) - before
    for each in those:
        each.join()
    where = "PostgreSQL" if url else "SQLite"
    p95 = took[int(len(took) * 0.95)] * 1000
    print(
        f"{where}, {servers} servers: {len(took) / seconds:.0f} questions/s, p95 {p95:.1f} ms;"
        f" CPU a question: server {own / len(took) * 1000:.1f} ms,"
        f" database {theirs / len(took) * 1000:.2f} ms",
        flush=True,
    )


def decide(settings: Settings, ready: Any, go: Event, ahead: timedelta, told: Any) -> None:
    """Decide what is due as one server, whose worker tries again after trouble; tell how often."""
    moment, pause, busy = utc_now() + ahead, threading.Event(), 0
    with opened(settings, lambda: moment) as services:
        worker = Worker("digests", services.digests.step)
        ready.release()
        go.wait()
        cpu = time.process_time()
        while services.store.subscriptions.due(moment, 1):
            if not worker.step():
                busy += worker.trouble is not None
                pause.wait(DECIDE_SECONDS if worker.trouble else 0.1)
        told.put((busy, time.process_time() - cpu))


def post(url: str, servers: int) -> None:
    """So many servers post what is in the outbox to a Slack without any limit."""
    timing = Timing(pace=Pace(0.0, 0.0), looks=(0.1,), settle=0.1)
    with FaultySlack(Plan()) as slack:
        those = [CONTEXT.Process(target=work, args=(url, slack.url, timing, 10.0))
                 for _ in range(servers)]  # fmt: skip
        began = time.perf_counter()
        for each in those:
            each.start()
        for each in those:
            each.join()
        took, digests = time.perf_counter() - began, {each.key for each in slack.posts}
        print(
            f"posted: {len(digests)}, {len(slack.doubled())} of them twice, in {took:.0f} s;"
            f" servers that ended badly: {sum(each.exitcode != 0 for each in those)}",
            flush=True,
        )


def digests(url: str, folder: Path, count: int, matches: int) -> None:
    """Three servers decide the digests of subscriptions that are all due, and post them."""
    daily, ahead = Schedule(Cadence.DAILY, utc_now().time(), "UTC"), timedelta(days=2)
    settings = [Settings(home=folder / f"{n}", database_url=url) for n in range(3)]
    with opened(settings[0]) as services:
        prepare(services, seeds_folder())
        watch, _ = services.watches.understand("macrophages in melanoma")
        for number in range(count):
            new = NewSubscription("/T1", f"C{number}", watch, daily)
            services.store.subscriptions.add(new, "U1", utc_now())
        services.store.upsert(records("new", matches), combine)
    ready, go, told = CONTEXT.Semaphore(0), CONTEXT.Event(), CONTEXT.Queue()
    those = [
        CONTEXT.Process(target=decide, args=(each, ready, go, ahead, told)) for each in settings
    ]
    for each in those:
        each.start()
    for _ in those:
        ready.acquire()
    began = time.perf_counter()
    go.set()
    heard = [told.get() for _ in those]
    took = time.perf_counter() - began
    for each in those:
        each.join()
    with closing(open_store(settings[0])) as store, store._connections.reading() as db:
        decided, once = db.execute(
            "SELECT count(*), count(DISTINCT subscription) FROM deliveries WHERE kind = 'digest'"
        ).fetchone()
    cpu = sum(each for _, each in heard)
    print(
        f"digests of {matches} records each: {decided} decided for {once} of {count} subscriptions"
        f" by three servers in {took:.0f} s; CPU a digest {cpu / count * 1000:.1f} ms; turns to"
        f" write that did not come: {sum(busy for busy, _ in heard)}",
        flush=True,
    )
    post(url, len(settings))


def main() -> None:
    """Everything, over a server of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--writes", type=int, default=4_000)
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--subscriptions", type=int, default=10_000)
    parser.add_argument("--matches", type=int, default=20, help="new records of each digest")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--seconds", type=float, default=10.0)
    given = parser.parse_args()
    with postgres.one() as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        urls = {}
        for purpose in PARTS:
            postgres.create(server.port, purpose)
            urls[purpose] = postgres.address(purpose, server.port)
        if "writes" in given.only:
            writes(urls["writes"], folder, given.writes)
        if "questions" in given.only:
            questions(None, folder / "file", 1, given.seconds)
            for servers in (1, 2, 3):
                questions(urls["questions"], folder / "servers", servers, given.seconds, server.pid)
        if "lag" in given.only:
            lag(urls["lag"], folder, given.records)
        if "digests" in given.only:
            digests(urls["digests"], folder / "digests", given.subscriptions, given.matches)


if __name__ == "__main__":
    main()
