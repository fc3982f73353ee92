"""Reports of errors: what people say is wrong with a record, for whoever keeps the records."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Report:
    """What one person reported of one record, and when.

    `kind` says which part of the record is meant. `closed_by` and `closed_at` are set once
    somebody has dealt with it.
    """

    id: int
    workspace: str
    record_id: str
    kind: str
    text: str
    user: str
    at: datetime
    closed_by: str | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reporting:
    """A report before it is kept."""

    workspace: str
    record_id: str
    kind: str
    text: str
    user: str


class ReportStore(Protocol):
    """The reports of every workspace. Every write is one transaction."""

    def add(self, reporting: Reporting, now: datetime) -> Report:
        """Keep a report, and return it with its number."""

    def close(self, report_id: int, user: str, now: datetime) -> bool:
        """Say that a report is dealt with; False where there is none open of this number."""

    def all(self, workspace: str | None = None, *, closed: bool = False) -> list[Report]:
        """Those of a workspace or of all, newest first; with `closed` also those dealt with."""
