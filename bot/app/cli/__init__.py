"""`tme`: the command line, a thin skin over the same router that Slack uses."""

import json
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

import bot
from bot.app import composition as app
from bot.app.cli import (
    add,
    backup,
    check,
    curation,
    digest,
    export,
    harvest,
    merge,
    semantic,
    terminal,
    vocabulary,
)
from bot.app.cli import json_lines as interface
from bot.app.cli.names import ReaderName
from bot.app.doctor import diagnose
from bot.app.startup import prepare
from bot.errors import TmeError, UnknownRecord
from bot.formats import Refusal
from bot.harvest.harvester import parse_file, taggable
from bot.records.models import Answer
from bot.settings import Settings
from bot.store import Conversation
from bot.vocabulary import Vocabulary
from bot.vocabulary.tagging import Tagger
from handlers.commands import COMMANDS
from handlers.router import Reply, Request, Router, Surface
from handlers.services import Services
from handlers.views.message import Message
from handlers.views.mrkdwn import fit

T = TypeVar("T")

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Group(click.Group):
    """Turns every error the bot raises on purpose into one line (or JSON) and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; no stack trace ever reaches the person."""
        try:
            return super().invoke(ctx)
        except TmeError as error:
            if ctx.meta.get("json"):
                click.echo(interface.line({"error": interface.error_object(error)}))
            else:
                click.echo(f"tme: {error.as_line}", err=True)
            ctx.exit(error.exit_code)


def _as_json(ctx: click.Context, _parameter: click.Parameter, value: bool) -> bool:
    ctx.meta["json"] = value
    return value


json_option = click.option(
    "--json", "as_json", is_flag=True, callback=_as_json, help="Print JSON, one object a line."
)


@click.group(cls=Group, context_settings=CONTEXT)
@click.version_option(bot.__version__, prog_name="tme")
def main() -> None:
    """Find, judge and explain papers on reprogramming the tumour microenvironment.

    \b
    Try it without Slack:   tme demo --open
    Ask once, here:         tme ask CAF aquired resistence
    Serve Slack:            SLACK_BOT_TOKEN=xoxb-… SLACK_APP_TOKEN=xapp-… tme serve
    """


@main.command()
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
def ask(
    words: tuple[str, ...],
    as_json: bool,
    batch: IO[str] | None,
    limit: int,
    offset: int,
    explain: bool,
) -> None:
    """Ask once and print the answer: the words that follow /tme in Slack.

    \b
    Examples:
      tme ask CAF aquired resistence
      tme ask 'author:sharma since:2017'
      tme ask --json --limit 3 10.1002/ctd2.70098
      tme ask --batch questions.txt > answers.jsonl
    """
    if bool(words) == (batch is not None):
        raise click.UsageError("Give some words, or --batch FILE. For example: tme ask hypoxia")
    with _services() as services:
        router = Router(services, COMMANDS)
        if batch is not None:
            for answered in _batch(router, batch, limit, explain=explain):
                click.echo(interface.line(answered))
            return
        request = Request(
            " ".join(words), Surface.TERMINAL, offset=offset, limit=limit, explain=explain
        )
        reply = router.answer(request)
        if as_json:
            click.echo(interface.line(_reply_json(reply)))
        else:
            _print(reply.message)
            if explain:
                _print_arithmetic(reply.answer)
    if reply.error is not None:
        raise click.exceptions.Exit(reply.error.exit_code)


def _batch(
    router: Router, lines: IO[str], limit: int, *, explain: bool
) -> Iterator[dict[str, Any]]:
    """The answers to a file of questions: plain lines, or objects with query, surface, context."""
    for text in lines:
        if not text.strip():
            continue
        asked = _question(text)
        try:
            surface = Surface(asked.get("surface", Surface.TERMINAL))
        except ValueError:
            surface = Surface.TERMINAL
        shown = _context(router, asked.get("context") or [], surface)
        request = Request(str(asked["query"]), surface, limit=limit, explain=explain, shown=shown)
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


def _print(message: Message) -> None:
    """The same views as in Slack; where nobody looks, the plain text with its addresses."""
    console = Console()
    if console.is_terminal:
        console.print(terminal.render(message))
    else:
        click.echo(message.text)


def _print_arithmetic(answer: Answer) -> None:
    console = Console(highlight=False)
    for place, hit in enumerate(answer.hits, answer.offset + 1):
        terms = " + ".join(f"{name} {value:g}" for name, value in hit.arithmetic.items())
        console.print(f"{place}. {hit.score:g} = {terms}", markup=False, style="dim")


@main.command()
@click.argument("record_id", metavar="ID")
@json_option
def show(record_id: str, as_json: bool) -> None:
    """Show one record: its id, or a DOI, PMID or other identifier in any pasted form.

    \b
    Example: tme show 10.1002/ctd2.70098 --json
    """
    with _services() as services:
        record = services.lookup.one(record_id)
        if record is None:
            raise UnknownRecord(f"No record of {record_id[:80]} is held.")
        if as_json:
            click.echo(interface.line(interface.record(record)))
            return
        request = Request(f"show {record.doi or record_id}", Surface.TERMINAL)
        _print(Router(services, COMMANDS).answer(request).message)


@main.command()
@json_option
def retag(as_json: bool) -> None:
    """Tag all records anew, after the vocabulary has changed; only what changes is written.

    \b
    Example: TME_VOCABULARY=ours.yaml tme retag
    """
    with _services(starter=False) as services:
        with _progress("Tagging") as heard:
            done = services.harvester.retag(heard)
        services.index.follow(services.store)
    if as_json:
        click.echo(interface.line({"read": done.read, "changed": done.changed}))
        return
    click.echo(f"{done.read:,} records read, the tags of {done.changed:,} changed")


out_option = click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the picture to this file, as PNG.",
)


@main.command("map")
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


@main.command()
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
    with _services() as services:
        reply = Router(services, COMMANDS).answer(Request(question.strip(), Surface.TERMINAL))
        _print(reply.message)
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


@main.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--as",
    "format_name",
    type=ReaderName(),
    help="Read the files as this format.",
)
@json_option
def import_(files: tuple[Path, ...], format_name: str | None, as_json: bool) -> None:
    """Bring records into the store from files; what cannot be read is listed with its line.

    \b
    Example: tme import references.bib pubmed.nbib my_records.jsonl
    """
    failed = False
    with _services(starter=False) as services:
        for path in files:
            try:
                with _progress(f"Importing {path.name}") as heard:
                    report = services.harvester.take_file(path, format_name, heard)
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
            )
            for refusal in report.refused:
                click.echo(f"  line {refusal.line}: {refusal.reason}")
    if failed:
        raise click.exceptions.Exit(1)


@main.command()
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


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def tag(file: Path, as_json: bool) -> None:
    """Show the concepts that the records of a file would be tagged with, and why.

    A line of JSON needs no title: an abstract alone, or keywords, can be tagged too.

    \b
    Example: tme tag records.jsonl --json
    """
    own = Settings.load(starter=False).vocabulary
    tagger = Tagger(Vocabulary.load(app.seeds_folder() / "taxonomy.yaml", own))
    for number, item in enumerate(taggable(file, datetime.now(UTC)), start=1):
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


@main.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8737,
    show_default=True,
    help="Preferred port; a free one is found where it is taken.",
)
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
def demo(port: int, open_page: bool) -> None:
    """Try the bot in a page of your browser, without Slack.

    The very app that serves Slack runs against a local workspace, on this machine only.

    \b
    Example: tme demo --open
    """
    settings = Settings.load()
    app.configure_logging(settings.log_level)
    with _services() as services:

        def ready(url: str) -> None:
            click.echo(f"The playground is at {url}  (Ctrl-C ends it)")
            if open_page and not webbrowser.open(url):
                click.echo("No browser could be opened; paste the address into one.", err=True)

        app.demo(settings, services, port=port, ready=ready)


@main.command()
def serve() -> None:
    """Serve Slack: Socket Mode with two tokens, or HTTP with the signing secret.

    \b
    Socket Mode:  SLACK_BOT_TOKEN=xoxb-… SLACK_APP_TOKEN=xapp-… tme serve
    HTTP:         SLACK_BOT_TOKEN=xoxb-… SLACK_SIGNING_SECRET=… TME_PORT=3000 tme serve
    """
    app.serve(Settings.load())


@main.command()
@json_option
def status(as_json: bool) -> None:
    """Say what the store holds and how the search index keeps up.

    \b
    Example: tme status
    """
    with _services() as services:
        if as_json:
            held, index = services.store.status(), services.index.status()
            standings = services.harvesting.standings()
            click.echo(interface.line(interface.status(held, index, standings)))
            return
        reply = Router(services, COMMANDS).answer(Request("status", Surface.TERMINAL))
        _print(reply.message)


@main.command()
@json_option
def doctor(as_json: bool) -> None:
    """Check the installation, the data folder and the Slack settings, and say what to mend.

    \b
    Example: tme doctor
    """
    findings = diagnose(Settings.load())
    for finding in findings:
        if as_json:
            click.echo(interface.line(finding.as_json()))
        else:
            click.echo(f"{'ok  ' if finding.ok else 'MEND'}  {finding.what}: {finding.says}")
    if not all(finding.ok for finding in findings):
        raise click.exceptions.Exit(1)


@contextmanager
def _services(*, starter: bool = True) -> Iterator[Services]:
    """The services, ready to answer, closed at the end."""
    settings = Settings.load() if starter else Settings.load(starter=False)
    with app.opened(settings) as services:
        with _progress("Getting ready") as heard:
            prepare(services, app.seeds_folder(), lambda _what, done, _of: heard(done))
        yield services


main.add_command(export.command(_services))


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error, gone when done; nothing where that is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done: bar.update(task, completed=done)


add.register(main, json_option, lambda: _services(starter=False))
backup.register(main, json_option)
check.register(main, json_option, lambda: _services(starter=False))
harvest.register(main, json_option, lambda: _services(starter=False))
merge.register(main, json_option, lambda: _services(starter=False), _progress)
curation.register(main, json_option, _services)
vocabulary.register(main, json_option, _progress)
semantic.register(main, json_option, _services, _progress)
digest.register(main, _services, json_option)
