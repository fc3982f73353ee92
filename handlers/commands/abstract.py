"""`/tme abstract …`: the abstract by section, as it stands."""

from handlers.commands.about import about_one
from handlers.router import Asked, Command, Reply
from handlers.views import abstract


def run(asked: Asked) -> Reply:
    """Show the abstract of the record that is meant."""
    return about_one(asked, lambda record: abstract.message(record, asked.audience))


COMMAND = Command(
    actions=("abstract",),
    run=run,
    words="abstract DOI or title",
    summary="Read an abstract by section, without leaving Slack",
    example="abstract 10.1002/ctd2.70098",
)
