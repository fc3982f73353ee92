"""The ways a message reaches Slack, each sent at most once.

slack_sdk repeats a request whose connection dropped, which for a message can mean a second post;
these do not. A refusal is raised, never swallowed: `handlers.guard` logs it and tells the person.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookClient

from bot.formats.export import Export
from handlers.views.charts import Picture
from handlers.views.message import Message

if TYPE_CHECKING:
    from slack_bolt import BoltContext

# Slack answers within a second or two; a thread should not wait much longer for a dead link.
TIMEOUT_SECONDS = 10
# Slack's limit (https://docs.slack.dev/reference/methods/files.getUploadURLExternal).
LONGEST_ALT_TEXT = 1_000
# What Slack says of a conversation that the bot is not in.
_NO_MEMBER = ("channel_not_found", "not_in_channel")


class DeliveryError(Exception):
    """A `response_url` refused a message. `code` is Slack's word for it, e.g. `expired_url`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def whisper(
    context: BoltContext, message: Message, *, replace: bool = False, thread: str | None = None
) -> None:
    """Answer the person alone, through the request's `response_url`.

    `replace` puts the answer in place of the (private) message with the button.
    Raises DeliveryError.
    """
    _respond(context, message, response_type="ephemeral", replace=replace, thread=thread)


def announce(
    context: BoltContext, channel: str, message: Message, *, thread: str | None = None
) -> str:
    """Post for all to see, as the bot, or through the `response_url` where it is no member.

    Returns the ts of the post, under which it can be followed up; "" of one through the
    `response_url`, which Slack does not tell. Raises DeliveryError, SlackApiError.
    """
    if channel:
        try:
            return str(_posted(context, channel, message, thread=thread).get("ts") or "")
        except SlackApiError as error:
            if error.response.get("error") not in _NO_MEMBER or not context.response_url:
                raise
    _respond(context, message, response_type="in_channel", replace=False, thread=thread)
    return ""


def swap(context: BoltContext, message: Message) -> None:
    """Put an answer in place of the message with the button, for all who see that one.

    Raises DeliveryError.
    """
    _respond(context, message, response_type="in_channel", replace=True, thread=None)


def post(context: BoltContext, channel: str, message: Message, *, thread: str | None = None) -> str:
    """Post as the bot in a channel, a thread, or (given a user's id) a direct message.

    Returns the id of the channel that it was posted in. Raises SlackApiError.
    """
    return str(_posted(context, channel, message, thread=thread).get("channel") or channel)


def answer(
    context: BoltContext,
    channel: str,
    message: Message,
    make: Callable[[], Picture | Export] | None,
    *,
    thread: str | None = None,
) -> None:
    """Post an answer, and after it its picture or file. Raises SlackApiError, OSError."""
    posted_in = post(context, channel, message, thread=thread)
    if make is not None:
        show(context, posted_in, make(), thread=thread)


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
    context.client.files_upload_v2(
        channel=channel,
        thread_ts=thread,
        file=attachment.content,
        filename=attachment.name,
        title=attachment.title,
        alt_txt=attachment.alt_text[:LONGEST_ALT_TEXT] or None,
        initial_comment=comment,
    )


def _posted(
    context: BoltContext, channel: str, message: Message, *, thread: str | None
) -> SlackResponse:
    return context.client.chat_postMessage(
        channel=channel,
        thread_ts=thread,
        **message.payload(),
        unfurl_links=False,
        unfurl_media=False,
    )


def _respond(
    context: BoltContext, message: Message, *, response_type: str, replace: bool, thread: str | None
) -> None:
    url = context.response_url
    if not url:
        raise DeliveryError("no_response_url")
    payload = {
        "response_type": response_type,
        "replace_original": replace,
        "unfurl_links": False,
        "unfurl_media": False,
        **message.payload(),
    }
    if thread:
        payload["thread_ts"] = thread
    client = WebhookClient(url, timeout=TIMEOUT_SECONDS, ssl=context.client.ssl, retry_handlers=[])
    response = client.send_dict(payload)
    if response.status_code != 200:
        raise DeliveryError(response.body[:80] or str(response.status_code))
