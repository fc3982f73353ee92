"""Every moment at which something is due, over two years, against another way of reckoning."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digests import subscribing
from bot.schedule import Cadence, Schedule, zone_named, zones
from bot.store import StateStore
from bot.store.subscriptions import Decision, NewSubscription, Watch

# Summer time at different hours and on different days, by half an hour too, at midnight, in the
# south; a zone of quarter hours; and one that never changes. The two years hold a leap day.
ZONES = (
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "America/Santiago",
    "Asia/Kolkata",
)
TIMES = (time(0, 15), time(1, 30), time(2, 30), time(9, 0), time(23, 45))
BEGIN, END = datetime(2027, 12, 20, tzinfo=UTC), datetime(2030, 1, 10, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
FIRST, LAST = datetime(2028, 1, 1, tzinfo=UTC), datetime(2029, 12, 31, tzinfo=UTC)


@pytest.fixture(scope="module")
def walked() -> dict[str, dict[date, list[tuple[datetime, time]]]]:
    """Each zone's days, as a clock on the wall there shows them every quarter of an hour."""
    days: dict[str, dict[date, list[tuple[datetime, time]]]] = {name: {} for name in ZONES}
    for name in ZONES:
        zone, moment = ZoneInfo(name), BEGIN
        while moment < END:
            wall = moment.astimezone(zone)
            days[name].setdefault(wall.date(), []).append((moment, wall.time()))
            moment += QUARTER
    return days


def on_the_wall(day: list[tuple[datetime, time]], at: time) -> datetime:
    """When the clock on the wall first shows a time; where it never does, as long after the
    day's beginning as the time says."""
    for moment, shown in day:
        if shown == at:
            return moment
    return day[0][0] + timedelta(hours=at.hour, minutes=at.minute)


def wanted(schedule: Schedule, days: list[date]) -> list[date]:
    """The days of a cadence, by looking at each in turn."""
    if schedule.cadence is Cadence.DAILY:
        return days
    if schedule.cadence is Cadence.WEEKDAYS:
        return [day for day in days if day.weekday() < 5]
    if schedule.cadence is Cadence.WEEKLY:
        return [day for day in days if day.weekday() == schedule.weekday]
    if schedule.cadence is Cadence.FORTNIGHTLY:
        # Monday 5 January 1970 began an even week.
        weeks = ((day, (day - date(1970, 1, 5)).days // 7) for day in days)
        return [day for day, week in weeks if day.weekday() == schedule.weekday and week % 2 == 0]
    last = {(day.year, day.month): day.day for day in days}
    if schedule.cadence is Cadence.MONTHLY_WEEKDAY:
        same = [day for day in days if day.weekday() == schedule.weekday]
        return [
            day for day in same
            if (day.day > last[day.year, day.month] - 7 if schedule.day >= 5
                else (day.day - 1) // 7 == schedule.day - 1)
        ]  # fmt: skip
    return [day for day in days if day.day == min(schedule.day, last[day.year, day.month])]


SCHEDULES = (
    Schedule(Cadence.DAILY),
    Schedule(Cadence.WEEKDAYS),
    Schedule(Cadence.WEEKLY, weekday=6),
    Schedule(Cadence.WEEKLY, weekday=2),
    Schedule(Cadence.FORTNIGHTLY, weekday=0),
    Schedule(Cadence.FORTNIGHTLY, weekday=6),
    *(Schedule(Cadence.MONTHLY_WEEKDAY, weekday=day, day=day + 1) for day in range(6)),
    *(Schedule(Cadence.MONTHLY, day=day) for day in (1, 15, 28, 29, 30, 31)),
)


def reckoned(schedule: Schedule, days: dict[date, list[tuple[datetime, time]]]) -> list[datetime]:
    """Every moment of the two years, by the clock on the wall."""
    moments = [on_the_wall(days[day], schedule.at) for day in wanted(schedule, sorted(days))]
    return [moment for moment in moments if FIRST < moment <= LAST]


@pytest.mark.parametrize("zone", ZONES)
def test_two_years_of_every_cadence(
    zone: str, walked: dict[str, dict[date, list[tuple[datetime, time]]]]
) -> None:
    for plain in SCHEDULES:
        for at in TIMES:
            schedule = Schedule(plain.cadence, at, zone, plain.weekday, plain.day)
            found, moment = [], FIRST
            while (moment := schedule.after(moment)) <= LAST:
                found.append(moment)
            assert found == reckoned(schedule, walked[zone]), schedule.words


def test_the_hour_that_is_left_out_and_the_one_that_comes_twice() -> None:
    """02:30 on the day it does not exist is 03:30; on the day it comes twice, the first."""
    daily = Schedule(Cadence.DAILY, time(2, 30), "America/New_York")
    assert daily.after(datetime(2026, 3, 8, 5, tzinfo=UTC)) == datetime(
        2026, 3, 8, 7, 30, tzinfo=UTC
    )
    at_half_past_one = Schedule(Cadence.DAILY, time(1, 30), "America/New_York")
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert at_half_past_one.after(first - QUARTER) == first
    # An hour later the clock shows 01:30 again, and nothing is due.
    assert at_half_past_one.after(first) == datetime(2026, 11, 2, 6, 30, tzinfo=UTC)


@given(
    st.sampled_from(SCHEDULES),
    st.sampled_from(ZONES),
    st.integers(0, 60 * 24 * 366 * 15).map(lambda minutes: FIRST + timedelta(minutes=minutes)),
)
def test_last_and_after_meet(plain: Schedule, zone: str, moment: datetime) -> None:
    schedule = Schedule(plain.cadence, plain.at, zone, plain.weekday, plain.day)
    last, after = schedule.last(moment), schedule.after(moment)
    assert last <= moment < after
    assert schedule.after(last) == after
    assert schedule.last(after) == after
    assert schedule.between(last, after) == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"weekday": 7}, "weekday"),
        ({"day": 0}, "day of the month"),
        ({"day": 32}, "day of the month"),
        ({"zone": "Europe/Londn"}, "no time zone"),
        ({"zone": "../../etc/passwd"}, "no time zone"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Schedule(**wrong)  # type: ignore[arg-type]


def test_zones_are_found_in_any_case() -> None:
    assert zone_named("europe/london") == "Europe/London"
    assert zone_named(" America/New York ") == "America/New_York"
    assert zone_named("utc") == "UTC"
    assert zone_named("Mars/Olympus") is None
    assert "Asia/Kolkata" in zones()


def test_words_say_the_whole_schedule() -> None:
    assert Schedule().words == "weekly on Monday at 09:00 (UTC)"
    assert Schedule(Cadence.MONTHLY, day=31, zone="Asia/Kolkata").words == (
        "monthly on day 31 (the last day in shorter months) at 09:00 (Asia/Kolkata)"
    )
    assert Schedule(Cadence.FORTNIGHTLY, weekday=3).words == (
        "every two weeks on Thursday at 09:00 (UTC)"
    )
    assert [Schedule(Cadence.MONTHLY_WEEKDAY, day=day).words for day in (1, 5)] == [
        "monthly on the first Monday at 09:00 (UTC)", "monthly on the last Monday at 09:00 (UTC)",
    ]  # fmt: skip


def test_two_years_of_subscriptions(
    tmp_path: Path, walked: dict[str, dict[date, list[tuple[datetime, time]]]]
) -> None:
    """One subscription a zone, decided through the store each time its moment has come."""
    schedules = {
        "Europe/London": Schedule(Cadence.WEEKDAYS, time(1, 30), "Europe/London"),
        "America/New_York": Schedule(Cadence.DAILY, time(2, 30), "America/New_York"),
        "Australia/Lord_Howe": Schedule(Cadence.WEEKLY, time(2, 30), "Australia/Lord_Howe", 6),
        "Pacific/Chatham": Schedule(Cadence.MONTHLY, time(9, 0), "Pacific/Chatham", day=31),
        "America/Santiago": Schedule(Cadence.WEEKLY, time(0, 15), "America/Santiago", 6),
        "Asia/Kolkata": Schedule(Cadence.MONTHLY, time(23, 45), "Asia/Kolkata", day=29),
    }
    watch = Watch("search", "CAF", "{}", "CAF")
    with closing(StateStore.open(tmp_path / "tme.db", now=lambda: FIRST)) as store:
        subscriptions = store.subscriptions
        ids = {
            zone: subscriptions.add(
                NewSubscription("/T1", f"C{number}", watch, schedule), "U1", FIRST
            ).id
            for number, (zone, schedule) in enumerate(schedules.items())
        }
        due = _travel(store)
        for zone, schedule in schedules.items():
            assert due[ids[zone]] == reckoned(schedule, walked[zone]), schedule.words


def _travel(store: StateStore) -> dict[str, list[datetime]]:
    """Go from due moment to due moment; what was decided when, by subscription."""
    moments: dict[str, list[datetime]] = {}
    stored = {each.id: each for each in store.subscriptions.everything()}
    look: Callable[[], datetime] = lambda: min(each.due for each in stored.values())  # noqa: E731
    while (now := look()) <= LAST:
        assert store.subscriptions.due(now - timedelta(seconds=1), 9) == []
        come = store.subscriptions.due(now, 9)
        decisions = [Decision(s, s.due, s.schedule.after(now), s.seen, ()) for s in come]
        for delivery in store.subscriptions.decide(decisions, now):
            moments.setdefault(str(delivery.subscription), []).append(delivery.due)
        # A second server that read the same finds it done.
        assert store.subscriptions.decide(decisions, now) == []
        for each in come:
            again = store.subscriptions.get(each.id)
            assert again is not None
            stored[each.id] = again
    return moments


@pytest.mark.parametrize("cadence", Cadence)
@pytest.mark.parametrize("day", [1, 3, 5, 31])
def test_what_is_typed_is_read_as_the_same(cadence: Cadence, day: int) -> None:
    """A subscription that was stopped begins again at the moments that it had."""
    schedule = Schedule(cadence, zone="Europe/London", weekday=2, day=day)
    wish = subscribing.read(f"CAF in melanoma {schedule.typed} in <#C01LAB>", Schedule())
    assert (wish.query, wish.channel, wish.problems) == ("CAF in melanoma", "C01LAB", ())
    assert wish.schedule.typed == schedule.typed
    assert wish.schedule.after(FIRST) == schedule.after(FIRST)
