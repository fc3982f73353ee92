# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""`/tme show …`, or just pasting it: the records of identifiers, people and journals."""

from bot.records.models import Answer
from bot.search.query.forms import Form
from bot.search.search import understood
from handlers.commands import find
from handlers.commands.about import not_clear
from handlers.commands.resolving import names_a_record
from handlers.router import Asked, Command, Reply
from handlers.views import errors, records, results


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
    return _meant(asked)


def _meant(asked: Asked) -> Reply:
    """The record that words mean, or a place in the list; else what the words find."""
    query, lookup = asked.query, asked.services.lookup
    meant = lookup.meant(query, asked.shown)
    if meant:
        return _shown(lookup.answer(query, meant[: asked.request.limit]), asked)
    if query.points_at_shown or not query.subject:
        return not_clear(asked)
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
    words = person.orcid or f'author:"{person.display_name or person.family}"'
    query = asked.services.search.interpret(words)
    if query.identifiers:
        answer = asked.services.lookup.by_identifiers(query, limit=asked.request.limit)
    else:
        answer = asked.services.search.run(query, limit=asked.request.limit)
    named = answer.understood.model_copy(update={"action": "author_more"})
    # What is remembered must name them: "this author" is another one after the next list.
    answer = answer.model_copy(update={"understood": named, "query": words})
    return Reply(answer, results.results(answer, asked.audience))


COMMAND = Command(
    action="lookup",
    outcomes=("lookup_many", "author_lookup", "journal_lookup", "not_found"),
    run=run,
    words="show DOI or title",
    summary="Open a record from whatever was pasted: DOI, URL, PMID, ORCID, ISSN, title",
    example="show 10.1002/ctd2.70098",
    aliases=("look up", "lookup", "fetch", "open"),
    patterns=(
        (
            r"(?:is|was) (?P<subject>it|this|that|(?:this|that|the) (?:paper|record)|.{0,60}10\.\d{4}.{1,200})"
            r" peer[- ]reviewed\??"
        ),
        r"(?:(?:what|how) about )?(?P<subject>(?:the )?(?:(?:first|second|third|fourth|fifth|last)(?: one| paper)?|(?:number |#)\d{1,2}))\??",
        r"who (?:wrote|are the authors of|is the author of|authored|published)\b(?P<subject>.{1,400})",
    ),
    also=(
        Form(
            "author_more",
            r"(?:what else (?:did|has|have) |more |other )(?:papers |records |works )?"
            r"(?:by|from|did|has) (?:this|that|the|these|the same|same) (?:\w+ )?(?:authors?|person|group)\b.{0,60}"
            r"|what else (?:did|has|have) (?:they|he|she|the authors?) (?:write|written|publish|published)\b.{0,40}",
        ),
    ),
    takes_subject=True,
    needs=names_a_record,
    opens_record=True,
    lists_records=True,
)
