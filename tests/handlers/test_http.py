"""Slack's requests over HTTP: signed ones are answered, all others are not."""

import http.client
import json
import socket
import threading
import time

import pytest

from bot.errors import SettingsError
from handlers.router import Reply, Request, Router
from handlers.transports import HttpTransport
from handlers.web import LARGEST_BODY
from tests.handlers.bodies import mention, press, slash
from tests.handlers.standin import SlackStandIn
from tests.handlers.visitor import FORM, JSON, SECRET, Bot, form, signature, waiting_app


def test_a_signed_command_is_answered(web: Bot, slack: SlackStandIn) -> None:
    assert web.command("glioma vaccine", slack.response_url) == (200, "")
    assert slack.only("response_url")["response_type"] == "ephemeral"


def test_a_signed_event_is_answered(web: Bot, slack: SlackStandIn) -> None:
    body = json.dumps(mention("glioma", event_id="Ev-http")).encode()
    assert web.signed(body, JSON)[0] == 200
    assert slack.only("chat.postMessage")


def test_a_signed_press_is_answered(web: Bot, slack: SlackStandIn) -> None:
    payload = json.dumps(press("ask:0", {"q": "glioma"}, slack.response_url))
    assert web.signed(form({"payload": payload}), FORM)[0] == 200
    assert slack.only("response_url")


def test_the_address_is_verified_as_slack_asks(web: Bot) -> None:
    body = json.dumps({"type": "url_verification", "token": "t", "challenge": "abc"}).encode()
    status, said = web.signed(body, JSON)
    assert (status, json.loads(said)) == (200, {"challenge": "abc"})


COMMAND = form(slash("glioma", "http://127.0.0.1:9/never"))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signature(COMMAND, secret="another secret"),
        signature(COMMAND + b"&more=1"),
        signature(COMMAND, at=time.time() - 400),
        signature(COMMAND, at=time.time() + 4000),
        {"x-slack-signature": signature(COMMAND)["x-slack-signature"]},
        {"x-slack-request-timestamp": signature(COMMAND)["x-slack-request-timestamp"]},
        signature(COMMAND) | {"x-slack-request-timestamp": "soon"},
        signature(COMMAND) | {"x-slack-request-timestamp": "9" * 400},
        signature(COMMAND) | {"x-slack-signature": "v0="},
        signature(COMMAND) | {"x-slack-signature": "v0=" + "é" * 64},
    ],
    ids=[
        "no headers", "another secret", "another body", "stale", "from the future",
        "no timestamp", "no signature", "timestamp of words", "timestamp too long",
        "empty signature", "signature of other letters",
    ],
)  # fmt: skip
def test_what_slack_did_not_sign_is_refused_and_not_answered(
    web: Bot, slack: SlackStandIn, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    status, _ = web.send("/slack/events", COMMAND, {"content-type": FORM} | headers)
    assert status == 401
    assert slack.calls == []
    assert "glioma" not in caplog.text


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"\xff\xfe", JSON), (b"{", JSON), (b"[1]", JSON), (b"7", JSON), (b"payload=%7B", FORM)],
)
def test_a_signed_body_that_is_no_payload_is_refused(
    web: Bot, slack: SlackStandIn, body: bytes, kind: str
) -> None:
    headers = {"content-type": kind} | signature(b"")
    assert web.send("/slack/events", body, headers)[0] in {400, 401}
    assert web.command("glioma", slack.response_url)[0] == 200, "and the bot lives on"


def test_a_body_larger_than_slack_sends_is_not_read(web: Bot, slack: SlackStandIn) -> None:
    assert web.signed(b"x" * (LARGEST_BODY + 1), JSON)[0] == 413
    assert slack.calls == []


def test_only_slacks_address_is_answered(web: Bot) -> None:
    assert web.send("/slack/events", None, {})[0] == 405
    assert web.send("/", None, {})[0] == 404


class SlowRouter(Router):
    """A router that answers one question only after another one was answered."""

    def __init__(self, router: Router) -> None:
        super().__init__(router.services, router.commands)
        self.entered, self.released = threading.Event(), threading.Event()

    def answer(self, request: Request) -> Reply:
        if request.text == "slow":
            self.entered.set()
            self.released.wait()
        return super().answer(request)


def test_one_slow_answer_does_not_hold_up_another(slack: SlackStandIn, router: Router) -> None:
    slow = SlowRouter(router)
    app = waiting_app(slack, slow, slack_signing_secret=SECRET)
    transport = HttpTransport(app, "127.0.0.1", 0)
    transport.start()
    bot = Bot(transport.port)
    first = threading.Thread(target=bot.command, args=("slow", slack.response_url))
    first.start()
    slow.entered.wait()
    assert bot.command("glioma", slack.response_url)[0] == 200
    assert len(slack.said()) == 1
    slow.released.set()
    first.join()
    transport.close()
    assert len(slack.said()) == 2


def test_an_address_in_use_is_said_to_be_in_use(slack: SlackStandIn, router: Router) -> None:
    app = waiting_app(slack, router)
    taken = HttpTransport(app, "127.0.0.1", 0)
    taken.start()
    second = HttpTransport(app, "127.0.0.1", taken.port)
    with pytest.raises(SettingsError, match="in use"):
        second.start()
    second.close()
    taken.close()


HEAD = b"POST /slack/events HTTP/1.1\r\nHost: tme\r\n"


@pytest.mark.parametrize(
    "sent",
    [b"", HEAD, HEAD + b"content-length: 100\r\n\r\nhalf a bo"],
    ids=["nothing", "half the headers", "half the body"],
)
def test_a_request_that_does_not_end_is_hung_up_on(
    slack: SlackStandIn, router: Router, sent: bytes
) -> None:
    """By its total time: it may go on sending, a byte at a time."""
    app = waiting_app(slack, router)
    transport = HttpTransport(app, "127.0.0.1", 0, patience=0.3)
    transport.start()
    try:
        with socket.create_connection(("127.0.0.1", transport.port), timeout=30) as peer:
            peer.sendall(sent)
            peer.settimeout(0.05)
            while True:
                # A drip between two looks; the hang-up ends it.
                try:
                    if not sent or peer.sendall(b"x") is None:
                        said = peer.recv(4096)
                        break
                except TimeoutError:
                    continue
                except OSError:
                    said = b""
                    break
        assert b"200" not in said
        assert Bot(transport.port).send("/slack/events", None, {})[0] == 405, "others are answered"
    finally:
        transport.close()


def test_a_connection_that_is_kept_open_is_used_again(slack: SlackStandIn, router: Router) -> None:
    """The time begins anew with each request."""
    transport = HttpTransport(waiting_app(slack, router), "127.0.0.1", 0)
    transport.start()
    try:
        line = http.client.HTTPConnection("127.0.0.1", transport.port, timeout=30)
        for _ in range(2):
            line.request("GET", "/slack/events")
            answer = line.getresponse()
            assert (answer.status, answer.read()) == (405, b"Method Not Allowed")
        line.close()
    finally:
        transport.close()
