# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""Who can read it: asked of those who follow open copies, where the record does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.records.models import AccessStatus
from handlers.command import Command, Context
from handlers.commands.about import not_clear
from handlers.commands.opening import opened
from handlers.commands.resolving import names_a_record
from handlers.router import Reply
from handlers.views import origins

if TYPE_CHECKING:
    from bot.harvest.access import Learnt


def run(context: Context) -> Reply:
    """The full card of the record that is meant, with what is known of access by now."""
    lookup = context.services.lookup
    resolved = lookup.resolve(context.query, context.shown)
    if not resolved:
        return not_clear(context)
    if resolved[0].access.status is not AccessStatus.UNKNOWN:
        answer = lookup.answer(context.query, resolved[:1])
        return opened(context, answer)
    learnt = context.services.access.learn(resolved[0])
    answer = lookup.answer(context.query, [learnt.record])
    notes = (*answer.understood.notes, *_notes(learnt))
    answer = answer.model_copy(
        update={"understood": answer.understood.model_copy(update={"notes": notes})}
    )
    return opened(context, answer)


def _notes(learnt: Learnt) -> tuple[str, ...]:
    """Who was asked in vain, or why nobody was."""
    names = ", ".join(map(origins.source_name, learnt.asked))
    if learnt.record.access.status is not AccessStatus.UNKNOWN:
        return ()
    if learnt.reason:
        return (f"Who can read it could not be asked: {learnt.reason}",)
    return (f"Asked who can read it: {names}; none of them says.",) if names else ()


COMMAND = Command(
    action="access",
    run=run,
    words="Where can I read DOI or title",
    summary="Who can read it, and where: an open copy and its licence, when a source knows one",
    example="where can I read 10.1002/ctd2.70098",
    patterns=(
        (
            r"(?:is|are)\b(?!:)(?P<subject>.{0,300}?)\b(?:open[- ]access|free(?:ly available)?(?: to read)?"
            r"|paywalled|open|behind a paywall)\??"
        ),
        r"(?:where|how) can i (?:read|get|download)(?P<subject>.{0,300})",
        r"(?:full[- ]?text|pdf)(?: of| for)\b(?P<subject>.{0,300})",
    ),
    takes_subject=True,
    needs=names_a_record,
    opens_record=True,
)
