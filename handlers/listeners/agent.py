"""The agent view: questions to begin with above the messages, and a status while one is answered.

Switched off by `TME_AGENT_VIEW=no`. Neither is part of an answer: where Slack refuses them, or an
admin refused the scope `assistant:write`, they alone are missing.
"""

from collections.abc import Mapping
from typing import Any

from slack_bolt import App, Args

from handlers.guard import acknowledge, guarded
from handlers.listeners.mentions import only_questions, politely
from handlers.payload import part_of, text_of, workspace_of
from handlers.router import Router
from handlers.services import Services
from handlers.views.mrkdwn import shorten

# As many as Slack shows (https://docs.slack.dev/reference/methods/assistant.threads.setSuggestedPrompts).
MOST_PROMPTS = 4
_LONGEST = 75


def register(app: App, router: Router) -> None:
    """Listen for the Messages tab being opened."""
    services = router.services

    @guarded
    def messages_opened(args: Args) -> None:
        user = text_of(part_of(args.body, "event"), "user")
        questions = prompts(services, workspace_of(args.body), user)
        suggest = args.set_suggested_prompts
        if suggest is not None:
            shown = [{"title": shorten(each, _LONGEST), "message": each} for each in questions]
            politely(lambda: suggest(shown))

    if services.settings.agent_view:
        app.event(
            "app_home_opened",
            matchers=[is_messages_tab],
            middleware=[only_questions(_is_by_somebody), acknowledge],
        )(messages_opened)


def prompts(services: Services, workspace: str, user: str) -> tuple[str, ...]:
    """What to ask first: the topics this person follows, then what finds much in this store."""
    followed = services.store.subscriptions.of(workspace, user, user)
    topics = [each.watch.query for each in followed if each.watch.kind == "search"]
    questions = dict.fromkeys([*topics[-2:], *services.examples.questions(MOST_PROMPTS)])
    return tuple(questions)[:MOST_PROMPTS]


def is_messages_tab(event: Mapping[str, Any]) -> bool:
    """Whether it is the Messages tab that was opened, not Home."""
    return text_of(event, "tab") == "messages"


def _is_by_somebody(event: Mapping[str, Any]) -> bool:
    return bool(text_of(event, "user"))
