"""What goes on beside the answers: each a block during which a thread does its work.

Part of the composition root: `bot.app` opens these around a server or the playground.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from slack_sdk import WebClient

from bot import collector
from bot.check_schedule import CheckSchedule
from bot.digests.followups import FollowUps
from bot.digests.outbox import Heard, Outbox, Postman
from bot.digests.second_posts import SecondPosts
from bot.follower import Follower
from bot.harvesting.schedule import HarvestSchedule
from handlers.delivery import TIMEOUT_SECONDS
from handlers.digests import Drawer
from handlers.publisher import SlackPublisher
from handlers.router import Services

# How often it is looked what is due.
DECIDE_SECONDS = 5.0


def settle(services: Services) -> None:
    """Load what every question needs, and tell the garbage collector that it stays."""
    services.search.known_words()
    collector.leave_alone()


@contextmanager
def following(services: Services) -> Iterator[None]:
    """Keep what is derived from the store up with it for as long as the block lasts."""
    followers = [Follower(services.store, services.index, services.now)]
    if services.semantic is not None:
        followers.append(
            Follower(services.store, services.semantic, services.now, what="Ranking by meaning")
        )
    for follower in followers:
        follower.start()
    try:
        yield
    finally:
        for follower in followers:
            follower.stop()


@contextmanager
def harvesting(services: Services) -> Iterator[None]:
    """Harvest what is due for as long as the block lasts."""
    schedule = HarvestSchedule(services.harvesting)
    schedule.start()
    try:
        yield
    finally:
        schedule.stop()


@contextmanager
def checking(services: Services) -> Iterator[None]:
    """Ask who knows of retractions about the records held, for as long as the block lasts."""
    schedule = CheckSchedule(services.checking)
    schedule.start()
    try:
        yield
    finally:
        schedule.stop()


@contextmanager
def posting(services: Services, client: WebClient) -> Iterator[None]:
    """Decide what is due, and post what is in the outbox, for as long as the block lasts.

    Any number of servers may do this over one store: they share the work.
    """
    drawer = Drawer(services)
    publisher = SlackPublisher(client, drawer)
    outbox = Outbox(
        services.store.deliveries,
        publisher,
        services.now,
        heard=Heard(refused=services.digests.heard_refused, outdated=drawer.outdated),
    )
    second_posts = SecondPosts(services.store.second_posts, publisher, services.now)
    follow_ups = FollowUps(services.store, services.now)
    postmen = (
        Postman(services.digests.step, "tme-digests", DECIDE_SECONDS),
        Postman(follow_ups.step, "tme-follow-ups", DECIDE_SECONDS),
        Postman(outbox.step, "tme-outbox"),
        # A thread of its own: what reads history and takes back holds up no post.
        Postman(second_posts.step, "tme-second-posts", DECIDE_SECONDS),
    )
    for postman in postmen:
        postman.start()
    try:
        yield
    finally:
        for postman in postmen:
            postman.stop()


def unrepeating(client: WebClient) -> WebClient:
    """A client that repeats nothing: the outbox knows what may be sent again."""
    return WebClient(
        token=client.token, base_url=client.base_url, timeout=TIMEOUT_SECONDS, retry_handlers=[]
    )
