"""The app installed by a workspace over OAuth, and removed again: Bolt's flow over our store."""

import hashlib
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_bolt import App, Args, BoltResponse
from slack_bolt.error import BoltError
from slack_bolt.oauth.callback_options import CallbackOptions, FailureArgs
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk.oauth import OAuthStateStore
from slack_sdk.oauth import installation_store as slack

from bot.digests.presence import reconcile
from bot.errors import StoreError
from bot.store.installations import Installation, InstallationStore
from handlers.guard import acknowledge, guarded
from handlers.listeners.mentions import only_questions
from handlers.payload import part_of, text_of, workspace_of
from handlers.router import Router
from handlers.services import Services
from handlers.workspaces import Credentials, Installed

log = logging.getLogger(__name__)

# How long somebody may take between beginning to install and Slack's word that they did.
STATE_SECONDS = 600
# What came of an install that did not end well, by Bolt's and Slack's word for it.
_NOT_INSTALLED = {
    "access_denied": "it was declined in Slack.",
    "invalid_browser": "it was begun in another browser, or at an address without https.",
    "invalid_state": "it was begun too long ago, or this page was opened before.",
    "invalid_code": "Slack did not know the install any more.",
    "storage_error": "I could not keep it. Ask my operator.",
}
INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"


def register(app: App, router: Router) -> None:
    """Listen for the app being removed from a workspace, and for its token being revoked."""
    services = router.services

    @guarded
    def removed(args: Args) -> None:
        event, workspace = part_of(args.body, "event"), workspace_of(args.body)
        sent = args.body.get("event_time")
        # One that arrives late ends nothing that was installed after it.
        at = datetime.fromtimestamp(sent, UTC) if isinstance(sent, int) else services.now()
        services.workspaces.end(workspace, text_of(event, "type"), at)
        _reconcile(services)

    steps = [only_questions(_ends), acknowledge]
    app.event("app_uninstalled", middleware=steps)(removed)
    app.event("tokens_revoked", middleware=steps)(removed)


def _ends(event: Mapping[str, Any]) -> bool:
    """Whether the bot's own token is gone: also a person's may be revoked."""
    revoked = part_of(event, "tokens").get("bot")
    return text_of(event, "type") == "app_uninstalled" or bool(revoked)


def _reconcile(services: Services) -> None:
    reconcile(services.store, services.digests, services.workspaces.is_served, services.now())


def oauth_settings(
    services: Services, installed: Installed, credentials: Credentials, scopes: Sequence[str]
) -> OAuthSettings:
    """Bolt's way to install, with our store for what comes of it and for installs under way."""
    settings = OAuthSettings(
        client_id=credentials.client_id,
        client_secret=credentials.client_secret,
        scopes=scopes,
        user_scopes=[],
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        installation_store=Installations(installed, lambda: _reconcile(services), services.now),
        state_store=States(services.store.installations, services.now),
        state_expiration_seconds=STATE_SECONDS,
        callback_options=CallbackOptions(lambda args: args.default.success(args), _not_installed),
    )
    # Slack is queried once whose a token is, not with every request.
    settings.authorize.cache_enabled = True  # type: ignore[attr-defined]
    return settings


def _not_installed(args: FailureArgs) -> BoltResponse:
    """The page that says why nothing was installed, and where to begin again."""
    why = _NOT_INSTALLED.get(args.reason, "Slack did not take it.")
    log.warning(
        "An install did not end: %s", args.reason if args.reason in _NOT_INSTALLED else "refused"
    )
    page = f'<p>Nothing was installed: {why}</p><p><a href="{INSTALL_PATH}">Begin again</a></p>'
    headers: dict[str, str | Sequence[str]] = {
        "Content-Type": "text/html; charset=utf-8",
        "Set-Cookie": args.settings.state_utils.build_set_cookie_for_deletion(),
    }
    return BoltResponse(status=args.suggested_status_code, body=page, headers=headers)


class States(OAuthStateStore):
    """What proves that who comes back from Slack began to install here: once, and in time."""

    def __init__(self, store: InstallationStore, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now

    def issue(self, *_: object, **__: object) -> str:
        """A new state."""
        state = secrets.token_urlsafe(32)
        self._store.begin(_digest(state), self._now() + timedelta(seconds=STATE_SECONDS))
        return state

    def consume(self, state: str) -> bool:
        """Whether it was issued, is not too old, and comes for the first time."""
        return bool(state) and self._store.finish(_digest(state), self._now())


class Installations(slack.InstallationStore):
    """Our store as Bolt's flow wants it. A person's own token is never kept."""

    def __init__(
        self, installed: Installed, installed_now: Callable[[], None], now: Callable[[], datetime]
    ) -> None:
        self._installed, self._installed_now, self._now = installed, installed_now, now

    def save(self, installation: slack.Installation) -> None:
        """Keep what came of an install. Raises BoltError, which the page shows as trouble."""
        if not installation.bot_token:
            raise BoltError("no bot token came of it")
        organisation = installation.enterprise_id or ""
        team = "" if installation.is_enterprise_install else installation.team_id or ""
        expires = installation.bot_token_expires_at
        new = Installation(
            workspace=f"{organisation}/{team}",
            name=installation.team_name or installation.enterprise_name or "",
            scopes=tuple(installation.bot_scopes or ()),
            bot_id=installation.bot_id or "",
            bot_user=installation.bot_user_id or "",
            by=installation.user_id or "",
            at=self._now(),
            expires=datetime.fromtimestamp(expires, UTC) if expires else None,
            sealed=None,
        )
        try:
            self._installed.save(new, installation.bot_token, installation.bot_refresh_token)
            self._installed_now()
        except StoreError as error:
            raise BoltError(error.code) from None
        log.info("Installed in %s.", new.workspace)

    def find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,  # noqa: ARG002 - the store knows which it is
    ) -> slack.Installation | None:
        """What stands for a workspace, with a token that is good; nothing of a person alone."""
        if user_id is not None:
            return None
        found = self._installed.found(f"{enterprise_id or ''}/{team_id or ''}")
        if found is None:
            return None
        known, token = found
        organisation, _, team = known.workspace.partition("/")
        # Without what makes it new: that is done where it is found.
        return slack.Installation(
            enterprise_id=organisation or None, team_id=team or None, bot_token=token,
            bot_id=known.bot_id, bot_user_id=known.bot_user, bot_scopes=list(known.scopes),
            user_id=known.by, is_enterprise_install=not team,
        )  # fmt: skip

    def find_bot(self, **_: object) -> None:
        """Not used: whoever has no installation has no bot either."""
        return


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
