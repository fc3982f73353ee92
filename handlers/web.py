"""The HTTP door: Slack's requests at `/slack/events`.

Bolt's own ASGI adapter answers on the event loop, where one slow listener would hold up every
other request; here some threads receive, each with its connection to the store.
"""

import asyncio
import logging
import re
from asyncio import TimerHandle, Transport
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from slack_bolt import App, BoltResponse
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from handlers.trouble import trouble

log = logging.getLogger(__name__)

# How many requests are received at once; each is acknowledged on the thread that received it.
RECEIVERS = 10
# A signed request of Slack's is at most some hundred kilobytes.
LARGEST_BODY = 1024 * 1024

_TIMESTAMP = re.compile(r"\d{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_TEAM = re.compile(r"[TE][A-Z0-9]{1,20}")


def asgi(app: App, others: Sequence[Route] = ()) -> Starlette:
    """The web application around a Bolt app, with `others` at its addresses too."""
    receivers = ThreadPoolExecutor(RECEIVERS, thread_name_prefix="tme-receive")

    async def events(request: Request) -> Response:
        if not looks_signed(request):
            return PlainTextResponse("invalid request", status_code=401)
        try:
            body = await _read(request)
        except ClientDisconnect:
            return PlainTextResponse("gone", status_code=408)
        if body is None:
            return PlainTextResponse("too large", status_code=413)
        received = asyncio.get_running_loop().run_in_executor(
            receivers, _dispatch, app, request, body
        )
        return to_starlette_response(await received)

    async def installing(request: Request) -> Response:
        return to_starlette_response(await run_in_threadpool(_install, app, request))

    routes = [Route("/slack/events", events, methods=["POST"]), *others]
    if app.oauth_flow is not None:
        pages = (app.oauth_flow.install_path, app.oauth_flow.redirect_uri_path)
        routes += [Route(page, installing, methods=["GET"]) for page in pages]
    return Starlette(routes=routes)


def looks_signed(request: Request) -> bool:
    """Whether the signature's two headers have their shape: Bolt's check fails loudly on others."""
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    return bool(_TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature))


async def _read(request: Request) -> bytes | None:
    """The body, or None as soon as it is larger than Slack would send."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)


def _dispatch(app: App, request: Request, body: bytes) -> BoltResponse:
    try:
        return app.dispatch(to_bolt_request(request, body))
    except Exception as error:
        # Not UTF-8, not JSON, or of a shape that Bolt falls over before any listener runs.
        log.warning("Dropped a request that is no Slack payload: %s", trouble(error))
        return BoltResponse(status=400, body="not a Slack payload")


def _install(app: App, request: Request) -> BoltResponse:
    """The page where installing begins, or the one that Slack leads back to."""
    flow = app.oauth_flow
    assert flow is not None  # noqa: S101 - for mypy: only then there is a route
    # Bolt puts it into Slack's address as it is, where it could bring scopes or a way back along.
    if not all(map(_TEAM.fullmatch, request.query_params.getlist("team"))):
        return BoltResponse(status=400, body="invalid request")
    bolt_request = to_bolt_request(request, b"")
    try:
        if request.url.path == flow.install_path:
            return flow.handle_installation(bolt_request)
        return flow.handle_callback(bolt_request)
    except Exception as error:
        log.warning("An install did not end: %s", trouble(error))
        return BoltResponse(status=503, body="That did not work. Begin again in a moment.")


def impatient(seconds: float) -> type[H11Protocol]:
    """Uvicorn's protocol, which hangs up on a peer whose request is not whole after so long.

    uvicorn itself waits for ever for headers and bodies that drip.
    """

    class Impatient(H11Protocol):
        _late: TimerHandle | None = None

        def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._begin()

        def data_received(self, data: bytes) -> None:
            if self._late is None:
                self._begin()
            super().data_received(data)
            if self.cycle is not None and not self.cycle.more_body:
                self._end()

        def connection_lost(self, exc: Exception | None) -> None:
            self._end()
            super().connection_lost(exc)

        def _begin(self) -> None:
            self._late = self.loop.call_later(seconds, self.transport.abort)

        def _end(self) -> None:
            if self._late is not None:
                self._late.cancel()
                self._late = None

    return Impatient
