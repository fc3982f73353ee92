"""`tme backup` and `tme restore`: a copy of everything the team owns, and its way back."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from bot.app.cli import json_lines
from bot.app.cli.common import json_option
from bot.app.composition import open_store
from bot.errors import StoreBusy
from bot.settings import Settings
from bot.store.backup import Copied, backup, checked, restore
from bot.store.presence import is_open

Option: TypeAlias = Callable[[Callable[..., Any]], Callable[..., Any]]


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def backup_command(file: Path, as_json: bool) -> None:
    """Copy the whole database to FILE and check the copy; servers go on meanwhile.

    Copying the database file itself beside a running server loses what is still in its
    write-ahead log. The search index needs no backup: it rebuilds itself.

    \b
    Example: tme backup tme-2026-03-01.db
    """
    settings, now = Settings.load(), datetime.now(UTC)
    with _progress("Copying") as progress:
        if settings.database_url is None:
            copied = backup(settings.database, file, progress, now)
        else:
            with closing(open_store(settings)) as store:
                store.move(file, progress)
                store.notes.note_backup(now)
            copied = checked(file)
    _print(copied, as_json, f"Wrote {file}: ")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="Replace the present database without a question.")
@json_option
def restore_command(file: Path, yes: bool, as_json: bool) -> None:
    """Put the backup FILE in place of the database; the index then rebuilds itself.

    The present database is replaced whole: back it up first. A backup of an older version of
    the bot is brought up to date.

    \b
    Example: tme restore tme-2026-03-01.db
    """
    settings = Settings.load()
    database, url = settings.database, settings.database_url
    named = "the PostgreSQL database" if url else str(database)
    if (url or database.exists()) and not yes:
        click.confirm(f"Replace everything in {named}?", abort=True, err=True)
    with _progress("Restoring") as progress:
        if url is None:
            copied = restore(file, database, progress)
        else:
            from bot.store.postgres import move  # noqa: PLC0415 - an optional extra

            move.restore(file, url.get_secret_value(), progress)
            copied = checked(file)
    _print(copied, as_json, f"Restored {named}: ")


@click.command("move")
@click.option("--to", "target", required=True, help="postgresql://… or the name of a new file.")
@json_option
def move_command(target: str, as_json: bool) -> None:
    """Move everything to PostgreSQL, or from there to a new SQLite file, and compare each row.

    Stop every server first. A move that was cut off goes on when it is run again. Afterwards set
    TME_DATABASE (to leave PostgreSQL: unset it, with the file as tme.db in the data folder).

    \b
    Example: tme move --to postgresql://tme@db.example.org/tme
    """
    settings = Settings.load()
    is_server = target.startswith(("postgresql://", "postgres://"))
    if settings.database_url is None and is_open(settings.database):
        raise StoreBusy("A server is running.", "Stop it, and run this again.")
    with closing(open_store(settings)) as store, _progress("Moving") as progress:
        moved = store.move(target if is_server else Path(target), progress)
    if as_json:
        click.echo(json_lines.line(moved.as_json()))
    else:
        click.echo(f"Moved {moved.rows:,} rows, compared: {moved.differences} differences.")


def _print(copied: Copied, as_json: bool, lead: str) -> None:
    if as_json:
        click.echo(json_lines.line(copied.as_json()))
    else:
        records = f"{copied.records:,} record{'' if copied.records == 1 else 's'}"
        click.echo(f"{lead}{records}, {copied.size / 1_000_000:,.1f} MB, checked.")


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar of pages on standard error, gone when done; nothing where that is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
