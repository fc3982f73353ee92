"""`/tme …`: answered to the person alone."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import App, Args

from handlers.delivery import answer, whisper
from handlers.guard import acknowledge, guarded
from handlers.payload import text_of, workspace_of
from handlers.rights import acting
from handlers.router import Place, Request, Router, Surface
from handlers.views import share

COMMAND = "/tme"


def register(app: App, router: Router) -> None:
    """Listen for the slash command."""

    @guarded
    def slash(args: Args) -> None:
        place, text = place_of_command(args.body), text_of(args.body, "text")
        if _for_all(router, place):
            reply = router.answer(Request(text, Surface.MENTION, place))
            message = share.shared(reply.message, asker=place.user, query=text)
            answer(args.context, place.channel, message, reply.attachment)
            return
        whisper(args.context, router.answer(Request(text, Surface.SLASH, place)).message)

    app.command(COMMAND, middleware=[acknowledge])(slash)


def _for_all(router: Router, place: Place) -> bool:
    """Whether who asks wants all in the channel to see, and we may post there."""
    own = router.services.preferences.of(place.workspace, place.user)
    visitor = acting()
    is_there = visitor is not None and visitor.has_bot(place.channel) is True
    return own.answers == "public" and is_there


def place_of_command(body: Mapping[str, Any]) -> Place:
    """Where a slash command was typed. Slash commands do not run in threads."""
    return Place(
        workspace=workspace_of(body),
        channel=text_of(body, "channel_id"),
        thread="",
        user=text_of(body, "user_id"),
    )
