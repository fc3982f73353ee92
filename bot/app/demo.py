"""The demo: the bot in a page of the browser, over a data folder and a clock of its own.

Part of the composition root. A visitor can let a week pass: samples arrive, digests are posted, and
something becomes known of what they brought.
"""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime, timedelta
from pathlib import Path

from bot.app.background import (
    COMPLETED_AT_ONCE,
    PATIENCE_SECONDS,
    PLAN_SECONDS,
    inbox_worker,
    index_workers,
    posting_workers,
    running,
    unrepeating,
)
from bot.app.bolt import build_bolt
from bot.app.composition import build_router, seeds_folder, utc_now
from bot.app.startup import settle
from bot.app.worker import Worker
from bot.digests.followups import FollowUps
from bot.digests.people import Person
from bot.errors import SettingsError
from bot.harvest.plan import Planned
from bot.playground.playground import PREFERRED_PORT, Playground, create
from bot.playground.workspace import COLLEAGUE, LAB, TEAM_ID
from bot.records.models import Record
from bot.settings import Settings
from bot.sources.starter import SampleWeeks
from bot.store.lookups import LookupCount
from handlers.services import Services

DAY = timedelta(days=1)
# What Ana watches in #tme-lab from the start, so that a week brings a digest to every visitor.
WATCHED = "macrophages weekly on MON at 09:00"
_WELCOME = (
    "I follow macrophages in here: *Let a week pass* (above) brings the digest, with sample papers,"
    " and what becomes of them. Drop a `.bib` or `.ris` file on the page to add your own."
)
# How long a week waits for the posts of its digests, and how often it looks.
_POSTED_WITHIN, _LOOKS_EVERY = 15.0, 0.1


def own_settings(settings: Settings, *, offline: bool) -> Settings:
    """The settings of the demo: a folder of its own in the data folder, never the team's store.

    `offline`: no service is queried to complete records.
    """
    own = {"home": settings.home / "demo", "complete": settings.complete and not offline}
    return settings.model_copy(update=own)


class Clock:
    """The time of the demo: that of the machine, and the days that a visitor let pass.

    They are counted in a file, so that the store's own times are never in the future.
    """

    def __init__(self, home: Path, now: Callable[[], datetime] = utc_now) -> None:
        self._file, self._now = home / "days", now
        try:
            self.days = int(self._file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            self.days = 0

    def __call__(self) -> datetime:
        """The moment it is in the demo."""
        return self._now() + self.days * DAY

    def pass_day(self) -> None:
        """Let it be a day later."""
        self.days += 1
        self._file.write_text(str(self.days), encoding="ascii")


class Weeks:
    """Lets weeks pass, one at a time."""

    def __init__(self, services: Services, clock: Clock, seeds: Path) -> None:
        self._services, self._clock, self._samples = services, clock, SampleWeeks(seeds)
        self._lock = threading.Lock()

    def let_pass(self) -> str:
        """Bring what arrives in a week, post its digests, then what became known; a line on it.

        Raises StoreError or SeedsMissing.
        """
        services = self._services
        with self._lock:
            week = self._clock.days // 7 + 1
            arriving = self._samples.arriving(week, services.now())
            self._take(arriving)
            for _ in range(7):
                self._clock.pass_day()
                services.digests.step()
                services.clubs.step()
                self._wait_for_posts()
            self._take(self._samples.ending(week, services.now()))
            FollowUps(services.store, services.now).step()
            self._wait_for_posts()
        if not arriving:
            return "A week has passed. No more samples are left: nothing new came in."
        return (
            f"A week has passed: {len(arriving)} sample papers came in. What was due is posted;"
            " news on a paper is in the thread of its digest."
        )

    def _take(self, records: Sequence[Record]) -> None:
        self._services.harvester.take(records, self._samples.name)
        self._services.index.follow(self._services.store)

    def _wait_for_posts(self) -> None:
        """News on a paper goes into the thread of the post that brought it, which must be there."""
        until = time.monotonic() + _POSTED_WITHIN
        while self._services.store.deliveries.outstanding().pending and time.monotonic() < until:
            time.sleep(_LOOKS_EVERY)


class Starting:
    """Completes the starter set in the background, and reports in a line each how that goes."""

    def __init__(self, services: Services, report: Callable[[str], None]) -> None:
        self._services, self._print = services, report
        self._last = ""

    def begin(self) -> bool:
        """Report what will be queried; whether anything is."""
        due = [each for each in self._services.completing.due() if _has_abstracts(each)]
        if not due:
            return False
        papers = self._services.completing.lacking()["abstract"]
        self._report(
            f"Asking {due[0].kind.label} for abstracts of {papers:,} papers; `--offline` leaves"
            " it out. Answers do not wait for it."
        )
        return True

    def step(self) -> None:
        """Complete some, and report what came of it. Raises SettingsError."""
        completing = self._services.completing
        for planned in completing.due():
            completing.run(planned, limit=COMPLETED_AT_ONCE)
        counts = {each.source: each for each in self._services.store.lookups.counts()}
        for standing in completing.standings():
            if not _has_abstracts(standing.planned):
                continue
            label, state = standing.planned.kind.label, standing.state
            if state is not None and state.error is not None:
                self._report(f"{label}: {state.error} Missing abstracts are asked for again later.")
            elif count := counts.get(standing.planned.kind.name):
                self._report(_brought(label, count, self._services.store.status().with_abstract))

    def _report(self, line: str) -> None:
        if line != self._last:
            self._print(line)
        self._last = line


def _has_abstracts(planned: Planned) -> bool:
    return "abstract" in planned.kind.completes


def _brought(label: str, count: LookupCount, with_abstract: int) -> str:
    return (
        f"{label} knows {count.known:,} of {count.works:,} papers;"
        f" records with an abstract now: {with_abstract:,}."
    )


def playground_of(services: Services, clock: Clock, port: int) -> Playground:
    """The playground of the demo, not started yet. Raises SettingsError when no port can be had."""
    router = build_router(services)
    _subscribe(services)
    try:
        return create(
            lambda client: build_bolt(services.settings, router, client=client),
            port=port,
            now=services.now,
            examples=_to_try(services),
            pass_week=Weeks(services, clock, seeds_folder()).let_pass,
        )
    except OSError as error:
        raise SettingsError(
            f"The playground found no port to listen on: {error.strerror}.",
            "Give another one with --port.",
        ) from None


def demo(
    services: Services,
    clock: Clock,
    report: Callable[[str], None],
    ready: Callable[[str], None],
    *,
    port: int = PREFERRED_PORT,
) -> None:
    """Serve the playground until SIGTERM or SIGINT; `ready` gets its address, `report` news.

    Raises SettingsError when no port can be had.
    """
    playground = playground_of(services, clock, port)
    settle(services)
    with running(*index_workers(services)), ExitStack() as later:

        def started(address: str) -> None:
            # Only now is there somebody who takes what is posted.
            client = unrepeating(playground.client, lambda _: playground.client.token)
            answering = inbox_worker(services, playground.app)
            later.enter_context(running(answering, *posting_workers(services, client)))
            playground.workspace.post(LAB, COLLEAGUE, _WELCOME)
            ready(address)
            if services.settings.complete:
                later.enter_context(_completing(services, playground, report))

        playground.serve(started)


def _completing(
    services: Services, playground: Playground, report: Callable[[str], None]
) -> AbstractContextManager[None]:
    """Run the worker that completes the starter set; its lines go to the terminal and the page."""

    def show(line: str) -> None:
        report(line)
        playground.workspace.note(line)

    starting = Starting(services, show)
    starting.begin()
    worker = Worker(
        "complete", starting.step, PLAN_SECONDS, interrupt=services.harvesting.close,
        patience=PATIENCE_SECONDS,
    )  # fmt: skip
    return running(worker)


def _subscribe(services: Services) -> None:
    """Let a colleague watch something in #tme-lab, once."""
    ana = Person(f"/{TEAM_ID}", LAB, COLLEAGUE)
    if not services.subscriptions.listed(ana):
        draft = services.subscriptions.draft(WATCHED, ana, services.usual_schedule)
        services.subscriptions.make(draft, ana)


def _to_try(services: Services) -> list[str]:
    """Messages that a first visitor can send with a click: they find what is stored."""
    first, *rest = services.examples.questions()
    mentioned = [f"@tme {each}" for each in rest[:1]]
    return [f"/tme {first}", *mentioned, *(f"/tme {each}" for each in rest[1:]), "/tme help"]
