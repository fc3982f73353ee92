"""What anybody may send to the doors of MCP and OAuth, over real HTTP: nothing gets through or out.

The longer run: `.venv/bin/pytest -n 0 --hypothesis-profile long tests/app/test_doors.py`.
"""

import http.client
import json
import logging
import re
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.app.logs import keep_quiet
from handlers.listeners.installing import INSTALL_PATH, REDIRECT_PATH
from handlers.router import Router
from handlers.web import LARGEST_BODY
from tests.app.test_mcp import HEADERS, OTHER, REQUEST, TOKEN, listening, own, signed
from tests.handlers.conftest import slack
from tests.handlers.standin import TEAM
from tests.handlers.test_installing import CLIENT_SECRET, Desk, desk

__all__ = ("desk", "own", "slack")

FEW = 25
TRIES = settings(
    max_examples=(
        settings.default.max_examples if settings.get_current_profile_name() == "long" else FEW
    ),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SECRETS = (TOKEN, OTHER, CLIENT_SECRET, "xoxb-secret", "xoxp-a-persons-own")
# What a header may carry at all: others no client can send.
HEADER = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=80)
WORDS = st.sampled_from(
    ["jsonrpc", "2.0", "id", "method", "params", "tools/call", "tools/list", "initialize", "name",
     "arguments", "search", "open", "lists", "_meta", "slack", "user_id", "U1", "team_id", "T1",
     "query", "record", "10.1234/own.1", "notifications/cancelled", "resources/read", "uri",
     "file:///etc/passwd", "../../x", "\x00", "𝕏", "9" * 400]
)  # fmt: skip
VALUE: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=25,
)


@pytest.fixture(scope="module")
def address(own: Router) -> Iterator[str]:
    with listening(own) as url:
        yield url


@pytest.fixture(autouse=True)
def _no_secret_in_a_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever is tried here, at the most talkative level."""
    caplog.set_level(logging.DEBUG)
    keep_quiet()
    yield
    said = "\n".join(str(each.getMessage()) + str(each.exc_text or "") for each in caplog.records)
    assert not [each for each in SECRETS if each in said]


def ask(
    url: str, body: bytes, headers: dict[str, str] | None = None, method: str = "POST"
) -> tuple[int, str]:
    place = urlsplit(url)
    with closing(http.client.HTTPConnection(place.netloc, timeout=60)) as line:
        try:
            line.request(method, place.path, body, HEADERS | (headers or {}))
            answer = line.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        except (ConnectionError, http.client.BadStatusLine):
            return 0, ""  # hung up on


def bearer(token: str = OTHER) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def still_answers(url: str) -> None:
    status, said = ask(url, REQUEST.encode(), bearer())
    assert (status, "journal club" in said) == (200, True)


def message(params: Any, method: str = "tools/call") -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()


BODIES = st.one_of(
    st.binary(max_size=300),
    VALUE.map(lambda value: json.dumps(value).encode()),
    st.builds(message, VALUE, WORDS),
    st.builds(lambda name, given: message({"name": name, "arguments": given}), WORDS, VALUE),
    st.builds(
        lambda at, put: REQUEST.encode()[:at] + put + REQUEST.encode()[at:],
        st.integers(0, len(REQUEST)), st.binary(max_size=8),
    ),
)  # fmt: skip


@TRIES
@given(body=BODIES)
def test_whatever_is_sent_as_json_rpc_is_answered_or_refused(address: str, body: bytes) -> None:
    status, said = ask(address, body, bearer())
    assert status == 0 or 200 <= status < 500, (status, said)
    assert "Traceback" not in said
    assert 'File "' not in said


@TRIES
@given(
    given_=st.one_of(
        HEADER,
        HEADER.map(lambda text: f"Bearer {text}"),
        st.sampled_from(["Bearer", "bearer", "Basic", "Token", "Bearer Bearer", ""]).map(
            lambda word: f"{word} {OTHER[:-1]}"
        ),
        st.builds(lambda at: f"Bearer {OTHER[:at]}x{OTHER[at:]}", st.integers(0, len(OTHER))),
    )
)
def test_no_forged_token_opens_the_door(address: str, given_: str) -> None:
    status, said = ask(address, REQUEST.encode(), {"authorization": given_})
    assert status in {400, 401}
    assert "journal" not in said


@TRIES
@given(
    seconds=st.integers(-(10**6), -301) | st.integers(301, 10**6),
    changed=st.sampled_from(["time", "body", "secret", "nothing"]),
    tail=st.text(max_size=5),
)
def test_no_expired_or_changed_signature_opens_the_door(
    address: str, seconds: int, changed: str, tail: str
) -> None:
    at = time.time() + (seconds if changed in {"time", "nothing"} else 0)
    secret = {"secret": "another"} if changed == "secret" else {}
    body = REQUEST + (" " + tail if changed == "body" else "")
    headers = signed(REQUEST, at, **secret)
    if changed == "time":
        headers["x-slack-request-timestamp"] = str(int(time.time()))
    status, said = ask(address, body.encode(), headers)
    assert (status, "journal" in said) == (401, False)


@pytest.mark.parametrize("headers", [{}, bearer()], ids=["a stranger", "a caller"])
@pytest.mark.parametrize(
    "body", [b"[" * 500_000, b'{"a":' * 200_000, b"9" * 900_000, b" " * (LARGEST_BODY + 1)]
)
def test_a_huge_body_is_refused_and_the_next_is_answered(
    address: str, body: bytes, headers: dict[str, str]
) -> None:
    assert ask(address, body, headers)[0] in {0, 400, 401, 413}
    still_answers(address)


def test_other_ways_to_the_door_are_as_closed(address: str) -> None:
    """Other methods, an upgrade to a WebSocket, another host's name, and a path beside it."""
    upgrade = {"upgrade": "websocket", "connection": "Upgrade", "sec-websocket-version": "13",
               "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip
    assert ask(address, b"", upgrade, "GET")[0] == 401
    for method in ("GET", "PUT", "DELETE", "OPTIONS", "HEAD"):
        assert ask(address, b"", {}, method)[0] == 401
    assert ask(address + "/../metrics", b"", {}, "GET")[0] == 401
    assert ask(address, REQUEST.encode(), bearer() | {"host": "rebound.example"})[0] in {403, 421}


@pytest.mark.parametrize(
    "drip", [b"POST /mcp HTTP/1.1\r\nx: y\r\n", b"POST /mcp HTTP/1.1\r\ncontent-length: 9\r\n\r\n{"]
)  # fmt: skip
def test_a_request_that_drips_is_hung_up_on(own: Router, drip: bytes) -> None:
    with (
        listening(own, patience=0.3) as url,
        socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=30) as line,
    ):
        line.sendall(drip)
        while chunk := line.recv(4096):
            assert b" 200 " not in chunk
        still_answers(url)


# -- installing over OAuth -----------------------------------------------------------------

QUERY = st.text(max_size=60) | WORDS | st.sampled_from(
    ["T1&scope=admin", "T1&redirect_uri=https://evil.example", "//evil.example", "T01TEST\r\nx: y",
     "<script>alert(1)</script>", '"><img src=x>', "https://evil.example/?a", "T0" + "A" * 400]
)  # fmt: skip
OURS = ("https://slack.com/", "slack://", "data:,", "text/html", INSTALL_PATH)
NAMES = st.sampled_from(
    ["team", "state", "code", "error", "redirect_uri", "scope", "client_id", "next", "url"]
)


def leads_only_to_slack(headers: http.client.HTTPMessage, page: str) -> None:
    assert headers.get("location") is None
    for address in re.findall(r'(?:href|content)="?(?:0;URL=)?([^" >]+)', page):
        assert address.startswith(OURS), page
    assert "<script>alert" not in page
    assert "<img src=x>" not in page


@TRIES
@example(query=[("team", "T1&user_scope=admin")])
@example(query=[("team", "T1&redirect_uri=https://evil.example"), ("team", "T1")])
@given(query=st.lists(st.tuples(NAMES, QUERY), max_size=4))
def test_no_query_changes_what_is_asked_of_slack(desk: Desk, query: list[tuple[str, str]]) -> None:
    """No further scope, no other way back, no other place: parameters are not carried along."""
    status, page, headers = desk.get(f"{INSTALL_PATH}?{urlencode(query)}")
    leads_only_to_slack(headers, page)
    assert status in {200, 400}
    if found := re.search(r'href="(https://slack.com/oauth/v2/authorize[^"]+)"', page):
        asked = parse_qsl(urlsplit(found[1].replace("&amp;", "&")).query, keep_blank_values=True)
        names = [name for name, _ in asked]
        assert sorted({*names} - {"team"}) == ["client_id", "scope", "state", "user_scope"]
        assert len(names) == len({*names})
        assert dict(asked)["user_scope"] == ""
        assert "admin" not in dict(asked)["scope"]


@TRIES
@given(query=st.lists(st.tuples(NAMES, QUERY), max_size=5), cookie=HEADER)
def test_no_way_back_that_was_not_begun_here_installs_anything(
    desk: Desk, query: list[tuple[str, str]], cookie: str
) -> None:  # fmt: skip
    code = desk.authority.code(TEAM)
    mine = [("code", code), *((n, v) for n, v in query if n != "code")]
    status, page, headers = desk.get(f"{REDIRECT_PATH}?{urlencode(mine)}", cookie)
    leads_only_to_slack(headers, page)
    assert status in {200, 400, 401}
    assert desk.services.store.installations.all() == []
    assert code in desk.authority.codes, "Slack was asked"


@TRIES
@given(how=st.sampled_from(["again", "another browser", "swapped", "cut", "of another"]))
def test_a_state_is_good_for_one_way_back_alone(desk: Desk, how: str) -> None:
    """Replayed, in another browser, with the cookie of another install, or changed."""
    state, cookie = desk.begin()
    other, others = desk.begin()
    if how == "again":
        assert desk.finish(state, cookie, desk.authority.code(TEAM)) == 200
    before = desk.authority.made
    tried = {
        "again": (state, cookie),
        "another browser": (state, ""),
        "swapped": (state, others),
        "cut": (state[:-1], cookie.replace(state, state[:-1])),
        "of another": (quote(other + "\n"), cookie),
    }[how]
    assert desk.finish(*tried, desk.authority.code(TEAM)) in {400, 401}
    assert desk.authority.made == before
