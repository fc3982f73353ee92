"""A clock that tests move: sleeping takes no time and is written down."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.sources.http.client import Time

START = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


@dataclass
class FakeClock:
    """Seconds since the start; `slept` holds every pause that was asked for."""

    seconds: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def timing(self) -> Time:
        return Time(clock=lambda: self.seconds, sleep=self.sleep, now=self.now)
