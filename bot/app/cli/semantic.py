"""`tme semantic`: read the records to find them by meaning, for those who run no server."""

import click

from bot.app.cli import json_lines as interface
from bot.app.cli.common import json_option, opened_services, progress
from bot.errors import SemanticUnavailable
from bot.index.meaning import missing
from handlers.services import Services


@click.command()
@json_option
def semantic(as_json: bool) -> None:
    """Fetch the model that finds by meaning, and read what is new in the store with it.

    A server does both by itself. Stopped in the middle, it goes on there the next time.

    \b
    Example: tme semantic
    """
    with opened_services() as services:
        read, left = _read_all(services)
    if as_json:
        click.echo(interface.line({"records": read, "left": left}))
        return
    rest = f"; {left:,} changes are being read by another process" if left else ""
    click.echo(f"{read:,} records read for their meaning{rest}")


def _read_all(services: Services) -> tuple[int, int]:
    """Follow the store to its end; see `MeaningIndex.counts`."""
    ranking = services.semantic
    if ranking is None:
        absent = ", ".join(missing())
        reason = f"Not installed: {absent}." if absent else "Finding by meaning is switched off."
        hint = None if absent else "Set TME_SEMANTIC=yes."
        raise SemanticUnavailable(reason, hint)
    if not ranking.is_there:
        with progress(f"Fetching {ranking.state()}, bytes") as on_progress:
            ranking.fetch(on_progress)
    done = 0
    with progress("Reading records") as on_progress:
        while step := ranking.follow(services.store):
            done += step
            on_progress(done)
    return ranking.counts()
