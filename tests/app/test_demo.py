"""The demo: its own folder and clock, weeks that pass, files that are dropped, and what it says."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from bot.app.background import posting_workers, running, unrepeating
from bot.app.composition import opened
from bot.app.demo import Clock, Starting, own_settings, playground_of
from bot.records.models import Identifier, Scheme
from bot.settings import Settings
from handlers.services import Services
from handlers.views import buttons
from tests.harvest.desk import Desk
from tests.own_records import NOW, work
from tests.playground.page import Page
from tests.sources.europe_pmc import EuropePmcStandIn, article

LAB, DIRECT = "C0TMELAB", "D0TMEBOT"
OWN = (
    work(1, "Tumour-associated macrophages in melanoma"),
    work(2, "Oncolytic viruses in glioma"),
)


@contextmanager
def playing(home: Path) -> Iterator[tuple[Page, Services]]:
    """A tab of the demo over two records, with what posts."""
    settings = own_settings(Settings(home=home, starter=False), offline=True)
    clock = Clock(settings.home, lambda: NOW)
    with opened(settings, clock) as services:
        services.harvester.take(OWN, "test")
        services.index.follow(services.store)
        with playground_of(services, clock, 0) as playground:
            client = unrepeating(playground.client, lambda _: playground.client.token)
            with running(*posting_workers(services, client)):
                yield Page(playground), services


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[Page, Services]]:
    with playing(tmp_path) as opened_:
        yield opened_


def by_the_bot(page: Page, channel: str = LAB) -> list[dict[str, Any]]:
    return [each for each in page.messages(channel) if each["user"] == "U0TMEBOT"]


def option(message: dict[str, Any], label: str) -> tuple[str, str]:
    """The action and value of an entry of a menu of a message."""
    return next(
        (element["action_id"], each["value"])
        for block in message["blocks"]
        for element in [*block.get("elements", []), block.get("accessory", {})]
        for each in element.get("options", [])
        if each["text"]["text"] == label
    )


def test_a_week_brings_a_digest_and_what_becomes_of_its_papers(
    demo: tuple[Page, Services],
) -> None:
    page, services = demo
    said = page.act(kind="week")["notice"]
    assert said.startswith("A week has passed: 4 sample papers came in.")
    digest, *news = by_the_bot(page)[1:]  # first the channel is told that Ana follows something
    assert digest["text"].startswith("3 new records on “macrophages”")
    assert "[Sample]" in digest["text"]
    assert {each["thread_ts"] for each in news} == {digest["ts"]}
    assert sorted(each["text"].splitlines()[0] for each in news) == ["Now published", "⚠ Retracted"]
    assert services.now() == NOW + timedelta(days=7)
    page.act(kind="week")
    page.act(kind="week")
    assert page.act(kind="week")["notice"].endswith("nothing new came in.")


def test_a_paper_of_a_digest_is_not_relevant(demo: tuple[Page, Services]) -> None:
    page, services = demo
    page.act(kind="week")
    digest = by_the_bot(page)[1]
    action, value = option(digest, "Not relevant")
    block = next(
        each["block_id"] for each in digest["blocks"] if action in str(each) and value in str(each)
    )
    page.act(kind="press", channel=LAB, ts=digest["ts"], block=block, action=action, value=value)
    [subscription] = services.store.subscriptions.of("/T0TMEDEMO", LAB, "U0ANA")
    assert [opinion for _, opinion in services.store.subscriptions.opinions(subscription.id)] == [
        "not_relevant"
    ]


def test_weeks_are_remembered_and_the_teams_store_is_left_alone(tmp_path: Path) -> None:
    with playing(tmp_path) as (page, _):
        page.act(kind="week")
    with playing(tmp_path) as (page, services):
        assert services.now() == NOW + timedelta(days=7)
        assert "2 sample papers" in page.act(kind="week")["notice"]
    assert [each.name for each in tmp_path.iterdir()] == ["demo"]


def test_every_sample_says_that_it_is_one(demo: tuple[Page, Services]) -> None:
    page, services = demo
    for _ in range(3):
        page.act(kind="week")
    samples = [record for record in services.store.newest(50) if record not in OWN]
    samples = [each for each in samples if each.provenance[0].source == "sample"]
    assert len(samples) == 7
    assert all(record.title.startswith("[Sample] ") for record in samples)
    assert all("no such study exists" in (record.abstract or "") for record in samples)
    assert all((record.doi or "").startswith("10.5555/") for record in samples)


def test_a_dropped_file_is_offered_and_imported(demo: tuple[Page, Services]) -> None:
    page, services = demo
    file = b"@article{a, title={Dropped paper}, doi={10.9999/dropped.1}, year={2024}}"
    page.drop("mine.bib", file)
    [offer] = by_the_bot(page, DIRECT)
    assert "mine.bib" in offer["text"]
    page.press(
        offer, f"{buttons.IMPORT}:0" if f"{buttons.IMPORT}:0" in str(offer) else buttons.IMPORT
    )
    doi = Identifier(scheme=Scheme.DOI, value="10.9999/dropped.1")
    assert [record.title for record in services.store.find(doi)] == ["Dropped paper"]


def test_a_channel_is_named_as_in_slack(demo: tuple[Page, Services]) -> None:
    page, services = demo
    page.say("/tme subscribe glioma daily at 09:00 in #journal-club")
    [made] = services.store.subscriptions.of("/T0TMEDEMO", "C0JOURNAL", "U0YOU")
    assert (made.watch.query, made.channel) == ("glioma", "C0JOURNAL")


def test_first_questions_find_something(demo: tuple[Page, Services]) -> None:
    page, _ = demo
    examples = page.state()["examples"]
    assert examples[-1] == "/tme help"
    for each in examples:
        page.say(each)
        [*_, answer] = by_the_bot(page)
        assert "No record" not in answer["text"]
        assert "TME_" not in answer["text"]


@pytest.fixture
def desk(tmp_path: Path, httpserver: HTTPServer) -> Desk:
    return Desk(tmp_path / "home", httpserver)


def test_it_says_what_is_asked_and_what_came(desk: Desk) -> None:
    desk.serve(EuropePmcStandIn([article(1)]))
    said: list[str] = []
    with desk.bot() as services:
        services.harvester.take((work(n, f"Macrophages in tumour {n}") for n in (1, 2)), "test")
        starting = Starting(services, said.append)
        starting.begin()
        for _ in range(2):
            starting.step()
        starting.begin()
    asked, came = said
    assert asked.startswith(
        "Asking Europe PMC for abstracts of 2 papers; `--offline` leaves it out."
    )
    assert came == "Europe PMC knows 1 of 2 papers; records with an abstract now: 1."


def test_it_says_that_nobody_answers(desk: Desk) -> None:
    desk.serve(lambda _: Response("busy", 503))
    said: list[str] = []
    with desk.bot() as services:
        services.harvester.take([work(1, "Macrophages in tumour 1")], "test")
        starting = Starting(services, said.append)
        starting.step()
        starting.step()
    assert len(said) == 1
    assert said[0].startswith("Europe PMC: localhost")
    assert "HTTP 503" in said[0]
    assert said[0].endswith("Missing abstracts are asked for again later.")
