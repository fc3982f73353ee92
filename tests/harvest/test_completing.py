"""Stored records are completed from the services that know them: in batches, once, resumably."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from bot.app.background import complete_workers
from bot.app.cli import main
from bot.harvest.completing import AGAIN, Completed, Completing
from bot.harvest.plan import Planned
from bot.harvest.turns import HarvestTurns
from bot.records.models import AccessStatus, Identifier, IntegrityKind, Record, Scheme
from bot.sources import Fetcher, Place
from bot.sources.http.client import PoliteClient
from bot.sources.http.reading import Limits
from handlers.services import Services
from tests.harvest.desk import START, Desk
from tests.own_records import work
from tests.sources.europe_pmc import EuropePmcStandIn, article
from tests.sources.loopback import WEB_PAGE, Loopback
from tests.sources.services import as_json

BATCH = 50


@pytest.fixture
def desk(tmp_path: Path, httpserver: HTTPServer) -> Desk:
    return Desk(tmp_path / "home", httpserver)


@pytest.fixture
def services(desk: Desk) -> Iterator[Services]:
    with desk.bot() as built:
        yield built


def bare(number: int) -> Record:
    return work(number, f"Macrophages in tumour {number}")


def store(services: Services, *numbers: int) -> None:
    services.harvester.take(map(bare, numbers), "test")


def planned(services: Services, kind: str = "europe_pmc") -> Planned:
    """What is planned of a service; of Europe PMC, what it knows of works at once."""
    standings = services.completing.standings()
    return next(each.planned for each in standings if each.planned.kind.name == kind)


def run(services: Services, kind: str = "europe_pmc", **more: int) -> Completed:
    return services.completing.run(planned(services, kind), **more)


def due(services: Services, kind: str = "europe_pmc") -> list[Planned]:
    return [each for each in services.completing.due() if each.kind.name == kind]


def stored(services: Services) -> dict[str, Record]:
    """Every stored record by the end of its DOI."""
    records = [each.record for each in services.store.changes_since(0, 1000) if not each.gone]
    return {(record.doi or "").rpartition(".")[2]: record for record in records}


def test_a_bare_citation_becomes_a_whole_record(desk: Desk, services: Services) -> None:
    store(services, 1)
    desk.serve(EuropePmcStandIn([article(1)]))
    done = run(services)
    record = stored(services)["1"]
    assert record.abstract is not None
    assert "They were lost." in record.abstract
    assert [section.label for section in record.sections] == ["Background", "Results"]
    assert [person.display_name for person in record.contributors] == [
        "Müller Anna",
        "Okafor Chidi",
    ]
    assert (record.type, record.subtype) == ("Journal article", "Review")
    assert record.keywords == ("macrophages",)
    assert (record.pmid, record.identifier(Scheme.PMCID)) == ("38000001", "PMC9000001")
    assert (record.access.status, record.access.licence) == (AccessStatus.OPEN, "CC BY")
    assert (done.queried, done.unknown, done.finished) == (1, 0, True)
    assert done.filled == dict.fromkeys(
        ("abstract", "sections", "authors", "type", "keywords", "pmid", "pmcid", "access",
         "licence", "check"), 1,
    )  # fmt: skip


def test_each_field_says_where_it_is_from_and_when(desk: Desk, services: Services) -> None:
    store(services, 1)
    desk.serve(EuropePmcStandIn([article(1)]))
    run(services)
    record = stored(services)["1"]
    [entry] = [each for each in record.provenance if each.source == "europe_pmc"]
    assert entry.at == START
    assert {"abstract", "contributors", "type", "access"} <= set(entry.fields)
    [check] = [each for each in record.integrity if each.kind is IntegrityKind.CHECKED]
    assert (check.source, check.checked) == ("europe_pmc", START)


def test_a_retraction_that_the_service_knows_comes_with_the_rest(
    desk: Desk, services: Services
) -> None:
    notice = {"type": "Retraction in", "id": "39000001", "source": "MED", "reference": "J. 2025"}
    store(services, 1)
    desk.serve(
        EuropePmcStandIn([article(1, commentCorrectionList={"commentCorrection": [notice]})])
    )
    run(services)
    assert stored(services)["1"].is_retracted


def test_only_what_lacks_something_is_looked_up(desk: Desk, services: Services) -> None:
    service = EuropePmcStandIn([article(n) for n in (1, 2)])
    desk.serve(service)
    store(services, 1)
    run(services)
    services.store.lookups.forget("europe_pmc")
    store(services, 2)
    service.queries.clear()
    done = run(services)
    assert service.named == ["10.1234/own.2"]
    assert (done.queried, done.filled["abstract"]) == (1, 1)


def test_requests_are_batches_whose_answers_come_in_pages(desk: Desk, services: Services) -> None:
    numbers = range(1, 2 * BATCH + 2)
    service = EuropePmcStandIn([article(n) for n in numbers], page=20)
    asked = desk.serve(service).asked
    store(services, *numbers)
    assert run(services).filled["abstract"] == len(numbers)
    assert [len(re.findall("DOI", query)) for query in service.queries] == [BATCH, BATCH, 1]
    assert len(asked) == 3 + 3 + 1
    assert all(record.abstract for record in stored(services).values())


def test_a_number_that_names_it_surely_is_preferred(desk: Desk, services: Services) -> None:
    desk.serve(service := EuropePmcStandIn([article(1, abstractText="")]))
    store(services, 1)
    run(services)
    desk.moment += AGAIN
    run(services)
    assert service.named == ["10.1234/own.1", "38000001"]


@pytest.mark.parametrize("is_known", [True, False])
def test_nothing_is_looked_up_again_before_its_time(
    desk: Desk, services: Services, is_known: bool
) -> None:
    known = [article(1, abstractText="", pmid=None)] if is_known else []
    desk.serve(service := EuropePmcStandIn(known))
    store(services, 1)
    assert run(services).unknown == (0 if is_known else 1)
    assert run(services).queried == 0
    desk.moment += AGAIN - timedelta(seconds=1)
    assert run(services).queried == 0
    desk.moment += timedelta(seconds=1)
    assert run(services).queried == 1
    assert len(service.queries) == 2
    assert run(services, again=True).queried == 1


def test_a_number_that_a_record_gained_since_is_tried(desk: Desk, services: Services) -> None:
    service = EuropePmcStandIn([article(1, doi=None)])
    desk.serve(service)
    store(services, 1)
    assert run(services).unknown == 1
    pmid = Identifier(scheme=Scheme.PMID, value="38000001")
    gained = bare(1)
    services.harvester.take(
        [gained.model_copy(update={"identifiers": (*gained.identifiers, pmid)})], "test"
    )
    assert run(services).filled["abstract"] == 1
    assert service.named == ["10.1234/own.1", "38000001"]


def test_a_doi_is_the_same_in_capitals(desk: Desk, services: Services) -> None:
    store(services, 1)
    desk.serve(EuropePmcStandIn([article(1, doi="10.1234/OWN.1")]))
    assert run(services).filled["abstract"] == 1
    assert stored(services)["1"].doi == "10.1234/own.1"


def test_what_lacks_nothing_any_more_is_not_looked_up_when_its_time_comes(
    desk: Desk, services: Services
) -> None:
    desk.serve(service := EuropePmcStandIn([]))
    store(services, 1)
    run(services)
    whole = EuropePmcStandIn([article(1)])
    desk.serve(whole)
    run(services, again=True)
    desk.serve(service)
    desk.moment += AGAIN
    assert (run(services).queried, len(service.queries)) == (0, 1)
    assert due(services) == []


def test_a_run_that_was_cut_off_goes_on_where_it_stopped(desk: Desk, services: Services) -> None:
    numbers = range(1, BATCH + 3)
    service = EuropePmcStandIn([article(n) for n in numbers], page=BATCH)
    busy = Response("busy", 503)
    desk.serve(Loopback(service, troubles={2: busy, 3: busy, 4: busy}))
    store(services, *numbers)
    done = run(services)
    assert done.error is not None
    assert "HTTP 503" in done.error.message
    assert sum(record.abstract is not None for record in stored(services).values()) == BATCH
    assert due(services) == []  # it is given time
    desk.moment += timedelta(minutes=15)
    service.queries.clear()
    with desk.bot() as restarted:
        assert len(due(restarted)) == 1
        assert run(restarted).queried == len(numbers) - BATCH
    assert len(service.named) == len(numbers) - BATCH
    assert all(record.abstract for record in stored(services).values())


def test_a_service_that_drips_is_given_up_by_its_time_and_resumed(
    desk: Desk, services: Services, httpserver: HTTPServer
) -> None:
    """Each byte comes in time, the whole answer never does."""
    hung_up = threading.Event()

    def drip() -> Iterator[bytes]:
        yield b'{"hitCount": 1, '
        while not hung_up.wait(0.01):
            yield b" "

    numbers = range(1, BATCH + 3)
    works = EuropePmcStandIn([article(n) for n in numbers], page=BATCH)
    dripping = Response(drip(), content_type="application/json")
    desk.serve(Loopback(works, troubles={2: dripping}))
    store(services, *numbers)

    @contextmanager
    def opened(planned: Planned) -> Iterator[Fetcher]:
        limits = Limits(total_seconds=0.5, tries=1)
        client = PoliteClient({planned.place: 0}, limits=limits)
        made = planned.kind.make(client, Place(planned.address, lambda: desk.moment, {}))
        assert isinstance(made, Fetcher)
        yield made
        client.close()
        hung_up.set()

    own = planned(services)
    completing = Completing(
        services.store, services.harvesting, lambda: (own,), opened,
        lambda: desk.moment,
    )  # fmt: skip
    done = completing.run(own)
    assert done.error is not None
    assert "still sending" in done.error.message
    assert sum(record.abstract is not None for record in stored(services).values()) == BATCH
    desk.moment += timedelta(minutes=15)
    assert run(services).queried == len(numbers) - BATCH
    assert all(record.abstract for record in stored(services).values())


def test_a_service_that_asks_for_time_is_given_it(desk: Desk, services: Services) -> None:
    slow = Response("slow down", 429, headers={"Retry-After": "7200"})
    desk.serve(Loopback(EuropePmcStandIn([article(1)]), troubles={1: slow}))
    store(services, 1)
    run(services)
    desk.moment += timedelta(seconds=7199)
    assert due(services) == []
    desk.moment += timedelta(seconds=1)
    assert len(due(services)) == 1


@pytest.mark.parametrize(
    "nonsense",
    [
        WEB_PAGE,
        Response("{", content_type="application/json"),
        Response('{"resultList": 5, "hitCount": []}', content_type="application/json"),
        Response('{"resultList": {"result": [7, {"title": 3}]}}', content_type="application/json"),
        Response('["no"]', content_type="application/json"),
        Response("", content_type="application/json"),
    ],
)
def test_nonsense_changes_no_record(desk: Desk, services: Services, nonsense: Response) -> None:
    store(services, 1)
    before = stored(services)
    desk.serve(lambda _: nonsense)
    run(services)
    assert stored(services) == before


def test_no_work_comes_in_and_none_is_taken_for_another(desk: Desk, services: Services) -> None:
    """The service answers with a work nobody asked for, and with another one under the DOI."""
    notice = article(2, title="Correction to: Dendritic cells in mice", pmid="39000002")
    works = [article(7), notice]
    desk.serve(lambda _: Response(
        json.dumps({"hitCount": 2, "resultList": {"result": works}}),
        content_type="application/json",
    ))  # fmt: skip
    store(services, 2)
    before = stored(services)
    done = run(services)
    assert stored(services) == before
    assert done.unknown == 1
    assert list(done.reasons) == ["its record there is of another work"]


def test_one_identifier_that_it_cannot_read_keeps_no_other_from_its_turn(
    desk: Desk, services: Services
) -> None:
    numbers = range(1, 6)
    bad = frozenset({"10.1234/own.4"})
    desk.serve(EuropePmcStandIn([article(n) for n in numbers], refuses=bad))
    store(services, *numbers)
    done = run(services)
    assert done.error is None
    assert (done.queried, done.unknown) == (5, 1)
    assert [n for n, record in sorted(stored(services).items()) if not record.abstract] == ["4"]


@pytest.mark.parametrize("limit", [1, BATCH - 1, BATCH, BATCH + 1])
def test_a_limit_counts_the_works_that_are_looked_up(
    desk: Desk, services: Services, limit: int
) -> None:
    numbers = range(1, BATCH + 3)
    desk.serve(service := EuropePmcStandIn([article(n) for n in numbers], page=BATCH))
    store(services, *numbers)
    assert run(services, limit=limit).queried == limit
    assert len(service.named) == limit
    assert run(services).queried == len(numbers) - limit


def test_and_others_is_gone_once_all_are_named(desk: Desk, services: Services) -> None:
    file = desk.home / "one.bib"
    file.write_text(
        "@article{a, title={Macrophages in tumour 1}, author={Müller, Anna and others},"
        " doi={10.1234/own.1}, year={2024}}",
        encoding="utf-8",
    )
    services.harvester.take_file(file)
    assert "authors_not_all_named" in stored(services)["1"].warnings
    desk.serve(EuropePmcStandIn([article(1)]))
    assert run(services).filled["authors"] == 1
    assert "authors_not_all_named" not in stored(services)["1"].warnings


def test_who_requires_an_address_is_queried_only_with_one(desk: Desk) -> None:
    def named(**settings: object) -> list[str]:
        with desk.bot(**settings) as services:
            return [each.planned.kind.name for each in services.completing.standings()]

    anybody = ["europe_pmc", "europe_pmc_references"]
    assert named() == anybody
    others = ["pubmed", "crossref", "openalex", "unpaywall", "opencitations"]
    assert named(contact="team@example.org") == [*anybody, *others]


def test_openalex_lists_what_is_cited_by_its_own_numbers_under_the_key(desk: Desk) -> None:
    """A list by DOI that another service sent stays; the key of the sources file goes first."""

    def answer(request: Request) -> Response:
        if request.path != "/works":
            return as_json({"resultList": {"result": []}, "hitCount": 0})
        cited = [f"https://openalex.org/W{n}" for n in (11, 12, 12)]
        works = [
            {"id": f"https://openalex.org/W{n}", "doi": f"https://doi.org/10.1234/own.{n}",
             "title": f"Macrophages in tumour {n}", "referenced_works": cited}
            for n in (1, 2, 11)
        ]  # fmt: skip
        return as_json({"results": works, "meta": {"count": 3}})

    service = desk.serve(answer)
    desk.plan("openalex")
    own = Identifier(scheme=Scheme.DOI, value="10.5555/by.doi")
    with desk.bot(openalex_key="k-1", contact="team@example.org") as services:
        named = bare(2).model_copy(update={"references": (own,)})
        services.harvester.take([bare(1), named, bare(11)], "test")
        planned = {each.planned.kind.name: each.planned for each in services.completing.standings()}
        services.completing.run(planned["openalex"])
        found = stored(services)
        assert [each.value for each in found["1"].references] == ["openalex:W11", "openalex:W12"]
        assert found["2"].references == (own,)
        citing = services.citing.citing(found["11"].identifiers)
        assert {each.id for each in citing} == {found["1"].id, found["11"].id}
    assert {asked.get("api_key") for asked in service.asked} == {"k-1"}


def test_a_server_completes_what_comes_in_unless_it_is_switched_off(desk: Desk) -> None:
    desk.serve(EuropePmcStandIn([article(1)]))
    with desk.bot() as services:
        [worker] = complete_workers(services)
        store(services, 1)
        assert worker.step() is False
        assert stored(services)["1"].abstract
    with desk.bot(complete=False) as services:
        assert complete_workers(services) == []


def test_a_service_that_is_down_is_logged_once(
    desk: Desk, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    desk.serve(lambda _: Response("busy", 503))
    store(services, 1)
    turns = HarvestTurns(services.completing)
    for _ in range(3):
        turns.step()
        desk.moment += timedelta(days=2)
    said = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
    assert len([each for each in said if each.startswith("europe_pmc:")]) == 1
    assert len(said) == 2  # one of its reference lists


def test_what_works_cite_is_asked_for_work_by_work(desk: Desk, services: Services) -> None:
    """By DOI, else by PMID, in its order; a list of several pages is read to its end."""
    cited = [
        {"doi": "10.1234/own.7", "id": "7", "source": "MED"},
        {"id": "38000009", "source": "MED"},
        {"id": "C1234", "source": "CTX"},
        {"title": "a book"},
        *({"id": str(20_000_000 + n), "source": "MED"} for n in range(1100)),
    ]
    works = [article(1, hasReferences="Y"), article(2, hasReferences="N")]
    service = EuropePmcStandIn(works, references={"38000001": cited})
    desk.serve(service)
    store(services, 1, 2)
    done = run(services, "europe_pmc_references")
    assert (done.queried, done.filled["references"]) == (2, 1)
    assert service.pages == [("MED/38000001/references", "1"), ("MED/38000001/references", "2")]
    first = stored(services)["1"].references
    assert [f"{each.scheme}:{each.value}" for each in first[:3]] == [
        "doi:10.1234/own.7", "pmid:38000009", "pmid:20000000",
    ]  # fmt: skip
    assert len(first) == 1102
    assert stored(services)["2"].references == ()
    assert due(services, "europe_pmc_references") == []


def test_a_list_of_references_that_is_not_there_is_none(desk: Desk, services: Services) -> None:
    desk.serve(EuropePmcStandIn([article(1, hasReferences="Y")]))
    store(services, 1)
    done = run(services, "europe_pmc_references")
    assert (done.error, done.filled["references"]) == (None, 0)


# At the terminal


def tme(desk: Desk, *arguments: str, **environment: str) -> tuple[int, str]:
    given = {"TME_HOME": str(desk.home), "TME_STARTER": "no", **environment}
    result = CliRunner().invoke(main, arguments, env=given, prog_name="tme")
    return result.exit_code, result.output


def bibliography(desk: Desk, count: int) -> Path:
    """A file of bare citations."""
    file = desk.home / "refs.bib"
    entry = "@article{{k{0}, title={{Macrophages in tumour {0}}}, doi={{10.1234/own.{0}}}}}\n"
    file.write_text("".join(map(entry.format, range(1, count + 1))), encoding="utf-8")
    return file


def test_a_file_of_bare_citations_becomes_a_usable_store(desk: Desk) -> None:
    works = [article(n, hasReferences="Y") for n in range(1, 31)]
    cited = {work["pmid"]: [{"doi": "10.1234/own.1"}] for work in works}
    desk.serve(EuropePmcStandIn(works, references=cited))
    tme(desk, "import", str(bibliography(desk, 30)))
    before = json.loads(tme(desk, "complete", "--dry-run", "--json")[1])
    assert before["records"] == before["lacking"]["abstract"] == 30
    status, said = tme(desk, "complete", "--json")
    line, lists = map(json.loads, said.splitlines())
    assert status == 0
    assert (lists["source"], lists["filled"]) == ("europe_pmc_references", {"references": 30})
    assert (line["source"], line["queried"], line["filled"]["abstract"]) == ("europe_pmc", 30, 30)
    after = json.loads(tme(desk, "complete", "--dry-run", "--json")[1])
    assert not any(after["lacking"].values())
    found = json.loads(tme(desk, "ask", "--json", "type:review has:abstract is:open Okafor")[1])
    assert found["total"] == 30


def test_another_service_is_queried_about_what_the_first_left(
    desk: Desk, httpserver: HTTPServer
) -> None:
    """Crossref, at the address of the sources file: what a work cites, and the licence of one."""
    desk.plan("crossref")
    desk.serve(EuropePmcStandIn([article(1, license=None), article(2)]))
    tme(desk, "import", str(bibliography(desk, 2)))
    tme(desk, "complete")
    work = {
        "DOI": "10.1234/own.1", "title": ["Macrophages in tumour 1"],
        "license": [{"URL": "https://creativecommons.org/licenses/by-nc/4.0/",
                     "content-version": "vor"}],
        "reference": [{"key": "1", "DOI": "10.1234/OWN.2"}, {"key": "2"}, {"DOI": "10.1234/own.2"}],
    }  # fmt: skip
    listed = {"message": {"items": [work], "total-results": 1}}
    service = desk.serve(lambda _: as_json(listed))
    environment = {"TME_CONTACT": "team@example.org"}
    [line] = tme(desk, "complete", "crossref", "--json", **environment)[1].splitlines()
    assert json.loads(line)["filled"] == {"licence": 1, "references": 1}
    assert json.loads(line)["unknown"] == 1
    assert [given["filter"] for given in service.asked] == ["doi:10.1234/own.1,doi:10.1234/own.2"]
    assert service.asked[0]["mailto"] == "team@example.org"
    shown = json.loads(tme(desk, "show", "10.1234/own.1", "--json")[1])
    assert shown["access"]["licence"] == "CC BY-NC 4.0"
    assert [each["value"] for each in shown["references"]] == ["10.1234/own.2"]
    assert {each["source"] for each in shown["provenance"]} >= {"europe_pmc", "crossref"}


def test_the_terminal_says_what_came_and_who_else_could_be_queried(desk: Desk) -> None:
    desk.serve(EuropePmcStandIn([article(1)]))
    said = tme(desk, "import", str(bibliography(desk, 2)))[1]
    assert "2 of 2 records have no abstract: `tme complete`" in said
    status, said = tme(desk, "complete")
    assert status == 0
    assert "Europe PMC: 2 records looked up, 1 of them unknown there" in said
    assert "abstract 1" in said
    assert "set TME_CONTACT for the others" in said
    assert (
        "Europe PMC: 2 works looked up, 1 known there" in tme(desk, "status", TME_COMPLETE="yes")[1]
    )
    assert "Completing records: switched off" in tme(desk, "status", TME_COMPLETE="no")[1]


def test_a_service_that_does_not_answer_is_a_failure_in_one_line(desk: Desk) -> None:
    desk.serve(lambda _: Response("no", 403))
    tme(desk, "import", str(bibliography(desk, 1)))
    status, said = tme(desk, "complete", "--json")
    assert status == 1
    errors = [json.loads(line)["error"] for line in said.splitlines()]
    assert [error["code"] for error in errors] == ["source_refused"] * 2
    status, said = tme(desk, "complete", "crossref")
    assert status == 2
    assert "There are: europe_pmc, europe_pmc_references." in said
