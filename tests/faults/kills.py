"""Operations that are killed at a chosen write to the disk, while two servers use the same folder.

    .venv/bin/python -m tests.faults.kills [--points 40] [--only backup]

An operation runs once whole, under strace, to count its writes; then it runs again and again, and
is killed (SIGKILL, by strace, at the very system call) at points spread over them. After each kill
the folder must be sound, the operation done again must end as if nothing had been, and the two
servers must have answered all the while. The servers are two processes for all operations, which
open and close each folder.
"""

import argparse
import atexit
import gzip
import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Self

from click.testing import CliRunner, Result
from pytest_httpserver import HTTPServer

from bot.app.background import index_workers, running
from bot.app.cli import main
from bot.app.composition import build_router, opened
from bot.errors import TmeError
from bot.index import meaning as semantic
from bot.settings import Settings
from bot.store import StateStore
from bot.store.migrations import MIGRATIONS
from bot.vocabulary.imports.terms_file import TermFolder
from handlers.router import Request, Surface
from tests import minilm
from tests.processes import ROOT
from tests.sources.loopback import Repository, entries

# What changes a disk, as SQLite does it; an index is written by `write` too, with which the child
# that reads a file answers: it would be killed in place of the process that writes.
OF_SQLITE = "pwrite64,fsync,fdatasync,rename,renameat2,unlink,ftruncate"
WRITES = f"{OF_SQLITE},write"
RECORDS, MORE, PAGE, PAGES = 120, 520, 20, 3
AT_MOST_SECONDS = 600.0
OLD = 9  # a schema that is several steps old
TME = "from bot.app.cli import main; main()"


class Servers(StrEnum):
    """What the two servers do beside an operation.

    Those that answer alone leave the index and the vectors to it. A migration is one that they
    would do themselves as they start: they are started together on what the kill has left.
    """

    FOLLOWING = "following"
    ANSWERING = "answering"
    AFTERWARDS = "afterwards"


@dataclass(frozen=True, slots=True)
class Operation:
    """`command` is what follows `tme`, `HOME` being the folder. `prepare` makes the folder ready.

    `holds` is what must be true of it after a kill, and `done` after it was done `again`: by the
    same command, unless that is told otherwise.
    """

    command: str
    prepare: Callable[[Path], None]
    holds: Callable[[Path], None]
    done: Callable[[Path], None]
    servers: Servers = Servers.FOLLOWING
    writes: str = WRITES
    needs: Callable[[], Sequence[str]] = tuple
    again: Callable[[Path], None] | None = None


def missing() -> Sequence[str]:
    """What is not installed of what finds by meaning."""
    return (*semantic.missing(), *minilm.missing())


def ris(first: int, count: int) -> str:
    one = "TY  - JOUR\nTI  - Macrophages of study {0}\nDO  - 10.1234/{0}\nAB  - {1}\nER  - \n"
    words = "Tumour-associated macrophages resist. " * 5
    return "".join(one.format(n, words) for n in range(first, first + count))


def tme(home: Path, *words: str) -> Result:
    """Run it in this process, where nobody kills it."""
    return CliRunner().invoke(main, words, env=environment(home), prog_name="tme")


def environment(home: Path) -> dict[str, str]:
    """What `tme` needs of it over this folder."""
    model = home / "model"
    return {
        "TME_HOME": str(home), "TME_STARTER": "no", "PATH": "/usr/bin:/bin",
        "TME_SEMANTIC": str(model) if model.exists() else "no", "TME_CONTACT": "a@example.org",
        "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "NO_PROXY": "*",
    }  # fmt: skip


# -- what is done, and what must hold ------------------------------------------------------


def filled(home: Path) -> None:
    """A store of some records, a file with more, a backup, and a vocabulary."""
    home.mkdir(mode=0o700)
    (home / "first.ris").write_text(ris(0, RECORDS), encoding="utf-8")
    (home / "more.ris").write_text(ris(RECORDS, MORE), encoding="utf-8")
    rows = "".join(f"HGNC:{n}\tGENE{n}\tgene number {n}\tApproved\t\t\t\n" for n in range(4_000))
    head = "hgnc_id\tsymbol\tname\tstatus\talias_symbol\talias_name\tprev_symbol\n"
    with gzip.open(home / "hgnc_complete_set.txt.gz", "wt", encoding="utf-8") as file:
        file.write(head + rows)
    assert tme(home, "import", str(home / "first.ris")).exit_code == 0
    assert tme(home, "backup", str(home / "saved.db")).exit_code == 0


@cache
def repository() -> str:
    """The address of a service of some pages, on loopback; it ends with this process."""
    server = HTTPServer(threaded=True)
    server.expect_request("/oai").respond_with_handler(Repository(entries(PAGE * PAGES), page=PAGE))
    server.start()
    atexit.register(server.stop)
    return server.url_for("/oai")


def planned(home: Path) -> None:
    """A store with a service to harvest."""
    filled(home)
    plan = f'[[source]]\nname = "archive"\nkind = "oai_pmh"\naddress = "{repository()}"\n'
    (home / "sources.toml").write_text(plan, encoding="utf-8")


def whole_pages(home: Path) -> None:
    assert (records(home) - RECORDS) % PAGE == 0


def harvested_again(home: Path) -> None:
    """On the next day: a killed harvest keeps its place for minutes."""
    settings = Settings(home=home, starter=False, contact="a@example.org")
    with opened(settings, lambda: datetime.now(UTC) + timedelta(days=1)) as services:
        [standing] = services.harvesting.standings()
        assert services.harvesting.run(standing.planned).finished


def harvested(home: Path) -> None:
    assert records(home) == RECORDS + PAGE * PAGES
    with closing(StateStore.open(home / "tme.db")) as store:
        dois = [record.doi for record in store.each()]
    assert len(set(dois)) == len(dois)


def aged(home: Path) -> None:
    """A store of an old schema, as an older version left it."""
    home.mkdir(mode=0o700)
    with closing(StateStore.open(home / "tme.db", migrations=MIGRATIONS[:OLD])):
        pass


def unindexed(home: Path) -> None:
    filled(home)
    shutil.rmtree(home / "index")


def records(home: Path) -> int:
    """How many records are stored; the store must be sound."""
    with closing(StateStore.open(home / "tme.db")) as store:
        assert store.check() == []
        return store.status().records


def version(home: Path) -> int:
    with closing(StateStore.open(home / "tme.db", migrations=MIGRATIONS)) as store:
        assert store.check() == []
        return store.status().schema_version


def sound(home: Path) -> None:
    assert records(home) >= RECORDS


def whole_batches(home: Path) -> None:
    assert (records(home) - RECORDS) in {0, 500, MORE}


def all_in(home: Path) -> None:
    assert records(home) == RECORDS + MORE
    found = tme(home, "ask", "macrophages", "--json", "--limit", "1")
    assert json.loads(found.stdout)["total"] == RECORDS + MORE


def indexed(home: Path) -> None:
    found = tme(home, "ask", "macrophages", "--json", "--limit", "1")
    assert json.loads(found.stdout)["total"] == RECORDS


def untouched_version(home: Path) -> None:
    """Opening it here would bring it up to date: only its number is read."""
    header = (home / "tme.db").read_bytes()[60:64]
    assert int.from_bytes(header) in {0, OLD, len(MIGRATIONS)}


def newest_version(home: Path) -> None:
    assert version(home) == len(MIGRATIONS)


def vocabulary(home: Path, *, whole: bool) -> None:
    listed = TermFolder(home / "vocabularies").listed()
    assert all(each.usable and each.terms == 4_000 for each in listed)
    assert listed or not whole
    assert not whole or not list((home / "vocabularies").glob("*.part"))


def backed_up(home: Path, *, whole: bool) -> None:
    """The file is there whole, or not there."""
    copy = home / "copy.db"
    if copy.exists() or whole:
        with closing(StateStore.open(copy, read_only=True)) as store:
            assert (store.check(), store.status().records) == ([], RECORDS)
    assert records(home) == RECORDS


def meant(home: Path) -> None:
    """A store whose records are still to be read for their meaning, and a model."""
    filled(home)
    minilm.write_model(home / "model")


def vectors(home: Path) -> None:
    said = tme(home, "doctor").stdout
    assert f"{RECORDS} records read, 0 changes to read" in said, said


OPERATIONS = {
    "import": Operation("import HOME/more.ris", filled, whole_batches, all_in, writes=OF_SQLITE),
    "harvest": Operation(
        "harvest", planned, whole_pages, harvested, writes=OF_SQLITE, again=harvested_again
    ),
    "migration": Operation(
        "status", aged, untouched_version, newest_version, Servers.AFTERWARDS
    ),
    "index": Operation("ask macrophages", unindexed, sound, indexed, Servers.ANSWERING),
    "vocabulary": Operation(
        "vocabulary import HOME/hgnc_complete_set.txt.gz",
        filled,
        lambda home: vocabulary(home, whole=False),
        lambda home: vocabulary(home, whole=True),
        writes=OF_SQLITE,
    ),
    "backup": Operation(
        "backup HOME/copy.db",
        filled,
        lambda home: backed_up(home, whole=False),
        lambda home: backed_up(home, whole=True),
    ),
    "restore": Operation("restore HOME/saved.db --yes", filled, sound, sound),
    # Where the extra `semantic` and the model of the tests are installed.
    "vectors": Operation("semantic", meant, sound, vectors, Servers.ANSWERING, needs=missing),
}  # fmt: skip


# -- killing -------------------------------------------------------------------------------


def can_kill() -> bool:
    """Whether strace is here and may trace."""
    strace = shutil.which("strace")
    if strace is None:
        return False
    return subprocess.run([strace, "-o", "/dev/null", "true"], check=False).returncode == 0


def _traced(home: Path, operation: Operation, *options: str) -> int:
    command = operation.command.replace("HOME", str(home)).split()
    traced = ["strace", "-f", "-qq", "-e", f"trace={operation.writes}", *options]
    return subprocess.run(
        [*traced, sys.executable, "-c", TME, *command], cwd=ROOT, env=environment(home),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, timeout=AT_MOST_SECONDS,
    ).returncode  # fmt: skip


def writes_of(home: Path, operation: Operation, log: Path) -> list[tuple[str, int]]:
    """Every write in order: the system call, and the how-manieth of its thread it is.

    That is how strace counts, to say when to kill.
    """
    # With this nothing else stops; strace injects no signal then.
    assert _traced(home, operation, "--seccomp-bpf", "-o", str(log)) == 0
    counts: Counter[tuple[str, str]] = Counter()
    writes = []
    for line in log.read_text("utf-8", "replace").splitlines():
        if found := re.match(r"(\d+) +(\w+)\(", line):
            counts[found[1], found[2]] += 1
            writes.append((found[2], counts[found[1], found[2]]))
    return writes


def spread(writes: Sequence[tuple[str, int]], count: int) -> list[tuple[str, int]]:
    """So many of the writes, evenly spread, the first and the last among them."""
    last = len(writes) - 1
    return [writes[round(at * last / max(count - 1, 1))] for at in range(count)]


def killed_at(home: Path, operation: Operation, call: str, number: int) -> bool:
    """Run it and kill it at a write; False where it ended before, as threads do not always."""
    code = _traced(
        home, operation, "-o", "/dev/null", "-e", f"inject={call}:signal=SIGKILL:when={number}"
    )
    assert code in {0, 1, -signal.SIGKILL, 128 + signal.SIGKILL}, code
    return code not in {0, 1}


class TwoServers:
    """Two processes that answer all the while over a folder, and follow its store."""

    def __init__(self, log: Path) -> None:
        command = [sys.executable, "-m", "tests.faults.kills", "--serve"]
        self._log = log
        with log.open("wb") as file:
            self._servers = [
                subprocess.Popen(
                    command, cwd=ROOT, env=environment(log.parent), text=True, bufsize=1,
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=file,
                )
                for _ in range(2)
            ]  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.kill()
            server.communicate()

    @contextmanager
    def beside(self, home: Path, kind: Servers) -> Iterator[None]:
        """They serve this folder for as long as the block lasts, and must end well."""
        for server in self._servers:
            assert server.stdin is not None
            server.stdin.write(f"{kind} {home}\n")
        self._hear("up")
        yield
        (home / "stop").touch()
        self._hear("down")

    def _hear(self, word: str) -> None:
        for server in self._servers:
            assert server.stdout is not None
            heard = server.stdout.readline().strip()
            assert heard == word, self._log.read_text("utf-8", "replace")[-3000:]


def serve(home: Path, kind: Servers) -> None:
    """Answer until told to stop. What the bot says itself (busy, no room) is an answer too."""
    answered, pause, model = 0, threading.Event(), home / "model"
    named = str(model) if model.exists() else "no"
    settings = Settings(home=home, starter=False, semantic=named)
    with opened(settings) as services, running(
        *([] if kind is Servers.ANSWERING else index_workers(services))
    ):  # fmt: skip
        router = build_router(services)
        while not (home / "stop").exists():
            reply = router.answer(Request("macrophages", Surface.TERMINAL))
            assert "Something went wrong" not in reply.message.text, reply.message.text
            try:
                services.store.audit.note_roles(f"{id(services)}: {answered}")
            except TmeError as error:
                print(error.as_line, file=sys.stderr)
            if answered == 0:
                print("up", flush=True)
            answered += 1
            pause.wait(0.1)
    print("down", flush=True)


def run(name: str, folder: Path, count: int, servers: TwoServers) -> tuple[int, int]:
    """Kill one operation at so many points; how often it was killed, and tried.

    Raises AssertionError where something does not hold.
    """
    operation, killed = OPERATIONS[name], 0
    ready = folder / "ready"
    operation.prepare(ready)
    is_beside = operation.servers is not Servers.AFTERWARDS

    def beside(home: Path) -> AbstractContextManager[None]:
        return servers.beside(home, operation.servers)

    # Beside servers a database is written otherwise: its log stays open.
    home = _copied(ready, folder / "counted")
    with beside(home) if is_beside else nullcontext():
        writes = writes_of(home, operation, folder / "log")
    for at, (call, number) in enumerate(spread(writes, count)):
        home = _copied(ready, folder / f"home{at}")
        with beside(home) if is_beside else nullcontext():
            killed += killed_at(home, operation, call, number)
            operation.holds(home)
            if not is_beside:
                with beside(home):
                    pass
            if not (name == "backup" and (home / "copy.db").exists()):
                _again(home, operation, f"{name} at {call} {number}")
        operation.done(home)
        shutil.rmtree(home)
    return killed, count


def _again(home: Path, operation: Operation, where: str) -> None:
    if operation.again is not None:
        operation.again(home)
        return
    again = tme(home, *operation.command.replace("HOME", str(home)).split())
    assert again.exit_code == 0, f"{where}: {again.output}"


def _copied(ready: Path, home: Path) -> Path:
    shutil.copytree(ready, home)
    return home


def command_line() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=40)
    parser.add_argument("--only", choices=OPERATIONS, default=None)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        for line in sys.stdin:
            kind, _, home = line.strip().partition(" ")
            serve(Path(home), Servers(kind))
        return
    with tempfile.TemporaryDirectory() as folder, TwoServers(Path(folder, "log")) as servers:
        for name in [given.only] if given.only else OPERATIONS:
            if absent := OPERATIONS[name].needs():
                print(f"{name}: not tried, not installed: {', '.join(absent)}")
                continue
            began = time.monotonic()
            (place := Path(folder, name)).mkdir()
            killed, tried = run(name, place, given.points, servers)
            took = time.monotonic() - began
            print(f"{name}: killed {killed} of {tried} times, all held ({took:.0f} s)", flush=True)


if __name__ == "__main__":
    command_line()
