"""What Slack says of people: what they are to the workspace, and which channels they are in.

Both need scopes that a workspace may refuse (`users:read`; `channels:read` and `groups:read`).
Without them the answer is "not known", never "no".
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from slack_sdk.errors import SlackApiError

from bot.digests.people import AdminsUnknown
from bot.errors import TmeError
from bot.rights import Kind
from bot.schedule import zone_named
from handlers.trouble import LINE_BROKE, slack_code

if TYPE_CHECKING:
    from slack_sdk import WebClient

SCOPE, CHANNEL_SCOPES = "users:read", ("channels:read", "groups:read")
# How long an answer of Slack's is taken for true.
KEPT = timedelta(minutes=5)
_ROLES = ("is_admin", "is_owner", "is_primary_owner")
_GUEST = ("is_restricted", "is_ultra_restricted")
_NOBODY = frozenset(("user_not_found", "user_not_visible", "users_not_found"))
_NO_SCOPE = frozenset(("missing_scope", "no_permission", "not_allowed_token_type"))
# Longer lists take longer than a window may take to open: who is in such a channel is not known.
_PAGE, _MOST_PAGES = 1000, 5

T = TypeVar("T")


class SlackSilent(TmeError):
    """Slack does not say now who somebody is; trying again helps."""

    code = "slack_silent"
    hint = "Try again in a moment."


@dataclass(frozen=True, slots=True)
class Known:
    """Slack's answer about a person; `kind` is None where there is none, `trouble` says why.

    `is_lasting` is a lack of scope, which asking again does not end. `zone` is the person's time
    zone, where Slack says it.
    """

    kind: Kind | None
    trouble: str | None = None
    is_lasting: bool = False
    zone: str | None = None


class _Kept(Generic[T]):
    """Answers that are taken for true for a while. Safe from any thread."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._answers: dict[tuple[str, ...], tuple[datetime, T]] = {}

    def get(self, key: tuple[str, ...], fetch: Callable[[], T]) -> T:
        now = self._now()
        with self._lock:
            until, answer = self._answers.get(key, (now, None))
        if answer is None or not now < until <= now + KEPT:
            answer = fetch()
            with self._lock:
                self._answers = {k: v for k, v in self._answers.items() if now < v[0]}
                self._answers[key] = now + KEPT, answer
        return answer


class SlackPeople:
    """Asks Slack who people are, and keeps the answers for a while. Safe from any thread."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._known: _Kept[Known] = _Kept(now)
        self._members: _Kept[frozenset[str] | str] = _Kept(now)
        self._trouble: str | None = None

    @property
    def trouble(self) -> str | None:
        """Why Slack's last answer did not say who somebody is; None where it did."""
        return self._trouble

    def known(self, client: "WebClient", workspace: str, user: str) -> Known:
        """What this person is to this workspace."""
        known = self._known.get((workspace, user), lambda: _ask(client, workspace, user))
        self._trouble = known.trouble
        return known

    def is_admin(self, client: "WebClient", workspace: str, user: str) -> bool:
        """Whether this person is an admin or owner of this workspace. Raises AdminsUnknown."""
        known = self.known(client, workspace, user)
        if known.trouble is not None:
            raise AdminsUnknown(known.trouble)
        return known.kind is Kind.ADMIN

    def is_in(self, client: "WebClient", workspace: str, channel: str, user: str) -> bool | None:
        """Whether a person is in a channel, or it is theirs alone with the bot; None: not known."""
        if channel.startswith(("U", "W")):
            return channel == user
        fetch = _ask_direct if channel.startswith("D") else _ask_members
        key = (workspace, channel, *([user] if channel.startswith("D") else []))
        members = self._members.get(key, lambda: fetch(client, channel, user))
        return user in members if isinstance(members, frozenset) else None


def scopes_in(headers: Mapping[str, str]) -> tuple[str, ...] | None:
    """The scopes of the bot's token, by the headers of an answer; None where they do not say."""
    lowered = {name.lower(): value for name, value in headers.items()}
    scopes = lowered.get("x-oauth-scopes")
    return None if scopes is None else tuple(each.strip() for each in scopes.split(","))


def _ask(client: "WebClient", workspace: str, user: str) -> Known:
    try:
        answer = client.users_info(user=user)
    except SlackApiError as error:
        code = slack_code(error)
        if code in _NOBODY:
            return Known(Kind.EXTERNAL)
        lacks = code in _NO_SCOPE
        return Known(None, f"I lack the scope {SCOPE}" if lacks else f"Slack says “{code}”", lacks)
    except LINE_BROKE:
        return Known(None, "Slack cannot be reached")
    person = answer.data.get("user") if isinstance(answer.data, Mapping) else None
    known = person if isinstance(person, Mapping) else {}
    zone = known.get("tz")
    return Known(_kind(known, workspace), zone=zone_named(zone) if isinstance(zone, str) else None)


def _kind(person: Mapping[str, Any], workspace: str) -> Kind:
    # A guest from another workspace may be an admin there.
    enterprise = person.get("enterprise_user")
    grid = enterprise.get("enterprise_id") if isinstance(enterprise, Mapping) else None
    home = person.get("team_id")
    is_ours = home is None or home in workspace.split("/") or (grid and grid in workspace)
    if not is_ours or person.get("is_stranger") is True or person.get("deleted") is True:
        return Kind.EXTERNAL
    if any(person.get(mark) is True for mark in _GUEST):
        return Kind.GUEST
    return Kind.ADMIN if any(person.get(role) is True for role in _ROLES) else Kind.MEMBER


def _ask_members(client: "WebClient", channel: str, _user: str) -> frozenset[str] | str:
    """Who is in a channel, or why that is not known."""
    members: set[str] = set()
    cursor = ""
    for _ in range(_MOST_PAGES):
        try:
            answer = client.conversations_members(channel=channel, limit=_PAGE, cursor=cursor)
        except SlackApiError as error:
            return slack_code(error)
        except LINE_BROKE as error:
            return type(error).__name__
        data = answer.data if isinstance(answer.data, Mapping) else {}
        listed = data.get("members")
        if not isinstance(listed, list):
            return "not Slack's shape"
        members.update(each for each in listed if isinstance(each, str))
        cursor = (data.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return frozenset(members)
    return "too many members"


def _ask_direct(client: "WebClient", channel: str, user: str) -> frozenset[str] | str:
    """The person whose direct messages with the bot these are, if it is this one."""
    try:
        answer = client.conversations_open(users=user)
    except SlackApiError as error:
        return slack_code(error)
    except LINE_BROKE as error:
        return type(error).__name__
    opened = answer.data.get("channel") if isinstance(answer.data, Mapping) else None
    own = opened.get("id") if isinstance(opened, Mapping) else None
    if not isinstance(own, str):
        return "not Slack's shape"
    return frozenset((user,)) if own == channel else frozenset()
