# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""`/tme evidence STRATEGY`: the records on a topic by kind of evidence, failures included."""

from bot.records.models import Answer
from bot.search.search import understood
from handlers.commands import find
from handlers.commands.resolving import known_topic, stored_topic
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


def _has_topic(asked: Asked) -> bool:
    """A topic of the field behind its own word; in a sentence that asks for it, any that is stored.

    Evidence is a word of many titles: "evidence that Tregs expand" is searched.
    """
    if not asked.query.subject:
        return asked.query.typed
    if asked.services.lookup.by_title(asked.query) is not None:
        return True
    return known_topic(asked) or (not asked.query.typed and stored_topic(asked))


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
    ),
    takes_subject=True,
    needs=_has_topic,
    offer=lambda query: (
        f"Evidence on “{query.subject[:40]}”",
        f"what is the evidence for {query.subject}",
    ),
    lists_records=True,
)
