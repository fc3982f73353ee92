"""Nobody but the playground's own page and its own bot may do anything here."""

import http.client
import json
import socket
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest

from bot.playground import Playground, create
from bot.playground.guard import BODY_LIMIT, TOKEN_HEADER

from .conftest import Seen, build
from .page import Page, request

LAB = "C0TMELAB"
SAY = {"act": "a1", "tab": "t1", "kind": "say", "channel": LAB, "text": "hello"}
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@pytest.fixture(scope="module")
def playground() -> Iterator[Playground]:
    """One for all of these tests: none of them leaves anything behind that matters to another."""
    with create(lambda client: build(client, Seen()), port=0) as running:
        yield running


def said(page: Page) -> bool:
    return any(event["message"]["text"] == "hello" for event in page.events("message"))


def test_the_page_carries_the_secret_and_the_safety_headers(playground: Playground) -> None:
    answer = request(playground.url, "GET", "/")
    assert playground.secrets.page in answer.body.decode()
    assert playground.secrets.bot not in answer.body.decode()
    assert answer.headers["content-security-policy"] == CSP
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    ["/", "/static/app.js", "/static/none.js", "/nothing", "/page/state", "/api/auth.test"],
)
def test_every_answer_has_the_safety_headers_and_none_allows_other_origins(
    playground: Playground, path: str
) -> None:
    answer = request(playground.url, "GET", path, Origin="http://evil.test")
    assert answer.headers["content-security-policy"] == CSP
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("host", ["evil.test", "evil.test:80", "127.0.0.1", "127.0.0.1:1", ""])
@pytest.mark.parametrize("path", ["/", "/page/state", "/api/auth.test", "/static/app.js"])
def test_a_foreign_host_is_refused(playground: Playground, host: str, path: str) -> None:
    """A name that was made to point at 127.0.0.1 (DNS rebinding) gets nothing."""
    answer = request(playground.url, "GET", path, Host=host)
    assert answer.status == 421
    assert playground.secrets.page not in answer.body.decode()


def test_localhost_is_a_name_of_ours(playground: Playground) -> None:
    port = urlsplit(playground.url).port
    assert request(playground.url, "GET", "/", Host=f"localhost:{port}").status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {TOKEN_HEADER.replace("-", "_"): "guess"},
        {TOKEN_HEADER.replace("-", "_"): ""},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
    ],
)
def test_an_act_needs_our_origin_our_secret_and_json(page: Page, headers: dict[str, str]) -> None:
    answer = page.post(json.dumps(SAY).encode(), **headers)
    assert answer.status in (403, 415)
    assert answer.json["ok"] is False
    assert not said(page)


def test_an_act_without_an_origin_is_refused(page: Page) -> None:
    headers = {**page.headers, "Content_Type": "application/json"}
    body = json.dumps(SAY).encode()
    assert request(page.playground.url, "POST", "/page/act", body, **headers).status == 403
    assert not said(page)


def test_the_same_act_from_our_page_is_done(page: Page) -> None:
    assert page.post(json.dumps(SAY).encode()).status == 200
    assert said(page)


@pytest.mark.parametrize("path", ["/page/state", "/page/events?after=0"])
def test_reading_needs_the_secret_too(playground: Playground, page: Page, path: str) -> None:
    assert request(playground.url, "GET", path).status == 403
    foreign = request(playground.url, "GET", path, Sec_Fetch_Site="cross-site", **page.headers)
    assert foreign.status == 403
    assert request(playground.url, "GET", path, **page.headers).status == 200


def test_a_browser_cannot_call_the_api_even_with_the_token(playground: Playground) -> None:
    token = {"Authorization": f"Bearer {playground.secrets.bot}"}
    assert request(playground.url, "POST", "/api/auth.test", b"", **token).json["ok"] is True
    foreign = request(
        playground.url, "POST", "/api/auth.test", b"", Origin="http://evil.test", **token
    )
    assert foreign.json == {"ok": False, "error": "invalid_auth"}


def test_a_body_over_the_limit_is_refused(playground: Playground, page: Page) -> None:
    large = b'"' + b"x" * BODY_LIMIT + b'"'
    assert page.post(large).status == 413
    token = {"Authorization": f"Bearer {playground.secrets.bot}"}
    assert request(playground.url, "POST", "/api/api.test", large, **token).status == 413


def test_a_body_that_hides_its_length_is_cut_off_at_the_limit(page: Page) -> None:
    parts = urlsplit(page.playground.url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    headers = {
        TOKEN_HEADER: page.playground.secrets.page,
        "Origin": page.playground.url.rstrip("/"),
        "Content-Type": "application/json",
    }
    chunks = (b"x" * 1024 for _ in range(BODY_LIMIT // 1024 + 1))
    connection.request("POST", "/page/act", chunks, headers, encode_chunked=True)
    response = connection.getresponse()
    assert response.status == 413
    response.read()
    connection.close()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"act": NaN}',
        json.dumps({**SAY, "kind": "other"}).encode(),
        json.dumps({**SAY, "extra": 1}).encode(),
        json.dumps({**SAY, "text": 5}).encode(),
        json.dumps({**SAY, "text": "x" * 12_001}).encode(),
        json.dumps({**SAY, "text": "\ud800 half a character"}).encode(),
        json.dumps({**SAY, "act": "../../x"}).encode(),
        json.dumps({**SAY, "channel": ""}).encode(),
    ],
)
def test_a_hostile_act_is_refused_in_one_line(page: Page, body: bytes) -> None:
    answer = page.post(body)
    assert answer.status == 400
    assert set(answer.json) == {"ok", "error", "message"}
    assert "Traceback" not in answer.body.decode()
    assert not page.events()


@pytest.mark.parametrize("channel", ["C1", "U0YOU", "__proto__"])
def test_a_channel_that_is_not_here_is_gone(page: Page, channel: str) -> None:
    assert page.send(kind="say", channel=channel, text="x").status == 410


@pytest.mark.parametrize(
    "path",
    [
        "/static/../guard.py",
        "/static/..%2fguard.py",
        "/static/%2e%2e/guard.py",
        "/static/index.html",
    ],
)
def test_only_static_files_are_served(playground: Playground, path: str) -> None:
    assert request(playground.url, "GET", path).status == 404


@pytest.mark.parametrize("after", ["", "x", "-1", "1.5", "9" * 30, "٣"])
def test_a_poll_needs_a_number(page: Page, after: str) -> None:
    path = f"/page/events?after={quote(after)}"
    assert request(page.playground.url, "GET", path, **page.headers).status == 400


def test_only_loopback_is_listened_on(playground: Playground) -> None:
    port = urlsplit(playground.url).port
    assert playground._socket.getsockname() == ("127.0.0.1", port)
    with socket.socket() as other:
        other.settimeout(2)
        assert other.connect_ex(("127.0.0.2", port)) != 0
