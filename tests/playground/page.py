"""A tab of the page, as plain HTTP requests."""

import http.client
import json
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from bot.playground import Playground
from bot.playground.guard import TOKEN_HEADER
from tests.processes import PATIENCE_SECONDS


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        decoded: dict[str, Any] = json.loads(self.body)
        return decoded


def request(
    url: str, method: str, path: str, body: bytes | None = None, /, **headers: str
) -> Answer:
    """One HTTP request; header names are given with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.request(method, path, body, named)
        response = connection.getresponse()
        heads = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, heads, response.read())
    finally:
        connection.close()


@dataclass
class Page:
    """A tab. `act` waits until the bot has finished; events are read from where the tab began."""

    playground: Playground
    tab: str = field(default_factory=lambda: uuid.uuid4().hex)
    since: int = -1

    def __post_init__(self) -> None:
        self.since = self.state()["seq"]

    @property
    def headers(self) -> dict[str, str]:
        return {TOKEN_HEADER.replace("-", "_"): self.playground.secrets.page}

    def state(self) -> dict[str, Any]:
        answer = request(self.playground.url, "GET", "/page/state", **self.headers)
        assert answer.status == 200, answer.body
        return answer.json

    def messages(self, channel: str) -> list[dict[str, Any]]:
        return [message for message in self.state()["messages"] if message["channel"] == channel]

    def events(self, *kinds: str) -> list[dict[str, Any]]:
        """What the tab has been told; does not wait, because the bot has finished."""
        self.playground.settled(PATIENCE_SECONDS)
        kept = self.playground.workspace.feed.after(self.since)
        assert kept is not None
        return [event for event in kept if not kinds or event["type"] in kinds]

    def send(self, **act: Any) -> Answer:
        body = json.dumps({"act": uuid.uuid4().hex, "tab": self.tab, **act}).encode()
        return self.post(body)

    def post(self, body: bytes, **headers: str) -> Answer:
        origin = self.playground.url.rstrip("/")
        given = {**self.headers, "Origin": origin, "Content_Type": "application/json", **headers}
        return request(self.playground.url, "POST", "/page/act", body, **given)

    def act(self, **act: Any) -> dict[str, Any]:
        answer = self.send(**act)
        assert answer.status == 200, answer.body
        assert self.playground.settled(PATIENCE_SECONDS)
        return answer.json

    def say(self, text: str, channel: str = "C0TMELAB", **more: Any) -> dict[str, Any]:
        return self.act(kind="say", channel=channel, text=text, **more)

    def drop(self, name: str, content: bytes, **headers: str) -> Answer:
        """Drop a file on the page."""
        origin = self.playground.url.rstrip("/")
        given = {**self.headers, "Origin": origin, "Content_Type": "text/plain", **headers}
        query = urlencode({"act": uuid.uuid4().hex, "tab": self.tab, "name": name})
        answer = request(self.playground.url, "POST", f"/page/drop?{query}", content, **given)
        assert self.playground.settled(PATIENCE_SECONDS)
        return answer

    def press(self, message: dict[str, Any], action: str, **more: Any) -> dict[str, Any]:
        """Press a button of a message, found by its action id."""
        block = next(
            block["block_id"]
            for block in message["blocks"]
            for element in block.get("elements", [])
            if element.get("action_id") == action
        )
        place = {"channel": message["channel"], "ts": message["ts"]}
        return self.act(kind="press", **place, block=block, action=action, **more)

    def view(self) -> dict[str, Any]:
        """The view that was last opened or changed in this tab."""
        views = [event for event in self.events("view") if event["tab"] == self.tab]
        return views[-1]
