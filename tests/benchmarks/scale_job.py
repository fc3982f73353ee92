"""What every step of the scale benchmark is told, and the small tools the steps share."""

import json
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypeAlias

from bot.app import composition as app
from bot.app.startup import settle
from bot.settings import Settings
from handlers.services import Services

Figures: TypeAlias = dict[str, object]


@dataclass(frozen=True)
class Job:
    """One size of the benchmark. `folder` holds the bot's home, the peers' files and figures."""

    folder: str
    records: int
    seed: int = 1
    questions: int = 200
    tag: bool = True

    @classmethod
    def from_json(cls, text: str) -> "Job":
        """The job that `as_json` wrote."""
        return cls(**json.loads(text))

    def as_json(self) -> str:
        """The job for the command line of a step."""
        return json.dumps(asdict(self))

    @property
    def path(self) -> Path:
        """The folder of this size."""
        return Path(self.folder)

    @property
    def home(self) -> Path:
        """The bot's data folder of this size."""
        return self.path / "home"

    @property
    def questions_file(self) -> Path:
        """Where the questions about this size are kept while it is measured."""
        return self.path / "questions.drawn"

    @property
    def settings(self) -> Settings:
        """The bot's settings over that data folder."""
        return Settings(home=self.home)

    @contextmanager
    def services(self) -> Iterator[Services]:
        """The bot's services as a server has them, the index in step with the store."""
        with app.opened(self.settings) as services:
            services.index.follow(services.store)
            settle(services)
            yield services

    @contextmanager
    def copied(self) -> Iterator["Job"]:
        """The same job on a copy of its home that is deleted afterwards, to be written to."""
        with tempfile.TemporaryDirectory(dir=self.path, prefix="copy-") as folder:
            shutil.copytree(self.home, Path(folder) / "home")
            yield replace(self, folder=folder)


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock, and seconds that the thread was given a processor."""

    clock: float
    processor: float

    @classmethod
    def on(cls, action: Callable[[], object]) -> "Spent":
        """Measure an action."""
        clock, processor = time.perf_counter(), time.thread_time()
        action()
        return cls(time.perf_counter() - clock, time.thread_time() - processor)


def timed(action: Callable[[], object]) -> float:
    """The seconds that an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and maximum in milliseconds, and of how many."""
    if not seconds:
        return {"n": 0}
    ordered = [1000 * each for each in sorted(seconds)]
    return {
        "n": len(ordered),
        "p50": round(ordered[len(ordered) // 2], 3),
        "p95": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 3),
        "max": round(ordered[-1], 3),
    }


def size_mb(path: Path) -> float:
    """Megabytes (10^6 bytes) of a file, or of all files in a folder."""
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return round(sum(file.stat().st_size for file in files) / 1e6, 1)


def memory_mb() -> dict[str, int]:
    """Megabytes resident now, and how much of that is the process's own; empty outside Linux."""
    stored = _status()
    if not stored:
        return {}
    return {
        "resident_mb": int(stored["VmRSS"]) // 1024,
        "own_mb": int(stored.get("RssAnon", stored["VmRSS"])) // 1024,
    }


def peak_mb() -> int:
    """The most megabytes that were ever resident, mapped pages of an index among them."""
    stored = _status()
    if stored:
        return int(stored["VmHWM"]) // 1024
    # Not so exact: it begins with what the parent stored when it started this process.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _status() -> dict[str, str]:
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return {}
    pairs = (line.partition(":") for line in lines)
    return {name: value.split()[0] for name, _, value in pairs if value.split()}
