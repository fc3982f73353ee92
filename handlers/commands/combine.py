"""`/tme combine A + B`: how much is held of each, and the records that have both."""

from bot.records.models import Answer
from bot.search.search import understood
from handlers.commands import find
from handlers.router import Asked, Command, Reply
from handlers.views import errors, evidence


def run(asked: Asked) -> Reply:
    """Count each side and list what has all of them; a title that begins so opens its record."""
    if titled := find.titled(asked):
        return titled
    request = asked.request
    found = asked.services.evidence.combine(asked.query, request.limit, request.offset)
    if found is None:
        notes = ("Say what to combine with what, for example: `combine CXCR2 + pembrolizumab`.",)
        answer = Answer(
            query=asked.query.text,
            understood=understood(asked.query, "combine", notes),
            suggestions=("combine oncolytic viruses + checkpoint inhibition",),
        )
        return Reply(answer, errors.hint(answer, asked.audience))
    return Reply(found.answer, evidence.combined(found, asked.audience))


COMMAND = Command(
    actions=("combine",),
    run=run,
    words="combine A + B",
    summary="How many records have each and both (strategies, drugs, genes), and which they are",
    example="combine oncolytic viruses + checkpoint inhibition",
)
