"""The workers beside the answers: what they do, and blocks during which they run.

Part of the composition root: `bot.app.composition` opens these around a server or the playground.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from slack_bolt import App, BoltRequest
from slack_sdk import WebClient

from bot.app.alarms import Alarms
from bot.app.worker import Worker
from bot.app.zotero import running as zotero
from bot.digests.followups import FollowUps
from bot.digests.outbox import Hooks, Outbox, Timing, new_owner
from bot.digests.second_posts import SecondPosts
from bot.digests.timekeeper import Timekeeper
from bot.harvest.turns import HarvestTurns
from bot.store.deliveries import Delivery
from bot.store.harvests import Lease
from bot.store.values import ClockNote
from handlers.digests import Drawer
from handlers.inbox import ENTRY, Entry
from handlers.publisher import EachWorkspace
from handlers.services import Services

# How often each worker looks for something to do, in seconds.
DECIDE_SECONDS = 5.0
PLAN_SECONDS = 60.0
FORGET_SECONDS = 3600.0
# How long a post of the outbox may take: less than its lease (`bot.digests.outbox.Timing`).
POST_SECONDS = 10
# So many records are checked each time; every source also keeps its own pace.
CHECKED_AT_ONCE = 10
# And so many are completed from one service before it is the next one's turn.
COMPLETED_AT_ONCE = 500
# And so many full texts are fetched before they can be found.
FULL_TEXTS_AT_ONCE = 20
# How long stopping waits for a request that a source has not answered yet.
PATIENCE_SECONDS = 5.0


@contextmanager
def running(*workers: Worker) -> Iterator[None]:
    """Run workers for as long as the block lasts."""
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        for worker in workers:
            worker.stop()


def index_workers(services: Services) -> list[Worker]:
    """What keeps the index up with the store, and the store's memory of conversations short.

    Another process may write the store (`tme import`); what it wrote is found seconds later.
    """
    store, semantic = services.store, services.semantic
    workers = [
        Worker("index", lambda: services.index.follow(store)),
        Worker("forget", lambda: store.forget_old(services.now()), FORGET_SECONDS),
    ]
    if semantic is not None:
        workers.append(Worker("meaning", lambda: semantic.follow(store)))
    return workers


def harvest_worker(services: Services) -> Worker:
    """What harvests the sources that are due."""
    return Worker(
        "harvest",
        HarvestTurns(services.harvesting).step,
        PLAN_SECONDS,
        interrupt=services.harvesting.close,
        patience=PATIENCE_SECONDS,
    )


def complete_workers(services: Services) -> list[Worker]:
    """What completes stored records, unless that is switched off."""
    if not services.settings.complete:
        return []
    turns = HarvestTurns(services.completing, COMPLETED_AT_ONCE)
    return [
        Worker(
            "complete",
            turns.step,
            PLAN_SECONDS,
            interrupt=services.harvesting.close,
            patience=PATIENCE_SECONDS,
        )
    ]


def full_text_workers(services: Services) -> list[Worker]:
    """What fetches open full texts and makes them findable, where that is switched on."""
    if not services.settings.fulltext:
        return []

    def step() -> bool:
        looked = services.full_texts.step(FULL_TEXTS_AT_ONCE)
        services.full_text_index.follow()
        return looked > 0

    return [
        Worker(
            "full texts",
            step,
            PLAN_SECONDS,
            interrupt=services.harvesting.close,
            patience=PATIENCE_SECONDS,
        )
    ]


def zotero_workers(services: Services) -> list[Worker]:
    """What keeps the connected library of Zotero in step, where there is one and a key."""
    settings = services.settings
    if settings.zotero_key is None or not settings.zotero_file.exists():
        return []
    return [
        Worker(
            "zotero",
            lambda: zotero.sync(services, due=True),
            PLAN_SECONDS,
            interrupt=services.harvesting.close,
            patience=PATIENCE_SECONDS,
        )
    ]


def check_worker(services: Services) -> Worker:
    """What asks about retractions of stored records, within the sources' limits."""
    owner, harvests = new_owner(), services.store.harvests

    def step() -> None:
        # Without a contact address one source is left: completing asks it in batches.
        now = services.now()
        turn = Lease("retraction checks", owner, now + timedelta(seconds=2 * PLAN_SECONDS))
        # One server of several does it, until it is gone.
        if services.settings.contact is not None and harvests.lease(turn, now):
            services.checking.step(CHECKED_AT_ONCE)

    return Worker("checks", step, PLAN_SECONDS, patience=PATIENCE_SECONDS)


def posting_workers(services: Services, client: Callable[[str], WebClient | None]) -> list[Worker]:
    """What decides the digests that are due and posts what is in the outbox.

    `client` posts in a workspace, and repeats nothing by itself; None where no token stands. Any
    number of servers may do this over one store: they share the work.
    """
    drawer = Drawer(services)
    publisher = EachWorkspace(client, drawer)
    timing = Timing(steady=services.store.steady)

    def refused(delivery: Delivery, reason: str) -> float | None:
        if "club" in delivery.details:
            return services.clubs.on_refused(delivery, reason)
        return services.digests.on_refused(delivery, reason)

    outbox = Outbox(
        services.store.deliveries,
        publisher,
        services.now,
        timing,
        hooks=Hooks(refused=refused, outdated=drawer.outdated),
    )
    second_posts = SecondPosts(services.store.second_posts, publisher, services.now, timing)
    follow_ups = FollowUps(services.store, services.now)
    timekeeper = Timekeeper(
        services.now,
        time.monotonic,
        lambda now, seconds: services.store.notes.note_clock(ClockNote(now, seconds)),
    )

    def decide() -> bool:
        if not timekeeper.is_right():
            return False
        return any([services.digests.step(), services.clubs.step()])

    return [
        Worker("digests", decide, DECIDE_SECONDS),
        Worker("follow-ups", follow_ups.step, DECIDE_SECONDS),
        Worker("outbox", outbox.step),
        # A thread of its own: what reads history and takes back holds up no post.
        Worker("second-posts", second_posts.step, DECIDE_SECONDS),
    ]


def alarm_worker(alarms: Alarms) -> Worker:
    """What announces what is bad for long, and that it is in order again."""
    return Worker("alarms", alarms.step, PLAN_SECONDS)


def inbox_worker(services: Services, app: App) -> Worker:
    """What answers again: requests that Slack put off, or that a killed process left."""

    def again(entry: Entry) -> None:
        app.dispatch(
            BoltRequest(mode="socket_mode", body=dict(entry.taken.body), context={ENTRY: entry})
        )

    return Worker("inbox", lambda: services.inbox.step(again))


def unrepeating(
    client: WebClient, token: Callable[[str], str | None]
) -> Callable[[str], WebClient | None]:
    """Clients for each workspace that repeat nothing: the outbox knows what may be sent again."""

    def of(workspace: str) -> WebClient | None:
        own = token(workspace)
        if own is None:
            return None
        return WebClient(
            token=own, base_url=client.base_url, timeout=POST_SECONDS, retry_handlers=[]
        )

    return of
