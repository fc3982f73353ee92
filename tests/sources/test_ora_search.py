"""ORA's own search over loopback: pages, whole records on request, and answers of other shapes."""

import json
from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from bot.errors import SourceRefused, SourceUnavailable
from bot.records.models import Identifier, Record, Scheme
from bot.sources import Batch, Place
from bot.sources.http.client import PoliteClient
from bot.sources.ora.client import OraSearch

from .clock import FakeClock
from .loopback import WEB_PAGE

UUID = "6ed0b5bd-c459-4081-970f-c8a8f218c2{:02d}"
LAST = 3


def listed(number: int) -> dict[str, object]:
    return {
        "id": f"uuid:{UUID.format(number)}",
        "type": None,
        "attributes": {"title": f"T{number}"},
    }


def search(request: Request) -> Response:
    page = int(request.args["page"])
    following = page + 1 if page < LAST else None
    meta = {"pages": {"current_page": page, "next_page": following, "total_count": 6}}
    data = [listed(2 * page), listed(2 * page + 1)]
    return as_json({"meta": meta, "data": data})


def as_json(value: object) -> Response:
    return Response(json.dumps(value), content_type="application/json")


@pytest.fixture
def client(httpserver: HTTPServer) -> Iterator[PoliteClient]:
    timing = FakeClock().timing()
    opened = PoliteClient({f"{httpserver.host}:{httpserver.port}": 0}, timing=timing)
    yield opened
    opened.close()


def source(client: PoliteClient, httpserver: HTTPServer, **options: str) -> OraSearch:
    place = Place(httpserver.url_for("/"), FakeClock().now, options)
    return OraSearch(client, place)


def titles(batches: list[Batch]) -> list[str]:
    return [item.title for b in batches for item in b.items if isinstance(item, Record)]


def test_every_page_of_the_search_is_taken(client: PoliteClient, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/objects.json").respond_with_handler(search)
    batches = list(source(client, httpserver).records("hypoxia", None, None))
    assert titles(batches) == [f"T{n}" for n in range(2, 8)]
    assert [batch.cursor for batch in batches] == ["2", "3", None]
    assert batches[0].total == 6
    assert titles(list(source(client, httpserver).records("hypoxia", None, "3"))) == ["T6", "T7"]


def test_a_kind_of_work_narrows_it(client: PoliteClient, httpserver: HTTPServer) -> None:
    asked = {"q": "hypoxia", "per_page": "50", "page": "1", "f[f_type_of_work][]": "Preprint"}
    answer = as_json({"meta": {"pages": {"next_page": None}}, "data": []})
    httpserver.expect_request("/objects.json", query_string=asked).respond_with_handler(
        lambda _: answer
    )
    opened = source(client, httpserver, type="Preprint")
    assert list(opened.records("hypoxia", None, None)) == [Batch((), None)]


def test_whole_records_are_fetched_where_wanted(
    client: PoliteClient, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/objects.json").respond_with_handler(search)
    httpserver.expect_request(f"/objects/uuid:{UUID.format(6)}.json").respond_with_json(
        {"data": {"id": f"uuid:{UUID.format(6)}", "attributes": {"title": "T6", "abstract": "A."}}}
    )
    httpserver.expect_request(f"/objects/uuid:{UUID.format(7)}.json").respond_with_data(
        "<html>", status=404, content_type="text/html"
    )
    [batch] = source(client, httpserver, abstracts="yes").records("hypoxia", None, "3")
    records = [item for item in batch.items if isinstance(item, Record)]
    assert [(r.title, r.abstract) for r in records] == [("T6", "A."), ("T7", None)]


def test_one_record_is_fetched_by_its_address(client: PoliteClient, httpserver: HTTPServer) -> None:
    httpserver.expect_request(f"/objects/uuid:{UUID.format(1)}.json").respond_with_json(
        {"data": listed(1)}
    )
    httpserver.expect_request(f"/objects/uuid:{UUID.format(2)}.json").respond_with_data(
        "<html>", status=404, content_type="text/html"
    )
    opened = source(client, httpserver)
    found = opened.one(Identifier(scheme=Scheme.ORA, value=UUID.format(1)))
    assert found is not None
    assert found.title == "T1"
    assert opened.one(Identifier(scheme=Scheme.ORA, value=UUID.format(2))) is None


@pytest.mark.parametrize("answer", [{}, [], {"data": []}, {"meta": {"pages": "?"}}])
def test_another_shape_than_known_is_said_to_be(
    client: PoliteClient, httpserver: HTTPServer, answer: object
) -> None:
    httpserver.expect_request("/objects.json").respond_with_json(answer)
    with pytest.raises(SourceRefused, match="another shape"):
        list(source(client, httpserver).records("x", None, None))


def test_a_challenge_is_tried_later(client: PoliteClient, httpserver: HTTPServer) -> None:
    challenge = Response(WEB_PAGE.get_data(), status=403, content_type="text/html")
    httpserver.expect_request("/objects.json").respond_with_handler(lambda _: challenge)
    with pytest.raises(SourceUnavailable):
        list(source(client, httpserver).records("x", None, None))
