"""`tme`: the command line, a thin skin over the same router that Slack uses.

A command's module is imported when it is run: Python takes longer to load the whole bot than most
commands take.
"""

import atexit
import gc
import os
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

import bot
from bot.errors import TmeError
from bot.lazy import uncollected, without

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# Plugins of pydantic's would be looked for in every package that is installed; none is meant.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
# What is left at the end goes with the process: nobody has to look through it first.
atexit.register(gc.freeze)
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

# The commands by the module of this package that has each, under its own name or in this place.
_MODULES = {
    "add": ("add",),
    "assistants": ("mcp",),
    "asking": ("ask", "evidence", "map", "show", "status", "trend"),
    "backup": ("backup", "move", "restore"),
    "check": ("check", "import-retractions"),
    "complete": ("complete",),
    "completion": ("completion",),
    "curation": ("corrections", "lists", "reports"),
    "digest": ("digest", "subscribe", "subscriptions"),
    "export": ("export",),
    "files": ("import", "imports", "parse", "retag", "tag"),
    "harvest": ("harvest",),
    "manifest": ("manifest",),
    "merge": ("merge",),
    "people": ("audit", "person"),
    "running": ("demo", "doctor", "serve"),
    "semantic": ("semantic",),
    "vocabulary": ("vocabulary",),
    "workspaces": ("workspaces",),
    "zotero": ("zotero",),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}
# What people do, and the commands for it, as the help lists them; one in none comes last.
_GROUPS = {
    "Ask": ("ask", "show", "evidence", "map", "trend", "status"),
    "Bring records in, and take them out": (
        "import", "imports", "add", "harvest", "zotero", "complete", "export", "parse",
    ),
    "Keep them right": (
        "check", "import-retractions", "merge", "tag", "retag", "corrections", "reports",
        "vocabulary", "semantic",
    ),
    "Follow and collect": ("subscribe", "subscriptions", "digest", "lists"),
    "Run the bot": ("demo", "serve", "manifest", "doctor", "workspaces", "backup", "restore",
                    "move", "mcp", "completion"),
}  # fmt: skip
# difflib's ratio, from 0 to 1: a name this near to another is a slip.
_NEAR = 0.75

_NO_MEMORY = "This process got no more memory. What was stored stays: do it again with more."


class Group(click.Group):
    """Imports a command when it is needed; each error of the bot's own is a line and a code.

    What is a command in Slack and none here is answered: `tme define CAF` is `tme ask define CAF`.
    """

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command, and what is left for it. Fails with what may have been meant."""
        name = args[0]
        if name in _MODULE_OF or name.startswith("-"):
            return super().resolve_command(ctx, args)
        topic = self.get_command(ctx, args[1]) if len(args) > 1 else self
        if name == "help" and topic is not None:
            own = ctx if topic is self else click.Context(topic, ctx, topic.name)
            click.echo(topic.get_help(own))
            ctx.exit()
        words = _slack_words()
        if name.lower() in words:
            return "ask", self.get_command(ctx, "ask"), args
        near = get_close_matches(name.lower(), {*_MODULE_OF, *words}, 2, _NEAR)
        meant = f" Did you mean {' or '.join(f'`tme {each}`' for each in near)}?" if near else ""
        question = " ".join(args)
        raise click.UsageError(
            f"There is no command “{name}”.{meant} To search: tme ask {question}", ctx
        )

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands by what people do, each with its first sentence, whole."""
        named = {name for names in _GROUPS.values() for name in names}
        others = [name for name in self.list_commands(ctx) if name not in named]
        for heading, names in (*_GROUPS.items(), ("Also", others)):
            there = [(name, self.get_command(ctx, name)) for name in names]
            rows = [(name, c.get_short_help_str(limit=500)) for name, c in there if c is not None]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """What else can be typed; and on a machine where nothing was done yet, what to do first."""
        from bot.settings import Settings  # noqa: PLC0415 - only the help looks

        formatter.write_paragraph()
        formatter.write_text(
            "What is asked in Slack can be asked here: tme define CAF, tme combine A + B,"
            " tme compare A and B."
        )
        settings = Settings.load()
        if settings.database_url is None and not settings.database.exists():
            formatter.write_paragraph()
            formatter.write_text(
                "Nothing is stored here yet. tme demo --open shows the bot with a starter set;"
                " tme import FILE brings your own references in; then ask: tme ask WORDS."
            )

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """The commands that begin so; of Slack's where none does, for these take a moment."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - a shell asks for it

        names = [name for name in _MODULE_OF if name.startswith(incomplete)]
        if incomplete and not names:
            names = [word for word in _slack_words() if word.startswith(incomplete)]
        found = [CompletionItem(name) for name in sorted(names)]
        return found or super().shell_complete(ctx, incomplete)

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
        # Libraries that look for plugins in every package load what reads these; none is meant.
        with uncollected(), without(later=["importlib.metadata"]):
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
        except MemoryError:
            click.echo(f"tme: {_NO_MEMORY}", err=True)
            ctx.exit(1)


def _slack_words() -> list[str]:
    """The words that commands in Slack begin with."""
    from handlers.commands import COMMANDS  # noqa: PLC0415 - it brings the whole bot

    names = [name for command in COMMANDS for name in (command.name, *command.aliases)]
    names += [form.action for command in COMMANDS for form in command.also]
    return [name for name in names if name.replace("-", "").isalpha()]


@click.group(cls=Group, context_settings=CONTEXT)
@click.version_option(bot.__version__, prog_name="tme")
def main() -> None:
    """Find, judge and explain papers on reprogramming the tumour microenvironment.

    \b
    Try it without Slack:   tme demo --open
    Ask once, here:         tme ask CAF aquired resistence
    Serve Slack:            SLACK_BOT_TOKEN=xoxb-… SLACK_APP_TOKEN=xapp-… tme serve
    """
