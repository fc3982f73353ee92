"""A bot with a plan of one OAI-PMH repository on loopback, for the tests of harvesting."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from pytest_httpserver import HTTPServer

from bot.app.outside import build_harvesting
from bot.harvest.harvester import Harvester
from bot.harvest.plan import Planned
from bot.harvest.run import Outcome
from bot.harvest.service import Harvesting
from bot.records.models import Record
from bot.settings import Settings
from bot.sources.http.client import Pace
from bot.store import StateStore
from bot.vocabulary import Vocabulary
from tests.processes import ROOT
from tests.sources.loopback import Answer, Loopback

START = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Bot:
    """What harvests, as `bot.app.composition` wires it, without what answers."""

    store: StateStore
    harvester: Harvester
    harvesting: Harvesting


class Rig:
    """A data folder with a plan, a clock to move, and a repository to ask."""

    def __init__(self, home: Path, httpserver: HTTPServer) -> None:
        self.home, self._server = home, httpserver
        self.moment = START
        home.mkdir(exist_ok=True)
        self.plan()

    def plan(self, name: str = "archive", more: str = "") -> None:
        """Write a sources file of one harvest."""
        self.file.write_text(
            f'[[source]]\nname = "{name}"\nkind = "oai_pmh"\n'
            f'address = "{self._server.url_for("/oai")}"\n{more}\n',
            encoding="utf-8",
        )

    @property
    def file(self) -> Path:
        return self.home / "sources.toml"

    @property
    def settings(self) -> Settings:
        return Settings(home=self.home, contact="team@example.org", starter=False)

    def serve(self, answer: Answer) -> Loopback:
        """Serve the repository from now on, and nothing else."""
        service = answer if isinstance(answer, Loopback) else Loopback(answer)
        self._server.clear()
        self._server.expect_request("/oai").respond_with_handler(service)
        return service

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)

    @contextmanager
    def bot(self) -> Iterator[Bot]:
        """The bot over the folder; every pause between requests is skipped."""
        store = StateStore.open(self.settings.database, now=lambda: self.moment)
        harvester = Harvester(store, vocabulary(), lambda: self.moment)
        harvesting = build_harvesting(self.settings, store, harvester, Pace(), lambda: self.moment)
        # The pace is the client's own test.
        harvesting.pause = lambda _seconds: None  # type: ignore[method-assign]
        try:
            yield Bot(store, harvester, harvesting)
        finally:
            store.close()


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary of the seeds, read once."""
    return Vocabulary.load(ROOT / "seeds" / "taxonomy.yaml")


def planned(services: Bot) -> Planned:
    """The only harvest of the plan."""
    [standing] = services.harvesting.standings()
    return standing.planned


def harvest(services: Bot, **options: object) -> Outcome:
    """Run it."""
    return services.harvesting.run(planned(services), **options)  # type: ignore[arg-type]


def stored(services: Bot) -> list[Record]:
    """Every record of the store, in the order they came."""
    return [change.record for change in services.store.changes_since(0, 10_000)]
