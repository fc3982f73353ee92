"""The polite client keeps its manners, and takes nothing that it should not."""

import contextlib
import gzip
import socket
import threading
import zlib
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from bot.errors import SourceError, SourceRefused, SourceUnavailable
from bot.sources.http.client import Limits, Page, PoliteClient
from bot.sources.http.reading import retry_after

from .clock import START, FakeClock
from .loopback import PATIENCE_SECONDS, Loopback

MIB = 1024 * 1024


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def client(httpserver: HTTPServer, clock: FakeClock) -> Iterator[PoliteClient]:
    host = f"{httpserver.host}:{httpserver.port}"
    opened = PoliteClient(
        {host: 2.0}, "team@example.org", limits=Limits(largest_bytes=MIB), timing=clock.timing()
    )
    yield opened
    opened.close()


def page(content: bytes, content_type: str = "text/xml") -> Page:
    return Page(200, "http://source.example/x", content, content_type)


def serve(httpserver: HTTPServer, *answers: Response) -> list[Request]:
    """Give these answers in turn, the last one for ever; the requests that came."""
    asked: list[Request] = []

    def handler(request: Request) -> Response:
        asked.append(request)
        return answers[min(len(asked), len(answers)) - 1]

    httpserver.expect_request("/x").respond_with_handler(handler)
    return asked


def test_it_says_who_asks(client: PoliteClient, httpserver: HTTPServer) -> None:
    asked = serve(httpserver, Response(b"{}", content_type="application/json"))
    page = client.get(httpserver.url_for("/x?a=1"), {"b": "ü&"}, accept="application/json")
    assert (page.status, page.json()) == (200, {})
    assert asked[0].headers["User-Agent"].endswith("(mailto:team@example.org)")
    assert asked[0].headers["Accept"] == "application/json"
    assert asked[0].args.to_dict() == {"a": "1", "b": "ü&"}


def test_a_question_can_be_posted(client: PoliteClient, httpserver: HTTPServer) -> None:
    asked = serve(httpserver, Response(b"[1]", content_type="application/json"))
    assert client.post(httpserver.url_for("/x"), {"id": "1,2"}).json() == [1]
    assert asked[0].form.to_dict() == {"id": "1,2"}


def test_it_keeps_to_the_pace_of_a_host(
    client: PoliteClient, httpserver: HTTPServer, clock: FakeClock
) -> None:
    serve(httpserver, Response(b"{}"))
    for _ in range(3):
        client.get(httpserver.url_for("/x"))
    assert clock.slept == [2.0, 2.0]
    clock.seconds += 60
    client.get(httpserver.url_for("/x"))
    assert len(clock.slept) == 2


def test_it_waits_as_long_as_it_is_told_to(
    client: PoliteClient, httpserver: HTTPServer, clock: FakeClock
) -> None:
    asked = serve(httpserver, Response(status=429, headers={"Retry-After": "120"}), Response(b"{}"))
    client.get(httpserver.url_for("/x"))
    assert len(asked) == 2
    assert 120 <= clock.seconds <= 130


def test_a_date_to_wait_for_is_understood(
    client: PoliteClient, httpserver: HTTPServer, clock: FakeClock
) -> None:
    until = format_datetime(clock.now() + timedelta(seconds=90), usegmt=True)
    serve(httpserver, Response(status=503, headers={"Retry-After": until}), Response(b"{}"))
    client.get(httpserver.url_for("/x"))
    assert 90 <= clock.seconds <= 100


def test_a_wait_too_long_to_sit_out_is_handed_on_and_kept_to(
    client: PoliteClient, httpserver: HTTPServer, clock: FakeClock
) -> None:
    asked = serve(httpserver, Response(status=503, headers={"Retry-After": "7200"}))
    for _ in range(2):
        with pytest.raises(SourceUnavailable) as caught:
            client.get(httpserver.url_for("/x"))
        assert caught.value.retry_after == 7200
        assert "to be left alone for 2 h" in caught.value.message
    assert len(asked) == 1
    assert clock.slept == []


@pytest.mark.parametrize("header", ["", "soon", "-5", "1e9", "\u0663", "Thu, 99 Jan 2026"])
def test_a_senseless_wait_is_none(
    client: PoliteClient, httpserver: HTTPServer, clock: FakeClock, header: str
) -> None:
    headers = {"Retry-After": header.encode("latin-1", "replace").decode("latin-1")}
    serve(httpserver, Response(status=503, headers=headers), Response(b"{}"))
    client.get(httpserver.url_for("/x"))
    assert clock.seconds <= 2.0


def test_trouble_is_met_with_growing_pauses_and_then_given_up(
    client: PoliteClient, httpserver: HTTPServer, clock: FakeClock
) -> None:
    asked = serve(httpserver, Response(status=500))
    with pytest.raises(SourceUnavailable, match=r"has trouble of its own \(HTTP 500\)"):
        client.get(httpserver.url_for("/x"))
    assert len(asked) == 5
    # Pauses of up to 1, 2, 4 and 8 seconds, at least half of that, and the host's pace of 2.
    assert 10.0 <= clock.seconds <= 16.0


def test_a_refusal_is_not_asked_again_and_carries_what_was_said(
    client: PoliteClient, httpserver: HTTPServer
) -> None:
    asked = serve(httpserver, Response(b"<why/>", status=422, content_type="text/xml"))
    with pytest.raises(SourceRefused) as caught:
        client.get(httpserver.url_for("/x"))
    assert (caught.value.status, caught.value.content) == (422, b"<why/>")
    assert len(asked) == 1


def test_what_did_not_change_is_not_sent_again(
    client: PoliteClient, httpserver: HTTPServer
) -> None:
    asked = serve(httpserver, Response(b"[1]", headers={"ETag": '"v1"'}), Response(status=304))
    first = client.get(httpserver.url_for("/x"))
    assert client.get(httpserver.url_for("/x")) == first
    assert asked[1].headers["If-None-Match"] == '"v1"'
    assert "If-None-Match" not in asked[0].headers


def test_pages_kept_for_asking_again_take_limited_room(
    httpserver: HTTPServer, clock: FakeClock
) -> None:
    asked = serve(httpserver, Response(b"x" * 60, headers={"Last-Modified": "yesterday"}))
    host = f"{httpserver.host}:{httpserver.port}"
    client = PoliteClient({host: 0}, limits=Limits(kept_bytes=100), timing=clock.timing())
    for query in ("?a", "?b", "?a", "?a"):
        client.get(httpserver.url_for("/x") + query)
    client.close()
    assert ["If-Modified-Since" in each.headers for each in asked] == [False, False, False, True]


@pytest.mark.parametrize(
    "url",
    ["http://elsewhere.example/x", "file:///etc/passwd", "ftp://127.0.0.1/", "http://", "nothing",
     "http://127.0.0.1@elsewhere.example/", "http://[::1", "http://127.0.0.1:1/x"],
)  # fmt: skip
def test_only_the_hosts_given_are_asked(client: PoliteClient, url: str) -> None:
    with pytest.raises(SourceRefused):
        client.get(url)


def test_a_redirect_on_the_same_host_is_followed(
    client: PoliteClient, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/old").respond_with_data(status=301, headers={"Location": "/x"})
    serve(httpserver, Response(b"[]"))
    assert client.get(httpserver.url_for("/old")).url == httpserver.url_for("/x")


@pytest.mark.parametrize(
    "where",
    ["http://169.254.169.254/latest", "//elsewhere.example/", "file:///x", "/x"],
)
def test_a_redirect_elsewhere_or_without_end_is_refused(
    client: PoliteClient, httpserver: HTTPServer, where: str
) -> None:
    serve(httpserver, Response(status=302, headers={"Location": where}))
    with pytest.raises(SourceRefused):
        client.get(httpserver.url_for("/x"))


def test_a_redirect_to_no_address_is_refused(clock: FakeClock) -> None:
    broken = httpx2.Response(302, headers={"Location": "http://x:port/"})
    transport = httpx2.MockTransport(lambda _: broken)
    client = PoliteClient({"a.example": 0}, timing=clock.timing(), transport=transport)
    with pytest.raises(SourceRefused, match="no address"):
        client.get("https://a.example/")


def test_a_redirect_away_from_encryption_is_refused(clock: FakeClock) -> None:
    bare = httpx2.Response(301, headers={"Location": "http://a.example/"})
    transport = httpx2.MockTransport(lambda _: bare)
    client = PoliteClient({"a.example": 0}, timing=clock.timing(), transport=transport)
    with pytest.raises(SourceRefused, match="anybody could listen"):
        client.get("https://a.example/")


def test_a_posted_question_is_not_redirected(client: PoliteClient, httpserver: HTTPServer) -> None:
    serve(httpserver, Response(status=302, headers={"Location": "/x"}))
    with pytest.raises(SourceRefused, match="redirects a question"):
        client.post(httpserver.url_for("/x"), {})


@pytest.mark.parametrize("status", [200, 403])
@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><p>Just a moment...",
        b"\n <html>",
        b"Hi",
        b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x">',
    ],
)
def test_a_web_page_instead_of_data_is_told_apart(
    client: PoliteClient, httpserver: HTTPServer, body: bytes, status: int
) -> None:
    kind = "text/html; charset=utf-8" if body == b"Hi" else "application/xml"
    serve(httpserver, Response(body, status=status, content_type=kind))
    with pytest.raises(SourceUnavailable, match="a web page instead of data"):
        client.get(httpserver.url_for("/x"))


@pytest.mark.parametrize("body", [b'{"a": 1}', b"[]", b'\xef\xbb\xbf<?xml version="1.0"?><x/>'])
def test_data_that_calls_itself_a_web_page_is_taken(
    client: PoliteClient, httpserver: HTTPServer, body: bytes
) -> None:
    serve(httpserver, Response(body, content_type="text/html"))
    assert client.get(httpserver.url_for("/x")).content == body


def test_a_web_page_that_was_asked_for_is_taken(
    client: PoliteClient, httpserver: HTTPServer
) -> None:
    serve(httpserver, Response(b"<html>", content_type="text/html"))
    assert client.get(httpserver.url_for("/x"), accept="text/html").content == b"<html>"


def test_nothing_there_is_a_plain_no(client: PoliteClient, httpserver: HTTPServer) -> None:
    serve(httpserver, Response(b"<html>", status=404, content_type="text/html"))
    with pytest.raises(SourceRefused) as caught:
        client.get(httpserver.url_for("/x"))
    assert caught.value.status == 404


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_packed_answers_are_unpacked(
    client: PoliteClient, httpserver: HTTPServer, coding: str
) -> None:
    said = b'{"n": [' + b"1," * 100_000 + b"1]}"
    packed = gzip.compress(said) if coding == "gzip" else zlib.compress(said)
    serve(httpserver, Response(packed, headers={"Content-Encoding": coding}))
    assert len(client.get(httpserver.url_for("/x")).json()["n"]) == 100_001


def test_gzip_in_several_parts_is_one_body(client: PoliteClient, httpserver: HTTPServer) -> None:
    packed = gzip.compress(b"[1,") + gzip.compress(b"2]") + b"\0" * 10
    serve(httpserver, Response(packed, headers={"Content-Encoding": "gzip"}))
    assert client.get(httpserver.url_for("/x")).json() == [1, 2]


def test_a_gzip_bomb_is_refused_before_it_unpacks(
    client: PoliteClient, httpserver: HTTPServer
) -> None:
    bomb = gzip.compress(b"\0" * (200 * MIB))
    serve(httpserver, Response(bomb, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(SourceRefused, match="more than the 1 MiB"):
        client.get(httpserver.url_for("/x"))


@pytest.mark.parametrize(
    ("coding", "body"),
    [("br", b"x"), ("gzip, gzip", b"x"), ("gzip", b"not packed"), ("gzip", b"\x1f\x8bxx")],
)
def test_a_packing_not_asked_for_or_damaged_is_refused(
    client: PoliteClient, httpserver: HTTPServer, coding: str, body: bytes
) -> None:
    serve(httpserver, Response(body, headers={"Content-Encoding": coding}))
    with pytest.raises(SourceRefused):
        client.get(httpserver.url_for("/x"))


def test_an_answer_too_large_is_refused(client: PoliteClient, httpserver: HTTPServer) -> None:
    serve(httpserver, Response(b"x" * (MIB + 1)))
    with pytest.raises(SourceRefused, match="more than the 1 MiB"):
        client.get(httpserver.url_for("/x"))


def test_an_answer_that_never_ends_meets_the_deadline(
    httpserver: HTTPServer, clock: FakeClock
) -> None:
    """Each piece comes in time, the whole never does."""

    def drip() -> Iterator[bytes]:
        while True:
            clock.seconds += 20
            yield b"."

    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, content=drip()))
    client = PoliteClient({"slow.example": 0}, timing=clock.timing(), transport=transport)
    with pytest.raises(SourceUnavailable, match="still sending after 180 s"):
        client.get("https://slow.example/")
    assert clock.seconds == 200


class Dripping:
    """A peer that sends its headers a byte at a time, each in time, until one hangs up."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._listener.close()
        self._thread.join(PATIENCE_SECONDS)

    def _serve(self) -> None:
        peer, _ = self._listener.accept()
        with peer, contextlib.suppress(OSError):
            peer.settimeout(0.02)
            peer.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while True:
                with contextlib.suppress(TimeoutError):
                    while peer.recv(4096):
                        pass
                    return
                peer.sendall(b"x")


@pytest.mark.parametrize("read_seconds", [0.2, 60.0], ids=["each in time", "no pause too long"])
def test_headers_that_drip_meet_the_deadline(read_seconds: float) -> None:
    dripping = Dripping()
    limits = Limits(read_seconds=read_seconds, total_seconds=0.4)
    client = PoliteClient({f"127.0.0.1:{dripping.port}": 0}, limits=limits)
    with pytest.raises(SourceUnavailable, match="still sending after 0 s"):
        client.get(f"http://127.0.0.1:{dripping.port}/")
    client.close()
    dripping.close()


def test_a_source_that_never_answers_is_given_up(httpserver: HTTPServer, clock: FakeClock) -> None:
    silent = Loopback(lambda _: Response(b"{}"), hold_at=1)
    httpserver.expect_request("/x").respond_with_handler(silent)
    client = PoliteClient(
        {f"{httpserver.host}:{httpserver.port}": 0},
        limits=Limits(read_seconds=0.1, tries=1),
        timing=clock.timing(),
    )
    with pytest.raises(SourceUnavailable, match="did not answer within"):
        client.get(httpserver.url_for("/x"))
    silent.go.set()
    client.close()


@given(
    st.text(max_size=40) | st.from_regex(r"[A-Z][a-z]{2}, \d{1,9} [A-Z][a-z]{2} \d{1,9} .{0,12}")
)
def test_no_header_makes_a_wait_that_is_none(header: str) -> None:
    wait = retry_after(header, START)
    assert wait is None or 0 <= wait <= 7 * 86_400


def test_a_body_that_breaks_off_is_asked_for_again(clock: FakeClock) -> None:
    def breaking() -> Iterator[bytes]:
        yield b'{"half'
        raise httpx2.RemoteProtocolError("peer closed connection")

    answers = iter([httpx2.Response(200, content=breaking()), httpx2.Response(200, content=b"{}")])
    transport = httpx2.MockTransport(lambda _: next(answers))
    client = PoliteClient({"a.example": 0}, timing=clock.timing(), transport=transport)
    assert client.get("https://a.example/").json() == {}


def test_a_question_too_long_for_an_address_is_refused(client: PoliteClient) -> None:
    with pytest.raises(SourceRefused):
        client.get("http://127.0.0.1/", {"token": "x" * 70_000})


@pytest.mark.parametrize(
    "error", [httpx2.ReadTimeout("x"), httpx2.ConnectError("x"), httpx2.RemoteProtocolError("x")]
)
def test_a_source_that_is_down_is_said_to_be(clock: FakeClock, error: Exception) -> None:
    def fail(_: httpx2.Request) -> httpx2.Response:
        raise error

    client = PoliteClient(
        {"down.example": 0}, timing=clock.timing(), transport=httpx2.MockTransport(fail)
    )
    with pytest.raises(SourceUnavailable, match=r"^down\.example (did not|could not|broke off)"):
        client.get("https://down.example/")
    assert len(clock.slept) == 4


BILLION_LAUGHS = b"""<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>"""
EXTERNAL = b"""<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>"""


@pytest.mark.parametrize("body", [BILLION_LAUGHS, EXTERNAL, b"<x>&nbsp;</x>", b"<x>", b"", b"\xff"])
def test_xml_with_entities_or_malformed_is_refused(body: bytes) -> None:
    with pytest.raises(SourceRefused, match=r"^source\.example answered with"):
        page(body).xml()


def test_a_doctype_that_names_its_dtd_is_passed_over() -> None:
    body = b'<!DOCTYPE x PUBLIC "-//NLM//DTD" "https://dtd.example/x.dtd"><x>1</x>'
    assert page(body).xml().text == "1"


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe\xff", b"[" * 100_000, b"<x/>"])
def test_json_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(SourceRefused, match="not JSON"):
        page(body).json()


@pytest.mark.shared_data
def test_every_recorded_xml_answer_is_read_or_refused_in_one_line(shared: Path) -> None:
    read, refused = 0, []
    for path in sorted((shared / "data" / "payloads").rglob("*.xml")):
        try:
            page(path.read_bytes()).xml()
            read += 1
        except SourceError as error:
            refused.append(error.message)
    assert read > 100
    assert all(len(message.splitlines()) == 1 for message in refused)
