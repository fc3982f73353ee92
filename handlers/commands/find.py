"""`/tme WORDS`: search, with a pasted title or citation opening its record."""

from bot.models import Answer
from bot.search import understood
from bot.views import errors, records, results
from handlers.router import Asked, Command, Reply


def run(asked: Asked) -> Reply:
    """Answer with a ranked list; with the record itself where its title was pasted."""
    query, request, services = asked.query, asked.request, asked.services
    if query.action == "search" and (found := titled(asked)):
        return found
    if query.action == "clarify":
        return hint(asked)
    answer = services.search.run(
        query, limit=request.limit, offset=request.offset, explain=request.explain
    )
    if query.is_like_title and answer.hits and not answer.total:
        answer = _no_such_title(answer)
    return shown(services.narrower.offered(query, answer), asked)


def titled(asked: Asked) -> Reply | None:
    """The record whose title or citation was pasted, opened; None where none was."""
    answer = asked.services.lookup.by_title(asked.query)
    if answer is None:
        return None
    return Reply(answer, records.full(answer, asked.audience, asked.labels))


def _no_such_title(answer: Answer) -> Answer:
    """What looks like a pasted title and is none of ours is said to be so; the nearest follow."""
    notes = (*answer.understood.notes, "No record has this as its title; the nearest follow.")
    changed = answer.understood.model_copy(update={"action": "not_found", "notes": notes})
    return answer.model_copy(update={"understood": changed})


def shown(answer: Answer, asked: Asked) -> Reply:
    """An answer with its view: a list, or what to try where nothing was found."""
    action = answer.understood.action
    if answer.hits:
        return Reply(answer, results.results(answer, asked.audience))
    if action in ("error_hint", "clarify"):
        return hint(asked)
    return Reply(answer, results.no_results(answer, asked.audience, asked.labels))


def hint(asked: Asked) -> Reply:
    """One line that says what to type instead."""
    query = asked.query
    tries = tuple(each for problem in query.problems for each in problem.suggestions)
    answer = Answer(
        query=query.text, understood=understood(query, query.action), suggestions=tries[:5]
    )
    return Reply(answer, errors.hint(answer, asked.audience))


COMMAND = Command(
    actions=("search", "no_results", "error_hint", "clarify", "disambiguate"),
    run=run,
    words="WORDS",
    summary="Search the team's records; typos, synonyms and abbreviations are understood",
    example="CAF acquired resistance",
)
