"""The HTTP server: the page, the page's API, and the Slack API stand-in for the bot."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.playground.acts import Acts, Gone
from bot.playground.files import Files
from bot.playground.guard import (
    DROP_PATH,
    FILE_LIMIT,
    Guard,
    JsonResponse,
    Secrets,
    body_of,
    check_page,
    is_bot,
    json_of,
)
from bot.playground.handles import Handles, Refused, Target
from bot.playground.requests import Drop, read_act
from bot.playground.slack_api import Refusal, SlackApi
from bot.playground.workspace import Json, Workspace

STATIC = Path(__file__).parent / "static"
POLL_SECONDS = 25.0
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
_PLACE_OF_TOKEN = "%PLAYGROUND_TOKEN%"  # noqa: S105 - what is in the page for it


@dataclass(slots=True)
class Pages:
    """The endpoints. `acts` gives None until the Bolt app is built; `workers` run its listeners."""

    workspace: Workspace
    api: SlackApi
    responses: Handles[Target]
    files: Files
    secrets: Secrets
    workers: Executor
    acts: Callable[[], Acts | None]

    async def page(self, _: Request) -> Response:
        """The page, with the secret that lets it act."""
        html = (STATIC / "index.html").read_text(encoding="utf-8")
        return HTMLResponse(html.replace(_PLACE_OF_TOKEN, self.secrets.page))

    async def static(self, request: Request) -> Response:
        """A script, the style sheet or the icon; by its exact name only."""
        names = {path.name: path for path in STATIC.iterdir() if path.suffix in _TYPES}
        path = names.get(request.path_params["name"])
        if path is None:
            raise HTTPException(404, "There is nothing here.")
        return Response(path.read_bytes(), media_type=_TYPES[path.suffix])

    async def state(self, request: Request) -> Response:
        """Everything the page draws."""
        check_page(request, self.secrets.page)
        return JsonResponse({"ok": True, **self.workspace.snapshot()})

    async def events(self, request: Request) -> Response:
        """What happened after the number the tab has seen; waits for something to happen."""
        check_page(request, self.secrets.page)
        after = request.query_params.get("after", "")
        if not (after.isascii() and after.isdecimal() and len(after) < 16):
            raise HTTPException(400, "`after` must be a number.")
        events = await self.workspace.feed.wait(int(after), POLL_SECONDS)
        if self.workspace.feed.closed:
            raise HTTPException(503, "The playground is stopping.")
        return JsonResponse({"ok": True, "reload": events is None, "events": events or []})

    async def act(self, request: Request) -> Response:
        """Something the person did; answered when the bot has acknowledged it."""
        check_page(request, self.secrets.page)
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            raise HTTPException(415, "Only JSON is read here.")
        try:
            act = read_act(json_of(await body_of(request)))
        except ValidationError as problem:
            fields = {".".join(str(part) for part in error["loc"]) for error in problem.errors()}
            raise HTTPException(400, f"Not understood: {', '.join(sorted(fields))}.") from problem
        acts = self.acts()
        if acts is None:
            raise HTTPException(503, "The bot is still starting. Try again in a moment.")
        loop = asyncio.get_running_loop()
        try:
            done = await loop.run_in_executor(self.workers, acts.perform, act)
        except Gone as gone:
            raise HTTPException(410, str(gone)) from gone
        return JsonResponse({"ok": True, **done})

    async def drop(self, request: Request) -> Response:
        """A file that the person dropped on the page, as the body; its name in the address."""
        check_page(request, self.secrets.page)
        content = await body_of(request, FILE_LIMIT)
        try:
            dropped = Drop.model_validate(dict(request.query_params))
        except ValidationError as problem:
            raise HTTPException(400, "A file needs a name.") from problem
        if not content:
            raise HTTPException(400, "That file is empty.")
        acts = self.acts()
        if acts is None:
            raise HTTPException(503, "The bot is still starting. Try again in a moment.")
        loop = asyncio.get_running_loop()
        done = await loop.run_in_executor(self.workers, acts.drop, dropped, content)
        return JsonResponse({"ok": True, **done})

    async def slack(self, request: Request) -> Response:
        """One call of Slack's Web API by the bot."""
        if not is_bot(request, self.secrets.bot):
            return JsonResponse(Refusal("invalid_auth").body())
        body = await body_of(request)
        try:
            arguments = _arguments(request, body)
        except HTTPException:
            return JsonResponse(Refusal("invalid_json").body())
        return JsonResponse(self.api.call(request.path_params["method"], arguments))

    async def upload(self, request: Request) -> Response:
        """Where the bot uploads a file: the holder of the address may do it, once."""
        if request.headers.get("origin"):
            raise HTTPException(403, "Another page may not do this.")
        sent = await body_of(request)
        if not self.files.fill(request.path_params["handle"], sent):
            raise HTTPException(400, "Nothing waits for that here.")
        return PlainTextResponse(f"OK - {len(sent)}")

    async def file(self, request: Request) -> Response:
        """An uploaded file, for the page that knows its address: shown if PNG, else only saved."""
        file = self.files.get(request.path_params["handle"])
        if file is None:
            raise HTTPException(404, "There is nothing here.")
        if file.is_picture:
            return Response(file.content, media_type="image/png")
        headers = {
            "content-disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
            "x-content-type-options": "nosniff",
        }
        return Response(file.content, media_type="text/plain; charset=utf-8", headers=headers)

    async def respond(self, request: Request) -> Response:
        """A response URL: the holder of it may use it 5 times in 30 minutes."""
        if request.headers.get("origin"):
            raise HTTPException(403, "Another page may not do this.")
        body = json_of(await body_of(request))
        target = self.responses.use(request.path_params["handle"])
        if isinstance(target, Refused):
            error = "used_url" if target is Refused.USED else "expired_url"
            return JsonResponse(Refusal(error).body(), 404)
        if not isinstance(body, dict):
            return JsonResponse(Refusal("invalid_payload").body(), 400)
        try:
            self.api.respond(target, body)
        except Refusal as refusal:
            return JsonResponse(refusal.body(), 400)
        return PlainTextResponse("ok")


def asgi_app(pages: Pages, port: int) -> ASGIApp:
    """The application, wholly behind the guard."""
    app = Starlette(
        routes=[
            Route("/", pages.page),
            Route("/static/{name}", pages.static),
            Route("/page/state", pages.state),
            Route("/page/events", pages.events),
            Route("/page/act", pages.act, methods=["POST"]),
            Route(DROP_PATH, pages.drop, methods=["POST"]),
            Route("/api/{method}", pages.slack, methods=["GET", "POST"]),
            Route("/respond/{handle}", pages.respond, methods=["POST"]),
            Route("/upload/{handle}", pages.upload, methods=["POST"]),
            Route("/files/{handle}", pages.file),
        ],
        exception_handlers={HTTPException: _refused, Exception: _failed},
    )
    return Guard(app, port)


async def _refused(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)  # noqa: S101 - registered for it; for mypy
    body = {"ok": False, "error": "refused", "message": problem.detail}
    return JsonResponse(body, problem.status_code)


async def _failed(_: Request, __: Exception) -> Response:
    """The log has the traceback; the page gets one line."""
    body = {"ok": False, "error": "failed", "message": "The playground stumbled over this."}
    return JsonResponse(body, 500)


def _arguments(request: Request, body: bytes) -> Json:
    """Arguments as slack_sdk sends them: in the address, as a form, or as JSON."""
    arguments: Json = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        decoded = json_of(body) if body else {}
        if not isinstance(decoded, dict):
            raise HTTPException(400, "The arguments must be an object.")
        return arguments | decoded
    return arguments | dict(parse_qsl(body.decode("utf-8", "replace")))
