"""`/tme combine A + B`: how much is held of each, and the records that have both."""

from bot.records.models import Answer
from bot.search.evidence import sides
from bot.search.search import understood
from handlers.commands import find
from handlers.commands.resolving import is_something
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


def _has_sides(asked: Asked) -> bool:
    """Two things or more to combine, each a term of the field or what some record has."""
    if not asked.query.subject:
        return True
    named = [asked.services.search.interpret(side) for side in sides(asked.query.subject)]
    return len(named) > 1 and all(is_something(asked, query) for query in named)


COMMAND = Command(
    run=run,
    words="combine A + B",
    summary="How many records have each and both (strategies, drugs, genes), and which they are",
    example="combine oncolytic viruses + checkpoint inhibition",
    takes_subject=True,
    needs=_has_sides,
    lists_records=True,
)
