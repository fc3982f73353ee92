"""A clock that jumps, ahead or back, by hours or years, silences nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk import WebClient

from bot.app.background import posting_workers, unrepeating
from bot.app.composition import build_router, opened
from bot.digests.timekeeper import JUMP_SECONDS, PROBATION_SECONDS, Timekeeper
from bot.harvest.plan import Planned, Standing
from bot.merging.merge import combine
from bot.schedule import Cadence, Schedule
from bot.settings import Settings
from bot.sources import SOURCES
from bot.store import StateStore
from bot.store.harvests import Harvest, Lease
from bot.store.subscriptions import NewSubscription, Watch
from handlers.router import Request, Surface
from handlers.services import Services
from tests.own_records import work
from tests.store.examples import START, Clock, doi, paper
from tests.store.subscriptions_contract import WATCH

YEARS = timedelta(days=4 * 365)
NINE = datetime(2026, 1, 16, 9, 0, tzinfo=UTC)
SCHEDULES = [
    Schedule(cadence, time(9, 0), zone, weekday=4, day=day)
    for cadence in Cadence
    for zone in ("UTC", "Europe/London", "Pacific/Apia")
    for day in (1, 5, 31)
]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(tmp_path: Path, clock: Clock) -> Iterator[Services]:
    with opened(Settings(home=tmp_path, starter=False), clock) as services:
        services.index.follow(services.store)
        yield services


def watch(services: Services, schedule: Schedule) -> str:
    words = services.subscriptions.understand("macrophages")
    new = NewSubscription("/T1", "C1", words, schedule)
    return services.store.subscriptions.add(new, "U1", services.now()).id


@pytest.mark.parametrize("jump", [YEARS, timedelta(days=9), -YEARS], ids=["years", "days", "back"])
def test_a_digest_comes_at_its_hour_after_the_clock_was_wrong(
    services: Services, clock: Clock, jump: timedelta
) -> None:
    """Also one that was decided while it was wrong: nothing is lost, and nothing comes twice."""
    watch(services, Schedule(Cadence.DAILY, time(9, 0), "UTC"))
    clock.moment = START + jump
    services.digests.step()
    services.harvester.take([work(1, "Macrophages in glioma")], "test")
    clock.moment = NINE - timedelta(hours=1)
    services.digests.step()
    clock.moment = NINE
    services.digests.step()
    [delivery] = [d for d in services.store.deliveries.in_state("pending", 9) if d.records]
    # After a clock that was behind, what it has missed comes as after any downtime.
    assert delivery.due == NINE if jump > timedelta() else NINE - timedelta(days=1)


def test_it_is_said_in_status_that_the_clock_was_wrong(services: Services, clock: Clock) -> None:
    watch(services, Schedule(Cadence.DAILY, time(9, 0), "UTC"))
    clock.moment = START + YEARS
    services.digests.step()
    clock.moment = START
    services.digests.step()

    def status() -> str:
        return build_router(services).answer(Request("status", Surface.TERMINAL)).message.text

    assert "Clock: the machine's clock had been ahead" in status()
    assert "1 subscription put right" in status()
    clock.moment = START + timedelta(days=8)
    assert "Clock: no jump noticed" in status()


@given(st.sampled_from(SCHEDULES), st.integers(0, 20 * 365 * 24 * 60))
def test_no_schedule_is_due_later_than_the_latest(schedule: Schedule, minutes: int) -> None:
    """So none that is right is ever put right."""
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    assert at < schedule.after(at) <= Schedule.latest_after(at)[schedule.cadence]


def test_what_is_due_in_time_and_records_that_are_followed_are_left_alone(
    services: Services, clock: Clock
) -> None:
    for schedule in SCHEDULES:
        watch(services, schedule)
    followed = Watch("record", "w1", WATCH.wanted, WATCH.described)
    new = NewSubscription("/T1", "C1", followed, SCHEDULES[0])
    services.store.subscriptions.add(new, "U1", START)
    assert services.store.subscriptions.put_right(START) == []
    clock.moment = START
    assert services.store.notes.clock() is None


# -- the timekeeper ------------------------------------------------------------------------


class Machine:
    """A wall clock that may jump, and one that counts seconds."""

    def __init__(self) -> None:
        self.wall, self.steady = START, 1000.0
        self.jumps: list[float] = []
        self.keeper = Timekeeper(
            lambda: self.wall, lambda: self.steady, lambda _now, by: self.jumps.append(by)
        )

    def after(self, seconds: float, jump: float = 0.0) -> bool:
        self.wall += timedelta(seconds=seconds + jump)
        self.steady += seconds
        return self.keeper.is_right()


def test_a_clock_that_goes_on_is_believed_at_once() -> None:
    machine = Machine()
    assert machine.keeper.is_right()
    assert all(machine.after(5, drift) for drift in (0, 1, -1, JUMP_SECONDS, -JUMP_SECONDS))
    assert machine.jumps == []


@pytest.mark.parametrize("jump", [JUMP_SECONDS + 1, -JUMP_SECONDS - 1, YEARS.total_seconds()])
def test_after_a_jump_it_is_believed_once_it_has_gone_on(jump: float) -> None:
    machine = Machine()
    machine.after(5)
    assert not machine.after(5, jump)
    assert machine.jumps == [jump]
    assert not machine.after(PROBATION_SECONDS - 1)
    assert machine.after(1)


def test_a_jump_there_and_back_decides_nothing_in_between() -> None:
    machine = Machine()
    machine.after(5)
    assert not machine.after(5, YEARS.total_seconds())
    assert not machine.after(60, -YEARS.total_seconds())
    assert not machine.after(PROBATION_SECONDS - 1)
    assert machine.after(1)
    assert len(machine.jumps) == 2


def test_a_server_asks_the_timekeeper_before_it_decides(services: Services, clock: Clock) -> None:
    """The worker of the digests: a jump is noted, and nothing is decided by it."""
    watch(services, Schedule(Cadence.DAILY, time(9, 0), "UTC"))
    services.harvester.take([work(1, "Macrophages in glioma")], "test")
    client = unrepeating(WebClient(), lambda _: None)
    [worker] = [w for w in posting_workers(services, client) if w.name == "digests"]
    worker.step()
    clock.moment = START + YEARS
    worker.step()
    note = services.store.notes.clock()
    assert note is not None
    assert note.seconds == pytest.approx(YEARS.total_seconds(), abs=60)
    assert services.store.deliveries.in_state("pending", 9) == []


# -- everything else that keeps a moment ---------------------------------------------------


def test_a_harvest_that_succeeded_in_days_to_come_is_due() -> None:
    kind = next(kind for kind in SOURCES if kind.name == "crossref")
    planned = Planned("a", kind, "q", None, timedelta(days=1), "https://x.y", {})

    def is_due(succeeded: timedelta, put_off: timedelta | None = None) -> bool:
        not_before = START + put_off if put_off else None
        state = Harvest(
            name="a", asks=planned.asks, succeeded=START + succeeded, not_before=not_before
        )
        return Standing(planned, state, START).is_due

    assert is_due(-timedelta(days=1))
    assert not is_due(timedelta(minutes=59))
    assert is_due(YEARS)
    assert not is_due(-timedelta(days=2), timedelta(days=7))
    assert is_due(-timedelta(days=2), YEARS)


def test_a_lease_and_a_check_of_a_clock_that_was_ahead_bind_nobody(tmp_path: Path) -> None:
    store = StateStore.open(tmp_path / "tme.db", now=lambda: START)
    minute = timedelta(minutes=1)
    assert store.harvests.lease(Lease("x.y", "one", START + YEARS), START + YEARS - minute)
    assert store.harvests.lease(Lease("x.y", "two", START + minute), START)
    assert not store.harvests.lease(Lease("x.y", "three", START + minute), START)
    [done] = store.upsert([paper(doi(1))], combine)
    store.standing.mark_checked([done.record_id], START + YEARS)
    month = timedelta(days=30)
    assert store.standing.due_for_check(START - month, 5) == [done.record_id]
    store.standing.mark_checked([done.record_id], START)
    store.close()
