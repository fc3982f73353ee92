"""Whether answers are of use: two buttons under each, counted for the workspace."""

from slack_bolt import App, Args

from bot.store.uses import Use
from handlers.delivery import whisper
from handlers.guard import acknowledge, guarded
from handlers.listeners.actions import stale
from handlers.payload import is_home, text_of, workspace_of
from handlers.router import Router
from handlers.views import buttons, feedback


def register(app: App, router: Router) -> None:
    """Listen for a press of one of the two."""

    @guarded
    def say_of_answer(args: Args) -> None:
        """Count it, and nothing else of the answer or of who pressed."""
        actions = args.body.get("actions")
        value = text_of(actions[0], "value") if isinstance(actions, list) and actions else ""
        if value not in {Use.USEFUL, Use.NOT_USEFUL}:
            raise stale()
        router.note_use(workspace_of(args.body), Use(value))
        if args.context.response_url and not is_home(args.body):
            whisper(args.context, feedback.counted())

    app.block_action(buttons.FEEDBACK, middleware=[acknowledge])(say_of_answer)
