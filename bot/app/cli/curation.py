"""`tme corrections`, `tme lists`, `tme reports`: what teams keep beside the records."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from bot.app.cli import json_lines as interface
from bot.app.cli.common import json_option, opened_services, user
from bot.app.cli.export import format_option, hand_out, out_option
from bot.curation.corrections import Corrected
from bot.curation.lists import Entry, Scope, UnknownList
from bot.curation.reports import KINDS, Reported
from bot.errors import UnknownRecord
from bot.formats import writer
from bot.store.corrections import Correcting, TagCorrection
from bot.store.lists import ReadingList
from handlers.services import Services

workspace_option = click.option(
    "--workspace", help="Of this workspace alone, as the list names it, e.g. /T0123ABCD."
)


@click.group(invoke_without_command=True)
@workspace_option
@click.option("--all", "ended", is_flag=True, help="Also those that were undone or replaced.")
@json_option
@click.pass_context
def corrections(ctx: click.Context, workspace: str | None, ended: bool, as_json: bool) -> None:
    """List the tags that teams corrected, by whom and when; `undo` ends one, `add` makes one.

    A correction applies in its workspace alone; the shared record keeps its tags.

    \b
    Examples:
      tme corrections --json
      tme corrections undo 3
      tme corrections add 10.1002/ctd2.70098 --workspace /T0123ABCD --wrong immune-cells
    """
    if ctx.invoked_subcommand is not None:
        return
    with opened_services() as services:
        listed = services.corrections.listed(workspace, ended=ended)
    for each in listed:
        click.echo(interface.line(_as_json(each)) if as_json else _as_text(each))
    if not listed and not as_json:
        click.echo("No tag was corrected. In Slack: ⋯ → Wrong tag on a card.")


@corrections.command()
@click.argument("number", type=int)
@json_option
def undo(number: int, as_json: bool) -> None:
    """End a correction, by its number.

    \b
    Example: tme corrections undo 3
    """
    with opened_services() as services:
        services.corrections.undo([number], None, user())
    click.echo(interface.line({"undone": number}) if as_json else f"Correction {number} undone.")


@corrections.command()
@click.argument("record_id", metavar="ID")
@click.option("--workspace", required=True, help="The workspace it is for, e.g. /T0123ABCD.")
@click.option("--wrong", multiple=True, metavar="CONCEPT", help="A tag that does not fit.")
@click.option("--missing", multiple=True, metavar="CONCEPT", help="A concept that is missing.")
@click.option("--comment", default="", help="Why, for those who read the list.")
@json_option
def add(
    record_id: str,
    workspace: str,
    wrong: tuple[str, ...],
    missing: tuple[str, ...],
    comment: str,
    as_json: bool,
) -> None:
    """Correct the tags of a record for a workspace. Concepts are named by their ids.

    \b
    Example: tme corrections add 10.1002/ctd2.70098 --workspace /T0123 --missing tumour-hypoxia
    """
    with opened_services() as services:
        record = services.lookup.one(record_id)
        if record is None:
            raise UnknownRecord(f"No record of {record_id[:80]} is stored.")
        correcting = Correcting(workspace, record.id, user(), wrong, missing, comment)
        kept = [Corrected(each, record) for each in services.corrections.correct(correcting)]
    for each in kept:
        click.echo(interface.line(_as_json(each)) if as_json else _as_text(each))


@click.group(invoke_without_command=True)
@workspace_option
@json_option
@click.pass_context
def lists(ctx: click.Context, workspace: str | None, as_json: bool) -> None:
    """List the reading lists kept here: whose they are, and how much is on them.

    `tme ask 'save DOI to LIST'` and `tme ask 'list LIST'` keep lists of the terminal's own.

    \b
    Examples:
      tme lists --json
      tme lists show 3
      tme lists export 3 --out journal-club.bib
    """
    if ctx.invoked_subcommand is not None:
        return
    with opened_services() as services:
        stored = services.store.lists.lists(workspace)
    for each in stored:
        click.echo(interface.line(_list_json(each)) if as_json else _list_text(each))
    if not stored and not as_json:
        click.echo("No reading list yet. tme ask 'save DOI to journal club' begins one.")


@lists.command()
@click.argument("number", type=int)
@json_option
def show(number: int, as_json: bool) -> None:
    """Show what is on a list, by its number: who saved it, when, the note, who has read it.

    \b
    Example: tme lists show 3 --json
    """
    with opened_services() as services:
        for entry in services.library.entries(_list(services, number)):
            item, record = entry.item, entry.record
            line = f"{record.doi or interface.public_id(record)}  {record.title}"
            noted = f"\n    {item.note}" if item.note else ""
            kept = f"\n    saved by {item.added_by} on {item.added_at:%Y-%m-%d}"
            shown = interface.line(_entry_json(entry)) if as_json else line + kept + noted
            click.echo(shown)


@lists.command("export")
@click.argument("number", type=int)
@format_option("bibtex")
@out_option
def write(number: int, format_name: str, out: Path | None) -> None:
    """Write a list as a file, by its number.

    \b
    Example: tme lists export 3 --format ris --out journal-club.ris
    """
    with opened_services() as services:
        on = _list(services, number)
        records = [entry.record for entry in services.library.entries(on)]
        scope = Scope(on.workspace, on.owner)
        hand_out(services.library.shelved(scope, records), writer(format_name), out)


@click.group(invoke_without_command=True)
@workspace_option
@click.option("--all", "closed", is_flag=True, help="Also those that are dealt with.")
@json_option
@click.pass_context
def reports(ctx: click.Context, workspace: str | None, closed: bool, as_json: bool) -> None:
    """List what people reported as wrong with records; `close` one that is dealt with.

    \b
    Examples:
      tme reports --json
      tme reports close 3
    """
    if ctx.invoked_subcommand is not None:
        return
    with opened_services() as services:
        listed = services.reports.listed(workspace, closed=closed)
    for each in listed:
        click.echo(interface.line(_report_json(each)) if as_json else _report_text(each))
    if not listed and not as_json:
        click.echo("Nothing was reported. In Slack: ⋯ → Report an error on a card.")


@reports.command()
@click.argument("number", type=int)
@json_option
def close(number: int, as_json: bool) -> None:
    """Say that a report is dealt with, by its number.

    \b
    Example: tme reports close 3
    """
    with opened_services() as services:
        services.reports.close(number, user())
    click.echo(interface.line({"closed": number}) if as_json else f"Report {number} closed.")


def _report_json(each: Reported) -> dict[str, Any]:
    kept, record = each.report, each.record
    return {
        **asdict(kept),
        "record": interface.public_id(record) if record else kept.record_id,
        "doi": record.doi if record else None,
        "title": record.title if record else None,
        "at": kept.at.isoformat(),
        "closed_at": kept.closed_at.isoformat() if kept.closed_at else None,
    }


def _report_text(each: Reported) -> str:
    kept, record = each.report, each.record
    about = (record.doi or record.title) if record else kept.record_id
    text = " ".join(kept.text.split())
    closed = f"; closed by {kept.closed_by}" if kept.closed_by else ""
    return (
        f"{kept.id}  {kept.workspace}  {about}  {KINDS.get(kept.kind, kept.kind)}"
        f" by {kept.user} on {kept.at:%Y-%m-%d}: “{text}”{closed}"
    )


def _list(services: Services, number: int) -> ReadingList:
    found = services.store.lists.get(None, number)
    if found is None:
        raise UnknownList(f"There is no reading list {number}.", "`tme lists` shows them.")
    return found


def _list_json(stored: ReadingList) -> dict[str, Any]:
    latest = stored.latest.isoformat() if stored.latest else None
    return {**asdict(stored), "made_at": stored.made_at.isoformat(), "latest": latest}


def _list_text(stored: ReadingList) -> str:
    count = f"{stored.items} record{'' if stored.items == 1 else 's'}"
    return f"{stored.id}  {stored.workspace}  {stored.owner}  {stored.name}  {count}"


def _entry_json(entry: Entry) -> dict[str, Any]:
    item, record = entry.item, entry.record
    return {
        "id": interface.public_id(record),
        "key": record.id,
        "doi": record.doi,
        "title": record.title,
        "note": item.note,
        "added_by": item.added_by,
        "added_at": item.added_at.isoformat(),
        "read_by": list(item.read_by),
    }


def _as_json(each: Corrected) -> dict[str, Any]:
    kept, record = each.correction, each.record
    return {
        "id": kept.id,
        "workspace": kept.workspace,
        "record": interface.public_id(record) if record else kept.record_id,
        "key": kept.record_id,
        "doi": record.doi if record else None,
        "title": record.title if record else None,
        "concept": kept.concept,
        "change": _change(kept),
        "comment": kept.comment,
        "user": kept.user,
        "at": kept.at.isoformat(),
        "undone_by": kept.undone_by,
        "undone_at": kept.undone_at.isoformat() if kept.undone_at else None,
    }


def _as_text(each: Corrected) -> str:
    kept, record = each.correction, each.record
    about = (record.doi or record.title) if record else kept.record_id
    comment = f": “{kept.comment}”" if kept.comment else ""
    ended = f"; ended by {kept.undone_by} on {kept.undone_at:%Y-%m-%d}" if kept.undone_at else ""
    return (
        f"{kept.id}  {kept.workspace}  {about}  {kept.concept} {_change(kept)}"
        f" by {kept.user} on {kept.at:%Y-%m-%d}{comment}{ended}"
    )


def _change(kept: TagCorrection) -> str:
    return "removed" if kept.wrong else "added"
