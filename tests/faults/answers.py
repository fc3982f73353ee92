"""Servers that answer people while they are killed, and people who wait for their answers.

    .venv/bin/python -m tests.faults.answers [--questions 400] [--kills 20]

Whatever Slack heard acknowledged has to be answered, and no answer shown twice. What was in doubt
is offered, which has to be counted by the store; who sees no answer presses that button.
"""

import argparse
import json
import logging
import multiprocessing
import os
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import cycle
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from slack_sdk import WebClient

from bot.app.background import inbox_worker
from bot.app.bolt import build_bolt
from bot.app.composition import build_router, open_store, opened, seeds_folder
from bot.app.startup import prepare
from bot.errors import StoreAway
from bot.settings import Settings
from bot.store import StateStore
from handlers.inbox import Inbox
from handlers.router import Request, Surface
from handlers.transports import HttpTransport
from handlers.views.buttons import SHOW_KEPT
from tests.faults.slack import WORKER, FaultySlack, Plan
from tests.handlers.bodies import mention, press, slash
from tests.handlers.visitor import FORM, JSON, SECRET, Bot, form
from tests.processes import free_port

WORKERS, PEOPLE = 4, 8
# A lease of the usual twenty seconds makes a run longer; a busy machine lets a shorter one end.
LEASE = float(os.environ.get("TME_TEST_LEASE", "3"))
# What runs longer hangs.
AT_MOST_SECONDS = 600.0
# How likely Slack fails, and in what way.
FAULTS = {
    "lost_reply": 0.05, "lost_request": 0.02, "put_off": 0.03, "failed": 0.04, "looks": 0.03,
}  # fmt: skip
# Each finds something, and is cheap to answer.
ASKED = ("10.1002/ctd2.70098", "macrophage csf1r", "help", "hypoxia")


@dataclass(slots=True)
class AskedSlack(FaultySlack):
    """The faulty Slack, which also takes what answers a `response_url`, and knows the question."""

    # The offers to show an answer, by question: what their button carries.
    offers: dict[str, str] = field(default_factory=dict)
    offered: int = 0
    # When a question was heard and when a person first saw something; what each was told.
    heard: dict[str, float] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)
    said: Counter[str] = field(default_factory=Counter)

    def _keep(self, body: dict[str, Any], worker: int, key: str) -> str:
        pressed = _offer(body)
        self.seen.setdefault(key, time.monotonic())
        self.said[str(body.get("text", ""))] += 1
        if pressed is not None:
            self.offers[key], self.offered = pressed, self.offered + 1
            self.tell(key, worker, "offered")
            return "1700.0"
        if body.get("replace_original"):
            with self._lock:  # what is put in its place twice is there once
                self.posts[:] = [post for post in self.posts if post.text != f"shown {key}"]
            body = {**body, "text": f"shown {key}"}
        return FaultySlack._keep(self, body, worker, key)

    def take(self, method: str, body: dict[str, Any], worker: int) -> tuple[int, dict[str, Any]]:
        if method.startswith("/response/"):
            answer = {"channel": "response", "metadata": {}, **body}
            return self._post(answer, worker, method.rsplit("/", 1)[1])
        if method == "chat.postMessage":
            return self._post({"metadata": {}, **body}, worker, str(body.get("thread_ts")))
        return FaultySlack.take(self, method, body, worker)

    def address(self, key: str) -> str:
        return self.url.replace("/api/", f"/response/{key}")


def _offer(body: dict[str, Any]) -> str | None:
    """What the button of an offer carries; None: it is an answer."""
    blocks = body.get("blocks") or []
    blocks = json.loads(blocks) if isinstance(blocks, str) else blocks
    buttons = [each for block in blocks for each in block.get("elements", ())]
    return next((b["value"] for b in buttons if b.get("action_id") == SHOW_KEPT), None)


def serve(settings: Settings, url: str, port: int, until: str) -> None:
    """Serve as `tme serve` does over HTTP, until a file is there or somebody kills it."""
    logging.disable(logging.CRITICAL)
    client = WebClient(
        token="xoxb-test", base_url=url, retry_handlers=[], headers={WORKER: str(os.getpid())}
    )
    with opened(settings) as services:
        inbox = Inbox(services.store.inbox, lambda: datetime.now(UTC), services.store.steady, LEASE)
        own = replace(services, inbox=inbox)
        app = build_bolt(settings, build_router(own), client=client)
        transport = HttpTransport(app, "127.0.0.1", port)
        transport.start()
        worker, pause = inbox_worker(own, app), threading.Event()
        while not Path(until).exists():
            if not worker.step():
                pause.wait(0.05)
        transport.close()
        app.listener_runner.listener_executor.shutdown(wait=True)


@dataclass(slots=True)
class Servers:
    """Processes that serve, each on a port of its own; one that is killed is begun again."""

    url: str
    until: Path
    settings: dict[int, Settings]
    running: dict[int, ForkServerProcess] = field(default_factory=dict)

    @property
    def ports(self) -> list[int]:
        return list(self.settings)

    def begin(self, port: int) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["bot.app.serving", "tests.handlers.visitor"])
        process = context.Process(
            target=serve, args=(self.settings[port], self.url, port, str(self.until))
        )
        process.start()
        self.running[port] = process

    def revive(self) -> None:
        for port, process in list(self.running.items()):
            if not process.is_alive():
                process.join()
                self.begin(port)

    def pid(self, port: int) -> int:
        return self.running[port].pid or 0


@contextmanager
def servers(url: str, *settings: Settings) -> Iterator[Servers]:
    """Four servers, looked after until the block ends; these settings take turns."""
    those = Servers(
        url, settings[0].home / "until", dict(zip(_ports(), cycle(settings), strict=False))
    )
    over = threading.Event()
    for port in those.ports:
        those.begin(port)

    def look() -> None:
        while not over.wait(0.05):
            those.revive()

    looker = threading.Thread(target=look)
    looker.start()
    try:
        yield those
    finally:
        over.set()
        looker.join()
        those.until.touch()
        for process in those.running.values():
            process.join(30)
            process.kill()
            process.join()


def _ports() -> list[int]:
    return [free_port() for _ in range(WORKERS)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run went: what was acknowledged, how often each was shown, what the store counted."""

    acknowledged: frozenset[str]
    shown: Counter[str]
    offered: int
    repeats: int
    given_up: int
    done: Counter[str]
    seconds: float
    problems: list[str]
    # What happened to what was shown twice.
    stories: dict[str, list[str]]
    # The longest that a person waited after the question was heard, in seconds, and how often a
    # person was told what is no answer.
    slowest: float
    troubles: Counter[str]

    @property
    def lost(self) -> list[str]:
        return sorted(self.acknowledged - set(self.shown))

    @property
    def doubles(self) -> int:
        return sum(self.shown.values()) - len(self.shown)

    def __str__(self) -> str:
        happened = "; ".join(f"{what} {count}" for what, count in sorted(self.done.items()))
        return (
            f"{len(self.acknowledged)} questions acknowledged in {self.seconds:.0f} s; {happened}\n"
            f"lost {len(self.lost)}; shown twice {self.doubles}; offered {self.offered}, counted"
            f" {self.repeats}; longest wait {self.slowest:.1f} s\n{self.stories or ''}"
            + "".join(f"{count} times: {line}\n" for line, count in self.troubles.items())
        )


def run(
    home: Path,
    questions: int,
    kills: int,
    *,
    seed: int = 20260115,
    database: str | None = None,
    others: Sequence[str] = (),
    index: str | None = None,
    kept: Callable[[AskedSlack], None] = lambda _slack: None,
    is_slack_well: bool = False,
) -> Outcome:
    """Ask so many questions of four servers over one store, and wait for every answer.

    `database` is the address of one in PostgreSQL, which every second server reaches by one of the
    `others`; `index` is that of OpenSearch. `kept` is called with each answer that arrived. Where
    Slack `is_slack_well`, only processes fail.
    """
    each = [
        Settings(home=home, slack_signing_secret=SECRET, database_url=url, index_url=index)
        for url in (database, *others)
    ]
    with opened(each[0]) as services:
        prepare(services, seeds_folder())
        router = build_router(services)
        answers = {
            _begin(router.answer(Request(text, Surface.DIRECT)).message.text) for text in ASKED
        }
    plan = Plan(seed=seed, kills=kills, chance=0.1, **({} if is_slack_well else FAULTS))
    began = time.monotonic()
    with AskedSlack(plan) as slack, servers(slack.url, *each) as those:
        slack.kept = lambda: kept(slack)
        draws = random.Random(seed)
        chosen = [draws.choice(those.ports) for _ in range(questions)]
        with ThreadPoolExecutor(PEOPLE) as people:
            numbers = range(questions)
            acknowledged = frozenset(
                people.map(lambda number: _ask(slack, those, number, chosen[number]), numbers)
            )
        store = open_store(each[0])
        _wait(slack, store)
        while missing := set(slack.offers) - {post.key for post in slack.posts}:
            for key in missing:
                _press(slack, those, key)
            _wait(slack, store)
        left = store.inbox.unanswered()
        problems = store.check()
        store.close()
        shown = Counter(post.key for post in slack.posts)
        return Outcome(
            acknowledged, shown, slack.offered, left.repeats, left.given_up, slack.done,
            time.monotonic() - began, problems,
            {key: slack.story.get(key, []) for key in slack.doubled()},
            max((slack.seen[key] - at for key, at in slack.heard.items() if key in slack.seen),
                default=0.0),
            Counter({said: n for said, n in slack.said.items() if _begin(said) not in answers}),
        )  # fmt: skip


def is_short(said: str) -> bool:
    """Whether what is no answer is one line, which says what to do about it."""
    return "\n" not in said and ("in a moment" in said or "press Show it" in said)


def _begin(said: str) -> str:
    """The first line of what is said, which is the same each time."""
    return said.partition("\n")[0]


def _ask(slack: AskedSlack, those: Servers, number: int, port: int) -> str:
    """Ask until a server acknowledges; the key of the request that was acknowledged."""
    until = time.monotonic() + AT_MOST_SECONDS
    for attempt in range(10_000):
        assert time.monotonic() < until, "nobody acknowledges"
        key, body, kind = _request(slack, number, attempt)
        try:
            status, _ = Bot(port).signed(body, kind)
        except OSError:
            status, port = 0, those.ports[(those.ports.index(port) + 1) % WORKERS]
            threading.Event().wait(0.05)
        if status == 200:
            slack.heard[key] = time.monotonic()
            slack.strike(those.pid(port), "after it acknowledged", key)
            return key
    raise AssertionError("nobody acknowledges")


def _request(slack: AskedSlack, number: int, attempt: int) -> tuple[str, bytes, str]:
    """A question as Slack sends it: an event is sent again as it is, a command is typed again."""
    text = ASKED[number % len(ASKED)]
    if number % 3 == 0:
        key = f"17{number:06d}.000001"
        body = mention(text, event_id=f"Ev-{number}")
        body["event"] |= {"ts": key, "event_ts": key}
        return key, _json(body), JSON
    key = f"q{number}.{attempt}"
    if number % 3 == 1:
        return key, form(slash(text, slack.address(key))), FORM
    pressed = press("ask:0", {"q": text}, slack.address(key))
    return key, form({"payload": _json(pressed).decode()}), FORM


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()


def _press(slack: AskedSlack, those: Servers, key: str) -> None:
    """Press the button of an offer: nothing is seen above it."""
    pressed = press(SHOW_KEPT, slack.offers[key], slack.address(key), ephemeral=True)
    for port in those.ports:
        with suppress(OSError):
            Bot(port).signed(form({"payload": _json(pressed).decode()}), FORM)
            return


def _wait(slack: AskedSlack, store: StateStore) -> None:
    """Until nothing is open and every question has an answer, or patience ends."""
    until, pause = time.monotonic() + AT_MOST_SECONDS, threading.Event()
    while time.monotonic() < until:
        with suppress(StoreAway), store._connections.reading() as db:
            if not db.execute("SELECT count(*) FROM inbox WHERE state = 'open'").fetchone()[0]:
                return
        pause.wait(0.1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=int, default=400)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=20260115)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(Path(folder) / "home", given.questions, given.kills, seed=given.seed)
    print(outcome)
    if outcome.lost or outcome.doubles or outcome.offered > outcome.repeats:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
