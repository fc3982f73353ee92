"""Building at scale: records into the store, into the index, and changes to a full index."""

import json
import time
from typing import Any

from scale_data import Pool, records
from scale_job import Figures, Job, memory_mb, size_mb, timed

from bot.app import composition as app
from bot.index import Group, IndexQuery, Key
from bot.records.models import Record
from bot.vocabulary.tagging import Tagger
from handlers.services import Services

_BATCH = 500
_MANY = 1_000
_QUESTION = "macrophage resistance therapy"


def store(job: Job) -> Figures:
    """Fill the store with tagged records; goes on where a killed run stopped."""
    pool, spent = Pool.load(seed=job.seed), _Spent(job)
    with app.opened(job.settings) as services:
        tagger = Tagger(services.vocabulary)
        before = memory_mb()
        for first in range(spent.done, job.records, _BATCH):
            start = time.perf_counter()
            made = list(records(pool, job.seed, first, min(first + _BATCH, job.records)))
            generated = time.perf_counter()
            tagged = [_tagged(tagger, r) for r in made] if job.tag else made
            tags = time.perf_counter()
            services.store.upsert(tagged, lambda _stored, incoming: incoming)
            spent.add(len(made), generated - start, tags - generated, time.perf_counter() - tags)
    return {
        "records": job.records,
        "tagged": job.tag,
        "seconds": spent.storing,
        "per_second": round(job.records / spent.storing),
        "tagging_seconds": spent.tagging,
        "generating_seconds": spent.generating,
        "memory_before": before,
    }


class _Spent:
    """The seconds spent so far, kept in a file every so often for a run that is killed."""

    def __init__(self, job: Job) -> None:
        self._file = job.path / "store.progress"
        self.done = 0
        self.generating = self.tagging = self.storing = 0.0
        if self._file.exists():
            stored = json.loads(self._file.read_text())
            self.done, self.generating, self.tagging, self.storing = stored

    def add(self, count: int, generating: float, tagging: float, storing: float) -> None:
        """Count a batch."""
        self.done += count
        self.generating = round(self.generating + generating, 4)
        self.tagging = round(self.tagging + tagging, 4)
        self.storing = round(self.storing + storing, 4)
        stored = [self.done, self.generating, self.tagging, self.storing]
        self._file.write_text(json.dumps(stored))


def _tagged(tagger: Tagger, record: Record) -> Record:
    return record.model_copy(update={"concepts": tagger.tag(record)})


def index(job: Job) -> Figures:
    """Bring the index up to the store. `built` tells a first build from one that was there."""
    with app.opened(job.settings) as services:
        before = memory_mb()
        touched = 0

        def follow() -> None:
            nonlocal touched
            touched = services.index.follow(services.store)

        seconds = timed(follow)
        start = time.perf_counter()
        # Closing waits for the merges that go on behind the commit.
        services.index.close()
        merging = time.perf_counter() - start
    return {
        "built": touched >= job.records,
        "seconds": round(seconds, 2),
        "merging_seconds": round(merging, 2),
        "per_second": round(touched / seconds) if touched else 0,
        "memory_before": before,
        **_sizes(job),
    }


def _sizes(job: Job) -> Figures:
    segments: list[Any] = []
    for meta in job.settings.index_folder.glob("*/meta.json"):
        segments += json.loads(meta.read_text(encoding="utf-8"))["segments"]
    # The log beside the database belongs to it.
    database = sum(size_mb(p) for p in job.home.glob(job.settings.database.name + "*"))
    return {
        "index_mb": size_mb(job.settings.index_folder),
        "segments": len(segments),
        "store_mb": round(database, 1),
    }


def incremental(job: Job) -> Figures:
    """New records into a full index, one and a thousand, until they are found.

    Works on a copy of the home. The questions asked after each change show what it makes anew.
    """
    made = _past_the_size(job, _MANY + 2)
    with job.copied() as copy, copy.services() as services:
        services.search.run(services.search.interpret(_QUESTION))
        first, many, one = (_add(services, m) for m in (made[:1], made[1:-1], made[-1:]))
    return {"first": first, "many": many, "one": one, "many_records": _MANY}


def _past_the_size(job: Job, count: int) -> list[Record]:
    pool = Pool.load(seed=job.seed)
    return list(records(pool, job.seed, job.records, job.records + count))


def _add(services: Services, made: list[Record]) -> dict[str, float]:
    storing = timed(lambda: services.store.upsert(made, lambda _stored, incoming: incoming))
    following = timed(lambda: services.index.follow(services.store))
    last = IndexQuery((Group((Key("identifier", f"doi:{made[-1].doi}"),)),))
    if not services.index.search(last, 1).candidates:
        raise AssertionError("an indexed record is not found")

    def ask() -> None:
        services.search.run(services.search.interpret(_QUESTION))

    first, second = timed(ask), timed(ask)
    return {
        "store_s": round(storing, 3),
        "index_s": round(following, 3),
        "searchable_s": round(storing + following, 3),
        "first_question_ms": round(1000 * first, 1),
        "second_question_ms": round(1000 * second, 1),
    }
