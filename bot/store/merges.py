"""The store area of merges: what each source stated, which records were joined, and undoing it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from bot.errors import UnknownRecord
from bot.records.identity import same_version, strong_identifiers
from bot.records.models import Identifier, Record, unique
from bot.store.audit import BOT, AuditStore
from bot.store.connections import Connections, Database
from bot.store.imports import as_now, note_brought
from bot.store.moments import text_of
from bot.store.records import content_hash, delete, dump, load, write
from bot.store.standing import SURVIVOR, forget_told, note_happenings
from bot.store.statements import merges as sql
from bot.store.statements import records
from bot.store.versions import keep_versions, versions_of
from bot.text.folding import fold

# Makes one record of the versions of one work, the longest stored first.
Choose: TypeAlias = Callable[[Sequence[Record]], Record]


@dataclass(frozen=True, slots=True)
class Merge:
    """Two stored records that became one: `absorbed` went into `kept`.

    `author` is who did it: "tme merge", "harvest". `undone` is when it was undone, or None.
    """

    number: int
    at: datetime
    author: str
    why: str
    kept: str
    absorbed: str
    absorbed_title: str
    undone: datetime | None = None


class MergeStore:
    """Merges, as the store keeps them. Errors and transactions as for `StateStore`."""

    def __init__(
        self, connections: Connections, audit: AuditStore, now: Callable[[], datetime]
    ) -> None:
        self._connections = connections
        self._audit = audit
        self._now = now

    def versions(self, record_id: str) -> list[Record]:
        """What each source stated about it, the first stored first; none where it is not stored.

        A record that came from one source only is its own single version.
        """
        with self._connections.reading() as db:
            row = db.execute(records.RECORD, [record_id]).fetchone()
            return versions_of(db, load(*row)) if row else []

    def join(self, kept: str, absorbed: str, choose: Choose, *, author: str, why: str) -> Merge:
        """Make one record of two stored ones, in one transaction.

        The record goes on under the id `kept`, with the earlier `first_seen` of the two; the other
        id leads to it from now on. Every version of both is kept, and both records as they were.
        Raises UnknownRecord where one of them is not stored.
        """
        with self._connections.writing() as db:
            one, other = _stored(db, kept), _stored(db, absorbed)
            if one.id == other.id:
                raise UnknownRecord(f"{kept} and {absorbed} are one record already.", "")
            mine, theirs = versions_of(db, one), versions_of(db, other)
            versions = [*mine, *theirs]
            joined = _joined(choose(versions), one, other)
            now = self._time()
            write(db, joined)
            for statement in sql.HAND_ON.values():
                db.execute(statement, [one.id, other.id])
            delete(db, other.id)
            keep_versions(db, joined.id, versions)
            note_brought(db, joined)
            for before in (one, other):
                note_happenings(db, before, joined, now)
            values = (text_of(now), author, why, one.id, other.id)
            packed = _pack(one, mine), _pack(other, theirs)
            number = db.execute(sql.ADD, [*values, *packed, content_hash(joined)]).lastrowid
            db.execute(sql.TOGETHER, _ordered(one.id, other.id))
            what = f"record {other.id} went into {one.id}: {why}"
            self._note(db, number, what, author, {"titles": [one.title, other.title]})
            return Merge(int(number or 0), now, author, why, one.id, other.id, other.title)

    def undo(self, record_id: str, choose: Choose, *, author: str) -> Merge | None:
        """Undo the last merge that this record (kept or absorbed) was part of; None without one.

        Both records are again as they were, but for what sources have stated about either since:
        that stays with the one it was stated about. The two are noted as two works.
        """
        with self._connections.writing() as db:
            survivor = db.execute(SURVIVOR, [record_id]).fetchone()
            if survivor is None:
                return None
            row = db.execute(sql.LAST, [record_id, record_id]).fetchone()
            if row is not None and row[1] != survivor[0]:
                # What it went into was absorbed itself since: the last merge is undone first.
                row = db.execute(sql.LAST, [survivor[0], survivor[0]]).fetchone()
            if row is None:
                return None
            now = self._time()
            past = _Past(*row)
            past.restore(db, choose, now)
            db.execute(sql.UNDONE, [text_of(now), past.number])
            what = f"undone: {past.kept} and {past.absorbed} are two records again"
            self._note(db, past.number, what, author)
            db.execute(sql.APART, [*_ordered(past.kept, past.absorbed), text_of(now), author])
            return _merge(db.execute(sql.ONE, [past.number]).fetchone())

    def history(self, record_id: str | None = None, limit: int = 20) -> list[Merge]:
        """The last merges, newest first, of all records or of one, undone ones included."""
        with self._connections.reading() as db:
            if record_id is None:
                rows = db.execute(sql.HISTORY, [limit]).fetchall()
            else:
                rows = db.execute(sql.HISTORY_OF, [record_id, record_id, limit]).fetchall()
        return [_merge(row) for row in rows]

    def keep_apart(self, one: str, other: str, *, author: str) -> None:
        """Note that these two records are two works; nothing merges them unasked any more."""
        with self._connections.writing() as db:
            db.execute(sql.APART, [*_ordered(one, other), text_of(self._time()), author])
            self._note(db, "-", f"records {one} and {other} are to stay two", author)

    def are_apart(self, one: str, other: str) -> bool:
        """Whether a person decided that these two are two works."""
        with self._connections.reading() as db:
            return db.execute(sql.ARE_APART, _ordered(one, other)).fetchone() is not None

    def relatives(self, record: Record) -> list[str]:
        """Ids of the stored records that may be this work by identifier or declared relation.

        Those that share a strong identifier, that this record declares a version of itself, and
        that declare so of this record; the record itself left out.
        """
        strong = strong_identifiers(record)
        declared = [r.identifier for r in record.relations if r.kind.same_work]
        with self._connections.reading() as db:
            found = [
                row[0]
                for each in unique((*strong, *declared))
                for row in db.execute(records.OWNERS, [each.scheme, each.value])
            ]
            found += [
                row[0]
                for each in strong
                for row in db.execute(sql.DECLARING, [each.scheme, each.value])
            ]
        return [record_id for record_id in unique(found) if record_id != record.id]

    def with_relatives(self, record_ids: Sequence[str]) -> set[str]:
        """Those of these stored records for which `relatives` or `namesakes` may find any."""
        with self._connections.reading() as db:
            return {row[0] for row in db.execute(sql.RELATED, [json.dumps(list(record_ids))])}

    def namesakes(self, record: Record, limit: int) -> list[str]:
        """Ids of other stored records whose folded title is this one's, longest stored first."""
        with self._connections.reading() as db:
            rows = db.execute(sql.NAMESAKES, [fold(record.title), record.id, limit]).fetchall()
        return [row[0] for row in rows]

    def survivor(self, record_id: str) -> str | None:
        """The id under which a record is stored today: its own, or that of what it went into."""
        with self._connections.reading() as db:
            row = db.execute(SURVIVOR, [record_id]).fetchone()
        return row[0] if row else None

    def carriers(self, identifier: Identifier) -> list[str]:
        """Ids of the records that carry this identifier as their own, longest stored first."""
        with self._connections.reading() as db:
            rows = db.execute(records.OWNERS, [identifier.scheme, identifier.value]).fetchall()
        return [row[0] for row in rows]

    def _note(
        self, db: Database, number: object, what: str, author: str,
        before: Mapping[str, object] | None = None,
    ) -> None:  # fmt: skip
        """Note a merge; one that the bot found by itself is the bot's."""
        who = BOT if author == "harvest" else None
        self._audit.note(db, "merge", number, what, who=who, before=before)

    def _time(self) -> datetime:
        return self._now().astimezone(UTC).replace(microsecond=0)


def _stored(db: Database, record_id: str) -> Record:
    row = db.execute(records.RECORD, [record_id]).fetchone()
    if row is None:
        raise UnknownRecord(f"No record {record_id[:80]} is stored.")
    return load(*row)


def _joined(chosen: Record, one: Record, other: Record) -> Record:
    """The record of all versions, under the id kept, with what checks and lists have added."""
    seen = [
        record.first_seen
        for record in (one, other)
        # What one workspace saw before is new to all others.
        if record.first_seen is not None and record.audience in {None, chosen.audience}
    ]
    integrity = unique((*one.integrity, *other.integrity, *chosen.integrity))
    about = {f"also_matches:{record.id}" for record in (one, other)}
    warnings = tuple(warning for warning in chosen.warnings if warning not in about)
    return chosen.model_copy(
        update={
            "id": one.id,
            "first_seen": min(seen, default=None),
            "integrity": integrity,
            "warnings": warnings,
        }
    )


def _once(versions: Sequence[Record]) -> list[Record]:
    """Versions without what a source has corrected since: its last word counts."""
    found: list[Record] = []
    for version in versions:
        found = [each for each in found if not same_version(each, version)]
        found.append(version)
    return found


@dataclass(frozen=True, slots=True)
class _Past:
    """A merge as its row has it: both records as they were, packed."""

    number: int
    kept: str
    absorbed: str
    kept_was: str
    absorbed_was: str
    result_hash: str

    def restore(self, db: Database, choose: Choose, now: datetime) -> None:
        """Put both records back; each with what sources have stated about it since the merge."""
        one, mine = _unpack(self.kept_was)
        other, theirs = _unpack(self.absorbed_was)
        stored = _stored(db, self.kept)
        if content_hash(stored) == self.result_hash:
            since: list[Record] = []
        else:
            since = [v for v in versions_of(db, stored) if v not in (*mine, *theirs)]
            added = [n for n in stored.integrity if n not in other.integrity]
            one = one.model_copy(update={"integrity": unique((*one.integrity, *added))})
        of_other = [v for v in since if _is_of(v, theirs) and not _is_of(v, mine)]
        of_one = [version for version in since if version not in of_other]
        for record, versions, later in ((one, mine, of_one), (other, theirs, of_other)):
            now_said = as_now(db, _once([*versions, *later]))
            if not now_said:  # all that it was came from files whose import was undone
                delete(db, record.id)
                continue
            is_same = now_said == versions
            restored = record if is_same else _renewed(record, choose(now_said))
            write(db, restored)
            keep_versions(db, restored.id, now_said)
            note_brought(db, restored)
            forget_told(db, restored)
            note_happenings(db, record, restored, now)


def _is_of(version: Record, others: Sequence[Record]) -> bool:
    return any(same_version(other, version) for other in others) or bool(
        {*strong_identifiers(version)} & {i for other in others for i in strong_identifiers(other)}
    )


def _renewed(record: Record, chosen: Record) -> Record:
    integrity = unique((*record.integrity, *chosen.integrity))
    return chosen.model_copy(
        update={"id": record.id, "first_seen": record.first_seen, "integrity": integrity}
    )


def _pack(record: Record, versions: Sequence[Record]) -> str:
    return json.dumps({"record": dump(record), "versions": [dump(v) for v in versions]})


def _unpack(text: str) -> tuple[Record, list[Record]]:
    stored = json.loads(text)
    record = Record.model_validate_json(stored["record"])
    return record, [Record.model_validate_json(body) for body in stored["versions"]]


def _merge(row: Sequence[str | int]) -> Merge:
    number, at, author, why, kept, absorbed, was, undone = row
    return Merge(
        int(number),
        datetime.fromisoformat(str(at)),
        str(author),
        str(why),
        str(kept),
        str(absorbed),
        _unpack(str(was))[0].title,
        datetime.fromisoformat(str(undone)) if undone else None,
    )


def _ordered(*ids: str) -> list[str]:
    return sorted(ids)
