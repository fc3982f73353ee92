"""`tme add`: fetch single works and put them into the store."""

from typing import Any

import click

from bot.app.cli import json_lines as interface
from bot.app.cli.common import json_option, opened_services
from bot.errors import UsageError
from bot.harvest import adding
from bot.harvest.adding import Outcome, Sought
from handlers.views import origins, wording


@click.command()
@click.argument("works", nargs=-1, required=True, metavar="DOI...")
@click.option("--dry-run", is_flag=True, help="Store nothing; say what would be added.")
@json_option
def add(works: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Fetch works by DOI, PMID, NCT number or address, and add them to the store.

    The source that knows a work best is asked: PubMed, Crossref, DataCite, ClinicalTrials.gov …

    \b
    Examples:
      tme add --dry-run 10.1016/j.cell.2017.01.017
      TME_CONTACT=you@example.org tme add 28187290 NCT02263508
    """
    wanted = adding.read(" ".join(works))
    if not wanted.identifiers:
        raise UsageError(
            "None of these is a DOI, PMID, PMCID, NCT or arXiv number, or an address of one.",
            "For example: tme add 10.1016/j.cell.2017.01.017",
        )
    for word in wanted.others:
        click.echo(f"tme: {word[:100]} is none that can be fetched by; left out.", err=True)
    with opened_services(starter=False) as services:
        adder = services.adder
        ask = adder.look if dry_run else adder.add
        failed = False
        # One by one: what was added stays, whatever comes later.
        for identifier in wanted.identifiers:
            for sought in ask([identifier]):
                failed = failed or sought.outcome is Outcome.FAILED
                click.echo(interface.line(as_object(sought)) if as_json else _said(sought))
        services.index.follow(services.store)
    if failed:
        raise click.exceptions.Exit(1)


def as_object(sought: Sought) -> dict[str, Any]:
    """What became of one identifier, as scripts read it."""
    identifier = sought.identifier
    return {
        "identifier": {"scheme": identifier.scheme.value, "value": identifier.value},
        "outcome": sought.outcome.value,
        "record": interface.record(sought.record) if sought.record else None,
        "asked": list(sought.sources),
        "reason": sought.reason or None,
    }


def _said(sought: Sought) -> str:
    name = sought.identifier.value
    if sought.record is not None:
        where = ", ".join(origins.origin_name(p) for p in sought.record.provenance[:2])
        return f"{name}: {sought.outcome.value} · {wording.title(sought.record, 90)} ({where})"
    if sought.outcome is Outcome.UNKNOWN:
        queried = ", ".join(map(origins.source_name, sought.sources)) or "no source here"
        return f"{name}: unknown to {queried}"
    return f"{name}: could not be looked up. {sought.reason}"
