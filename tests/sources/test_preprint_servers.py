"""bioRxiv and medRxiv over loopback: words looked for here, versions, and which server."""

import re
from datetime import date

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from bot.errors import SourceRefused
from bot.records.models import Identifier, Record, Scheme
from bot.sources.base import Fetcher
from bot.sources.biorxiv.client import BIORXIV

from .conftest import Opener
from .services import as_json


def answer(*preprints: dict[str, str], total: int | None = None) -> Response:
    message = {"status": "ok", "total": len(preprints) if total is None else total}
    return as_json({"messages": [message], "collection": list(preprints)})


def test_the_words_of_any_term_are_looked_for_in_title_and_abstract(
    open_source: Opener, httpserver: HTTPServer
) -> None:
    posted = (
        {"doi": "10.1101/1", "title": "Tumour-associated macrophages"},
        {"doi": "10.1101/2", "title": "Fish", "abstract": "CAR-T cells in <i>tumours</i>."},
        {"doi": "10.1101/3", "title": "Macrophages of fish"},
    )
    httpserver.expect_request(re.compile(".*")).respond_with_handler(lambda _: answer(*posted))
    source = open_source(BIORXIV)
    [batch] = source.records("macrophages tumour, CAR-T", date(2026, 1, 2), None)
    assert [i.doi for i in batch.items if isinstance(i, Record)] == ["10.1101/1", "10.1101/2"]
    [batch] = source.records("", date(2026, 1, 2), None)
    assert len(batch.items) == 3


def test_server_and_category_are_asked_for_and_a_first_harvest_goes_back_90_days(
    open_source: Opener, httpserver: HTTPServer
) -> None:
    asked: list[str] = []

    def listening(request: Request) -> Response:
        asked.append(request.full_path)
        return answer()

    httpserver.expect_request(re.compile(".*")).respond_with_handler(listening)
    list(open_source(BIORXIV, server="medrxiv", category="oncology").records("", None, None))
    assert asked == ["/details/medrxiv/2025-10-17/2026-01-15/0/json?category=oncology"]


def test_a_server_that_is_none_is_refused(open_source: Opener) -> None:
    with pytest.raises(SourceRefused, match="biorxiv or medrxiv"):
        list(open_source(BIORXIV, server="../admin").records("", None, None))


def test_the_days_of_a_harvest_stay_the_same_when_it_goes_on_later(
    open_source: Opener, httpserver: HTTPServer
) -> None:
    asked: list[str] = []

    def listening(request: Request) -> Response:
        asked.append(request.path)
        return answer({"doi": "10.1101/1", "title": "A"}, total=3)

    httpserver.expect_request(re.compile(".*")).respond_with_handler(listening)
    source = open_source(BIORXIV)
    first = next(iter(source.records("", date(2026, 1, 2), None)))
    rest = list(source.records("", date(2026, 1, 9), first.cursor))
    assert len(rest) == 2
    assert asked == [f"/details/biorxiv/2026-01-02/2026-01-15/{n}/json" for n in range(3)]


def test_the_last_version_is_fetched_from_whichever_server_has_it(
    open_source: Opener, httpserver: HTTPServer
) -> None:
    versions = [
        {"doi": "10.1101/7", "title": f"Version {n}", "version": str(n), "server": "medRxiv"}
        for n in (1, 10, 9)
    ]

    def by_server(request: Request) -> Response:
        return answer(*versions) if "/medrxiv/" in request.path else answer()

    httpserver.expect_request(re.compile(".*")).respond_with_handler(by_server)
    source = open_source(BIORXIV)
    assert isinstance(source, Fetcher)
    found = source.fetch(Identifier(scheme=Scheme.DOI, value="10.1101/7"))
    assert found is not None
    assert (found.title, found.provenance[0].source) == ("Version 10", "medrxiv")
