"""Which workspaces the bot posts in, and with what token.

Either one, whose token is in the settings, or those that installed the app, whose sealed tokens are
in the store. A workspace is written as everywhere: `enterprise/team`, either part may be empty.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from bot.lazy import lazy

if TYPE_CHECKING:
    from slack_sdk import WebClient
    from slack_sdk import errors as slack_errors
    from slack_sdk.oauth import installation_store, token_rotation

    from bot.store.installations import Installation, InstallationStore
    from bot.store.sealing import Sealer
    from handlers import trouble
else:  # a terminal needs none of it
    slack_errors, trouble = lazy("slack_sdk.errors"), lazy("handlers.trouble")
    installation_store = lazy("slack_sdk.oauth.installation_store")
    token_rotation = lazy("slack_sdk.oauth.token_rotation")

log = logging.getLogger(__name__)

# A token that expires is made new so long before (Slack's last twelve hours), in minutes.
RENEWED_BEFORE = 120


class Workspaces(Protocol):
    """Which workspaces the bot can post in. Methods raise StoreError."""

    def token(self, workspace: str) -> str | None:
        """The token that stands for a workspace now; None where there is none."""

    def is_served(self, workspace: str) -> bool:
        """Whether the bot can post there, as far as is known."""

    def end(self, workspace: str, why: str, at: datetime) -> None:
        """The app was removed from a workspace at a moment, or its token revoked."""


class OneWorkspace:
    """The workspace of the token in the settings. Before `learn`, every workspace is it."""

    def __init__(self, token: str | None) -> None:
        self._token = token
        self._own: tuple[str, str] | None = None
        self._ended = False

    def learn(self, auth: Mapping[str, Any]) -> None:
        """Take note of whose the token is, by Slack's answer to `auth.test`."""
        is_org = auth.get("is_enterprise_install") is True
        team = "" if is_org else str(auth.get("team_id") or "")
        self._own = str(auth.get("enterprise_id") or ""), team
        self._ended = False

    def token(self, workspace: str) -> str | None:
        """See `Workspaces.token`."""
        return self._token if self.is_served(workspace) else None

    def is_served(self, workspace: str) -> bool:
        """See `Workspaces.is_served`. What a terminal set up names no team, and is not refused."""
        if self._own is None or self._ended:
            return not self._ended
        enterprise, _, team = workspace.partition("/")
        own_enterprise, own_team = self._own
        if own_team:
            return team in ("", own_team)
        return not own_enterprise or enterprise in ("", own_enterprise)

    def end(self, workspace: str, why: str, at: datetime) -> None:  # noqa: ARG002 - see the Protocol
        """See `Workspaces.end`."""
        if self.is_served(workspace):
            self._ended = True


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the app proves itself with when it installs, or makes a token new."""

    client_id: str
    client_secret: str
    client: WebClient


class Installed:
    """The workspaces that installed the app. Safe from any thread and any process."""

    def __init__(
        self,
        store: InstallationStore,
        sealer: Callable[[], Sealer],
        credentials: Credentials,
        now: Callable[[], datetime],
    ) -> None:
        """`sealer` is called when the first token is needed: it may raise SettingsError."""
        self._store, self._make_sealer, self._now = store, sealer, now
        self._sealer: Sealer | None = None
        self._rotator = token_rotation.TokenRotator(
            client_id=credentials.client_id,
            client_secret=credentials.client_secret,
            client=credentials.client,
        )
        self._renewing = threading.Lock()

    @property
    def sealer(self) -> Sealer:
        """What seals the tokens. Raises SettingsError for keys that are none."""
        if self._sealer is None:
            self._sealer = self._make_sealer()
        return self._sealer

    def save(self, new: Installation, token: str, refresh: str | None) -> None:
        """Keep an installation with its tokens, sealed."""
        self._store.save(replace(new, sealed=self._sealed(token, refresh)))

    def token(self, workspace: str) -> str | None:
        """See `Workspaces.token`. Raises SettingsError where no key opens it."""
        found = self.found(workspace)
        return found[1] if found else None

    def is_served(self, workspace: str) -> bool:
        """See `Workspaces.is_served`. One set up in a terminal names no team: it has no token."""
        return self._store.find(workspace) is not None

    def end(self, workspace: str, why: str, at: datetime) -> None:
        """See `Workspaces.end`."""
        if (found := self._store.find(workspace)) is not None:
            self._store.end(found.workspace, why, at)

    def found(self, workspace: str) -> tuple[Installation, str] | None:
        """The installation that stands for a workspace, and a token that is still good."""
        found = self._store.find(workspace)
        if found is None or found.sealed is None:
            return None
        if found.expires is not None and self._is_due(found.expires):
            # One at a time: a token that was made new is no more to be used for that.
            with self._renewing:
                found = self._renewed(workspace)
        if found is None or found.sealed is None:
            return None
        return found, str(json.loads(self.sealer.open(found.sealed))["token"])

    def _is_due(self, expires: datetime) -> bool:
        return expires - self._now() <= timedelta(minutes=RENEWED_BEFORE)

    def _renewed(self, workspace: str) -> Installation | None:
        """The installation with a new token, or as it is while that is still good."""
        found = self._store.find(workspace)
        if found is None or found.sealed is None or found.expires is None:
            return found
        if not self._is_due(found.expires):
            return found
        kept = json.loads(self.sealer.open(found.sealed))
        bot = installation_store.Bot(
            bot_token=kept["token"], bot_refresh_token=kept["refresh"], bot_id=found.bot_id,
            bot_user_id=found.bot_user, bot_token_expires_at=0, installed_at=found.at.timestamp(),
        )  # fmt: skip
        try:
            new = self._rotator.perform_bot_token_rotation(bot=bot)
        except (slack_errors.SlackTokenRotationError, *trouble.LINE_BROKE) as error:
            log.warning("A workspace's token could not be made new: %s", type(error).__name__)
            # Another process may have done it.
            again = self._store.find(workspace)
            if again is not None and again.expires is not None and self._now() < again.expires:
                return again
            return None
        if new is None or new.bot_token_expires_at is None:
            return found
        expires = datetime.fromtimestamp(new.bot_token_expires_at, UTC)
        self._store.renew(found, self._sealed(new.bot_token, new.bot_refresh_token), expires)
        return self._store.find(workspace)

    def _sealed(self, token: str, refresh: str | None) -> bytes:
        return self.sealer.seal(json.dumps({"token": token, "refresh": refresh}))
