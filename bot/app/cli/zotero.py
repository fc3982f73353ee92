"""`tme zotero`: the library that a team has in Zotero, kept in step with the store."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from urllib.parse import urlsplit

import click

from bot.app import zotero as syncing
from bot.app.cli import json_lines as interface
from bot.app.cli.common import json_option, opened_services, progress
from bot.app.composition import utc_now
from bot.errors import SettingsError
from bot.settings import Settings, make_private_folder
from bot.sources import Place
from bot.sources.http.client import PoliteClient
from bot.sources.zotero.client import ADDRESS, ZOTERO, Library, Zotero
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
    type=click.Choice(["lists", "retractions"]),
    help="What may be written into Zotero: lists, retractions. Otherwise nothing is.",
)
@click.option("--workspace", help="Whose lists the collections are: a workspace of Slack …")
@click.option("--owner", help="… and a channel or person of it. Otherwise the terminal's own.")
@click.option("--address", default=ADDRESS, hidden=True)
def connect(
    library: str,
    write: tuple[syncing.Write, ...],
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
    with _opened(settings, address, chosen) as opened:
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
    wanted = syncing.Connection(
        library=str(chosen),
        address=address,
        name=granted.user,
        workspace=workspace or TERMINAL.workspace,
        owner=owner or TERMINAL.user,
        write=list(write),
    )
    if settings.zotero_file.exists():
        before = syncing.load(settings.zotero_file)
        if (before.library, before.scope) == (wanted.library, wanted.scope):
            wanted = before.model_copy(update={"write": list(write), "address": address})
    make_private_folder(settings.home)
    syncing.save(settings.zotero_file, wanted)
    told = " and ".join(write) if write else "nothing"
    click.echo(f"Connected {chosen} by the key of {granted.user}; {told} is written into Zotero.")
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
    settings = Settings.load(starter=False)
    connection = syncing.load(settings.zotero_file)
    library = Library.parse(connection.library)
    with (
        opened_services(starter=False) as services,
        _opened(settings, connection.address, library) as opened,
    ):
        parts = (services.store, services.harvester, services.library)
        run = syncing.ZoteroSync(opened, connection, parts, services.now, remove=remove)
        try:
            with progress(f"Reading {library}") as heard:
                done = run.run(heard)
        finally:
            syncing.save(settings.zotero_file, connection)
        services.index.follow(services.store)
    if as_json:
        click.echo(interface.line({"library": str(library), **asdict(done)}))
        return
    click.echo(
        f"{library}: {done.read} read, {done.new} new, {done.changed} changed,"
        f" {done.listed} put on lists, {done.written} written into Zotero"
    )
    for heading, lines in (
        ("Differs on both sides", done.conflicts),
        ("Not removed", done.kept),
        ("Not read", done.refused),
    ):
        if lines:
            click.echo(f"{heading}:")
            for line in lines:
                click.echo(f"  {line}")


@zotero.command()
@json_option
def status(as_json: bool) -> None:
    """Say which library is connected, how far it was read, and what may be written into it."""
    connection = syncing.load(Settings.load().zotero_file)
    shown = {
        "library": connection.library,
        "items": len(connection.items),
        "collections": len(connection.collections),
        "version": connection.version,
        "synced": connection.synced,
        "write": connection.write,
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


@contextmanager
def _opened(settings: Settings, address: str, library: Library) -> Iterator[Zotero]:
    """The library, asked with the key. Raises SettingsError where there is none."""
    if settings.zotero_key is None:
        raise SettingsError(
            "ZOTERO_API_KEY is not set.", "Make a key at zotero.org/settings/keys and set it."
        )
    place = Place(address, utc_now, {"library": str(library)})
    headers = {"Zotero-API-Key": settings.zotero_key.get_secret_value()}
    client = PoliteClient(
        {urlsplit(address).netloc.lower(): ZOTERO.interval}, settings.contact, headers=headers
    )
    try:
        yield Zotero(client, place)
    finally:
        client.close()
