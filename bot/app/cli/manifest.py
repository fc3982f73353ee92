"""`tme manifest`: what Slack is given to make the app, as these settings need it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import click
import yaml

from bot.app.cli import json_lines
from bot.app.cli.common import json_option
from bot.app.composition import seeds_folder
from bot.errors import UsageError
from bot.settings import Settings
from handlers.commands import COMMANDS
from handlers.router import Command

_EVENTS = "/slack/events"


@click.command("manifest")
@click.option("--http", metavar="URL", help="Where Slack sends signed requests to, over HTTPS.")
@json_option
def manifest_command(http: str | None, as_json: bool) -> None:
    """Write the manifest of the Slack app, to be pasted into Slack, as these settings need it.

    Without --http the app uses Socket Mode, which needs no public address. With it Slack sends
    what happens to URL/slack/events.

    \b
    Example: tme manifest --http https://tme.example.org
    """
    made = manifest(Settings.load(), http)
    click.echo(
        json_lines.line(made)
        if as_json
        else yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=100).rstrip()
    )


def manifest(settings: Settings, http: str | None = None) -> dict[str, Any]:
    """`app.yaml` with what these settings change in it. Raises UsageError for a bad address."""
    beside = seeds_folder()
    file = next(f for f in (beside / "app.yaml", beside.parent / "app.yaml") if f.is_file())
    made: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    command = made["features"]["slash_commands"][0]
    command["usage_hint"] = usage_hint(COMMANDS)
    if settings.subscription_changes == "admins":
        made["oauth_config"]["scopes"]["bot"].append("users:read")
    if http is not None:
        address = _address(http)
        command["url"] = address
        for part in ("event_subscriptions", "interactivity"):
            made["settings"][part]["request_url"] = address
        made["settings"]["socket_mode_enabled"] = False
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
    return given.rstrip("/").removesuffix(_EVENTS) + _EVENTS
