"""`/tme list NAME`: what is on a reading list, and what can be done with it in words."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.curation.lists import Entry, Library, Scope, file_stem
from bot.errors import UsageError
from bot.formats.export import export, split_format, titles
from bot.records.answers import Answer
from bot.rights import Deed
from bot.search.describing import describe_query
from bot.search.query import Query
from bot.store.lists import ReadingList
from handlers.command import Command, Context
from handlers.commands.save import overview, scope_of
from handlers.router import Reply
from handlers.views import reading
from handlers.views.mrkdwn import fit
from handlers.views.wording import title

_LONGEST_SHOWN = 40
_OURS = re.compile(r"our\s+", re.IGNORECASE)
_ACT = re.compile(
    r"(?P<name>.*?\S)\s++(?P<act>remove|read|unread|note|export|delete|rename)"
    r"(?:\s+(?P<number>\d{1,4}))?(?:\s+(?P<words>.+))?$",
    re.IGNORECASE | re.DOTALL,
)


def run(context: Context) -> Reply:
    """Show the list of that name, or change it."""
    subject = context.query.subject
    if on := _named(context, subject):
        return show(context, on)
    wish = _ACT.fullmatch(subject)
    if wish and (on := _named(context, wish["name"])):
        return _act(context, on, wish)
    return overview(context)


def _exists(context: Context) -> bool:
    """A list of that name is in reach; other words are searched, "list trials of CAR-T"."""
    subject = context.query.subject
    wish = _ACT.fullmatch(subject)
    return not subject or any(_named(context, n) for n in (subject, wish["name"] if wish else ""))


def _missing(query: Query) -> str | None:
    """That no list is called so, where the words name nothing of the field either."""
    if not query.typed or query.filters.is_set or any(part.recognised for part in query.parts):
        return None
    act = _ACT.fullmatch(query.subject)
    name = fit(act["name"] if act else query.subject, _LONGEST_SHOWN)
    return (
        f"There is no reading list “{name}” here. `lists` shows those there are;"
        f" `save DOI to {name}` begins it."
    )


def show(context: Context, on: ReadingList) -> Reply:
    """A page of a list, last saved first."""
    scope, request = scope_of(context), context.request
    entries = context.services.library.entries(on)
    # The last page may have become empty by what was removed from it.
    last = max(0, (len(entries) - 1) // request.limit * request.limit)
    offset = min(request.offset, last)
    page = entries[offset : offset + request.limit]
    query = replace(context.query, text=reading.query_of(on))
    answer = context.services.lookup.answer(query, [entry.record for entry in page]).model_copy(
        update={"total": len(entries), "ranked": len(entries), "offset": offset}
    )
    unread = sum(scope.user not in entry.item.read_by for entry in entries)
    counted = replace(on, items=len(entries))
    message = reading.one(counted, answer, page, scope.user, context.audience, unread=unread)
    return Reply(answer, message)


def _named(context: Context, name: str) -> ReadingList | None:
    """A list in reach by what it is called; "our" asks for the channel's."""
    library, scope = context.services.library, scope_of(context)
    if exact := library.named(scope, name):
        return exact
    ours = _OURS.match(name)
    return library.named(scope, name[ours.end() :], ours=True) if ours else None


def _act(context: Context, on: ReadingList, wish: re.Match[str]) -> Reply:
    act, words = wish["act"].lower(), (wish["words"] or "").strip()
    library, scope = context.services.library, scope_of(context)
    if act == "export":
        return _export(context, on, words)
    context.must(Deed.SAVE)
    if act == "delete":
        library.drop(scope, on.id)
        return _left(context, f"Deleted “{on.name}”.", on)
    if act == "rename":
        renamed = library.rename(scope, on.id, words)
        return _again(context, renamed, f"Renamed “{on.name}” to “{renamed.name}”.")
    entry = _entry(library.entries(on), wish["number"])
    done = _ON_ITEMS[act](library, scope, entry, words)
    return _again(context, library.reach(scope, on.id), done)


def _export(context: Context, on: ReadingList, words: str) -> Reply:
    """The list as a file, in the format that is named."""
    rest, named = split_format(words)
    if rest:
        known = ", ".join(titles().values())
        raise UsageError(f"“{rest[:60]}” names no format: {known}.", "E.g. `export as RIS`.")
    chosen = named or reading.FORMAT
    library = context.services.library
    stored = [entry.record for entry in library.entries(on)]
    records = list(library.shelved(scope_of(context), stored))
    file = export(records, chosen, context.services.now(), file_stem(on))
    answer = Answer(query=context.query.text, understood=describe_query(context.query, "lists"))
    return Reply(answer, reading.file_of(on, file, chosen, context.audience))


def _entry(entries: Sequence[Entry], number: str | None) -> Entry:
    if number is None or not 0 < int(number) <= len(entries):
        if not entries:
            raise UsageError("Nothing is on that list.", "`save` puts records on it.")
        several = f"It has 1 to {len(entries)}."
        stored = several if len(entries) > 1 else "It has one, number 1."
        raise UsageError(f"Say the number of the record on the list. {stored}", "E.g. `read 1`.")
    return entries[int(number) - 1]


def _remove(library: Library, scope: Scope, entry: Entry, _words: str) -> str:
    library.take_off(scope, [entry.item.id])
    return f"Removed “{title(entry.record, 100)}”."


def _read(library: Library, scope: Scope, entry: Entry, _words: str) -> str:
    library.mark_read(scope, entry.item.id, read=True)
    return f"Marked “{title(entry.record, 100)}” as read."


def _unread(library: Library, scope: Scope, entry: Entry, _words: str) -> str:
    library.mark_read(scope, entry.item.id, read=False)
    return f"Marked “{title(entry.record, 100)}” as unread."


def _note(library: Library, scope: Scope, entry: Entry, words: str) -> str:
    library.note(scope, entry.item.id, words)
    return f"Noted on “{title(entry.record, 100)}”." if words else "Took the note away."


_ON_ITEMS: dict[str, Callable[[Library, Scope, Entry, str], str]] = {
    "remove": _remove, "read": _read, "unread": _unread, "note": _note
}  # fmt: skip


def _again(context: Context, on: ReadingList, notice: str) -> Reply:
    reply = show(context, on)
    return replace(reply, message=reading.with_notice(reply.message, notice))


def _left(context: Context, notice: str, on: ReadingList) -> Reply:
    """What is left when a list went, with the way back."""
    from_here = reading.act("Undo", "restore", l=on.id)
    answer = Answer(query=context.query.text, understood=describe_query(context.query, "lists"))
    return Reply(answer, reading.gone(notice, from_here, context.audience))


COMMAND = Command(
    action="lists",
    run=run,
    words="list NAME",
    summary="What is on a reading list, with notes and what you have read; `read 2`, `remove 2`,"
    " `note 2 WORDS`, `export as RIS`, `rename NAME` or `delete` after its name do that",
    example="list journal club",
    aliases=("reading list",),
    patterns=(
        r"(?:show|open) (?:me )?(?:the )?(?:reading )?list\b(?![:-])(?P<subject>.{1,200})",
        r"(?:show|open) (?P<subject>.{1,90}? list)",
    ),
    takes_subject=True,
    needs=_exists,
    remark=_missing,
    lists_records=True,
)
