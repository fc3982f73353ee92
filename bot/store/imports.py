"""The store area of imports: which files people brought, who sees what came of them, undoing it.

What an import brought is in the versions of records (`bot.store.versions`), each of which names it
in its provenance. `brought` repeats that, so that it is found: `note_brought` keeps it so.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

from bot.records.identity import stated_hash
from bot.records.models import Record, unique
from bot.store.audit import AuditStore
from bot.store.connections import Connections, Database
from bot.store.moments import moment_of, text_of
from bot.store.records import delete, load, write
from bot.store.statements import imports as sql
from bot.store.statements import records
from bot.store.versions import keep_versions, versions_of

Choose: TypeAlias = Callable[[Sequence[Record]], Record]

# So many records are changed in one transaction: others may write in between.
_BATCH = 200
_ALL_OF_THEM = 2**62


@dataclass(frozen=True, slots=True)
class Import:
    """One file that a person brought. `workspace` alone sees it; None: everybody does.

    `records` have something of it now, and so many places on reading lists are `listed` by it that
    nobody changed since. `counts` are None where it did not come to its end.
    """

    number: int
    at: datetime
    by: str
    workspace: str | None
    file: str
    records: int
    counts: Mapping[str, int] | None = field(default=None)
    shared_by: str | None = None
    shared_at: datetime | None = None
    undone_by: str | None = None
    undone_at: datetime | None = None
    listed: int = 0


@dataclass(frozen=True, slots=True)
class Undoing:
    """What undoing an import would do: so many records go, others stay without what it gave them.

    With `listed` places on reading lists that nobody changed since, and `lists` of no others.
    """

    gone: int
    kept: int
    listed: int
    lists: int


class ImportStore:
    """Imports, as the store keeps them. Errors and transactions as for `StateStore`."""

    def __init__(
        self, connections: Connections, audit: AuditStore, now: Callable[[], datetime]
    ) -> None:
        self._connections = connections
        self._audit = audit
        self._now = now

    def begin(self, file: str, by: str, workspace: str | None) -> int:
        """Note that a file is about to be taken in; its number."""
        with self._connections.writing() as db:
            number = db.execute(sql.BEGIN, [self._time(), by, workspace, file]).lastrowid or 0
            self._audit.note(db, "import", number, f"begun: {file}", workspace=workspace, who=by)
            return int(number)

    def finish(self, number: int, counts: Mapping[str, int]) -> bool:
        """Note what became of its records; forget it, and say False, where it brought nothing."""
        with self._connections.writing() as db:
            if db.execute(sql.FORGET_EMPTY, [number]).rowcount:
                return False
            db.execute(sql.FINISH, [json.dumps(dict(counts)), number])
            return True

    def get(self, number: int) -> Import | None:
        """The import of this number, or None."""
        with self._connections.reading() as db:
            row = db.execute(sql.ONE, [number]).fetchone()
        return _import(row) if row else None

    def all(self, workspace: str | None = None, limit: int = 1000) -> list[Import]:
        """The last ones, of one workspace or of all, newest first, undone ones included."""
        with self._connections.reading() as db:
            rows = db.execute(sql.ALL, {"workspace": workspace, "limit": limit}).fetchall()
        return [_import(row) for row in rows]

    def undoing(self, number: int) -> Undoing:
        """What `undo` would take out, and what stays."""
        with self._connections.reading() as db:
            records, kept, listed, lists = db.execute(sql.UNDOING, {"number": number}).fetchone()
        return Undoing(records - kept, kept, listed, lists)

    def undo(self, number: int, choose: Choose, by: str) -> int:
        """Take out everything that it brought; from how many records.

        A record of which nothing is left goes. One that was cut off in the middle is done by
        undoing again. What the records of others are made of stays as it is; so does what people
        have changed on reading lists since.
        """

        def without(versions: Sequence[Record]) -> list[Record]:
            return [v for v in versions if number not in _numbers(v)]

        workspace = self._workspace(number)
        count = self._change(number, without, choose)
        with self._connections.writing() as db:
            db.execute(sql.UNDONE, [by, self._time(), number])
            items, _ = (db.execute(each, [by, self._time(), number]) for each in sql.OFF_LISTS)
            what = f"undone, in {count} records and {items.rowcount} places on reading lists"
            self._audit.note(db, "import", number, what, workspace=workspace, who=by)
        return count

    def share(self, number: int, choose: Choose, by: str) -> int:
        """Let everybody see what it brought; of how many records."""
        workspace = self._workspace(number)
        with self._connections.writing() as db:
            db.execute(sql.SHARED, [by, self._time(), number])
            was = {"workspace": workspace}
            self._audit.note(db, "import", number, "shared with everybody", who=by, before=was)
        count = 0
        while ids := self._brought(number, alone_for_workspace=True):
            with self._connections.writing() as db:
                for record_id in ids:
                    versions = [_shared(v, number) for v in _versions(db, record_id)]
                    rewrite(db, record_id, versions, choose)
            count += len(ids)
        return count

    def _change(
        self, number: int, change: Callable[[Sequence[Record]], list[Record]], choose: Choose
    ) -> int:
        count = 0
        while ids := self._brought(number):
            with self._connections.writing() as db:
                for record_id in ids:
                    rewrite(db, record_id, change(_versions(db, record_id)), choose)
            count += len(ids)
        return count

    def records(self, number: int) -> Iterator[str]:
        """The ids of the records that have something of it."""
        with self._connections.reading() as db:
            rows = db.execute(sql.RECORDS, [number, False, _ALL_OF_THEM]).fetchall()
        return (row[0] for row in rows)

    def closed_to(self, workspace: str) -> tuple[str, ...]:
        """The workspaces that may have records of their own, which this one does not see."""
        with self._connections.reading() as db:
            return tuple(row[0] for row in db.execute(sql.CLOSED_TO, [workspace]))

    def with_own(self, workspace: str, record_ids: Sequence[str]) -> frozenset[str]:
        """Those of these shared records that this workspace brought something to."""
        with self._connections.reading() as db:
            rows = db.execute(sql.WITH_OWN, [workspace, json.dumps(list(record_ids))])
            return frozenset(row[0] for row in rows)

    def stated(self, hashes: Sequence[str], workspace: str | None) -> dict[str, str]:
        """Those of these hashes (`stated_hash`) that a file stated before, with the record's id.

        To everybody, or to this workspace.
        """
        with self._connections.reading() as db:
            rows = db.execute(sql.STATED, [json.dumps(list(hashes)), workspace or ""])
            return {row[0]: row[1] for row in rows}

    def all_stated(self, workspace: str | None) -> list[str]:
        """Every hash that a file stated to everybody, or to this workspace."""
        with self._connections.reading() as db:
            return [row[0] for row in db.execute(sql.ALL_STATED, [workspace or ""])]

    def _brought(self, number: int, *, alone_for_workspace: bool = False) -> list[str]:
        with self._connections.reading() as db:
            rows = db.execute(sql.RECORDS, [number, alone_for_workspace, _BATCH]).fetchall()
        return [row[0] for row in rows]

    def _workspace(self, number: int) -> str | None:
        found = self.get(number)
        return found.workspace if found else None

    def _time(self) -> str:
        return text_of(self._now().astimezone(UTC))


def as_now(db: Database, versions: Sequence[Record]) -> list[Record]:
    """Versions that were put by, without what was undone since, and seen by who sees them now."""
    found = []
    for version in versions:
        numbers = _numbers(version)
        rows = [db.execute(sql.STATE, [number]).fetchone() for number in sorted(numbers)]
        if any(undone for _, undone in filter(None, rows)):
            continue
        for number, row in zip(sorted(numbers), rows, strict=True):
            version = _shared(version, number) if row and row[0] else version  # noqa: PLW2901
        found.append(version)
    return found


def rewrite(db: Database, record_id: str, versions: Sequence[Record], choose: Choose) -> None:
    """Write a stored record anew from these versions; take it out where there are none."""
    stored = load(*db.execute(records.RECORD, [record_id]).fetchone())
    if not versions:
        delete(db, record_id)
        return
    chosen = choose(versions)
    # No file states a notice: those that are there came by a check or a list.
    notices = unique((*stored.integrity, *chosen.integrity))
    kept = {"id": stored.id, "first_seen": stored.first_seen, "integrity": notices}
    renewed = chosen.model_copy(update=kept)
    write(db, renewed)
    keep_versions(db, record_id, versions)
    note_brought(db, renewed)


def note_brought(db: Database, record: Record) -> None:
    """Note which imports a stored record has something of, as its versions say."""
    db.execute(sql.FORGET_BROUGHT, [record.id])
    db.execute(sql.NOTE_BROUGHT, {"id": record.id, "alone": record.audience is not None})
    db.execute(sql.FORGET_STATED, [record.id])
    _note_stated(db, [(record.id, each) for each in versions_of(db, record)])


def note_brought_first(db: Database, records: Sequence[Record]) -> None:
    """`note_brought` of records that are new: each is its own only version."""
    brought = []
    for each in records:
        rows = {entry.imported: entry.workspace for entry in each.provenance}
        alone = each.audience is not None
        brought += [
            (each.id, n, workspace, alone) for n, workspace in rows.items() if n is not None
        ]
    db.conn.executemany(sql.ADD_BROUGHT, brought)
    _note_stated(db, [(each.id, each) for each in records])


def _note_stated(db: Database, versions: Iterable[tuple[str, Record]]) -> None:
    """Note what files state of records, so that it is known when one says it again."""
    rows = [(stated_hash(v), of, v.audience or "") for of, v in versions if v.is_file]
    db.conn.executemany(sql.ADD_STATED, rows)


def _versions(db: Database, record_id: str) -> list[Record]:
    return versions_of(db, load(*db.execute(records.RECORD, [record_id]).fetchone()))


def _numbers(version: Record) -> set[int]:
    return {entry.imported for entry in version.provenance if entry.imported is not None}


def _shared(version: Record, number: int) -> Record:
    """The version as everybody sees it, where it is of this import."""
    if number not in _numbers(version):
        return version
    entries = tuple(
        entry.model_copy(update={"workspace": None}) if entry.imported == number else entry
        for entry in version.provenance
    )
    return version.model_copy(update={"provenance": entries})


def _import(row: Sequence[object]) -> Import:
    number, at, by, workspace, file, counts, shared_by, shared_at, undone_by, undone_at = row[:10]
    many, listed = row[10:]
    return Import(
        int(str(number)), datetime.fromisoformat(str(at)), str(by),
        None if workspace is None else str(workspace), str(file), int(str(many)),
        json.loads(str(counts)) if counts else None,
        None if shared_by is None else str(shared_by), moment_of(str(shared_at or "")),
        None if undone_by is None else str(undone_by), moment_of(str(undone_at or "")),
        int(str(listed)),
    )  # fmt: skip
