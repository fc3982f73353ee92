"""`/tme cites …`, `/tme references of …`: who cites a work, and what it cites."""

from collections.abc import Sequence

from bot.records.models import Answer, Identifier, Record
from bot.search.search import describe_query
from handlers.commands.about import not_clear, which
from handlers.commands.resolving import bare, names_a_record
from handlers.router import Command, Context, Reply
from handlers.views import citing


def cites(context: Context) -> Reply:
    """The records that cite a work, stored or not; alone, what many cite and is not stored."""
    service = context.services.citing
    if not context.query.subject:
        often_cited = service.often_cited()
        understood = describe_query(context.query, "cites")
        answer = Answer(query=context.query.text, understood=understood, total=len(often_cited))
        return Reply(answer, citing.often_cited(often_cited, service.listed()))
    identifiers, name = _meant(context)
    if not identifiers:
        return not_clear(context)
    answer = _answer(context, service.citing(identifiers))
    return Reply(answer, citing.citing(answer, name, service.listed(), context.audience))


def references(context: Context) -> Reply:
    """What a stored record cites: those stored, and how many are not."""
    resolved = context.services.lookup.resolve(context.query, context.shown)
    if not resolved:
        return not_clear(context)
    cited = context.services.citing.cited(resolved[0])
    answer = _answer(context, cited.stored)
    return Reply(answer, citing.cited(answer, resolved[0], cited, context.audience))


def _meant(context: Context) -> tuple[tuple[Identifier, ...], str]:
    """The identifiers of the work that is meant, and its title where it is stored."""
    if resolved := context.services.lookup.resolve(context.query, context.shown):
        return resolved[0].identifiers, resolved[0].title
    named = tuple(m.identifier for m in context.query.identifiers if m.identifier.valid)
    return named, named[0].value if named else ""


def _answer(context: Context, records: Sequence[Record]) -> Answer:
    request = context.request
    answer = context.services.lookup.answer(context.query, records)
    page = answer.hits[request.offset : request.offset + request.limit]
    return answer.model_copy(update={"hits": page, "offset": request.offset})


CITES = Command(
    run=cites,
    words="cites DOI",
    summary="The stored records that cite a work; alone, works that five cite and that are not"
    " stored, to add",
    example="cites 10.1016/j.cell.2017.01.017",
    aliases=("who cites", "what cites"),
    takes_subject=True,
    remark=which,
    needs=lambda context: bare(context) or names_a_record(context),
    lists_records=True,
)
REFERENCES = Command(
    action="cited",
    run=references,
    words="references of DOI",
    summary="What a record cites, as its sources list it: those stored, and the others to add",
    example="references of 10.1002/ctd2.70098",
    aliases=("references of", "reference list of", "works cited by"),
    patterns=(r"what does (?P<subject>.{3,300}?) cite",),
    takes_subject=True,
    remark=which,
    needs=lambda context: bool(context.query.subject) and names_a_record(context),
    lists_records=True,
)
