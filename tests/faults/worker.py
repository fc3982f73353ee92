"""A process that posts what is in the outbox until nothing is left, unless it is killed first.

It also takes back second posts.
"""

import logging
import os
import threading
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from slack_sdk import WebClient

from bot.digests.outbox import Outbox, Timing
from bot.digests.second_posts import SecondPosts
from bot.errors import StoreBusy
from bot.store import StateStore
from bot.store.deliveries import Delivery, Posted
from handlers.publisher import SlackPublisher
from handlers.views.message import Message
from handlers.views.parts import section
from tests.faults.slack import WORKER


def draw(delivery: Delivery) -> Message:
    """A message that says which delivery it is."""
    return Message((section(f"Digest {delivery.key}"),))


class Watched:
    """The real publisher, which also tells the stand-in when a send is about to begin."""

    def __init__(self, publisher: SlackPublisher, url: str) -> None:
        self._publisher, self._url = publisher, url
        self.standing, self.retract = publisher.standing, publisher.retract
        self.amend = publisher.amend

    def ready(self, delivery: Delivery) -> Callable[[], Posted]:
        send = self._publisher.ready(delivery)
        asked = urlencode({"worker": os.getpid(), "key": delivery.key})

        def told() -> Posted:
            with urllib.request.urlopen(f"{self._url}between?{asked}", timeout=60):  # noqa: S310
                pass
            return send()

        return told


def _now() -> datetime:
    return datetime.now(UTC)


def publisher(url: str, timeout: float) -> SlackPublisher:
    client = WebClient(
        token="xoxb-test",
        base_url=url,
        timeout=timeout,  # type: ignore[arg-type]  # urllib takes parts of a second
        retry_handlers=[],
        headers={WORKER: str(os.getpid())},
    )
    return SlackPublisher(client, draw)


def work(database: str, url: str, timing: Timing, patience: float) -> None:
    """Step until no delivery is pending, and none is to be looked at again.

    `patience` is how long to wait for a lock of the database, in seconds.
    """
    logging.disable(logging.CRITICAL)
    if database.startswith("postgresql:"):
        store = StateStore.connect(database, busy_timeout=patience)
    else:
        store = StateStore.open(Path(database), busy_timeout=patience)
    timing = replace(timing, steady=store.steady)
    slack = publisher(url, timing.request)
    outbox = Outbox(store.deliveries, Watched(slack, url), _now, timing=timing)
    second_posts = SecondPosts(store.second_posts, slack, _now, timing)
    pause = threading.Event()
    while True:
        try:
            busy = outbox.step() | second_posts.step()
            if not (
                busy or store.deliveries.outstanding().pending or store.second_posts.looks_left()
            ):
                break
        except StoreBusy:
            busy = False
        if not busy:
            pause.wait(0.05)
    store.close()
