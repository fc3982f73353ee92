# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""`/tme export …`: a result list as a file for a reference manager, a manuscript, a spreadsheet."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.errors import UsageError
from bot.formats.export import DEFAULT, export, foreign_format, not_written, split_format, titles
from bot.records.answers import Answer
from bot.records.models import Record
from bot.search.describing import describe_query
from bot.search.query import Query, pointing
from bot.store.uses import Use
from handlers.command import Command, Context
from handlers.commands.about import not_clear
from handlers.commands.resolving import bare, known_topic, points
from handlers.router import Reply
from handlers.views import errors
from handlers.views.export import Offered, offered
from handlers.views.message import Audience

# More than anybody reads; a whole store is `tme export` at the terminal.
MOST = 500
_WHICH = (
    "Export what? `export these` is the records shown here last, `export all` everything that the"
    " question finds, `export the second one` one of them; or name a topic:"
    " `export oncolytic viruses as ris`."
)
_NOTHING_SHOWN = (
    "There is no list here to export. Ask for something first, or say what:"
    " `export oncolytic viruses as ris`."
)


@dataclass(frozen=True, slots=True)
class Listed:
    """The records of a list, the question that asks for them, and what is to be said of them."""

    records: tuple[Record, ...]
    question: str
    remarks: tuple[str, ...] = ()


def run(context: Context) -> Reply:
    """Put the list that is meant into a file. Raises UsageError for a format not written."""
    rest, named = split_format(context.query.subject)
    if named is None and (foreign := foreign_format(rest)):
        raise UsageError(*not_written(foreign))
    if not rest and context.shown is not None:
        return _note(context, _WHICH)
    listed = _listed(context, rest, MOST)
    if listed is None:
        return not_clear(context) if context.shown else _note(context, _NOTHING_SHOWN)
    if not listed.records:
        return _note(context, f"Nothing to export: no record answers “{listed.question[:80]}”.")
    chosen, now = named or context.preferences.format or DEFAULT, context.services.now()
    file = export(listed.records, chosen, now)
    question = listed.question
    retracted = sum(record.is_retracted for record in listed.records)
    remarks = listed.remarks
    if retracted:
        remarks += (f"Retracted: {retracted} of these; the file says which, in a note.",)
    found = Offered(
        title=file.title,
        name=file.name,
        query=f"export {question} as {chosen}",
        question=question,
        format=chosen,
        remarks=remarks,
        others={f"As {title}": f"export {question} as {name}"
                for name, title in titles().items() if name != chosen},
    )  # fmt: skip
    understood = describe_query(context.query, "export", remarks)
    context.router.note_used(record.id for record in listed.records)
    if context.audience in (Audience.PUBLIC, Audience.DIRECT):
        # Elsewhere it is only offered.
        ids = [record.id for record in listed.records]
        context.router.note_use(context.request.workspace, Use.EXPORTED, ids)
    # No hits: what was listed here last stays what "the second one" means.
    answer = Answer(query=context.query.text, understood=understood, total=file.count)
    return Reply(answer, offered(found, answer, context.audience), file=lambda: file)


def everything_of(context: Context, question: str) -> Iterator[Record] | None:
    """All that a search finds, as they are read; None for what is no search, or finds nothing."""
    inner = context.router.read(replace(context.request, text=question, follows=False), None)
    search, query = context.services.search, inner.query
    is_search = query.action == "search" and not search.by_title(query)
    if not is_search or not context.services.index.count(search.plan(query)):
        return None
    return search.everything(query)


def records_of(context: Context, question: str, most: int) -> Listed:
    """The records that a question lists, `most` of them."""
    router, request = context.router, replace(context.request, limit=most, offset=0, follows=False)
    inner = router.read(replace(request, text=question), None)
    if not inner.command.lists_records:
        question = f"find {question}"
        inner = router.read(replace(request, text=question), None)
    answer = _answer(inner)
    strict = [hit.record for hit in answer.hits if hit.strict]
    records = strict or [hit.record for hit in answer.hits]
    return Listed(tuple(records), question, tuple(_remarks(answer, bool(strict), len(records))))


def _answer(context: Context) -> Answer:
    """The list itself, without the cards that would show it."""
    query, services, most = context.query, context.services, context.request.limit
    if query.action == "search":
        return services.lookup.by_title(query) or services.search.run(query, limit=most)
    if query.identifiers:
        return services.lookup.by_identifiers(query, limit=most)
    if query.action in ("author_lookup", "journal_lookup"):
        return services.search.run(query, limit=most)
    return context.router.dispatch(context).answer


def _remarks(answer: Answer, strict: bool, count: int) -> list[str]:
    if count and not strict:
        return ["No record has everything that was asked; these are the nearest."]
    if answer.total > count:
        return [f"These are the first {count:,} of {answer.total:,}."]
    return []


def _listed(context: Context, rest: str, most: int) -> Listed | None:
    """What is to be exported: what is named, what was shown here, or the list that was shown."""
    query = _read(context, rest)
    these = query.points_at_shown and not pointing.points_at_whole(rest)
    if query.ordinal is not None or these:
        resolved = context.services.lookup.resolve(query, context.shown)
        named = " ".join(r.doi or r.title for r in resolved)
        ranked = context.shown.ranked if context.shown else 0
        more = these and query.ordinal is None and 1 < len(resolved) < ranked
        remarks = (
            (f"These are the {len(resolved)} shown; `export all` has {ranked}.",) if more else ()
        )
        return Listed(tuple(resolved), named, remarks) if resolved else None
    if rest and not query.points_at_shown:
        return records_of(context, rest, most)
    if context.shown is None:
        return None
    return records_of(context, context.shown.query, most)


def _read(context: Context, rest: str) -> Query:
    """The words without the format, read as those of `export`."""
    return context.about(rest).query


def _note(context: Context, note: str) -> Reply:
    understood = describe_query(context.query, "export", (note,))
    answer = Answer(
        query=context.query.text, understood=understood, suggestions=("export hypoxia as ris",)
    )
    return Reply(answer, errors.hint(answer, context.audience))


def _is_list(context: Context) -> bool:
    """A format, a list that was shown, or a topic: the export of cells from a node is searched."""
    rest, named = split_format(context.query.subject)
    foreign = named is None and foreign_format(rest) is not None
    if bare(context) or points(context) or named is not None or foreign:
        return True
    return bool(context.query.identifiers) or known_topic(context)


COMMAND = Command(
    run=run,
    words="export WORDS as FORMAT",
    summary="A result list as a file: BibTeX, RIS (EndNote, Zotero), CSL-JSON, nbib or CSV; in a"
    " thread, `export these`",
    example="export oncolytic viruses as ris",
    aliases=("download",),
    patterns=(
        (
            r"(?P<subject>(?:the )?(?:these|those|them|all(?: of (?:them|these|it))?|(?:first|top|last)(?: (?:\w+|one))?"
            r"|second|third|fourth|fifth|[\d,&\s]{1,20}(?:and \d{1,2})?) (?:as|in) (?:an? )?"
            r"(?:bib(?:la)?tex|ris|csl(?:[- ]json)?|nbib|csv)(?: file| format)?)"
        ),
        r"(?:as|in) (?:an? )?(?P<subject>bib(?:la)?tex|ris|csl(?:[- ]json)?|nbib|csv)(?: file| format)?",
        r"give me (?P<subject>.{0,200}\b(?:bib(?:la)?tex|ris|csl(?:[- ]json)?|nbib|csv|endnote|zotero)\b.{0,60})",
    ),
    takes_subject=True,
    needs=_is_list,
    uses_records=True,
)
