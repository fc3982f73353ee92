"""Fixtures that every room's tests may use, and how the tests are spread over processes."""

from tests import bytecode  # noqa: F401 - before what is compiled

# isort: split
import contextlib
import fcntl
import gc
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from _pytest.pathlib import import_path
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from bot.app import composition as app
from bot.app.startup import prepare
from bot.settings import Settings
from handlers.router import Router
from handlers.services import Services
from tests.areas import counted
from tests.cluster import opensearch, postgres

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parent.parent

# No model is fetched or used but by the tests of finding by meaning, which name their own.
os.environ["TME_SEMANTIC"] = "no"
# No service is queried but on loopback, by the tests of completing records.
os.environ["TME_COMPLETE"] = "no"

# Tests that make up their input make up the same each time, so that a build fails for what was
# changed in it. They look further, and at random, by `pytest -n 0 --hypothesis-profile long FILE`.
# None has to be quick: a busy machine is no fault.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("long", deadline=None, max_examples=50_000, print_blob=True)
settings.load_profile("same")

# What mostly waits for other processes begins first, and the rest is done meanwhile.
BEGINNING = ("faults", "local_slack", "browser")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Three more than there are cores, as many tests wait; none for a file by its name."""
    named = (Path(argument.split("::")[0]) for argument in config.args)
    if not any(path.is_dir() for path in named):
        return 0
    return len(os.sched_getaffinity(0)) + 3 if hasattr(os, "sched_getaffinity") else 4


class Together(LoadFileScheduling):
    """A file's tests run in one process, as they share what it prepares; so do those of a Slack.

    Operations that are killed take a minute each, and run beside each other.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        if file == "tests/faults/test_kills.py":
            return nodeid
        return "local_slack" if file.startswith("tests/local_slack/") else file


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """End a run of whole folders with what was tried in each area (`tests.areas`)."""
    if any(Path(each.split("::")[0]).is_dir() for each in terminalreporter.config.args):
        terminalreporter.section("tried, by area")
        for line in counted(terminalreporter.stats):
            terminalreporter.line(line)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together:
    """See `Together`."""
    return Together(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Collect without looking for garbage, and never look through what was collected again.

    Ten thousand tests stay until the end: to walk over them found nothing, again and again.
    """
    gc.disable()
    try:
        _import_own_share(session.config)
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def _import_own_share(config: pytest.Config) -> None:
    """Import a share of the tests before the others, where several processes collect.

    Each needs them all. In a fresh checkout each would compile them all, at the same time as the
    others; so each compiles its share and finds the rest compiled.
    """
    worker = getattr(config, "workerinput", None)
    if worker is None:
        return
    first, count = int(worker["workerid"].removeprefix("gw")), worker["workercount"]
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    for file in files[first::count]:
        # What is wrong with one is said where it is collected.
        with contextlib.suppress(Exception, pytest.skip.Exception):
            import_path(
                file,
                mode=config.getoption("importmode"),
                root=config.rootpath,
                consider_namespace_packages=config.getini("consider_namespace_packages"),
            )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """See `BEGINNING`; everything else stays in its order."""

    def place(item: pytest.Item) -> int:
        marks = (at for at, name in enumerate(BEGINNING) if item.get_closest_marker(name))
        return min(marks, default=len(BEGINNING))

    items.sort(key=place)


@pytest.fixture(autouse=True, scope="session")
def _loopback_alone() -> Iterator[None]:
    """No test reaches another machine: other names than this machine's are not known."""
    known = socket.getaddrinfo

    def only_here(host: Any, *arguments: Any, **more: Any) -> Any:
        if host not in (None, "", "localhost", "127.0.0.1", "::1"):
            raise socket.gaierror(socket.EAI_NONAME, "tests reach no other machine")
        return known(host, *arguments, **more)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", only_here)
        yield


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The seeds that the project carries."""
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared data beside the project; tests that need it are skipped where it is absent."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the shared data folder (../shared) is not beside this checkout")
    return folder


@pytest.fixture
def now() -> datetime:
    """A fixed moment, so that no test depends on the day it runs."""
    return NOW


@pytest.fixture(scope="session")
def prepared_home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the seeds stored and indexed. To be copied, never opened.

    The first process that needs it makes it for all of them.
    """
    run = tmp_path_factory.getbasetemp()
    # Not by the environment, which a process that a test starts has as well.
    home = (run.parent if hasattr(request.config, "workerinput") else run) / "prepared"
    with home.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            making = tmp_path_factory.mktemp("making")
            with app.opened(Settings(home=making), lambda: NOW) as opened:
                prepare(opened, app.seeds_folder())
            making.rename(home)
    return home


@pytest.fixture
def seeded_home(prepared_home: Path, tmp_path: Path) -> Path:
    """A data folder with the seeds, of the test's own: a copy takes milliseconds."""
    return shutil.copytree(prepared_home, tmp_path / "home")


@pytest.fixture(scope="session")
def services(prepared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """The bot's services over the seeds, on a fixed day. For tests that only read."""
    home = shutil.copytree(prepared_home, tmp_path_factory.mktemp("services") / "home")
    with app.opened(Settings(home=home), lambda: NOW) as opened:
        yield opened


@pytest.fixture(scope="session")
def router(services: Services) -> Router:
    """The router over the seeds, with every command."""
    return app.build_router(services)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL server of this run's own; skipped where none can be started."""
    pytest.importorskip("psycopg_pool", reason="the extra `postgres` is not installed")
    if reason := postgres.missing():
        pytest.skip(reason)
    with postgres.one() as server:
        yield server


@pytest.fixture
def databases(postgres_server: postgres.Server) -> Iterator[Callable[[], str]]:
    """Makes an empty database for a test; gives its address."""
    port, made = postgres_server.port, list[str]()

    def make() -> str:
        made.append(f"t{len(made)}")
        postgres.create(port, made[-1])
        return postgres.address(made[-1], port)

    yield make
    for name in made:
        postgres.drop(port, name)


@pytest.fixture(scope="session")
def opensearch_node() -> Iterator[opensearch.Cluster]:
    """A node of OpenSearch of this run's own; skipped where none can be started."""
    if reason := opensearch.missing():
        pytest.skip(reason)
    with opensearch.cluster(1) as node:
        yield node
