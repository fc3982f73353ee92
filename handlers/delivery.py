"""The ways a message reaches Slack, each call written down before it is sent.

slack_sdk repeats a request whose connection dropped, which for a message can mean a second post;
these do not. What Slack puts off or may not have got is raised as PutOff or Uncertain, and sent
again by `handlers.inbox`; a refusal is raised, never swallowed: `handlers.guard` logs it and
notifies the person.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from slack_sdk.webhook import WebhookClient

from bot.digests.outbox import CannotLook, MayNotLook, PutOff, Uncertain
from bot.formats.export import Export
from handlers.history import History, has_key
from handlers.inbox import ENTRY, Entry
from handlers.trouble import DeliveryError, meaning, slack_code, wait_of
from handlers.views.charts import Picture
from handlers.views.errors import in_doubt
from handlers.views.message import Message, without_data

if TYPE_CHECKING:
    from slack_bolt import BoltContext

log = logging.getLogger(__name__)

# Longer than a slow Slack takes: what ends sooner is in doubt.
TIMEOUT_SECONDS = 30
# Slack's limit (https://docs.slack.dev/reference/methods/files.getUploadURLExternal).
LONGEST_ALT_TEXT = 1_000
# What Slack says of a conversation that the bot is not in.
_NO_MEMBER = ("channel_not_found", "not_in_channel")
# Under this the context has the ts of what was posted last.
_POSTED = "tme_posted"
# Marks an answer in Slack's metadata, with its key in the payload.
EVENT_TYPE = "tme_answer"

# The bot's clock may be wrong by this much without an answer in the history being overlooked.
_MARGIN = timedelta(minutes=15)
# A `response_url` lives for half an hour and five uses (Slack's limits).
_USED_UP = frozenset(("expired_url", "used_url", "no_response_url", "404"))
# A workspace, or an app's settings, without Work Objects.
_NO_ENTITIES = frozenset(("feature_not_enabled", "invalid_arguments", "invalid_metadata"))
# Slack does not know a block.
_ILL_DRAWN = frozenset(("invalid_blocks", "invalid_blocks_format"))
# The window was closed meanwhile.
_CLOSED = frozenset(("not_found", "view_not_found"))
# In that channel the person cannot be answered privately, but in a direct message.
_NOT_THERE = frozenset(
    ("channel_not_found", "is_archived", "not_in_channel", "user_not_in_channel")
)


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
            return str(context.get(_POSTED) or "")
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
    return _send(context, "post", {**where, **message.payload(), **_PLAIN}, is_last=is_last)


def note_privately(
    context: BoltContext, channel: str, user: str, message: Message, *, thread: str | None = None
) -> None:
    """Show a message to one person in a channel. Raises SlackApiError."""
    where = {"channel": channel, "user": user, "thread_ts": thread}
    _send(context, "note", {**where, **message.payload()})


def redraw_window(context: BoltContext, view_id: str, view: View) -> None:
    """Redraw a window. One that was closed needs it no more, unless its answer comes late.

    Raises SlackApiError.
    """
    _send(context, "window", {"view_id": view_id, "view": view.to_dict()})


def publish_home(context: BoltContext, user: str, view: View) -> None:
    """Draw a person's Home tab. Raises SlackApiError."""
    _send(context, "home", {"user_id": user, "view": view.to_dict()})


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
    _send(context, "unfurl", call)


def present(context: BoltContext, trigger: str, entity: Mapping[str, Any] | None) -> None:
    """Fill the pane that a person opened; None: the work is not stored. Raises SlackApiError."""
    _send(context, "present", {"trigger_id": trigger, "metadata": entity})


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
        entry.send(None, lambda: _meant(upload), lambda: None)


def entry_of(context: BoltContext) -> Entry | None:
    """The request's place in the inbox; None where it could not be written down."""
    entry = context.get(ENTRY)
    return entry if isinstance(entry, Entry) else None


def show_kept(context: BoltContext, call: Mapping[str, Any], *, is_private: bool) -> None:
    """Put an answer that was in doubt in place of the line that offered it.

    Raises DeliveryError, SlackApiError.
    """
    content = {name: call["arguments"][name] for name in ("text", "blocks")}
    kind = "ephemeral" if is_private else "in_channel"
    shown = {"response_type": kind, "replace_original": True, **_PLAIN, **content}
    _send(context, "respond", shown)


def send_again(context: BoltContext, call: Mapping[str, Any]) -> None:
    """Send a call that an earlier try has drawn. Raises as the first try does."""
    _send(context, str(call["way"]), call["arguments"])


# What may be sent twice without being seen twice; what can be replaced by the offer to show it.
_SAME_AGAIN = frozenset(("home", "unfurl", "present"))
_OFFERED = frozenset(("respond", "note", "post"))
_PLAIN: Mapping[str, Any] = {"unfurl_links": False, "unfurl_media": False}


def _respond(
    context: BoltContext, message: Message, *, response_type: str, replace: bool, thread: str | None
) -> None:
    arguments = {
        "response_type": response_type,
        "replace_original": replace,
        **_PLAIN,
        **message.payload(),
    }
    if thread:
        arguments["thread_ts"] = thread
    _send(context, "respond", arguments)


def _send(
    context: BoltContext, way: str, arguments: Mapping[str, Any], *, is_last: bool = True
) -> str:
    """Send a call, once: see `Entry.send`. Returns the channel it was posted in, where it was."""
    entry = entry_of(context)

    def perform(context: BoltContext, arguments: Mapping[str, Any]) -> str:
        try:
            return _WAYS[way](context, arguments)
        except (SlackApiError, DeliveryError) as error:
            code = slack_code(error) if isinstance(error, SlackApiError) else error.code
            plainly = without_data(arguments.get("blocks") or ())
            if code not in _ILL_DRAWN or plainly is None:
                raise
        # A workspace that does not have these blocks yet: certainly nothing was posted.
        return _WAYS[way](context, {**arguments, "blocks": plainly})

    if entry is None:
        return _meant(lambda: perform(context, arguments))
    is_private = way == "note" or arguments.get("response_type") == "ephemeral"
    reader = context.user_id if is_private else None
    call = {"way": way, "arguments": dict(arguments), "reader": reader} if is_last else None
    return entry.send(
        call,
        lambda: _meant(lambda: perform(context, arguments)),
        lambda: _looked(context, entry, way, arguments),
        (lambda: _meant(lambda: perform(context, _offered(entry.taken.key, arguments))))
        if way in _OFFERED
        else None,
    )


def _meant(perform: Callable[[], str]) -> str:
    """Do it; trouble that says something of the call is raised as what it means."""
    try:
        return perform()
    except Exception as error:
        known = meaning(error)
        if known is None or known is error:
            raise
        raise known from error


def _offered(key: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """A call with the offer to show an answer in place of the answer."""
    return {**arguments, **in_doubt(key).payload()}


def _looked(
    context: BoltContext, entry: Entry, way: str, arguments: Mapping[str, Any]
) -> str | None:
    """The channel where a call in doubt is after all; None: not to be seen.

    "" where it may be sent again: it is not there, or twice is as once.
    """
    if way in _SAME_AGAIN or arguments.get("replace_original"):
        return ""
    if way != "post":
        return None
    try:
        found = History(context.client).own(
            arguments["channel"],
            arguments.get("thread_ts"),
            entry.taken.at - _MARGIN,
            lambda message: has_key(message, EVENT_TYPE, entry.key),
        )
    except (MayNotLook, CannotLook):
        return None
    return found[0].channel if found else ""


def _perform_post(context: BoltContext, arguments: Mapping[str, Any]) -> str:
    entry = entry_of(context)
    marks: dict[str, Any] = {}
    if entry is not None:
        marks["metadata"] = {"event_type": EVENT_TYPE, "event_payload": {"key": entry.key}}
    response = context.client.chat_postMessage(**arguments, **marks)
    context[_POSTED] = response.get("ts")
    return str(response.get("channel") or arguments["channel"])


def _perform_note(context: BoltContext, arguments: Mapping[str, Any]) -> str:
    context.client.chat_postEphemeral(**arguments)
    return str(arguments["channel"])


def _perform_window(context: BoltContext, arguments: Mapping[str, Any]) -> str:
    try:
        context.client.views_update(**arguments)
    except SlackApiError as error:
        if slack_code(error) not in _CLOSED:
            raise
        entry = entry_of(context)
        if entry is not None and entry.was_tried and context.user_id:
            _post_plainly(context, context.user_id, arguments["view"])
    return ""


def _perform_home(context: BoltContext, arguments: Mapping[str, Any]) -> str:
    context.client.views_publish(**arguments)
    return ""


def _perform_unfurl(context: BoltContext, arguments: Mapping[str, Any]) -> str:
    try:
        done = context.client.chat_unfurl(**arguments)
    except SlackApiError as error:
        if slack_code(error) not in _NO_ENTITIES:
            raise
        cards = {name: value for name, value in arguments.items() if name != "metadata"}
        done = context.client.chat_unfurl(**cards)
    if warning := done.get("warning"):
        # An object that Slack finds fault with is left out, and the call still succeeds.
        said = (done.get("response_metadata") or {}).get("messages")
        log.warning("Slack took a card and left a part of it out: %s %s", warning, said)
    return str(arguments["channel"])


def _perform_presentation(context: BoltContext, arguments: Mapping[str, Any]) -> str:
    gone = {"status": "not_found"} if arguments["metadata"] is None else None
    context.client.entity_presentDetails(**arguments, error=gone)
    return ""


def _perform_response(context: BoltContext, arguments: Mapping[str, Any]) -> str:
    try:
        _through_url(context, arguments)
    except DeliveryError as error:
        if error.code not in _USED_UP or not context.user_id:
            raise
        _without_url(context, arguments)
    return ""


def _through_url(context: BoltContext, arguments: Mapping[str, Any]) -> None:
    if not context.response_url:
        raise DeliveryError("no_response_url")
    own = context.client
    client = WebhookClient(
        context.response_url,
        timeout=TIMEOUT_SECONDS,
        ssl=own.ssl,
        proxy=own.proxy,
        default_headers=own.headers,
        retry_handlers=[],
    )
    response = client.send_dict(dict(arguments))
    status = response.status_code
    if status == 429:
        headers = {name.lower(): value for name, value in response.headers.items()}
        raise PutOff(wait_of(headers.get("retry-after")))
    if status >= 500:
        raise Uncertain(f"HTTP {status}")
    if status != 200:
        said = response.body[:80]
        raise DeliveryError(said if said.replace("_", "").isalnum() else str(status))


def _without_url(context: BoltContext, arguments: Mapping[str, Any]) -> None:
    """Answer where the `response_url` has run out: to all in the channel, or to the person."""
    channel, user = context.channel_id or "", context.user_id or ""
    content = {"text": arguments["text"], "blocks": arguments["blocks"]}
    place = {"thread_ts": arguments.get("thread_ts")}
    if channel.startswith("D") or (channel and arguments["response_type"] == "in_channel"):
        context.client.chat_postMessage(channel=channel, **place, **content, **_PLAIN)
        return
    try:
        if channel:
            context.client.chat_postEphemeral(channel=channel, user=user, **place, **content)
            return
    except SlackApiError as error:
        if slack_code(error) not in _NOT_THERE:
            raise
    context.client.chat_postMessage(channel=user, **content, **_PLAIN)


def _post_plainly(context: BoltContext, user: str, view: Mapping[str, Any]) -> None:
    """What a window would say, as a direct message."""
    said = [block for block in view["blocks"] if block.get("type") in ("section", "context")]
    text = view.get("title", {}).get("text") or "TME"
    context.client.chat_postMessage(channel=user, text=text, blocks=said, **_PLAIN)


_WAYS: Mapping[str, Callable[[BoltContext, Mapping[str, Any]], str]] = {
    "respond": _perform_response,
    "post": _perform_post,
    "note": _perform_note,
    "window": _perform_window,
    "home": _perform_home,
    "unfurl": _perform_unfurl,
    "present": _perform_presentation,
}
