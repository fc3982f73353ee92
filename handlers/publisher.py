"""The outbox's way to Slack: one request a post, and the channel's history to look into.

Implements `bot.digests.outbox.Publisher`. What Slack's answer means for a delivery is decided in
`handlers.trouble`: what it certainly did not take is Refused or PutOff, everything else is
Uncertain until it is found. Only a message of this bot's own, with exactly a delivery's key,
counts as that delivery.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.digests.closed import NOT_INSTALLED
from bot.digests.outbox import (
    EVENT_TYPE,
    CannotLook,
    PostTrouble,
    Publisher,
    PutOff,
    Refused,
    Uncertain,
)
from bot.store.deliveries import Delivery, Posted
from handlers.history import History, has_key
from handlers.trouble import LINE_BROKE, meaning, slack_code
from handlers.views.message import Message

# Slack did not like how it was drawn: plain text still says everything.
_ILL_DRAWN = frozenset(
    ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long")
)
# The bot's clock may be wrong by this much without a post being overlooked.
_MARGIN = timedelta(days=1)


class SlackPublisher:
    """Posts deliveries as the bot. Its client must not repeat requests by itself."""

    def __init__(self, client: WebClient, draw: Callable[[Delivery], Message]) -> None:
        """`draw` makes the message of a delivery. Raises ValueError for a client that repeats."""
        if client.retry_handlers:
            raise ValueError("a client that repeats requests by itself may post twice")
        self._client = client
        self._draw = draw
        self._history = History(client)

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
            except LINE_BROKE as error:
                raise Uncertain(type(error).__name__) from None
            posted = _posted(answer.data, delivery.channel)
            if posted is None:
                raise Uncertain("an answer without a ts")
            return posted

        return send

    def standing(self, delivery: Delivery) -> Sequence[Posted]:
        """See `Publisher.standing`."""
        # The answer to a post names its channel; where that was lost, Slack is queried for it.
        channel = delivery.posted.channel if delivery.posted is not None else delivery.channel
        oldest = delivery.first_sent - _MARGIN if delivery.first_sent is not None else None
        return self._history.own(
            channel, delivery.thread, oldest, lambda message: _is_of(message, delivery)
        )

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
        except LINE_BROKE as error:
            raise PostTrouble(type(error).__name__) from None

    def retract(self, delivery: Delivery, posted: Posted) -> None:  # noqa: ARG002 - the Protocol's
        """See `Publisher.retract`."""
        try:
            self._client.chat_delete(channel=posted.channel, ts=posted.ts)
        except SlackApiError as error:
            # A person, or an attempt with a lost reply, was there before.
            if slack_code(error) != "message_not_found":
                raise _meaning(error, drawn_plainly=True) from None
        except LINE_BROKE as error:
            raise Uncertain(type(error).__name__) from None


class EachWorkspace:
    """Posts deliveries with the token of the workspace that each is for."""

    def __init__(
        self, client: Callable[[str], WebClient | None], draw: Callable[[Delivery], Message]
    ) -> None:
        """`client` is None for a workspace that has removed the app."""
        self._client, self._draw = client, draw
        self._publishers: dict[str, tuple[str | None, SlackPublisher]] = {}

    def ready(self, delivery: Delivery) -> Callable[[], Posted]:
        """See `Publisher.ready`."""
        publisher = self._of(delivery)
        if publisher is None:
            return _refused
        return publisher.ready(delivery)

    def standing(self, delivery: Delivery) -> Sequence[Posted]:
        """See `Publisher.standing`."""
        publisher = self._of(delivery)
        if publisher is None:
            raise CannotLook(NOT_INSTALLED)
        return publisher.standing(delivery)

    def amend(self, delivery: Delivery) -> None:
        """See `Publisher.amend`."""
        publisher = self._of(delivery)
        if publisher is None:
            raise PostTrouble(NOT_INSTALLED)
        publisher.amend(delivery)

    def retract(self, delivery: Delivery, posted: Posted) -> None:
        """See `Publisher.retract`."""
        publisher = self._of(delivery)
        if publisher is None:
            raise Refused(NOT_INSTALLED)
        publisher.retract(delivery, posted)

    def _of(self, delivery: Delivery) -> SlackPublisher | None:
        """What posts in its workspace, as long as the token stays the same."""
        client = self._client(delivery.workspace)
        if client is None:
            return None
        token, publisher = self._publishers.get(delivery.workspace, (None, None))
        if publisher is None or token != client.token:
            publisher = SlackPublisher(client, self._draw)
            self._publishers[delivery.workspace] = client.token, publisher
        return publisher


def _refused() -> Posted:
    raise Refused(NOT_INSTALLED)


def _implement(one: SlackPublisher, each: EachWorkspace) -> tuple[Publisher, Publisher]:
    """For the type checker: these are Publishers as the outbox asks for them."""
    return one, each


def _is_of(message: Mapping[str, Any], delivery: Delivery) -> bool:
    """Whether a message has a delivery's key, or is stored as the delivery.

    What is stored counts also where its metadata were lost, as they may be when a post is changed.
    """
    if delivery.posted is not None and message.get("ts") == delivery.posted.ts:
        return True
    return has_key(message, EVENT_TYPE, delivery.key)


def _meaning(error: SlackApiError, *, drawn_plainly: bool) -> PostTrouble:
    """What Slack's refusal says about a post, or about taking one back."""
    known, code = meaning(error), slack_code(error)
    if known is None and code in _ILL_DRAWN and not drawn_plainly:
        return PutOff(0.0, code)
    return known or Refused(code)


def _posted(data: object, channel: str) -> Posted | None:
    ts = data.get("ts") if isinstance(data, Mapping) else None
    place = data.get("channel") if isinstance(data, Mapping) else None
    if not isinstance(ts, str) or not ts:
        return None
    return Posted(place if isinstance(place, str) and place else channel, ts)
