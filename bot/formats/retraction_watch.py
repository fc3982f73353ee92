"""The Retraction Watch data as Crossref publishes them: one CSV, a line each notice.

https://gitlab.com/crossref/retraction-watch-data describes it. Dates are American; a work without a
DOI says "unavailable", one without a PMID 0. A reinstatement takes back a retraction before it.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.errors import UnreadableFile
from bot.formats.base import Refusal
from bot.formats.decoding import decode
from bot.records.dates import PartialDate
from bot.records.identifiers import read
from bot.records.models import Identifier, IntegrityKind, IntegrityNotice, Scheme

NAME = "Retraction Watch"

_NATURES = {
    "retraction": IntegrityKind.RETRACTION,
    "correction": IntegrityKind.CORRECTION,
    "expression of concern": IntegrityKind.CONCERN,
}
_REINSTATEMENT = "reinstatement"
_NEEDED = ("OriginalPaperDOI", "OriginalPaperPubMedID", "RetractionNature", "RetractionDate")
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:\s.*)?", re.ASCII)
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: the identifiers of the work, and the notice about it (None: a reinstatement)."""

    line: int
    works: tuple[Identifier, ...]
    notice: IntegrityNotice | None
    date: PartialDate | None


def loads(data: bytes) -> Iterator[Entry | Refusal]:
    """Each line of the file, or why it says nothing. Raises UnreadableFile for another file."""
    text = decode(data, errors="replace")
    csv.field_size_limit(1_000_000)
    rows = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in _NEEDED if name not in (rows.fieldnames or ())]
    if missing:
        raise UnreadableFile(
            f"This is not the Retraction Watch CSV: it has no column {missing[0]}.",
            "Take retraction_watch.csv from gitlab.com/crossref/retraction-watch-data.",
        )
    try:
        for row in rows:
            yield _entry(rows.line_num, row)
    except csv.Error as error:
        yield Refusal(rows.line_num + 1, f"not CSV: {error}; the rest was not read")


def notices(entries: list[Entry]) -> Iterator[tuple[Identifier, IntegrityNotice]]:
    """Each work with each notice about it in force: reinstated works have no retraction."""
    back: dict[Identifier, list[PartialDate | None]] = {}
    for entry in entries:
        if entry.notice is None:
            for work in entry.works:
                back.setdefault(work, []).append(entry.date)
    for entry in entries:
        if entry.notice is None:
            continue
        for work in entry.works:
            retraction = entry.notice.kind is IntegrityKind.RETRACTION
            if not (retraction and _taken_back(entry.date, back.get(work, []))):
                yield work, entry.notice


def _taken_back(retracted: PartialDate | None, reinstated: list[PartialDate | None]) -> bool:
    return any(
        retracted is None or date is None or date.earliest >= retracted.earliest
        for date in reinstated
    )


def _entry(line: int, row: Mapping[str, str | None]) -> Entry | Refusal:
    works = tuple(
        identifier
        for scheme, column in (
            (Scheme.DOI, "OriginalPaperDOI"),
            (Scheme.PMID, "OriginalPaperPubMedID"),
        )
        if (identifier := _identifier(scheme, row.get(column))) is not None
    )
    if not works:
        return Refusal(line, "neither DOI nor PMID of the work")
    nature = " ".join((row.get("RetractionNature") or "").lower().split())
    date = _date(row.get("RetractionDate"))
    if nature == _REINSTATEMENT:
        return Entry(line, works, None, date)
    if nature not in _NATURES:
        return Refusal(line, f"unknown RetractionNature {nature[:40]!r}")
    named = _identifier(Scheme.DOI, row.get("RetractionDOI")) or _identifier(
        Scheme.PMID, row.get("RetractionPubMedID")
    )
    notice = IntegrityNotice(
        kind=_NATURES[nature],
        date=date,
        notice=named.value if named else None,
        source=NAME,
        note=_reason(row.get("Reason")),
    )
    return Entry(line, works, notice, date)


def _identifier(scheme: Scheme, text: str | None) -> Identifier | None:
    given = (text or "").strip()
    if not given or given == "0" or given.lower() == "unavailable":
        return None
    identifier = read(scheme, given)
    return identifier if identifier is not None and identifier.valid else None


def _date(text: str | None) -> PartialDate | None:
    match = _DATE.fullmatch((text or "").strip())
    if match is None:
        return None
    month, day, year = (int(part) for part in match.groups())
    try:
        return PartialDate(year, month, day)
    except ValueError:
        return None


def _reason(text: str | None) -> str | None:
    """The reasons, "+Concerns/Issues About Data;+Investigation by Journal/Publisher;", as words."""
    reasons = [part.strip().lstrip("+").strip() for part in (text or "").split(";")]
    words = "; ".join(" ".join(reason.split()) for reason in reasons if reason)
    return words[:_LONGEST_REASON] or None
