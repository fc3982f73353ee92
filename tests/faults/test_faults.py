"""Nothing is lost and everything stands once, whatever befalls the processes that post.

The one case in which a delivery can be posted twice is made to happen, shown and counted: a
process frozen between its last look at the lease and the send, for longer than the lease lasts.
Its second post is taken back, also where the process is killed before it can know of it.
"""

import json
import multiprocessing
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from bot.digests.outbox import Outbox, Timing
from bot.errors import StoreBusy
from bot.store import StateStore
from bot.store.deliveries import NewDelivery, Outstanding, Pace, Posted
from tests.faults.slack import FaultySlack, Plan
from tests.faults.worker import publisher, work
from tests.processes import ROOT

pytestmark = pytest.mark.faults

DELIVERIES, CHANNELS, WORKERS, KILLS, FREEZES = 400, 40, 4, 24, 10
# Short, so that what was killed or frozen is found again soon.
TIMING = Timing(
    lease=3.0, request=1.0, settle=0.5, retry=0.3, pace=Pace(0.02, 0.0),
    looks=(1.0, 3.0, 6.0), again=0.2, look_pace=0.02,
)  # fmt: skip
# What runs longer hangs: on a busy machine the longest takes two minutes.
AT_MOST_SECONDS = 600.0
# How long workers wait for a lock, and for how long it is held against them.
PATIENCE, LOCKED = 0.5, 2.0
DUE = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)


def fill(store: StateStore, count: int, channels: int = CHANNELS) -> list[str]:
    keys = [f"s{number}:{DUE.isoformat()}" for number in range(count)]
    for number, key in enumerate(keys):
        new = NewDelivery(key, "/T1", "digest", f"C{number % channels}", DUE)
        assert store.deliveries.add(new, DUE)
        assert not store.deliveries.add(new, DUE)
    return keys


def held_to(slack: FaultySlack, store: StateStore, keys: list[str]) -> None:
    """Every delivery is posted, confirmed where it stands, and stands there once."""
    left = store.deliveries.outstanding()
    assert left == Outstanding(0, 0, 0, None)
    confirmed = {d.key: d for d in store.deliveries.in_state("posted", len(keys) + 1)}
    assert set(confirmed) == set(keys)
    for key in keys:
        standing = [Posted(post.channel, post.ts) for post in slack.standing(key)]
        assert standing == [confirmed[key].posted], "\n".join([key, *slack.story[key]])
        assert not confirmed[key].uncertain
    assert slack.done["not its own"] == 0
    assert store.check() == []


@contextmanager
def workers(
    database: Path | str, slack: FaultySlack, patience: float = 10.0, *others: str
) -> Iterator[None]:
    """Four processes that post; one that is killed is followed by another, until all is done.

    Every second one reaches the database by one of the `others` addresses, where there are any.
    """
    addresses = cycle((str(database), *others))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.worker"])
    running: dict[int, ForkServerProcess] = {}

    def begin() -> None:
        process = context.Process(target=work, args=(next(addresses), slack.url, TIMING, patience))
        process.start()
        running[process.sentinel] = process

    until = time.monotonic() + AT_MOST_SECONDS
    try:
        for _ in range(WORKERS):
            begin()
        while running:
            assert time.monotonic() < until, f"still running: {slack.done}"
            for sentinel in wait(list(running), timeout=1.0):
                ended = running.pop(sentinel)  # type: ignore[call-overload]
                ended.join()
                assert ended.exitcode in (0, -signal.SIGKILL), ended.exitcode
                if ended.exitcode:
                    begin()
        yield
    finally:
        for process in running.values():
            os.kill(process.pid or 0, signal.SIGCONT)
            process.kill()
            process.join()


def test_four_processes_that_are_killed_and_frozen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """400 deliveries, 24 times `kill -9`, 10 freezes, lost replies, 429s and 500s."""
    database = tmp_path / "tme.db"
    plan = Plan(
        seed=20260115, lost_reply=0.05, lost_request=0.02, put_off=0.03, put_off_most=8,
        failed=0.06, looks=0.05, kills=KILLS, freezes=FREEZES, frozen=1.5 * TIMING.lease,
    )  # fmt: skip
    started = time.monotonic()
    with closing(StateStore.open(database)) as store, FaultySlack(plan) as slack:
        keys = fill(store, DELIVERIES)
        with workers(database, slack):
            took = time.monotonic() - started
        killed = sum(n for what, n in slack.done.items() if what.startswith("kill"))
        # Far below what is to be expected (24, 20, 8, 12): the processes race, and draws with them.
        assert killed >= 20, slack.done
        assert slack.done["lost reply"] >= 5, slack.done
        assert slack.done["429"], slack.done
        assert slack.done["500, kept"], slack.done
        held_to(slack, store, keys)
        excused = []
        for key, posts in slack.doubled().items():
            late = max(posts, key=lambda post: post.since_check)
            told = "\n".join([key, *slack.story[key]])
            assert late.since_check >= TIMING.lease - TIMING.request, told
            excused.append(f"{key}: sent {late.since_check:.1f} s after the look at the lease")
    with capsys.disabled():
        print(f"\n{DELIVERIES} deliveries by {WORKERS} processes in {took:.0f} s")
        print("; ".join(f"{what} {count}" for what, count in sorted(slack.done.items())))
        print("lost 0; standing twice 0;")
        print(f"doubled for a while {len(excused)}, each by a freeze between check and send:")
        print("\n".join(f"  {each}" for each in excused))


def test_the_one_way_to_post_twice(tmp_path: Path) -> None:
    """Frozen between check and send for longer than the lease: the second post is taken back."""
    plan = Plan(seed=1, freezes=1, frozen=2 * TIMING.lease, chance=1.0)
    database = tmp_path / "tme.db"
    with closing(StateStore.open(database)) as store, FaultySlack(plan) as slack:
        keys = fill(store, 1)
        with workers(database, slack):
            pass
        assert slack.done["freeze between check and send"] == 1
        (posts,) = slack.doubled().values()
        assert max(post.since_check for post in posts) >= TIMING.lease
        assert slack.done["taken back"] == 1
        held_to(slack, store, keys)


def test_second_posts_that_nobody_knows_of(tmp_path: Path) -> None:
    """The late posts of frozen processes go through, and none of them can write that down.

    One is killed, one hears nothing from Slack, and one finds the store locked for longer than it
    waits.
    """
    plan = Plan(seed=1, freezes=3, frozen=2 * TIMING.lease, chance=1.0)
    database = tmp_path / "tme.db"
    with (
        closing(StateStore.open(database)) as store,
        closing(sqlite3.connect(database, check_same_thread=False)) as other,
        FaultySlack(plan) as slack,
    ):
        keys = fill(store, 3)
        killed, unheard, locked = keys
        unlock = threading.Timer(LOCKED, other.rollback)

        def cut_off(worker: int, key: str) -> bool:
            if key == killed:
                slack.kill(worker, "after its late post", key)
            if key == locked:
                other.execute("BEGIN IMMEDIATE")
                unlock.start()
            return key == unheard

        slack.doubling = cut_off
        with workers(database, slack, PATIENCE):
            unlock.join()
        assert slack.done["freeze between check and send"] == 3
        assert set(slack.doubled()) == set(keys)
        assert slack.done["taken back"] == 3
        held_to(slack, store, keys)


def test_a_kill_between_remembering_and_taking_back(tmp_path: Path) -> None:
    """Who was about to take a second post back is killed: another does it."""
    plan = Plan(seed=1, freezes=1, frozen=2 * TIMING.lease, chance=1.0)
    database = tmp_path / "tme.db"
    with closing(StateStore.open(database)) as store, FaultySlack(plan) as slack:
        keys = fill(store, 1)

        def kill(worker: int) -> bool:
            slack.deleting = None
            assert store.deliveries.outstanding().second_posts == 1
            slack.kill(worker, "before it took back", keys[0])
            return True

        slack.deleting = kill
        with workers(database, slack):
            pass
        assert slack.done["kill -9 before it took back"] == 1
        assert slack.done["taken back"] == 1
        held_to(slack, store, keys)


class Steady:
    """A steady clock that goes on only when a test says so."""

    def __init__(self) -> None:
        self.moment = 1_000.0

    def __call__(self) -> float:
        return self.moment


def alone(
    store: StateStore, slack: FaultySlack, steady: Steady, now: "Jumping | None" = None
) -> Outbox:
    timing = Timing(request=5.0, pace=Pace(0.0, 0.0), steady=steady)
    return Outbox(
        store.deliveries,
        publisher(slack.url, timing.request),
        now or (lambda: datetime.now(UTC)),
        timing=timing,
    )


def drain(outbox: Outbox, store: StateStore, steady: Steady, most: int) -> int:
    """Step until all is posted; how often the store was busy."""
    busy = 0
    for _ in range(most):
        if not store.deliveries.outstanding().pending:
            return busy
        try:
            if not outbox.step():
                steady.moment += 10.0
        except StoreBusy:
            busy += 1
    raise AssertionError("not everything was posted")


def test_a_locked_database(tmp_path: Path) -> None:
    """The lock is taken by another at every place in turn: before the claim, the send, the word."""
    database = tmp_path / "tme.db"
    steady = Steady()
    plan = Plan(seed=2, lost_reply=0.05)
    with (
        closing(StateStore.open(database, busy_timeout=0.02)) as store,
        closing(sqlite3.connect(database, check_same_thread=False)) as other,
        FaultySlack(plan) as slack,
    ):
        keys = fill(store, 40)

        def lock() -> None:
            if slack.draw(0.4) and not other.in_transaction:
                other.execute("BEGIN IMMEDIATE")

        slack.arrived = slack.kept = lock
        outbox = alone(store, slack, steady)
        busy = 0
        while store.deliveries.outstanding().pending:
            try:
                if not outbox.step():
                    steady.moment += 10.0
            except StoreBusy:
                busy += 1
                # Half of the time it is still locked when the next step begins.
                if slack.draw(0.5):
                    other.rollback()
        assert busy >= 10
        assert slack.doubled() == {}
        held_to(slack, store, keys)


class Jumping:
    """A wall clock that jumps an hour ahead and back."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def jump(self) -> None:
        self.offset = {
            timedelta(): timedelta(hours=1),
            timedelta(hours=1): timedelta(hours=-1),
            timedelta(hours=-1): timedelta(),
        }[self.offset]


def test_a_clock_that_jumps(tmp_path: Path) -> None:
    """An hour ahead and an hour back, at any point of a post: no lease is lost or kept by it."""
    clock, steady = Jumping(), Steady()
    with (
        closing(StateStore.open(tmp_path / "tme.db")) as store,
        FaultySlack(Plan(seed=3, lost_reply=0.2, lost_request=0.1)) as slack,
    ):
        keys = fill(store, 60)

        def jump() -> None:
            if slack.draw(0.5):
                clock.jump()
                slack.done["jump"] += 1

        slack.arrived = slack.kept = jump
        drain(alone(store, slack, steady, clock), store, steady, most=1_000)
        assert slack.done["jump"] >= 20
        assert slack.done["lost reply"] >= 5
        assert slack.doubled() == {}
        held_to(slack, store, keys)


def test_on_a_full_disk_questions_are_answered_and_the_rest_is_one_line(
    tmp_path: Path, seeded_home: Path
) -> None:
    """`tme ask` and `tme status` read what is there; `tme doctor` says what to mend."""
    unshare = shutil.which("unshare")
    how = ["-m"] if os.getuid() == 0 else ["-rm"]
    disk, home = tmp_path / "disk", tmp_path / "disk" / "home"
    disk.mkdir()
    (tmp_path / "refs.ris").write_text("TY  - JOUR\nTI  - A title\nER  - \n")
    tme = f"{sys.executable} -m bot.app.cli"
    script = f"""
        mount -t tmpfs -o size=24m none {disk} || exit 77
        cp -r {seeded_home} {home}
        dd if=/dev/zero of={disk}/ballast bs=4k 2>/dev/null
        for what in 'ask macrophages --limit 1' status doctor 'import {tmp_path}/refs.ris'; do
            echo "== $what"
            {tme} $what 2>&1
        done
        rm {disk}/ballast
        echo '== again'
        {tme} import {tmp_path}/refs.ris 2>&1
    """
    if unshare is None:
        pytest.skip("no disk of its own: unshare is not there")
    done = subprocess.run(
        [unshare, *how, "sh", "-c", script], cwd=ROOT, check=False, capture_output=True, text=True,
        timeout=AT_MOST_SECONDS, env={**os.environ, "TME_HOME": str(home)},
    )  # fmt: skip
    if done.returncode == 77:
        pytest.skip("no disk of its own: mount is not allowed here")
    ask, status, doctor, imported, again = done.stdout.removeprefix("== ").split("\n== ")
    assert "records" in ask
    assert "Records: 302" in status
    assert "MEND  Data folder: There is no room on the disk" in doctor
    said = "There is no room on the disk for tme.db to grow. Nothing was lost."
    assert imported.splitlines()[1:] == [f"tme: {said} Free some disk space and try again."]
    assert "1 new" in again
    assert "Traceback" not in done.stdout


def test_a_full_disk(tmp_path: Path) -> None:
    """On a small disk of its own, full at any point: nothing is sent that cannot be written down.

    What was posted before the disk was full is found in the history when there is room again.
    """
    unshare = shutil.which("unshare")
    how = ["-m"] if os.getuid() == 0 else ["-rm"]
    mounted = tmp_path / "disk"
    mounted.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(mounted)]
    own = [unshare or "unshare", *how, "sh", "-c", 'shift $1; "$@"', "sh"]
    if unshare is None or subprocess.run([*own, "1", *mount], check=False).returncode:
        pytest.skip("no disk of its own: unshare and mount are not allowed here")
    with FaultySlack(Plan(seed=4, lost_reply=0.05)) as slack:
        program = f"{' '.join(mount)} && exec {sys.executable} -m tests.faults.full_disk"
        done = subprocess.run(
            [unshare, *how, "sh", "-c", f"{program} {mounted} {slack.url}"],
            cwd=ROOT, check=True, capture_output=True, text=True, timeout=AT_MOST_SECONDS,
        )  # fmt: skip
        said = json.loads(done.stdout)
        assert said["full"] >= 10
        assert said["problems"] == []
        assert slack.doubled() == {}
        assert said["posted"] == {post.key: post.ts for post in slack.posts}
        assert len(said["posted"]) == said["deliveries"] == 40
