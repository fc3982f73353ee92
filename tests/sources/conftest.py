"""A polite client that may ask the loopback server, and waits for nothing."""

from collections.abc import Callable, Iterator

import pytest
from pytest_httpserver import HTTPServer

from bot.sources import Place, Source, SourceKind
from bot.sources.http.client import PoliteClient

from .clock import FakeClock

Opener = Callable[..., Source]


@pytest.fixture
def polite(httpserver: HTTPServer) -> Iterator[PoliteClient]:
    host = f"{httpserver.host}:{httpserver.port}"
    opened = PoliteClient({host: 0}, "team@example.org", timing=FakeClock().timing())
    yield opened
    opened.close()


@pytest.fixture
def open_source(polite: PoliteClient, httpserver: HTTPServer) -> Opener:
    """Makes a source of a kind that asks the loopback server."""

    def opened(kind: SourceKind, **options: str) -> Source:
        return kind.harvest(polite, Place(httpserver.url_for("/"), FakeClock().now, options))

    return opened
