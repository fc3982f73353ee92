"""`tme export`: all records, or those that a question lists, as a file."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

from bot.app.cli.common import opened_services, progress
from bot.errors import TmeError
from bot.formats import WRITERS, writer
from bot.formats.base import Writer
from bot.formats.export import counted
from bot.records.models import Record
from handlers.command import Context
from handlers.commands import COMMANDS
from handlers.commands.export import everything_of, records_of
from handlers.commands.save import TERMINAL
from handlers.router import Request, Router, Surface
from handlers.services import Services

Command = TypeVar("Command", bound=Callable[..., Any])


def format_option(default: str) -> Callable[[Command], Command]:
    """The option that names a format."""
    return click.option(
        "--format",
        "format_name",
        type=click.Choice([known.name for known in WRITERS]),
        default=default,
        show_default=True,
        help="The format of the file; json loses nothing.",
    )


out_option = click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file; without it the records are printed.",
)


@click.command("export")
@click.argument("words", nargs=-1, metavar="[QUERY]")
@click.option("--all", "whole", is_flag=True, help="Everything stored, or all that QUERY finds.")
@format_option("ris")
@out_option
@click.option(
    "--limit",
    type=click.IntRange(1, 100_000),
    default=1000,
    show_default=True,
    help="Records to write at most, the best first; --all has no limit.",
)
def export_command(
    words: tuple[str, ...], whole: bool, format_name: str, out: Path | None, limit: int
) -> None:
    """Write records as a file: all that are stored, or those that QUERY lists.

    \b
    Examples:
      tme export oncolytic viruses --format ris --out viruses.ris
      tme export --all type:review since:2022 --format csv --out reviews.csv
      tme export --all --format json --out everything.jsonl
    """
    question = " ".join(words)
    if not (question or whole):
        raise click.UsageError("Give a QUERY, or --all. For example: tme export hypoxia")
    with opened_services() as services:
        records, remarks = _chosen(services, question, None if whole else limit)
        first = next(records, None)
        if first is None:
            raise TmeError(
                f"No record answers “{question[:80]}”, so nothing was written."
                if question
                else "No record is stored, so nothing was written.",
                "Ask in other words; `tme ask` says how they were understood."
                if question
                else "`tme import FILE` brings records in.",
            )
        for remark in remarks:
            click.echo(remark, err=True)
        everything = services.library.shelved(TERMINAL, itertools.chain((first,), records))
        hand_out(everything, writer(format_name), out)


def _chosen(
    services: Services, question: str, limit: int | None
) -> tuple[Iterator[Record], tuple[str, ...]]:
    """The records that are to be written, as they are read, and what is to be said of them."""
    if not question:
        return services.store.each(), ()
    router = Router(services, COMMANDS)
    request = Request(question, Surface.TERMINAL)
    context = Context(request, services.search.interpret(question), None, router)
    if limit is None and (everything := everything_of(context, question)):
        return everything, ()
    listed = records_of(context, question, limit or 100_000)
    return iter(listed.records), listed.remarks


def hand_out(records: Iterable[Record], chosen: Writer, out: Path | None) -> None:
    """Write records where they are asked for, or print them, as they come. Raises TmeError.

    A file is in its place when it is whole: what was there before stays until then.
    """
    count = 0

    def passing() -> Iterator[Record]:
        nonlocal count
        for record in records:
            yield record
            count += 1
            on_progress(count)

    with progress("Exporting") as on_progress:
        pieces = chosen.pieces(passing())
        if out is None:
            for piece in pieces:
                click.echo(piece, nl=False)
            return
        unfinished = out.with_name(f".{out.name}.part")
        try:
            with unfinished.open("w", encoding="utf-8", newline="") as file:
                file.writelines(pieces)
            unfinished.replace(out)
        except OSError as error:
            raise TmeError(
                f"{out} cannot be written: {error.strerror}.", "Give another file with --out."
            ) from None
        finally:
            unfinished.unlink(missing_ok=True)
    click.echo(f"Wrote {counted(count)} as {chosen.title} to {out}.", err=True)
