"""`tme workspaces`: who installed the bot, and what is deleted of a workspace that left."""

import click

from bot.app.cli import json_lines
from bot.app.cli.common import json_option, opened_services, user
from bot.app.doctor import missed
from bot.app.manifest import manifest
from bot.errors import UsageError
from bot.settings import Settings
from bot.store import sealing
from bot.store.installations import Installation
from handlers.services import Services
from handlers.views.wording import day


@click.command()
@click.option(
    "--delete", metavar="WORKSPACE", help="Delete all that is kept of it (/T0… or E0…/T0…)."
)
@click.option("--new-key", is_flag=True, help="Print a new key for TME_TOKEN_KEYS.")
@click.option("--yes", is_flag=True, help="Do not ask before deleting.")
@json_option
def workspaces(delete: str | None, new_key: bool, yes: bool, as_json: bool) -> None:
    """List the workspaces that installed the bot, or delete all that is kept of one.

    \b
    Example: tme workspaces --delete /T0123ABCD
    """
    if new_key:
        click.echo(sealing.new_key())
        return
    with opened_services(starter=False) as services:
        if delete is not None:
            if not yes:
                click.confirm(f"Delete all that is kept of {delete}?", abort=True)
            _delete(services, delete)
            click.echo(json_lines.line({"deleted": delete}) if as_json else f"{delete}: deleted.")
            return
        known = services.store.installations.all()
        wanted = manifest(Settings.load())["oauth_config"]["scopes"]["bot"]
    for each in known:
        lacks = [scope for scope in wanted if scope not in each.scopes]
        click.echo(json_lines.line(_object(each, lacks)) if as_json else _shown(each, lacks))
    if not known and not as_json:
        click.echo("No workspace has installed the bot (SLACK_BOT_TOKEN needs no installing).")


def _delete(services: Services, workspace: str) -> None:
    """Raises UsageError for what names no workspace, or one where the bot is installed."""
    if "/" not in workspace or not workspace.strip("/"):
        raise UsageError(f"{workspace[:40]} is no workspace.", "Write it as it is listed: /T0123.")
    if any(
        each.workspace == workspace and each.sealed for each in services.store.installations.all()
    ):
        raise UsageError("The app is still installed there.", "Remove it there first.")
    for each in services.imports.listed(workspace):
        if each.undone_at is None and each.shared_at is None:
            services.imports.undo(each.number, user(), workspace)
    services.store.installations.forget(workspace)


def _object(each: Installation, lacks: list[str]) -> dict[str, object]:
    return {
        "workspace": each.workspace, "name": each.name, "installed": each.at, "by": each.by,
        "expires": each.expires, "ended": each.ended, "lacks": lacks,
    }  # fmt: skip


def _shown(each: Installation, lacks: list[str]) -> str:
    state = f"ended ({each.ended})" if each.ended else f"since {day(each.at)}, by {each.by}"
    without = f"; {missed(lacks)}" if lacks and not each.ended else ""
    return f"{each.workspace}  {each.name}: {state}{without}"
