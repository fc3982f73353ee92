"""What comes before every request: which host, how much, and with which headers back.

The server listens on loopback only. That keeps other machines out, not other web pages in the
same browser: a page elsewhere may send requests here, or have its own name point to 127.0.0.1.
So the Host must be ours (DNS rebinding), the Origin of an act must be ours, each needs a secret
made at start that only our page was given, and nothing is ever shared by CORS.
"""

import json
import secrets
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 256 * 1024
# A file that a person drops on the page may be larger than anything that the bot or page sends.
DROP_PATH, FILE_LIMIT = "/page/drop", 20 * 1024 * 1024
TOKEN_HEADER = "X-Playground-Token"  # noqa: S105 - the name of a header
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Secrets:
    """Made at each start: what the page must show, and what the bot must show."""

    page: str
    bot: str

    @classmethod
    def make(cls) -> "Secrets":
        """Two secrets that no one can guess."""
        return cls(secrets.token_urlsafe(32), f"xoxb-playground-{secrets.token_urlsafe(32)}")


class JsonResponse(Response):
    """JSON in ASCII, so that any string a bot or a person sends can be answered with."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        """The body."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode()


class Guard:
    """ASGI middleware: refuses foreign hosts and large bodies, and sets the safety headers."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        limit = FILE_LIMIT if scope["path"] == DROP_PATH else BODY_LIMIT
        if refusal := self._refusal(Headers(scope=scope), limit):
            await refusal(scope, receive, send_with_headers)
        else:
            await self._app(scope, receive, send_with_headers)

    def _refusal(self, headers: Headers, limit: int) -> Response | None:
        if headers.getlist("host") not in [[host] for host in self._hosts]:
            return _refused(421, "wrong_host", "This server answers on its own address only.")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > limit:
            return _refused(413, "too_large", "That is more than can be sent at once.")
        return None


def check_page(request: Request, token: str) -> None:
    """Let our own page through and no one else. Raises HTTPException 403.

    Browsers send Origin with everything but plain reads, and Sec-Fetch-Site with everything.
    """
    origin = request.headers.get("origin")
    if origin is None and request.method != "GET":
        raise HTTPException(403, "This needs an Origin header.")
    if origin is not None and origin != f"http://{request.headers['host']}":
        raise HTTPException(403, "Another page may not do this.")
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise HTTPException(403, "Another page may not do this.")
    if not _same(request.headers.get(TOKEN_HEADER, ""), token):
        raise HTTPException(403, "This page is from an earlier start. Load it again.")


def is_bot(request: Request, token: str) -> bool:
    """Whether a request carries the bot's bearer token; a browser's never does."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme == "Bearer" and _same(given.strip(), token) and not request.headers.get("origin")


async def body_of(request: Request, limit: int = BODY_LIMIT) -> bytes:
    """The body, read no further than the limit. Raises HTTPException 413."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise HTTPException(413, "That is more than can be sent at once.")
    return bytes(body)


def json_of(body: bytes) -> object:
    """The JSON in a body. Raises HTTPException 400 for anything that is not strict JSON."""
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as problem:
        raise HTTPException(400, "That is not JSON.") from problem


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _same(given: str, wanted: str) -> bool:
    return secrets.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _refused(status: int, error: str, message: str) -> Response:
    return JsonResponse({"ok": False, "error": error, "message": message}, status)
