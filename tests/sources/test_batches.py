"""Services that are queried for many works in one request."""

import re
from collections.abc import Sequence

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from bot.records.models import Identifier, Record, Scheme
from bot.sources import Place, SourceKind
from bot.sources.base import BatchFetcher
from bot.sources.crossref.client import CROSSREF
from bot.sources.europe_pmc.client import EUROPE_PMC
from bot.sources.http.client import PoliteClient
from bot.sources.openalex.client import OPENALEX
from bot.sources.pubmed.client import PUBMED

from .clock import FakeClock
from .europe_pmc import EuropePmcStandIn, article
from .loopback import Answer, Loopback
from .services import as_json


def ids(scheme: Scheme, *values: str) -> list[Identifier]:
    return [Identifier(scheme=scheme, value=value) for value in values]


def fetched(
    kind: SourceKind,
    server: HTTPServer,
    client: PoliteClient,
    answer: Answer,
    wanted: Sequence[Identifier],
) -> tuple[list[str], Loopback]:
    """The titles that a service answers with, and what it was asked."""  # fmt: skip
    service = Loopback(answer)
    server.expect_request(re.compile(".*")).respond_with_handler(service)
    source = kind.make(client, Place(server.url_for("/"), FakeClock().now))
    assert isinstance(source, BatchFetcher)
    found = source.fetch_all(wanted)
    return [each.title for each in found if isinstance(each, Record)], service


def test_europe_pmc_is_posted_one_query_for_all(
    polite: PoliteClient, httpserver: HTTPServer
) -> None:
    wanted = [
        *ids(Scheme.DOI, "10.1234/own.1"), *ids(Scheme.PMID, "38000002"),
        *ids(Scheme.PMCID, "PMC9000003"),
    ]  # fmt: skip
    service = EuropePmcStandIn([article(n) for n in range(1, 5)], page=2)
    titles, asked = fetched(EUROPE_PMC, httpserver, polite, service, wanted)
    assert titles == [f"Macrophages in tumour {n}" for n in (1, 2, 3)]
    assert service.queries == [
        '(DOI:"10.1234/own.1") OR (EXT_ID:38000002 AND SRC:MED) OR (PMCID:PMC9000003)'
    ]
    assert [given["cursorMark"] for given in asked.asked] == ["*", "2"]


def test_crossref_takes_dois_in_one_filter_and_one_with_a_comma_alone(
    polite: PoliteClient, httpserver: HTTPServer
) -> None:
    def answer(request: Request) -> Response:
        if "filter" in request.args:
            listed = [
                {"DOI": each.removeprefix("doi:"), "title": [each]}
                for each in request.args["filter"].split(",")
            ]
            return as_json({"message": {"items": listed, "total-results": len(listed)}})
        return as_json({"message": {"DOI": "10.1234/a,b", "title": ["Alone"]}})

    wanted = ids(Scheme.DOI, "10.1234/1", "10.1234/a,b", "10.1234/2")
    titles, _ = fetched(CROSSREF, httpserver, polite, answer, wanted)
    assert titles == ["doi:10.1234/1", "doi:10.1234/2", "Alone"]


def test_openalex_takes_one_kind_of_identifier_a_request(
    polite: PoliteClient, httpserver: HTTPServer
) -> None:
    def answer(request: Request) -> Response:
        if "filter" not in request.args:
            return as_json({"doi": "https://doi.org/10.1234/a,b", "title": "Alone"})
        name, _, values = request.args["filter"].partition(":")
        found = [
            {"doi": "https://doi.org/10.1234/x", "title": f"{name} {v}"} for v in values.split("|")
        ]
        return as_json({"results": found, "meta": {"count": len(found)}})

    wanted = [*ids(Scheme.DOI, "10.1234/1", "10.1234/a,b", "10.1234/2"), *ids(Scheme.PMID, "7")]
    titles, service = fetched(OPENALEX, httpserver, polite, answer, wanted)
    assert titles == ["doi 10.1234/1", "doi 10.1234/2", "Alone", "ids.pmid 7"]
    assert len(service.asked) == 3


def test_pubmed_finds_the_numbers_of_dois_and_fetches_all_at_once(
    polite: PoliteClient, httpserver: HTTPServer
) -> None:
    def answer(request: Request) -> Response:
        if request.path.endswith("esearch.fcgi"):
            assert request.args["term"] == '"10.1234/1"[AID] OR "10.1234/2"[AID]'
            return as_json({"esearchresult": {"count": "2", "idlist": ["12", "11"]}})
        one = (
            "<PubmedArticle><MedlineCitation><PMID>{0}</PMID><Article><ArticleTitle>T{0}"
            "</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
        )
        articles = "".join(one.format(number) for number in request.args["id"].split(","))
        return Response(f"<PubmedArticleSet>{articles}</PubmedArticleSet>", content_type="text/xml")

    wanted = [*ids(Scheme.PMID, "11"), *ids(Scheme.DOI, "10.1234/1", "10.1234/2")]
    titles, service = fetched(PUBMED, httpserver, polite, answer, wanted)
    assert titles == ["T11", "T12"]
    assert len(service.asked) == 2


@pytest.mark.parametrize("kind", [EUROPE_PMC, OPENALEX, PUBMED], ids=lambda kind: kind.name)
def test_a_kind_of_identifier_that_it_does_not_know_is_a_fault_of_the_caller(
    polite: PoliteClient, httpserver: HTTPServer, kind: SourceKind
) -> None:
    source = kind.make(polite, Place(httpserver.url_for("/"), FakeClock().now))
    assert isinstance(source, BatchFetcher)
    with pytest.raises(ValueError, match="orcid"):
        source.fetch_all(ids(Scheme.ORCID, "0000-0002-1050-2771"))
