"""A PDF dropped on the bot: which work it is, and what is known of it. The file is not kept."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from slack_bolt import Args

from bot.errors import TmeError
from bot.harvest.papers import Paper, identify
from bot.sources import registered
from handlers.listeners.files import fetched
from handlers.payload import text_of
from handlers.router import Reply, Request, Router
from handlers.views import errors, importing
from handlers.views.message import Message

# As many of a message are read: each takes a process of its own.
MOST = 3


def answers(
    args: Args, router: Router, files: list[Mapping[str, Any]], request: Request
) -> Iterator[Message]:
    """What each of some files is: the record opened, or shown with a button that adds it."""
    for file in files[:MOST]:
        try:
            with fetched(args, text_of(file, "id"), text_of(file, "name")) as path:
                paper = identify(path)
        except TmeError as error:
            yield errors.error(error)
            continue
        reply = _known(router, paper, request)
        yield reply.message if reply else importing.unknown_paper(text_of(file, "name"))
    if len(files) > MOST:
        yield importing.too_many(len(files) - MOST, MOST)


def _known(router: Router, paper: Paper, request: Request) -> Reply | None:
    """What is known of the work, stored or not; None where the file does not say which it is."""
    identifier = paper.identifier
    if identifier is not None:
        is_stored = router.services.store.find(registered(identifier), limit=1)
        command = "show" if is_stored else "add"
        # By its scheme: digits alone could be read as another.
        words = f"{command} {identifier.scheme.value}:{identifier.value}"
    elif paper.title is not None:
        words = f"show {paper.title}"
    else:
        return None
    return router.answer(replace(request, text=words))
