"""`tme import`, `parse`, `tag` and `retag`: records from files, and their tags."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.app.cli import json_lines as interface
from bot.app.cli.common import json_option, opened_services, progress, user
from bot.app.cli.names import ReaderName
from bot.app.composition import seeds_folder
from bot.errors import TmeError
from bot.formats import Refusal
from bot.harvest.bringing import Bringer
from bot.harvest.harvester import parse_file
from bot.harvest.reading import read_taggable
from bot.settings import Settings
from bot.store.imports import Import, Undoing
from bot.vocabulary import Vocabulary
from bot.vocabulary.tagging import tagger_of
from handlers.commands.save import TERMINAL
from handlers.services import Services
from handlers.views.mrkdwn import fit
from handlers.views.wording import count as count_of

# While a file comes in; the first records at once.
_INDEXED_AT_ONCE = 5_000


@click.command("import")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--as",
    "format_name",
    type=ReaderName(),
    help="Read the files as this format.",
)
@click.option("--undo", type=int, metavar="ID", help="Take out everything that an import brought.")
@click.option("--yes", is_flag=True, help="Undo it without a question.")
@json_option
def import_(
    files: tuple[Path, ...], format_name: str | None, undo: int | None, yes: bool, as_json: bool
) -> None:
    """Bring records into the store from files; what cannot be read is listed with its line.

    \b
    Examples:
      tme import references.bib pubmed.nbib my_records.jsonl
      tme import --undo 12
    """
    if undo is not None:
        _undo(undo, files, yes=yes, as_json=as_json)
        return
    if not files:
        raise click.UsageError("Name the files to import, or an import with --undo.")
    failed, came_in = False, 0
    with opened_services(starter=False) as services:
        for path in files:
            try:
                with progress(f"Importing {path.name}") as on_progress:
                    indexed = _indexing(services, on_progress)
                    report = services.harvester.take_file(
                        path, format_name, indexed, Bringer(user())
                    )
                services.library.shelve(TERMINAL, report.shelved, report.number)
                came_in += report.new
            except TmeError as error:
                failed = True
                if as_json:
                    shown = {"file": path.name, "error": interface.error_object(error)}
                    click.echo(interface.line(shown))
                else:
                    click.echo(f"tme: {error.as_line}", err=True)
                continue
            if as_json:
                click.echo(interface.line(report.as_json()))
                continue
            click.echo(
                f"{report.file}: {report.read} read, {report.new} new, {report.changed} changed,"
                f" {report.merged} merged, {report.unchanged} unchanged,"
                f" {len(report.refused)} refused"
                f"{f' (import {report.number})' if report.number else ''}"
            )
            for refusal in report.refused:
                click.echo(f"  line {refusal.line}: {refusal.reason}")
        services.index.follow(services.store)
        stored = services.store.status()
        if came_in and not as_json and (lacking := stored.records - stored.with_abstract):
            click.echo(
                f"{lacking:,} of {stored.records:,} records have no abstract: `tme complete` asks"
                " Europe PMC for what records lack."
            )
    if failed:
        raise click.exceptions.Exit(1)


def _indexing(services: Services, on_progress: Callable[[int], None]) -> Callable[[int], None]:
    """Hears how far an import is, and has what came in indexed: questions find it meanwhile."""
    due = 0

    def step(read: int) -> None:
        nonlocal due
        on_progress(read)
        if read >= due:
            services.index.follow(services.store)
            due = read + _INDEXED_AT_ONCE

    return step


def _undo(number: int, files: tuple[Path, ...], *, yes: bool, as_json: bool) -> None:
    if files:
        raise click.UsageError("--undo takes the number of an import and no file.")
    with opened_services(starter=False) as services:
        found, undoing = services.imports.undoing(number)
        if not as_json:
            click.echo(_undoing_line(found, undoing))
        if not yes:
            click.confirm("Undo it?", abort=True, err=True)
        count = services.imports.undo(number, user())
        services.index.follow(services.store)
    if as_json:
        shown = {"undone": number, "records": count, **asdict(undoing)}
        click.echo(interface.line(shown))
    else:
        click.echo(f"Import {number} was undone.")


def _undoing_line(found: Import, undoing: Undoing) -> str:
    """What goes and what stays, before anybody says yes."""
    goes = [
        f"{count_of(number, name)}{where}"
        for number, name, where in (
            (undoing.gone, "record", ""), (undoing.listed, "place", " on reading lists"),
            (undoing.lists, "reading list", ""),
        )
        if number
    ]  # fmt: skip
    stays = f"{count_of(undoing.kept, 'record')}, without what this file gave them"
    return (
        f"Import {found.number}, {found.file} by {found.by} on {found.at:%Y-%m-%d %H:%M}.\n"
        f"  Goes: {', '.join(goes) or 'nothing'}.\n"
        f"  Stays: {stays if undoing.kept else 'no record of it'};"
        " what people have changed on reading lists since."
    )


@click.command()
@click.option("--share", type=int, metavar="ID", help="Let every workspace see what it brought.")
@json_option
def imports(share: int | None, as_json: bool) -> None:
    """List the files that people brought: by whom, when, who sees them; `--share` one with all.

    \b
    Example: tme imports --share 12
    """
    with opened_services(starter=False) as services:
        if share is not None:
            services.imports.share(share, user())
            services.index.follow(services.store)
        listed = services.imports.listed()
    if share is not None:
        listed = [each for each in listed if each.number == share]
    for each in listed:
        click.echo(interface.line(asdict(each)) if as_json else _import_line(each))
    if not listed and not as_json:
        click.echo("No file was imported yet.")


def _import_line(each: Import) -> str:
    """Number, file, by whom and when, who sees it, and what became of it."""
    seen = f"workspace {each.workspace} sees it" if each.workspace else "all see it"
    listed = f" and {count_of(each.listed, 'place')} on reading lists" if each.listed else ""
    became = f"in {count_of(each.records, 'record')}{listed}, {seen}"
    if each.counts is None:
        became += ", did not come to its end"
    if each.undone_at:
        became = f"undone by {each.undone_by} on {each.undone_at:%Y-%m-%d %H:%M}"
    return f"{each.number}: {each.file} by {each.by} on {each.at:%Y-%m-%d %H:%M}: {became}"


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--as",
    "format_name",
    type=ReaderName(),
    help="Read as this format.",
)
@json_option
def parse(file: Path, format_name: str | None, as_json: bool) -> None:
    """Show the records that a file yields, without storing them.

    \b
    Example: tme parse ora_page.txt --as ora --json
    """
    parsed = parse_file(file, format_name, datetime.now(UTC))
    for record in parsed.records:
        click.echo(interface.line(interface.record(record)) if as_json else record.title)
    refused = [{"line": r.line, "reason": r.reason} for r in parsed.refused]
    if as_json:
        click.echo(interface.line({"parsed": len(parsed.records), "refused": refused}))
        return
    click.echo(f"{len(parsed.records)} records, {len(refused)} refused")
    for refusal in parsed.refused:
        click.echo(f"  line {refusal.line}: {refusal.reason}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def tag(file: Path, as_json: bool) -> None:
    """Show the concepts that the records of a file would be tagged with, and why.

    A line of JSON needs no title: an abstract alone, or keywords, can be tagged too.

    \b
    Example: tme tag records.jsonl --json
    """
    own = Settings.load(starter=False).vocabulary
    tagger = tagger_of(Vocabulary.load(seeds_folder() / "taxonomy.yaml", own))
    for number, item in enumerate(read_taggable(file, datetime.now(UTC)), start=1):
        if isinstance(item, Refusal):
            if as_json:
                click.echo(interface.line(interface.untagged(item)))
            else:
                click.echo(f"tme: line {item.line}: {item.reason}", err=True)
            continue
        tags = tagger.tag(item)
        if as_json:
            click.echo(interface.line(interface.tags(item, tags, number)))
            continue
        click.echo(item.title or fit(item.abstract or f"Record {number}", 100))
        for each in tags:
            click.echo(f"  {each.concept}: “{each.words}” ({each.field})")


@click.command()
@json_option
def retag(as_json: bool) -> None:
    """Tag all records anew, after the vocabulary has changed; only what changes is written.

    \b
    Example: TME_VOCABULARY=ours.yaml tme retag
    """
    with opened_services(starter=False) as services:
        with progress("Tagging") as on_progress:
            done = services.harvester.retag(on_progress)
        services.index.follow(services.store)
    if as_json:
        click.echo(interface.line({"read": done.read, "changed": done.changed}))
        return
    click.echo(f"{done.read:,} records read, the tags of {done.changed:,} changed")
