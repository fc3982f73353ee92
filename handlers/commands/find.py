"""`/tme WORDS`: search, with a pasted title or citation opening its record."""

import re
from dataclasses import replace

from bot.records.answers import Answer
from bot.search.describing import describe_query
from bot.search.query import Query
from bot.search.query.model import IS_QUESTION
from bot.search.query.refining import KINDS
from bot.text.stop_words import foreign
from handlers.command import Command, Context
from handlers.commands.ask import IN_WORDS
from handlers.commands.opening import opened
from handlers.commands.resolving import flat
from handlers.router import Reply
from handlers.views import errors, results, wording

_MOST_FILTERS = 4
_IN_ENGLISH = "The records are in English: names and titles in your question were looked for."
_ELSEWHERE = (
    "No record answers that. I only have papers on reprogramming the tumour microenvironment and"
    " resistance to immunotherapy."
)
# A whole question that is an address; its words say nothing of what the page is about.
_ADDRESS = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)


def run(context: Context) -> Reply:
    """Answer with a ranked list; with the record itself where its title was pasted."""
    query, request, services = context.query, context.request, context.services
    if query.action == "search" and (found := titled(context)):
        return found
    if query.action == "clarify" or (query.problems and asks_nothing(query)):
        return hint(context)
    if _ADDRESS.fullmatch(query.text):
        return _unknown_address(context)
    answer = services.search.run(
        query, limit=request.limit, offset=request.offset, explain=request.explain
    )
    if not answer.total and query.bare:
        answer = _without_command(context, answer)
    if not answer.hits and (only := _by_whom(query)):
        by_them = services.search.run(only, limit=request.limit, offset=request.offset)
        if by_them.hits:
            answer = _noted(by_them, _not_on_that(query))
    if query.is_like_title and answer.hits and not answer.total:
        answer = _no_such_title(answer)
    elif remark := _remark(query, answer):
        answer = _noted(answer, remark)
    if query.action == "count":
        return _counted(context, answer)
    return _listed(context, answer)


def _listed(context: Context, answer: Answer) -> Reply:
    offered = context.services.facets.offered(context.query, _leading_on(context, answer))
    return shown(offered, context)


def _counted(context: Context, answer: Answer) -> Reply:
    """How many of the records listed before; only those are listed that have everything.

    Of the list that is shown already, the number alone.
    """
    router, services, query = context.router, context.services, context.query
    listed = router.listed_for(context.request, context.shown) if context.shown else None
    question = router.refiner.text(query)
    if listed is not None and router.refiner.text(listed) == question:
        counted = answer.model_copy(update={"hits": ()})
        return Reply(counted, results.counted(counted, question))
    strict = tuple(hit for hit in answer.hits if hit.strict)
    answer = answer.model_copy(update={"hits": strict, "ranked": answer.total})
    among = services.index.count(services.search.plan(listed)) if listed is not None else 0
    if listed is not None and among != answer.total:
        verb = "matches" if answer.total == 1 else "match"
        answer = _noted(answer, f"{answer.total:,} of {wording.count(among, 'record')} {verb}.")
    return _listed(context, answer)


def _leading_on(context: Context, answer: Answer) -> Answer:
    """The answer with each filter that can be taken off, and the table of a question in words."""
    query, understood = context.query, answer.understood
    without = tuple(context.router.refiner.without_each(query)[:_MOST_FILTERS])
    is_asked = IN_WORDS.match(query.text) and answer.hits
    table = (("Evidence table", f"ask {query.text}"),) if is_asked else ()
    others = context.services.search.unknown(query)
    not_known: tuple[tuple[str, str], ...] = ()
    if others and answer.total:
        answer = _noted(answer, others[1])
        understood = answer.understood
        not_known = (("Where that is not known", context.router.refiner.text(others[0])),)
    elif not (others or answer.total) and (
        query.filters.open_access or query.filters.peer_reviewed
    ):
        answer = _noted(answer, "Records of which it is not known are left out.")
        understood = answer.understood
    more = {"without": without, "offers": (*table, *not_known, *understood.offers)}
    return answer.model_copy(update={"understood": understood.model_copy(update=more)})


def _without_command(context: Context, answer: Answer) -> Answer:
    """The words behind a command's own where they find what all of them do not: `cite CAFs`."""
    services, request = context.services, context.request
    query = services.search.interpret(context.query.bare)
    kept = replace(
        query, text=context.query.text, notes=context.query.notes, offers=context.query.offers
    )
    if query.action != "search":
        return answer
    found = services.search.run(kept, limit=request.limit, offset=request.offset)
    return found if found.total else answer


def _by_whom(query: Query) -> Query | None:
    """The same people or journal without the words, where both are wanted."""
    named = query.filters.authors or query.filters.journals
    return replace(query, parts=(), action="search") if named and query.parts else None


def _not_on_that(query: Query) -> str:
    if query.filters.authors:
        return f"Nothing by them on “{_words(query)}”; these are theirs."
    journals = " or ".join(query.filters.journals)
    return f"Nothing from {journals} on “{_words(query)}”; these are from it."


def _words(query: Query) -> str:
    return " ".join(part.typed for part in query.parts)[:60]


def _remark(query: Query, answer: Answer) -> str | None:
    """What somebody must know whose question is in another language, or of another subject."""
    if foreign(query.text) is not None:
        is_known = any("in English" in note for note in answer.understood.notes)
        return None if is_known else _IN_ENGLISH
    asked_something = IS_QUESTION.match(query.text) and not query.filters.is_set
    far = all(len(hit.missing) * 2 >= len(query.parts) for hit in answer.hits)
    named = any(part.recognised for part in flat(query))
    return _ELSEWHERE if asked_something and not (answer.total or named) and far else None


def _noted(answer: Answer, note: str) -> Answer:
    notes = (note, *answer.understood.notes)
    return answer.model_copy(
        update={"understood": answer.understood.model_copy(update={"notes": notes})}
    )


def asks_nothing(query: Query) -> bool:
    """Whether nothing of a question could be read that limits an answer.

    A mistyped identifier alone, or a filter that is none, is no question about every record.
    """
    return not (query.parts or query.excluded or query.filters.is_set)


def titled(context: Context) -> Reply | None:
    """The record whose title or citation was pasted, opened; None where none was."""
    answer = context.services.lookup.by_title(context.query)
    if answer is None:
        return None
    return opened(context, answer)


def _unknown_address(context: Context) -> Reply:
    """An address that names no work: publishers' own numbers cannot be looked up."""
    note = "That address has no DOI, PMID or other number in it. Paste the DOI or the title."
    # Nor were its letters misspelt words.
    query = replace(context.query, corrected=(), senses=())
    answer = Answer(query=query.text, understood=describe_query(query, "clarify", (note,)))
    return Reply(answer, errors.hint(answer, context.audience))


def _no_such_title(answer: Answer) -> Answer:
    """What looks like a pasted title and is none of ours is named as such; the nearest follow."""
    notes = (*answer.understood.notes, "No record has this as its title; the nearest follow.")
    changed = answer.understood.model_copy(update={"action": "not_found", "notes": notes})
    return answer.model_copy(update={"understood": changed})


def shown(answer: Answer, context: Context) -> Reply:
    """An answer with its view: a list, or what to try where nothing was found."""
    action = answer.understood.action
    if answer.hits:
        return Reply(answer, results.results(answer, context.audience))
    if action in ("error_hint", "clarify"):
        return hint(context)
    return Reply(answer, results.no_results(answer, context.audience, context.labels))


def hint(context: Context) -> Reply:
    """One line that says what to type instead."""
    query = context.query
    tries = tuple(each for problem in query.problems for each in problem.suggestions)
    counted = context.services.facets.counted((each, each) for each in tries)
    mistyped = any(not mention.identifier.valid for mention in query.identifiers)
    notes = ("Compare it with where you found it, or paste the title.",) if mistyped else ()
    answer = Answer(
        query=query.text,
        understood=describe_query(query, query.action, notes),
        suggestions=tries[:5],
        meanings=tuple(counted[:5]) if query.action == "clarify" else (),
    )
    return Reply(answer, errors.hint(answer, context.audience))


COMMAND = Command(
    action="search",
    outcomes=("no_results", "error_hint", "clarify", "disambiguate", *KINDS),
    run=run,
    words="WORDS",
    summary="Search the team's records; typos, synonyms and abbreviations are understood;"
    " `as table` behind any list makes a table of it",
    example="CAF acquired resistance",
    lists_records=True,
)
