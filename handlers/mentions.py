"""Mentions, answered in their thread for all to see, and direct messages, answered plainly.

Slack repeats an event that it believes unheard. The event is claimed in the store before it is
answered, so an answer is given at most once, whichever process gets the repeat.
"""

import logging
from collections.abc import Mapping
from typing import Any

from slack_bolt import App, Args

from handlers import files
from handlers.delivery import answer, post
from handlers.guard import guarded
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
        # In a direct message the message event answers; a second answer would repeat it.
        if channel.startswith("D") or not _is_from_a_person(event) or not _claim(args, router):
            return
        thread = text_of(event, "thread_ts")
        answer_in = thread or text_of(event, "ts")
        surface = Surface.THREAD if thread else Surface.MENTION
        reply = router.answer(_request(args, surface, answer_in))
        answer(args.context, channel, reply.message, reply.attachment, thread=answer_in)

    @guarded
    def direct_message(args: Args) -> None:
        event = part_of(args.body, "event")
        if text_of(event, "channel_type") != "im" or not _is_from_a_person(event):
            return
        if not _claim(args, router):
            return
        thread = text_of(event, "thread_ts")
        request, channel = _request(args, Surface.DIRECT, thread), text_of(event, "channel")
        if (offer := files.offered(event)) is not None:
            post(args.context, channel, offer, thread=thread or None)
            if not request.text:
                return
        reply = router.answer(request)
        answer(args.context, channel, reply.message, reply.attachment, thread=thread or None)

    app.event("app_mention")(mention)
    app.event("message")(direct_message)


def _is_from_a_person(event: Mapping[str, Any]) -> bool:
    return (
        bool(text_of(event, "user"))
        and bool(text_of(event, "channel"))
        and not text_of(event, "bot_id")
        and text_of(event, "subtype") in WRITTEN
    )


def _claim(args: Args, router: Router) -> bool:
    event_id = text_of(args.body, "event_id")
    if not event_id:
        log.warning("Dropped an event without an event_id: it could not be answered once only.")
        return False
    services = router.services
    first = services.store.claim_event(workspace_of(args.body), event_id, services.now())
    if not first:
        log.info("Event %s was answered before.", event_id[:40])
    return first


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
