"""`/tme combine A + B`: how much is stored of each, and the records that have both."""

from bot.records.answers import Answer
from bot.search.describing import describe_query
from bot.search.evidence import sides
from handlers.command import Command, Context
from handlers.commands import find
from handlers.commands.resolving import is_something
from handlers.router import Reply
from handlers.views import errors, evidence


def run(context: Context) -> Reply:
    """Count each side and list what has all of them; a title that begins so opens its record."""
    if titled := find.titled(context):
        return titled
    request = context.request
    found = context.services.evidence.combine(context.query, request.limit, request.offset)
    if found is None:
        notes = ("Say what to combine with what, for example: `combine CXCR2 + pembrolizumab`.",)
        answer = Answer(
            query=context.query.text,
            understood=describe_query(context.query, "combine", notes),
            suggestions=("combine oncolytic viruses + checkpoint inhibition",),
        )
        return Reply(answer, errors.hint(answer, context.audience))
    return Reply(found.answer, evidence.combined(found, context.audience))


def _has_sides(context: Context) -> bool:
    """Two things or more to combine, each a term of the field or what some record has."""
    if not context.query.subject:
        return True
    named = [context.services.search.interpret(side) for side in sides(context.query.subject)]
    return len(named) > 1 and all(is_something(context, query) for query in named)


COMMAND = Command(
    run=run,
    words="combine A + B",
    summary="How many records have each and both (strategies, drugs, genes), and which they are",
    example="combine oncolytic viruses + checkpoint inhibition",
    takes_subject=True,
    needs=_has_sides,
    lists_records=True,
)
