"""Every service that `add` can ask, on one loopback server."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import unquote

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from bot.sources import SOURCES, Place
from bot.sources.fetchers import Fetchers, hosts
from bot.sources.http.client import PoliteClient

from .clock import FakeClock
from .services import as_json

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


ARTICLE = """<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>38000001</PMID><Article>
<ArticleTitle>From PubMed.</ArticleTitle></Article></MedlineCitation><PubmedData><ArticleIdList>
<ArticleId IdType="doi">10.5555/work.1</ArticleId></ArticleIdList></PubmedData></PubmedArticle>
</PubmedArticleSet>"""


@dataclass
class World:
    """Every service on one loopback server: `answers` by source, a 404 where there is none.

    `asked` are the sources that were asked, in order.
    """

    answers: dict[str, Callable[[str], object]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> Response:
        _, source, path = unquote(request.full_path).split("/", 2)
        self.asked.append(source)
        answer = self.answers.get(source, lambda _: None)(path)
        if answer is None:
            empty: dict[str, object] = {
                "pubmed": {"esearchresult": {"count": "0", "idlist": []}},
                "europe_pmc": {"hitCount": 0, "resultList": {"result": []}},
                "biorxiv": {"messages": [], "collection": []},
            }
            if source in empty:
                return as_json(empty[source])
            return Response("not found", 404, content_type="text/plain")
        return answer if isinstance(answer, Response) else as_json(answer)


def pubmed(path: str) -> object:
    if path.startswith("efetch"):
        return Response(ARTICLE, content_type="text/xml")
    return {"esearchresult": {"count": "1", "idlist": ["38000001"]}}


def crossref(path: str) -> object:
    return {
        "message": {"DOI": path.partition("?")[0].removeprefix("works/"), "title": ["By Crossref"]}
    }


def unpaywall(path: str) -> object:
    found = {"url": "https://example.org/a.pdf", "license": "cc-by"}
    named = {"doi": path.partition("?")[0], "title": "By Unpaywall"}
    return {**named, "is_oa": True, "best_oa_location": found}


def asking(httpserver: HTTPServer) -> Callable[[], AbstractContextManager[Fetchers]]:
    """Opens the sources on the loopback server, each under a path of its own."""

    def place(name: str) -> Place:
        return Place(httpserver.url_for(f"/{name}/"), lambda: NOW)

    @contextmanager
    def opening() -> Iterator[Fetchers]:
        places = {kind.name: place(kind.name) for kind in SOURCES if kind.schemes}
        client = PoliteClient(
            dict.fromkeys(hosts(places), 0.0), "team@example.org", timing=FakeClock().timing()
        )
        try:
            yield Fetchers(client, places)
        finally:
            client.close()

    return opening
