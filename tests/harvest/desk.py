"""A bot whose Europe PMC is on loopback, for the tests of completing records."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pytest_httpserver import HTTPServer

from bot.app.composition import opened
from bot.settings import Settings
from handlers.services import Services
from tests.sources.loopback import Answer, Loopback

START = datetime.fromisoformat("2026-01-15T12:00:00+00:00")


class Desk:
    """A data folder whose Europe PMC is on loopback, and a clock to move."""

    def __init__(self, home: Path, httpserver: HTTPServer) -> None:
        self.home, self._server, self.moment = home, httpserver, START
        home.mkdir()
        self.plan("europe_pmc")

    def plan(self, kind: str) -> None:
        """Put a service of this kind on loopback too."""
        with (self.home / "sources.toml").open("a", encoding="utf-8") as file:
            file.write(f'[[source]]\nkind = "{kind}"\nquery = "x"\n')
            file.write(f'address = "{self._server.url_for("/")}"\n')

    def serve(self, answer: Answer) -> Loopback:
        service = answer if isinstance(answer, Loopback) else Loopback(answer)
        self._server.clear()
        self._server.expect_request(re.compile(".*")).respond_with_handler(service)
        return service

    @contextmanager
    def bot(self, **settings: object) -> Iterator[Services]:
        given = Settings.load(home=self.home, starter=False, **{"complete": True, **settings})
        with opened(given, lambda: self.moment) as services:
            # The pace is the client's own test.
            services.harvesting.pause = lambda _seconds: None  # type: ignore[method-assign]
            yield services
