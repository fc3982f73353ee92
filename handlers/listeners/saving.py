"""Buttons and windows of reading lists."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from slack_bolt import App, Args
from slack_sdk.models.blocks import ButtonElement
from slack_sdk.models.views import View

from bot.curation.lists import DEFAULT, Scope, file_stem
from bot.formats.export import export
from bot.records.models import Record
from bot.rights import Deed
from bot.store.uses import Use
from handlers.commands.save import scope
from handlers.delivery import answer, post, swap, whisper
from handlers.guard import acknowledge, for_deed
from handlers.listeners import desk
from handlers.listeners.actions import (
    Pressed,
    number_in,
    numbers_in,
    offset_in,
    record_of,
    stale,
    text_in,
    value_of,
)
from handlers.listeners.digest_buttons import learn_saved
from handlers.listeners.windows import chosen, on_submit, open_window, redraw, written
from handlers.payload import is_home, part_of, text_of, workspace_of
from handlers.rights import own_place
from handlers.router import Request, Router, Surface
from handlers.views import buttons, reading, windows, wording
from handlers.views.message import Message

_ACTS = re.compile(rf"^{re.escape(buttons.LIST)}:\w+$")


def register(app: App, router: Router) -> None:
    """Listen for [Save], for the buttons of lists, and for their windows."""

    @for_deed(Deed.SAVE)
    def save(args: Args) -> None:
        open_saving(args, router, [record_of(args, router)])
        learn_saved(args, router)

    @for_deed(lambda args: Deed.READ if _act_of(args) in _READING else Deed.SAVE)
    def act(args: Args) -> None:
        work = _WORK.get(_act_of(args))
        if work is None:
            raise stale()
        work(args, router)

    app.block_action(buttons.SAVE, middleware=[acknowledge])(save)
    app.block_action(_ACTS, middleware=[acknowledge])(act)
    on_submit(app, reading.SAVING, Deed.SAVE, lambda args: _saved(args, router))
    on_submit(app, reading.NOTING, Deed.SAVE, lambda args: _noted(args, router))


def open_saving(args: Args, router: Router, records: Sequence[Record]) -> None:
    """Open the window in which records are put on a list. Raises SlackApiError."""
    library, where = router.services.library, _scope(Pressed.read(args.body))
    shown = records[: reading.MOST_SAVED]
    holding = library.holding(where, shown[0].id) if len(shown) == 1 else ()
    open_window(args, reading.window(shown, library.lists(where), holding, where.channel))


def _act_of(args: Args) -> str:
    """What is to be done to a list: `read` of `list:read`."""
    actions = args.body.get("actions")
    name = text_of(actions[0], "action_id") if isinstance(actions, list) else ""
    return name.partition(":")[2]


def _scope(pressed: Pressed) -> Scope:
    return scope(pressed.workspace, pressed.user, pressed.channel)


def _remove(args: Args, router: Router) -> None:
    ids, where = _ids(args), _scope(Pressed.read(args.body))
    if part_of(args.body, "container").get("type") == "view":
        where = _window_scope(args)

        def taken_off() -> View:
            router.services.library.take_off(where, ids)
            return windows.said(reading.TITLE, "Taken off the list.")

        redraw(args, taken_off)
        return
    router.services.library.take_off(where, ids)
    here = value_of(args)
    undo = reading.act("Undo", "undo", i=ids, q=text_of(here, "q"), o=here.get("o", 0))
    _again(args, router, f"Removed {wording.count(len(ids), 'record')}.", undo)


def _undo(args: Args, router: Router) -> None:
    router.services.library.put_back(_scope(Pressed.read(args.body)), _ids(args))
    _again(args, router, "Put back.")


def _read(args: Args, router: Router) -> None:
    _mark(args, router, read=True)


def _unread(args: Args, router: Router) -> None:
    _mark(args, router, read=False)


def _mark(args: Args, router: Router, *, read: bool) -> None:
    for item_id in _ids(args):
        router.services.library.mark_read(_scope(Pressed.read(args.body)), item_id, read=read)
    _again(args, router, "Marked as read." if read else "Marked as unread.")


def _note(args: Args, router: Router) -> None:
    where = _scope(Pressed.read(args.body))
    _, item = router.services.library.item(where, _ids(args)[0])
    record = router.services.store.get(item.record_id)
    if record is None:
        raise stale()
    open_window(args, reading.note_window(record, item, where.channel))


def _drop(args: Args, router: Router) -> None:
    where = _scope(Pressed.read(args.body))
    gone = router.services.library.drop(where, _list_id(args))
    undo = reading.act("Undo", "restore", l=gone.id)
    _show(args, router, "lists", 0, f"Deleted “{gone.name}”.", undo)


def _restore(args: Args, router: Router) -> None:
    back = router.services.library.restore(_scope(Pressed.read(args.body)), _list_id(args))
    _show(args, router, reading.query_of(back), 0, "Brought back.")


def _export(args: Args, router: Router) -> None:
    """Send the file to the person alone, in a direct message."""
    pressed, services = Pressed.read(args.body), router.services
    scope = _scope(pressed)
    on = services.library.reach(scope, _list_id(args))
    stored = [entry.record for entry in services.library.entries(on)]
    records = list(services.library.shelved(scope, stored))
    # A button of before there was a choice names no format.
    chosen = text_of(value_of(args), "f") or reading.FORMAT
    file = export(records, chosen, services.now(), file_stem(on))
    text = reading.sent(on, file.title)
    answer(args.context, pressed.user, text, lambda: file, is_last=pressed.direct)
    router.note_use(pressed.workspace, Use.EXPORTED, [record.id for record in records])
    if not pressed.direct:
        whisper(args.context, reading.sent_elsewhere(on), thread=pressed.thread or None)


_WORK: Mapping[str, Callable[[Args, Router], None]] = {
    "remove": _remove, "undo": _undo, "read": _read, "unread": _unread, "note": _note,
    "drop": _drop, "restore": _restore, "export": _export, "send": _export,
}  # fmt: skip

# What takes a list away as a file changes nothing.
_READING = ("export", "send")


def _again(args: Args, router: Router, notice: str, button: ButtonElement | None = None) -> None:
    """Show the list again, under what was done."""
    here = value_of(args)
    _show(args, router, text_in(here, "q"), offset_in(here), notice, button)


def _show(  # noqa: PLR0913, PLR0917 - where, what, and what was done
    args: Args,
    router: Router,
    query: str,
    offset: int,
    notice: str,
    button: ButtonElement | None = None,
) -> None:
    """Answer in place of the message with the button, where only this person sees it."""
    pressed = Pressed.read(args.body)
    surface = Surface.DIRECT if pressed.direct else Surface.SLASH
    request = Request(text=query, surface=surface, place=pressed.place, offset=offset)
    message = reading.with_notice(router.answer(request).message, notice, button)
    if pressed.direct:
        _direct(args, pressed, message)
    else:
        whisper(args.context, message, replace=pressed.ephemeral, thread=pressed.thread or None)


def _direct(args: Args, pressed: Pressed, message: Message) -> None:
    """In place of the message where bot and person are alone; on the Home tab of the desk."""
    if is_home(args.body):
        desk.publish_answer(args, message)
    elif args.context.response_url:
        swap(args.context, message)
    else:
        post(args.context, pressed.user, message)


def _saved(args: Args, router: Router) -> View:
    view, library = part_of(args.body, "view"), router.services.library
    where, kept = _window_scope(args), _kept(view)
    ids = kept.get("ids")
    known = map(router.services.store.get, map(str, ids if isinstance(ids, list) else ()))
    records = [record for record in known if record is not None]
    if not records:
        raise stale()
    ours = reading.OURS in chosen(view, reading.OWNER)
    name, picked = written(view, reading.NEW), "".join(chosen(view, reading.LIST)[:1])
    if name or picked in ("", "0"):
        on = library.make(where, name or DEFAULT, ours=bool(name) and ours)
    else:
        on = library.reach(where, number_in({"l": _number(picked)}, "l"))
    done = library.save(where, records, on, written(view, reading.NOTE))
    return reading.saved_window(done, list(map(wording.title, records)), where.channel)


def _noted(args: Args, router: Router) -> View:
    view = part_of(args.body, "view")
    item_id = number_in(_kept(view), "i")
    router.services.library.note(_window_scope(args), item_id, written(view, reading.NOTE))
    return windows.said("Note", "Saved. The list shows it when you open it again.")


def _window_scope(args: Args) -> Scope:
    """Who fills a window in, and in which channel it was opened. Raises NotAllowed."""
    channel = own_place(text_of(_kept(part_of(args.body, "view")), "c"))
    return scope(workspace_of(args.body), text_of(part_of(args.body, "user"), "id"), channel)


def _kept(view: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a window carries."""
    try:
        return buttons.unpack(text_of(view, "private_metadata"))
    except ValueError:
        raise stale() from None


def _ids(args: Args) -> list[int]:
    return numbers_in(value_of(args), "i")


def _list_id(args: Args) -> int:
    return number_in(value_of(args), "l")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None
