"""Listeners: what Slack sends, acknowledged, asked of the router, and answered."""

from slack_bolt import App

from handlers import actions, correcting, home, mentions, saving, slash
from handlers.guard import on_error
from handlers.router import Router

LISTENERS = (
    slash.register,
    mentions.register,
    actions.register,
    correcting.register,
    saving.register,
    home.register,
)


def register(app: App, router: Router) -> None:
    """Put every listener, and the net beneath them, on a Bolt app."""
    for listener in LISTENERS:
        listener(app, router)
    app.error(on_error)
