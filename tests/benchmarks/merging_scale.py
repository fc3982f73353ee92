"""Measure how long the duplicates among 172,406 citations take to be found.

    .venv/bin/python tests/benchmarks/merging_scale.py [--home DIR] [--planted 5000]

The citations are stored as PubMed gives them. Then some of the works are stored once more as
Crossref, OpenAlex, a reference manager or a repository would give them, every identifier left out,
so that nothing but their description can tell; those that the store itself takes for what is held
are not counted. What is timed is what `tme merge --find` does: read every record, find the pairs
that may be one work, judge them. Filling the store is not.
"""

import argparse
import random
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from merging_data import Views, Work, works

from bot.harvest.merger import Merger
from bot.records.models import Identifier, Known, Record, Scheme
from bot.store import StateStore

SHARED = Path(__file__).resolve().parents[3] / "shared"
_BATCH = 5000


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, help="Keep the filled store here, and use it again.")
    parser.add_argument("--planted", type=int, default=5000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = (given.home or Path(folder)) / "merging.db"
        fresh = not path.exists()
        store = StateStore.open(path)
        if fresh:
            fill(store, given.planted)
        measure(store)
        store.close()


def fill(store: StateStore, planted: int) -> None:
    """The citations, and some of them again; each marked with the PMID it was made from."""
    stored, views = works(SHARED), Views(SHARED)
    again = random.Random("planted").sample(sorted(stored), planted)
    rng = random.Random("views")
    others = (views.crossref, views.openalex, views.ris, views.repository)
    copies = (marked(rng.choice(others)(stored[pmid], bare=True), stored[pmid]) for pmid in again)
    for batch in batches(marked(views.pubmed(work), work) for work in stored.values()):
        store.upsert(batch, lambda _, incoming: incoming)
    for batch in batches(copies):
        store.upsert(batch, lambda _, incoming: incoming)


def marked(record: Record, work: Work) -> Record:
    """The record with a mark that names no work, by which the two views of one are known again."""
    mark = Identifier(scheme=Scheme.SOURCE, value=work.pmid)
    return record.model_copy(update={"identifiers": (*record.identifiers, mark)})


def batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    """So many at a time."""
    iterator = iter(records)
    while batch := list(islice(iterator, _BATCH)):
        yield batch


def measure(store: StateStore) -> None:
    """Time the search, and say what it found."""
    status = store.status()
    print(f"{status.records:,} records")
    merger = Merger(store, lambda record: record)
    wall, cpu = time.perf_counter(), time.process_time()
    candidates = merger.candidates()
    read = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{len(candidates):,} pairs to compare after {read[0]:.0f} s (CPU {read[1]:.0f} s)")
    found = list(merger.likely(candidates))
    took = time.perf_counter() - wall, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"judged after {took[0]:.0f} s (CPU {took[1]:.0f} s), {memory:.0f} MB at most")
    planted = sum(count > 1 for count in Counter(map(origin, everything(store))).values())
    sure = [pair for pair in found if pair.verdict.one_work is Known.YES]
    right = sum(origin(pair.one) == origin(pair.other) for pair in sure)
    print(f"{len(sure):,} called one work, {right:,} of {planted:,} planted among them")
    print(f"{len(found) - len(sure):,} for a person to decide")
    for pair in [p for p in sure if origin(p.one) != origin(p.other)][:40]:
        names = (f"{p.identifier(Scheme.PMID)} {p.doi}" for p in (pair.one, pair.other))
        print(f"   {pair.one.title[:70]} | {' | '.join(names)} | {pair.verdict.rule}")


def everything(store: StateStore) -> Iterator[Record]:
    """Every record held."""
    place = 0
    while changes := store.changes_since(place):
        yield from (change.record for change in changes)
        place = changes[-1].sequence


def origin(record: Record) -> str | None:
    """The PMID that a record was made from."""
    return record.identifier(Scheme.SOURCE)


if __name__ == "__main__":
    main()
