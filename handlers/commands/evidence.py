# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""`/tme evidence STRATEGY`: the records on a topic by kind of evidence, failures included."""

from dataclasses import replace

from bot.records.answers import Answer
from bot.search.describing import describe_query
from handlers.command import Command, Context
from handlers.commands import find
from handlers.commands.resolving import known_topic, stored_topic
from handlers.router import Reply
from handlers.views import errors, evidence, results


def run(context: Context) -> Reply:
    """Group the evidence, strongest first; a title that begins so opens its record instead."""
    if titled := find.titled(context):
        return titled
    query = context.query
    if query.is_empty and (listed := context.listed()) is not None:
        query = replace(listed, action="evidence", text=context.router.refiner.text(listed))
    if query.is_empty:
        return _which(context)
    found = context.services.evidence.evidence(query)
    if not found.groups:
        nearest = context.services.search.run(query, limit=context.request.limit)
        answer = nearest.model_copy(update={"understood": found.answer.understood})
        if answer.hits:
            return Reply(answer, results.results(answer, context.audience))
        return Reply(answer, results.no_results(answer, context.audience, context.labels))
    return Reply(found.answer, evidence.evidence(found, context.audience))


def _which(context: Context) -> Reply:
    notes = ("Say which strategy, drug or term, for example: `evidence vascular normalisation`.",)
    answer = Answer(
        query=context.query.text,
        understood=describe_query(context.query, "evidence", notes),
        suggestions=("evidence vascular normalisation", "evidence CAR-T"),
    )
    return Reply(answer, errors.hint(answer, context.audience))


def _has_topic(context: Context) -> bool:
    """A topic of the field behind its own word; in a sentence that asks for it, any that is stored.

    Evidence is a word of many titles: "evidence that Tregs expand" is searched.
    """
    if not context.query.subject:
        return True
    if context.services.lookup.by_title(context.query) is not None:
        return True
    return known_topic(context) or (not context.query.typed and stored_topic(context))


COMMAND = Command(
    run=run,
    words="evidence STRATEGY",
    summary="Trials, systematic reviews, preclinical work and reviews on it; negative trials lead",
    example="evidence oncolytic viruses",
    aliases=tuple(
        f"evidence {how}"
        for how in ("for", "on", "of", "about", "behind", "supporting", "base for")
    ),
    patterns=(
        (
            r"(?:what(?:'s| is)|how (?:good|strong) is|show(?: me)?|give me|is there)(?: the| any)? evidence"
            r" (?:for|on|of|about|behind|that|supporting)\b(?P<subject>.{1,300})"
        ),
        r"(?:what(?:'s| is)|show(?: me)?|give me)(?: the| all the)? evidence\??",
    ),
    takes_subject=True,
    needs=_has_topic,
    offer=lambda query: (
        f"Evidence on “{query.subject[:40]}”",
        f"what is the evidence for {query.subject}",
    ),
    lists_records=True,
)
