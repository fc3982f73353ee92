"""Corrections of tags: what a team says a record is not, or also is, about.

A correction belongs to a workspace; the record it is about is shared and stays as it is. It names
the record by id, so that tagging again and harvesting the same record leave it alone.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.store.audit import AuditStore
from bot.store.connections import Connections, Database
from bot.store.moments import moment_of, text_of
from bot.store.statements import records as sql


@dataclass(frozen=True, slots=True)
class TagCorrection:
    """What one person decided about one tag of one record, and when.

    `wrong` says that the tag does not fit; otherwise it was missing. `undone_at` and `undone_by`
    are set once it no longer applies: it was undone, or a later one took its place.
    """

    id: int
    workspace: str
    record_id: str
    concept: str
    wrong: bool
    comment: str
    user: str
    at: datetime
    undone_by: str | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Correcting:
    """A correction before it is kept: of which record, and which tags of it."""

    workspace: str
    record_id: str
    user: str
    wrong: Sequence[str] = ()
    missing: Sequence[str] = ()
    comment: str = ""


_COLUMNS = "id, workspace, record_id, concept, wrong, comment, user, at, undone_by, undone_at"

# What was decided before about the same tag is done with: the latest word counts.
_END_EARLIER = """
UPDATE tag_corrections SET undone_by = :user, undone_at = :at
WHERE workspace = :workspace AND record_id = :record_id AND concept = :concept
    AND undone_at IS NULL
"""
_ADD = """
INSERT INTO tag_corrections (workspace, record_id, concept, wrong, comment, user, at)
VALUES (:workspace, :record_id, :concept, :wrong, :comment, :user, :at)
"""
_UNDO = """
UPDATE tag_corrections SET undone_by = ?, undone_at = ?
WHERE id = ? AND workspace = coalesce(?, workspace) AND undone_at IS NULL
"""
_BY_ID = f"SELECT {_COLUMNS} FROM tag_corrections WHERE id = ?"  # noqa: S608 - our own columns
_APPLYING = f"""
SELECT {_COLUMNS} FROM tag_corrections
WHERE workspace = ? AND undone_at IS NULL
ORDER BY id DESC
"""  # noqa: S608
_ALL = f"""
SELECT {_COLUMNS} FROM tag_corrections
WHERE workspace = coalesce(?, workspace) AND (undone_at IS NULL OR ? = 1)
ORDER BY id DESC
"""  # noqa: S608


class CorrectionStore:
    """The corrections of every workspace. Every write is one transaction."""

    def __init__(self, connections: Connections, audit: AuditStore) -> None:
        self._connections = connections
        self._audit = audit

    def add(self, correcting: Correcting, now: datetime) -> list[TagCorrection]:
        """Keep a correction for each tag named; an earlier one of the same tag is done with."""
        with self._connections.writing() as db:
            made = [_add(db, correcting, concept, now, wrong=True) for concept in correcting.wrong]
            made += [
                _add(db, correcting, concept, now, wrong=False) for concept in correcting.missing
            ]
            for each in made:
                self._note(db, each, "taken off" if each.wrong else "put on", each.user)
            return made

    def undo(self, correction_id: int, workspace: str | None, user: str, now: datetime) -> bool:
        """End a correction; False where there is none of this id, or it has ended.

        One of another workspace is none. None as `workspace` is the operator: any workspace.
        """
        with self._connections.writing() as db:
            values = [user, text_of(now), correction_id, workspace]
            if db.execute(_UNDO, values).rowcount != 1:
                return False
            ended = _correction(db.execute(_BY_ID, [correction_id]).fetchone())
            self._note(db, ended, "correction undone", user)
            return True

    def _note(self, db: Database, each: TagCorrection, what: str, who: str) -> None:
        what = f"record {each.record_id}: tag {each.concept} {what}"
        self._audit.note(db, "correction", each.id, what, workspace=each.workspace, who=who)

    def applying(self, workspace: str, record_id: str | None = None) -> list[TagCorrection]:
        """Those that apply in a workspace (to one record, where it is given), newest first.

        Each names the id under which its record is stored now, after all merges.
        """
        with self._connections.reading() as db, db.atomic():
            found = [_correction(row) for row in db.execute(_APPLYING, [workspace]).fetchall()]
            found = _of_survivors(db, found)
        return [each for each in found if record_id in (None, each.record_id)]

    def all(self, workspace: str | None = None, *, ended: bool = False) -> list[TagCorrection]:
        """Those of a workspace or of all, newest first; with `ended` also those done with."""
        values = [workspace, ended]
        with self._connections.reading() as db:
            rows = db.execute(_ALL, values).fetchall()
        return [_correction(row) for row in rows]


def _of_survivors(db: Database, found: list[TagCorrection]) -> list[TagCorrection]:
    """The corrections of records that were merged into others as corrections of those."""
    ids = json.dumps(sorted({each.record_id for each in found}))
    absorbed = [row[0] for row in db.execute(sql.ABSORBED, [ids])]
    rows = {gone: db.execute(sql.LEADS_TO, [gone]).fetchone() for gone in absorbed}
    into = {gone: str(row[0]) for gone, row in rows.items() if row}
    return [replace(each, record_id=into.get(each.record_id, each.record_id)) for each in found]


def _add(
    db: Database, correcting: Correcting, concept: str, now: datetime, *, wrong: bool
) -> TagCorrection:
    values = {
        "workspace": correcting.workspace,
        "record_id": correcting.record_id,
        "concept": concept,
        "wrong": wrong,
        "comment": correcting.comment,
        "user": correcting.user,
        "at": text_of(now),
    }
    db.execute(_END_EARLIER, {name: values[name] for name in _ENDED_BY})
    added = db.execute(_ADD, values).lastrowid
    return _correction(db.execute(_BY_ID, [added]).fetchone())


_ENDED_BY = ("user", "at", "workspace", "record_id", "concept")


def _correction(row: Sequence[object]) -> TagCorrection:
    id_, workspace, record_id, concept, wrong, comment, user, at, undone_by, undone_at = row
    return TagCorrection(
        id=int(str(id_)),
        workspace=str(workspace),
        record_id=str(record_id),
        concept=str(concept),
        wrong=bool(wrong),
        comment=str(comment),
        user=str(user),
        at=datetime.fromisoformat(str(at)),
        undone_by=str(undone_by) if undone_by is not None else None,
        undone_at=moment_of(str(undone_at) if undone_at else None),
    )
