"""The Home tab: drawn each time it is opened."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import App, Args

from bot.curation.lists import Scope
from handlers.examples import first_questions
from handlers.guard import acknowledge, guarded
from handlers.mentions import only_questions
from handlers.payload import part_of, text_of, workspace_of
from handlers.router import Router
from handlers.views import home


def register(app: App, router: Router) -> None:
    """Listen for the Home tab being opened."""

    @guarded
    def opened(args: Args) -> None:
        user = text_of(part_of(args.body, "event"), "user")
        workspace = workspace_of(args.body)
        lists = router.services.library.counted(Scope(workspace, user))
        with router.services.corrections.seen_by(workspace):
            view = home.home(first_questions(router.services), lists)
        args.client.views_publish(user_id=user, view=view)

    app.event("app_home_opened", middleware=[only_questions(_is_home), acknowledge])(opened)


def _is_home(event: Mapping[str, Any]) -> bool:
    """The same event tells of the Messages tab, which has nothing to draw."""
    return text_of(event, "tab") == "home" and bool(text_of(event, "user"))
