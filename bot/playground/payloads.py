"""The payloads Slack sends the bot, as Socket Mode carries them.

Shapes after Slack's reference: slash commands, event callbacks, block_actions, view_submission
and view_closed. The verification token is deprecated and made up.
"""

import re
import secrets
from collections.abc import Mapping
from typing import Any

from bot.playground.workspace import (
    APP_ID,
    BOT,
    TEAM_DOMAIN,
    TEAM_ID,
    Channel,
    Json,
    Message,
    OpenView,
    User,
)

_TOKEN = "playground"  # noqa: S105 - Slack's deprecated verification token, checked by no one
_URL = re.compile(r"https?://[^\s<>|\"]+[^\s<>|\".,;:!?)\]}'”’]")
_NAMED = re.compile(r"(?<![\w&<#@/])[#@](?P<name>[A-Za-z0-9_-]{1,80})")
_MENTION = re.compile(r"(?<![\w@])@tme(?:[ -]?bot)?(?!\w)", re.IGNORECASE)


def escaped(text: str) -> str:
    """What a person typed, with the three characters Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_slack_writes(text: str) -> str:
    """What a person typed, as a message carries it: escaped, `<https://...>`, `<@U...>`."""
    linked = _URL.sub(
        lambda match: f"<{match.group()}>", escaped(text.replace(f"<@{BOT}>", "@tme"))
    )
    return _MENTION.sub(f"<@{BOT}>", linked)


def with_names(text: str, ids: Mapping[str, str]) -> str:
    """Channels and people that are named (`#journal-club`, `@ana`) as Slack writes them."""

    def linked(match: re.Match[str]) -> str:
        found = ids.get(match[0].lower())
        return f"<{match[0][0]}{found}|{match['name']}>" if found else match[0]

    return _NAMED.sub(linked, text)


def slash_command(command: str, text: str, channel: Channel, user: User) -> Json:
    """A slash command typed in a channel; its trigger and response URL are the caller's to add."""
    return {
        "token": _TOKEN,
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.is_im else channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
    }


def event(body: Json, at: str) -> Json:
    """An Events API callback around one event, with an id of its own."""
    return {
        "type": "event_callback",
        "token": _TOKEN,
        "team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event": {**body, "event_ts": at},
        "event_id": f"Ev{secrets.token_hex(6).upper()}",
        "event_time": int(at.partition(".")[0]),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM_ID,
                "user_id": BOT,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
    }


def message_event(message: Message, kind: str, **more: Any) -> Json:
    """A person's message as an event of that kind ("message" or "app_mention")."""
    body = {
        "type": kind,
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "channel": message.channel,
        "team": TEAM_ID,
        **more,
    }
    if message.thread_ts:
        body["thread_ts"] = message.thread_ts
    return event(body, message.ts)


def block_actions(
    action: Json, user: User, *, trigger_id: str, where: Json, response_url: str | None = None
) -> Json:
    """A press of a button or a choice in a menu; `where` from `in_message` or `in_view`."""
    payload = _interaction("block_actions", user) | where
    payload |= {"trigger_id": trigger_id, "actions": [action]}
    payload.setdefault("state", {"values": {}})
    if response_url is not None:
        payload["response_url"] = response_url
    return payload


def in_message(message: Message, channel: Channel) -> Json:
    """Where an action happened: a message. Of an ephemeral one Slack tells only the time."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.visible_to is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    name = "directmessage" if channel.is_im else channel.name
    where: Json = {"container": container, "channel": {"id": channel.id, "name": name}}
    if message.visible_to is None:
        where["message"] = message.for_slack()
    return where


def in_view(opened: OpenView, values: Json) -> Json:
    """Where an action happened: a modal or the home tab, with the state of its inputs."""
    return {
        "container": {"type": "view", "view_id": opened.id},
        "view": opened.for_slack(values),
        "state": {"values": values},
    }


def view_submission(opened: OpenView, values: Json, user: User, *, trigger_id: str) -> Json:
    """A modal was submitted."""
    body = {"view": opened.for_slack(values), "trigger_id": trigger_id, "response_urls": []}
    return _interaction("view_submission", user) | body


def view_closed(opened: OpenView, user: User) -> Json:
    """A modal was dismissed."""
    return _interaction("view_closed", user) | {"view": opened.for_slack(), "is_cleared": False}


def _interaction(kind: str, user: User) -> Json:
    return {
        "type": kind,
        "token": _TOKEN,
        "api_app_id": APP_ID,
        "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": TEAM_ID,
        },
        "enterprise": None,
        "is_enterprise_install": False,
    }
