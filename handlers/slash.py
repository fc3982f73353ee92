"""`/tme …`: answered to the person alone."""

from slack_bolt import App, Args

from handlers.delivery import whisper
from handlers.guard import acknowledge, guarded
from handlers.payload import place_of_command, text_of
from handlers.router import Request, Router, Surface

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
