"""`/tme help`: what can be asked, with an example of each."""

import re

from bot.records.models import Answer
from bot.search.search import understood
from handlers.examples import first_questions
from handlers.router import Asked, Command, Reply
from handlers.views.help import HelpEntry, all_commands, help_message, one_command

_ABOUT = re.compile(
    r"\s*help(?: me)?(?: (?:with|on|about|for|to))?[\s:`]+(?P<name>\w+)[\s?!.`]*$", re.IGNORECASE
)
_ALL = re.compile(r"\b(?:all|commands?|everything)\b", re.IGNORECASE)


def entries(commands: tuple[Command, ...]) -> tuple[HelpEntry, ...]:
    """What the list of all commands shows, in the order of `COMMANDS`."""
    return tuple(HelpEntry(c.words, c.summary, c.example) for c in commands if c.words)


def run(asked: Asked) -> Reply:
    """Ten lines with examples of this store; one command; or all of them."""
    answer = Answer(query=asked.query.text, understood=understood(asked.query, "help"))
    if command := _named(asked):
        return Reply(answer, one_command(entries((command,))[0], asked.audience))
    if _ALL.search(asked.query.text):
        return Reply(answer, all_commands(entries(asked.router.commands)))
    return Reply(answer, help_message(first_questions(asked.services), asked.audience))


def _named(asked: Asked) -> Command | None:
    """The command that `help cite` asks about, by its first word or an action of its; or None."""
    about = _ABOUT.match(asked.query.text)
    wanted = about["name"].lower() if about else ""
    fitting = (
        command
        for command in asked.router.commands
        if command.words
        and (wanted in command.actions or wanted == command.words.split()[0].strip(",").lower())
    )
    return next(fitting, None)


COMMAND = Command(
    actions=("help",),
    run=run,
    words="help",
    summary="What can be asked, with examples; `help cite` explains one command",
    example="help",
)
