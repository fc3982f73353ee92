"""The ⋯ of a card: correcting the tags of its record, and reporting an error in it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import App, Args
from slack_sdk.models.views import View

from bot.errors import UnknownRecord
from bot.records.models import Record
from bot.rights import Deed
from bot.store.corrections import Correcting
from bot.store.reports import Reporting
from handlers.guard import acknowledge, for_deed, guarded
from handlers.listeners.actions import (
    Pressed,
    answer_pressed,
    numbers_in,
    record_of,
    stale,
    value_of,
)
from handlers.listeners.windows import chosen, on_submit, open_window, redraw, written
from handlers.payload import part_of, text_of, workspace_of
from handlers.router import Router
from handlers.views import buttons, correction, report


def register(app: App, router: Router) -> None:
    """Listen for the ⋯ of cards, for the window, and for [Undo]."""
    windows: dict[str, Callable[[str, str], View]] = {
        buttons.WRONG_TAG: lambda workspace, id_: _window(router, workspace, id_),
        buttons.REPORT: lambda _workspace, id_: report.modal(_stored(router, id_)),
    }

    @guarded
    def nothing(args: Args) -> None:
        """A choice in a ⋯ that no view puts there."""
        del args
        raise stale()

    def of_window(args: Args) -> Deed:
        return Deed.REPORT if _action_of(args) == buttons.REPORT else Deed.CORRECT

    @for_deed(of_window)
    def opened(args: Args) -> None:
        record = record_of(args, router)
        open_window(args, windows[_action_of(args)](workspace_of(args.body), record.id))

    @for_deed(Deed.CORRECT)
    def undo(args: Args) -> None:
        value, pressed = value_of(args), Pressed.read(args.body)
        numbers = numbers_in(value, "n")

        def ended() -> View:
            router.services.corrections.undo(numbers, pressed.workspace, pressed.user)
            return correction.undone()

        if part_of(args.body, "container").get("type") == "view":
            redraw(args, ended)
        else:
            ended()
            answer_pressed(args, router, "corrections")

    for name in windows:
        app.block_action(name, middleware=[acknowledge])(opened)
    app.block_action(_OTHER_CHOICE, middleware=[acknowledge])(nothing)
    app.block_action(buttons.UNDO_CORRECTION, middleware=[acknowledge])(undo)
    on_submit(
        app, correction.CALLBACK, Deed.CORRECT, lambda args: _correct(args, router), _problems
    )
    on_submit(app, report.CALLBACK, Deed.REPORT, lambda args: _reported(args, router))


def _action_of(args: Args) -> str:
    actions = args.body.get("actions")
    return text_of(actions[0], "action_id") if isinstance(actions, list) else ""


_OTHER_CHOICE = re.compile(rf"^{re.escape(buttons.MENU)}(:.*)?$")


def _window(router: Router, workspace: str, record_id: str) -> View:
    earlier = router.services.corrections.of_record(workspace, record_id)
    return correction.modal(_stored(router, record_id), router.services.vocabulary, earlier)


def _stored(router: Router, record_id: str) -> Record:
    record = router.services.store.get(record_id)
    if record is None:
        raise UnknownRecord("That record was deleted.")
    return record


def _problems(view: Mapping[str, Any]) -> dict[str, str]:
    if chosen(view, correction.WRONG) or chosen(view, correction.MISSING):
        return {}
    return {correction.MISSING: "Choose a tag that is wrong, or a concept that is missing."}


def _correct(args: Args, router: Router) -> View:
    view, record_id = part_of(args.body, "view"), _record_of_window(args)
    given = Correcting(
        workspace=workspace_of(args.body),
        record_id=record_id,
        user=text_of(part_of(args.body, "user"), "id"),
        wrong=chosen(view, correction.WRONG),
        missing=chosen(view, correction.MISSING),
        comment=written(view, correction.COMMENT),
    )
    kept = router.services.corrections.correct(given)
    return correction.done(_stored(router, record_id), kept, router.labels)


def _reported(args: Args, router: Router) -> View:
    view = part_of(args.body, "view")
    given = Reporting(
        workspace=workspace_of(args.body),
        record_id=_record_of_window(args),
        kind="".join(chosen(view, report.KIND)),
        text=written(view, report.TEXT),
        user=text_of(part_of(args.body, "user"), "id"),
    )
    with router.services.gate.counted(Deed.REPORT):
        return report.done(router.services.reports.report(given))


def _record_of_window(args: Args) -> str:
    """The id of the record that a window was opened for."""
    try:
        carried = buttons.unpack(text_of(part_of(args.body, "view"), "private_metadata"))
    except ValueError:
        raise stale() from None
    return text_of(carried, "id")
