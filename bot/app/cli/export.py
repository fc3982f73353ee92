"""`tme export`: the records that a question lists, as a file."""

from pathlib import Path

import click

from bot.app.cli.common import opened_services
from bot.errors import TmeError
from bot.formats import WRITERS
from bot.formats.export import Export, export
from handlers.commands import COMMANDS
from handlers.commands.export import records_of
from handlers.router import Context, Request, Router, Surface

_NAMES = [known.name for known in WRITERS]


@click.command("export")
@click.argument("words", nargs=-1, required=True, metavar="QUERY")
@click.option(
    "--format", "format_name", type=click.Choice(_NAMES), default="ris", show_default=True
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file; without it the records are printed.",
)
@click.option(
    "--limit",
    type=click.IntRange(1, 100_000),
    default=1000,
    show_default=True,
    help="Records to write at most.",
)
def export_command(words: tuple[str, ...], format_name: str, out: Path | None, limit: int) -> None:
    """Write the records that QUERY lists as a file: bibtex, ris, csl, nbib or csv.

    \b
    Examples:
      tme export oncolytic viruses --format ris --out viruses.ris
      tme export 10.1002/ctd2.70098 --format bibtex
    """
    question = " ".join(words)
    with opened_services() as services:
        router = Router(services, COMMANDS)
        query = services.search.interpret(question)
        context = Context(Request(question, Surface.TERMINAL), query, None, router)
        listed = records_of(context, question, limit)
        if not listed.records:
            raise TmeError(
                f"No record answers “{question[:80]}”, so nothing was written.",
                "Ask in other words; `tme ask` says how they were understood.",
            )
        file = export(listed.records, format_name, services.now())
    for remark in listed.remarks:
        click.echo(remark, err=True)
    hand_out(file, out)


def hand_out(file: Export, out: Path | None) -> None:
    """Write a file where it was asked for, or print it. Raises TmeError."""
    if out is None:
        click.echo(file.content.decode(), nl=False)
        return
    try:
        out.write_bytes(file.content)
    except OSError as error:
        raise TmeError(
            f"{out} cannot be written: {error.strerror}.", "Give another file with --out."
        ) from None
    click.echo(f"Wrote {file.title} to {out}.", err=True)
