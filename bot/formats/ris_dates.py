"""The dates of RIS: `2001/09/01/`, `2016/12//`, `2020///`, and what else is written there."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import takewhile

from bot.records.dates import PartialDate
from bot.records.names import MONTHS, partial_date

_SLASHED = re.compile(r"(?P<year>\d{4})(?:[/-](?P<month>\w{0,9})(?:[/-](?P<day>\d{0,2}).*)?)?")
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_HAS_WORD = re.compile(r"\w")
_TAGS = ("PY", "Y1", "DA")


def most_precise(values: Mapping[str, Sequence[str]], warnings: list[str]) -> PartialDate | None:
    """The date of publication: of those given in its year, the most precise."""
    given = [text for tag in _TAGS for text in values.get(tag, ())]
    found = list(filter(None, map(ris_date, given)))
    if not found:
        if any(map(_HAS_WORD.search, given)):
            warnings.append("bad_date:published")
        return None
    same_year = [date for date in found if date.year == found[0].year]
    if len(same_year) < len(found):
        warnings.append("year_conflict")
    return max(same_year, key=lambda date: (date.month is not None, date.day is not None))


@lru_cache(maxsize=4096)
def ris_date(text: str) -> PartialDate | None:
    """A date of RIS, as precise as it is given; None where there is no year."""
    if text.isdecimal() and len(text) == 4:
        return _of_parts(int(text), "", "")
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
    if not month:
        parts: tuple[int, ...] = (year,)
    else:
        named = month[:3].lower()
        known = int(month) if month.isdigit() else named in MONTHS and MONTHS.index(named) + 1
        parts = tuple(takewhile(bool, (year, known, int(day or 0))))
    while parts:
        try:
            return PartialDate(*parts)
        except ValueError:
            parts = parts[:-1]
    return None
