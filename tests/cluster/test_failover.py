"""The primary of PostgreSQL is killed and its standby promoted, while digests and questions run.

`TME_TEST_DELIVERIES=400` is the long form.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.store import StateStore
from tests.cluster import postgres
from tests.cluster.proxy import Proxy
from tests.faults.answers import is_short, run
from tests.faults.slack import FaultySlack, Plan
from tests.faults.test_faults import fill, held_to, workers

pytestmark = pytest.mark.postgres

DELIVERIES = int(os.environ.get("TME_TEST_DELIVERIES", "120"))


# How long servers are without their database.
CUT_SECONDS = 1.0
QUESTIONS = int(os.environ.get("TME_TEST_QUESTIONS", "90"))


@dataclass(slots=True)
class Failing:
    """Kills the primary and promotes its standby, once, when so many posts were kept."""

    primary: postgres.Server
    standby: postgres.Server
    after: int
    _once: threading.Lock = field(default_factory=threading.Lock)
    _began: float = 0.0
    _ended: float = 0.0

    def at(self, posts: int) -> None:
        if posts >= self.after and self._once.acquire(blocking=False):
            self._began = time.monotonic()
            self.primary.kill()
            self.standby.promote()
            self._ended = time.monotonic()

    @property
    def took(self) -> float:
        """How long there was no primary, in seconds."""
        assert self._ended, "the primary was never killed"
        return self._ended - self._began


def database(pair: tuple[postgres.Server, postgres.Server]) -> str:
    """The address of an empty database on whichever of the two takes writes."""
    primary, standby = pair
    postgres.create(primary.port, "tme")
    return postgres.address("tme", primary.port, standby.port)


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
    url = database(pair)
    plan = Plan(seed=7, lost_reply=0.03, kills=4, chance=0.05)
    with closing(StateStore.connect(url)) as store, FaultySlack(plan) as slack:
        keys = fill(store, DELIVERIES)
        failing = Failing(*pair, DELIVERIES // 3)
        slack.kept = lambda: failing.at(len(slack.posts))
        started = time.monotonic()
        with workers(url, slack, 10.0):
            took = time.monotonic() - started
        held_to(slack, store, keys)
        assert slack.doubled() == {}
    with capsys.disabled():
        print(f"\n{DELIVERIES} deliveries in {took:.0f} s; promoted in {failing.took:.2f} s;"
              f" lost 0, doubled 0; {dict(slack.done)}")  # fmt: skip


def test_servers_are_cut_off_from_the_database(
    postgres_server: postgres.Server, databases: Callable[[], str],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Two of four lose the database, three times; the others go on, and nothing stands twice."""
    url = databases()
    plan = Plan(seed=11, lost_reply=0.03)
    with (
        closing(StateStore.connect(url)) as store,
        FaultySlack(plan) as slack,
        Proxy(postgres_server.port) as line,
    ):
        keys = fill(store, DELIVERIES)
        mends: list[threading.Timer] = []

        def cut() -> None:
            if len(slack.posts) >= DELIVERIES * (len(mends) + 1) // 4 and len(mends) < 3:
                line.cut()
                mends.append(threading.Timer(CUT_SECONDS, line.mend))
                mends[-1].start()

        slack.kept = cut
        behind = url.replace(f":{postgres_server.port}/", f":{line.port}/")
        with workers(url, slack, 1.0, behind):
            pass
        for mend in mends:
            mend.join()
        assert len(mends) == 3
        held_to(slack, store, keys)
        assert slack.doubled() == {}
    with capsys.disabled():
        print(f"\n{DELIVERIES} deliveries, cut off 3 times for {CUT_SECONDS} s: lost 0, doubled 0")


def test_the_primary_is_killed_while_questions_are_answered(
    pair: tuple[postgres.Server, postgres.Server], tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Four servers answer; two are killed, and the primary: what was acknowledged is answered.

    A private answer that was under way when its server was killed cannot be looked for: it is
    offered, and shown where the person sees none (`tests.faults.test_answers`).
    """
    failing = Failing(*pair, QUESTIONS // 3)
    outcome = run(
        tmp_path / "home", QUESTIONS, kills=2, database=database(pair),
        kept=lambda slack: failing.at(len(slack.posts)), is_slack_well=True,
    )  # fmt: skip
    with capsys.disabled():
        print(f"\n{outcome}; promoted in {failing.took:.2f} s")
    assert len(outcome.acknowledged) == QUESTIONS
    assert outcome.lost == []
    assert outcome.given_up == 0
    assert outcome.doubles == 0
    assert outcome.offered <= outcome.repeats
    assert outcome.problems == []
    assert all(is_short(said) for said in outcome.troubles), outcome.troubles
