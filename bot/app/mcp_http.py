"""The door of the MCP server over HTTP: who may come in, and in whose name.

A bearer token of `TME_MCP_TOKENS`, or Slack's own signature where Slackbot is the client: then the
person stands in `_meta.slack`, which nobody else is believed. Everything else is refused before it
is read as MCP.
"""

import hashlib
import hmac
import logging
from collections.abc import Mapping
from typing import Any

import uvicorn
from mcp.server.mcpserver import Context, MCPServer
from slack_sdk.signature import Clock, SignatureVerifier
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.app.mcp_callers import NOBODY, Caller
from handlers.transports import REQUEST_SECONDS
from handlers.web import LARGEST_BODY, impatient, looks_signed

log = logging.getLogger(__name__)

_KEY = "tme.caller"
PATH = "/mcp"


def caller_of(ctx: Context[Any]) -> Caller:
    """Who asks, as the door found; on standard input nobody is named."""
    request = ctx.request_context.request
    found = request.scope.get(_KEY) if isinstance(request, Request) else NOBODY
    if isinstance(found, Caller):
        return found
    # Signed by Slack: only then is what the request says of itself believed.
    meta = ctx.request_context.meta or {}
    slack = meta.get("slack") if isinstance(meta, Mapping) else None
    given = slack if isinstance(slack, Mapping) else {}
    team, user = (str(given.get(name) or "")[:40] for name in ("team_id", "user_id"))
    return Caller(f"/{team}", user) if team and user else NOBODY


def app(
    server: MCPServer[Any],
    tokens: Mapping[str, Caller],
    signing_secret: str | None = None,
    *,
    host: str = "127.0.0.1",
    clock: Clock | None = None,
) -> ASGIApp:
    """The ASGI application: Streamable HTTP at `/mcp`, behind the door. It keeps no sessions."""
    inside = server.streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        max_request_body_size=LARGEST_BODY,
        host=host,
    )
    # Kept as hashes of one length, so that the comparison takes as long for every guess.
    known = {hashlib.sha256(token.encode()).digest(): who for token, who in tokens.items()}
    slack = SignatureVerifier(signing_secret, clock or Clock()) if signing_secret else None
    return _Door(inside, known, slack)


def server(door: ASGIApp, patience: float = REQUEST_SECONDS) -> uvicorn.Server:
    """What serves the door, and hangs up on whoever takes longer than that for a request."""
    return uvicorn.Server(
        uvicorn.Config(
            door,
            http=impatient(patience),
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
        )
    )


class _Door:
    def __init__(
        self, inside: ASGIApp, known: Mapping[bytes, Caller], slack: SignatureVerifier | None
    ) -> None:
        self._inside, self._known, self._slack = inside, known, slack

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inside(scope, receive, send)
            return
        request = Request(scope, receive)
        caller = self._by_token(request.headers.get("authorization", ""))
        if caller is not None:
            await self._inside({**scope, _KEY: caller}, receive, send)
            return
        body = await self._signed(request)
        if body is None:
            log.warning("Refused a request without a valid token or signature.")
            refused = PlainTextResponse(
                "unauthorized", status_code=401, headers={"www-authenticate": "Bearer"}
            )
            await refused(scope, receive, send)
            return
        await self._inside({**scope, _KEY: None}, _again(body, receive), send)

    def _by_token(self, header: str) -> Caller | None:
        scheme, _, token = header.partition(" ")
        given = hashlib.sha256(token.strip().encode()).digest()
        found = [who for each, who in self._known.items() if hmac.compare_digest(each, given)]
        return found[0] if found and scheme.lower() == "bearer" else None

    async def _signed(self, request: Request) -> bytes | None:
        """The body of a request that Slack signed within five minutes, or None."""
        if self._slack is None or not looks_signed(request):
            return None
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                return None
        try:
            valid = self._slack.is_valid_request(bytes(body), dict(request.headers))
        except UnicodeDecodeError:
            return None
        return bytes(body) if valid else None


def _again(body: bytes, receive: Receive) -> Receive:
    """A body that was read, to be read once more; then whatever else comes."""
    first = True

    async def read() -> Message:
        nonlocal first
        if first:
            first = False
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return read
