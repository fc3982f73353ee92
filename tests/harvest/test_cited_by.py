"""Who cites a stored work, and what it cites, by OpenCitations and OpenAlex on loopback."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from bot.app.composition import build_router, opened
from bot.harvest.cited_by import AGAIN, CitedBy
from bot.records.models import Identifier, Record, Scheme
from bot.settings import Settings
from bot.sources import Place
from bot.sources.fetchers import hosts
from bot.sources.http.client import PoliteClient
from bot.sources.opencitations.client import OPENCITATIONS, OpenCitations
from handlers.router import Request as Ask
from handlers.router import Surface
from handlers.services import Services
from tests.block_check import check_message
from tests.own_records import work
from tests.sources.clock import FakeClock
from tests.sources.services import as_json
from tests.sources.world import NOW, World, asking

OWN = "10.1234/own.1"


def named(number: int) -> str:
    return f"doi:10.1234/own.{number} pmid:3800000{number} omid:br/06{number}"


def opencitations(path: str) -> object:
    """Work 1 cites 2 and a work known by its PMID alone; 2 and one that is not stored cite it."""
    if "/citations/" in path:
        return [{"citing": named(2), "cited": named(1)}, {"citing": "doi:10.5555/other"}]
    if "/references/" in path:
        return [{"cited": named(2)}, {"cited": "omid:br/1 pmid:123"}, {"cited": "omid:br/9"}]
    title, author = "Macrophages in tumours", "Okafor, Chidi [omid:ra/1]"
    return [{"id": named(1), "title": title, "author": author, "pub_date": "2024-05"}]


def openalex(path: str) -> object:
    if path.startswith("works/doi:"):
        return {"id": "https://openalex.org/W77", "cited_by_count": 5}
    assert "cites%3AW77" in path or "cites:W77" in path
    assert "cursor" not in path, "without a key only the first page is given by cursor"
    if "page=1" not in path.replace("per-page=100", ""):
        return {"results": [{"ids": {"pmid": "456"}}]}
    return {"results": [{"ids": {"doi": "https://doi.org/10.5555/another"}}] * 100}


@pytest.fixture
def world(httpserver: HTTPServer) -> World:
    world = World({"opencitations": opencitations, "openalex": openalex})
    httpserver.expect_request(re.compile(".*")).respond_with_handler(world)
    return world


@pytest.fixture
def services(tmp_path: Path, world: World, httpserver: HTTPServer) -> Iterator[Services]:
    del world
    with opened(Settings(home=tmp_path, starter=False), lambda: NOW) as built:
        records = [work(1, "Macrophages in tumours"), work(2, "Later macrophages")]
        built.harvester.take(records, "test")
        built.index.follow(built.store)
        yield replace(built, cited_by=CitedBy(built.store, asking(httpserver), lambda: NOW))


def one(services: Services, number: int = 1) -> Record:
    [found] = services.store.find(doi(f"10.1234/own.{number}"), 1)
    return found


def doi(value: str) -> Identifier:
    return Identifier(scheme=Scheme.DOI, value=value)


def answer(services: Services, text: str) -> str:
    reply = build_router(services).answer(Ask(text, Surface.SLASH))
    check_message(reply.message.payload())
    return reply.message.text


def test_who_cites_a_work_is_looked_up_and_kept_with_source_and_date(services: Services) -> None:
    before = answer(services, f"cites {OWN}")
    assert "0 stored records cite" in before
    assert f"Look up who cites it: citations of {OWN}" in before
    for question in (f"citations of {OWN}", f"cites {OWN}"):
        text = answer(services, question)
        assert "1 stored record cites “Macrophages in tumours”." in text
        assert "OpenAlex: 5 works cite it (15 Jan 2026)" in text
        assert "OpenCitations: 2 works cite it (15 Jan 2026)" in text
        assert "Add 3: add 10.5555/another PMID 456 10.5555/other" in text
        assert "Later macrophages" in text


def test_what_is_no_work_is_no_count_of_none(services: Services, world: World) -> None:
    world.answers["openalex"] = lambda _: {"results": []}
    text = answer(services, f"citations of {OWN}")
    assert "OpenCitations: 2 works cite it" in text
    assert "OpenAlex: 0" not in text


def test_a_service_is_not_asked_twice_a_day_and_one_that_is_down_is_named(
    services: Services, world: World, httpserver: HTTPServer
) -> None:
    world.answers["openalex"] = lambda _: Response("no", 403)
    assert services.cited_by.look(one(services)) == [
        f"localhost:{httpserver.port} forbids the question (HTTP 403)."
    ]
    assert [each.source for each in services.store.references.cited_by(one(services).id)] == [
        "opencitations"
    ]
    asked = world.asked.count("opencitations")
    services.cited_by.look(one(services))
    assert world.asked.count("opencitations") == asked
    later = CitedBy(services.store, asking(httpserver), lambda: NOW + AGAIN + timedelta(seconds=1))
    later.look(one(services))
    assert world.asked.count("opencitations") == asked + 1


def test_what_a_work_cites_comes_by_its_surest_numbers(
    world: World, httpserver: HTTPServer
) -> None:
    sent: list[Request] = []
    httpserver.clear()

    def respond(request: Request) -> Response:
        sent.append(request)
        return as_json(opencitations(request.path))

    httpserver.expect_request(re.compile(".*")).respond_with_handler(respond)
    del world
    place = Place(httpserver.url_for("/"), lambda: NOW, {"api_key": "t-1"})
    places = hosts({OPENCITATIONS.name: place})
    client = PoliteClient(dict.fromkeys(places, 0.0), timing=FakeClock().timing())
    [found] = OpenCitations(client, place).fetch_all([doi(OWN)])
    client.close()
    assert isinstance(found, Record)
    assert [(each.scheme, each.value) for each in found.references] == [
        (Scheme.DOI, "10.1234/own.2"), (Scheme.PMID, "123"),
    ]  # fmt: skip
    assert [each.value for each in found.identifiers] == [OWN, "38000001"]
    assert [person.display_name for person in found.contributors] == ["Okafor Chidi"]
    assert {request.headers.get("Authorization") for request in sent} == {"t-1"}
    assert [request.path for request in sent] == [
        f"/meta/v1/metadata/doi:{OWN}", f"/index/v2/references/doi:{OWN}",
    ]  # fmt: skip


def test_a_token_is_told_to_no_other_host(httpserver: HTTPServer) -> None:
    """Not even to one that may be asked too, where the first redirects there."""
    other = f"127.0.0.1:{httpserver.port}"
    httpserver.expect_request("/first").respond_with_data(
        status=302, headers={"Location": f"http://{other}/second"}
    )
    httpserver.expect_request("/second").respond_with_json([])
    client = PoliteClient({f"localhost:{httpserver.port}": 0.0, other: 0.0})
    client.get(httpserver.url_for("/first"), headers={"Authorization": "t-1"})
    client.close()
    first, second = (request.headers.get("Authorization") for request, _ in httpserver.log)
    assert (first, second) == ("t-1", None)
