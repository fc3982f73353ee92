"""`tme zotero`: the library that a team has in Zotero, kept in step with the store."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import get_args

import click

from bot.app.cli import json_lines as interface
from bot.app.cli.common import json_option, opened_services, progress
from bot.app.zotero import running
from bot.app.zotero.connection import Connection, Write, load, save
from bot.errors import SettingsError
from bot.settings import Settings
from bot.settings.folders import make_private_folder
from bot.sources.zotero.client import ADDRESS, Library
from handlers.commands.save import TERMINAL


@click.group()
def zotero() -> None:
    """Keep a library of Zotero in step: items as records, collections as reading lists.

    \b
    Examples:
      ZOTERO_API_KEY=… tme zotero connect groups/123456
      ZOTERO_API_KEY=… tme zotero sync
      tme zotero status
    """


@zotero.command()
@click.argument("library", metavar="groups/NUMBER")
@click.option(
    "--write",
    multiple=True,
    type=click.Choice(get_args(Write)),
    help="What may be written into Zotero: lists, notes, retractions. Otherwise nothing is.",
)
@click.option("--workspace", help="Whose lists the collections are: a workspace of Slack …")
@click.option("--owner", help="… and a channel or person of it. Otherwise the terminal's own.")
@click.option("--address", default=ADDRESS, hidden=True)
def connect(
    library: str,
    write: tuple[Write, ...],
    workspace: str | None,
    owner: str | None,
    address: str,
) -> None:
    """Connect a library, groups/NUMBER or users/NUMBER, by the key in ZOTERO_API_KEY.

    Connecting the same library again changes what may be written, and keeps how far it was read.
    """
    if (workspace is None) != (owner is None):
        raise click.UsageError("Give --workspace and --owner together, or neither.")
    settings, chosen = Settings.load(), Library.parse(library)
    with running.opened_library(settings, address, chosen) as opened:
        granted = opened.access()
    if not granted.may_read:
        raise SettingsError(
            f"The key of {granted.user} does not open {chosen}.",
            "Allow it at zotero.org/settings/keys.",
        )
    if write and not granted.may_write:
        raise SettingsError(
            f"The key of {granted.user} may not write into {chosen}.",
            "Allow that at zotero.org/settings/keys, or leave out --write.",
        )
    wanted = Connection(
        library=str(chosen),
        address=address,
        name=granted.user,
        workspace=workspace or TERMINAL.workspace,
        owner=owner or TERMINAL.user,
        write=list(write),
    )
    if settings.zotero_file.exists():
        before = load(settings.zotero_file)
        if (before.library, before.scope) == (wanted.library, wanted.scope):
            wanted = before.model_copy(update={"write": list(write), "address": address})
    make_private_folder(settings.home)
    save(settings.zotero_file, wanted)
    kinds = " and ".join(write) if write else "nothing"
    click.echo(f"Connected {chosen} by the key of {granted.user}; {kinds} is written into Zotero.")
    click.echo("Next: tme zotero sync")


@zotero.command()
@click.option(
    "--remove",
    is_flag=True,
    help="Also take off a list what left its collection, and the other way round.",
)
@json_option
def sync(remove: bool, as_json: bool) -> None:
    """Take in what changed in Zotero since the last time, and write back what may be written.

    Nothing is deleted on either side. What was not done, and what differs on both sides, is listed.
    """
    library = load(Settings.load().zotero_file).library
    with opened_services(starter=False) as services:
        with progress(f"Reading {library}") as on_progress:
            done = running.sync(services, remove=remove, progress=on_progress)
        services.index.follow(services.store)
    assert done is not None  # noqa: S101 - it was not made to wait until it is due; for mypy
    if as_json:
        click.echo(interface.line({"library": library, **asdict(done)}))
        return
    click.echo(
        f"{library}: {done.read} read, {done.new} new, {done.changed} changed,"
        f" {done.listed} put on lists, {done.written} written into Zotero"
    )
    _echo_lines(done.conflicts, done.kept, done.refused)


@zotero.command()
@json_option
def status(as_json: bool) -> None:
    """Say which library is connected, how far it was read, and what may be written into it."""
    connection = load(Settings.load().zotero_file)
    shown = {
        "library": connection.library,
        "items": len(connection.items),
        "collections": len(connection.collections),
        "version": connection.version,
        "synced": connection.synced,
        "write": connection.write,
        "trouble": connection.trouble,
        "conflicts": connection.conflicts,
        "kept": connection.kept,
    }
    if as_json:
        click.echo(interface.line(shown))
        return
    at = f"{connection.synced:%Y-%m-%d %H:%M} UTC" if connection.synced else "never"
    click.echo(f"{connection.library} by the key of {connection.name}; last sync: {at}")
    click.echo(
        f"{shown['items']} items, {shown['collections']} collections, version {connection.version};"
        f" written into Zotero: {', '.join(connection.write) or 'nothing'}"
    )
    if connection.trouble:
        click.echo(f"The last try failed: {connection.trouble}")
    _echo_lines(connection.conflicts, connection.kept)


def _echo_lines(conflicts: list[str], kept: list[str], refused: Sequence[str] = ()) -> None:
    for heading, lines in (
        ("Differs on both sides", conflicts),
        ("Not removed", kept),
        ("Not read", refused),
    ):
        if lines:
            click.echo(f"{heading}:")
            for line in lines:
                click.echo(f"  {line}")
