"""The state of the local workspace: people, channels, messages, the home tab and open modals.

Kept in memory and bounded. Every change is published to the feed under the same lock, so that a
snapshot and its sequence number always agree.
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from bot.playground.feed import Feed

Json = dict[str, Any]

TEAM_ID, TEAM_NAME, TEAM_DOMAIN = "T0TMEDEMO", "TME demo", "tme-demo"
APP_ID, BOT_ID = "A0TMEDEMO", "B0TMEBOT"
YOU, BOT, COLLEAGUE = "U0YOU", "U0TMEBOT", "U0ANA"
LAB, JOURNAL_CLUB, DIRECT = "C0TMELAB", "C0JOURNAL", "D0TMEBOT"


@dataclass(frozen=True, slots=True)
class User:
    """A member of the workspace."""

    id: str
    name: str
    real_name: str
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """A place to talk: a channel, or the direct message between You and the bot."""

    id: str
    name: str
    topic: str
    is_im: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `kind` is "command" for the line that shows which slash command was typed.

    `ts` is seconds with six decimals, unique in the workspace, as Slack's is. `visible_to` names
    the only reader of an ephemeral message. `files` are pictures as the page draws them.
    """

    channel: str
    ts: str
    user: str
    text: str
    blocks: tuple[Json, ...] = ()
    thread_ts: str | None = None
    visible_to: str | None = None
    kind: Literal["message", "command"] = "message"
    edited: bool = False
    metadata: Json | None = None
    files: tuple[Json, ...] = ()

    def for_slack(self) -> Json:
        """The message object as Slack's API gives it."""
        body: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        body["team"] = TEAM_ID
        if self.user == BOT:
            body |= {"bot_id": BOT_ID, "app_id": APP_ID}
        if self.blocks:
            body["blocks"] = list(self.blocks)
        if self.thread_ts:
            body["thread_ts"] = self.thread_ts
        if self.metadata:
            body["metadata"] = self.metadata
        return body

    def for_page(self) -> Json:
        """The message object as the page draws it."""
        return {
            "channel": self.channel,
            "ts": self.ts,
            "user": self.user,
            "text": self.text,
            "blocks": list(self.blocks),
            "thread_ts": self.thread_ts,
            "ephemeral": self.visible_to is not None,
            "kind": self.kind,
            "edited": self.edited,
            "files": list(self.files),
        }


@dataclass(frozen=True, slots=True)
class OpenView:
    """A modal that is open in one tab of the page. `view` is as the bot gave it."""

    id: str
    tab: str
    view: Json
    hash: str
    root: str
    previous: str | None = None

    def for_slack(self, values: Json | None = None) -> Json:
        """The view object as Slack's payloads carry it, with the state of its inputs."""
        return {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            **self.view,
            "id": self.id,
            "hash": self.hash,
            "team_id": TEAM_ID,
            "app_id": APP_ID,
            "bot_id": BOT_ID,
            "root_view_id": self.root,
            "previous_view_id": self.previous,
            "state": {"values": values or {}},
        }


PEOPLE = (
    User(YOU, "you", "You"),
    User(BOT, "tme", "TME bot", is_bot=True),
    User(COLLEAGUE, "ana", "Ana"),
)
PLACES = (
    Channel(LAB, "tme-lab", "Questions to the bot, answered from the team's own papers"),
    Channel(JOURNAL_CLUB, "journal-club", "What we read this week"),
    Channel(DIRECT, "TME bot", "Only you and the bot", is_im=True),
)


@dataclass(slots=True)
class Workspace:
    """Everything that can be seen in the playground. Safe to use from several threads.

    `now` gives the time of messages; `kept` is the most messages kept in a channel; `examples` are
    messages to try, offered by the page; with `weeks` it offers to let one pass.
    """

    now: Callable[[], datetime]
    kept: int = 500
    views_kept: int = 20
    feed: Feed = field(default_factory=Feed)
    users: dict[str, User] = field(default_factory=lambda: {user.id: user for user in PEOPLE})
    channels: dict[str, Channel] = field(default_factory=lambda: {c.id: c for c in PLACES})
    bot_writes: int = 0
    examples: tuple[str, ...] = ()
    weeks: bool = False
    _note: str = ""
    _home: OpenView | None = None
    _messages: dict[str, dict[str, Message]] = field(default_factory=dict)
    _views: dict[str, OpenView] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _last_ts: int = 0

    def next_ts(self) -> str:
        """A message time that no other message has, in seconds with six decimals."""
        with self._lock:
            self._last_ts = max(int(self.now().timestamp() * 1_000_000), self._last_ts + 1)
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def post(self, channel: str, user: str, text: str, **more: Any) -> Message:
        """Add a message; the oldest of the channel goes when it holds more than `kept`."""
        with self._lock:
            message = Message(channel, self.next_ts(), user, text, **more)
            log = self._messages.setdefault(channel, {})
            log[message.ts] = message
            self._published("message", message)
            while len(log) > self.kept:
                self._published("delete", log.pop(next(iter(log))))
            return message

    def message(self, channel: str, ts: str) -> Message | None:
        """The message of that time, or None."""
        with self._lock:
            return self._messages.get(channel, {}).get(ts)

    def messages(self, channel: str) -> list[Message]:
        """The channel's messages, thread replies included, oldest first."""
        with self._lock:
            return list(self._messages.get(channel, {}).values())

    def edit(self, message: Message, text: str, blocks: tuple[Json, ...]) -> Message | None:
        """Put new content into a message; None when it is gone."""
        with self._lock:
            current = self.message(message.channel, message.ts)
            if current is None:
                return None
            edited = replace(current, text=text, blocks=blocks, edited=True)
            self._messages[message.channel][message.ts] = edited
            self._published("message", edited)
            return edited

    def delete(self, message: Message) -> bool:
        """Remove a message; False when it was already gone."""
        with self._lock:
            if self._messages.get(message.channel, {}).pop(message.ts, None) is None:
                return False
            self._published("delete", message)
            return True

    def open_view(self, tab: str, view: Json, previous: OpenView | None = None) -> OpenView:
        """Open a modal in a tab, over `previous` when it is pushed."""
        with self._lock:
            new = _view_id()
            root = previous.root if previous else new
            opened = OpenView(new, tab, view, _hash(), root, previous.id if previous else None)
            self._views[new] = opened
            while len(self._views) > self.views_kept:
                self._views.pop(next(iter(self._views)))
            self.feed.publish("view", tab=tab, id=new, view=view)
            return opened

    def view(self, view_id: str) -> OpenView | None:
        """The open modal (or the home tab) of that id, or None."""
        with self._lock:
            if self._home is not None and self._home.id == view_id:
                return self._home
            return self._views.get(view_id)

    def view_called(self, external_id: str) -> OpenView | None:
        """The open modal that the bot gave this external id, or None."""
        with self._lock:
            views = reversed(self._views.values())
            return next((v for v in views if v.view.get("external_id") == external_id), None)

    def update_view(self, opened: OpenView, view: Json) -> OpenView:
        """Put new content into an open modal."""
        with self._lock:
            updated = replace(opened, view=view, hash=_hash())
            self._views[opened.id] = updated
            self.feed.publish("view", tab=opened.tab, id=opened.id, view=view)
            return updated

    def close_view(self, opened: OpenView, *, whole_stack: bool = False) -> None:
        """Close a modal, and with `whole_stack` every modal it was pushed over."""
        with self._lock:
            for current in list(self._views.values()):
                if current.id == opened.id or (whole_stack and current.root == opened.root):
                    del self._views[current.id]
                    self.feed.publish("view_closed", tab=current.tab, id=current.id)

    def publish_home(self, view: Json) -> OpenView:
        """Set what You see on the bot's home tab."""
        with self._lock:
            home_id = self._home.id if self._home else _view_id()
            self._home = OpenView(home_id, "", view, _hash(), home_id)
            self.feed.publish("home", id=home_id, view=view)
            return self._home

    @property
    def home(self) -> OpenView | None:
        """The home tab as last published, or None."""
        with self._lock:
            return self._home

    def note(self, line: str) -> None:
        """A line on what goes on beside the messages, in place of the one before."""
        with self._lock:
            self._note = line
            self.feed.publish("note", line=line)

    def snapshot(self) -> Json:
        """Everything the page draws, and the number of the last event that is in it."""
        with self._lock:
            home = self._home
            return {
                "seq": self.feed.last,
                "me": YOU,
                "bot": BOT,
                "team": TEAM_NAME,
                "users": [{"id": u.id, "name": u.real_name} for u in self.users.values()],
                "channels": [
                    {"id": c.id, "name": c.name, "topic": c.topic, "is_im": c.is_im}
                    for c in self.channels.values()
                ],
                "messages": [
                    message.for_page()
                    for channel in self.channels
                    for message in self.messages(channel)
                    if message.visible_to in (None, YOU)
                ],
                "examples": list(self.examples),
                "weeks": self.weeks,
                "note": self._note,
                "home": {"id": home.id, "view": home.view} if home else None,
            }

    def _published(self, kind: str, message: Message) -> None:
        """Tell the page, unless the message is for another person's eyes."""
        if message.visible_to not in (None, YOU):
            return
        if kind == "delete":
            self.feed.publish("delete", channel=message.channel, ts=message.ts)
        else:
            self.feed.publish("message", message=message.for_page())


def _view_id() -> str:
    return f"V{secrets.token_hex(6).upper()}"


def _hash() -> str:
    return secrets.token_hex(8)
