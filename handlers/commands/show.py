"""`/tme show …`, or just pasting it: the records of identifiers, people and journals."""

from bot.models import Answer
from bot.search import understood
from bot.views import errors, records, results
from handlers.commands import find
from handlers.router import Asked, Command, Reply


def run(asked: Asked) -> Reply:
    """Open the record named; a list where several are."""
    query, request, lookup = asked.query, asked.request, asked.services.lookup
    if any(not m.identifier.valid for m in query.identifiers) and query.action == "error_hint":
        return find.hint(asked)
    if query.action == "author_more":
        return _more_by_author(asked)
    if query.identifiers:
        answer = lookup.by_identifiers(query, limit=request.limit, offset=request.offset)
        return _shown(answer, asked)
    if query.action in ("author_lookup", "journal_lookup"):
        return find.shown(_newest_first(asked), asked)
    meant = lookup.meant(query, asked.shown)
    if meant:
        answer = lookup.answer(query, meant[: request.limit])
        return _shown(answer, asked)
    return find.run(asked)


def _shown(answer: Answer, asked: Asked) -> Reply:
    action = answer.understood.action
    if action == "not_found":
        return Reply(answer, records.not_found(answer, asked.audience))
    if action == "lookup" and len(answer.hits) == 1:
        return Reply(answer, records.full(answer, asked.audience, asked.labels))
    return Reply(answer, results.results(answer, asked.audience))


def _newest_first(asked: Asked) -> Answer:
    request = asked.request
    return asked.services.search.run(asked.query, limit=request.limit, offset=request.offset)


def _more_by_author(asked: Asked) -> Reply:
    """What else the first named author of the record on the table wrote."""
    meant = asked.services.lookup.meant(asked.query, asked.shown)
    people = meant[0].contributors if meant else ()
    person = next((p for p in people if p.orcid or p.display_name), None)
    if person is None:
        notes = ("Name the author, or ask about a record first.",)
        answer = Answer(
            query=asked.query.text,
            understood=understood(asked.query, "author_more", notes),
            suggestions=("author:sharma",),
        )
        return Reply(answer, errors.hint(answer, asked.audience))
    words = person.orcid or f'author:"{person.family or person.display_name}"'
    query = asked.services.search.interpret(words)
    if query.identifiers:
        answer = asked.services.lookup.by_identifiers(query, limit=asked.request.limit)
    else:
        answer = asked.services.search.run(query, limit=asked.request.limit)
    named = answer.understood.model_copy(update={"action": "author_more"})
    answer = answer.model_copy(update={"understood": named})
    return Reply(answer, results.results(answer, asked.audience))


COMMAND = Command(
    actions=(
        "lookup",
        "lookup_many",
        "author_lookup",
        "author_more",
        "journal_lookup",
        "not_found",
    ),
    run=run,
    words="show DOI or title",
    summary="Open a record from whatever was pasted: DOI, URL, PMID, ORCID, ISSN, title",
    example="show 10.1002/ctd2.70098",
)
