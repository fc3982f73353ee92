"""OAI-PMH over loopback: pages, tokens, errors inside HTTP 200, deletions, and bad manners."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from bot.errors import CursorLost, SourceRefused, SourceUnavailable
from bot.formats import Refusal
from bot.records.models import Identifier, Record, Scheme
from bot.sources import Batch, Deleted, Place, Rechecked, Source
from bot.sources.http.client import PoliteClient
from bot.sources.oai.client import OaiPmh
from bot.sources.ora.client import Ora

from .clock import FakeClock
from .loopback import (
    WEB_PAGE,
    Answer,
    Entry,
    Loopback,
    Repository,
    dublin_core,
    entries,
    envelope,
    error,
)

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
RIOXX = """<rioxx xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:r="http://www.rioxx.net/schema/v2.0/rioxxterms/">
  <dc:title>Macrophages</dc:title><r:publication_date>2019-01-01</r:publication_date></rioxx>"""


class Served:
    """A source over a service on loopback."""

    def __init__(self, httpserver: HTTPServer) -> None:
        self._server = httpserver
        self.clients: list[PoliteClient] = []

    def open(
        self, answer: Answer, kind: type[OaiPmh] = OaiPmh, **options: str
    ) -> tuple[OaiPmh, Loopback]:
        service = answer if isinstance(answer, Loopback) else Loopback(answer)
        self._server.expect_request("/oai").respond_with_handler(service)
        host = f"{self._server.host}:{self._server.port}"
        client = PoliteClient({host: 0}, "team@example.org", timing=FakeClock().timing())
        self.clients.append(client)
        place = Place(self._server.url_for("/oai"), lambda: NOW, options)
        return kind(client, place), service


@pytest.fixture
def served(httpserver: HTTPServer) -> Iterator[Served]:
    over = Served(httpserver)
    yield over
    for client in over.clients:
        client.close()


def taken(
    source: Source, query: str = "", since: date | None = None, cursor: str | None = None
) -> list[Batch]:
    return list(source.records(query, since, cursor))


def dois(batches: Sequence[Batch]) -> list[str | None]:
    return [i.doi for b in batches for i in b.items if isinstance(i, Record)]


def test_every_page_is_taken_with_its_cursor_and_the_size_of_the_whole(served: Served) -> None:
    source, service = served.open(Repository(entries(25)))
    batches = taken(source, "journals", date(2026, 1, 1))
    assert [len(batch.items) for batch in batches] == [10, 10, 5]
    assert [batch.cursor is None for batch in batches] == [False, False, True]
    assert batches[0].total == 25
    assert dois(batches) == [f"10.5555/archive.{n}" for n in range(25)]
    first = {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "journals"}
    assert service.asked[0] == first | {"from": "2026-01-01"}
    # A token stands for the whole question: nothing may come with it.
    assert service.asked[1].keys() == {"verb", "resumptionToken"}


def test_a_record_says_where_it_is_from(served: Served) -> None:
    source, _ = served.open(Repository(entries(1)))
    [record] = taken(source)[0].items
    assert isinstance(record, Record)
    assert record.identifier(Scheme.OAI) == "oai:archive.example:0"
    assert [(p.source, p.at) for p in record.provenance] == [("localhost", NOW)]


def test_it_goes_on_from_a_cursor(served: Served) -> None:
    source, _ = served.open(Repository(entries(25)))
    first = taken(source)[0]
    assert dois(taken(source, cursor=first.cursor)) == [
        f"10.5555/archive.{n}" for n in range(10, 25)
    ]


def test_nothing_that_matches_is_one_empty_batch(served: Served) -> None:
    source, _ = served.open(Repository([]))
    assert taken(source) == [Batch((), None)]


def test_an_expired_token_begins_again_where_the_days_had_come_to(served: Served) -> None:
    listed = entries(30)
    for n, each in enumerate(listed):
        each.day = f"2026-01-{1 + n:02d}"
    source, service = served.open(Repository(listed, expired=["|20"]))
    batches = taken(source)
    assert set(dois(batches)) == {f"10.5555/archive.{n}" for n in range(30)}
    assert service.asked[3]["from"] == "2026-01-20"


def test_an_expired_token_begins_at_the_first_day_where_the_days_were_in_no_order(
    served: Served,
) -> None:
    listed = entries(30)
    listed[3].day = "2026-01-12"
    source, service = served.open(Repository(listed, expired=["2026-01-02|20"]))
    assert len(set(dois(taken(source, since=date(2026, 1, 2))))) == 30
    assert service.asked[3]["from"] == "2026-01-02"


def test_a_cursor_that_expired_since_begins_again(served: Served) -> None:
    repository = Repository(entries(15))
    source, _ = served.open(repository)
    cursor = taken(source)[0].cursor
    repository.expired.append("|10")
    assert len(set(dois(taken(source, cursor=cursor)))) == 15


@pytest.mark.parametrize("cursor", ["", "{}", "[1]", "null", '{"token": 1}', "2", "\x00"])
def test_a_cursor_that_cannot_be_read_begins_again(served: Served, cursor: str) -> None:
    source, _ = served.open(Repository(entries(3)))
    assert len(dois(taken(source, cursor=cursor))) == 3


def test_tokens_that_are_never_taken_are_given_up(served: Served) -> None:
    source, service = served.open(Repository(entries(30), expired=["|10", "|10", "2026-01-10|10"]))
    with pytest.raises(CursorLost, match="does not take"):
        taken(source)
    assert len(service.asked) == 4


def test_a_token_given_twice_does_not_go_round_for_ever(served: Served) -> None:
    def circle(request: Request) -> Response:
        return envelope(
            f"<ListRecords>{entries(1)[0].xml()}<resumptionToken>same</resumptionToken>"
            "</ListRecords>"
        )

    source, service = served.open(circle)
    with pytest.raises(CursorLost, match="round in circles"):
        taken(source)
    assert len(service.asked) == 2


def test_pages_of_nothing_do_not_go_on_for_ever(served: Served) -> None:
    def empty(request: Request) -> Response:
        token = int(request.args.get("resumptionToken", "0")) + 1
        return envelope(f"<ListRecords><resumptionToken>{token}</resumptionToken></ListRecords>")

    source, _ = served.open(empty)
    with pytest.raises(CursorLost):
        taken(source)


@pytest.mark.parametrize("code", ["badArgument", "cannotDisseminateFormat", "noSetHierarchy"])
def test_an_error_inside_http_200_is_one_line(served: Served, code: str) -> None:
    source, _ = served.open(lambda _: error(code, "no\nsuch <b>set</b>"))
    with pytest.raises(SourceRefused) as caught:
        taken(source, "nonsense")
    assert code in caught.value.message
    assert "\n" not in caught.value.message


def test_an_error_that_comes_with_422_is_read_all_the_same(served: Served) -> None:
    def refusing(_: Request) -> Response:
        response = error("noRecordsMatch")
        response.status_code = 422
        return response

    source, _ = served.open(refusing)
    assert taken(source) == [Batch((), None)]


@pytest.mark.parametrize(
    "answer", [Response("<rss/>", content_type="text/xml"), Response("broken xml")]
)
def test_what_is_no_oai_pmh_is_refused(served: Served, answer: Response) -> None:
    source, _ = served.open(lambda _: answer)
    with pytest.raises(SourceRefused):
        taken(source)


def test_a_web_page_in_the_middle_ends_the_list_after_what_came_before(served: Served) -> None:
    source, _ = served.open(Loopback(Repository(entries(25)), {2: WEB_PAGE}))
    batches = source.records("", None, None)
    first = next(batches)
    with pytest.raises(SourceUnavailable, match="web page"):
        next(batches)
    assert dois(taken(source, cursor=first.cursor)) == [
        f"10.5555/archive.{n}" for n in range(10, 25)
    ]


def test_trouble_that_passes_costs_nothing(served: Served) -> None:
    troubles = {1: Response(status=503, headers={"Retry-After": "30"}), 3: Response(status=500)}
    source, _ = served.open(Loopback(Repository(entries(25)), troubles))
    assert len(dois(taken(source))) == 25


def test_characters_that_xml_does_not_allow_cost_no_page(served: Served) -> None:
    title = "<dc:title>Hypoxia \x0b in &#x1F; tumours &#11;</dc:title>"
    bad = Entry("bad", dublin_core("x").replace("<dc:title>x</dc:title>", title))
    source, _ = served.open(Repository([*entries(2), bad]))
    titles = [item.title for item in taken(source)[0].items if isinstance(item, Record)]
    assert titles[2] == "Hypoxia in tumours"


def test_deletions_are_told_with_their_day(served: Served) -> None:
    source, _ = served.open(Repository([Entry("7", None, "2026-01-09"), *entries(1)]))
    deleted, record = taken(source)[0].items
    name = Identifier(scheme=Scheme.OAI, value="oai:archive.example:7")
    assert deleted == Deleted(name, date(2026, 1, 9))
    assert isinstance(record, Record)


def test_a_record_that_cannot_be_read_is_refused_alone_and_named(served: Served) -> None:
    listed = [
        Entry("a", "<marc><x/></marc>"),
        Entry("b", ""),
        Entry("c", dublin_core(" ")),
        *entries(1),
    ]
    source, _ = served.open(Repository(listed))
    items = taken(source)[0].items
    assert [item.reason for item in items if isinstance(item, Refusal)] == [
        "oai:archive.example:a: metadata of a kind that is not read: marc",
        "oai:archive.example:b: no metadata",
        "oai:archive.example:c: no title",
    ]
    assert isinstance(items[3], Record)


@pytest.mark.parametrize(("policy", "silent"), [("no", True), ("persistent", False)])
def test_whether_deletions_are_announced_is_asked(
    served: Served, policy: str, silent: bool
) -> None:
    source, _ = served.open(Repository([], deletions=policy))
    assert isinstance(source, Rechecked)
    assert source.keeps_silent() is silent


def test_one_record_can_be_looked_up(served: Served) -> None:
    source, _ = served.open(Repository([Entry("gone", None), *entries(1)]))
    there, gone, never = (
        Identifier(scheme=Scheme.OAI, value=f"oai:archive.example:{name}")
        for name in ("0", "gone", "never")
    )
    assert [source.is_missing(each) for each in (there, gone, never)] == [False, True, True]
    found = source.one(there)
    assert found is not None
    assert found.doi == "10.5555/archive.0"
    assert source.one(gone) is None
    assert source.one(never) is None


def test_ora_is_asked_for_rioxx_and_a_padded_date_is_its_year(served: Served) -> None:
    source, service = served.open(Repository([Entry("1", RIOXX)]), Ora)
    [record] = taken(source, "type_of_work:journal_article")[0].items
    assert isinstance(record, Record)
    assert service.asked[0]["metadataPrefix"] == "rioxx_terms"
    assert (str(record.published), record.provenance[0].source) == ("2019", "ora")
    assert "published_day_unknown" in record.warnings


def test_another_format_can_be_asked_for(served: Served) -> None:
    source, service = served.open(Repository(entries(1)), prefix="rioxx_terms_v3")
    taken(source)
    assert service.asked[0]["metadataPrefix"] == "rioxx_terms_v3"
