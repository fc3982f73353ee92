"""The Slack app's manifest, and the scopes that it asks for."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import yaml

from bot.app.composition import seeds_folder
from bot.errors import UsageError
from bot.settings import Settings
from handlers.command import Command
from handlers.commands import COMMANDS
from handlers.listeners.installing import REDIRECT_PATH

_EVENTS = "/slack/events"


def manifest(settings: Settings, http: str | None = None) -> dict[str, Any]:
    """`app.yaml` with what is given changed in it. Raises UsageError for a bad address."""
    beside = seeds_folder()
    file = next(f for f in (beside / "app.yaml", beside.parent / "app.yaml") if f.is_file())
    made: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    command = made["features"]["slash_commands"][0]
    command["usage_hint"] = usage_hint(COMMANDS)
    made["features"]["unfurl_domains"] = list(settings.unfurl_domains)
    if not settings.unfurl_domains:
        del made["features"]["unfurl_domains"], made["features"]["rich_previews"]
        for event in ("link_shared", "entity_details_requested"):
            made["settings"]["event_subscriptions"]["bot_events"].remove(event)
        for scopes in made["oauth_config"]["scopes"].values():
            scopes[:] = [scope for scope in scopes if not scope.startswith("links:")]
    if not settings.agent_view:
        del made["features"]["agent_view"]
        for scopes in made["oauth_config"]["scopes"].values():
            scopes.remove("assistant:write")
    if http is not None:
        address = _address(http)
        command["url"] = address
        for part in ("event_subscriptions", "interactivity"):
            made["settings"][part]["request_url"] = address
        made["settings"]["socket_mode_enabled"] = False
        if settings.serves_many:
            # Where Slack leads back to after installing. Tokens that expire are made new.
            made["oauth_config"]["redirect_urls"] = [_root(http) + REDIRECT_PATH]
            made["settings"] |= {"org_deploy_enabled": True, "token_rotation_enabled": True}
    return made


def usage_hint(commands: Sequence[Command]) -> str:
    """What can follow `/tme`, as Slack shows it beside the command."""
    names = [command.name for command in commands if command.name]
    return " | ".join(("a question", "a DOI or PMID", *sorted(names)))


def _address(given: str) -> str:
    url = urlsplit(given)
    if url.scheme != "https" or not url.netloc or url.query or url.fragment:
        raise UsageError(
            f"{given[:100]} is no address that Slack can send to.",
            "It begins with https://, e.g. --http https://tme.example.org",
        )
    return _root(given) + _EVENTS


def _root(given: str) -> str:
    return given.rstrip("/").removesuffix(_EVENTS)
