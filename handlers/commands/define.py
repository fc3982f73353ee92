"""`/tme define TERM`: what a term of the field means here."""

import re
from collections.abc import Sequence

from bot.definitions import Term
from bot.models import Answer, Understood
from bot.search import understood
from bot.views import definition, errors
from handlers.router import Asked, Command, Reply

_COMPARING = re.compile(
    r"\bdifferences? between\b|\b(?:vs\.?|versus|compared (?:to|with))(?!\w)", re.IGNORECASE
)


def run(asked: Asked) -> Reply:
    """Define the concepts, drugs and genes named; an unknown term is searched instead."""
    query, services = asked.query, asked.services
    terms = services.definitions.of(query)
    if not terms:
        return _unknown(asked)
    questions = (services.search.interpret(term.records) for term in terms)
    held = [services.index.count(services.search.wanted(question)) for question in questions]
    message = definition.message(
        terms,
        asked.audience,
        read_as=_read_as(asked, terms),
        records=dict(zip((term.records for term in terms), held, strict=True)),
        beside=bool(_COMPARING.search(query.text)),
    )
    return Reply(Answer(query=query.text, understood=understood(query, "define")), message)


def _read_as(asked: Asked, terms: Sequence[Term]) -> Understood:
    """How the words were read, as far as it bears on the terms that are defined."""
    read = understood(asked.query, "define")
    senses = tuple(s for s in read.senses if any(term.label in s.taken for term in terms))
    return read.model_copy(update={"senses": senses, "ignored": ()})


def _unknown(asked: Asked) -> Reply:
    query = asked.query
    if not query.subject:
        notes = ("Say which term, for example: define MDSC",)
    else:
        notes = (f"“{query.subject[:60]}” is not in the vocabulary. Its records can be searched.",)
    answer = Answer(
        query=query.text,
        understood=understood(query, "define", notes),
        suggestions=(query.subject,) if query.subject else ("define MDSC",),
    )
    return Reply(answer, errors.hint(answer, asked.audience))


COMMAND = Command(
    actions=("define",),
    run=run,
    words="define TERM",
    summary="What a term, drug or gene means: names, MeSH, targets, drugs, sources;"
    " `difference between X and Y` puts two side by side",
    example="define MDSC",
)
