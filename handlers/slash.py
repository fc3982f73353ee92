"""`/tme …`: answered to the person alone."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import App, Args

from handlers.delivery import whisper
from handlers.guard import acknowledge, guarded
from handlers.payload import text_of, workspace_of
from handlers.router import Place, Request, Router, Surface

COMMAND = "/tme"


def register(app: App, router: Router) -> None:
    """Listen for the slash command."""

    @guarded
    def slash(args: Args) -> None:
        request = Request(
            text=text_of(args.body, "text"),
            surface=Surface.SLASH,
            place=place_of_command(args.body),
        )
        whisper(args.context, router.answer(request).message)

    app.command(COMMAND, middleware=[acknowledge])(slash)


def place_of_command(body: Mapping[str, Any]) -> Place:
    """Where a slash command was typed. Slash commands do not run in threads."""
    return Place(
        workspace=workspace_of(body),
        channel=text_of(body, "channel_id"),
        thread="",
        user=text_of(body, "user_id"),
    )
