"""`/tme status`, `sources` and `stats`: what is held, and where it came from."""

from bot.models import Answer
from bot.search import understood
from bot.views import status
from handlers.router import Asked, Command, Reply


def run(asked: Asked) -> Reply:
    """Say what the store holds, its sources and their dates, and how the index keeps up."""
    services = asked.services
    answer = Answer(query=asked.query.text, understood=understood(asked.query, asked.query.action))
    message = status.status(services.store.status(), services.index.status(), asked.audience)
    return Reply(answer, message)


COMMAND = Command(
    actions=("status", "sources", "stats"),
    run=run,
    words="status",
    summary="What is held, from which sources, and how fresh it is",
    example="status",
)
