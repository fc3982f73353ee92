"""The real answers of each service, served again on loopback and harvested whole, with troubles."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from bot.errors import SourceUnavailable
from bot.formats import Refusal
from bot.records.models import Record
from bot.sources import Batch, Source
from bot.sources.pubmed.client import PUBMED

from .conftest import Opener
from .loopback import WEB_PAGE, Loopback
from .services import SERVICES, as_json

pytestmark = pytest.mark.shared_data

KINDS = {
    "crossref": "crossref",
    "europe_pmc": "europepmc",
    "openalex": "openalex",
    "datacite": "datacite",
    "biorxiv": "biorxiv_medrxiv",
}


def documents(shared: Path, kind: str) -> Iterator[Any]:
    folder = shared / "data/payloads"
    with (folder / "INDEX.tsv").open(encoding="utf-8", newline="") as lines:
        files = [r["file"] for r in csv.DictReader(lines, delimiter="\t") if r["kind"] == kind]
    for name in files:
        data = (folder / name).read_bytes()
        lines_of = data.splitlines() if name.endswith(".jsonl") else [data]
        for line in lines_of if name.endswith((".json", ".jsonl")) else ():
            yield json.loads(line)


def works(document: Any) -> list[Any]:
    """The works in an answer, in the shape in which the service lists them."""
    if isinstance(document, list):
        return document
    for path in (("message", "items"), ("resultList", "result"), ("results",), ("collection",)):
        found = document
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, list):
            return found
    if isinstance(document.get("data"), dict):
        return [document["data"]]
    if isinstance(document.get("message"), dict):
        return [document["message"]]
    saved = document.get("papers", document)
    if all(isinstance(value, dict) for value in saved.values()) and saved:
        return [value.get("full", value) for value in saved.values()]
    return [document.get("full", document)]


def harvested(source: Source, query: str = "x") -> list[Batch]:
    """Everything, where the second request is answered with a web page and asked again later."""
    batches: list[Batch] = []
    cursor: str | None = None
    for _ in range(3):
        try:
            batches.extend(source.records(query, None, cursor))
        except SourceUnavailable:
            cursor = batches[-1].cursor if batches else None
        else:
            return batches
    raise AssertionError("the harvest did not come to its end")


@pytest.mark.parametrize("name", sorted(KINDS))
def test_real_works_are_harvested_whole(
    name: str, shared: Path, open_source: Opener, httpserver: HTTPServer
) -> None:
    entries = [work for found in documents(shared, KINDS[name]) for work in works(found)]
    service = SERVICES[name]
    troubles = {1: Response("busy", 503), 2: WEB_PAGE}
    loopback = Loopback(lambda request: as_json(service.lists(entries, request)), troubles)
    httpserver.expect_request(re.compile(".*")).respond_with_handler(loopback)
    query = "" if name == "biorxiv" else "x"  # its words would be looked for in the answers
    batches = harvested(open_source(service.kind), query)
    items = [item for batch in batches for item in batch.items]
    assert len(items) == len(entries)
    assert sum(isinstance(item, Record) for item in items) > 0.9 * len(entries)
    assert all(item.reason for item in items if isinstance(item, Refusal))


def test_real_articles_are_harvested_whole(
    shared: Path, open_source: Opener, httpserver: HTTPServer
) -> None:
    folder = shared / "data/payloads/pubmed"
    found = [
        article
        for path in sorted(folder.glob("*.xml"))
        for article in re.findall(
            rb"<PubmedArticle>.*?</PubmedArticle>|<PubmedBookArticle>.*?</PubmedBookArticle>",
            path.read_bytes(),
            re.DOTALL,
        )
    ]

    def answer(request: Request) -> Response:
        if request.path.endswith("esearch.fcgi"):
            count = {"count": str(len(found)), "webenv": "w", "querykey": "1"}
            return as_json({"esearchresult": count})
        start, size = int(request.args["retstart"]), int(request.args["retmax"])
        page = b"".join(found[start : start + size])
        return Response(
            b"<PubmedArticleSet>" + page + b"</PubmedArticleSet>", content_type="text/xml"
        )

    loopback = Loopback(answer, {2: Response("busy", 503), 4: WEB_PAGE})
    httpserver.expect_request(re.compile(".*")).respond_with_handler(loopback)
    batches = harvested(open_source(PUBMED))
    items = [item for batch in batches for item in batch.items]
    assert len(items) == len(found)
    assert sum(isinstance(item, Record) for item in items) > 0.97 * len(found)
