"""A stand-in for Slack's side of the wire: it takes every call over loopback and remembers it."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from tests.slack_server import BOT_ID, BOT_USER, Sent, SlackServer, answered, body_of

TEAM = "T01TEST"

# Where a call carries things that people will see.
DRAWN = {
    "response_url", "chat.postMessage", "chat.postEphemeral", "chat.unfurl", "views.open",
    "views.publish", "views.update",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Call:
    """One request that Slack got: an API method, or a response through a `response_url`.

    `proof` is its authorization header.
    """

    method: str
    body: dict[str, Any]
    proof: str = field(default="", compare=False)


@dataclass(slots=True)
class SlackStandIn(SlackServer):
    """A Slack that takes everything unless it is to refuse it; `calls` is what it was asked to do.

    While `open` is cleared it takes calls and keeps whoever made them waiting.
    """

    calls: list[Call] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    # Answers that depend on what was asked.
    answering: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=dict)
    refusals_once: dict[str, str] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    # The statuses of the next answers to a method; 0 takes the call and never answers.
    statuses: dict[str, list[int]] = field(default_factory=dict)
    uploads: list[bytes] = field(default_factory=list)
    # What people dropped into a conversation, by file id; who came for one, with what token.
    stored: dict[str, bytes] = field(default_factory=dict)
    fetched: list[tuple[str, str]] = field(default_factory=list)
    sign_in: bool = False
    # The tokens that are good, each with what `auth.test` says of it; None: every token is.
    tokens: dict[str, dict[str, Any]] | None = None
    # What every answer's headers say, such as the scopes of the token.
    headers: dict[str, str] = field(default_factory=dict)
    open: threading.Event = field(default_factory=threading.Event)
    socket_url: str = ""

    def __enter__(self) -> Self:
        self.open.set()
        return SlackServer.__enter__(self)

    @property
    def response_url(self) -> str:
        return f"{self.root}/response/1"

    def refuse(self, method: str, code: str) -> None:
        """From now on answer this method with an error."""
        self.refusals[method] = code

    def refuse_once(self, method: str, code: str) -> None:
        """Answer the next call of this method with an error."""
        self.refusals_once[method] = code

    def drop(self, method: str) -> None:
        """From now on close the connection on this method, without an answer."""
        self.dropped.add(method)

    def answer_of(self, method: str, body: dict[str, Any], proof: str) -> dict[str, Any]:
        """What a test wants answered to a call."""
        fixed = self.answers.get(method, {})
        if method == "auth.test" and self.tokens is not None:
            return self.tokens[proof.removeprefix("Bearer ")]
        return self.answering[method](body) if method in self.answering else fixed

    def status_of(self, method: str) -> int:
        """The status of the next answer to a method; 0 for none."""
        coming = self.statuses.get(method) or [0 if method in self.dropped else 200]
        return coming.pop(0)

    def refusal_of(self, method: str, proof: str) -> str | None:
        """Slack's word for why it refuses a call, which proves itself with this; None: it takes it.

        Installing proves itself otherwise, and what goes through a `response_url` not at all.
        """
        refusal = self.refusals_once.pop(method, None) or self.refusals.get(method)
        if self.tokens is None or method in ("oauth.v2.access", "response_url"):
            return refusal
        is_known = proof.removeprefix("Bearer ") in self.tokens
        return refusal if is_known else "invalid_auth"

    def said(self, *methods: str) -> list[Call]:
        """The calls that people would see, or those of the given methods."""
        return [call for call in self.calls if call.method in (methods or DRAWN)]

    def got(self, path: str, headers: Mapping[str, str], /) -> Sent:
        """A file, Slack's sign-in page, or for one that is not there a redirect to elsewhere."""
        name = path.removeprefix("/files/")
        self.fetched.append((name, headers.get("authorization") or ""))
        if self.sign_in:
            return 200, b"<html>Sign in", {"content-type": "text/html; charset=utf-8"}
        if name in self.stored:
            return 200, self.stored[name], {"content-type": "application/octet-stream"}
        return 302, b"", {"location": "http://127.0.0.1:9/elsewhere"}

    def posted(self, path: str, sent: bytes, headers: Mapping[str, str]) -> Sent:
        """A call, what comes through a `response_url`, or a file."""
        if path.startswith("/upload/"):
            self.uploads.append(sent)
            return 200, f"OK - {len(sent)}".encode(), {"content-type": "text/plain"}
        body, proof = body_of(sent, headers), headers.get("authorization") or ""
        response = path.startswith("/response/")
        method = "response_url" if response else path.removeprefix("/api/")
        self.open.wait()
        self.calls.append(Call(method, body, proof))
        status = self.status_of(method)
        if status != 200:
            return status, b"trouble", {"content-type": "text/plain"}
        refusal = self.refusal_of(method, proof)
        if response:
            text = (refusal or "ok").encode()
            return 404 if refusal else 200, text, {"content-type": "text/plain"}
        if refusal:
            return answered({"ok": False, "error": refusal}, **self.headers)
        return answered(
            _ok(method, self, body) | self.answer_of(method, body, proof), **self.headers
        )

    def only(self, method: str) -> dict[str, Any]:
        """The body of the single visible call, which must be of this method."""
        visible = self.said()
        assert [call.method for call in visible] == [method], visible
        return visible[0].body


def _ok(method: str, slack: SlackStandIn, body: dict[str, Any]) -> dict[str, Any]:
    if method == "files.info":
        name = str(body.get("file"))
        size = len(slack.stored.get(name, b""))
        address = f"{slack.root}/files/{name}"
        return {"ok": True, "file": {"id": name, "size": size, "url_private_download": address}}
    if method == "auth.test":
        return {
            "ok": True, "url": "https://test.slack.com/", "team": "Test", "team_id": TEAM,
            "user": "tme", "user_id": BOT_USER, "bot_id": BOT_ID, "is_enterprise_install": False,
        }  # fmt: skip
    if method == "apps.connections.open":
        return {"ok": True, "url": slack.socket_url}
    if method == "files.getUploadURLExternal":
        return {"ok": True, "file_id": "F1", "upload_url": f"{slack.root}/upload/1"}
    if method == "files.completeUploadExternal":
        return {"ok": True, "files": [{"id": "F1"}]}
    return {"ok": True, "ts": "1700000000.000100"}
