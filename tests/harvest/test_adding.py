"""Single works: looked for at the sources that know them best, added once, never invented."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from bot.app.composition import opened
from bot.errors import SettingsError
from bot.harvest.adding import MOST, Adder, Outcome, Sought, read
from bot.records.models import AccessStatus, Identifier, Record, Scheme
from bot.settings import Settings
from bot.sources.fetchers import Fetchers
from handlers.services import Services
from tests.own_records import work
from tests.sources.world import ARTICLE, NOW, World, asking, crossref, pubmed, unpaywall


def doi(value: str) -> Identifier:
    return Identifier(scheme=Scheme.DOI, value=value)


DOI = doi("10.5555/work.1")
PMID = Identifier(scheme=Scheme.PMID, value="38000001")
NCT = Identifier(scheme=Scheme.NCT, value="NCT02263508")


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with opened(Settings(home=tmp_path, starter=False), lambda: NOW) as built:
        yield built


@pytest.fixture
def world(httpserver: HTTPServer) -> World:
    world = World()
    httpserver.expect_request(re.compile(".*")).respond_with_handler(world)
    return world


@pytest.fixture
def adder(services: Services, world: World, httpserver: HTTPServer) -> Adder:
    del world  # it answers from now on
    return Adder(services.store, services.harvester.take, asking(httpserver))


def only(sought: list[Sought]) -> Sought:
    [one] = sought
    return one


def test_pasted_text_is_read_in_order_and_what_is_none_is_told_back() -> None:
    wanted = read("28187290, doi:10.5555/A; nct02263508 and https://doi.org/10.5555/a foo 0000-1")
    assert [i.value for i in wanted.identifiers] == ["28187290", "10.5555/a", "NCT02263508"]
    assert wanted.others == ("foo", "0000-1")


def test_people_and_journals_are_no_works() -> None:
    wanted = read("0000-0002-1050-2771 ISSN 2768-0622")
    assert wanted.identifiers == ()
    assert set(wanted.others) == {"0000-0002-1050-2771", "2768-0622"}


def test_an_identifier_with_its_kind_is_read_back_as_itself() -> None:
    every = {
        Scheme.DOI: "10.5555/a(1)b", Scheme.PMID: "7", Scheme.PMCID: "PMC5345678",
        Scheme.NCT: "NCT02263508", Scheme.ARXIV: "2101.12345",
        Scheme.ORA: "6ed0b5bd-c459-4081-970f-c8a8f218c2c3",
    }  # fmt: skip
    text = " ".join(f"{scheme.value}:{value}" for scheme, value in every.items())
    assert {i.scheme: i.value for i in read(text).identifiers} == every


def test_looking_stores_nothing_and_adding_stores_what_was_seen(
    adder: Adder, world: World, services: Services
) -> None:
    world.answers = {"pubmed": pubmed}
    seen = only(adder.look([DOI]))
    assert seen.outcome is Outcome.FOUND
    assert seen.record is not None
    assert seen.record.title == "From PubMed"
    assert services.store.status().records == 0
    asked = list(world.asked)
    added = only(adder.add([DOI]))
    assert added.outcome is Outcome.ADDED
    assert added.record is not None
    assert services.store.get(added.record.id) == added.record
    assert world.asked == asked  # the press of the button asks nobody a second time
    assert only(adder.add([DOI])).outcome is Outcome.STORED
    assert only(adder.look([PMID])).outcome is Outcome.STORED


def test_looking_again_asks_again(adder: Adder, world: World) -> None:
    world.answers = {"pubmed": pubmed}
    adder.look([DOI])
    asked = len(world.asked)
    adder.look([DOI])
    assert len(world.asked) == 2 * asked


def test_a_work_that_is_held_is_shown_and_nobody_is_asked(
    adder: Adder, world: World, services: Services
) -> None:
    services.harvester.take([work(1, "Held")], "test")
    stored = only(adder.look([doi("10.1234/own.1")]))
    assert stored.outcome is Outcome.STORED
    assert stored.record is not None
    assert stored.record.title == "Held"
    assert world.asked == []


def test_a_work_held_under_another_identifier_is_not_added_twice(
    adder: Adder, world: World, services: Services
) -> None:
    services.harvester.take([work(1, "Held", identifiers=(PMID,))], "test")
    world.answers = {"pubmed": pubmed}
    assert only(adder.add([DOI])).outcome is Outcome.STORED
    assert services.store.status().records == 1


def test_the_next_source_is_asked_where_the_best_does_not_know(adder: Adder, world: World) -> None:
    world.answers = {"crossref": crossref}
    seen = only(adder.look([DOI]))
    assert seen.record is not None
    assert seen.record.title == "By Crossref"
    assert seen.sources == ("pubmed", "crossref")


def test_what_no_source_knows_is_unknown_and_says_who_was_asked(adder: Adder, world: World) -> None:
    unknown = only(adder.look([DOI]))
    assert unknown.outcome is Outcome.UNKNOWN
    assert unknown.record is None
    asked = ("pubmed", "crossref", "datacite", "europe_pmc", "openalex")
    assert unknown.sources == asked
    assert set(world.asked) == set(asked)


def test_a_source_that_is_down_is_passed_over(adder: Adder, world: World) -> None:
    world.answers = {"pubmed": lambda _: Response("busy", 503), "crossref": crossref}
    seen = only(adder.look([DOI]))
    assert seen.outcome is Outcome.FOUND


def test_nothing_is_called_unknown_while_a_source_is_down(adder: Adder, world: World) -> None:
    world.answers = {"crossref": lambda _: Response("busy", 503)}
    failed = only(adder.look([DOI]))
    assert failed.outcome is Outcome.FAILED
    assert failed.reason.endswith("Try again later.")
    assert "HTTP 503" in failed.reason


def test_preprints_are_asked_of_their_own_server_first(adder: Adder, world: World) -> None:
    value = "10.1101/2024.01.02.24300700"
    preprint = {"doi": value, "title": "A preprint", "version": "1", "server": "medRxiv"}
    world.answers = {"biorxiv": lambda _: {"collection": [preprint]}}
    seen = only(adder.look([doi(value)]))
    assert (seen.outcome, seen.sources) == (Outcome.FOUND, ("biorxiv",))


def test_a_trial_is_the_registrys_record_and_not_a_paper_that_names_it(
    adder: Adder, world: World, services: Services
) -> None:
    services.harvester.take([work(1, "A paper", identifiers=(doi("10.5555/p"), NCT))], "test")
    module = {"nctId": "NCT02263508", "briefTitle": "A trial"}
    study = {"protocolSection": {"identificationModule": module}}
    world.answers = {"clinicaltrials": lambda _: study}
    added = only(adder.add([NCT]))
    assert added.outcome is Outcome.ADDED
    assert added.record is not None
    assert (added.record.title, added.record.type) == ("A trial", "Trial registration")
    assert services.store.status().records == 2
    assert only(adder.look([NCT])).outcome is Outcome.STORED


def test_access_is_asked_of_unpaywall_where_the_source_does_not_say(
    adder: Adder, world: World
) -> None:
    world.answers = {"crossref": crossref, "unpaywall": unpaywall}
    for sought in (only(adder.look([DOI])), only(adder.add([DOI]))):
        assert sought.record is not None
        assert sought.record.title == "By Crossref"
        assert sought.record.access.status is AccessStatus.OPEN
        assert sought.record.access.url == "https://example.org/a.pdf"
        assert [p.source for p in sought.record.provenance] == ["crossref", "unpaywall"]


def test_access_stays_unknown_where_unpaywall_is_down(adder: Adder, world: World) -> None:
    world.answers = {"crossref": crossref, "unpaywall": lambda _: Response("busy", 503)}
    seen = only(adder.look([DOI]))
    assert seen.record is not None
    assert seen.record.access.status is AccessStatus.UNKNOWN


def test_several_are_looked_for_at_once_and_answered_in_their_order(
    adder: Adder, world: World, services: Services
) -> None:
    services.harvester.take([work(1, "Held")], "test")
    world.answers = {"pubmed": pubmed}
    asked = [PMID, doi("10.1234/own.1"), doi("10.9999/none")]
    sought = adder.look(asked)
    assert [each.identifier for each in sought] == asked
    assert [each.outcome for each in sought] == [Outcome.FOUND, Outcome.STORED, Outcome.UNKNOWN]
    assert len(asked) < MOST


def test_without_a_contact_address_only_who_needs_none_is_asked(services: Services) -> None:
    failed = only(services.adder.look([DOI]))
    assert failed.outcome is Outcome.FAILED
    assert failed.sources == ("europe_pmc",)
    assert failed.reason.startswith("www.ebi.ac.uk could not be reached.")  # by no test


def test_a_bad_sources_file_is_said(services: Services) -> None:
    @contextmanager
    def ask() -> Iterator[Fetchers]:
        raise SettingsError("sources.toml is not TOML.", "Mend it.")
        yield

    adder = Adder(services.store, services.harvester.take, ask)
    assert only(adder.look([DOI])).reason == "sources.toml is not TOML. Mend it."


def test_the_sources_file_says_where_a_source_is_asked(
    tmp_path: Path, httpserver: HTTPServer, world: World
) -> None:
    """An operator's own address of PubMed serves `add` too, and no other host is asked."""
    without_doi = ARTICLE.replace("10.5555/work.1", "")
    world.answers = {"pubmed": lambda _: Response(without_doi, content_type="text/xml")}
    plan = (
        f'[[source]]\nkind = "pubmed"\nquery = "x"\naddress = "{httpserver.url_for("/pubmed/")}"\n'
    )
    (tmp_path / "sources.toml").write_text(plan, encoding="utf-8")
    settings = Settings(home=tmp_path, starter=False, contact="team@example.org")
    with opened(settings, lambda: NOW) as built:
        seen = only(built.adder.look([PMID]))
        assert seen.outcome is Outcome.FOUND
        assert isinstance(seen.record, Record)
    assert set(world.asked) == {"pubmed"}
