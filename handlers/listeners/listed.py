"""Every listener, and the net beneath them."""

from collections.abc import Callable
from typing import Any

from slack_bolt import App, BoltRequest

from handlers.guard import SERVICES, Directly, on_error
from handlers.listeners import (
    actions,
    agent,
    correcting,
    digest_buttons,
    feedback,
    files,
    greeting,
    home,
    installing,
    links,
    mentions,
    reactions,
    saving,
    searching,
    shortcuts,
    slash,
    subscription_windows,
    subscriptions,
)
from handlers.router import Router

LISTENERS = (
    slash.register,
    mentions.register,
    actions.register,
    feedback.register,
    correcting.register,
    files.register,
    saving.register,
    searching.register,
    subscriptions.register,
    subscription_windows.register,
    digest_buttons.register,
    agent.register,
    home.register,
    links.register,
    shortcuts.register,
    reactions.register,
    greeting.register,
    installing.register,
)


def register(app: App, router: Router) -> None:
    """Put every listener, and the net beneath them, on a Bolt app."""

    @Directly
    def with_services(request: BoltRequest, next_: Callable[[], Any]) -> None:
        request.context[SERVICES] = router.services
        next_()

    app.use(with_services)
    for listener in LISTENERS:
        listener(app, router)
    app.error(on_error)
