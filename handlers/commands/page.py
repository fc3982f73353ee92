"""`next`, `previous`, `back`: another page of the list last shown, or the list before it."""

import re
from dataclasses import replace

from bot.records.answers import Answer
from bot.search.describing import describe_query
from bot.search.query.forms import Form
from handlers.command import Command, Context
from handlers.router import Reply
from handlers.views import errors
from handlers.views.wording import count

_BACK = re.compile(r".*\b(?:back|undo|revert)\b", re.IGNORECASE)


def run(context: Context) -> Reply:
    """Show the next or previous page of the list last shown in this thread, or the list before."""
    shown, limit = context.shown, context.request.limit
    if shown is None:
        return _note(context, "There is no list here to page through. Ask for something first.")
    if context.query.action == "back" and (context.query.subject or not shown.offset):
        return _gone_back(context)
    back = re.match(r"(?:show |go )?(?:me )?(?:the )?(?:prev|back)", context.query.text.lower())
    offset = shown.offset - limit if back else shown.offset + limit
    if offset < 0:
        return _note(context, "That was the first page.")
    if offset >= shown.ranked:
        return _note(context, "That was the last page.")
    return _shown(context, shown.query, "page", offset)


def count_shown(context: Context) -> Reply:
    """How many the list has that was shown last, where no question found it."""
    shown = context.shown
    if shown is None:
        return _note(context, "How many of what? For example: how many trials on melanoma", "count")
    number = max(shown.ranked, len(shown.record_ids))
    return _note(context, f"The list shown last has {count(number, 'record')}.", "count")


def _is_of_no_question(context: Context) -> bool:
    """Whether the list shown last was found by no search that could be counted."""
    shown = context.shown
    return shown is None or context.router.listed_for(context.request, shown) is None


def _gone_back(context: Context) -> Reply:
    """The list before the one last shown; that one itself, where a record of it was opened."""
    shown = context.shown
    earlier = (shown.query,) if shown and shown.opened else shown.before if shown else ()
    if not earlier:
        return _note(context, "This is the first list here; there is none to go back to.")
    return _shown(context, earlier[-1], "back", 0)


def _shown(context: Context, question: str, action: str, offset: int) -> Reply:
    request = replace(context.request, text=question, offset=offset, follows=False)
    reply = context.router.dispatch(context.router.read(request, context.shown))
    as_said = reply.answer.understood.model_copy(update={"action": action})
    return replace(reply, answer=reply.answer.model_copy(update={"understood": as_said}))


def _note(context: Context, note: str, action: str = "") -> Reply:
    query = context.query
    understood = describe_query(query, action or query.action, (note,))
    answer = Answer(query=query.text, understood=understood)
    return Reply(answer, errors.hint(answer, context.audience))


COMMAND = Command(
    action="page",
    run=run,
    words="next, previous, back",
    summary="Another page of the list last shown in this thread; `back`: the list before it",
    example="next",
    patterns=(
        (
            r"(?:go on|continue|keep going|what else)\??"
            r"|(?:show |go )?(?:me )?(?:the )?(?P<subject>next|more|previous|prev)"
            r"(?: page| results| ones?| five| 5)?(?: please)?"
        ),
    ),
    also=(
        Form("back", r"(?:go |take me |step )?back(?: (?:one|a) (?:step|page)| a step)?"),
        Form(
            "back",
            r"(?P<subject>(?:(?:please )?undo|revert)(?: (?:that|this|it|the last(?: one| step|"
            r" filter| change)?))?|(?:go |take me |step )?back to (?:the )?(?:list|results"
            r"|(?:last|previous|earlier|original|first) (?:one|list|search|results?|query))"
            r"|(?:the )?(?:previous|earlier) (?:list|search|question|query))",
        ),
    ),
)
COUNT = Command(
    action="counted",
    run=count_shown,
    patterns=(
        (
            r"(?:so |and |ok )?(?:how many|count(?: them| these| those| all)?|what number)"
            r"(?: (?:are|is|were) (?:there|they|these|those|that|it)| (?:papers|records|results)?"
            r" ?(?:in total|altogether|did you find|were found))?\??"
        ),
    ),
    needs=_is_of_no_question,
)
