"""Checks that ask the real readers of PubMed, Crossref and Europe PMC, over a loopback server."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from bot.app.composition import opened
from bot.app.outside import checkers
from bot.harvest.integrity import Checking, Outcome
from bot.records.models import Identifier, RelationKind, Scheme
from bot.settings import Settings
from handlers.services import Services
from tests.own_records import work
from tests.sources.world import NOW, World, asking

DOI = Identifier(scheme=Scheme.DOI, value="10.5555/work.1")
NOTICE = Identifier(scheme=Scheme.DOI, value="10.5555/notice.1")

RETRACTED = """<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>38000001</PMID><Article>
<ArticleTitle>A title of it.</ArticleTitle></Article><CommentsCorrectionsList>
<CommentsCorrections RefType="RetractionIn"><RefSource>Cell. 2024 Mar 7;1(2):3. doi: \
10.5555/notice.1</RefSource><PMID>38000002</PMID></CommentsCorrections>
<CommentsCorrections RefType="ErratumIn"><RefSource>Cell. 2023 Jan;1(1):9</RefSource>\
<PMID>38000003</PMID></CommentsCorrections></CommentsCorrectionsList></MedlineCitation><PubmedData>
<ArticleIdList><ArticleId IdType="doi">10.5555/work.1</ArticleId></ArticleIdList></PubmedData>
</PubmedArticle></PubmedArticleSet>"""


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
def checking(services: Services, world: World, httpserver: HTTPServer) -> Checking:
    del world  # it answers from now on
    ask = asking(httpserver)
    return Checking(services.store, services.merger, lambda: checkers(ask), lambda: NOW)


def pubmed(path: str) -> object:
    if path.startswith("efetch"):
        return Response(RETRACTED, content_type="text/xml")
    return {"esearchresult": {"count": "1", "idlist": ["38000001"]}}


def crossref(path: str) -> object:
    doi = path.partition("?")[0].removeprefix("works/")
    update = {"type": "retraction", "updated": {"date-parts": [[2024, 3, 8]]}}
    found: dict[str, object] = {"DOI": doi, "title": ["A title of it"]}
    if doi == DOI.value:
        found["updated-by"] = [{**update, "DOI": NOTICE.value}]
    else:
        found |= {"update-to": [{**update, "DOI": DOI.value}], "title": ["Retraction: A title"]}
    return {"message": found}


def test_each_source_says_what_it_knows_with_date_and_notice(
    checking: Checking, world: World, services: Services
) -> None:
    world.answers = {"pubmed": pubmed, "crossref": crossref}
    services.harvester.take([work(1, "A title of it", identifiers=(DOI,))], "test")
    checked = checking.identifier(DOI)
    assert checked.stored
    told = {(n.kind, str(n.date), n.notice, n.source) for n in checked.integrity if n.notice}
    assert ("retraction", "2024-03-08", "10.5555/notice.1", "Crossref") in told
    assert {(kind, source) for kind, _, _, source in told} == {
        ("retraction", "PubMed"), ("correction", "PubMed"), ("retraction", "Crossref")
    }  # fmt: skip
    assert {look.source: look.outcome for look in checked.looks} == {
        "pubmed": Outcome.ANSWERED, "crossref": Outcome.ANSWERED, "europe_pmc": Outcome.UNKNOWN
    }  # fmt: skip
    kinds = [each.kind for each in services.store.standing.changes_of_standing(0)]
    assert sorted(kinds) == ["corrected", "retracted"]


def test_the_notice_is_not_the_article(checking: Checking, world: World) -> None:
    world.answers = {"crossref": crossref}
    checked = checking.identifier(NOTICE)
    assert [n.kind for n in checked.integrity] == ["checked"]
    assert checked.record is not None
    assert [r.kind for r in checked.record.relations] == [RelationKind.RETRACTION_OF]


def test_without_a_contact_address_only_who_needs_none_is_asked(services: Services) -> None:
    """Other sources require to know who asks."""
    checked = services.checking.identifier(DOI)
    assert checked.integrity == ()
    assert [(look.source, look.reason) for look in checked.looks] == [
        ("europe_pmc", "www.ebi.ac.uk could not be reached.")  # by no test
    ]
