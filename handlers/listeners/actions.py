"""Buttons under answers.

A button's value carries all that is needed to answer it, so a press works after a restart and
from any process. A press never moves anyone else's view: a private answer is replaced, a direct
message gets a new one, and in a channel only the person who pressed sees what comes.
"""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from slack_bolt import App, Args, BoltRequest
from slack_sdk.errors import SlackApiError

from bot.errors import UnknownRecord, UsageError
from bot.records.models import Record
from handlers.delivery import announce, answer, show, show_kept, whisper
from handlers.guard import Directly, Listener, acknowledge, guarded
from handlers.listeners import desk
from handlers.payload import is_home, part_of, text_of, workspace_of
from handlers.router import Place, Reply, Request, Router, Surface
from handlers.trouble import slack_code
from handlers.views import abstract, buttons, citation, share

log = logging.getLogger(__name__)

# Several may stand in one block, where Slack wants unlike ids: ask, ask:0, ask:1 …
ASK = re.compile(rf"^{re.escape(buttons.ASK)}(:\w+)?$")
PICTURE = re.compile(rf"^{re.escape(buttons.PICTURE)}(:\d+)?$")
LINK = re.compile(rf"^{re.escape(buttons.LINK)}(:\d+)?$")


@Directly
def press_what_was_chosen(request: BoltRequest, next_: Callable[[], Any]) -> None:
    """A choice in a ⋯ goes on as a press of the button that it stands for."""
    actions = request.body.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    if isinstance(action, dict) and action.get("action_id") == buttons.MENU:
        chosen = text_of(part_of(action, "selected_option"), "value")
        try:
            action["action_id"], action["value"] = buttons.chosen(chosen)
        except ValueError:
            log.warning("A menu held something that no view puts there.")
    next_()


def register(app: App, router: Router) -> None:
    """Listen for every button that a view can show, by itself or in a ⋯."""
    app.use(press_what_was_chosen)

    @guarded
    def page(args: Args) -> None:
        value = value_of(args)
        answer_pressed(args, router, text_in(value, "q"), offset_in(value))

    @guarded
    def ask(args: Args) -> None:
        answer_pressed(args, router, text_in(value_of(args), "q"))

    @guarded
    def share_answer(args: Args) -> None:
        value = value_of(args)
        query = text_in(value, "q")
        pressed = Pressed.read(args.body)
        # Queried again as by a mention, because a shared answer has public buttons.
        request = Request(
            text=query,
            surface=Surface.MENTION,
            offset=offset_in(value),
            asker=pressed.place,
            follows=False,
        )
        reply = router.answer(request)
        message = share.shared(reply.message, asker=pressed.user, query=query)
        posted = announce(args.context, pressed.channel, message, thread=pressed.thread or None)
        if thread := pressed.thread or posted:
            router.remember(replace(pressed.place, thread=thread), reply.answer)

    @guarded
    def show_abstract(args: Args) -> None:
        record = record_of(args, router)
        args.client.views_open(trigger_id=trigger_of(args), view=abstract.modal(record))

    @guarded
    def show_citation(args: Args) -> None:
        record = record_of(args, router)
        router.note_used([record.id])
        own = router.services.preferences.of(*_whose(args))
        view = citation.modal(record, router.services.citations.cite(record, own.style))
        args.client.views_open(trigger_id=trigger_of(args), view=view)

    @guarded
    def follow_link(args: Args) -> None:
        """A link opens by itself; Slack only wants to hear that the press arrived."""
        del args

    for action, listener in (
        (buttons.NEXT, page),
        (buttons.PREVIOUS, page),
        (ASK, ask),
        (buttons.MORE_AUTHOR, ask),
        (buttons.MORE_JOURNAL, ask),
        (buttons.SIMILAR, ask),
        (buttons.OPEN, ask),
        (buttons.TABLE_OF, ask),
        (buttons.SHARE, share_answer),
        (PICTURE, _sending_pictures(router)),
        (buttons.ABSTRACT, show_abstract),
        (buttons.CITE, show_citation),
        (buttons.SHOW_KEPT, _showing_kept(router)),
        (LINK, follow_link),
    ):
        app.block_action(action, middleware=[acknowledge])(listener)


@dataclass(frozen=True, slots=True)
class Pressed:
    """The message with the button, and who pressed it. `channel` is "" on the Home tab."""

    workspace: str
    channel: str
    thread: str
    user: str
    ephemeral: bool

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> "Pressed":
        """Read a `block_actions` payload."""
        container = part_of(body, "container")
        return cls(
            workspace=workspace_of(body),
            channel=text_of(part_of(body, "channel"), "id") or text_of(container, "channel_id"),
            thread=text_of(container, "thread_ts"),
            user=text_of(part_of(body, "user"), "id"),
            ephemeral=container.get("is_ephemeral") is True,
        )

    @property
    def place(self) -> Place:
        """Who pressed, and in which channel."""
        return Place(self.workspace, self.channel, "", self.user)

    @property
    def direct(self) -> bool:
        """Whether bot and person are alone: a direct message, or the Home tab."""
        return not self.channel or (self.channel.startswith("D") and not self.ephemeral)


def _whose(args: Args) -> tuple[str, str]:
    """The workspace and the person of a press."""
    pressed = Pressed.read(args.body)
    return pressed.workspace, pressed.user


def _showing_kept(router: Router) -> Listener:
    """Show an answer of which it was not known whether it had arrived; it is kept for a day."""

    @guarded
    def show_it(args: Args) -> None:
        pressed, key = Pressed.read(args.body), text_in(value_of(args), "k")
        call = router.services.store.inbox.kept(pressed.workspace, key)
        # A private answer is shown to nobody but the person who asked for it.
        if call is None or call.get("reader") not in {None, pressed.user}:
            raise stale()
        show_kept(args.context, call, is_private=pressed.ephemeral)

    return show_it


def _sending_pictures(router: Router) -> Listener:
    """Put the picture or file of a private answer where its button says.

    Searched again: a button carries the query, and neither is kept.
    """

    @guarded
    def send_picture(args: Args) -> None:
        value = value_of(args)
        query, pressed = text_in(value, "q"), Pressed.read(args.body)
        request = Request(text=query, surface=Surface.DIRECT, asker=pressed.place, follows=False)
        reply = router.answer(request)
        if reply.attachment is None:
            raise stale()
        if value.get("here") is True and pressed.channel:
            comment, thread = share.asked_by(pressed.user, query), pressed.thread or None
            show(args.context, pressed.channel, reply.attachment(), thread=thread, comment=comment)
        else:
            answer(args.context, pressed.user, reply.message, reply.attachment)

    return send_picture


def answer_pressed(args: Args, router: Router, query: str, offset: int = 0) -> None:
    """Answer a question that a button holds, where only the person who pressed is disturbed."""
    pressed = Pressed.read(args.body)
    if is_home(args.body):
        _answer_on_home(args, pressed, router, query, offset)
        return
    if pressed.direct:
        place = Place(pressed.workspace, pressed.channel, pressed.thread, pressed.user)
        request = Request(query, Surface.DIRECT, place, offset, follows=False)
        _answer_directly(args, pressed, router.answer(request))
        return
    # Without the thread: it keeps the query that everybody in it can see.
    request = Request(query, Surface.SLASH, pressed.place, offset, follows=False)
    message = router.answer(request).message
    whisper(args.context, message, replace=pressed.ephemeral, thread=pressed.thread or None)


def _answer_on_home(args: Args, pressed: Pressed, router: Router, query: str, offset: int) -> None:
    """Draw an answer in place of the desk; what changes the desk is above it."""
    place = Place(pressed.workspace, "", "", pressed.user)
    reply = router.answer(Request(query, Surface.DIRECT, place, offset, follows=False))
    if reply.attachment is not None:
        # A picture or file has no place on Home.
        answer(args.context, pressed.user, reply.message, reply.attachment, is_last=False)
    if router.command(reply.answer.understood.action).is_of_the_desk:
        desk.publish(args, router.services, reply.message)
    else:
        desk.publish_answer(args, reply.message)


def _answer_directly(args: Args, pressed: Pressed, reply: Reply) -> None:
    try:
        channel = pressed.channel or pressed.user
        thread = pressed.thread or None
        answer(args.context, channel, reply.message, reply.attachment, thread=thread)
    except SlackApiError as error:
        # An answer may have been shared where two people talk and the bot is no member.
        if slack_code(error) != "channel_not_found" or not args.context.response_url:
            raise
        whisper(args.context, reply.message, thread=pressed.thread or None)


def value_of(args: Args) -> Mapping[str, Any]:
    """What the pressed button, or what was chosen in a menu, carries.

    Raises UsageError when it is not what a view packed.
    """
    actions = args.body.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    fields = action if isinstance(action, Mapping) else {}
    packed = text_of(fields, "value") or text_of(part_of(fields, "selected_option"), "value")
    try:
        value = buttons.unpack(packed)
    except ValueError:
        raise stale() from None
    if not isinstance(value, Mapping):
        raise stale()
    return value


def text_in(value: Mapping[str, Any], key: str) -> str:
    """The text under a key of a button's value. Raises UsageError where there is none."""
    text = text_of(value, key)
    if not text:
        raise stale()
    return text


def offset_in(value: Mapping[str, Any]) -> int:
    """The place in a list that a button's value names. Raises UsageError where there is none."""
    return number_in(value, "o")


def numbers_in(value: Mapping[str, Any], key: str) -> list[int]:
    """The numbers under a key, at least one. Raises UsageError where a view puts no such thing."""
    numbers = value.get(key)
    if not isinstance(numbers, list) or not numbers or not all(map(_is_id, numbers)):
        raise stale()
    return numbers


def number_in(value: Mapping[str, Any], key: str) -> int:
    """The number under a key. Raises UsageError where there is none."""
    return numbers_in({key: [value.get(key)]}, key)[0]


def _is_id(number: object) -> bool:
    """Whether this can be the number of a row: SQLite takes 63 bits, and refuses more loudly."""
    return type(number) is int and 0 <= number < 1 << 63


def record_of(args: Args, router: Router) -> Record:
    """The record that a pressed button names. Raises UnknownRecord or UsageError."""
    record = router.services.store.get(text_in(value_of(args), "id"))
    if record is None:
        raise UnknownRecord("That record was deleted.")
    return record


def trigger_of(args: Args) -> str:
    """What lets a window open for this press. Raises UsageError where there is none."""
    trigger = text_of(args.body, "trigger_id")
    if not trigger:
        raise stale()
    return trigger


def stale() -> UsageError:
    """The error for a button that carries nothing it can be answered by."""
    return UsageError("That button cannot be used any more.", "Ask the question again.")
