"""`tme complete`: fill what stored records lack from the services that know it."""

from collections import Counter

import click

from bot.app.background import FULL_TEXTS_AT_ONCE
from bot.app.cli import json_lines as interface
from bot.app.cli.common import json_option, opened_services
from bot.app.cli.harvest import print_error, progress_of
from bot.errors import SettingsError, TmeError, UsageError
from bot.harvest.completing import LACKS, Completed
from bot.harvest.plan import Planned
from bot.records.models import unique
from handlers.services import Services

_CONTACT = "Only Europe PMC can be queried without your address: set TME_CONTACT for the others."


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--dry-run", is_flag=True, help="Query no one; list what the records lack.")
@click.option("--limit", type=click.IntRange(1), help="Query each service about so many records.")
@click.option("--again", is_flag=True, help="Query also about what was looked up before.")
@json_option
def complete(
    sources: tuple[str, ...], dry_run: bool, limit: int | None, again: bool, as_json: bool
) -> None:
    """Fill what stored records lack: abstract, authors, type, keywords, identifiers, access.

    Europe PMC is queried first; with TME_CONTACT, also PubMed, Crossref, OpenAlex and Unpaywall.
    Each is queried in batches about the records that lack something it may know, and about none
    twice within 30 days. A run that was cut off goes on where it stopped. `tme serve` does this by
    itself (TME_COMPLETE=no switches that off). With TME_FULLTEXT=yes, open full texts are fetched.

    \b
    Examples:
      tme import refs.bib && tme complete
      tme complete --dry-run
      TME_CONTACT=you@example.org tme complete europe_pmc crossref --limit 500
    """
    with opened_services() as services:
        if dry_run:
            _print_lacking(services.completing.lacking(), as_json)
            return
        failed = False
        for planned in _chosen(services, unique(sources)):
            failed = not _run(services, planned, limit, again, as_json) or failed
        if services.settings.fulltext and not sources:
            failed = not _full_texts(services, limit, as_json) or failed
        services.index.follow(services.store)
    if services.settings.contact is None and not as_json:
        click.echo(_CONTACT)
    if failed:
        raise click.exceptions.Exit(1)


def _chosen(services: Services, names: tuple[str, ...]) -> list[Planned]:
    """The services that are named, or all in their order. Raises SettingsError or UsageError."""
    planned = {each.planned.kind.name: each.planned for each in services.completing.standings()}
    for name in names:
        if name not in planned:
            raise UsageError(
                f"No service {name[:60]!r} can be queried for this.",
                f"There are: {', '.join(planned)}."
                + (f" {_CONTACT}" if services.settings.contact is None else ""),
            )
    return [planned[name] for name in names] or list(planned.values())


def _run(
    services: Services, planned: Planned, limit: int | None, again: bool, as_json: bool
) -> bool:
    """Query one service and print what came of it; whether it answered."""
    label = planned.kind.label
    try:
        with progress_of(f"Asking {label}") as on_progress:
            done = services.completing.run(
                planned, limit=limit, again=again, on_progress=on_progress
            )
    except (SettingsError, TmeError) as error:
        print_error(planned.kind.name, error, as_json)
        return False
    except KeyboardInterrupt:
        click.echo(f"tme: {label}: stopped; what came is kept, and the next run goes on.", err=True)
        raise click.exceptions.Exit(130) from None
    if as_json:
        click.echo(interface.line(done.as_json()))
    else:
        _print(label, done)
    return done.error is None


def _full_texts(services: Services, limit: int | None, as_json: bool) -> bool:
    """Fetch open full texts, and print what is stored then; whether the service answered."""
    looked = 0
    try:
        while room := min(FULL_TEXTS_AT_ONCE, (limit or looked + FULL_TEXTS_AT_ONCE) - looked):
            came = services.full_texts.step(room)
            services.full_text_index.follow()
            looked += came
            if not came:
                break
    except TmeError as error:
        print_error("full texts", error, as_json)
        return False
    works, size = services.store.full_texts.count()
    if as_json:
        counts = {"source": "full texts", "queried": looked, "works": works, "characters": size}
        click.echo(interface.line(counts))
    else:
        click.echo(f"Full texts: {looked:,} works looked up; {works:,} stored, {size:,} characters")
    return True


def _print(label: str, done: Completed) -> None:
    unknown = f", {done.unknown:,} of them unknown there" if done.unknown else ""
    click.echo(f"{label}: {done.queried:,} records looked up{unknown}")
    if done.filled:
        click.echo(f"  filled: {_counts(done.filled)}")
    for reason, number in done.reasons.most_common():
        click.echo(f"  left out {number:,}: {reason}")
    if done.error is not None:
        click.echo(f"  {done.error.as_line}")
    elif not done.finished:
        click.echo("  stopped at the limit; the next run goes on from there")


def _print_lacking(lacking: Counter[str], as_json: bool) -> None:
    if as_json:
        missing = {name: lacking[name] for name in LACKS}
        click.echo(interface.line({"records": lacking["records"], "lacking": missing}))
    else:
        click.echo(f"{lacking['records']:,} records; without {_counts(lacking) or 'a gap'}")


def _counts(counted: Counter[str]) -> str:
    """Each thing with its number, the most frequent first."""
    named = {"check": "retraction check", "doi": "DOI", "pmid": "PMID", "pmcid": "PMCID"}
    found = [(name, n) for name, n in counted.most_common() if name in LACKS]
    return " · ".join(f"{named.get(name, name)} {n:,}" for name, n in found)
