# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""`/tme save …`: put records on a reading list; `/tme lists`: the lists there are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.curation.lists import DEFAULT, Scope
from bot.records.answers import Answer
from bot.records.models import Record
from bot.rights import Deed
from bot.search.describing import describe_query
from bot.search.query import pointing
from handlers.command import Command, Context
from handlers.commands.about import not_clear
from handlers.commands.resolving import bare, points
from handlers.router import Reply
from handlers.views import errors, reading, wording
from handlers.views.message import Audience

# Who keeps lists in a terminal, which belongs to no workspace.
TERMINAL = Scope("terminal", "terminal")

_SAVING = re.compile(
    r"(?:(?:please|can you|could you|would you)[\s,]+)*(?:save|bookmark|add)\b", re.IGNORECASE
)
_NOTE = re.compile(r"\s*(?:\bwith (?:the |a )?)?\bnote\b\s*:?\s*(?P<note>.+)$", re.IGNORECASE)
_ON = re.compile(r"\b(?:to|on|onto|in|into|under|for)\s+", re.IGNORECASE)
_LIST = re.compile(
    r"(?P<ours>our\s+)?(?:(?:my|the|this)\s+)?(?:list\s+)?(?P<name>.{1,90}?)\s*",
    re.IGNORECASE | re.DOTALL,
)
_ALL = re.compile(r"\b(?:these|those|them|all|the list|the results|everything)\b", re.IGNORECASE)
_WORD_LIST = re.compile(r"\s+list$|^(?:the|my)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be saved (words), on which list, and a note."""

    what: str
    name: str = DEFAULT
    ours: bool = False
    note: str = ""


def scope_of(context: Context) -> Scope:
    """Whose lists are in reach: the asker's and, in a channel, the channel's."""
    place = context.request.origin
    if place is None:
        return TERMINAL
    return scope(place.workspace, place.user, place.channel)


def scope(workspace: str, user: str, channel: str) -> Scope:
    """As `scope_of`; a direct message (its id begins with D) has no lists of its own."""
    return Scope(workspace, user, channel if channel[:1] in ("C", "G") else "")


def run(context: Context) -> Reply:
    """Save what is meant; without anything to save, show the lists."""
    if not _SAVING.match(context.query.text):
        return overview(context)
    wish, records = _meant(context)
    if not records:
        return _which(context)
    context.must(Deed.SAVE)
    library, scope_ = context.services.library, scope_of(context)
    on = library.named(scope_, wish.name, ours=wish.ours)
    on = on or library.make(scope_, wish.name, ours=wish.ours)
    done = library.save(scope_, records, on, wish.note)
    context.router.note_used(record.id for record in records)
    # Without hits: the thread goes on remembering the list that the record was taken from.
    answer = Answer(
        query=context.query.text,
        understood=describe_query(context.query, "save"),
        total=len(records),
    )
    titles = [wording.title(record) for record in records]
    return Reply(answer, reading.saved(done, titles, context.audience))


def overview(context: Context) -> Reply:
    """The lists in reach."""
    lists = context.services.library.counted(scope_of(context))
    answer = Answer(
        query=context.query.text, understood=describe_query(context.query, "save"), total=len(lists)
    )
    return Reply(answer, reading.overview(lists, context.audience))


def _meant(context: Context) -> tuple[Wish, Sequence[Record]]:
    """What is to be saved, and the records that it names.

    A title may hold "to" or "in": what follows is a list only where the whole names no record.
    """
    text, note = context.query.subject, ""
    if found := _NOTE.search(text):
        text, note = text[: found.start()], found["note"]
    whole = Wish(text, note=note)
    split = next((wish for wish in _splits(text, note) if _is_plain(context, wish)), None)
    for wish in [split, whole] if split is not None else [whole]:
        if records := _records(context, wish.what):
            return wish, records
    return whole, ()


def _splits(text: str, note: str) -> Iterator[Wish]:
    """Every way to cut a list from the end of the text, the longest name of a list first."""
    for found in _ON.finditer(text):
        named = _LIST.fullmatch(text, found.end())
        if named:
            name = _WORD_LIST.sub("", named["name"].strip()) or DEFAULT
            name = DEFAULT if name.lower() in ("reading", "list", "reading list") else name
            yield Wish(text[: found.start()].strip(), name, bool(named["ours"]), note)


def _is_plain(context: Context, wish: Wish) -> bool:
    """Whether what is before the list is surely a record, or the list surely a list."""
    query = context.about(wish.what).query
    return bool(
        query.identifiers
        or query.ordinal is not None
        or query.points_at_shown
        or context.services.library.named(scope_of(context), wish.name, ours=wish.ours)
        or context.services.search.by_title(query)
    )


def _records(context: Context, what: str) -> Sequence[Record]:
    """The records that the words name; of several that were shown, the first unless all are."""
    query = context.about(what).query
    resolved = context.services.lookup.resolve(query, context.shown)
    one_of = query.points_at_shown and not _ALL.search(what) and query.ordinal is None
    return resolved[:1] if one_of else resolved


def _which(context: Context) -> Reply:
    if context.query.subject and not pointing.points_at_shown(context.query.subject):
        return not_clear(context)
    note = (
        "Say which record: `save DOI to journal club`."
        if context.audience is Audience.TERMINAL
        else "Say which record: its DOI or title, or press [Save] on its card. In a thread,"
        " `save the second one to journal club`."
    )
    answer = Answer(
        query=context.query.text,
        understood=describe_query(context.query, "save", (note,)),
        suggestions=("lists",),
    )
    return Reply(answer, errors.hint(answer, context.audience))


def _names_records(context: Context) -> bool:
    """Something that can be saved, or the lists themselves."""
    query = context.query
    if not _SAVING.match(query.text) or bare(context) or points(context) or query.identifiers:
        return True
    if any(pointing.points_at_shown(wish.what) for wish in _splits(query.subject, "")):
        return True
    return bool(_meant(context)[1])


COMMAND = Command(
    run=run,
    words="save DOI or title [to LIST]",
    summary="Put a record on a reading list of yours; `to our LIST` is the channel's."
    " In a thread, `save the second one to journal club`; `lists` shows them",
    example="save 10.1002/ctd2.70098 to journal club",
    aliases=("bookmark",),
    patterns=(
        (
            r"add (?P<subject>(?:this|it|that|these|those|them|the \w+ one|.{0,300}?(?:10\.\d{4}|\d{5}|https?:).{0,200}?)?"
            r" ?to (?:my |the |our |this |a )?(?:reading )?list\b.{0,300})"
        ),
        r"(?:(?:show|open) )?(?:me )?(?:(?:my|our|the|all) )?(?:reading )?lists",
        r"(?:(?:show|open) )?(?:me )?(?:my|our|the) (?:reading )?list",
    ),
    takes_subject=True,
    needs=_names_records,
    uses_records=True,
)
