"""`/tme evidence STRATEGY`: the records on a topic by kind of evidence, failures included."""

from bot.records.models import Answer
from bot.search.search import understood
from handlers.commands import find
from handlers.router import Asked, Command, Reply
from handlers.views import errors, evidence, results


def run(asked: Asked) -> Reply:
    """Group the evidence, strongest first; a title that begins so opens its record instead."""
    if titled := find.titled(asked):
        return titled
    query = asked.query
    if query.is_empty:
        return _which(asked)
    found = asked.services.evidence.evidence(query)
    if not found.groups:
        nothing = asked.services.search.run(query)
        answer = nothing.model_copy(update={"hits": (), "understood": found.answer.understood})
        return Reply(answer, results.no_results(answer, asked.audience, asked.labels))
    return Reply(found.answer, evidence.evidence(found, asked.audience))


def _which(asked: Asked) -> Reply:
    notes = ("Say which strategy, drug or term, for example: `evidence vascular normalisation`.",)
    answer = Answer(
        query=asked.query.text,
        understood=understood(asked.query, "evidence", notes),
        suggestions=("evidence vascular normalisation", "evidence CAR-T"),
    )
    return Reply(answer, errors.hint(answer, asked.audience))


COMMAND = Command(
    actions=("evidence",),
    run=run,
    words="evidence STRATEGY",
    summary="Trials, systematic reviews, preclinical work and reviews on it; negative trials lead",
    example="evidence oncolytic viruses",
)
