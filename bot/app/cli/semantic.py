"""`tme semantic`: read the records for meaning-based ranking, for those who run no server."""

import click

from bot.app.cli import json_lines as interface
from bot.app.cli.common import json_option, opened_services, progress
from bot.errors import SemanticUnavailable
from bot.index.meaning import missing
from handlers.services import Services


@click.command()
@json_option
def semantic(as_json: bool) -> None:
    """Read what is new in the store for meaning-based ranking; a server does it by itself.

    Stopped in the middle, it goes on there the next time.

    \b
    Example: TME_SEMANTIC=yes tme semantic
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
        reason = f"Not installed: {absent}." if absent else "Ranking by meaning is switched off."
        hint = None if absent else "Set TME_SEMANTIC=yes."
        raise SemanticUnavailable(reason, hint)
    done = 0
    with progress("Reading records") as heard:
        while step := ranking.follow(services.store):
            done += step
            heard(done)
    return ranking.counts()
