"""`/tme cites …`, `references of …`, `citation graph …`: who cites a work, and what it cites."""

from collections.abc import Sequence
from dataclasses import replace

from bot.records.answers import Answer
from bot.records.models import Identifier, Record
from bot.search.describing import describe_query
from handlers.command import Command, Context
from handlers.commands.about import not_clear, which
from handlers.commands.resolving import bare, names_a_record
from handlers.router import Reply
from handlers.views import citing, errors
from handlers.views.charts import citation_graph
from handlers.views.wording import count


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
    return _citing(context, identifiers, name)


def look_up(context: Context) -> Reply:
    """The same, once OpenCitations and OpenAlex were asked."""
    resolved = context.services.lookup.resolve(context.query, context.shown)
    if not resolved:
        return not_clear(context)
    wrong = context.services.cited_by.look(resolved[0])
    return _citing(context, resolved[0].identifiers, resolved[0].title, wrong)


def _citing(
    context: Context,
    identifiers: Sequence[Identifier],
    name: str,
    wrong: Sequence[str] | None = None,
) -> Reply:
    """Who cites a work; with a way to ask services where that was not done now (`wrong`: how)."""
    service = context.services.citing
    answer = _answer(context, service.citing(identifiers))
    known = citing.Counted(others=identifiers)
    if stored := next((r for i in identifiers for r in context.services.store.find(i, 1)), None):
        counts = service.counts(stored)
        ask = f"citations of {identifiers[0].value}" if wrong is None else ""
        known = citing.Counted(counts, service.not_stored(counts), wrong or (), ask)
    return Reply(answer, citing.citing(answer, name, service.listed(), context.audience, known))


def graph(context: Context) -> Reply:
    """Who cites whom among the records on a topic, as a table and as a picture."""
    found = context.services.citing.graph(context.query)
    if not found.edges:
        lists = f"{found.listed:,} of {count(found.read, 'record')} read have a reference list"
        note = f"None of our records on this is known to cite another: {lists}."
        understood = describe_query(context.query, "citation-graph", (note,))
        hint = found.answer.model_copy(update={"understood": understood, "hits": (), "total": 0})
        return Reply(hint, errors.hint(hint, context.audience))
    answer = found.answer.model_copy(
        update={"understood": describe_query(context.query, "citation-graph"), "hits": ()}
    )
    today = context.services.now().date()
    shown = replace(found, answer=answer)
    message = citing.graph(shown, context.audience)
    return Reply(answer, message, picture=lambda: citation_graph(shown, today))


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


_WORKS = r"(?:papers?|records?|works?|studies|articles)"
CITES = Command(
    run=cites,
    words="cites DOI",
    summary="The stored records that cite a work; alone, works that five cite and that are not"
    " stored, to add",
    example="cites 10.1016/j.cell.2017.01.017",
    aliases=("who cites", "what cites", "who cited"),
    patterns=(
        rf"(?:how many|which|what) (?:of (?:our|my|the) )?{_WORKS} cited? (?P<subject>.{{3,300}}?)",
        rf"{_WORKS} (?:citing|that cite) (?P<subject>.{{3,300}}?)",
        rf"(?:what|which {_WORKS}) do (?:our|my|the) records cite (?:the )?most(?: often)?\??",
    ),
    takes_subject=True,
    remark=which,
    needs=lambda context: bare(context) or names_a_record(context),
    lists_records=True,
)
LOOK_UP = Command(
    action="who-cites",
    run=look_up,
    words="citations of DOI",
    summary="Ask OpenCitations and OpenAlex who cites a stored work: how many, on which day, and"
    " those not stored, to add",
    example="citations of 10.1016/j.cell.2017.01.017",
    aliases=("citations of", "citation count of", "who else cites"),
    takes_subject=True,
    remark=which,
    needs=lambda context: bool(context.query.subject) and names_a_record(context),
    lists_records=True,
)
GRAPH = Command(
    action="citation-graph",
    run=graph,
    words="citation graph of TOPIC",
    summary="A picture of who cites whom among the records on a topic",
    example="citation graph of adaptive resistance",
    aliases=("citation graph of", "citation graph", "citation map of", "citation map"),
    takes_subject=True,
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
