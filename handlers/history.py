"""A channel's history, read to find messages of this bot's own by the key in their metadata."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.digests.outbox import CannotLook, MayNotLook, PutOff
from bot.store.deliveries import Posted
from handlers.trouble import LINE_BROKE, is_put_off, retry_after, slack_code

# The history of this channel is closed to the bot, whatever it does.
_CLOSED = frozenset(("missing_scope", "no_permission", "not_allowed_token_type"))
# No person can be written to there, so no direct messages can be read either.
_NOBODY = frozenset(("cannot_dm_bot", "user_disabled", "user_not_found", "user_not_visible"))
_PAGE = 200
_MOST_PAGES = 50


class History:
    """Reads histories as the bot. Methods raise PutOff, CannotLook or MayNotLook."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._identity: Mapping[str, object] = {}
        self._direct: dict[str, str] = {}

    def own(
        self,
        channel: str,
        thread: str | None,
        oldest: datetime | None,
        wanted: Callable[[Mapping[str, Any]], bool],
    ) -> list[Posted]:
        """This bot's messages of a channel (or thread) that are wanted, oldest first."""
        place = self.channel(channel)
        found = [each for each in self._messages(place, thread, oldest) if wanted(each)]
        if not found:
            return []
        bot_id = self._bot_id()
        own = (message.get("ts") for message in found if message.get("bot_id") == bot_id)
        return sorted((Posted(place, ts) for ts in own if isinstance(ts, str) and ts), key=_when)

    def channel(self, channel: str) -> str:
        """Where messages to this id are: those to a person are in a channel of its own."""
        if not channel.startswith(("U", "W")):
            return channel
        if channel not in self._direct:
            self._direct[channel] = self._opened(channel)
        return self._direct[channel]

    def _messages(
        self, channel: str, thread: str | None, oldest: datetime | None
    ) -> Iterator[Mapping[str, Any]]:
        where: dict[str, Any] = {"channel": channel, "include_all_metadata": True, "limit": _PAGE}
        if oldest is not None:
            where["oldest"] = f"{oldest.timestamp():.6f}"
        for _ in range(_MOST_PAGES):
            page = self._page(thread, where)
            messages = page.get("messages")
            yield from (m for m in messages or [] if isinstance(m, Mapping))
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            where["cursor"] = cursor
        raise CannotLook("the channel's history is too long to read")

    def _page(self, thread: str | None, where: Mapping[str, Any]) -> Mapping[str, Any]:
        if thread:
            return _read(lambda: self._client.conversations_replies(ts=thread, **where))
        return _read(lambda: self._client.conversations_history(**where))

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
        """The id that Slack gives this bot's messages; fetched once."""
        if not self._identity:
            self._identity = _read(self._client.auth_test)
        bot_id = self._identity.get("bot_id")
        if not isinstance(bot_id, str) or not bot_id:
            raise MayNotLook("not_a_bot_token")
        return bot_id


def has_key(message: Mapping[str, Any], event_type: str, key: str) -> bool:
    """Whether a message's metadata carry exactly this key."""
    metadata = message.get("metadata")
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != event_type:
        return False
    payload = metadata.get("event_payload")
    return isinstance(payload, Mapping) and payload.get("key") == key


def _when(posted: Posted) -> str:
    return posted.ts


def _read(call: Callable[[], SlackResponse]) -> Mapping[str, Any]:
    """Slack's answer to a call that changes nothing. Raises PutOff, CannotLook or MayNotLook."""
    try:
        answer = call()
    except SlackApiError as error:
        if is_put_off(error):
            raise PutOff(retry_after(error)) from None
        code = slack_code(error)
        raise (MayNotLook if code in _CLOSED else CannotLook)(code) from None
    except LINE_BROKE as error:
        raise CannotLook(type(error).__name__) from None
    return answer.data if isinstance(answer.data, Mapping) else {}
