"""`tme ask`, `show`, `map`, `trend` and `status`: the router's answers, printed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import click

from bot.app.cli import json_lines as interface
from bot.app.cli.common import json_option, opened_services, print_message
from bot.errors import TmeError, UnknownRecord
from bot.records.answers import Answer
from bot.search.findings import READ
from bot.store import Conversation
from handlers.commands import COMMANDS
from handlers.commands.ask import IN_WORDS
from handlers.commands.status import overview
from handlers.health.service import Health
from handlers.router import Place, Reply, Request, Router, Surface
from handlers.views.message import Audience

# Whose threads those of a terminal are: it belongs to no workspace.
_TERMINAL = "terminal"
_LONGEST_NAME = 100

# An answer waits for no more than this to be indexed, which takes seconds; it says what is not.
_INDEXED_FIRST = 5_000


@click.command()
@click.argument("words", nargs=-1)
@json_option
@click.option(
    "--batch",
    type=click.File(encoding="utf-8"),
    help="Ask every line of FILE (- is standard input).",
)
@click.option(
    "--limit",
    type=click.IntRange(1, 100),
    default=5,
    show_default=True,
    help="Records to answer with.",
)
@click.option(
    "--offset", type=click.IntRange(0), default=0, help="Records to skip, for the next page."
)
@click.option("--explain", is_flag=True, help="Show the arithmetic of each score.")
@click.option(
    "--thread",
    metavar="NAME",
    help="Go on with what was asked under this name: `only reviews`, `cite the second one`.",
)
def ask(
    words: tuple[str, ...],
    as_json: bool,
    batch: IO[str] | None,
    limit: int,
    offset: int,
    explain: bool,
    thread: str | None,
) -> None:
    """Ask once and print the answer: the words that follow /tme in Slack.

    \b
    Examples:
      tme ask CAF aquired resistence
      tme ask 'author:sharma since:2017'
      tme ask --json --limit 3 10.1002/ctd2.70098
      tme ask --batch questions.txt > answers.jsonl
      tme ask --thread club CAR-T in melanoma; tme ask --thread club since 2022
    """
    if bool(words) == (batch is not None):
        raise click.UsageError("Give some words, or --batch FILE. For example: tme ask hypoxia")
    place = Place(_TERMINAL, _TERMINAL, thread[:_LONGEST_NAME], _TERMINAL) if thread else None
    with opened_services(most=_INDEXED_FIRST) as services:
        router = Router(services, COMMANDS)
        if batch is not None:
            for answered in _batch(router, batch, place, limit, explain=explain):
                click.echo(interface.line(answered))
            return
        request = Request(
            " ".join(words), Surface.TERMINAL, place, offset=offset, limit=limit, explain=explain
        )
        _print(router.answer(request), as_json=as_json, explain=explain)


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="QUESTION")
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print the table as CSV.")
@click.option(
    "--limit",
    type=click.IntRange(1, READ),
    default=5,
    show_default=True,
    help="Records to answer with.",
)
def evidence(words: tuple[str, ...], as_json: bool, as_csv: bool, limit: int) -> None:
    """What the stored records report on a question: a quote each, its direction and figures.

    Of a topic instead of a question, the records by kind of evidence.

    \b
    Examples:
      tme evidence does adjuvant immunotherapy improve survival in melanoma?
      tme evidence --csv is PD-L1 associated with response > table.csv
      tme evidence oncolytic viruses
    """
    question = " ".join(words)
    command = "ask" if as_csv or IN_WORDS.match(question) else "evidence"
    text = f"{command} {question}{' as csv' if as_csv else ''}"
    with opened_services() as services:
        reply = Router(services, COMMANDS).answer(Request(text, Surface.TERMINAL, limit=limit))
        if reply.file is not None:
            click.echo(reply.file().content.decode(), nl=False)
            return
        _print(reply, as_json=as_json)


def _print(reply: Reply, *, as_json: bool, explain: bool = False) -> None:
    """Print an answer; what could not be answered ends with its exit code."""
    if as_json:
        click.echo(interface.line(_reply_json(reply)))
    else:
        print_message(reply.message)
        if explain:
            _print_arithmetic(reply.answer)
    if reply.error is not None:
        raise click.exceptions.Exit(reply.error.exit_code)


def _batch(
    router: Router, lines: IO[str], place: Place | None, limit: int, *, explain: bool
) -> Iterator[dict[str, Any]]:
    """The answers to a file of questions: plain lines, or objects with query, surface, context."""
    for text in lines:
        if not text.strip():
            continue
        line = _question(text)
        try:
            surface = Surface(line.get("surface", Surface.TERMINAL))
        except ValueError:
            surface = Surface.TERMINAL
        shown = _context(router, line.get("context") or [], surface)
        request = Request(
            str(line["query"]), surface, place, limit=limit, explain=explain, shown=shown
        )
        yield _reply_json(router.answer(request))


def _question(text: str) -> dict[str, Any]:
    """One line of a batch as an object; whatever is not one is a plain question."""
    if text.lstrip().startswith("{"):
        try:
            read = json.loads(text)
        except (ValueError, RecursionError):
            read = None
        if isinstance(read, dict) and isinstance(read.get("query"), str):
            return read
    return {"query": text.rstrip("\r\n")}


def _context(router: Router, queries: list[Any], surface: Surface) -> Conversation | None:
    """What a thread would remember after these questions."""
    shown: Conversation | None = None
    for query in queries:
        answer = router.answer(Request(str(query), surface, shown=shown)).answer
        shown = router.conversation(answer, shown) or shown
    return shown


def _reply_json(reply: Reply) -> dict[str, Any]:
    return interface.answer(reply.answer, reply.message.text, reply.error)


def _print_arithmetic(answer: Answer) -> None:
    from rich.console import Console  # noqa: PLC0415 - scripts need nothing of it

    console = Console(highlight=False)
    for place, hit in enumerate(answer.hits, answer.offset + 1):
        terms = " + ".join(f"{name} {value:g}" for name, value in hit.arithmetic.items())
        console.print(f"{place}. {hit.score:g} = {terms}", markup=False, style="dim")


@click.command()
@click.argument("record_id", metavar="ID")
@json_option
def show(record_id: str, as_json: bool) -> None:
    """Show one record: its id, or a DOI, PMID or other identifier in any pasted form.

    \b
    Example: tme show 10.1002/ctd2.70098 --json
    """
    with opened_services() as services:
        record = services.lookup.one(record_id)
        if record is None:
            raise UnknownRecord(f"No record of {record_id[:80]} is stored.")
        if as_json:
            click.echo(interface.line(interface.record(record)))
            return
        request = Request(f"show {record.doi or record_id}", Surface.TERMINAL)
        print_message(Router(services, COMMANDS).answer(request).message)


out_option = click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the picture to this file, as PNG.",
)


@click.command("map")
@click.argument("topic", nargs=-1)
@out_option
def map_(topic: tuple[str, ...], out: Path | None) -> None:
    """Count components by strategies, or two facets, as a table and as a picture.

    \b
    Examples:
      tme map --out map.png
      tme map --out melanoma.png resistance by strategy in melanoma
    """
    _draw(f"map {' '.join(topic)}", out)


@click.command()
@click.argument("topic", nargs=-1)
@out_option
def trend(topic: tuple[str, ...], out: Path | None) -> None:
    """Count the records on a topic by year, as a table and as a picture.

    \b
    Example: tme trend --out trend.png oncolytic viruses
    """
    _draw(f"trend {' '.join(topic)}", out)


def _draw(question: str, out: Path | None) -> None:
    """Print the table, and write the picture where one is wanted. Raises TmeError."""
    with opened_services() as services:
        reply = Router(services, COMMANDS).answer(Request(question.strip(), Surface.TERMINAL))
        print_message(reply.message)
        if reply.error is not None:
            raise click.exceptions.Exit(reply.error.exit_code)
        if out is None:
            return
        if reply.picture is None:
            raise TmeError(
                "There is nothing to draw, so no file was written.", "Try another topic."
            )
        try:
            out.write_bytes(reply.picture().png)
        except OSError as error:
            raise TmeError(
                f"{out} cannot be written: {error.strerror}.", "Give another file with --out."
            ) from None
        click.echo(f"Wrote {out}.", err=True)


@click.command()
@json_option
def status(as_json: bool) -> None:
    """Say what the store holds and how the search index keeps up.

    \b
    Example: tme status
    """
    with opened_services() as services:
        if as_json:
            stored, index = services.store.status(), services.index.status()
            standings = services.harvesting.standings()
            checks = Health(services).checks()
            click.echo(interface.line(interface.status(stored, index, standings, checks)))
            return
        # An operator's: of all workspaces, which the router would see as none of them.
        print_message(overview(services, None, Audience.TERMINAL))
