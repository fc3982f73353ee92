"""Questions about one record: can it be relied on, and who can read it."""

from collections.abc import Callable

from bot.records.answers import Answer
from bot.records.models import Record
from bot.search.describing import describe_query
from bot.search.query import Query
from handlers.command import Command, Context
from handlers.router import Reply
from handlers.views import errors, records, results
from handlers.views.message import Message
from handlers.views.wording import count


def about_one(context: Context, view: Callable[[Record], Message]) -> Reply:
    """Show something of the one record that is meant; ask which where several could be."""
    resolved = context.services.lookup.resolve(context.query, context.shown)
    if not resolved:
        return not_clear(context)
    answer = context.services.lookup.answer(context.query, resolved[:1])
    return Reply(answer, view(resolved[0]))


def which(query: Query) -> str | None:
    """What is said above a list, where a command was to be about one record and none was named."""
    if not query.typed:
        return None
    return "Which one? Name the record by its DOI, PMID or title; these match the words."


def not_clear(context: Context) -> Reply:
    """Which record? The nearest are listed where there are any; otherwise, what to type."""
    query = context.query
    if query.identifiers:
        answer = Answer(query=query.text, understood=describe_query(query, query.action))
        return Reply(answer, records.not_found(answer, context.audience))
    if not (query.is_empty or query.points_at_shown):
        near = context.services.search.run(query, limit=context.request.limit)
        if near.hits:
            noted = describe_query(query, query.action, ("Which one? Ask again with its DOI.",))
            answer = near.model_copy(update={"understood": noted})
            return Reply(answer, results.results(answer, context.audience))
    listed = len(context.shown.record_ids) if context.shown else 0
    both = bool(listed and query.points_at_shown and query.ordinal is None)
    if both or (listed and query.ordinal is not None):
        which_two = ": say which, as in `1 and 2`" if both else ""
        notes = (f"The list shown last has {count(listed, 'record')}{which_two}.",)
    else:
        notes = (
            "Say which record: paste its DOI or title, or ask in a thread where it is listed.",
        )
    answer = Answer(
        query=query.text,
        understood=describe_query(query, query.action, notes),
        suggestions=("1 and 2" if both else _example(context.command),),
    )
    return Reply(answer, errors.hint(answer, context.audience))


def _example(command: Command) -> str:
    return f"{command.name} 10.1002/ctd2.70098" if command.name else command.example
