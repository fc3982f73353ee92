"""Every source with JSON answers, harvested whole over loopback: pages, troubles, lost cursors."""

import re
from datetime import date
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from bot.errors import CursorLost, SourceRefused, SourceUnavailable
from bot.formats import Refusal
from bot.records.models import Identifier, Record, Scheme
from bot.sources import Batch, Source
from bot.sources.base import Fetcher
from bot.sources.crossref.client import CROSSREF
from bot.sources.http.paging import Answered, pages

from .conftest import Opener
from .loopback import WEB_PAGE, Loopback
from .services import SERVICES, Service, as_json

# Two full pages and a short one, whatever the size of a page.
MANY = 450


@pytest.fixture(params=sorted(SERVICES))
def service(request: pytest.FixtureRequest) -> Service:
    return SERVICES[request.param]


@pytest.fixture
def source(service: Service, open_source: Opener) -> Source:
    return open_source(service.kind)


def serve(httpserver: HTTPServer, loopback: Loopback) -> Loopback:
    httpserver.expect_request(re.compile(".*")).respond_with_handler(loopback)
    return loopback


def works(service: Service, count: int = MANY) -> list[dict[str, Any]]:
    return [service.entry(number) for number in range(1, count + 1)]


def titles(batches: list[Batch]) -> list[str]:
    return [item.title for b in batches for item in b.items if isinstance(item, Record)]


ALL = [f"Work {number}" for number in range(1, MANY + 1)]


def test_every_page_is_taken_once_and_the_last_has_no_cursor(
    service: Service, source: Source, httpserver: HTTPServer
) -> None:
    serve(httpserver, Loopback(service.answer(works(service))))
    batches = list(source.records("work", None, None))
    assert titles(batches) == ALL
    assert len(batches) > 2
    assert [batch.cursor is None for batch in batches] == [False] * (len(batches) - 1) + [True]
    assert {batch.total for batch in batches} == {MANY}


def test_a_harvest_that_broke_off_goes_on_from_its_cursor(
    service: Service, source: Source, httpserver: HTTPServer
) -> None:
    serve(httpserver, Loopback(service.answer(works(service)), troubles={2: WEB_PAGE}))
    before: list[Batch] = []
    with pytest.raises(SourceUnavailable):
        before.extend(source.records("work", None, None))
    assert titles(before)
    cursor = before[-1].cursor
    assert cursor is not None
    rest = list(source.records("work", None, cursor))
    assert titles(before) + titles(rest) == ALL


def test_a_trouble_that_passes_costs_nothing(
    service: Service, source: Source, httpserver: HTTPServer
) -> None:
    busy = Response("busy", 503, {"Retry-After": "2"})
    limited = Response("slower", 429)
    troubles = {1: busy, 3: limited, 4: Response(status=502)}
    serve(httpserver, Loopback(service.answer(works(service)), troubles=troubles))
    assert titles(list(source.records("work", None, None))) == ALL


def test_a_query_that_finds_nothing_is_one_empty_batch(
    service: Service, source: Source, httpserver: HTTPServer
) -> None:
    serve(httpserver, Loopback(service.answer([])))
    [batch] = source.records("nothing", None, None)
    assert (batch.items, batch.cursor, batch.total) == ((), None, 0)


def test_json_of_another_shape_is_refused(source: Source, httpserver: HTTPServer) -> None:
    serve(httpserver, Loopback(lambda _: as_json({"surprise": 1})))
    with pytest.raises(SourceRefused, match="of another shape than known"):
        list(source.records("work", None, None))


def test_what_is_no_work_is_refused_by_its_place_and_the_rest_is_taken(
    service: Service, source: Source, httpserver: HTTPServer
) -> None:
    entries = works(service, 3)
    entries[1] = {}
    serve(httpserver, Loopback(service.answer(entries)))
    [batch] = source.records("work", None, None)
    assert titles([batch]) == ["Work 1", "Work 3"]
    [refused] = (item for item in batch.items if isinstance(item, Refusal))
    assert refused.line == 2


def test_only_what_is_new_is_asked_for(
    service: Service, source: Source, httpserver: HTTPServer
) -> None:
    asked: list[str] = []

    def listening(request: Request) -> Response:
        asked.append(f"{request.path} {' '.join(request.args.values())}")
        return service.answer(works(service, 1))(request)

    httpserver.expect_request(re.compile(".*")).respond_with_handler(listening)
    list(source.records("work", date(2026, 1, 2), None))
    assert service.since in asked[0]


def test_one_work_is_fetched_by_its_identifier(
    service: Service, source: Source, httpserver: HTTPServer
) -> None:
    assert isinstance(source, Fetcher)
    serve(httpserver, Loopback(service.answer(works(service, 3))))
    entry = next(iter(source.records("work", None, None))).items[1]
    assert isinstance(entry, Record)
    wanted = next(i for i in entry.identifiers if i.scheme in source.schemes)
    found = source.fetch(wanted)
    assert found is not None
    assert found.title == "Work 2"
    nowhere = {Scheme.DOI: "10.5555/none", Scheme.NCT: "NCT99999999"}[wanted.scheme]
    assert source.fetch(Identifier(scheme=wanted.scheme, value=nowhere)) is None
    with pytest.raises(ValueError, match="issn"):
        source.fetch(Identifier(scheme=Scheme.ISSN, value="2768-0622"))


FORGETFUL = sorted(set(SERVICES) - {"biorxiv"})


@pytest.mark.parametrize("name", FORGETFUL)
def test_a_cursor_that_was_forgotten_begins_the_query_again(
    name: str, open_source: Opener, httpserver: HTTPServer
) -> None:
    service = SERVICES[name]

    def forgetful(request: Request) -> Response:
        if "old-token" in request.args.values():
            return as_json({"status": "failed"}, 400)
        return service.answer(works(service))(request)

    httpserver.expect_request(re.compile(".*")).respond_with_handler(forgetful)
    batches = list(open_source(service.kind).records("work", None, "old-token"))
    assert titles(batches) == ALL


def test_a_question_that_is_refused_is_not_asked_again_from_the_start(
    open_source: Opener, httpserver: HTTPServer
) -> None:
    loopback = serve(httpserver, Loopback(lambda _: as_json({"status": "failed"}, 400)))
    with pytest.raises(SourceRefused):
        list(open_source(CROSSREF).records("work", None, None))
    assert len(loopback.asked) == 1


def test_a_list_that_goes_round_in_circles_ends() -> None:
    record = Record(title="A")
    with pytest.raises(CursorLost, match="circles"):
        list(pages("x", None, lambda _: Answered((record,), "again")))
    numbers = iter(range(10_000))
    with pytest.raises(CursorLost, match="circles"):
        list(pages("x", None, lambda _: Answered((record,) * 600, str(next(numbers)), 5)))


def test_crossref_is_told_who_asks_and_what_to_leave_out(
    open_source: Opener, httpserver: HTTPServer
) -> None:
    service = SERVICES["crossref"]
    loopback = serve(httpserver, Loopback(service.answer([])))
    source = open_source(CROSSREF, filter="type:journal-article")
    list(source.records("csf1r & macrophage", date(2026, 1, 2), None))
    [asked] = loopback.asked
    assert asked["mailto"] == "team@example.org"
    assert asked["query.bibliographic"] == "csf1r & macrophage"
    assert asked["filter"] == "type:journal-article,from-update-date:2026-01-02"
