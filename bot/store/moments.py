"""Moments as the SQLite store keeps them: UTC to the second, so that text sorts as time does."""

from datetime import UTC, datetime


def text_of(moment: datetime) -> str:
    """A moment as it is kept."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def moment_of(text: str | None) -> datetime | None:
    """A moment as it was kept, or None."""
    return datetime.fromisoformat(text) if text else None
