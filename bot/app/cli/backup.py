"""`tme backup` and `tme restore`: a copy of everything the team owns, and its way back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from bot.app.cli import json_lines
from bot.app.cli.common import json_option
from bot.settings import Settings
from bot.store.backup import Copied, backup, restore

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
    settings = Settings.load()
    with _progress("Copying") as progress:
        copied = backup(settings.database, file, progress, datetime.now(UTC))
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
    database = Settings.load().database
    if database.exists() and not yes:
        click.confirm(f"Replace everything in {database}?", abort=True, err=True)
    with _progress("Restoring") as progress:
        copied = restore(file, database, progress)
    _print(copied, as_json, f"Restored {database}: ")


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
