"""Mentions, answered in their thread for all to see, and direct messages, answered plainly.

Slack repeats an event that it believes unheard. The event is written down in the inbox before it
is acknowledged, so it is answered once, whichever process gets the repeat.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App, Args, BoltResponse

from handlers import files, pdfs
from handlers.delivery import answer, post
from handlers.guard import acknowledge, guarded
from handlers.payload import part_of, text_of, without_mention, workspace_of
from handlers.router import Place, Request, Router, Surface

log = logging.getLogger(__name__)

# The kinds of message that hold a person's own new words; all others are edits and notices.
WRITTEN = {"", "file_share"}


def register(app: App, router: Router) -> None:
    """Listen for mentions and for direct messages."""

    @guarded
    def mention(args: Args) -> None:
        event = part_of(args.body, "event")
        channel = text_of(event, "channel")
        thread = text_of(event, "thread_ts")
        answer_in = thread or text_of(event, "ts")
        surface = Surface.THREAD if thread else Surface.MENTION
        reply = router.answer(_request(args, surface, answer_in))
        answer(args.context, channel, reply.message, reply.attachment, thread=answer_in)

    @guarded
    def direct_message(args: Args) -> None:
        event = part_of(args.body, "event")
        thread = text_of(event, "thread_ts")
        request, channel = _request(args, Surface.DIRECT, thread), text_of(event, "channel")
        offer = files.offered(event)
        said = [offer] if offer else []
        said += pdfs.answers(args, router, files.pdfs(event), request)
        for number, message in enumerate(said, 1):
            is_last = number == len(said) and not request.text
            post(args.context, channel, message, thread=thread or None, is_last=is_last)
        if said and not request.text:
            return
        reply = router.answer(request)
        answer(args.context, channel, reply.message, reply.attachment, thread=thread or None)

    app.event("app_mention", middleware=[only_questions(_is_mention), acknowledge])(mention)
    app.event("message", middleware=[only_questions(_is_direct), acknowledge])(direct_message)


def only_questions(
    is_one: Callable[[Mapping[str, Any]], bool],
) -> Callable[..., BoltResponse | None]:
    """Bolt middleware: of the rest of what Slack sends, nothing is answered or written down."""

    def only(ack: Ack, body: Mapping[str, Any], next_: Callable[[], None]) -> BoltResponse | None:
        if not is_one(part_of(body, "event")):
            return ack()
        if not text_of(body, "event_id"):
            log.warning("Dropped an event without an event_id: it could not be answered once only.")
            return ack()
        next_()
        return None

    return only


def _is_mention(event: Mapping[str, Any]) -> bool:
    """In a direct message the message event answers; a second answer would repeat it."""
    return _is_from_a_person(event) and not text_of(event, "channel").startswith("D")


def _is_direct(event: Mapping[str, Any]) -> bool:
    return _is_from_a_person(event) and text_of(event, "channel_type") == "im"


def _is_from_a_person(event: Mapping[str, Any]) -> bool:
    return (
        bool(text_of(event, "user"))
        and bool(text_of(event, "channel"))
        and not text_of(event, "bot_id")
        and text_of(event, "subtype") in WRITTEN
    )


def _request(args: Args, surface: Surface, thread: str) -> Request:
    event = part_of(args.body, "event")
    return Request(
        text=without_mention(text_of(event, "text"), args.context.bot_user_id or ""),
        surface=surface,
        place=Place(
            workspace=workspace_of(args.body),
            channel=text_of(event, "channel"),
            thread=thread,
            user=text_of(event, "user"),
        ),
    )
