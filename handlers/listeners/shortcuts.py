"""What can be done with somebody's message from its menu: find, check or save its papers."""

import re
from collections.abc import Sequence

from slack_bolt import App, Args

from bot.errors import UsageError
from bot.records.models import Record
from bot.rights import Deed
from bot.search.bibliography import is_list, works_named
from bot.search.query import LONGEST, unmark
from handlers.delivery import whisper
from handlers.guard import acknowledge, for_deed, guarded
from handlers.listeners.actions import Pressed
from handlers.listeners.saving import open_saving
from handlers.payload import part_of, text_of
from handlers.router import Reply, Request, Router, Surface

FIND, CHECK, SAVE = "find_papers", "check_citations", "save_papers"
_PERSON = re.compile(r"<[@!][^>]*>")


def register(app: App, router: Router) -> None:
    """Listen for the shortcuts of a message."""

    @guarded
    def find_papers(args: Args) -> None:
        text = _text(args)
        found = ask(args, _question(text))
        if not (is_list(text) or works_named(text) or found.answer.total):
            raise UsageError(
                "I find no stored paper in that message.",
                "A DOI, a PMID, a title or a citation names one.",
            )
        whisper(args.context, found.message)

    @guarded
    def check_citations(args: Args) -> None:
        whisper(args.context, ask(args, f"check-text {_text(args)}").message)

    def ask(args: Args, question: str) -> Reply:
        place = Pressed.read(args.body).place
        request = Request(text=question, surface=Surface.SLASH, asker=place, follows=False)
        return router.answer(request)

    @for_deed(Deed.SAVE)
    def save_papers(args: Args) -> None:
        records = _stored(router, _text(args))
        if not records:
            raise UsageError(
                "That message names no paper that is stored.",
                "“Find papers in message” says what it names.",
            )
        open_saving(args, router, records)

    app.shortcut(FIND, middleware=[acknowledge])(find_papers)
    app.shortcut(CHECK, middleware=[acknowledge])(check_citations)
    app.shortcut(SAVE, middleware=[acknowledge])(save_papers)


def _text(args: Args) -> str:
    """What the message says. Raises UsageError where it says nothing."""
    text = unmark(_PERSON.sub(" ", text_of(part_of(args.body, "message"), "text"))).strip()
    if not text:
        raise UsageError("That message has no words.", "Paste a DOI, a title or a citation.")
    return text


def _question(text: str) -> str:
    """What is asked for a message: all the works it names, or what it says where it names none."""
    if is_list(text):
        return text
    return "\n".join(works_named(text)) or text[:LONGEST]


def _stored(router: Router, text: str) -> Sequence[Record]:
    entries = router.services.bibliography.read(_question(text))
    found = [entry.record for entry in entries if entry.record is not None]
    return list({record.id: record for record in found}.values())
