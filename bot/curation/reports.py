"""Service: reports of errors in records, kept for the people who maintain the records.

A report changes nothing by itself: records say what their sources say, and an error is corrected
where it was made. Where a source takes reports itself, that place is named.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import UnknownRecord, UsageError
from bot.records import identifiers
from bot.records.models import Record, Scheme
from bot.store import StateStore
from bot.store.reports import Report, Reporting
from bot.text.markup import visible

KINDS = {
    "details": "Title, people, date or journal",
    "identifier": "DOI, link or another identifier",
    "integrity": "Retraction or correction",
    "duplicate": "The same work twice, or two works as one",
    "access": "Access, licence or abstract",
    "other": "Something else",
}
LONGEST = 1_000


class NoReport(UsageError):
    """There is no open report of this number."""

    code = "no_report"
    hint = "`tme reports` lists those that are open."
    exit_code = 1


@dataclass(frozen=True, slots=True)
class Reported:
    """A report with the record it is about; None for a deleted record."""

    report: Report
    record: Record | None


class Reports:
    """Keeps reports."""

    def __init__(self, store: StateStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def report(self, given: Reporting) -> Reported:
        """Keep a report. Raises UnknownRecord, StoreError, or UsageError when it says nothing."""
        record = self._store.get(given.record_id)
        if record is None:
            raise UnknownRecord("That record was deleted.")
        text = visible(given.text).strip()[:LONGEST]
        if not text:
            raise UsageError("The report says nothing.", "Write what is wrong, in a line or two.")
        kind = given.kind if given.kind in KINDS else "other"
        kept = replace(given, record_id=record.id, kind=kind, text=text)
        return Reported(self._store.reports.add(kept, self._now()), record)

    def close(self, number: int, user: str) -> None:
        """Say that a report is dealt with. Raises NoReport."""
        if not self._store.reports.close(number, user, self._now()):
            raise NoReport(f"There is no open report {number}.")

    def listed(self, workspace: str | None = None, *, closed: bool = False) -> list[Reported]:
        """The reports of a workspace, or of all, newest first, each with its record."""
        reports = self._store.reports.all(workspace, closed=closed)
        return [Reported(each, self._store.get(each.record_id)) for each in reports]


def source_of_truth(record: Record) -> tuple[str, str] | None:
    """Where an error can be reported to who made it, as (name, address); None where none is known.

    The Oxford archive's record page has "Report update to this record"; the publisher's page, which
    the DOI leads to, says how to reach the journal.
    """
    if ora := record.identifier(Scheme.ORA):
        address = identifiers.url(next(i for i in record.identifiers if i.value == ora))
        if address:
            return "the record's page in the Oxford archive (“Report update”)", address
    if doi := record.doi:
        return "the publisher's page", f"https://doi.org/{doi}"
    return None
