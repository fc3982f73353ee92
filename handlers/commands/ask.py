# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""`/tme ask QUESTION`: what the stored records report on it, each in its own words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.errors import SourceError, UsageError
from bot.formats.export import split_format
from bot.lazy import lazy
from bot.records.answers import Answer
from bot.search.describing import describe_query
from bot.search.findings import Findings
from handlers.command import Command, Context
from handlers.commands.export import MOST
from handlers.router import Reply
from handlers.views import errors, export, findings

if TYPE_CHECKING:
    from bot.search import worded
else:
    worded = lazy("bot.search.worded")

# A question in words that asks whether, what or how, and is no order for papers.
IN_WORDS = re.compile(
    r"(?:what|which|who|how|why|where|when|is|are|was|were|do|does|did|has|have|can|could|should|will|would)\b.{8,}|.{12,}\?\s*$",
    re.IGNORECASE | re.DOTALL,
)
_AS_SUMMARY = re.compile(r"[\s,]+(?:as|with)(?: a)? summary\s*$", re.IGNORECASE)
_EXAMPLE = "does CSF1R inhibition improve response to PD-1 blockade in melanoma?"
_WHICH = f"Ask what the records report, for example: `ask {_EXAMPLE}`."


def run(context: Context) -> Reply:
    """A row a record: quote, direction and figures; negative and null results first among equals."""
    request, services = context.request, context.services
    subject, named = split_format(context.query.subject)
    if named == "csv":
        return _as_csv(context.about(_AS_SUMMARY.sub("", subject)))
    if worded := _AS_SUMMARY.search(context.query.subject):
        context = context.about(context.query.subject[: worded.start()])
    if context.query.is_empty and (listed := context.listed()) is not None:
        context = context.about(context.router.refiner.text(listed))
    if context.query.is_empty:
        return _which(context)
    found = services.findings.on(context.query, request.limit, request.offset)
    understood = found.answer.understood
    notes = (findings.summary(found), *findings.missing(found), *understood.notes)
    answer = found.answer.model_copy(
        update={"understood": understood.model_copy(update={"notes": notes})}
    )
    found = found.of(answer)
    summary = _summary(context, found) if worded else None
    is_offered = services.summarising is not None and summary is None
    message = findings.findings(
        found, context.audience, context.labels, summary, is_offered=is_offered
    )
    return Reply(answer, message)


def _summary(context: Context, found: Findings) -> worded.Summary:
    """What a model makes of the rows that are shown. Raises UsageError where none is set."""
    summarising = context.services.summarising
    if summarising is None:
        raise UsageError(
            "No model is set up to word a summary.",
            "Whoever runs the bot can set one up; the quotes stand without it.",
        )
    try:
        return summarising.of(context.query.subject, found.answer)
    except SourceError as error:
        return worded.Summary(summarising.model, wrong=error.message)


def _as_csv(context: Context) -> Reply:
    """The whole table as a file."""
    query, services = context.query, context.services
    found = services.findings.on(query, MOST)
    if not found.answer.hits:
        return _which(context)
    from bot.formats.findings import findings_table  # noqa: PLC0415 - few want a file

    file = findings_table(found.answer.hits, services.now())
    offered = export.Offered(
        title=file.title,
        name=file.name,
        query=f"ask {query.subject} as csv",
        question=query.subject,
        format="csv",
        remarks=(findings.summary(found),),
        others={"As a list": f"ask {query.subject}"},
        of_evidence=True,
    )
    understood = describe_query(query, "export")
    # No hits: what was listed here last stays what "the second one" means.
    answer = Answer(query=query.text, understood=understood, total=file.count)
    return Reply(answer, export.offered(offered, answer, context.audience), file=lambda: file)


def _which(context: Context) -> Reply:
    understood = describe_query(context.query, "ask", (_WHICH,))
    answer = Answer(
        query=context.query.text, understood=understood, suggestions=(f"ask {_EXAMPLE}",)
    )
    return Reply(answer, errors.hint(answer, context.audience))


def _asks_something(context: Context) -> bool:
    """Words to look for, and no identifier: what was pasted opens its record."""
    return not context.query.identifiers


COMMAND = Command(
    run=run,
    words="ask QUESTION",
    summary="What the stored records report on a question: a quote each, with its direction and"
    " figures; negative and null results lead; `as csv` makes a file of it",
    example=f"ask {_EXAMPLE}",
    aliases=("evidence table", "evidence table for"),
    patterns=(
        r"(?:(?:can i|could i|let me) (?:see|have|get)|show(?: me| us)?|give (?:me|us)|make(?: me)?|get(?: me)?)(?: the| an| its| their)? evidence table(?: (?:for|on|of|from) (?:this|that|these|those|them|it))?\??",
        r"evidence (?:that |whether |if )?(?P<subject>(?:does|do|did|is|are|was|were|can|could|has|have|will|would|should|which|what|how|why)\b.{8,500})",
    ),
    takes_subject=True,
    needs=_asks_something,
    lists_records=True,
)
