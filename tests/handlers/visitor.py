"""A person's hand on what is sent to the bot over HTTP."""

import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from slack_bolt import App
from slack_sdk.signature import SignatureVerifier

from bot.app.bolt import build_bolt
from bot.settings import Settings
from handlers.router import Router
from tests.handlers.bodies import slash
from tests.handlers.standin import SlackStandIn

SECRET = "a signing secret"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def waiting_app(slack: SlackStandIn, router: Router, **settings: Any) -> App:
    """The bot's Bolt app, answering before it acknowledges so that tests need not wait.

    What the Slack of another test has said of people and channels is not true of this one.
    """
    for known in (router.services.people._known, router.services.people._members):
        known._answers.clear()
    given = Settings(slack_bot_token="xoxb-test", slack_api_url=slack.url, **settings)
    app = build_bolt(given, router, process_before_response=True)
    slack.calls.clear()
    return app


class Bot:
    """The bot over HTTP on a loopback port, with a person's hand on what is sent to it."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def send(self, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, str]:
        request = urllib.request.Request(self.url + path, body, headers)  # noqa: S310 - loopback
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
                return response.status, response.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    def signed(self, body: bytes, kind: str, at: float | None = None) -> tuple[int, str]:
        return self.send("/slack/events", body, {"content-type": kind} | signature(body, at))

    def command(self, text: str, response_url: str) -> tuple[int, str]:
        return self.signed(form(slash(text, response_url)), FORM)


def signature(body: bytes, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    timestamp = str(int(time.time() if at is None else at))
    signed = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    return {"x-slack-request-timestamp": timestamp, "x-slack-signature": signed or ""}


def form(body: dict[str, Any]) -> bytes:
    return urllib.parse.urlencode(body).encode()
