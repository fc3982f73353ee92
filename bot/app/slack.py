"""Slack's side of the composition: its clients, and the workspaces that the bot posts in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from bot.lazy import lazy
from bot.settings import Settings
from bot.store import StateStore
from bot.store.sealing import Sealer
from handlers.workspaces import Credentials, Installed, OneWorkspace, Workspaces

if TYPE_CHECKING:
    import slack_sdk
    from slack_sdk import WebClient

    from handlers import calls
else:  # no terminal needs them
    slack_sdk, calls = lazy("slack_sdk"), lazy("handlers.calls")


def build_workspaces(
    settings: Settings, store: StateStore, now: Callable[[], datetime]
) -> Workspaces:
    """The workspaces that the bot posts in: the one of its token, or those that installed it."""
    if not settings.serves_many:
        token = settings.slack_bot_token
        return OneWorkspace(token.get_secret_value() if token else None)
    return Installed(store.installations, lambda: Sealer(settings.keys), credentials(settings), now)


def credentials(settings: Settings) -> Credentials:
    """What the app proves itself with, when it is installed."""
    secret = settings.slack_client_secret
    return Credentials(
        settings.slack_client_id or "",
        secret.get_secret_value() if secret else "",
        web_client(settings, None),
    )


def web_client(settings: Settings, token: str | None) -> WebClient:
    """A client of Slack's Web API. A message must not be posted twice: it repeats nothing."""
    return slack_sdk.WebClient(
        token=token,
        base_url=settings.slack_api_url,
        timeout=calls.TIMEOUT_SECONDS,
        retry_handlers=[],
    )
