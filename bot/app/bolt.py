"""The Bolt app: every listener on it, and whose its token is."""

import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.app import logs
from bot.app.manifest import manifest
from bot.app.slack import credentials, web_client
from bot.digests.subscriptions import NotInstalled
from bot.settings import Settings
from handlers.inbox import Inbox
from handlers.listeners.installing import oauth_settings
from handlers.listeners.listed import register
from handlers.people import scopes_in
from handlers.router import Router
from handlers.transports import (
    open_socket,
    refused,
)
from handlers.trouble import LINE_BROKE
from handlers.views import errors
from handlers.workspaces import Installed, OneWorkspace

# How many requests are answered at once; more wait their turn, already acknowledged.
ANSWERERS = 10
BOT_TOKEN = "Set it to the bot token (xoxb-…) of the installed app."  # noqa: S105 - a hint


def build_bolt(
    settings: Settings,
    router: Router,
    *,
    client: WebClient | None = None,
    process_before_response: bool = False,
) -> App:
    """A Bolt app with every listener of the bot.

    Without a `client` one is made from the settings and its token is tried; with one (a stand-in
    of Slack) it is used as it is. `process_before_response` answers before acknowledging, which
    only a test wants. Raises SettingsError when Slack refuses the token, SlackAway when it cannot
    say now.
    """
    logs.keep_quiet()
    secret, workspaces = settings.slack_signing_secret, router.services.workspaces
    oauth, unknown = None, errors.error(NotInstalled("I am not installed in this workspace."))
    if isinstance(workspaces, Installed):
        own, scopes = credentials(settings), manifest(settings)["oauth_config"]["scopes"]["bot"]
        oauth = oauth_settings(router.services, workspaces, own, scopes)
    elif client is None and isinstance(workspaces, OneWorkspace):
        workspaces.learn(own_identity(settings))
    app = _Receiver(
        router.services.inbox,
        name="tme",
        logger=logging.getLogger("bolt"),
        client=client or web_client(settings, _bot_token(settings)),
        token_verification_enabled=False,
        oauth_settings=oauth,
        signing_secret=secret.get_secret_value() if secret else "",
        process_before_response=process_before_response,
        raise_error_for_unhandled_request=True,
        # Bolt's type says text; it answers with the whole message just as well.
        user_facing_authorize_error_message=unknown.payload(),
        listener_executor=ThreadPoolExecutor(ANSWERERS, thread_name_prefix="tme-answer"),
    )
    register(app, router)
    return app


class _Receiver(App):
    """Bolt's app, before whose acknowledgements no answer begins."""

    def __init__(self, inbox: Inbox, **options: Any) -> None:
        super().__init__(**options)
        self._inbox = inbox

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        """Take one request, as Bolt does."""
        with self._inbox.receiving():
            return super().dispatch(req)


def own_identity(settings: Settings) -> Mapping[str, Any]:
    """Whose the bot token is, by Slack. Raises SettingsError, SlackAway."""
    try:
        answer = web_client(settings, _bot_token(settings)).auth_test()
    except (SlackApiError, *LINE_BROKE) as error:
        raise refused(error, "SLACK_BOT_TOKEN", BOT_TOKEN) from None
    return {"headers": answer.headers, **(answer.data if isinstance(answer.data, dict) else {})}


@dataclass(frozen=True, slots=True)
class BotIdentity:
    """Which bot and team a token is of, by Slack, and its scopes (None: it does not say)."""

    team: str
    bot: str
    scopes: tuple[str, ...] | None


def ask_slack(settings: Settings) -> BotIdentity:
    """Try the tokens, as a start would. Raises SettingsError when one is refused, SlackAway."""
    answer = own_identity(settings)
    if settings.slack_app_token is not None:
        token = settings.slack_app_token.get_secret_value()
        open_socket(WebClient(token=token, base_url=settings.slack_api_url, retry_handlers=[]))
    return BotIdentity(
        str(answer.get("team")), str(answer.get("user")), scopes_in(answer["headers"])
    )


def _bot_token(settings: Settings) -> str | None:
    token = settings.slack_bot_token
    return token.get_secret_value() if token else None
