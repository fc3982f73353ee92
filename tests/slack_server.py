"""Slack's side of the wire on a loopback port; what it answers, a stand-in says."""

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

BOT_USER = "U0BOT"
BOT_ID = "B0BOT"
# A status, a body and its headers; the status 0 closes the connection without an answer.
Sent = tuple[int, bytes, dict[str, str]]


def answered(answer: Mapping[str, Any], status: int = 200, **headers: str) -> Sent:
    """An answer of Slack's Web API."""
    return status, json.dumps(answer).encode(), {"content-type": "application/json", **headers}


@dataclass(slots=True)
class SlackServer(ABC):
    """Answers on a port of its own for as long as its block lasts; `url` is its Web API."""

    _server: ThreadingHTTPServer = field(init=False, repr=False, compare=False)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        return f"{self.root}/api/"

    @abstractmethod
    def got(self, path: str, headers: Mapping[str, str], /) -> Sent:
        """The answer to a GET."""

    @abstractmethod
    def posted(self, path: str, sent: bytes, headers: Mapping[str, str]) -> Sent:
        """The answer to a POST."""


def body_of(sent: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """The arguments of a call, as a form or as JSON; objects in a form are JSON again."""
    raw = sent.decode()
    if "urlencoded" not in (headers.get("content-type") or ""):
        return dict(json.loads(raw or "{}"))
    body: dict[str, Any] = dict(parse_qsl(raw))
    for name in ("blocks", "view", "metadata", "unfurls"):
        if name in body:
            body[name] = json.loads(body[name])
    return body


def _handler(slack: SlackServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._send(*slack.got(self.path, self.headers))

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("content-length", 0)))
            self._send(*slack.posted(self.path, sent, self.headers))

        def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            if not status:
                self.close_connection = True
                return
            try:
                self.send_response(status)
                for name, value in (headers | {"content-length": str(len(body))}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # whoever called was killed meanwhile

        def log_message(self, *_: object) -> None:
            """Say nothing: what was called is kept."""

    return Handler
