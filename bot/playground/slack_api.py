"""The Slack Web API methods the bot may call here, answered from the workspace.

They answer, and refuse, as Slack does: `{"ok": false, "error": ...}` with Slack's error names.
Rate limits are not imitated.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from bot.playground import limits
from bot.playground.files import Files
from bot.playground.guard import BODY_LIMIT
from bot.playground.handles import Handles, Refused, Target
from bot.playground.workspace import (
    BOT,
    BOT_ID,
    DIRECT,
    TEAM_ID,
    TEAM_NAME,
    YOU,
    Channel,
    Json,
    Message,
    OpenView,
    User,
    Workspace,
)

_TRIGGER_ERRORS = {
    Refused.UNKNOWN: "invalid_trigger_id",
    Refused.EXPIRED: "expired_trigger_id",
    Refused.USED: "exchanged_trigger_id",
}


class Refusal(Exception):
    """An answer of `{"ok": false}`; `detail` is the line Slack gives a developer."""

    def __init__(self, error: str, detail: str | None = None) -> None:
        super().__init__(error)
        self.error, self.detail = error, detail

    def body(self) -> Json:
        """The JSON of the refusal."""
        body: Json = {"ok": False, "error": self.error}
        if self.detail:
            body["response_metadata"] = {"messages": [f"[ERROR] {self.detail}"]}
        return body


class SlackApi:
    """Answers one Web API call at a time. A trigger names the tab in which a view may open."""

    def __init__(
        self, workspace: Workspace, triggers: Handles[str], files: Files, url: str
    ) -> None:
        self._workspace, self._triggers, self._files = workspace, triggers, files
        self._url = url
        self._methods: Mapping[str, Callable[[Json], Json]] = {
            "api.test": self._api_test,
            "auth.test": self._auth_test,
            "chat.delete": self._delete,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.postMessage": self._post_message,
            "chat.update": self._update,
            "conversations.info": self._conversation,
            "conversations.members": self._members,
            "conversations.open": self._open_conversation,
            "files.completeUploadExternal": self._complete_upload,
            "files.getUploadURLExternal": self._upload_url,
            "files.info": self._file,
            "users.info": self._user,
            "views.open": self._open_view,
            "views.publish": self._publish_view,
            "views.update": self._update_view,
        }

    def call(self, method: str, arguments: Json) -> Json:
        """Answer `method` with Slack's JSON; never raises for what the bot sent."""
        answer = self._methods.get(method)
        if answer is None:
            return Refusal("unknown_method").body()
        try:
            return {"ok": True, **answer(arguments)}
        except Refusal as refusal:
            return refusal.body()

    def respond(self, target: Target, body: Json) -> None:
        """Do what a response URL was sent: post, replace or delete. Raises Refusal."""
        source = self._workspace.message(target.channel, target.message_ts or "")
        if _true(body.get("delete_original")):
            self._workspace.bot_writes += 1
            if source is not None:
                self._workspace.delete(source)
            return
        text, blocks = content(body)
        thread = self._thread(target.channel, body)
        self._workspace.bot_writes += 1
        if _true(body.get("replace_original")) and source is not None:
            self._workspace.edit(source, text, blocks)
            return
        visible_to = None if body.get("response_type") == "in_channel" else target.user
        self._workspace.post(
            target.channel, BOT, text, blocks=blocks, visible_to=visible_to, thread_ts=thread
        )

    def _api_test(self, arguments: Json) -> Json:
        return {"args": arguments}

    def _auth_test(self, _: Json) -> Json:
        return {
            "url": self._url,
            "team": TEAM_NAME,
            "team_id": TEAM_ID,
            "user": self._workspace.users[BOT].name,
            "user_id": BOT,
            "bot_id": BOT_ID,
            "is_enterprise_install": False,
        }

    def _post_message(self, arguments: Json) -> Json:
        channel = self._channel(arguments)
        text, blocks = content(arguments)
        value = _decoded(arguments.get("metadata"), "invalid_arguments")
        metadata = value if isinstance(value, dict) else None
        thread = self._thread(channel.id, arguments)
        self._workspace.bot_writes += 1
        message = self._workspace.post(
            channel.id, BOT, text, blocks=blocks, thread_ts=thread, metadata=metadata
        )
        return {"channel": channel.id, "ts": message.ts, "message": message.for_slack()}

    def _post_ephemeral(self, arguments: Json) -> Json:
        channel = self._channel(arguments)
        user = str(arguments.get("user") or "")
        if user not in self._workspace.users:
            raise Refusal("user_not_in_channel")
        text, blocks = content(arguments)
        thread = self._thread(channel.id, arguments)
        self._workspace.bot_writes += 1
        message = self._workspace.post(
            channel.id, BOT, text, blocks=blocks, thread_ts=thread, visible_to=user
        )
        return {"message_ts": message.ts}

    def _update(self, arguments: Json) -> Json:
        message = self._own_message(arguments, "cant_update_message")
        text, blocks = content(arguments)
        self._workspace.bot_writes += 1
        edited = self._workspace.edit(message, text, blocks)
        if edited is None:
            raise Refusal("message_not_found")
        body = edited.for_slack()
        return {"channel": message.channel, "ts": message.ts, "text": text, "message": body}

    def _delete(self, arguments: Json) -> Json:
        message = self._own_message(arguments, "cant_delete_message")
        self._workspace.bot_writes += 1
        self._workspace.delete(message)
        return {"channel": message.channel, "ts": message.ts}

    def _own_message(self, arguments: Json, foreign: str) -> Message:
        channel = self._channel(arguments)
        message = self._workspace.message(channel.id, str(arguments.get("ts") or ""))
        if message is None or message.visible_to is not None:
            raise Refusal("message_not_found")
        if message.user != BOT:
            raise Refusal(foreign)
        return message

    def _conversation(self, arguments: Json) -> Json:
        channel = self._channel(arguments)
        body: Json = {"id": channel.id, "is_im": channel.is_im, "is_archived": False}
        if channel.is_im:
            return {"channel": {**body, "user": YOU}}
        return {"channel": {**body, "name": channel.name, "is_channel": True, "is_member": True}}

    def _members(self, arguments: Json) -> Json:
        """Everybody is in every channel; in the direct message are You and the bot."""
        channel = self._channel(arguments)
        return {"members": [YOU, BOT] if channel.is_im else list(self._workspace.users)}

    def _open_conversation(self, arguments: Json) -> Json:
        users = str(arguments.get("users") or "").split(",")
        if arguments.get("channel") != DIRECT and users != [YOU]:
            raise Refusal("user_not_found")
        return {"channel": {"id": DIRECT}}

    def _upload_url(self, arguments: Json) -> Json:
        length = str(arguments.get("length") or "")
        name = str(arguments.get("filename") or "")
        if not name or not length.isdecimal() or not 0 < int(length) <= BODY_LIMIT:
            raise Refusal("invalid_arguments")
        file = self._files.announce(name, int(length), str(arguments.get("alt_txt") or ""))
        return {"file_id": file.id, "upload_url": f"{self._url}upload/{file.handle}"}

    def _file(self, arguments: Json) -> Json:
        file = self._files.with_id(str(arguments.get("file") or ""))
        if file is None:
            raise Refusal("file_not_found")
        return {"file": file.for_slack(f"{self._url}files/")}

    def _complete_upload(self, arguments: Json) -> Json:
        """Share uploaded files: one message with all of them, its text the comment."""
        given = _decoded(arguments.get("files"), "invalid_arguments")
        requested = (
            [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []
        )
        named = [self._files.name(str(f.get("id")), str(f.get("title") or "")) for f in requested]
        files = [file for file in named if file is not None]
        if not files or len(files) != len(named):
            raise Refusal("file_not_found")
        channel = self._channel({"channel": arguments.get("channel_id")})
        if arguments.get("channel_id") != channel.id:
            # Slack wants the id of a conversation here, not a name or a person.
            raise Refusal("channel_not_found")
        thread = self._thread(channel.id, arguments)
        self._workspace.bot_writes += 1
        self._workspace.post(
            channel.id, BOT, str(arguments.get("initial_comment") or ""), thread_ts=thread,
            files=tuple(file.for_page() for file in files),
        )  # fmt: skip
        return {"files": [file.for_slack() for file in files]}

    def _user(self, arguments: Json) -> Json:
        user: User | None = self._workspace.users.get(str(arguments.get("user") or ""))
        if user is None:
            raise Refusal("user_not_found")
        profile = {"real_name": user.real_name, "display_name": user.real_name}
        return {
            "user": {
                "id": user.id,
                "team_id": TEAM_ID,
                "name": user.name,
                "real_name": user.real_name,
                "is_bot": user.is_bot,
                "deleted": False,
                "tz": "Etc/UTC",
                "tz_offset": 0,
                "profile": profile,
            }
        }

    def _open_view(self, arguments: Json) -> Json:
        view = _view(arguments, "modal")
        tab = self._triggers.use(str(arguments.get("trigger_id") or ""))
        if isinstance(tab, Refused):
            raise Refusal(_TRIGGER_ERRORS[tab])
        self._workspace.bot_writes += 1
        return {"view": self._workspace.open_view(tab, view).for_slack()}

    def _update_view(self, arguments: Json) -> Json:
        opened = self._stored_view(arguments)
        if (given := arguments.get("hash")) and given != opened.hash:
            raise Refusal("hash_conflict")
        view = _view(arguments, str(opened.view["type"]))
        self._workspace.bot_writes += 1
        if opened.view["type"] == "home":
            return {"view": self._workspace.publish_home(view).for_slack()}
        return {"view": self._workspace.update_view(opened, view).for_slack()}

    def _stored_view(self, arguments: Json) -> OpenView:
        if external := arguments.get("external_id"):
            opened = self._workspace.view_called(str(external))
        else:
            opened = self._workspace.view(str(arguments.get("view_id") or ""))
        if opened is None:
            raise Refusal("not_found")
        return opened

    def _publish_view(self, arguments: Json) -> Json:
        if arguments.get("user_id") not in self._workspace.users:
            raise Refusal("user_not_found")
        view = _view(arguments, "home")
        self._workspace.bot_writes += 1
        if arguments["user_id"] != YOU:
            return {"view": view}
        return {"view": self._workspace.publish_home(view).for_slack()}

    def _channel(self, arguments: Json) -> Channel:
        """The channel named by id, by #name, or by the user a direct message goes to."""
        given = str(arguments.get("channel") or "")
        if given == YOU:
            given = DIRECT
        for channel in self._workspace.channels.values():
            if given == channel.id or (not channel.is_im and given.lstrip("#") == channel.name):
                return channel
        raise Refusal("channel_not_found")

    def _thread(self, channel: str, arguments: Json) -> str | None:
        """The root of the thread to post in; a reply's own time counts as its thread's."""
        given = arguments.get("thread_ts")
        if not given:
            return None
        root = self._workspace.message(channel, str(given))
        if root is None:
            raise Refusal("thread_not_found")
        return root.thread_ts or root.ts


def content(arguments: Json) -> tuple[str, tuple[Json, ...]]:
    """The text and blocks of a message, checked against Slack's limits. Raises Refusal."""
    text = arguments.get("text")
    text = text if isinstance(text, str) else ""
    blocks = _decoded(arguments.get("blocks"), "invalid_blocks_format") or []
    if not text.strip() and not blocks:
        raise Refusal("no_text")
    if len(text) > limits.MESSAGE_TEXT:
        raise Refusal("msg_too_long")
    if problem := limits.blocks_problem(blocks):
        raise Refusal("invalid_blocks", problem)
    if limits.is_too_long(blocks):
        raise Refusal("msg_blocks_too_long")
    return text, limits.with_ids(blocks)


def checked_view(view: object, kind: str) -> Json:
    """A view of that kind ("modal" or "home") with ids on its blocks. Raises Refusal."""
    if problem := limits.view_problem(view, kind):
        raise Refusal("invalid_arguments", problem)
    assert isinstance(view, dict)  # noqa: S101 - view_problem has just checked it; for mypy
    return {**view, "blocks": list(limits.with_ids(view["blocks"]))}


def _view(arguments: Json, kind: str) -> Json:
    return checked_view(_decoded(arguments.get("view"), "invalid_arguments"), kind)


def _decoded(value: Any, error: str) -> Any:
    """Form bodies carry objects as JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as problem:
        raise Refusal(error) from problem


def _true(value: object) -> bool:
    return value is True or value == "true"
