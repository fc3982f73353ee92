"""`tme harvest`: take what is new from the sources of the sources file."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.app import composition as app
from bot.app.cli import json_lines as interface
from bot.app.cli.common import json_option, opened_services
from bot.errors import SettingsError, TmeError, UsageError
from bot.harvest.plan import Planned
from bot.harvest.run import OnProgress, Outcome
from bot.harvest.service import Preview
from handlers.services import Services

# A dry run asks for no more than this, unless it is told to.
_PREVIEWED = 100
_MOST_TITLES = 70


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--dry-run", is_flag=True, help="Store nothing; say what the first records are.")
@click.option(
    "--limit", type=click.IntRange(1), help="Stop after about so many records of each source."
)
@click.option("--due", is_flag=True, help="Only those whose time has come, as `serve` does.")
@click.option("--again", is_flag=True, help="Take everything from the first day once more.")
@click.option("--example", is_flag=True, help="Print a sources file to begin with.")
@json_option
def harvest(
    sources: tuple[str, ...],
    dry_run: bool,
    limit: int | None,
    due: bool,
    again: bool,
    example: bool,
    as_json: bool,
) -> None:
    """Take what is new from the sources of the sources file (TME_SOURCES), or from some.

    A harvest that was cut off goes on where it stopped. A source that is down is tried again
    the next time, and what it gave before is kept. `tme serve` harvests by itself.

    \b
    Examples:
      tme harvest --example > sources.toml
      tme harvest --dry-run
      TME_CONTACT=you@example.org tme harvest ora
    """
    if example:
        click.echo((app.seeds_folder() / "sources.toml").read_text(encoding="utf-8"), nl=False)
        return
    with opened_services(starter=False) as services:
        chosen = _chosen(services, sources, due=due)
        if dry_run:
            failed = _preview_all(services, chosen, limit or _PREVIEWED, as_json)
        else:
            failed = _run_all(services, chosen, limit, again, as_json)
            services.index.follow(services.store)
    if failed:
        raise click.exceptions.Exit(1)


def _chosen(services: Services, names: Sequence[str], *, due: bool) -> list[Planned]:
    """The harvests that are named, or all. Raises SettingsError or UsageError."""
    standings = services.harvesting.standings()
    if not standings:
        path = services.settings.sources_file
        raise SettingsError(
            f"No sources are planned in {path}.",
            "`tme harvest --example` prints a file to begin with.",
        )
    planned = {each.planned.name: each for each in standings}
    for name in names:
        if name not in planned:
            raise UsageError(
                f"There is no source {name[:60]!r}.", f"There are: {', '.join(planned)}."
            )
    wanted = [planned[name] for name in dict.fromkeys(names)] or list(planned.values())
    return [each.planned for each in wanted if each.is_due or not due]


def _run_all(
    services: Services, chosen: Sequence[Planned], limit: int | None, again: bool, as_json: bool
) -> bool:
    """Run the harvests one after the other; whether any of them failed."""
    failed = False
    for planned in chosen:
        try:
            with progress_of(f"Harvesting {planned.name}") as on_progress:
                outcome = services.harvesting.run(
                    planned, limit=limit, again=again, on_progress=on_progress
                )
        except TmeError as error:
            failed = True
            print_error(planned.name, error, as_json)
            continue
        except KeyboardInterrupt:
            kept = "what came is kept, and the next harvest goes on from there."
            click.echo(f"tme: {planned.name}: stopped; {kept}", err=True)
            raise click.exceptions.Exit(130) from None
        failed = failed or outcome.error is not None
        if as_json:
            click.echo(interface.line(outcome.as_json()))
        else:
            _print(outcome)
    return failed


def _preview_all(services: Services, chosen: Sequence[Planned], limit: int, as_json: bool) -> bool:
    """Say what each harvest would bring; whether any of them failed."""
    failed = False
    for planned in chosen:
        try:
            found = services.harvesting.preview(planned, limit)
        except TmeError as error:
            failed = True
            print_error(planned.name, error, as_json)
            continue
        if as_json:
            click.echo(interface.line(found.as_json(planned.name)))
        else:
            _print_preview(planned.name, found)
    return failed


def _print(outcome: Outcome) -> None:
    counts = outcome.counts
    resumed = " (going on from where it stopped)" if outcome.resumed else ""
    click.echo(
        f"{outcome.name}{resumed}: {counts.read:,} read, {counts.new:,} new,"
        f" {counts.changed:,} changed, {counts.merged:,} merged, {counts.unchanged:,} unchanged,"
        f" {counts.skipped:,} skipped, {counts.gone:,} no longer there"
    )
    for reason, number in outcome.reasons.most_common():
        click.echo(f"  skipped {number:,}: {reason}")
    if outcome.error is not None:
        click.echo(f"  {outcome.error.as_line}")
    elif not outcome.finished:
        click.echo("  stopped before the end; the next harvest goes on from there")


def _print_preview(name: str, found: Preview) -> None:
    of = f" of {found.total:,}" if found.total is not None else ""
    click.echo(
        f"{name}: of the first {found.read:,}{of}, {found.new:,} are not stored yet,"
        f" {found.skipped:,} would be skipped"
    )
    for title in found.titles:
        short = title if len(title) <= _MOST_TITLES else f"{title[:_MOST_TITLES]}…"
        click.echo(f"  {short}")


def print_error(name: str, error: TmeError, as_json: bool) -> None:
    """A source that could not be queried, as JSON or as a line on standard error."""
    if as_json:
        click.echo(interface.line({"source": name, "error": interface.error_object(error)}))
    else:
        click.echo(f"tme: {name}: {error.as_line}", err=True)


@contextmanager
def progress_of(what: str) -> Iterator[OnProgress]:
    """A progress bar on standard error, gone when done; nothing where that is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(what, total=None)
        yield lambda _name, done, of: bar.update(task, completed=done, total=of)
