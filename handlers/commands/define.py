"""`/tme define TERM`: what a term of the field means here."""

from bot.models import Answer
from bot.search import understood
from bot.views import definition, errors
from handlers.router import Asked, Command, Reply


def run(asked: Asked) -> Reply:
    """Define the concepts named, each from the vocabulary; an unknown term is searched instead."""
    query, vocabulary = asked.query, asked.services.vocabulary
    concepts = understood(query, "define").concepts
    if not concepts:
        return _unknown(asked)
    terms = [definition.Term.of(vocabulary, concept) for concept in concepts]
    answer = Answer(query=query.text, understood=understood(query, "define"))
    return Reply(answer, definition.message(terms, asked.audience))


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
    summary="What a term means, with its synonyms, broader and narrower terms and sources",
    example="define MDSC",
)
