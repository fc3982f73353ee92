"""`tme check` and `tme import-retractions`: whether works can be relied on."""

from pathlib import Path

import click

from bot.app.cli import json_lines as interface
from bot.app.cli.common import json_option, opened_services
from bot.errors import UnknownRecord
from bot.formats.base import Refusal
from bot.formats.retraction_watch import NAME, Entry, notices
from bot.harvest.integrity import Checked
from bot.harvest.reading import read_notices
from bot.records.identifiers import parse
from handlers.services import Services
from handlers.views import standing
from handlers.views.message import Audience


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@json_option
def check(ids: tuple[str, ...], as_json: bool) -> None:
    """Look up whether works were retracted, corrected or put in doubt, by whom and when.

    An ID is a record's id, or a DOI, PMID or other identifier in any pasted form. A work that
    is not stored is looked up too. What is found about a record is kept with it.

    \b
    Example: tme check 10.1002/ctd2.70098 --json
    """
    with opened_services(starter=False) as services:
        checked = [(text, _checked(services, text)) for text in ids]
        services.index.follow(services.store)
    for text, each in checked:
        if as_json:
            click.echo(interface.line(_json(text, each)))
    if not as_json:
        for _, each in checked:
            click.echo(standing.message([each], Audience.TERMINAL).text)


@click.command("import-retractions")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def import_retractions(file: Path, as_json: bool) -> None:
    """Take the Retraction Watch CSV, in place of the one taken before.

    Stored works that are on it get their notices at once, others when they come in and are
    checked. A reinstated work is not shown as retracted.

    \b
    Example: tme import-retractions retraction_watch.csv
    """
    items = list(read_notices(file))
    entries = [item for item in items if isinstance(item, Entry)]
    refused = [item for item in items if isinstance(item, Refusal)]
    with opened_services(starter=False) as services:
        count = services.store.standing.replace_notices(NAME, notices(entries), services.now())
        stored = services.checking.from_lists(NAME)
        services.index.follow(services.store)
    if as_json:
        shown = [{"line": each.line, "reason": each.reason} for each in refused]
        counts = {"read": len(items), "notices": count, "held": stored}
        click.echo(interface.line({"file": file.name, **counts, "refused": shown}))
        return
    click.echo(
        f"{file.name}: {len(items):,} lines read, {count:,} notices kept,"
        f" {stored:,} stored records are on it, {len(refused):,} refused"
    )
    for refusal in refused[:20]:
        click.echo(f"  line {refusal.line}: {refusal.reason}")
    if len(refused) > 20:
        click.echo(f"  and {len(refused) - 20:,} more (--json lists all)")


def _checked(services: Services, text: str) -> Checked:
    """What is known of one work. Raises UnknownRecord for words that name none."""
    record = services.lookup.one(text)
    if record is not None:
        return services.checking.record(record)
    identifier = parse(text)
    if identifier is None or not identifier.valid:
        raise UnknownRecord(f"No record of {text[:80]} is stored, and it is no DOI or PMID.")
    return services.checking.identifier(identifier)


def _json(text: str, checked: Checked) -> dict[str, object]:
    """What scripts read: `id`, `integrity`, `checked`, and who was asked."""
    record = checked.record
    looks = [
        {"source": look.source, "outcome": look.outcome, "at": look.at, "reason": look.reason}
        for look in checked.looks
    ]
    return {
        "id": interface.public_id(record) if record and checked.stored else text,
        "held": checked.stored,
        "integrity": [notice.model_dump(mode="json") for notice in checked.integrity],
        "checked": checked.at.isoformat() if checked.at else None,
        "asked": looks,
        "unasked": checked.unasked or None,
    }
