"""One call to Slack, written down, made, and tried again another way where that is certain to help.

What is in doubt is looked for in the channel's history (see `Entry.send`); what Slack puts off or
may not have got is raised as PutOff or Uncertain, a refusal as it is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.digests.outbox import CannotLook, MayNotLook, PutOff, Uncertain
from handlers.history import History, has_key
from handlers.inbox import ENTRY, Entry
from handlers.trouble import DeliveryError, meaning, slack_code, wait_of
from handlers.views.errors import in_doubt
from handlers.views.message import without_data

if TYPE_CHECKING:
    from slack_bolt import BoltContext

log = logging.getLogger(__name__)

# Longer than a slow Slack takes: what ends sooner is in doubt.
TIMEOUT_SECONDS = 30
# Under this the context has the ts of what was posted last.
POSTED = "tme_posted"
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
# What may be sent twice without being seen twice; what can be replaced by the offer to show it.
_SAME_AGAIN = frozenset(("home", "unfurl", "present"))
_OFFERED = frozenset(("respond", "note", "post"))
PLAIN: Mapping[str, Any] = {"unfurl_links": False, "unfurl_media": False}


def entry_of(context: BoltContext) -> Entry | None:
    """The request's place in the inbox; None where it could not be written down."""
    entry = context.get(ENTRY)
    return entry if isinstance(entry, Entry) else None


def send(
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
        return meant(lambda: perform(context, arguments))
    is_private = way == "note" or arguments.get("response_type") == "ephemeral"
    reader = context.user_id if is_private else None
    call = {"way": way, "arguments": dict(arguments), "reader": reader} if is_last else None
    return entry.send(
        call,
        lambda: meant(lambda: perform(context, arguments)),
        lambda: _looked(context, entry, way, arguments),
        (lambda: meant(lambda: perform(context, _offered(entry.taken.key, arguments))))
        if way in _OFFERED
        else None,
    )


def meant(perform: Callable[[], str]) -> str:
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


def _post(context: BoltContext, arguments: Mapping[str, Any]) -> str:
    entry = entry_of(context)
    marks: dict[str, Any] = {}
    if entry is not None:
        marks["metadata"] = {"event_type": EVENT_TYPE, "event_payload": {"key": entry.key}}
    response = context.client.chat_postMessage(**arguments, **marks)
    context[POSTED] = response.get("ts")
    return str(response.get("channel") or arguments["channel"])


def _note(context: BoltContext, arguments: Mapping[str, Any]) -> str:
    context.client.chat_postEphemeral(**arguments)
    return str(arguments["channel"])


def _redraw(context: BoltContext, arguments: Mapping[str, Any]) -> str:
    try:
        context.client.views_update(**arguments)
    except SlackApiError as error:
        if slack_code(error) not in _CLOSED:
            raise
        entry = entry_of(context)
        if entry is not None and entry.was_tried and context.user_id:
            _post_plainly(context, context.user_id, arguments["view"])
    return ""


def _publish(context: BoltContext, arguments: Mapping[str, Any]) -> str:
    context.client.views_publish(**arguments)
    return ""


def _unfurl(context: BoltContext, arguments: Mapping[str, Any]) -> str:
    try:
        done = context.client.chat_unfurl(**arguments)
    except SlackApiError as error:
        if slack_code(error) not in _NO_ENTITIES:
            raise
        cards = {name: value for name, value in arguments.items() if name != "metadata"}
        done = context.client.chat_unfurl(**cards)
    if warning := done.get("warning"):
        # An object that Slack finds fault with is left out, and the call still succeeds.
        messages = (done.get("response_metadata") or {}).get("messages")
        log.warning("Slack took a card and left a part of it out: %s %s", warning, messages)
    return str(arguments["channel"])


def _present(context: BoltContext, arguments: Mapping[str, Any]) -> str:
    gone = {"status": "not_found"} if arguments["metadata"] is None else None
    context.client.entity_presentDetails(**arguments, error=gone)
    return ""


def _respond(context: BoltContext, arguments: Mapping[str, Any]) -> str:
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
        word = response.body[:80]
        raise DeliveryError(word if word.replace("_", "").isalnum() else str(status))


def _without_url(context: BoltContext, arguments: Mapping[str, Any]) -> None:
    """Answer where the `response_url` has run out: to all in the channel, or to the person."""
    channel, user = context.channel_id or "", context.user_id or ""
    content = {"text": arguments["text"], "blocks": arguments["blocks"]}
    place = {"thread_ts": arguments.get("thread_ts")}
    if channel.startswith("D") or (channel and arguments["response_type"] == "in_channel"):
        context.client.chat_postMessage(channel=channel, **place, **content, **PLAIN)
        return
    try:
        if channel:
            context.client.chat_postEphemeral(channel=channel, user=user, **place, **content)
            return
    except SlackApiError as error:
        if slack_code(error) not in _NOT_THERE:
            raise
    context.client.chat_postMessage(channel=user, **content, **PLAIN)


def _post_plainly(context: BoltContext, user: str, view: Mapping[str, Any]) -> None:
    """What a window would say, as a direct message."""
    shown = [block for block in view["blocks"] if block.get("type") in ("section", "context")]
    text = view.get("title", {}).get("text") or "TME"
    context.client.chat_postMessage(channel=user, text=text, blocks=shown, **PLAIN)


_WAYS: Mapping[str, Callable[[BoltContext, Mapping[str, Any]], str]] = {
    "respond": _respond,
    "post": _post,
    "note": _note,
    "window": _redraw,
    "home": _publish,
    "unfurl": _unfurl,
    "present": _present,
}
