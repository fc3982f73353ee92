"""Mentions, answered in their thread for all to see, and direct messages, answered plainly.

Slack repeats an event that it believes unheard. The event is written down in the inbox before it
is acknowledged, so it is answered once, whichever process gets the repeat.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from slack_bolt import App, Args, BoltRequest, BoltResponse
from slack_sdk.errors import SlackApiError

from handlers.delivery import answer, note_privately, post
from handlers.guard import Directly, acknowledge, guarded
from handlers.listeners import files, pdfs
from handlers.listeners.greeting import with_greeting
from handlers.payload import part_of, text_of, without_mention, workspace_of
from handlers.router import Place, Request, Router, Surface
from handlers.trouble import LINE_BROKE, trouble

log = logging.getLogger(__name__)

# The kinds of message that hold a person's own new words; all others are edits and notices.
WRITTEN = {"", "file_share"}
# Slack writes the bot's name before it.
WORKING = "looks through the records…"


def register(app: App, router: Router) -> None:
    """Listen for mentions and for direct messages."""

    @guarded
    def mention(args: Args) -> None:
        event = part_of(args.body, "event")
        channel = text_of(event, "channel")
        thread = text_of(event, "thread_ts")
        answer_in = thread or text_of(event, "ts")
        surface = Surface.THREAD if thread else Surface.MENTION
        request = _request(args, surface, answer_in)
        if _alone(router, request):
            reply = router.answer(replace(request, surface=Surface.SLASH))
            user = text_of(event, "user")
            note_privately(args.context, channel, user, reply.message, thread=thread or None)
            return
        reply = router.answer(request)
        answer(args.context, channel, reply.message, reply.attachment, thread=answer_in)

    @guarded
    def direct_message(args: Args) -> None:
        event = part_of(args.body, "event")
        thread = text_of(event, "thread_ts")
        request, channel = _request(args, Surface.DIRECT, thread), text_of(event, "channel")
        offer = files.offered(event)
        messages = [offer] if offer else []
        messages += pdfs.answers(args, router, files.pdfs(event), request)
        for number, message in enumerate(messages, 1):
            is_last = number == len(messages) and not request.text
            post(args.context, channel, message, thread=thread or None, is_last=is_last)
        if messages and not request.text:
            return
        status = args.set_status
        if status is not None and router.services.settings.agent_view:
            # The answer takes it away.
            politely(lambda: status(WORKING))
        reply, user = router.answer(request), text_of(event, "user")
        greeted = with_greeting(router.services, workspace_of(args.body), user, reply.message)
        answer(args.context, channel, greeted, reply.attachment, thread=thread or None)

    app.event("app_mention", middleware=[only_questions(_is_mention), acknowledge])(mention)
    app.event("message", middleware=[only_questions(_is_direct), acknowledge])(direct_message)


def _alone(router: Router, request: Request) -> bool:
    """Whether who asks wants to be answered privately everywhere."""
    place = request.place
    own = router.services.preferences.of(place.workspace, place.user) if place else None
    return own is not None and own.answers == "private"


def only_questions(is_one: Callable[[Mapping[str, Any]], bool]) -> Directly:
    """Bolt middleware: of the rest of what Slack sends, nothing is answered or written down."""

    @Directly
    def only(request: BoltRequest, next_: Callable[[], Any]) -> BoltResponse | None:
        if not is_one(part_of(request.body, "event")):
            return request.context.ack()
        if not text_of(request.body, "event_id"):
            log.warning("Dropped an event without an event_id: it could not be answered once only.")
            return request.context.ack()
        next_()
        return None

    return only


def politely(call: Callable[[], object]) -> None:
    """Do what is no part of an answer: where Slack does not take it, that alone is missing."""
    try:
        call()
    except (SlackApiError, *LINE_BROKE) as error:
        log.info("The agent view lacks something: %s", trouble(error))


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
