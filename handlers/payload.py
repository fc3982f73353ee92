"""What a Slack payload says about the person, the place and the words.

Payloads come from outside: a value of the wrong kind reads as if it were missing.
"""

import re
from collections.abc import Mapping
from typing import Any


def text_of(payload: Mapping[str, Any] | None, key: str) -> str:
    """The string under a key, or "" where there is none."""
    value = payload.get(key) if payload else None
    return value if isinstance(value, str) else ""


def part_of(payload: Mapping[str, Any] | None, key: str) -> Mapping[str, Any]:
    """The object under a key, or an empty one where there is none."""
    value = payload.get(key) if payload else None
    return value if isinstance(value, Mapping) else {}


def workspace_of(body: Mapping[str, Any]) -> str:
    """The owner of everything a team keeps: `enterprise_id/team_id`, either part may be empty.

    Slack writes the two in other places for slash commands, events, buttons and Enterprise Grid.
    An event's `authorizations` name the installation it came through, which in a shared channel
    is not the sender's workspace: they go first.
    """
    authorizations = body.get("authorizations")
    first = authorizations[0] if isinstance(authorizations, list) and authorizations else None
    installation: Mapping[str, Any] = first if isinstance(first, Mapping) else {}
    team = (
        text_of(installation, "team_id")
        or text_of(body, "team_id")
        or text_of(part_of(body, "team"), "id")
        or text_of(part_of(body, "user"), "team_id")
        or text_of(part_of(body, "view"), "team_id")
    )
    enterprise = (
        text_of(installation, "enterprise_id")
        or text_of(body, "enterprise_id")
        or text_of(part_of(body, "enterprise"), "id")
        or text_of(part_of(body, "team"), "enterprise_id")
    )
    return f"{enterprise}/{team}"


def without_mention(text: str, bot_user: str) -> str:
    """The text without the bot's own mention; mentions of others stay."""
    if not bot_user:
        return text.strip()
    return re.sub(rf"<@{re.escape(bot_user)}(\|[^>]*)?>", " ", text).strip()


def is_home(body: Mapping[str, Any]) -> bool:
    """Whether something was pressed on the Home tab: in a view that is no window."""
    kind = text_of(part_of(body, "view"), "type")
    return text_of(part_of(body, "container"), "type") == "view" and kind != "modal"
