"""The ways a message reaches Slack, each call written down before it is sent.

slack_sdk repeats a request whose connection dropped, which for a message can mean a second post;
these do not. What Slack puts off or may not have got is raised as PutOff or Uncertain, and sent
again by `handlers.inbox`; a refusal is raised, never swallowed: `handlers.guard` logs it and
notifies the person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View

from bot.formats.export import Export
from handlers.calls import PLAIN, POSTED, entry_of, meant, send
from handlers.trouble import slack_code
from handlers.views.charts import Picture
from handlers.views.message import Message

if TYPE_CHECKING:
    from slack_bolt import BoltContext

# Slack's limit (https://docs.slack.dev/reference/methods/files.getUploadURLExternal).
LONGEST_ALT_TEXT = 1_000
# What Slack says of a conversation that the bot is not in.
_NO_MEMBER = ("channel_not_found", "not_in_channel")


def whisper(
    context: BoltContext,
    message: Message,
    *,
    replace: bool = False,
    thread: str | None = None,
) -> None:
    """Answer the person alone, through the request's `response_url`.

    `replace` puts the answer in place of the (private) message with the button. Where the address
    has run out, the answer goes to the person in the channel, or as a direct message.
    Raises DeliveryError, SlackApiError.
    """
    _respond(context, message, response_type="ephemeral", replace=replace, thread=thread)


def announce(
    context: BoltContext, channel: str, message: Message, *, thread: str | None = None
) -> str:
    """Post for all to see, as the bot, or through the `response_url` where it is no member.

    Returns the ts of the post, under which it can be followed up; "" of one through the
    `response_url`, whose ts Slack does not tell. Raises DeliveryError, SlackApiError.
    """
    if channel:
        try:
            post(context, channel, message, thread=thread)
            return str(context.get(POSTED) or "")
        except SlackApiError as error:
            if slack_code(error) not in _NO_MEMBER or not context.response_url:
                raise
    _respond(context, message, response_type="in_channel", replace=False, thread=thread)
    return ""


def swap(context: BoltContext, message: Message) -> None:
    """Put an answer in place of the message with the button, for all who see that one.

    Raises DeliveryError, SlackApiError.
    """
    _respond(context, message, response_type="in_channel", replace=True, thread=None)


def post(
    context: BoltContext,
    channel: str,
    message: Message,
    *,
    thread: str | None = None,
    is_last: bool = True,
) -> str:
    """Post as the bot in a channel, a thread, or (given a user's id) a direct message.

    `is_last` says that nothing of the answer follows. Returns the id of the channel that it was
    posted in. Raises SlackApiError.
    """
    where = {"channel": channel, "thread_ts": thread}
    return send(context, "post", {**where, **message.payload(), **PLAIN}, is_last=is_last)


def note_privately(
    context: BoltContext, channel: str, user: str, message: Message, *, thread: str | None = None
) -> None:
    """Show a message to one person in a channel. Raises SlackApiError."""
    where = {"channel": channel, "user": user, "thread_ts": thread}
    send(context, "note", {**where, **message.payload()})


def redraw_window(context: BoltContext, view_id: str, view: View) -> None:
    """Redraw a window. One that was closed needs it no more, unless its answer comes late.

    Raises SlackApiError.
    """
    send(context, "window", {"view_id": view_id, "view": view.to_dict()})


def publish_home(context: BoltContext, user: str, view: View) -> None:
    """Draw a person's Home tab. Raises SlackApiError."""
    send(context, "home", {"user_id": user, "view": view.to_dict()})


def unfurl(
    context: BoltContext,
    channel: str,
    ts: str,
    unfurls: Mapping[str, Mapping[str, Any]],
    entities: Sequence[Mapping[str, Any]],
) -> None:
    """Put cards under the links of a message, by their addresses. Raises SlackApiError.

    `entities` are the same works as Slack's Work Objects, where the workspace has these.
    """
    call = {"channel": channel, "ts": ts, "unfurls": unfurls, "metadata": {"entities": entities}}
    send(context, "unfurl", call)


def present(context: BoltContext, trigger: str, entity: Mapping[str, Any] | None) -> None:
    """Fill the pane that a person opened; None: the work is not stored. Raises SlackApiError."""
    send(context, "present", {"trigger_id": trigger, "metadata": entity})


def answer(  # noqa: PLR0913 - what is sent, and where
    context: BoltContext,
    channel: str,
    message: Message,
    make: Callable[[], Picture | Export] | None,
    *,
    thread: str | None = None,
    is_last: bool = True,
) -> str:
    """Post an answer, and after it its picture or file; the id of the channel that it is in.

    Raises SlackApiError, OSError.
    """
    is_alone = is_last and make is None
    posted_in = post(context, channel, message, thread=thread, is_last=is_alone)
    if make is not None:
        show(context, posted_in, make(), thread=thread)
    return posted_in


def show(
    context: BoltContext,
    channel: str,
    attachment: Picture | Export,
    *,
    thread: str | None = None,
    comment: str | None = None,
) -> None:
    """Upload a picture or file to a channel (its id), a thread or a direct message, for all there.

    `comment` is finished mrkdwn. There is no private upload: Slack shows a file to all or to none.
    Raises SlackApiError, OSError.
    """

    def upload() -> str:
        context.client.files_upload_v2(
            channel=channel,
            thread_ts=thread,
            file=attachment.content,
            filename=attachment.name,
            title=attachment.title,
            alt_txt=attachment.alt_text[:LONGEST_ALT_TEXT] or None,
            initial_comment=comment,
        )
        return channel

    entry = entry_of(context)
    if entry is None:
        upload()
    else:
        entry.send(None, lambda: meant(upload), lambda: None)


def show_kept(context: BoltContext, call: Mapping[str, Any], *, is_private: bool) -> None:
    """Put an answer that was in doubt in place of the line that offered it.

    Raises DeliveryError, SlackApiError.
    """
    content = {name: call["arguments"][name] for name in ("text", "blocks")}
    kind = "ephemeral" if is_private else "in_channel"
    shown = {"response_type": kind, "replace_original": True, **PLAIN, **content}
    send(context, "respond", shown)


def send_again(context: BoltContext, call: Mapping[str, Any]) -> None:
    """Send a call that an earlier try has drawn. Raises as the first try does."""
    send(context, str(call["way"]), call["arguments"])


def _respond(
    context: BoltContext, message: Message, *, response_type: str, replace: bool, thread: str | None
) -> None:
    arguments = {
        "response_type": response_type,
        "replace_original": replace,
        **PLAIN,
        **message.payload(),
    }
    if thread:
        arguments["thread_ts"] = thread
    send(context, "respond", arguments)
