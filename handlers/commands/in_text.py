"""`/tme in:results WORDS`: sentences of open full texts, each with its section and licence."""

import re

from bot.errors import UsageError
from bot.records.answers import Answer
from bot.search.describing import describe_query
from handlers.command import Command, Context
from handlers.router import Reply
from handlers.views import full_text

_ASKED = re.compile(
    r"\s*in:\s?(?P<part>methods?|results?|discussion|introduction|text)\b[\s:]*(?P<words>.*)",
    re.IGNORECASE | re.DOTALL,
)
_EXAMPLE = "in:methods flow cytometry of tumour-associated macrophages"


def run(context: Context) -> Reply:
    """The best sentence of each work. Raises UsageError without words, or where it is off."""
    services, match = context.services, _ASKED.match(context.request.text)
    if match is None or not match["words"].strip():
        raise UsageError("There are no words to look for.", f"For example: `{_EXAMPLE}`.")
    if not services.settings.fulltext:
        understood = describe_query(context.query, "in-text")
        answer = Answer(query=context.query.text, understood=understood)
        return Reply(answer, full_text.switched_off(context.audience))
    named = match["part"].lower()
    part = {"method": "methods", "result": "results", "text": None}.get(named, named)
    found = services.full_text.find(match["words"], part)
    answer = services.lookup.answer(
        context.query, [each.record for each in found[: full_text.SHOWN]]
    )
    elsewhere = services.full_text.find(match["words"], None) if part and not found else []
    works, _ = services.store.full_texts.count()
    understood = describe_query(context.query, "in-text")
    return Reply(
        answer.model_copy(update={"understood": understood, "total": len(found)}),
        full_text.message(
            found,
            part or "full texts",
            works,
            context.audience,
            elsewhere=(len(elsewhere), match["words"].strip()),
        ),
    )


COMMAND = Command(
    run=run,
    words="in:results WORDS",
    action="in-text",
    summary="Sentences of open full texts that have the words, in `in:methods`, `in:results`,"
    " `in:discussion` or `in:text`, each with its section and licence",
    example=_EXAMPLE,
    takes_text=lambda text: _ASKED.match(text) is not None,
)
