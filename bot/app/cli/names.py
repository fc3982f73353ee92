"""The names that `--as` takes: those of formats and services, and what else these are called."""

from typing import Any

import click

from bot import sources
from bot.errors import UnreadableFile
from bot.formats import by_name


class ReaderName(click.Choice[str]):
    """The name of a reader, in any case; the other names it goes by are not listed."""

    def __init__(self) -> None:
        super().__init__([known.name for known in sources.readers()], case_sensitive=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The reader's own name. Fails, listing them, for any other word."""
        try:
            return by_name(str(value), sources.readers()).name
        except UnreadableFile:
            return super().convert(value, param, ctx)
