# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""`/tme report …`: say what is wrong with a record."""

import re

from bot.curation.reports import KINDS
from bot.records.answers import Answer
from bot.rights import Deed
from bot.search.describing import describe_query
from bot.store.reports import Reporting
from handlers.command import Command, Context
from handlers.commands.about import not_clear
from handlers.router import Reply
from handlers.views import report

# "report error in 10.1002/…: the year is 2024": the part after the colon is the report.
_SAID = re.compile(r"^.*?10\.\d{4,9}/\S+?:\s+(?P<said>.+)$", re.DOTALL)
_NOBODY = "terminal"


def run(context: Context) -> Reply:
    """Keep a report that is written out; else offer the windows for the record that is meant."""
    match = _SAID.match(context.query.text)
    resolved = context.services.lookup.resolve(
        context.about(context.query.subject).query, context.shown
    )
    if not resolved:
        return not_clear(context)
    answer = Answer(
        query=context.query.text, understood=describe_query(context.query, "report"), total=1
    )
    if match is None:
        return Reply(answer, report.offered(resolved[0], context.audience))
    context.must(Deed.REPORT)
    origin = context.request.origin
    given = Reporting(
        workspace=context.request.workspace or _NOBODY,
        record_id=resolved[0].id,
        kind=next(iter(reversed(KINDS))),
        text=match["said"],
        user=origin.user if origin else _NOBODY,
    )
    with context.services.gate.counted(Deed.REPORT):
        kept = context.services.reports.report(given)
    return Reply(answer, report.kept(kept))


COMMAND = Command(
    run=run,
    words="report error DOI: what is wrong",
    summary="Tell whoever runs the bot what is wrong with a record; in Slack, ⋯ → Report an"
    " error on a card does the same",
    example="report error 10.1002/ctd2.70098: the licence is missing",
    patterns=(
        r"report(?: an?)? (?:error|mistake|problem|wrong|bad|bug|missing|duplicate|issue)s?\b(?P<subject>.{0,300})",
        (
            r"(?:this|that|the) (?:tag|record|summary|year|title|author)s?"
            r" (?:is|are|looks?) (?:wrong|incorrect)(?P<subject>.{0,200})"
        ),
    ),
)
