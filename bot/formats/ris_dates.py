"""The dates of RIS: `2001/09/01/`, `2016/12//`, `2020///`, and what else is written there."""

import re
from collections.abc import Mapping, Sequence

from bot.records.models import PartialDate, Precision
from bot.records.names import MONTHS, partial_date

_SLASHED = re.compile(r"(?P<year>\d{4})(?:[/-](?P<month>\w{0,9})(?:[/-](?P<day>\d{0,2}).*)?)?")
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_TAGS = ("py", "y1", "da")


def most_precise(values: Mapping[str, Sequence[str]], warnings: list[str]) -> PartialDate | None:
    """The date of publication: of those given in its year, the most precise."""
    found: list[PartialDate] = []
    given = [text for tag in _TAGS for text in values.get(tag, ()) if re.search(r"\w", text)]
    for text in given:
        date = ris_date(text)
        if date is not None:
            found.append(date)
    if not found:
        if given:
            warnings.append("bad_date:published")
        return None
    same_year = [date for date in found if date.year == found[0].year]
    if len(same_year) < len(found):
        warnings.append("year_conflict")
    order = list(Precision)
    return max(same_year, key=lambda date: order.index(date.precision))


def ris_date(text: str) -> PartialDate | None:
    """A date of RIS, as precise as it is given; None where there is no year."""
    text = " ".join(text.split())
    if match := _SLASHED.fullmatch(text):
        return _of_parts(int(match["year"]), match["month"] or "", match["day"] or "")
    try:
        return partial_date(text)
    except ValueError:
        years = _YEAR.findall(text)
        return PartialDate(int(years[0])) if len(set(years)) == 1 else None


def _of_parts(year: int, month: str, day: str) -> PartialDate | None:
    """Parts that are zero, empty or no such day are unknown."""
    named = month[:3].lower()
    number = MONTHS.index(named) + 1 if named in MONTHS else int(month) if month.isdigit() else 0
    for parts in ((year, number, int(day or 0)), (year, number), (year,)):
        if all(parts):
            try:
                return PartialDate(*parts)
            except ValueError:
                continue
    return None
