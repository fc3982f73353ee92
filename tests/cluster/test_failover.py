"""The primary of PostgreSQL is killed and its standby promoted, while digests and questions run.

`TME_TEST_DELIVERIES=400` is the long form.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.store import StateStore
from tests.cluster import postgres
from tests.faults.slack import FaultySlack, Plan
from tests.faults.test_faults import DUE, TIMING, fill, held_to, workers

pytestmark = pytest.mark.postgres

DELIVERIES = int(os.environ.get("TME_TEST_DELIVERIES", "120"))


@pytest.fixture
def pair() -> Iterator[tuple[postgres.Server, postgres.Server]]:
    """A primary whose commits wait for its standby."""
    if reason := postgres.missing():
        pytest.skip(reason)
    with postgres.pair() as servers:
        yield servers


def test_the_primary_is_killed_while_digests_are_posted(
    pair: tuple[postgres.Server, postgres.Server], capsys: pytest.CaptureFixture[str]
) -> None:
    """Four processes post; some are killed, then the primary is: nothing is lost or doubled."""
    primary, standby = pair
    postgres.create(primary.port, "tme")
    url = postgres.address("tme", primary.port, standby.port)
    plan = Plan(seed=7, lost_reply=0.03, kills=4, chance=0.05)
    with closing(StateStore.connect(url)) as store, FaultySlack(plan) as slack:
        keys = fill(store, DELIVERIES)
        killed = threading.Lock()
        times: list[float] = []

        def strike() -> None:
            if len(slack.posts) < DELIVERIES // 3 or not killed.acquire(blocking=False):
                return
            times.append(time.monotonic())
            primary.kill()
            standby.promote()
            times.append(time.monotonic())

        slack.kept = strike
        started = time.monotonic()
        with workers(url, slack, 10.0):
            took = time.monotonic() - started
        assert len(times) == 2, "the primary was never killed"
        held_to(slack, store, keys)
        assert slack.doubled() == {}
    with capsys.disabled():
        print(f"\n{DELIVERIES} deliveries in {took:.0f} s; promoted in {times[1] - times[0]:.2f} s;"
              f" lost 0, doubled 0; {dict(slack.done)}")  # fmt: skip


__all__ = ["DUE", "TIMING"]
