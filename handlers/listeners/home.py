"""The Home tab: drawn each time it is opened, and after everything that is done on it."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import App, Args

from handlers.guard import acknowledge, guarded
from handlers.listeners import desk
from handlers.listeners.mentions import only_questions
from handlers.payload import text_of
from handlers.router import Router
from handlers.views import buttons


def register(app: App, router: Router) -> None:
    """Listen for the Home tab being opened, and for the way back from an answer on it."""

    @guarded
    def opened(args: Args) -> None:
        desk.publish(args, router.services)

    app.event("app_home_opened", middleware=[only_questions(_is_home), acknowledge])(opened)
    app.block_action(buttons.HOME, middleware=[acknowledge])(opened)


def _is_home(event: Mapping[str, Any]) -> bool:
    """The same event tells of the Messages tab, which has nothing to draw."""
    return text_of(event, "tab") == "home" and bool(text_of(event, "user"))
