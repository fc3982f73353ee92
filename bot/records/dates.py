"""Dates as precise as they are known, and moments in time."""

import re
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, GetCoreSchemaHandler, PlainSerializer
from pydantic_core import core_schema


class Precision(StrEnum):
    """How much of a date is known."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


class PartialDate:
    """A date as precise as it is known: `2025`, `2025-11` or `2025-11-09`.

    Sorts by its earliest day. Prints as ISO 8601 to its own precision.
    """

    __slots__ = ("day", "month", "year")

    _ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:T.*)?", re.ASCII)

    def __init__(self, year: int, month: int | None = None, day: int | None = None) -> None:
        """Raises ValueError when no such day exists or a day comes without its month."""
        if day is not None and month is None:
            raise ValueError("a day needs its month")
        date(year, month or 1, day or 1)
        self.year, self.month, self.day = year, month, day

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `YYYY`, `YYYY-MM` or `YYYY-MM-DD` (a time behind it is dropped).

        Raises ValueError for anything else.
        """
        match = cls._ISO.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"not an ISO date: {text[:40]!r}")
        year, month, day = (int(part) if part else None for part in match.groups())
        if year is None:
            raise ValueError("a date needs a year")
        return cls(year, month, day)

    @property
    def precision(self) -> Precision:
        """How much of the date is known."""
        if self.day is not None:
            return Precision.DAY
        return Precision.MONTH if self.month is not None else Precision.YEAR

    @property
    def earliest(self) -> date:
        """The first day the date can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    def __repr__(self) -> str:
        return f"PartialDate({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PartialDate) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __lt__(self, other: "PartialDate") -> bool:
        return self.earliest < other.earliest

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Any], handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        def read(value: object) -> "PartialDate":
            return value if isinstance(value, PartialDate) else cls.parse(str(value))

        return core_schema.no_info_plain_validator_function(
            read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                str, return_schema=core_schema.str_schema()
            ),
        )


def _moment(value: object) -> datetime:
    """A moment in time, always with a zone (UTC where none is given)."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if moment.tzinfo is UTC:
        return moment
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    PlainSerializer(lambda moment: moment.isoformat(timespec="seconds"), return_type=str),
]
