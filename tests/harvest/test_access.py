"""Who can read a work: asked when somebody wants to know, kept, and unknown where nobody says."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from bot.app.composition import opened
from bot.harvest.access import AccessFinder
from bot.records.models import Access, AccessStatus, Record
from bot.settings import Settings
from handlers.commands import COMMANDS
from handlers.router import Request, Router, Surface
from handlers.services import Services
from tests.block_check import check_message
from tests.own_records import work
from tests.sources.world import NOW, World, asking, unpaywall

Finder = Callable[[datetime], AccessFinder]


@pytest.fixture
def world(httpserver: HTTPServer) -> World:
    world = World({"unpaywall": unpaywall})
    httpserver.expect_request(re.compile(".*")).respond_with_handler(world)
    return world


@pytest.fixture
def services(tmp_path: Path, world: World, httpserver: HTTPServer) -> Iterator[Services]:
    """Over one record whose access is unknown; what is asked is asked on loopback."""
    del world  # it answers from now on
    with opened(Settings(home=tmp_path, starter=False), lambda: NOW) as built:
        built.harvester.take([work(1, "Macrophages in tumours", "They are there.")], "test")
        built.index.follow(built.store)
        ask = asking(httpserver)
        finder = AccessFinder(built.store, built.harvester.take, ask, lambda: NOW)
        yield replace(built, access=finder)


def stored(services: Services) -> Record:
    [change] = services.store.changes_since(0, 10)
    return change.record


def closed(path: str) -> object:
    return {"doi": path.partition("?")[0], "title": "Macrophages in tumours", "is_oa": False}


def test_an_open_copy_is_found_and_kept(services: Services, world: World) -> None:
    learnt = services.access.learn(stored(services))
    access = learnt.record.access
    assert (access.status, access.url, access.licence) == (
        AccessStatus.OPEN, "https://example.org/a.pdf", "CC BY",
    )  # fmt: skip
    assert learnt.asked == ("unpaywall",)
    assert stored(services) == learnt.record
    assert "unpaywall" in [entry.source for entry in learnt.record.provenance]
    assert learnt.record.title == "Macrophages in tumours"
    services.access.learn(stored(services))
    assert world.asked == ["unpaywall"]  # what is known is not asked again


def test_a_closed_work_is_restricted(services: Services, world: World) -> None:
    world.answers = {"unpaywall": closed}
    assert services.access.learn(stored(services)).record.access.status is AccessStatus.RESTRICTED


def test_what_nobody_says_stays_unknown_and_is_not_asked_again_for_a_day(
    services: Services, world: World, httpserver: HTTPServer
) -> None:
    world.answers = {}
    now = NOW
    finder = AccessFinder(services.store, services.harvester.take, asking(httpserver), lambda: now)
    learnt = finder.learn(stored(services))
    assert learnt.record.access == Access()
    assert learnt.asked == ("unpaywall", "europe_pmc", "openalex")
    asked = len(world.asked)
    assert finder.learn(stored(services)).asked == ()
    assert len(world.asked) == asked
    now += timedelta(days=1)
    assert finder.learn(stored(services)).asked == learnt.asked


def test_the_next_is_asked_where_one_is_down_and_one_that_is_down_is_asked_again(
    services: Services, world: World
) -> None:
    world.answers = {"unpaywall": lambda _: Response("busy", 503)}
    learnt = services.access.learn(stored(services))
    assert learnt.record.access.status is AccessStatus.UNKNOWN
    assert "HTTP 503" in learnt.reason
    world.answers = {"unpaywall": unpaywall}
    assert services.access.learn(stored(services)).record.access.status is AccessStatus.OPEN


def test_where_can_i_read_it_asks_and_answers_with_the_link(services: Services) -> None:
    router = Router(services, COMMANDS)
    reply = router.answer(Request("where can I read 10.1234/own.1", Surface.SLASH))
    assert "open access" in reply.message.text
    assert "https://example.org/a.pdf" in str(reply.message.payload())
    assert "CC BY" in reply.message.text
    check_message(reply.message.payload())


def test_who_was_asked_in_vain_is_said(services: Services, world: World) -> None:
    world.answers = {}
    router = Router(services, COMMANDS)
    reply = router.answer(Request("is 10.1234/own.1 open access?", Surface.DIRECT))
    assert "open access" not in reply.message.text
    assert re.search(r"Not known: [^.]*\baccess\b", reply.message.text)
    said = "Asked who can read it: Unpaywall, Europe PMC, OpenAlex; none of them says."
    assert said in reply.message.text


def test_without_a_contact_address_only_who_needs_none_is_asked(tmp_path: Path) -> None:
    with opened(Settings(home=tmp_path, starter=False), lambda: NOW) as built:
        learnt = built.access.learn(work(1, "Macrophages in tumours"))
    assert learnt.asked == ("europe_pmc",)
    assert learnt.reason == "www.ebi.ac.uk could not be reached."  # by no test
