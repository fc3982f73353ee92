"""`tme`: the command line, a thin skin over the same router that Slack uses.

A command's module is imported when it is run: Python takes longer to load the whole bot than most
commands take.
"""

from importlib import import_module
from typing import Any

import click

import bot
from bot.errors import TmeError

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

# The commands by the module of this package that has each, under its own name or in this place.
_MODULES = {
    "add": ("add",),
    "assistants": ("mcp",),
    "asking": ("ask", "evidence", "map", "show", "status", "trend"),
    "backup": ("backup", "restore"),
    "check": ("check", "import-retractions"),
    "curation": ("corrections", "lists", "reports"),
    "digest": ("digest", "subscribe", "subscriptions"),
    "export": ("export",),
    "files": ("import", "parse", "retag", "tag"),
    "harvest": ("harvest",),
    "manifest": ("manifest",),
    "merge": ("merge",),
    "running": ("demo", "doctor", "serve"),
    "semantic": ("semantic",),
    "vocabulary": ("vocabulary",),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


class Group(click.Group):
    """Imports a command when it is needed; each error of the bot's own is a line and a code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names of all commands, none of which is imported."""
        return sorted(_MODULE_OF)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002
        cmd_name: str,
    ) -> click.Command | None:
        """The command of this name, or None."""
        module = _MODULE_OF.get(cmd_name)
        if module is None:
            return None
        there = vars(import_module(f"{__name__}.{module}")).values()
        return next(c for c in there if isinstance(c, click.Command) and c.name == cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; no stack trace ever reaches the person."""
        try:
            return super().invoke(ctx)
        except TmeError as error:
            if ctx.meta.get("json"):
                from bot.app.cli import json_lines  # noqa: PLC0415 - it knows records and answers

                click.echo(json_lines.line({"error": json_lines.error_object(error)}))
            else:
                click.echo(f"tme: {error.as_line}", err=True)
            ctx.exit(error.exit_code)


@click.group(cls=Group, context_settings=CONTEXT)
@click.version_option(bot.__version__, prog_name="tme")
def main() -> None:
    """Find, judge and explain papers on reprogramming the tumour microenvironment.

    \b
    Try it without Slack:   tme demo --open
    Ask once, here:         tme ask CAF aquired resistence
    Serve Slack:            SLACK_BOT_TOKEN=xoxb-… SLACK_APP_TOKEN=xapp-… tme serve
    """
