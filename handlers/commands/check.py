# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""`/tme check …`: can these works be relied on, asked of those who would know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.records.answers import Answer
from bot.records.models import Identifier, Scheme
from bot.search.describing import describe_query
from handlers.command import Command, Context
from handlers.commands.about import not_clear, which
from handlers.commands.resolving import names_a_record
from handlers.router import Reply
from handlers.views import standing

if TYPE_CHECKING:
    from bot.harvest.integrity import Checked

# A notice is about one work: what names a journal, a person or a trial is looked up otherwise.
_WORKS = frozenset((Scheme.DOI, Scheme.PMID, Scheme.PMCID, Scheme.ARXIV))


def run(context: Context) -> Reply:
    """Ask about each work that is named, stored or not; else about the record that is meant."""
    checking = context.services.checking
    named = _named(context)
    if named:
        checked = [checking.identifier(identifier) for identifier in named[: standing.MOST]]
        left = len(named) - len(checked)
        notes = (f"{left} more were left out: ask again with those.",) if left > 0 else ()
    else:
        resolved = context.services.lookup.resolve(context.query, context.shown)
        if not resolved:
            return not_clear(context)
        checked = [checking.record(record) for record in resolved[: standing.MOST]]
        notes = ()
    return Reply(_answer(context, checked, notes), standing.message(checked, context.audience))


def _named(context: Context) -> list[Identifier]:
    mentioned = (mention.identifier for mention in context.query.identifiers)
    return list(dict.fromkeys(i for i in mentioned if i.valid and i.scheme in _WORKS))


def _answer(context: Context, checked: list[Checked], notes: tuple[str, ...]) -> Answer:
    stored = [each.record for each in checked if each.stored and each.record is not None]
    answer = context.services.lookup.answer(context.query, stored)
    understood = describe_query(context.query, context.query.action, notes)
    return answer.model_copy(update={"understood": understood})


COMMAND = Command(
    action="integrity",
    run=run,
    words="check DOI …",
    summary="Retractions, corrections and concerns: each with date, notice and who says so",
    example="check 10.1002/ctd2.70098",
    aliases=("retraction status", "retraction status of", "retractions of"),
    patterns=(
        (
            r"(?:has|have|was|were|is|are)\b(?!:)(?P<subject>.{0,300}?)\b(?:been )?(?:retract(?:ed|ion)|corrected"
            r"|withdrawn)\b.{0,300}"
        ),
        r"can (?:i|we) (?:trust|rely on)(?P<subject>.{0,300})",
    ),
    takes_subject=True,
    remark=which,
    needs=names_a_record,
    opens_record=True,
)
