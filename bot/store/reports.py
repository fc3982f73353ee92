"""Reports of errors: what people say is wrong with a record, for those who keep the records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.store.connections import Connections
from bot.store.moments import moment_of, text_of


@dataclass(frozen=True, slots=True)
class Report:
    """What one person reported of one record, and when.

    `kind` says which part of the record is concerned. `closed_by` and `closed_at` are set once
    someone has dealt with it.
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


_COLUMNS = "id, workspace, record_id, kind, text, user, at, closed_by, closed_at"
_ADD = """
INSERT INTO reports (workspace, record_id, kind, text, user, at) VALUES (?, ?, ?, ?, ?, ?)
"""
_CLOSE = "UPDATE reports SET closed_by = ?, closed_at = ? WHERE id = ? AND closed_at IS NULL"
_BY_ID = f"SELECT {_COLUMNS} FROM reports WHERE id = ?"  # noqa: S608 - our own columns
_ALL = f"""
SELECT {_COLUMNS} FROM reports
WHERE workspace = coalesce(?, workspace) AND (closed_at IS NULL OR ? = 1) ORDER BY id DESC
"""  # noqa: S608


class ReportStore:
    """The reports of every workspace. Every write is one transaction."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, reporting: Reporting, now: datetime) -> Report:
        """Keep a report, and return it with its number."""
        given = reporting
        values = [given.workspace, given.record_id, given.kind, given.text, given.user]
        with self._connections.writing() as db:
            number = db.execute(_ADD, [*values, text_of(now)]).lastrowid
            return _report(db.execute(_BY_ID, [number]).fetchone())

    def close(self, report_id: int, user: str, now: datetime) -> bool:
        """Say that a report is dealt with; False where there is none open of this number."""
        with self._connections.writing() as db:
            return db.execute(_CLOSE, [user, text_of(now), report_id]).rowcount == 1

    def all(self, workspace: str | None = None, *, closed: bool = False) -> list[Report]:
        """Those of a workspace or of all, newest first; with `closed` also those dealt with."""
        with self._connections.reading() as db:
            return [_report(row) for row in db.execute(_ALL, [workspace, closed]).fetchall()]


def _report(row: Sequence[object]) -> Report:
    id_, workspace, record_id, kind, text, user, at, closed_by, closed_at = row
    return Report(
        id=int(str(id_)),
        workspace=str(workspace),
        record_id=str(record_id),
        kind=str(kind),
        text=str(text),
        user=str(user),
        at=datetime.fromisoformat(str(at)),
        closed_by=str(closed_by) if closed_by is not None else None,
        closed_at=moment_of(str(closed_at) if closed_at else None),
    )
