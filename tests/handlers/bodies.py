"""Slack payloads as Slack writes them, small enough to read."""

import itertools
import json
from typing import Any

from handlers.views import buttons
from tests.handlers.standin import BOT_USER, TEAM

ALICE = "U01ALICE"
BOB = "U02BOB"
CHANNEL = "C01GENERAL"
DIRECT = "D01ALICE"

_TRIGGERS = itertools.count(1)


def trigger() -> str:
    """A trigger as Slack gives it: unlike every other, so that no two requests are the same."""
    return f"1.2.{next(_TRIGGERS)}"


def slash(text: str, response_url: str, **changes: Any) -> dict[str, Any]:
    return {
        "token": "t", "team_id": TEAM, "team_domain": "test", "channel_id": CHANNEL,
        "channel_name": "general", "user_id": ALICE, "user_name": "alice", "command": "/tme",
        "text": text, "api_app_id": "A01", "is_enterprise_install": "false",
        "response_url": response_url, "trigger_id": trigger(), **changes,
    }  # fmt: skip


def event(inner: dict[str, Any], event_id: str = "Ev01", **changes: Any) -> dict[str, Any]:
    return {
        "token": "t", "team_id": TEAM, "api_app_id": "A01", "type": "event_callback",
        "event_id": event_id, "event_time": 1700000000, "is_ext_shared_channel": False,
        "authorizations": [{
            "enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True,
            "is_enterprise_install": False,
        }],
        "event": inner, **changes,
    }  # fmt: skip


def mention(text: str, thread_ts: str | None = None, event_id: str = "Ev01") -> dict[str, Any]:
    inner = {
        "type": "app_mention", "user": ALICE, "text": f"<@{BOT_USER}> {text}", "ts": "1700.0001",
        "channel": CHANNEL, "event_ts": "1700.0001",
    }  # fmt: skip
    return event(inner | ({"thread_ts": thread_ts} if thread_ts else {}), event_id)


def direct(text: str, event_id: str = "Ev02", **changes: Any) -> dict[str, Any]:
    inner = {
        "type": "message", "channel_type": "im", "user": ALICE, "text": text, "ts": "1700.0002",
        "channel": DIRECT, "event_ts": "1700.0002",
    }  # fmt: skip
    return event(inner | changes, event_id)


def links(*urls: str, ts: str = "1700.0005", **changes: Any) -> dict[str, Any]:
    """Links that a person sent to a channel, as Slack tells of them."""
    inner = {
        "type": "link_shared", "channel": CHANNEL, "user": ALICE, "message_ts": ts,
        "is_bot_user_member": True, "source": "conversations_history", "unfurl_id": f"C1.{ts}",
        "links": [{"url": url, "domain": url.split("/")[2]} for url in urls], "event_ts": ts,
    }  # fmt: skip
    return event(inner | changes, f"Ev-links-{trigger()}")


def details(record_id: str, **changes: Any) -> dict[str, Any]:
    """Somebody opened the pane of a Work Object."""
    inner = {
        "type": "entity_details_requested", "user": ALICE, "external_ref": {"id": record_id},
        "entity_url": "https://doi.org/10.1/x", "app_unfurl_url": "https://doi.org/10.1/x?y",
        "trigger_id": trigger(), "user_locale": "en-US", "channel": CHANNEL,
        "message_ts": "1700.0005", "event_ts": "1700.0009",
    }  # fmt: skip
    return event(inner | changes, event_id=f"Ev{trigger()}")


def shortcut(callback: str, text: str, response_url: str, **changes: Any) -> dict[str, Any]:
    """A shortcut from the menu of somebody's message."""
    return {
        "type": "message_action", "callback_id": callback, "token": "t", "trigger_id": trigger(),
        "response_url": response_url, "message_ts": "1700.0006", "api_app_id": "A01",
        "is_enterprise_install": False, "enterprise": None,
        "team": {"id": TEAM, "domain": "test"}, "channel": {"id": CHANNEL, "name": "general"},
        "user": {"id": ALICE, "name": "alice", "team_id": TEAM},
        "message": {"type": "message", "user": BOB, "ts": "1700.0006", "text": text}, **changes,
    }  # fmt: skip


def global_shortcut(callback: str) -> dict[str, Any]:
    """A shortcut from the search bar or the composer, which belongs to no channel."""
    return {
        "type": "shortcut", "callback_id": callback, "token": "t", "action_ts": "1700.2",
        "trigger_id": trigger(), "is_enterprise_install": False, "enterprise": None,
        "team": {"id": TEAM, "domain": "test"},
        "user": {"id": ALICE, "username": "alice", "team_id": TEAM},
    }  # fmt: skip


def home_opened(tab: str = "home") -> dict[str, Any]:
    inner = {"type": "app_home_opened", "user": ALICE, "channel": DIRECT, "tab": tab}
    return event(inner, f"Ev-home-{trigger()}")


def joined(user: str = BOT_USER, channel: str = CHANNEL) -> dict[str, Any]:
    """Somebody came into a channel: the bot, unless another is named."""
    inner = {"type": "member_joined_channel", "user": user, "channel": channel, "team": TEAM}
    return event(inner, f"Ev-joined-{trigger()}")


def reaction(
    kind: str = "reaction_added", sign: str = "+1", ts: str = "1700.0001", **changes: Any
) -> dict[str, Any]:
    """A sign that a person put under a message, or took away."""
    item = {"type": "message", "channel": CHANNEL, "ts": ts}
    inner = {"type": kind, "user": ALICE, "reaction": sign, "item": item, "item_user": BOT_USER}
    return event(inner | changes, f"Ev-reaction-{trigger()}")


def press(
    action_id: str,
    value: object,
    response_url: str | None,
    *,
    channel: str | None = CHANNEL,
    thread_ts: str | None = None,
    ephemeral: bool = False,
    **changes: Any,
) -> dict[str, Any]:
    """A pressed button; `value` is packed as JSON unless it is a string already."""
    packed = value if isinstance(value, str) else json.dumps(value)
    container: dict[str, Any] = {"type": "view", "view_id": "V01"}
    if channel:
        container = {
            "type": "message", "message_ts": "1700.0003", "channel_id": channel,
            "is_ephemeral": ephemeral, **({"thread_ts": thread_ts} if thread_ts else {}),
        }  # fmt: skip
    return {
        "type": "block_actions", "api_app_id": "A01", "token": "t",
        "team": {"id": TEAM, "domain": "test"}, "enterprise": None,
        "is_enterprise_install": False,
        "user": {"id": ALICE, "username": "alice", "name": "alice", "team_id": TEAM},
        "container": container, "trigger_id": trigger(),
        **({"channel": {"id": channel, "name": "general"}} if channel else {}),
        **({"response_url": response_url} if response_url else {}),
        "actions": [{
            "type": "button", "action_id": action_id, "block_id": "b1", "value": packed,
            "text": {"type": "plain_text", "text": "A button"}, "action_ts": "1700.1",
        }],
        **changes,
    }  # fmt: skip


def controls_in(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The buttons of a message or view, in order, those in a ⋯ as the buttons they stand for."""
    found: list[dict[str, Any]] = []
    for block in message["blocks"]:
        for element in (block.get("accessory"), *block.get("elements", ())):
            if element and element.get("type") == "button":
                found.append(element)
            elif element and element.get("type") == "overflow":
                for option in element["options"]:
                    action_id, value = buttons.chosen(option["value"])
                    found.append({**option, "action_id": action_id, "value": value})
    return found


def submit(view: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """A window handed in, with what stands in its inputs."""
    return {
        "type": "view_submission", "api_app_id": "A01", "token": "t",
        "team": {"id": TEAM, "domain": "test"}, "enterprise": None,
        "is_enterprise_install": False,
        "user": {"id": ALICE, "username": "alice", "name": "alice", "team_id": TEAM},
        "view": {**view, "id": "V01", "state": {"values": values}}, "response_urls": [],
        "trigger_id": trigger(),
    }  # fmt: skip
