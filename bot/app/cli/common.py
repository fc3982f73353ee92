"""What the commands of `tme` share: the services, a progress bar, JSON, and how answers print."""

import getpass
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TextIO

import click

from bot.app.composition import opened, seeds_folder, utc_now
from bot.app.startup import prepare
from bot.settings import Settings
from bot.store.audit import acting
from handlers.services import Services
from handlers.views.message import Message


def _as_json(ctx: click.Context, _parameter: click.Parameter, value: bool) -> bool:
    ctx.meta["json"] = value
    return value


_FIRST_RUN = (
    "This store is new: it begins with a starter set of {} works."
    " `tme import FILE` adds your own; `tme help` lists what else there is."
)

json_option = click.option(
    "--json", "as_json", is_flag=True, callback=_as_json, help="Print JSON, one object a line."
)


def user() -> str:
    """Who works in this terminal, for what is noted of changes."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a number without a name, as in some containers
        return "operator"


@contextmanager
def opened_services(
    settings: Settings | None = None,
    *,
    starter: bool = True,
    now: Callable[[], datetime] = utc_now,
    most: int | None = None,
) -> Iterator[Services]:
    """The services, ready to answer, closed at the end; of what is new `most` is indexed first."""
    if settings is None:
        settings = Settings.load() if starter else Settings.load(starter=False)
    with opened(settings, now) as services:
        with progress("Getting ready") as on_progress:
            first = prepare(
                services, seeds_folder(), lambda _what, done, _of: on_progress(done), most=most
            )
        if first is not None:
            click.echo(_FIRST_RUN.format(first.new), err=True)
        with acting(user()):
            yield services


@contextmanager
def progress(what: str) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error, gone when done; nothing where that is no terminal."""
    if not _is_terminal(sys.stderr):
        yield lambda _done: None
        return
    from rich.console import Console  # noqa: PLC0415 - scripts need nothing of it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done: bar.update(task, completed=done)


def print_message(message: Message) -> None:
    """The same views as in Slack; where nobody looks, the plain text with its addresses."""
    if not _is_terminal(sys.stdout):
        click.echo(message.text)
        return
    from rich.console import Console  # noqa: PLC0415 - scripts need nothing of it

    from bot.app.cli import terminal  # noqa: PLC0415

    Console().print(terminal.render(message))


def _is_terminal(stream: TextIO) -> bool:
    """Whether rich takes it for one (https://force-color.org)."""
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()
