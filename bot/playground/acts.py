"""What the person at the page does, turned into Slack's payloads and handed to the Bolt app."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse

from bot.playground import payloads
from bot.playground.files import Files
from bot.playground.handles import Handles, Target
from bot.playground.requests import Act, Close, Drop, OpenHome, PassWeek, Press, Say, Submit
from bot.playground.running import Gauge, Running, TrackedExecutor
from bot.playground.slack_api import Refusal, SlackApi, checked_view
from bot.playground.values import action_of, find_element, missing, view_values
from bot.playground.workspace import (
    BOT,
    DIRECT,
    LAB,
    YOU,
    Channel,
    Json,
    Message,
    OpenView,
    User,
    Workspace,
)

log = logging.getLogger(__name__)

COMMAND = "/tme"
UNHANDLED = "The bot has no answer to this: nothing in it listens for it."
FAILED = "The bot stumbled over this. The terminal where it runs says why."
THREAD_COMMAND = (
    f"Slack runs no slash commands in threads. Write `@tme …` here instead of {COMMAND}."
)


class Gone(Exception):
    """The message, button or modal of an act is no longer there; the text says so."""


@dataclass(slots=True)
class Acts:
    """Performs acts of one person, You, against the Bolt app. Safe to use from many threads.

    `respond_url` is what a response handle is put behind; `pass_week` lets a week pass and gives a
    line on it.
    """

    workspace: Workspace
    api: SlackApi
    app: App
    tracked: TrackedExecutor
    triggers: Handles[str]
    responses: Handles[Target]
    respond_url: str
    files: Files
    file_url: str
    gauge: Gauge
    pass_week: Callable[[], str] = lambda: "No week passes here."

    @property
    def _names(self) -> dict[str, str]:
        """The id of each channel and person by the name that is typed."""
        channels = {f"#{c.name}": c.id for c in self.workspace.channels.values() if not c.is_im}
        return channels | {f"@{u.name}": u.id for u in self.workspace.users.values()}

    @property
    def _you(self) -> User:
        return self.workspace.users[YOU]

    def perform(self, act: Act) -> Json:
        """Do one act and return what the page shows for it once the bot has acknowledged.

        `notice` is a line for the person; `errors` are lines for inputs, by block id. Raises Gone.
        """
        match act:
            case Say():
                return self._say(act)
            case Press():
                return self._press(act)
            case Submit():
                return self._submit(act)
            case Close():
                return self._close(act)
            case OpenHome():
                return self._open_home(act)
            case PassWeek():
                with self._running(act, channel=LAB):
                    return {"notice": self.pass_week()}

    def _say(self, act: Say) -> Json:
        channel = self._channel(act.channel)
        text = _clean(act.text)
        if not text:
            return {}
        root = self._root(channel, act.thread)
        if text.startswith("/"):
            return self._command(act, channel, text, in_thread=root is not None)
        words = payloads.with_names(payloads.as_slack_writes(text), self._names)
        message = self.workspace.post(channel.id, YOU, words, thread_ts=root)
        if channel.is_im:
            body = payloads.message_event(message, "message", channel_type="im")
        elif f"<@{BOT}>" in words:
            body = payloads.message_event(message, "app_mention")
        else:
            return {}
        with self._running(act, channel=channel.id, thread=root, answers=True) as running:
            return _noticed(self._dispatch(running, body))

    def drop(self, dropped: Drop, content: bytes) -> Json:
        """Bring a file into the direct message with the bot; as `perform`."""
        file = self.files.drop(dropped.name, content)
        direct = self._channel(DIRECT)
        message = self.workspace.post(direct.id, YOU, "", files=(file.for_page(),))
        body = payloads.message_event(
            message,
            "message",
            channel_type="im",
            subtype="file_share",
            files=[file.for_slack(self.file_url)],
        )
        with self._running(dropped, channel=direct.id, answers=True) as running:
            return _noticed(self._dispatch(running, body))

    def _command(self, act: Say, channel: Channel, text: str, *, in_thread: bool) -> Json:
        command, _, words = text.partition(" ")
        if in_thread:
            return {"notice": THREAD_COMMAND}
        if command.lower() != COMMAND:
            return {"notice": f"There is no {command[:40]} here. Try {COMMAND} help."}
        self.workspace.post(channel.id, YOU, payloads.escaped(text), visible_to=YOU, kind="command")
        target = Target(channel.id, YOU)
        handles = {
            "trigger_id": self.triggers.make(act.tab),
            "response_url": self._response_url(target),
        }
        requested = payloads.with_names(payloads.escaped(words.strip()), self._names)
        body = payloads.slash_command(COMMAND, requested, channel, self._you) | handles
        with self._running(act, channel=channel.id, answers=True) as running:
            response = self._dispatch(running, body)
            response_body = _said(response)
            if response_body and response.status == 200:
                try:
                    self.api.respond(target, response_body)
                except Refusal as refusal:
                    log.warning("the text in the acknowledgement was refused: %s", refusal.error)
                    return {"notice": FAILED}
            return _noticed(response)

    def _press(self, act: Press) -> Json:
        if act.view is not None:
            return self._press_in_view(act, act.view)
        channel = self._channel(act.channel or "")
        message = self.workspace.message(channel.id, act.ts or "")
        element = find_element(message.blocks, act.block, act.action) if message else None
        if message is None or element is None:
            raise Gone("That button is no longer there.")
        body = payloads.block_actions(
            self._action(act, element),
            self._you,
            trigger_id=self.triggers.make(act.tab),
            where=payloads.in_message(message, channel),
            response_url=self._response_url(Target(channel.id, YOU, message.ts)),
        )
        with self._running(act, channel=channel.id, thread=message.thread_ts) as running:
            return _noticed(self._dispatch(running, body))

    def _press_in_view(self, act: Press, view_id: str) -> Json:
        opened = self._view(view_id)
        element = find_element(opened.view["blocks"], act.block, act.action)
        if element is None:
            raise Gone("That button is no longer there.")
        body = payloads.block_actions(
            self._action(act, element),
            self._you,
            trigger_id=self.triggers.make(act.tab),
            where=payloads.in_view(opened, view_values(opened.view, act.values)),
        )
        with self._running(act) as running:
            return _noticed(self._dispatch(running, body))

    def _action(self, act: Press, element: Json) -> Json:
        return action_of(element, act.block, act.value, self.workspace.next_ts())

    def _submit(self, act: Submit) -> Json:
        opened = self._view(act.view)
        values = view_values(opened.view, act.values)
        if empty := missing(opened.view, values):
            return {"errors": empty}
        trigger = self.triggers.make(act.tab)
        body = payloads.view_submission(opened, values, self._you, trigger_id=trigger)
        with self._running(act) as running:
            response = self._dispatch(running, body)
            if response.status != 200:
                return _noticed(response)
            return self._submitted(opened, _said(response))

    def _submitted(self, opened: OpenView, response_body: Json) -> Json:
        """Do what the acknowledgement of a submission says (`response_action`)."""
        action = response_body.get("response_action")
        if action == "errors":
            return {"errors": response_body.get("errors") or {}}
        if action in ("update", "push"):
            try:
                view = checked_view(response_body.get("view"), "modal")
            except Refusal as refusal:
                log.warning("the view in the acknowledgement was refused: %s", refusal.detail)
                return {"notice": FAILED}
            if action == "update":
                self.workspace.update_view(opened, view)
            else:
                self.workspace.open_view(opened.tab, view, previous=opened)
            return {}
        self.workspace.close_view(opened, whole_stack=action == "clear")
        return {}

    def _close(self, act: Close) -> Json:
        opened = self.workspace.view(act.view)
        if opened is None:
            return {}
        self.workspace.close_view(opened)
        if opened.view.get("notify_on_close") is True:
            with self._running(act) as running:
                self._dispatch(running, payloads.view_closed(opened, self._you))
        return {}

    def _open_home(self, act: OpenHome) -> Json:
        at = self.workspace.next_ts()
        home = self.workspace.home
        body: Json = {"type": "app_home_opened", "user": YOU, "channel": DIRECT, "tab": "home"}
        if home is not None:
            body["view"] = home.for_slack()
        with self._running(act) as running:
            return _noticed(self._dispatch(running, payloads.event(body, at)))

    @contextmanager
    def _running(
        self,
        act: Act | Drop,
        *,
        channel: str | None = None,
        thread: str | None = None,
        answers: bool = False,
    ) -> Iterator[Running]:
        """Tell the page that the bot is at work, until the act and its listeners are done.

        With `answers`, an act after which the bot has written nothing is reported as `silent`.
        """
        feed, written = self.workspace.feed, self.workspace.bot_writes
        feed.publish("busy", act=act.act, channel=channel, thread=thread)
        self.gauge.start()

        def done() -> None:
            silent = answers and self.workspace.bot_writes == written
            feed.publish("done", act=act.act, tab=act.tab, silent=silent)
            self.gauge.stop()

        running = Running(done)
        try:
            yield running
        finally:
            running.finished()

    def _dispatch(self, running: Running, body: Json) -> BoltResponse:
        """Hand a payload to Bolt. Every failure in the app is one line in the log."""
        request = BoltRequest(mode="socket_mode", body=body, headers={})
        try:
            with self.tracked.on_behalf_of(running):
                return self.app.dispatch(request)
        except Exception as error:  # its own words may quote a person
            kind = type(error).__name__
            log.error("the bot raised %s while it was given a %s", kind, body.get("type"))  # noqa: TRY400
            return BoltResponse(status=500)

    def _response_url(self, target: Target) -> str:
        return self.respond_url + self.responses.make(target)

    def _channel(self, channel_id: str) -> Channel:
        channel = self.workspace.channels.get(channel_id)
        if channel is None:
            raise Gone("There is no such channel.")
        return channel

    def _root(self, channel: Channel, thread: str | None) -> str | None:
        if thread is None:
            return None
        message: Message | None = self.workspace.message(channel.id, thread)
        if message is None or message.visible_to is not None:
            raise Gone("That thread is no longer there.")
        return message.thread_ts or message.ts

    def _view(self, view_id: str) -> OpenView:
        opened = self.workspace.view(view_id)
        if opened is None:
            raise Gone("This window is no longer open.")
        return opened


def _noticed(response: BoltResponse) -> Json:
    """The line for the person when the bot did not take what it was given."""
    if response.status == 200:
        return {}
    return {"notice": UNHANDLED if response.status == 404 else FAILED}


def _said(response: BoltResponse) -> Json:
    """What an acknowledgement carries: Bolt gives plain text, JSON text or nothing."""
    body: Any = response.body
    if isinstance(body, str) and body.strip():
        try:
            body = json.loads(body)
        except ValueError:
            return {"text": body}
    return body if isinstance(body, dict) else {}


def _clean(text: str) -> str:
    """Typed text without null characters, and without blanks around it."""
    return text.replace("\x00", "").strip()
