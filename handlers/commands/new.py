"""`/tme new`: what the store saw first, most recent first."""

from bot.records.answers import Answer, Hit, Why
from bot.search.describing import describe_query
from handlers.command import Command, Context
from handlers.commands import find
from handlers.router import Reply
from handlers.views import results


def run(context: Context) -> Reply:
    """List the records that came in last; "new" means new to this store."""
    request, store = context.request, context.services.store
    total = store.status().records
    hits = tuple(
        Hit(
            record=record,
            score=0.0,
            strict=True,
            why=(Why(field="first seen", words=_day(record.first_seen)),),
        )
        for record in store.newest(request.limit, request.offset)
    )
    answer = Answer(
        query=context.query.text,
        understood=describe_query(context.query, "new", ("Newest to this store first.",)),
        total=total,
        ranked=total,
        offset=request.offset,
        hits=hits,
    )
    if not hits:
        return find.shown(answer, context)
    return Reply(answer, results.results(answer, context.audience))


def _is_of_the_store(context: Context) -> bool:
    """Not under a list, where "newest" alone is the order that it is wanted in."""
    is_order = context.query.text.strip(" .!?").lower() in {"newest", "latest", "recent"}
    return not (is_order and context.listed() is not None)


def _day(moment: object) -> str:
    return str(moment)[:10] if moment else "unknown"


COMMAND = Command(
    run=run,
    words="new",
    summary="What came into the store last; `new TOPIC` lists a topic, newest first",
    example="new oncolytic viruses",
    patterns=(
        (
            r"(?:(?:what(?:'s| is)|whats) new|new|latest|newest|recent)"
            r"(?: papers| records| works| arrivals| this week| today| here)*\??"
        ),
    ),
    needs=_is_of_the_store,
    lists_records=True,
)
