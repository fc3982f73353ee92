"""`next` and `previous`: another page of the list last shown here."""

import re
from dataclasses import replace

from bot.records.models import Answer
from bot.search.search import describe_query
from handlers.router import Command, Context, Reply
from handlers.views import errors


def run(context: Context) -> Reply:
    """Show the next or previous page of the list last shown in this thread."""
    shown, limit = context.shown, context.request.limit
    if shown is None:
        return _note(context, "There is no list here to page through. Ask for something first.")
    back = re.match(r"(?:show |go )?(?:me )?(?:the )?(?:prev|back)", context.query.text.lower())
    offset = shown.offset - limit if back else shown.offset + limit
    if offset < 0:
        return _note(context, "That was the first page.")
    if offset >= shown.ranked:
        return _note(context, "That was the last page.")
    request = replace(context.request, text=shown.query, offset=offset, follows=False)
    reply = context.router.dispatch(context.router.read(request, shown))
    paged = reply.answer.understood.model_copy(update={"action": "page"})
    return replace(reply, answer=reply.answer.model_copy(update={"understood": paged}))


def _note(context: Context, note: str) -> Reply:
    answer = Answer(
        query=context.query.text, understood=describe_query(context.query, "page", (note,))
    )
    return Reply(answer, errors.hint(answer, context.audience))


COMMAND = Command(
    action="page",
    run=run,
    words="next, previous",
    summary="Another page of the list last shown in this thread",
    example="next",
    patterns=(
        (
            r"(?:go on|continue|keep going|what else)\??"
            r"|(?:show |go )?(?:me )?(?:the )?(?P<subject>next|more|previous|prev|back)"
            r"(?: page| results| ones?| five| 5)?(?: please)?"
        ),
    ),
)
