"""Questions at scale: the whole service beside the floor, its stages, a cold start, a profile."""

import cProfile
import io
import json
import pstats
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from scale_data import MISSPELT, Pool, Question, as_json, draw
from scale_floor import Floor
from scale_job import Figures, Job, Spent, memory_mb, spread, timed

from bot.app import composition as app
from bot.search.ranking import Ranking
from bot.text.spelling import Speller
from bot.vocabulary import Vocabulary
from handlers.services import Services

SHOWN = 5
# How many of each kind are asked before measuring, after a cold start, with the stages timed, and
# under the profiler.
_WARMING, _COLD, _STAGED, _PROFILED = 6, 20, 60, 60
# Service and floor take turns, so that a busy moment of the machine falls on both; in blocks, so
# that neither always finds the processor's caches full of the other's data.
_BLOCK = 20


def ask(services: Services, text: str) -> int:
    """The whole service: understand, correct, search, rank, explain, load; how many hits."""
    query = services.search.interpret(text)
    return len(services.search.run(query, limit=SHOWN).hits)


def questions(job: Job) -> Figures:
    """Draw the questions into a file, so that the steps that ask them hold nothing else."""
    pool = Pool.load(seed=job.seed)
    counts = {"asked": job.questions, "warming": _WARMING, "cold": _COLD}
    sets = {
        name: draw(pool, job.seed + 1_000 * number, job.records, count)
        for number, (name, count) in enumerate(counts.items())
    }
    job.questions_file.write_text(json.dumps(as_json(sets)), encoding="utf-8")
    return {name: {kind: len(each) for kind, each in kinds.items()} for name, kinds in sets.items()}


def drawn(job: Job, name: str = "asked") -> dict[str, list[Question]]:
    """The questions of each kind: `asked`, or others for `warming` and for `cold` starts."""
    stored = json.loads(job.questions_file.read_text(encoding="utf-8"))[name]
    return {
        kind: [Question(text, tuple(words)) for text, words in each]
        for kind, each in stored.items()
    }


def warm_up(services: Services, job: Job) -> None:
    """Ask other questions than those that are measured."""
    for asked in drawn(job, "warming").values():
        for question in asked:
            ask(services, question.text)


def queries(job: Job) -> Figures:
    """Every kind of question: the service and the floor in turns, then the service's stages.

    The floor is always asked the correct words; `found` is the share of questions with any hit.
    """
    asked = drawn(job)
    floor = Floor(job.path / "tantivy")
    with job.services() as services:
        warm_up(services, job)
        for each in drawn(job, "warming")["3 words"]:
            floor.ask(" ".join(each.words))
        timings = {kind: _in_turns(services, floor, each) for kind, each in asked.items()}
        stages = {kind: _stages(services, each[:_STAGED]) for kind, each in asked.items()}
        memory = memory_mb()
        words = len(services.index.vocabulary())
    return {"kinds": timings, "stages": stages, "memory": memory, "vocabulary": words}


def _in_turns(services: Services, floor: Floor, asked: list[Question]) -> Figures:
    service: list[Spent] = []
    bare: list[Spent] = []
    counting: list[Spent] = []
    hits: list[int] = []
    for first in range(0, len(asked), _BLOCK):
        block = asked[first : first + _BLOCK]
        words = [" ".join(question.words) for question in block]
        bare += [Spent.on(partial(floor.ask, each)) for each in words]
        counting += [Spent.on(partial(floor.ask, each, count=True)) for each in words]
        service += [Spent.on(partial(_count, services, each, hits)) for each in block]
    return {
        "service": spread([each.clock for each in service]),
        "floor": spread([each.clock for each in bare]),
        "service_processor": spread([each.processor for each in service]),
        "floor_processor": spread([each.processor for each in bare]),
        "floor_counting": spread([each.clock for each in counting]),
        "found": round(sum(map(bool, hits)) / len(asked), 3),
    }


def _count(services: Services, question: Question, hits: list[int]) -> None:
    hits.append(ask(services, question.text))


# -- stages ----------------------------------------------------------------------------------------


class Stages:
    """Time spent in each stage, without the stages that it calls."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._below: list[float] = [0.0]

    def wrap(self, owner: Any, name: str, stage: str) -> Callable[[], None] | None:
        """Time a method; what puts it back, or None where the owner has no such method."""
        inner = getattr(owner, name, None)
        if inner is None:
            return None

        def measured(*args: Any, **kwargs: Any) -> Any:
            self._below.append(0.0)
            start = time.perf_counter()
            try:
                return inner(*args, **kwargs)
            finally:
                spent = time.perf_counter() - start
                self.seconds[stage] += spent - self._below.pop()
                self._below[-1] += spent

        own = name in vars(owner)
        setattr(owner, name, measured)
        return lambda: setattr(owner, name, inner) if own else delattr(owner, name)


def _places(services: Services) -> list[tuple[Any, str, str]]:
    """The methods that are timed, each with its stage; one that is not there is left out."""
    search, index = services.search, services.index
    return [
        (search, "interpret", "interpret"),
        (Vocabulary, "recognise", "recognise"),
        (Speller, "candidates", "spelling"),
        (index, "search", "index.search"),
        (index, "matching", "index.matching"),
        (index, "frequency", "index.frequency"),
        (services.store, "get_many", "store.get_many"),
        (Ranking, "ranked", "rank"),
        (search, "_explained", "explain"),
        (search, "run", "run, the rest"),
    ]


@contextmanager
def _measured(services: Services) -> Iterator[Stages]:
    stages = Stages()
    undo = [stages.wrap(*place) for place in _places(services)]
    try:
        yield stages
    finally:
        for each in undo:
            if each is not None:
                each()


def _stages(services: Services, asked: list[Question]) -> dict[str, dict[str, float]]:
    """Median and 95th percentile of each stage in milliseconds."""
    rounds: dict[str, list[float]] = defaultdict(list)
    with _measured(services) as stages:
        for question in asked:
            stages.seconds.clear()
            ask(services, question.text)
            for stage in {place[2] for place in _places(services)}:
                rounds[stage].append(stages.seconds.get(stage, 0.0))
    return {stage: spread(seconds) for stage, seconds in rounds.items()}


# -- cold ------------------------------------------------------------------------------------------


def cold(job: Job) -> Figures:
    """The first questions of a fresh process, and what it holds after some more."""
    kinds = drawn(job, "cold")
    pairs = zip(kinds["3 words"], kinds["3 words" + MISSPELT], strict=True)
    asked = [question.text for pair in pairs for question in pair]
    start = time.perf_counter()
    with app.opened(job.settings) as services:
        services.index.follow(services.store)
        opened = time.perf_counter() - start
        first, second = (timed(partial(ask, services, text)) for text in asked[:2])
        for text in asked[2:]:
            ask(services, text)
        memory = memory_mb()
    return {
        "open_s": round(opened, 3),
        "first_ms": round(1000 * first, 1),
        "second_ms": round(1000 * second, 1),
        "asked": len(asked),
        **memory,
    }


# -- profile ---------------------------------------------------------------------------------------


def profile(job: Job) -> Figures:
    """Where the time of warm questions goes, by function: the first 25 by own time."""
    asked = drawn(job)
    tables = {}
    with job.services() as services:
        warm_up(services, job)
        for kind in ("3 words", "8 words", "3 common words", "3 words, misspelt"):
            profiler = cProfile.Profile()
            profiler.enable()
            for question in asked[kind][:_PROFILED]:
                ask(services, question.text)
            profiler.disable()
            text = io.StringIO()
            for order in ("tottime", "cumulative"):
                pstats.Stats(profiler, stream=text).strip_dirs().sort_stats(order).print_stats(25)
            tables[kind] = text.getvalue()
    return {"tables": tables, "questions": _PROFILED}
