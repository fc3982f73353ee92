"""The README's tables, generated from the code so that they cannot drift."""

from collections.abc import Iterable

import click
from pydantic import AliasChoices

from bot.app.cli import main
from bot.search.query.filters import EXAMPLES
from bot.settings import Settings
from bot.sources import harvested
from handlers.commands import COMMANDS


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    rendered = (" | ".join(cell.replace("|", "\\|") for cell in row) for row in lines)
    return "".join(f"| {row} |\n" for row in rendered)


def commands_table() -> str:
    """What can be asked in Slack."""
    rows = ((f"`/tme {c.example}`", c.summary) for c in COMMANDS if c.words)
    return _table(("for example", "what it does"), rows)


def fields_table() -> str:
    """The filters of the query language, an example each."""
    return _table(("filter", "example"), ((f"`{name}:`", f"`{e}`") for name, e in EXAMPLES.items()))


def settings_table() -> str:
    """The environment variables, and what each is for."""
    rows = []
    for field in Settings.model_fields.values():
        if isinstance(field.validation_alias, AliasChoices):
            name = str(field.validation_alias.choices[0])
            rows.append((f"`{name}`", field.description or ""))
    return _table(("variable", "meaning"), rows)


def cli_table() -> str:
    """The subcommands of `tme`."""
    ctx = click.Context(main)
    rows = (
        (f"`tme {name}`", command.get_short_help_str(limit=200))
        for name in main.list_commands(ctx)
        if (command := main.get_command(ctx, name)) is not None
    )
    return _table(("command", "what it does"), rows)


def sources_table() -> str:
    """Where records can be harvested from, and what a query of each is."""
    rows = ((f"`{s.name}`", s.summary, s.query_means, ", ".join(s.options)) for s in harvested())
    return _table(("source", "what it has", "its query", "options"), rows)
