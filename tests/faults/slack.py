"""A Slack that loses, delays and refuses, and that can have its callers killed or frozen.

It keeps what was posted, and answers `conversations.history` with it. Who calls is known by a
header; a caller also says when it is between its last look at the lease and the send.
"""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.slack_server import BOT_ID, BOT_USER, Sent, SlackServer, answered, body_of

WORKER = "x-worker"
BETWEEN = "between check and send"


@dataclass(slots=True)
class Post:
    """A message as Slack has it: whose it was, and how long ago that one had checked its lease."""

    key: str
    channel: str
    ts: str
    text: str
    metadata: dict[str, Any]
    worker: int
    since_check: float
    thread: str | None = None
    bot: str = BOT_ID
    deleted: bool = False


@dataclass(slots=True)
class Plan:
    """How likely each fault is at a point of a post, and how many kills and freezes there are.

    A freeze lasts `frozen` seconds. `looks` is how likely each of the faults is when the history is
    read or a post is taken back. `seed` makes the same draws again.
    """

    seed: int = 0
    lost_reply: float = 0.0
    lost_request: float = 0.0
    put_off: float = 0.0
    put_off_most: int = 10**9
    failed: float = 0.0
    looks: float = 0.0
    kills: int = 0
    freezes: int = 0
    frozen: float = 0.0
    chance: float = 0.1


@dataclass(slots=True)
class FaultySlack(SlackServer):
    """The stand-in; `plan` is what befalls those who call it."""

    plan: Plan = field(default_factory=Plan)
    posts: list[Post] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    # Called when a post arrived, and when it was kept but not answered yet.
    arrived: Callable[[], None] | None = None
    kept: Callable[[], None] | None = None
    # Called with the worker whose post is the second of a delivery; whether its reply is lost.
    doubling: Callable[[int, str], bool] | None = None
    # Called when the history is read; and with the worker that is about to take a post back:
    # whether its request is lost.
    looking: Callable[[], None] | None = None
    deleting: Callable[[int], bool] | None = None
    # The next answers to `chat.delete`: a status and Slack's word; the status 0 loses the reply.
    deletions: list[tuple[int, str]] = field(default_factory=list)
    # What happened to each delivery, in order: what to read when a test fails.
    story: dict[str, list[str]] = field(default_factory=dict)
    history_refusal: str | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _checked: dict[tuple[int, str], float] = field(default_factory=dict)
    _stopped: set[int] = field(default_factory=set)
    _killed: set[int] = field(default_factory=set)
    _thaws: list[threading.Timer] = field(default_factory=list)
    _random: random.Random = field(default_factory=random.Random)
    _began: float = field(default_factory=time.monotonic)

    def __enter__(self) -> Self:
        self._random.seed(self.plan.seed)
        return SlackServer.__enter__(self)

    def __exit__(self, *raised: Any) -> None:
        for thaw in self._thaws:
            thaw.join()
        SlackServer.__exit__(self, *raised)

    def got(self, path: str, _: Mapping[str, str], /) -> Sent:
        asked = dict(parse_qsl(urlsplit(path).query))
        self.between(int(asked["worker"]), asked["key"])
        return answered({})

    def posted(self, path: str, sent: bytes, headers: Mapping[str, str]) -> Sent:
        worker = int(headers.get(WORKER, 0))
        status, answer = self.take(path.removeprefix("/api/"), body_of(sent, headers), worker)
        more = {"retry-after": "1"} if status == 429 else {}
        return answered(answer, status, **more)

    # -- what happened ---------------------------------------------------------------------

    def standing(self, key: str) -> list[Post]:
        """The messages of a delivery that are there to be read."""
        return [post for post in self.posts if post.key == key and not post.deleted]

    def doubled(self) -> dict[str, list[Post]]:
        """Every delivery that was posted more than once, whatever became of it."""
        by_key: dict[str, list[Post]] = {}
        for post in self.posts:
            by_key.setdefault(post.key, []).append(post)
        return {key: posts for key, posts in by_key.items() if len(posts) > 1}

    def tell(self, key: str, worker: int, what: str) -> None:
        with self._lock:
            moment = time.monotonic() - self._began
            self.story.setdefault(key, []).append(f"{moment:7.2f} s  worker {worker}: {what}")

    # -- faults ----------------------------------------------------------------------------

    def draw(self, chance: float) -> bool:
        with self._lock:
            return self._random.random() < chance

    def strike(self, worker: int, where: str, key: str) -> None:
        """At a point of a post: kill or freeze its sender, while there are any of these left."""
        plan = self.plan
        with self._lock:
            struck = worker in self._stopped or worker in self._killed
            if not worker or struck or not self.draw(plan.chance):
                return
            if plan.kills and self.draw(0.75):
                plan.kills -= 1
                self.kill(worker, where, key)
                return
            if not plan.freezes:
                return
            plan.freezes -= 1
            self._stopped.add(worker)
            os.kill(worker, signal.SIGSTOP)
            self.done[f"freeze {where}"] += 1
            self.tell(key, worker, f"frozen {where}")
            thaw = threading.Timer(plan.frozen, self._thaw, [worker])
            thaw.start()
            self._thaws.append(thaw)

    def kill(self, worker: int, where: str, key: str) -> None:
        with self._lock:
            self._killed.add(worker)
            os.kill(worker, signal.SIGKILL)
            self.done[f"kill -9 {where}"] += 1
            self.tell(key, worker, f"killed {where}")

    def _thaw(self, worker: int) -> None:
        with self._lock:
            os.kill(worker, signal.SIGCONT)
            self._stopped.discard(worker)

    def between(self, worker: int, key: str) -> None:
        """A worker has looked at its lease, and is about to send."""
        with self._lock:
            self._checked[worker, key] = time.monotonic()
        self.tell(key, worker, "looked at its lease, and is about to send")
        self.strike(worker, BETWEEN, key)

    # -- the Web API -----------------------------------------------------------------------

    def take(self, method: str, body: dict[str, Any], worker: int) -> tuple[int, dict[str, Any]]:
        """The status and answer to a call; the status 0 is a connection that breaks."""
        if method == "auth.test":
            return 200, {"ok": True, "bot_id": BOT_ID, "user_id": BOT_USER}
        if method == "chat.postMessage":
            key = body["metadata"]["event_payload"]["key"]
            status, answer = self._post(body, worker, key)
            self.tell(key, worker, f"its post was answered with {status or 'nothing'}")
            return status, answer
        if method == "chat.delete":
            return self._delete(body, worker)
        if method in ("conversations.history", "conversations.replies"):
            return self._history(method, body)
        return 200, {"ok": False, "error": "unknown_method"}

    def _post(self, body: dict[str, Any], worker: int, key: str) -> tuple[int, dict[str, Any]]:
        plan = self.plan
        self.strike(worker, "before it was kept", key)
        if self.arrived:
            self.arrived()
        if self.done["429"] < plan.put_off_most and self.draw(plan.put_off):
            self.done["429"] += 1
            return 429, {"ok": False, "error": "ratelimited"}
        if self.draw(plan.lost_request):
            self.done["lost request"] += 1
            return 0, {}
        if self.draw(plan.failed / 2):
            self.done["500, not kept"] += 1
            return 500, {"ok": False, "error": "internal_error"}
        ts = self._keep(body, worker, key)
        return self._answer(body, worker, key, ts)

    def _answer(
        self, body: dict[str, Any], worker: int, key: str, ts: str
    ) -> tuple[int, dict[str, Any]]:
        """What the sender hears of a post that was kept."""
        plan = self.plan
        if self.doubling and key in self.doubled() and self.doubling(worker, key):
            self.done["lost reply"] += 1
            return 0, {}
        self.strike(worker, "after it was kept", key)
        if self.kept:
            self.kept()
        if self.draw(plan.lost_reply):
            self.done["lost reply"] += 1
            return 0, {}
        if self.draw(plan.failed / 2):
            self.done["500, kept"] += 1
            return 500, {"ok": False, "error": "internal_error"}
        return 200, {"ok": True, "channel": body["channel"], "ts": ts}

    def _keep(self, body: dict[str, Any], worker: int, key: str) -> str:
        with self._lock:
            number = len(self.posts)
            ts = f"{time.time():.0f}.{number:06d}"
            checked = self._checked.get((worker, key), time.monotonic())
            since = time.monotonic() - checked
            self.posts.append(
                Post(
                    key, body["channel"], ts, body.get("text", ""), body["metadata"], worker, since,
                    body.get("thread_ts"),
                )
            )  # fmt: skip
        self.tell(key, worker, f"posted as {ts}, {since:.2f} s after its look at the lease")
        return ts

    def _delete(self, body: dict[str, Any], worker: int) -> tuple[int, dict[str, Any]]:
        if self.deleting and self.deleting(worker):
            return 0, {}
        place = (body["channel"], body["ts"])
        found = [post for post in self.posts if (post.channel, post.ts) == place]
        status, word = self._fault("taking back")
        for post in found:
            self.tell(post.key, worker, f"takes back {post.ts}: {word or status or 'lost'}")
        if word:
            return status, {"ok": False, "error": word}
        if not any(not post.deleted for post in found):
            return 200, {"ok": False, "error": "message_not_found"}
        if any(post.bot != BOT_ID for post in found):
            self.done["not its own"] += 1
            return 200, {"ok": False, "error": "cant_delete_message"}
        with self._lock:
            for post in found:
                post.deleted = True
            self.done["taken back"] += 1
        return status, {"ok": True}

    def _fault(self, doing: str) -> tuple[int, str]:
        """How a call goes that is no post: a status, and Slack's word where it does not succeed."""
        if doing == "taking back" and self.deletions:
            return self.deletions.pop(0)
        for fault in ((429, "ratelimited"), (500, "internal_error"), (0, "")):
            if self.draw(self.plan.looks):
                self.done[f"{fault[0] or 'lost reply'}, {doing}"] += 1
                return fault
        return 200, ""

    def _history(self, method: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.done["history read"] += 1
        if self.looking:
            self.looking()
        if self.history_refusal:
            return 200, {"ok": False, "error": self.history_refusal}
        status, word = self._fault("reading history")
        if word or not status:
            return status, {"ok": False, "error": word}
        oldest, start = float(body.get("oldest", 0)), int(body.get("cursor") or 0)
        limit = int(body["limit"])
        thread = body["ts"] if method == "conversations.replies" else None
        with self._lock:
            found = [
                post
                for post in reversed(self.posts)
                if post.channel == body["channel"] and not post.deleted and float(post.ts) > oldest
                and (post.thread is None or method == "conversations.replies")
                and (thread is None or thread in (post.thread, post.ts))
            ]  # fmt: skip
        page = found[start : start + limit]
        shown = [
            {"ts": post.ts, "text": post.text, "bot_id": post.bot}
            | ({"metadata": post.metadata} if body.get("include_all_metadata") else {})
            for post in page
        ]
        more = str(start + limit) if start + limit < len(found) else ""
        return 200, {"ok": True, "messages": shown, "response_metadata": {"next_cursor": more}}
