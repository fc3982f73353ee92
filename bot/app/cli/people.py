"""`tme audit` and `tme person`: who changed what, and what is kept of one person."""

import re
from dataclasses import asdict
from datetime import datetime
from typing import get_args

import click

from bot.app.cli import json_lines as interface
from bot.app.cli.common import json_option, opened_services
from bot.store.audit import Area, Entry
from handlers.views.wording import count

_AREAS = get_args(Area)


@click.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this day on (UTC).")
@click.option("--area", type=click.Choice(_AREAS), help="Changes of this kind alone.")
@click.option("--workspace", help="Of this workspace alone, e.g. /T0123ABCD.")
@json_option
def audit(since: datetime | None, area: str | None, workspace: str | None, as_json: bool) -> None:
    """Export who changed lists, subscriptions, corrections, imports, merges and roles, and when.

    \b
    Example: tme audit --since 2026-01-01 --json > audit.jsonl
    """
    with opened_services(starter=False) as services:
        entries = list(services.store.audit.all(since=since, area=area, workspace=workspace))
    for each in entries:
        click.echo(interface.line(asdict(each)) if as_json else _entry(each))
    if not entries and not as_json:
        click.echo("Nothing was changed yet.")


def _entry(each: Entry) -> str:
    where = f" in {each.workspace}" if each.workspace else ""
    was = f" (before: {interface.line(each.before)})" if each.before else ""
    return f"{each.at:%Y-%m-%d %H:%M} {each.who}{where}: {each.area} {each.thing}: {each.what}{was}"


@click.command()
@click.argument("user", metavar="USER")
@click.option("--delete", is_flag=True, help="Delete it; what a team works with loses the name.")
@json_option
def person(user: str, delete: bool, as_json: bool) -> None:
    """List what is kept of a member (a Slack id, or a name of this terminal), or delete it.

    \b
    Example: tme person U0123ABCD --delete
    """
    if not re.fullmatch(r"[\w.-]{1,80}", user):
        raise click.UsageError("A member is named by a Slack id (U0123ABCD), or by an account.")
    with opened_services(starter=False) as services:
        kept = services.store.people.kept(user)
        if delete:
            services.store.people.delete(user)
    if delete:
        counts = {"deleted": len(kept)}
        click.echo(interface.line(counts) if as_json else f"{count(len(kept), 'thing')} deleted.")
        return
    for each in kept:
        shown = {"kind": each.kind, **each.values}
        click.echo(
            interface.line(shown) if as_json else f"{each.kind}: {interface.line(each.values)}"
        )
    if not kept and not as_json:
        click.echo(f"Nothing is kept of {user}.")
