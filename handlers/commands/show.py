# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""`/tme show …`, or just pasting it: the records of identifiers, people and journals."""

from dataclasses import replace

from bot.records.answers import Answer
from bot.search.describing import describe_query
from bot.search.query.forms import Form
from bot.search.query.pointing import points_at_two
from handlers.command import Command, Context
from handlers.commands import find
from handlers.commands.about import not_clear
from handlers.commands.opening import opened
from handlers.commands.resolving import is_of_thread, names_a_record
from handlers.router import Reply
from handlers.views import errors, records, results


def run(context: Context) -> Reply:
    """Open the record named; a list where several are."""
    query, request, lookup = context.query, context.request, context.services.lookup
    if any(not m.identifier.valid for m in query.identifiers) and query.action == "error_hint":
        return find.hint(context)
    if query.action == "author_more":
        return _more_by_author(context)
    if query.identifiers:
        answer = lookup.by_identifiers(query, limit=request.limit, offset=request.offset)
        return _shown(answer, context)
    if query.action in ("author_lookup", "journal_lookup"):
        return find.shown(_newest_first(context), context)
    return _meant(context)


def _meant(context: Context) -> Reply:
    """The record that words mean, or a place in the list; else what the words find."""
    query, lookup = context.query, context.services.lookup
    if not query.subject and context.shown is not None:
        query = replace(query, subject="it", points_at_shown=True)
    resolved = lookup.resolve(query, context.shown)
    if resolved:
        query = replace(query, ignored=())
        return _shown(lookup.answer(query, resolved[: context.request.limit]), context)
    if points_at_two(query.subject) and context.shown and not query.typed:
        listed = context.router.listed_for(context.request, context.shown)
        if listed is not None and listed.action == "disambiguate":  # both senses, which are listed
            return context.router.dispatch(replace(context, query=listed))
    if query.points_at_shown or not query.subject:
        return not_clear(context)
    return find.run(context)


def _shown(answer: Answer, context: Context) -> Reply:
    action = answer.understood.action
    if action == "not_found":
        return Reply(answer, records.not_found(answer, context.audience))
    if action == "lookup" and len(answer.hits) == 1:
        return opened(context, answer)
    return Reply(answer, results.results(answer, context.audience))


def _newest_first(context: Context) -> Answer:
    request = context.request
    return context.services.search.run(context.query, limit=request.limit, offset=request.offset)


def _more_by_author(context: Context) -> Reply:
    """What else the first named author of the record on the table wrote."""
    query = context.query
    if not query.subject and query.ordinal is None:
        query = replace(query, subject="it", points_at_shown=True)
    resolved = context.services.lookup.resolve(query, context.shown)
    people = resolved[0].contributors if resolved else ()
    person = next((p for p in people if p.orcid or p.display_name), None)
    if person is None:
        notes = ("Name the author, or ask about a record first.",)
        answer = Answer(
            query=context.query.text,
            understood=describe_query(context.query, "author_more", notes),
            suggestions=("author:sharma",),
        )
        return Reply(answer, errors.hint(answer, context.audience))
    words = f'author:"{person.orcid or person.display_name or person.family}"'
    query = context.services.search.interpret(words)
    answer = context.services.search.run(query, limit=context.request.limit)
    named = answer.understood.model_copy(update={"action": "author_more"})
    # What is remembered must name them: "this author" is another one after the next list.
    answer = answer.model_copy(update={"understood": named, "query": words})
    return Reply(answer, results.results(answer, context.audience))


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
        r"(?:(?:what|how) about |compare )?(?P<subject>(?:the )?(?:(?:first|second|third|fourth|fifth|last)(?: one| paper)?|(?:number |no\.? ?|#)?\d{1,2}|\d{1,2}(?:st|nd|rd|th)(?: one| paper)?|(?:first|last) (?:two|three|2|3)|\d{1,2}(?:(?:, ?| and | & )\d{1,2})+)|(?:these|those) (?:two|three|four|five|six|[2-9])(?: (?:ones|papers|records|results))?|both(?: of (?:them|these|those))?)\??",
        r"compare (?P<subject>(?:them|these|those)(?: (?:papers|records|ones))?)",
        r"(?:tell (?:me|us) |can you tell (?:me|us) |i want |show (?:me|us) |give (?:me|us) )?(?:something |anything )?more (?:about|on|details (?:on|of|about)|information (?:on|about)) (?P<subject>(?:the )?(?:(?:first|second|third|fourth|fifth|last)(?: one| paper)?|(?:number |#)\d{1,2})|this one|that one|this paper|that paper)\??",
        r"who (?:are|were|is) (?:the|its) authors?\??",
        r"who (?:wrote|are the authors of|is the author of|authored|published)\b(?P<subject>.{1,400})",
    ),
    also=(
        Form(
            "author_more",
            r"(?:what else (?:did|has|have) |more |other )(?:papers |records |works )?"
            r"(?:by|from|did|has) (?:(?:this|that|the|these|the same|same) (?:\w+ )?(?:authors?|person|group)|them|her|him)\b.{0,60}"
            r"|what else (?:did|has|have) (?:they|he|she|the authors?) (?:write|written|publish|published)\b.{0,40}",
        ),
    ),
    takes_subject=True,
    needs=lambda context: names_a_record(context) or is_of_thread(context),
    opens_record=True,
    lists_records=True,
)
