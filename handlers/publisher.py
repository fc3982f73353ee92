"""The outbox's way to Slack: one request a post, and the channel's history to look into.

Implements `bot.digests.outbox.Publisher`. What Slack's answer means for a delivery is decided here:
what it certainly did not take is Refused or PutOff, everything else is Uncertain until it is found.
Only a message of this bot's own, with exactly a delivery's key, counts as that delivery.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web import SlackResponse

from bot.digests.outbox import (
    EVENT_TYPE,
    CannotLook,
    MayNotLook,
    PostTrouble,
    Publisher,
    PutOff,
    Refused,
    Uncertain,
)
from bot.store.deliveries import Delivery, Posted
from handlers.trouble import slack_code
from handlers.views.message import Message

# Errors of Slack's own, after which a message may yet appear.
_SLACKS_OWN = frozenset(
    ("fatal_error", "internal_error", "request_timeout", "service_unavailable", "unknown_error")
)
_SLACKS_WORD = re.compile(r"[a-z][a-z0-9_]{2,60}")
# The history of this channel is closed to the bot, whatever it does.
_CLOSED = frozenset(("missing_scope", "no_permission", "not_allowed_token_type"))
# No person can be written to there, so no direct messages can be read either.
_NOBODY = frozenset(("cannot_dm_bot", "user_disabled", "user_not_found", "user_not_visible"))
# Slack did not like how it was drawn: plain text still says everything.
_ILL_DRAWN = frozenset(
    ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long")
)
_DEFAULT_WAIT = 30.0
# The bot's clock may be wrong by this much without a post being overlooked.
_MARGIN = timedelta(days=1)
_PAGE = 200
_MOST_PAGES = 50
_LINE_BROKE = (OSError, HTTPException, SlackRequestError)


class SlackPublisher:
    """Posts deliveries as the bot. Its client must not repeat requests by itself."""

    def __init__(self, client: WebClient, draw: Callable[[Delivery], Message]) -> None:
        """`draw` makes the message of a delivery. Raises ValueError for a client that repeats."""
        if client.retry_handlers:
            raise ValueError("a client that repeats requests by itself may post twice")
        self._client = client
        self._draw = draw
        self._identity: Mapping[str, object] = {}
        self._direct: dict[str, str] = {}

    def ready(self, delivery: Delivery) -> Callable[[], Posted]:
        """See `Publisher.ready`."""
        content = self._draw(delivery).payload()
        if delivery.reason in _ILL_DRAWN:
            del content["blocks"]
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"key": delivery.key}}

        def send() -> Posted:
            try:
                answer = self._client.chat_postMessage(
                    channel=delivery.channel,
                    thread_ts=delivery.thread,
                    metadata=metadata,
                    unfurl_links=False,
                    unfurl_media=False,
                    **content,
                )
            except SlackApiError as error:
                raise _meaning(error, drawn_plainly="blocks" not in content) from None
            except _LINE_BROKE as error:
                raise Uncertain(type(error).__name__) from None
            posted = _posted(answer.data, delivery.channel)
            if posted is None:
                raise Uncertain("an answer without a ts")
            return posted

        return send

    def standing(self, delivery: Delivery) -> Sequence[Posted]:
        """See `Publisher.standing`."""
        channel = self._channel(delivery)
        found = [message for message in self._history(delivery) if _is_of(message, delivery)]
        if not found:
            return ()
        bot_id = self._bot_id()
        own = [message for message in found if message.get("bot_id") == bot_id]
        posted = [_posted({"ts": message.get("ts")}, channel) for message in own]
        return sorted((each for each in posted if each is not None), key=lambda each: each.ts)

    def amend(self, delivery: Delivery) -> None:
        """See `Publisher.amend`."""
        if delivery.posted is None:
            return
        try:
            self._client.chat_update(
                channel=delivery.posted.channel,
                ts=delivery.posted.ts,
                **self._draw(delivery).payload(),
            )
        except SlackApiError as error:
            raise PostTrouble(slack_code(error)) from None
        except _LINE_BROKE as error:
            raise PostTrouble(type(error).__name__) from None

    def retract(self, posted: Posted) -> None:
        """See `Publisher.retract`."""
        try:
            self._client.chat_delete(channel=posted.channel, ts=posted.ts)
        except SlackApiError as error:
            # A person, or an attempt with a lost reply, was there before.
            if slack_code(error) != "message_not_found":
                raise _meaning(error, drawn_plainly=True) from None
        except _LINE_BROKE as error:
            raise Uncertain(type(error).__name__) from None

    def _history(self, delivery: Delivery) -> Iterator[Mapping[str, Any]]:
        """The messages of the channel (or thread) since the first attempt, as Slack gives them."""
        where: dict[str, Any] = {
            "channel": self._channel(delivery),
            "include_all_metadata": True,
            "limit": _PAGE,
        }
        if delivery.first_sent is not None:
            where["oldest"] = f"{(delivery.first_sent - _MARGIN).timestamp():.6f}"
        for _ in range(_MOST_PAGES):
            page = self._page(delivery, where)
            messages = page.get("messages")
            yield from (m for m in messages or [] if isinstance(m, Mapping))
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            where["cursor"] = cursor
        raise CannotLook("the channel's history is too long to read")

    def _page(self, delivery: Delivery, where: Mapping[str, Any]) -> Mapping[str, Any]:
        if delivery.thread:
            return _read(
                lambda: self._client.conversations_replies(ts=delivery.thread or "", **where)
            )
        return _read(lambda: self._client.conversations_history(**where))

    def _channel(self, delivery: Delivery) -> str:
        """Where to look. Raises as `standing` does.

        What goes to a person's id is in a channel of its own, which the answer to a post names;
        where that was lost, Slack is queried for it, once.
        """
        if delivery.posted is not None:
            return delivery.posted.channel
        if not delivery.channel.startswith(("U", "W")):
            return delivery.channel
        if delivery.channel not in self._direct:
            self._direct[delivery.channel] = self._opened(delivery.channel)
        return self._direct[delivery.channel]

    def _opened(self, person: str) -> str:
        """The channel of the direct messages with a person."""
        try:
            opened = _read(lambda: self._client.conversations_open(users=person)).get("channel")
        except CannotLook as error:
            raise (MayNotLook if error.reason in _NOBODY else CannotLook)(error.reason) from None
        channel = opened.get("id") if isinstance(opened, Mapping) else None
        if not isinstance(channel, str) or not channel:
            raise CannotLook("a direct message without an id")
        return channel

    def _bot_id(self) -> str:
        """The id that Slack gives this bot's messages; fetched once. Raises as `standing` does."""
        if not self._identity:
            self._identity = _read(self._client.auth_test)
        bot_id = self._identity.get("bot_id")
        if not isinstance(bot_id, str) or not bot_id:
            raise MayNotLook("not_a_bot_token")
        return bot_id


def _implements(publisher: SlackPublisher) -> Publisher:
    """For the type checker: this is the Publisher that the outbox asks for."""
    return publisher


def _read(call: Callable[[], SlackResponse]) -> Mapping[str, Any]:
    """Slack's answer to a call that changes nothing. Raises PutOff, CannotLook or MayNotLook."""
    try:
        answer = call()
    except SlackApiError as error:
        if _is_put_off(error):
            raise PutOff(_wait(error)) from None
        code = slack_code(error)
        raise (MayNotLook if code in _CLOSED else CannotLook)(code) from None
    except _LINE_BROKE as error:
        raise CannotLook(type(error).__name__) from None
    return answer.data if isinstance(answer.data, Mapping) else {}


def _is_of(message: Mapping[str, Any], delivery: Delivery) -> bool:
    """Whether a message has a delivery's key, or is stored as the delivery.

    What is stored counts also where its metadata were lost, as they may be when a post is changed.
    """
    if delivery.posted is not None and message.get("ts") == delivery.posted.ts:
        return True
    metadata = message.get("metadata")
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != EVENT_TYPE:
        return False
    payload = metadata.get("event_payload")
    return isinstance(payload, Mapping) and payload.get("key") == delivery.key


def _meaning(error: SlackApiError, *, drawn_plainly: bool) -> PostTrouble:
    """What Slack's refusal says about a post, or about taking one back."""
    if _is_put_off(error):
        return PutOff(_wait(error))
    code = slack_code(error)
    if error.response.status_code != 200 or code in _SLACKS_OWN:
        return Uncertain(code if _SLACKS_WORD.fullmatch(code) else "an error of Slack's")
    if not _SLACKS_WORD.fullmatch(code):
        return Uncertain("an answer that is not Slack's")
    if code in _ILL_DRAWN and not drawn_plainly:
        return PutOff(0.0, code)
    return Refused(code)


def _is_put_off(error: SlackApiError) -> bool:
    return error.response.status_code == 429 or slack_code(error) == "ratelimited"


def _wait(error: SlackApiError) -> float:
    """How many seconds Slack asks to wait; half a minute where it does not say."""
    seconds = error.response.headers.get("Retry-After") or error.response.headers.get("retry-after")
    try:
        return max(float(seconds), 0.0)
    except (TypeError, ValueError):
        return _DEFAULT_WAIT


def _posted(data: object, channel: str) -> Posted | None:
    ts = data.get("ts") if isinstance(data, Mapping) else None
    place = data.get("channel") if isinstance(data, Mapping) else None
    if not isinstance(ts, str) or not ts:
        return None
    return Posted(place if isinstance(place, str) and place else channel, ts)
