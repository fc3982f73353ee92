"""Who administers a workspace, as Slack knows it.

Used only where `TME_SUBSCRIPTION_CHANGES=admins`, which needs the scope users:read.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.digests.subscriptions import AdminsUnknown
from handlers.trouble import slack_code

SCOPE = "users:read"
# How long an answer of Slack's is taken for true.
KEPT = timedelta(minutes=5)
_ROLES = ("is_admin", "is_owner", "is_primary_owner")
_NOBODY = frozenset(("user_not_found", "user_not_visible", "users_not_found"))
_NO_SCOPE = frozenset(("missing_scope", "no_permission", "not_allowed_token_type"))


@dataclass(frozen=True, slots=True)
class _Known:
    """Slack's answer about a person, or why there is none; valid until `until`."""

    is_admin: bool
    trouble: str | None
    until: datetime


class SlackAdmins:
    """Asks Slack who is an admin, and keeps the answers for a while. Safe from any thread."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], _Known] = {}
        self._trouble: str | None = None

    @property
    def trouble(self) -> str | None:
        """Why Slack's last answer did not name the admins; None where it did."""
        return self._trouble

    def is_admin(self, client: WebClient, workspace: str, user: str) -> bool:
        """Whether this person is an admin or owner of this workspace. Raises AdminsUnknown."""
        now = self._now()
        with self._lock:
            known = self._known.get((workspace, user))
        if known is None or not now < known.until <= now + KEPT:
            known = _asked(client, workspace, user, now + KEPT)
            with self._lock:
                self._trouble = known.trouble
                self._known = {who: what for who, what in self._known.items() if now < what.until}
                self._known[workspace, user] = known
        if known.trouble is not None:
            raise AdminsUnknown(known.trouble)
        return known.is_admin


def may_ask(client: WebClient) -> bool | None:
    """Whether the bot has the scope it takes; None where Slack does not say.

    Raises SlackApiError, OSError.
    """
    headers = {name.lower(): value for name, value in client.auth_test().headers.items()}
    scopes = headers.get("x-oauth-scopes")
    return None if scopes is None else SCOPE in [each.strip() for each in scopes.split(",")]


def _asked(client: WebClient, workspace: str, user: str, until: datetime) -> _Known:
    try:
        answer = client.users_info(user=user)
    except SlackApiError as error:
        code = slack_code(error)
        if code in _NOBODY:
            return _Known(is_admin=False, trouble=None, until=until)
        lacks = f"I lack the scope {SCOPE}" if code in _NO_SCOPE else f"Slack says “{code}”"
        return _Known(is_admin=False, trouble=lacks, until=until)
    except OSError:
        return _Known(is_admin=False, trouble="Slack cannot be reached", until=until)
    data = answer.data.get("user") if isinstance(answer.data, Mapping) else None
    person = data if isinstance(data, Mapping) else {}
    # A guest from another workspace may be an admin there.
    home = person.get("team_id")
    is_ours = home is None or home in workspace.split("/")
    has_role = any(person.get(role) is True for role in _ROLES)
    is_admin = is_ours and has_role and person.get("deleted") is not True
    return _Known(is_admin, None, until)
