"""`next` and `previous`: another page of the list last shown here."""

from dataclasses import replace

from bot.records.models import Answer
from bot.search.search import understood
from handlers.router import Asked, Command, Reply
from handlers.views import errors


def run(asked: Asked) -> Reply:
    """Show the next or previous page of the list last shown in this thread."""
    shown, limit = asked.shown, asked.request.limit
    if shown is None:
        return _note(asked, "There is no list here to page through. Ask for something first.")
    back = asked.query.text.lower().removeprefix("show ").startswith(("prev", "back"))
    offset = shown.offset - limit if back else shown.offset + limit
    if offset < 0:
        return _note(asked, "That was the first page.")
    if offset >= shown.ranked:
        return _note(asked, "That was the last page.")
    request = replace(asked.request, text=shown.query, offset=offset, follows=False)
    reply = asked.router.dispatch(asked.router.read(request, shown))
    paged = reply.answer.understood.model_copy(update={"action": "page"})
    return replace(reply, answer=reply.answer.model_copy(update={"understood": paged}))


def _note(asked: Asked, note: str) -> Reply:
    answer = Answer(query=asked.query.text, understood=understood(asked.query, "page", (note,)))
    return Reply(answer, errors.hint(answer, asked.audience))


COMMAND = Command(
    action="page",
    run=run,
    words="next, previous",
    summary="Another page of the list last shown in this thread",
    example="next",
    patterns=(
        (
            r"(?:go on|continue|keep going|what else)\??"
            r"|(?:show )?(?:me )?(?:the )?(?P<subject>next|more|previous|prev|back)"
            r"(?: page| results| ones?| five| 5)?(?: please)?"
        ),
    ),
)
