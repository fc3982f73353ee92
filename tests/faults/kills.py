"""Operations that are killed at a chosen write to the disk, while two servers use the same folder.

    .venv/bin/python -m tests.faults.kills [--points 40] [--only backup]

An operation runs once whole, under strace, to count its writes; then it runs again and again, and
is killed (SIGKILL, by strace, at the very system call) at points spread over them. After each kill
the folder must be sound, the operation done again must end as if nothing had been, and the two
servers must have answered all the while.
"""

import argparse
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
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from click.testing import CliRunner, Result

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

# What changes a disk, as SQLite does it; an index is written by `write` too, with which the child
# that reads a file answers: it would be killed in place of the process that writes.
OF_SQLITE = "pwrite64,fsync,fdatasync,rename,renameat2,unlink,ftruncate"
WRITES = f"{OF_SQLITE},write"
RECORDS, MORE = 300, 700
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

    `holds` is what must be true of it after a kill, and `done` after it was done again.
    """

    command: str
    prepare: Callable[[Path], None]
    holds: Callable[[Path], None]
    done: Callable[[Path], None]
    servers: Servers = Servers.FOLLOWING
    writes: str = WRITES
    needs: Callable[[], Sequence[str]] = tuple


def missing() -> Sequence[str]:
    """What is not installed of what finds by meaning."""
    return (*semantic.missing(), *minilm.missing())


def ris(first: int, count: int) -> str:
    one = "TY  - JOUR\nTI  - Macrophages of study {0}\nDO  - 10.1234/{0}\nAB  - {1}\nER  - \n"
    words = "Tumour-associated macrophages resist. " * 20
    return "".join(one.format(n, words) for n in range(first, first + count))


def tme(home: Path, *words: str) -> Result:
    """Run it in this process, where nobody kills it."""
    return CliRunner().invoke(main, words, env=environment(home), prog_name="tme")


def environment(home: Path) -> dict[str, str]:
    """What `tme` needs of it over this folder."""
    model = home / "model"
    return {
        "TME_HOME": str(home), "TME_STARTER": "no", "PATH": "/usr/bin:/bin",
        "TME_SEMANTIC": str(model) if model.exists() else "no",
        "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1",
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
    assert _traced(home, operation, "-o", str(log)) == 0
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


@contextmanager
def two_servers(home: Path, kind: Servers) -> Iterator[None]:
    """Two processes that answer all the while, and follow the store; they must end well."""
    stop = home / "stop"
    command = [sys.executable, "-m", "tests.faults.kills", "--serve", str(home), str(stop), kind]
    servers = [
        subprocess.Popen(command, cwd=ROOT, env=environment(home), stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    try:
        _wait_until_up(home, servers)
        yield
        stop.touch()
        for server in servers:
            _, said = server.communicate(timeout=AT_MOST_SECONDS)
            assert server.returncode == 0, said.decode()
    finally:
        for server in servers:
            server.kill()
            server.communicate()


def _wait_until_up(home: Path, servers: "list[subprocess.Popen[bytes]]") -> None:
    until, pause = time.monotonic() + AT_MOST_SECONDS, threading.Event()
    while len(list(home.glob("up-*"))) < len(servers):
        assert time.monotonic() < until
        assert all(server.poll() is None for server in servers)
        pause.wait(0.02)


def serve(home: Path, stop: Path, kind: Servers) -> None:
    """Answer until told to stop. What the bot says itself (busy, no room) is an answer too."""
    answered, pause = 0, threading.Event()
    settings = Settings(home=home, starter=False)
    with opened(settings) as services, running(
        *([] if kind is Servers.ANSWERING else index_workers(services))
    ):  # fmt: skip
        router = build_router(services)
        while not stop.exists():
            reply = router.answer(Request("macrophages", Surface.TERMINAL))
            assert "Something went wrong" not in reply.message.text, reply.message.text
            try:
                services.store.audit.note_roles(f"{id(services)}: {answered}")
            except TmeError as error:
                print(error.as_line, file=sys.stderr)
            answered += 1
            (home / f"up-{id(services)}-{time.monotonic_ns()}").touch() if answered == 1 else None
            pause.wait(0.05)
    assert answered


def run(name: str, folder: Path, count: int, *, always_served: bool = True) -> tuple[int, int]:
    """Kill one operation at so many points; how often it was killed, and tried.

    Unless they are `always_served`, the two servers are there at every second point. Raises
    AssertionError where something does not hold.
    """
    operation, killed = OPERATIONS[name], 0
    ready, home = folder / "ready", folder / "home"
    operation.prepare(ready)
    is_beside = operation.servers is not Servers.AFTERWARDS
    kinds = [is_beside] if always_served or not is_beside else [True, False]
    # Beside servers a database is written otherwise: its log stays open.
    spreads = {kind: spread(_counted(ready, home, operation, kind), count) for kind in kinds}
    for at in range(count):
        is_served = kinds[at % len(kinds)]
        call, number = spreads[is_served][at]
        _copied(ready, home)
        with two_servers(home, operation.servers) if is_served else nullcontext():
            killed += killed_at(home, operation, call, number)
            operation.holds(home)
            if not is_beside:
                with two_servers(home, operation.servers):
                    pass
            words = operation.command.replace("HOME", str(home)).split()
            if not (name == "backup" and (home / "copy.db").exists()):
                again = tme(home, *words)
                assert again.exit_code == 0, f"{name} at {call} {number}: {again.output}"
        operation.done(home)
    return killed, count


def _counted(
    ready: Path, home: Path, operation: Operation, is_served: bool
) -> list[tuple[str, int]]:
    _copied(ready, home)
    with two_servers(home, operation.servers) if is_served else nullcontext():
        return writes_of(home, operation, home.with_name("log"))


def _copied(ready: Path, home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(ready, home)


def command_line() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=40)
    parser.add_argument("--only", choices=OPERATIONS, default=None)
    parser.add_argument("--serve", nargs=3, help=argparse.SUPPRESS)  # home, stop, kind
    given = parser.parse_args()
    if given.serve:
        home, stop, kind = given.serve
        serve(Path(home), Path(stop), Servers(kind))
        return
    for name in [given.only] if given.only else OPERATIONS:
        if absent := OPERATIONS[name].needs():
            print(f"{name}: not tried, not installed: {', '.join(absent)}")
            continue
        with tempfile.TemporaryDirectory() as folder:
            began = time.monotonic()
            killed, tried = run(name, Path(folder), given.points)
            took = time.monotonic() - began
            print(f"{name}: killed {killed} of {tried} times, all held ({took:.0f} s)", flush=True)


if __name__ == "__main__":
    command_line()
