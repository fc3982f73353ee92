"""`/tme help`: what can be asked, with an example of each."""

from bot.models import Answer
from bot.search import understood
from bot.views.help import HelpEntry, help_message
from handlers.router import Asked, Command, Reply


def entries(commands: tuple[Command, ...]) -> tuple[HelpEntry, ...]:
    """What the help and the Home tab list, in the order of `COMMANDS`."""
    return tuple(HelpEntry(c.words, c.summary, c.example) for c in commands if c.words)


def run(asked: Asked) -> Reply:
    """List the commands."""
    answer = Answer(query=asked.query.text, understood=understood(asked.query, "help"))
    return Reply(answer, help_message(entries(asked.router.commands), asked.audience))


COMMAND = Command(
    actions=("help",),
    run=run,
    words="help",
    summary="What can be asked, with examples",
    example="help",
)
