"""Files dropped on the bot in a direct message: offered for import, imported on a button.

Nothing is fetched before the button is pressed.
"""

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from slack_bolt import App, Args
from slack_sdk.errors import SlackApiError

from bot.curation.lists import Scope
from bot.errors import UsageError
from bot.formats import WRITERS
from bot.harvest.bringing import Bringer
from bot.harvest.harvester import Report
from bot.rights import Deed
from handlers.delivery import post
from handlers.guard import acknowledge, for_deed
from handlers.listeners.actions import Pressed, stale, value_of
from handlers.listeners.downloads import LARGEST, download, missing_scope, too_large
from handlers.payload import part_of, text_of
from handlers.rights import acting
from handlers.router import Router
from handlers.trouble import slack_code
from handlers.views import buttons, importing
from handlers.views.importing import Given, Outcome
from handlers.views.message import Message

IMPORT = re.compile(rf"^{re.escape(buttons.IMPORT)}(:\d+)?$")
# Where Slack does not say which one: then nobody sees it until an operator shares it.
NO_WORKSPACE = "unknown"
# What is offered by its name; what it really is shows when it is read.
_ENDINGS = tuple(ending for known in WRITERS for ending in known.suffixes if ending != ".json")


def register(app: App, router: Router) -> None:
    """Listen for the button that an offer shows."""

    @for_deed(Deed.IMPORT)
    def import_file(args: Args) -> None:
        value, pressed = value_of(args), Pressed.read(args.body)
        file_id, name = text_of(value, "f"), text_of(value, "n")
        if not file_id or not name:
            raise stale()
        with router.services.gate.counted(Deed.IMPORT):
            report = _import(args, router, file_id, name, pressed)
            # Lists, notes and read marks that the file keeps are the person's own.
            own = Scope(pressed.workspace, pressed.user)
            router.services.library.shelve(own, report.shelved, report.number)
        shared = router.services.settings.share_imports
        message = importing.imported(_outcome(report, shared=shared))
        post(args.context, pressed.channel or pressed.user, message, thread=pressed.thread or None)

    app.block_action(IMPORT, middleware=[acknowledge])(import_file)


def offered(event: Mapping[str, Any]) -> Message | None:
    """The offer to import what a message brings along; None where it brings nothing but PDFs."""
    given = event.get("files")
    files = [file for file in given if isinstance(file, Mapping)] if isinstance(given, list) else []
    readable = [file for file in files if _is_here(file, _ENDINGS)]
    others = len(files) - len(readable) - len(pdfs(event))
    if not readable and not others:
        return None
    return importing.offer([_given(file) for file in readable], others)


def pdfs(event: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The PDFs that a message brings along."""
    given = event.get("files")
    files = given if isinstance(given, list) else []
    return [file for file in files if isinstance(file, Mapping) and _is_here(file, (".pdf",))]


def _is_here(file: Mapping[str, Any], endings: tuple[str, ...]) -> bool:
    """Whether its name ends so. Files kept elsewhere are links, not files."""
    here = file.get("is_external") is not True and text_of(file, "mode") != "tombstone"
    named = text_of(file, "name").lower().endswith(endings)
    return here and named and bool(text_of(file, "id"))


def _given(file: Mapping[str, Any]) -> Given:
    size = file.get("size")
    known = size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None
    return Given(text_of(file, "id"), text_of(file, "name"), known)


def _import(args: Args, router: Router, file_id: str, name: str, pressed: Pressed) -> Report:
    """Fetch a file and import it. Raises TmeError."""
    with fetched(args, file_id, name) as path:
        is_shared = router.services.settings.share_imports
        workspace = pressed.workspace if pressed.workspace.strip("/") else NO_WORKSPACE
        bringer = Bringer(pressed.user, None if is_shared else workspace)
        return router.services.harvester.take_file(path, bringer=bringer)


@contextmanager
def fetched(args: Args, file_id: str, name: str) -> Iterator[Path]:
    """A file of who acts, fetched from Slack for as long as the block lasts. Raises TmeError."""
    try:
        answer = args.client.files_info(file=file_id)
    except SlackApiError as error:
        code = slack_code(error)
        if code in ("missing_scope", "not_allowed_token_type"):
            raise missing_scope() from None
        if code in ("file_not_found", "file_deleted"):
            raise UsageError("That file is gone from Slack.", "Drop it once more.") from None
        raise
    file = part_of(answer.data if isinstance(answer.data, Mapping) else {}, "file")
    if not _is_theirs(file):
        raise UsageError("That file was not dropped here.", "Drop it into this conversation.")
    size = file.get("size")
    if isinstance(size, int) and size > LARGEST:
        raise too_large()
    address = text_of(file, "url_private_download") or text_of(file, "url_private")
    with tempfile.TemporaryDirectory(prefix="tme-") as folder:
        path = Path(folder) / _safe(name)
        download(address, args.context.bot_token or "", args.client.base_url, path)
        yield path


def _is_theirs(file: Mapping[str, Any]) -> bool:
    """Whether who acts brought a file, or it is where they act: its id alone opens nothing."""
    visitor = acting()
    if visitor is None:
        return False
    places: set[object] = set()
    for kind in ("channels", "groups", "ims"):
        listed = file.get(kind)
        places.update(listed if isinstance(listed, list) else ())
    return text_of(file, "user") in ("", visitor.user) or visitor.channel in places


def _safe(name: str) -> str:
    """A name from outside as one of a file in our own folder."""
    return re.sub(r"[^\w .()-]", "_", name, flags=re.ASCII)[-100:].lstrip(".") or "file"


def _outcome(report: Report, *, shared: bool) -> Outcome:
    return Outcome(
        report.file, report.read, report.new, report.changed, report.merged, report.unchanged,
        report.refused, report.number, shared,
    )  # fmt: skip
