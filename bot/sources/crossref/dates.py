"""Crossref's dates: `{"date-parts": [[2025, 11, 9]]}`, as precise as they are known."""

from bot.records.models import PartialDate
from bot.sources.reading.values import date_of, item, items


def date_parts(value: object) -> PartialDate | None:
    """The (first) date; None for `[[null]]` and whatever else is none."""
    parts = items(item(value).get("date-parts"))
    first = parts[0] if parts else None
    return date_of(*first) if isinstance(first, list) else None
