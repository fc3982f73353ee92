"""PubMed over loopback: its history server, the 9,999 results it gives out, spans of days."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from bot.errors import CursorLost, SourceRefused, SourceUnavailable
from bot.formats import Refusal
from bot.records.models import Identifier, Record, Scheme
from bot.sources import Batch, Source
from bot.sources.base import Fetcher
from bot.sources.pubmed.client import PUBMED, REACHED, PubMed

from .conftest import Opener
from .loopback import WEB_PAGE, Loopback
from .services import as_json

MANY = 450
FIRST_DAY = date(2020, 1, 1)


def article(pmid: int, doi: str = "") -> str:
    named = f'<ArticleId IdType="doi">{doi}</ArticleId>' if doi else ""
    return (
        f"<PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article><ArticleTitle>Work {pmid}"
        f"</ArticleTitle></Article></MedlineCitation><PubmedData><ArticleIdList>{named}"
        "</ArticleIdList></PubmedData></PubmedArticle>"
    )


def answer_of(pmids: list[int]) -> Response:
    articles = "".join(article(pmid, f"10.5555/work.{pmid}") for pmid in pmids)
    body = f'<?xml version="1.0" ?><PubmedArticleSet>{articles}</PubmedArticleSet>'
    return Response(body, content_type="text/xml")


@dataclass
class History:
    """A history server: article N came in on the day N divided by `a_day` after the first.

    `forget` makes it know nothing of the searches before, once.
    """

    count: int = MANY
    a_day: int = 1
    most: int = REACHED
    searches: dict[str, list[int]] = field(default_factory=dict)
    spans: list[tuple[str, str, str]] = field(default_factory=list)
    forget: bool = False

    def __call__(self, request: Request) -> Response:
        asked = request.args.to_dict() | request.form.to_dict()
        if request.path.endswith("esearch.fcgi"):
            return self._search(asked)
        if "id" in asked:
            return answer_of([int(pmid) for pmid in asked["id"].split(",")])
        if self.forget:
            self.searches.clear()
            self.forget = False
        found = self.searches.get(asked["WebEnv"])
        if found is None:
            return Response("<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>")
        start, size = int(asked["retstart"]), int(asked["retmax"])
        assert start + size <= self.most
        return answer_of(found[start : start + size])

    def _search(self, asked: dict[str, str]) -> Response:
        if "mindate" not in asked:
            wanted = re.search(r"work\.(\d+)", asked["term"])
            number = int(wanted[1]) if wanted else 0
            ids = [str(number)] if 0 < number <= self.count else ["1"]
            return as_json({"esearchresult": {"count": "1", "idlist": ids}})
        first, last = (
            date.fromisoformat(asked[k].replace("/", "-")) for k in ("mindate", "maxdate")
        )
        self.spans.append((asked["datetype"], asked["mindate"], asked["maxdate"]))
        came = ((n, FIRST_DAY + timedelta(days=n // self.a_day)) for n in range(1, self.count + 1))
        env = uuid4().hex
        self.searches[env] = [n for n, day in came if first <= day <= last]
        count = str(len(self.searches[env]))
        return as_json({"esearchresult": {"count": count, "webenv": env, "querykey": "1"}})


class _Smaller(PubMed):
    """For speed, where PubMed gives out no more than 200 results of a search."""

    reached = 200


SMALLER = replace(PUBMED, make=_Smaller)


@pytest.fixture
def source(open_source: Opener) -> Source:
    return open_source(PUBMED)


def serve(httpserver: HTTPServer, loopback: Loopback) -> Loopback:
    httpserver.expect_request(re.compile(".*")).respond_with_handler(loopback)
    return loopback


def numbers(batches: list[Batch]) -> list[int]:
    return [int(i.pmid or 0) for b in batches for i in b.items if isinstance(i, Record)]


def taken(batches: Iterator[Batch]) -> list[Batch]:
    """What came before it broke off."""
    before: list[Batch] = []
    with pytest.raises(SourceUnavailable):
        before.extend(batches)
    return before


ALL = list(range(1, MANY + 1))


def test_every_page_of_a_search_is_taken_once(source: Source, httpserver: HTTPServer) -> None:
    loopback = serve(httpserver, Loopback(History()))
    batches = list(source.records("macrophages[tiab]", None, None))
    assert numbers(batches) == ALL
    assert [batch.cursor is None for batch in batches] == [False, False, True]
    assert {batch.total for batch in batches} == {MANY}
    search, *fetches = loopback.asked
    assert search["term"] == "macrophages[tiab]"
    assert (search["tool"], search["email"]) == ("tme-bot", "team@example.org")
    assert len(fetches) == 3


def test_only_what_came_or_changed_since_a_day_is_asked_for(
    source: Source, httpserver: HTTPServer
) -> None:
    history = History()
    serve(httpserver, Loopback(history))
    list(source.records("x", date(2020, 12, 1), None))
    assert history.spans == [("mdat", "2020/12/01", "2026/01/15")]


def test_a_harvest_that_broke_off_goes_on_with_its_search(
    source: Source, httpserver: HTTPServer
) -> None:
    history = History()
    serve(httpserver, Loopback(history, troubles={3: WEB_PAGE}))
    before = taken(source.records("x", None, None))
    rest = list(source.records("x", None, before[-1].cursor))
    assert numbers(before) + numbers(rest) == ALL
    assert len(history.spans) == 1


def test_a_search_that_was_forgotten_is_asked_again_for_the_same_days(
    source: Source, httpserver: HTTPServer
) -> None:
    history = History()
    serve(httpserver, Loopback(history, troubles={3: WEB_PAGE}))
    before = taken(source.records("x", None, None))
    history.forget = True
    rest = list(source.records("x", None, before[-1].cursor))
    assert numbers(before) + numbers(rest) == ALL
    assert history.spans[0] == history.spans[1]


def test_a_server_that_forgets_its_own_search_is_left_alone(
    source: Source, httpserver: HTTPServer
) -> None:
    history = History()

    def forgetful(request: Request) -> Response:
        history.searches.clear()
        return history(request)

    serve(httpserver, Loopback(forgetful))
    with pytest.raises(CursorLost):
        list(source.records("x", None, None))


def test_more_than_pubmed_gives_out_is_taken_in_spans_of_days(
    open_source: Opener, httpserver: HTTPServer
) -> None:
    history = History(most=200)
    serve(httpserver, Loopback(history))
    batches = list(open_source(SMALLER).records("x", None, None))
    assert sorted(numbers(batches)) == ALL
    assert len(history.spans) > 3
    # The last days have nothing: that the query is at its end has to be said all the same.
    assert [batch.cursor is None for batch in batches] == [False] * (len(batches) - 1) + [True]


def test_what_came_on_one_day_and_is_out_of_reach_is_said(
    open_source: Opener, httpserver: HTTPServer
) -> None:
    serve(httpserver, Loopback(History(a_day=1000, most=200)))
    batches = list(open_source(SMALLER).records("x", None, None))
    assert numbers(batches) == list(range(1, 201))
    [refused] = (i for b in batches for i in b.items if isinstance(i, Refusal))
    assert refused.reason == "2020-01-01: 250 of 450 results are out of reach"


def test_a_query_that_finds_nothing_is_one_empty_batch(
    source: Source, httpserver: HTTPServer
) -> None:
    serve(httpserver, Loopback(History(count=0)))
    [batch] = source.records("x", None, None)
    assert (batch.items, batch.cursor, batch.total) == ((), None, 0)


def test_a_page_that_breaks_off_is_asked_for_again_later(
    source: Source, httpserver: HTTPServer
) -> None:
    cut = Response(answer_of([1, 2]).get_data()[:-60], content_type="text/xml")
    serve(httpserver, Loopback(History(), troubles={2: cut}))
    with pytest.raises(SourceUnavailable, match="breaks off"):
        list(source.records("x", None, None))


def test_a_long_question_is_posted(source: Source, httpserver: HTTPServer) -> None:
    methods: list[str] = []
    history = History()

    def listening(request: Request) -> Response:
        methods.append(request.method)
        return history(request)

    serve(httpserver, Loopback(listening))
    assert numbers(list(source.records("x" * 2000, None, None))) == ALL
    assert methods == ["POST", "GET", "GET", "GET"]


def test_what_pubmed_says_of_a_bad_question_is_said(source: Source, httpserver: HTTPServer) -> None:
    bad = as_json({"esearchresult": {"ERROR": "Invalid query"}})
    serve(httpserver, Loopback(lambda _: bad))
    with pytest.raises(SourceRefused, match="PubMed refused the question: Invalid query"):
        list(source.records("((", None, None))


@pytest.mark.parametrize("answer", [{}, {"esearchresult": {"count": "many"}}, []])
def test_an_answer_of_another_shape_is_refused(
    source: Source, httpserver: HTTPServer, answer: object
) -> None:
    serve(httpserver, Loopback(lambda _: as_json(answer)))
    with pytest.raises(SourceRefused, match="of another shape than known"):
        list(source.records("x", None, None))


def test_a_cursor_that_is_none_begins_anew(source: Source, httpserver: HTTPServer) -> None:
    serve(httpserver, Loopback(History(count=1)))
    for cursor in ("", "{}", "[1]", '{"spans": [{"first": "x", "last": "y"}]}', "\x00"):
        assert numbers(list(source.records("x", None, cursor))) == [1]


@pytest.mark.parametrize(
    "identifier",
    [
        Identifier(scheme=Scheme.PMID, value="7"),
        Identifier(scheme=Scheme.DOI, value="10.5555/work.7"),
    ],
)
def test_one_article_is_fetched_by_pmid_or_doi(
    source: Source, httpserver: HTTPServer, identifier: Identifier
) -> None:
    assert isinstance(source, Fetcher)
    serve(httpserver, Loopback(History()))
    found = source.fetch(identifier)
    assert found is not None
    assert found.title == "Work 7"


def test_what_a_search_finds_instead_is_not_taken_for_it(
    source: Source, httpserver: HTTPServer
) -> None:
    assert isinstance(source, Fetcher)
    serve(httpserver, Loopback(History(count=3)))
    assert source.fetch(Identifier(scheme=Scheme.DOI, value="10.5555/work.99")) is None
