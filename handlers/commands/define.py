"""`/tme define TERM`: what a term of the field means here."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.records.models import Answer, Understood
from bot.search.definitions import Term
from bot.search.search import understood
from handlers.router import Asked, Command, Reply
from handlers.views import definition, errors

_COMPARING = re.compile(
    r"\bdifferences? between\b|\b(?:vs\.?|versus|compared (?:to|with))(?!\w)", re.IGNORECASE
)

_JOINED = re.compile(r"\s+(?:and|vs\.?|versus|from|or)\s+", re.IGNORECASE)


def run(asked: Asked) -> Reply:
    """Define the concepts, drugs and genes named; an unknown term is searched instead."""
    asked = _without_quotes(asked)
    query, services = asked.query, asked.services
    terms = services.definitions.of(query)
    notes: tuple[str, ...] = ()
    if _COMPARING.search(query.text):
        shared = _both(asked)
        terms, notes = shared or terms, () if shared else _one_sided(asked)
    if not terms:
        return _unknown(asked)
    shown = [term.records for term in terms[: definition.MOST_TERMS]]
    questions = (services.search.interpret(question) for question in shown)
    held = [services.index.count(services.search.wanted(question)) for question in questions]
    message = definition.message(
        terms,
        asked.audience,
        read_as=_read_as(asked, terms, notes),
        found=dict(zip(shown, held, strict=True)),
        beside=bool(_COMPARING.search(query.text)),
    )
    said = understood(query, "define", notes)
    return Reply(Answer(query=query.text, understood=said), message)


def _without_quotes(asked: Asked) -> Asked:
    """A term in quotes is the term: nothing is looked for word by word here."""
    if '"' not in asked.query.subject:
        return asked
    bare = asked.query.subject.replace('"', " ").strip()
    query = asked.services.search.interpret(f"define {bare}")
    return replace(asked, query=replace(query, text=asked.query.text, action="define"))


def _sides(asked: Asked) -> list[str]:
    """The terms that are compared, as typed; empty where they are not told apart."""
    sides = [side.strip(" ?.,") for side in _JOINED.split(asked.query.subject.strip(" ?."))]
    return sides if len(sides) == 2 and all(sides) else []


def _one_sided(asked: Asked) -> tuple[str, ...]:
    """Which of two terms to compare is not known, when it is one of them."""
    unknown = [side for side in _sides(asked) if not _terms(asked, side)]
    if len(unknown) != 1:
        return ()
    return (f"“{unknown[0][:60]}” is not in the vocabulary, so the two cannot be compared.",)


def _both(asked: Asked) -> tuple[Term, ...]:
    """The terms of "primary and acquired resistance", which share their last words; else none."""
    sides = _sides(asked)
    if not sides:
        return ()
    left, right = sides
    for shared in range(1, len(right.split())):
        head = " ".join(right.split()[-shared:])
        first, second = (_terms(asked, side) for side in (f"{left} {head}", right))
        if len(first) == len(second) == 1 and first != second:
            return (*first, *second)
    return ()


def _terms(asked: Asked, said: str) -> tuple[Term, ...]:
    services = asked.services
    return services.definitions.of(services.search.interpret(f"define {said}"))


def _read_as(asked: Asked, terms: Sequence[Term], notes: tuple[str, ...]) -> Understood:
    """How the words were read, as far as it bears on the terms that are defined."""
    read = understood(asked.query, "define")
    senses = tuple(s for s in read.senses if any(term.label in s.taken for term in terms))
    return read.model_copy(update={"senses": senses, "ignored": (), "notes": notes})


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
