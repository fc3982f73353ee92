"""What was found to fail once, tried from the outside on any checkout of the bot.

By `tme` as a process, by files, by signed requests; a few, which need a clock or a service of their
own, run a program over the checkout's modules. `python -m tests.attempts` tries all.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.processes import free_port, running, wait_for

RECORDED = Path(__file__).with_name("recorded.json")
# What takes so long of a processor has frozen: it should take a second or two. Nothing waits longer
# than `AT_MOST_SECONDS` by the clock.
FROZEN_SECONDS, AT_MOST_SECONDS = 20, 600.0
# The modules of old and new checkouts.
TME = """
try: from bot.app.cli import main
except ImportError: from bot.cli import main
main()
"""


@dataclass(frozen=True, slots=True)
class Done:
    """How a process ended: None as `code` had to be killed. `peak` is of the largest, in bytes."""

    code: int | None
    out: str
    seconds: int
    peak: int = 0

    @property
    def lines(self) -> list[dict[str, object]]:
        """The lines of it that are JSON objects."""
        return [json.loads(line) for line in self.out.splitlines() if line.startswith("{")]

    @property
    def trouble(self) -> str:
        """What no answer may be: "" where it is none of that."""
        if self.code is None:
            return f"frozen: killed after {self.seconds:.0f} s of a processor"
        return "a traceback" if "Traceback (most recent call last)" in self.out else ""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A checkout of the bot, and a folder for one attempt on it."""

    root: Path
    folder: Path = field(default_factory=Path)

    @property
    def home(self) -> Path:
        """Its data folder."""
        return self.folder / "home"

    @property
    def python(self) -> str:
        """Its own interpreter; this one where it has none."""
        own = self.root / ".venv" / "bin" / "python"
        return str(own) if own.exists() else sys.executable

    def environment(self, **more: str) -> dict[str, str]:
        """What its processes see, and nothing of this one's settings."""
        return {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8",
            "TME_HOME": str(self.home), "TME_STARTER": "no", "TME_COMPLETE": "no",
            "PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1", **more,
        }  # fmt: skip

    def tme(self, *words: str, seconds: int = FROZEN_SECONDS, **more: str) -> Done:
        """Run a command of `tme`."""
        return self.program(TME, *words, seconds=seconds, **more)

    def program(self, code: str, *words: str, seconds: int = FROZEN_SECONDS, **more: str) -> Done:
        """Run a program over its modules, each of its processes for so long of a processor."""
        limited = ["sh", "-c", f'ulimit -t {seconds}; exec "$@"', "sh"]
        done = subprocess.run(
            [*limited, self.python, "-c", _MEASURED + code, *words], cwd=self.folder, text=True,
            env=self.environment(**more), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, check=False, timeout=AT_MOST_SECONDS,
        )  # fmt: skip
        peaks = [int(each) for each in re.findall(r"^PEAK (\d+)$", done.stdout, re.MULTILINE)]
        code_of = None if done.returncode in _OUT_OF_TIME else done.returncode
        return Done(code_of, done.stdout, seconds, max(peaks, default=0))

    def reading(
        self, name: str, data: str | bytes, *more: str, seconds: int = FROZEN_SECONDS
    ) -> Done:
        """Import a file of this name and content."""
        return self.tme("import", str(self.file(name, data)), *more, seconds=seconds)

    def parsed(self, name: str, data: str | bytes, *more: str) -> list[dict[str, object]]:
        """The records of a file, as JSON; raises AssertionError for a traceback."""
        done = self.tme("parse", str(self.file(name, data)), "--json", *more)
        assert not done.trouble, done.trouble
        return [each for each in done.lines if "title" in each]

    def file(self, name: str, data: str | bytes) -> Path:
        """A file in its folder."""
        path = self.folder / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    @contextmanager
    def serving(self, api_url: str, **settings: str) -> Iterator[int]:
        """`tme serve` over HTTP; its port. Its log is `serve.log`."""
        port, log = free_port(), self.folder / "serve.log"
        told = self.environment(
            SLACK_API_URL=api_url, SLACK_BOT_TOKEN="xoxb-test", TME_PORT=str(port), **settings
        )
        command = [self.python, "-P", "-c", TME, "serve"]
        with log.open("wb") as file, running(command, file.fileno(), told) as process:
            wait_for("it serves", lambda: _is_ready(log), process)
            yield port


def _is_ready(log: Path) -> bool:
    return bool(re.search(r"Listening on|[Cc]onnected", log.read_text("utf-8", "replace")))


_OUT_OF_TIME = {-signal.SIGXCPU, -signal.SIGKILL}
# At the end of a process: how much memory the largest of its processes took.
_MEASURED = """
import atexit, resource, sys
def _peak():
    kinds = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    print("PEAK", max(resource.getrusage(kind).ru_maxrss for kind in kinds) * 1024)
atexit.register(_peak)
sys.argv[0] = "tme"
"""


# -- attempts ------------------------------------------------------------------------------

# "" where it held, else what happened, in a line.
Run = Callable[[Checkout], str]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One thing that failed once: its area (see `tests.areas`), what was tried, and how."""

    area: str
    what: str
    run: Run


ATTEMPTS: dict[str, Attempt] = {}


def attempt(area: str, what: str) -> Callable[[Run], Run]:
    """List a function as an attempt of this area."""

    def listed(run: Run) -> Run:
        ATTEMPTS[run.__name__] = Attempt(area, what, run)
        return run

    return listed


def tried(name: str, checkout: Path) -> str:
    """Try one on a checkout, in a folder of its own; "" where it held."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return ATTEMPTS[name].run(Checkout(checkout.resolve(), Path(folder)))
        except (AssertionError, LookupError, OSError, ValueError) as error:
            return " ".join(str(error).split())[:200] or type(error).__name__


def recorded() -> Mapping[str, Mapping[str, str]]:
    """What happened, by attempt, `before` and `now`."""
    found: dict[str, dict[str, str]] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return found
