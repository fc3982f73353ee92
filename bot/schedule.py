"""When a subscription is due: recurrence in its own zone, to the minute.

Dates recur by `dateutil.rrule` (the rules of RFC 5545), on the calendar of the zone; the hour of
each is then placed on the time line by `zoneinfo`. An hour that a change to summer time leaves
out is read with the offset from before the change (02:30 is then 03:30), and of an hour that
comes twice the first is meant: RFC 5545, 3.3.5. So every date has exactly one moment.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from dateutil.rrule import DAILY, FR, MO, MONTHLY, SA, SU, TH, TU, WE, WEEKLY, rrule

_DAYS = (MO, TU, WE, TH, FR, SA, SU)
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# A date in the zone can be this far from the same moment's date in UTC.
_OVERLAP = timedelta(days=2)


class Cadence(StrEnum):
    """How often."""

    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"
    FORTNIGHTLY = "every two weeks"
    MONTHLY = "monthly"
    MONTHLY_WEEKDAY = "monthly on a weekday"


# So many days always hold a date of each cadence.
_REACH = {
    Cadence.DAILY: 1, Cadence.WEEKDAYS: 3, Cadence.WEEKLY: 7, Cadence.FORTNIGHTLY: 14,
    Cadence.MONTHLY: 31, Cadence.MONTHLY_WEEKDAY: 35,
}  # fmt: skip
# Of two weeks the even ones, counted from this Monday on: the same ones for every subscription.
_FIRST_WEEK = date(1970, 1, 5)
# Which one of its weekdays in a month: beyond these, the last.
PLACES = ("first", "second", "third", "fourth", "last")


@dataclass(frozen=True, slots=True)
class Schedule:
    """When to post: how often, at which local time, in which zone.

    `weekday` (0 is Monday) is for `weekly` and `every two weeks`, `day` (1 to 31) for `monthly`: in
    a shorter month its last day counts. `monthly on a weekday` is on the first such `weekday` of
    the month for a `day` of 1, the second for 2, and on the last for 5 and more. Raises ValueError
    for a day, a time or a zone that does not exist.
    """

    cadence: Cadence = Cadence.WEEKLY
    at: time = time(9, 0)
    zone: str = "UTC"
    weekday: int = 0
    day: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError("a weekday is 0 (Monday) to 6 (Sunday)")
        if not 1 <= self.day <= 31:
            raise ValueError("a day of the month is 1 to 31")
        if self.zone not in zones():
            raise ValueError(f"{self.zone!r} is no time zone")

    def after(self, moment: datetime) -> datetime:
        """The first moment after this one at which it is due, in UTC."""
        return next(due for due in self._from(moment - _OVERLAP) if due > moment)

    @staticmethod
    def latest_after(moment: datetime) -> dict[Cadence, datetime]:
        """By when a subscription of each cadence is due again after a moment, at the latest."""
        # A day with a change of the hour is longer than others.
        return {each: moment + timedelta(days=days, hours=3) for each, days in _REACH.items()}

    def last(self, moment: datetime) -> datetime:
        """The last moment at which it was due, this one included, in UTC."""
        begin = moment - timedelta(days=_REACH[self.cadence]) - _OVERLAP
        latest = None
        for due in self._from(begin):
            if due > moment:
                break
            latest = due
        if latest is None:
            raise AssertionError("a schedule is due at least as often as its cadence says")
        return latest

    def between(self, first: datetime, last: datetime) -> int:
        """How often it is due after `first` until `last`, both included."""
        count = 0
        for due in self._from(first - _OVERLAP):
            if due > last:
                return count
            count += due >= first
        return count

    @property
    def words(self) -> str:
        """E.g. "weekly on Monday at 09:00 (Europe/London)"."""
        is_late = self.cadence is Cadence.MONTHLY and self.day > 28
        short = " (the last day in shorter months)" if is_late else ""
        return f"{self._how}{short} at {self.at:%H:%M} ({self.zone})"

    @property
    def typed(self) -> str:
        """The same as a person types it after what they subscribe to."""
        return f"{self._how} at {self.at:%H:%M} in {self.zone}"

    @property
    def _how(self) -> str:
        return {
            Cadence.WEEKLY: f"weekly on {DAY_NAMES[self.weekday]}",
            Cadence.FORTNIGHTLY: f"every two weeks on {DAY_NAMES[self.weekday]}",
            Cadence.MONTHLY: f"monthly on day {self.day}",
            Cadence.MONTHLY_WEEKDAY: f"monthly on the {self.place} {DAY_NAMES[self.weekday]}",
        }.get(self.cadence, self.cadence.value)

    @property
    def place(self) -> str:
        """Which one of its weekdays in a month: "first", "last"."""
        return PLACES[min(self.day, len(PLACES)) - 1]

    def _from(self, begin: datetime) -> Iterator[datetime]:
        zone = ZoneInfo(self.zone)
        for day in self._dates(begin.astimezone(zone).date()):
            yield datetime.combine(day, self.at, tzinfo=zone).astimezone(UTC)

    def _dates(self, first: date) -> Iterator[date]:
        """The local dates on which it is due, from `first` or up to two weeks before it on."""
        start = datetime.combine(first, time())
        if self.cadence is Cadence.DAILY:
            rule = rrule(DAILY, dtstart=start)
        elif self.cadence is Cadence.WEEKDAYS:
            rule = rrule(WEEKLY, dtstart=start, byweekday=_DAYS[:5])
        elif self.cadence is Cadence.WEEKLY:
            rule = rrule(WEEKLY, dtstart=start, byweekday=_DAYS[self.weekday])
        elif self.cadence is Cadence.FORTNIGHTLY:
            monday = first - timedelta(days=first.weekday())
            monday -= timedelta(weeks=(monday - _FIRST_WEEK).days // 7 % 2)
            start = datetime.combine(monday, time())
            rule = rrule(WEEKLY, interval=2, dtstart=start, byweekday=_DAYS[self.weekday])
        elif self.cadence is Cadence.MONTHLY_WEEKDAY:
            place = self.day if self.day < len(PLACES) else -1
            rule = rrule(MONTHLY, dtstart=start, byweekday=_DAYS[self.weekday](place))
        else:
            # Of the days 28 to the one wanted, the last that the month has.
            days = range(min(self.day, 28), self.day + 1)
            rule = rrule(MONTHLY, dtstart=start, bymonthday=days, bysetpos=-1)
        return (moment.date() for moment in rule)


@cache
def zones() -> frozenset[str]:
    """Every zone's name that this machine knows."""
    return frozenset(available_timezones())


@cache
def _by_folded_name() -> dict[str, str]:
    return {name.casefold(): name for name in zones()}


def zone_named(text: str) -> str | None:
    """The zone that is written here, in any case and with blanks for underscores, or None."""
    return _by_folded_name().get(re.sub(r"\s+", "_", text.strip()).casefold())
