"""Reading lists: all of them, one of them, what was saved, and the windows for it."""

from collections.abc import Sequence

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    InputBlock,
    InputInteractiveElement,
    InteractiveElement,
    Option,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.curation.lists import DEFAULT, LONGEST_NAME, LONGEST_NOTE, Entry, Saved
from bot.formats.export import Export, titles
from bot.records.answers import Answer, Hit
from bot.records.models import Record
from bot.store.lists import ListItem, ReadingList
from bot.text.markup import plain
from handlers.views import buttons, records, wording
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, link, literal, person, prose
from handlers.views.parts import PAGE, code_block, context, divider, lines, section, sections

TITLE = "Save"
SAVING, NOTING = "save", "note"
# The inputs of the windows.
LIST, NEW, OWNER, NOTE = "list", "new", "owner", "note"
MINE, OURS = "mine", "ours"
# What a list is exported as where no format is named.
FORMAT = "bibtex"
_MOST_LISTS = 10
_MOST_OPTIONS = 99
# So many papers of one message go on a list at once.
MOST_SAVED = 20
_LONGEST_NOTE = 300
_NONE_YET = "No reading list yet. [Save] on a card begins one; so does `save it to journal club`."
_EMPTY = "Nothing is on it. [Save] on a card puts something there."
# A terminal has no cards to press on.
_NONE_YET_TYPED = "No reading list yet. `save DOI to journal club` begins one."
_EMPTY_TYPED = "Nothing is on it. `save DOI to {}` puts something there."


def query_of(on: ReadingList) -> str:
    """What to ask to see a list; a channel's is asked for as ours."""
    return f"list our {on.name}" if _is_ours(on) else f"list {on.name}"


def overview(lists: Sequence[tuple[ReadingList, int]], audience: Audience) -> Message:
    """The lists in reach, last used first, each with how many of it are unread."""
    none_yet = _NONE_YET_TYPED if audience is Audience.TERMINAL else _NONE_YET
    head = bold(wording.count(len(lists), "reading list")) if lists else prose(none_yet)
    return Message((section(head), *rows(lists, _MOST_LISTS)))


def rows(lists: Sequence[tuple[ReadingList, int]], most: int) -> list[Block]:
    """A line for each of these lists, with the way into it."""
    blocks: list[Block] = []
    for at, (on, unread) in enumerate(lists[:most]):
        opened = buttons.button("Open", f"{buttons.ASK}:{at}", q=query_of(on))
        line = f"{bold(literal(on.name))} · {literal(_summary(on, unread))}"
        blocks.append(section(line, accessory=opened))
    if len(lists) > most:
        blocks.append(context(f"+{len(lists) - most} more: `list NAME` opens one."))
    return blocks


def one(  # noqa: PLR0913 - all of it is shown
    on: ReadingList,
    answer: Answer,
    entries: Sequence[Entry],
    user: str,
    audience: Audience,
    *,
    unread: int,
) -> Message:
    """A page of a list. `entries` are those of the page, in the order of the answer's hits."""
    blocks: list[Block] = [section(f"{bold(literal(on.name))} · {literal(_summary(on, unread))}")]
    pairs = zip(answer.hits, entries, strict=True)
    for number, (hit, entry) in enumerate(pairs, start=answer.offset + 1):
        can_change = audience in (Audience.PRIVATE, Audience.DIRECT)
        controls = (
            buttons.Controls(_controls(hit, entry.item, user, answer))
            if can_change
            else records.controls(hit.record, audience)
        )
        kept = _kept(entry.item, user, audience)
        blocks += records.brief_card(hit, number, controls, below=kept)
    if not entries:
        empty = _EMPTY_TYPED.format(on.name) if audience is Audience.TERMINAL else _EMPTY
        blocks.append(section(prose(empty)))
    return Message((*blocks, divider(), *_below(on, answer, audience)))


def saved(done: Saved, titles: Sequence[str], audience: Audience) -> Message:
    """What was put on which list."""
    return Message((section(_saved(done, titles)), *_after_saving(done, audience)))


def saved_window(done: Saved, titles: Sequence[str], channel: str) -> View:
    """What the window becomes once it is saved; it goes on knowing its channel."""
    blocks: list[Block] = [section(_saved(done, titles)), *_after_saving(done, None)]
    blocks.append(context(f"`/tme {literal(query_of(done.on))}` opens it."))
    return View(
        type="modal",
        title=TITLE,
        close="Close",
        private_metadata=buttons.pack(c=channel),
        blocks=blocks,
    )


def window(
    records: Sequence[Record],
    lists: Sequence[ReadingList],
    holding: Sequence[tuple[ReadingList, ListItem]],
    channel: str,
) -> View:
    """What [Save] opens for at most `MOST_SAVED` records: which list, or a new one, and a note.

    `holding` says on which lists the record is already, where it is one alone.
    """
    options = [_option(str(on.id), _named(on)) for on in lists[:_MOST_OPTIONS]]
    if not any(on.name == DEFAULT for on in lists):
        options.append(_option("0", f"{DEFAULT} (new)"))
    choice = StaticSelectElement(action_id=LIST, options=options, initial_option=options[0])
    new = PlainTextInputElement(action_id=NEW, max_length=LONGEST_NAME)
    blocks: list[Block] = [
        *sections([bold(link(wording.home(each), wording.title(each))) for each in records]),
        _input(LIST, "Reading list", choice),
        _input(NEW, "Or a new list", new, optional=True),
    ]
    if channel:
        owners = [
            _option(MINE, "mine alone"),
            _option(OURS, "this channel's, for all who are in it"),
        ]
        owner = RadioButtonsElement(action_id=OWNER, options=owners, initial_option=owners[0])
        blocks.append(_input(OWNER, "A new list is", owner, optional=True))
    blocks.append(_input(NOTE, "Note", _note_input(""), optional=True))
    if holding:
        shown = [
            f"On {literal(_named(on))} since {wording.day(item.added_at)}, saved by"
            f" {person(item.added_by)}"
            for on, item in holding[:5]
        ]
        blocks.append(context(lines(shown)))
    return View(
        type="modal",
        callback_id=SAVING,
        title=TITLE,
        submit="Save",
        close="Cancel",
        private_metadata=buttons.pack(ids=[record.id for record in records], c=channel),
        blocks=blocks,
    )


def note_window(record: Record, item: ListItem, channel: str) -> View:
    """The window that changes the note of what is on a list."""
    return View(
        type="modal",
        callback_id=NOTING,
        title="Note",
        submit="Keep",
        close="Cancel",
        private_metadata=buttons.pack(i=item.id, c=channel),
        blocks=[
            section(bold(link(wording.home(record), wording.title(record)))),
            _input(NOTE, "Note", _note_input(item.note), optional=True),
        ],
    )


def with_notice(message: Message, done: str, button: ButtonElement | None = None) -> Message:
    """A message under what was just done, with a button that undoes it."""
    return Message((section(literal(done), accessory=button), *message.blocks))


def gone(done: str, undo: ButtonElement | None, audience: Audience) -> Message:
    """That a list was taken away, with the way back."""
    shown = None if audience is Audience.TERMINAL else undo
    return Message((section(literal(done), accessory=shown),))


def sent(on: ReadingList, title: str) -> Message:
    """What is above the file of a list; `title` says what is in it, and in which format."""
    return Message((section(literal(f"Your reading list “{on.name}”: {title}.")),))


def sent_elsewhere(on: ReadingList) -> Message:
    """Where the file of a list was sent."""
    return Message((section(literal(f"I sent you “{on.name}” in a direct message.")),))


def act(label: str, what: str, **values: object) -> ButtonElement | None:
    """A button that does something to a list or to what is on it."""
    return buttons.button(label, f"{buttons.LIST}:{what}", **values)


def file_of(on: ReadingList, file: Export, format_name: str, audience: Audience) -> Message:
    """The file of a list: whole in a terminal, elsewhere by a button that sends it."""
    head = section(literal(f"{_named(on)}: {file.title}."))
    if audience is Audience.TERMINAL:
        return Message((head, code_block(file.content.decode())))
    row = [act("Send me the file", "export", l=on.id, f=format_name), _formats(on)]
    return Message((head, *buttons.actions("file", row)))


def _formats(on: ReadingList) -> InteractiveElement | None:
    """A menu that sends the list in the format that is chosen."""
    choices = [(title, {"l": on.id, "f": name}) for name, title in titles().items()]
    # Not the id of a button: it may stand beside one that sends the file.
    return buttons.choice("Export as…", f"{buttons.LIST}:send", choices)


def _below(on: ReadingList, answer: Answer, audience: Audience) -> list[Block]:
    """The way to the other pages, and what can be done with the list as a whole."""
    if audience is Audience.TERMINAL:
        return [context(f"{literal(query_of(on))} remove 2, read 2, note 2 WORDS, export, delete")]
    last, query = answer.offset + len(answer.hits), answer.query
    # Whoever turned the page of somebody's own list elsewhere would look for one of theirs.
    can_page = audience is not Audience.PUBLIC or _is_ours(on)
    back = max(0, answer.offset - PAGE)
    row: list[InteractiveElement | None] = [
        buttons.button("Previous", buttons.PREVIOUS, q=query, o=back)
        if can_page and answer.offset
        else None,
        buttons.button("Next", buttons.NEXT, q=query, o=last)
        if can_page and last < answer.ranked
        else None,
    ]
    if audience is not Audience.PUBLIC:
        row += [
            buttons.button("Share to channel", buttons.SHARE, q=query, o=answer.offset)
            if audience is Audience.PRIVATE
            else None,
            buttons.as_table(query, answer.ranked),
            _formats(on) if answer.ranked else None,
            act("Delete list", "drop", l=on.id),
        ]
    shown = f"{answer.offset + 1}–{last} of {answer.ranked}"
    counted = [context(shown)] if answer.ranked > len(answer.hits) else []
    return [*counted, *buttons.actions("paging", row)]


def _controls(hit: Hit, item: ListItem, user: str, answer: Answer) -> list[ButtonElement | None]:
    """What can be done with a record on a list."""
    record = hit.record
    here: dict[str, object] = {"q": answer.query, "o": answer.offset}
    is_read = user in item.read_by
    read = buttons.button("Abstract", buttons.ABSTRACT, id=record.id)
    return [
        read if records.has_abstract(record) else None,
        buttons.button("Cite", buttons.CITE, id=record.id),
        act("Mark unread", "unread", i=[item.id], **here)
        if is_read
        else act("Mark read", "read", i=[item.id], **here),
        act("Note", "note", i=[item.id]),
        act("Remove", "remove", i=[item.id], **here),
    ]


def _kept(item: ListItem, user: str, audience: Audience) -> str:
    """Who saved it and when, the note, and whether it is read.

    Where many read, nobody is mentioned: a mention would call them.
    """
    note = fit(plain(item.note), _LONGEST_NOTE)
    others = len([each for each in item.read_by if each != user])
    read = ["read by you"] if user in item.read_by else ["unread"]
    read += [f"read by {wording.count(others, 'other')}"] if others else []
    by = "" if audience is Audience.PUBLIC else f" by {person(item.added_by)}"
    quoted = [f"“{note}”"] if note else []
    state = [] if audience is Audience.PUBLIC else read
    saved_on = f"Saved{by} on {wording.day(item.added_at)}"
    return " · ".join([saved_on, *map(literal, (*quoted, *state))])


def _saved(done: Saved, titles: Sequence[str]) -> str:
    """What was saved."""
    known = len(done.items) - len(done.new)
    name = _named(done.on)
    if not done.new:
        since = wording.day(done.items[0].added_at)
        head = f"Already on {name}, since {since}"
    else:
        head = f"Saved to {name} ({wording.count(done.on.items, 'record')})"
        head += f"; {known} were there already" if known else ""
    note = done.items[0].note
    shown = [f"• {fit(title, 150)}" for title in titles[:PAGE]]
    shown += [f"+{len(titles) - PAGE} more"] if len(titles) > PAGE else []
    shown += [f"Note: {fit(plain(note), _LONGEST_NOTE)}"] if note else []
    return lines((f"{bold(literal(head))}:", *map(literal, shown)))


def _after_saving(done: Saved, audience: Audience | None) -> list[Block]:
    """[Undo] and [Open list]; in a window (None) a list cannot be opened."""
    if audience is Audience.TERMINAL:
        return []
    ids = [item.id for item in done.new]
    query = query_of(done.on)
    undo = act("Undo", "remove", i=ids, q=query, o=0) if ids else None
    opened = buttons.button("Open list", buttons.ASK, q=query) if audience else None
    return [*buttons.actions("saved", [undo, opened])]


def _summary(on: ReadingList, unread: int) -> str:
    owner = "this channel's" if _is_ours(on) else "yours"
    stored = wording.count(on.items, "record")
    left = f" ({unread} unread)" if unread else ""
    latest = f", last saved {wording.day(on.latest)}" if on.latest else ""
    return f"{stored}{left} · {owner}{latest}"


def _named(on: ReadingList) -> str:
    return f"“{on.name}” (this channel's)" if _is_ours(on) else f"“{on.name}”"


def _is_ours(on: ReadingList) -> bool:
    """Whether a list is a channel's: Slack's ids of channels begin with C or G."""
    return on.owner.startswith(("C", "G"))


def _option(value: str, label: str) -> Option:
    return Option(value=value, text=buttons.label_text(label))


def _note_input(note: str) -> PlainTextInputElement:
    return PlainTextInputElement(
        action_id=NOTE, multiline=True, max_length=LONGEST_NOTE, initial_value=note or None
    )


def _input(
    block_id: str, label: str, element: InputInteractiveElement, *, optional: bool = False
) -> InputBlock:
    return InputBlock(
        block_id=block_id, label=buttons.label_text(label), element=element, optional=optional
    )
