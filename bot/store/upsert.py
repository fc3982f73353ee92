"""Writing incoming records: which stored record each one is, and what becomes of it."""

import json
from collections.abc import Sequence
from datetime import datetime

from bot.records.identity import content_key, contradicts, new_id, strong_identifiers
from bot.records.models import Identifier, Record, unique
from bot.store import counts
from bot.store.connections import Database
from bot.store.imports import note_brought, note_brought_first
from bot.store.records import Fresh, content_hash, load, write, write_fresh
from bot.store.standing import note_happenings
from bot.store.statements import records as sql
from bot.store.values import Combine, Outcome, Upserted
from bot.store.versions import is_repeated, keep_incoming


class Upserts:
    """A batch of records on its way into the store, inside the caller's transaction.

    What most records are found not to match is looked up for the whole batch at once.
    """

    def __init__(self, db: Database, records: Sequence[Record], combine: Combine, now: datetime):
        """`combine` and `now` as for `StateStore.upsert`."""
        self._db, self._combine, self._now = db, combine, now
        names = {(i.scheme, i.value) for each in records for i in strong_identifiers(each)}
        self._incoming = [(each, content_key(each)) for each in records]
        keys = {key for _, key in self._incoming}
        self._names = {
            (scheme, value) for scheme, value in db.execute(sql.OWNED, [json.dumps(sorted(names))])
        }
        self._keys = {row[0] for row in db.execute(sql.KEYS, [json.dumps(sorted(keys))])}
        # What is new is written together, before anything that may meet it is looked up.
        self._new: list[tuple[Record, str]] = []
        self._done: list[Upserted] = []

    def all(self) -> list[Upserted]:
        """Write them in their order; see `StateStore.upsert`."""
        for record, key in self._incoming:
            self._one(record, key)
        self._write_new()
        return self._done

    def _one(self, record: Record, key: str) -> None:
        strong, done = strong_identifiers(record), None
        names = [each for each in strong if (each.scheme, each.value) in self._names]
        if record.id or names or key in self._keys:
            self._write_new()
            done = self._known(record, names, key)
        if done is not None:
            self._done.append(done)
        else:
            self._new.append((record, key))
            self._keys.add(key)
        self._names |= {(each.scheme, each.value) for each in strong}

    def _known(self, record: Record, names: Sequence[Identifier], key: str) -> Upserted | None:
        """What became of a record that may be stored; None: it is not."""
        db = self._db
        ids = _named_by(db, record, names)
        is_stated = not record.id  # by a source, not read from the store and written back
        if is_stated and len(ids) == 1 and _stored_hash(db, ids[0]) == content_hash(record):
            return Upserted(ids[0], "unchanged")  # what every reading of a file again mostly is
        matches = _matches(db, record, ids, key if key in self._keys else None)
        return self._combined(record, matches) if matches else None

    def _write_new(self) -> None:
        if not self._new:
            return
        ids = _free_ids(self._db, [record for record, _ in self._new])
        fresh = []
        for record_id, (record, key) in zip(ids, self._new, strict=True):
            made = record.model_copy(update={"id": record_id, "first_seen": self._now})
            fresh.append(Fresh(made, key, counts.facts(made)))
        first = write_fresh(self._db, fresh)
        note_brought_first(self._db, [each.record for each in fresh if each.record.is_file])
        self._done += [Upserted(id_, "new", at) for at, id_ in enumerate(ids, start=first)]
        self._new = []

    def _combined(self, record: Record, matches: Sequence[Record]) -> Upserted:
        db, now = self._db, self._now
        stored = matches[0]
        if is_repeated(db, stored, record):
            return Upserted(stored.id, "unchanged")
        combined = self._combine(stored, record)
        also = (f"also_matches:{other.id}" for other in matches[1:] if record.audience is None)
        combined = combined.model_copy(
            update={
                "id": stored.id,
                "first_seen": stored.first_seen,
                "warnings": unique((*combined.warnings, *also)),
            }
        )
        is_more = keep_incoming(db, stored, record)
        if _stored_hash(db, stored.id) == content_hash(combined):
            if is_more and record.is_file:
                note_brought(db, stored)
                return Upserted(stored.id, "merged")
            return Upserted(stored.id, "unchanged")
        write(db, combined)
        self._keys.add(content_key(combined))
        if record.is_file:
            note_brought(db, combined)
        note_happenings(db, stored, combined, now)
        return Upserted(stored.id, _kind_of_change(stored, record))


def _kind_of_change(stored: Record, incoming: Record) -> Outcome:
    known = {entry.source for entry in stored.provenance}
    return "changed" if known.issuperset(p.source for p in incoming.provenance) else "merged"


def _stored_hash(db: Database, record_id: str) -> str:
    return str(db.execute(sql.CONTENT_HASH, [record_id]).fetchone()[0])


def _named_by(db: Database, record: Record, names: Sequence[Identifier]) -> tuple[str, ...]:
    """The ids of the stored records that its id or one of these names, in their order."""
    ids = [row[0] for row in db.execute(sql.IS_HELD, [record.id])] if record.id else []
    for identifier in names:
        ids += [row[0] for row in db.execute(sql.OWNERS, [identifier.scheme, identifier.value])]
    return unique(ids)


def _matches(db: Database, record: Record, ids: Sequence[str], key: str | None) -> list[Record]:
    """The stored records that are this work, the one to write to first; `ids` are named by it.

    `key` is its content key, None where no stored record has that.

    What one workspace brought is nobody else's: it matches what that workspace sees, and nothing
    that comes in for everybody matches it (`Merger.settle` joins the two).
    """
    sharing = [load(*db.execute(sql.RECORD, [each]).fetchone()) for each in ids]
    sharing = [each for each in sharing if each.audience in {None, record.audience}]
    sharing.sort(key=lambda each: (each.id != record.id, each.audience is not None))
    found = [each for each in sharing if each.id == record.id or not contradicts(each, record)]
    if found or sharing or key is None:
        return found
    same_key = _same_key(db, record, key, is_strong=bool(strong_identifiers(record)))
    return [load(*db.execute(sql.RECORD, [each]).fetchone()) for each in same_key]


def _same_key(db: Database, record: Record, key: str, *, is_strong: bool) -> tuple[str, ...]:
    """The stored record of the same content key, where no identifier speaks against it.

    One that lacks strong identifiers is that work, which may have gained its DOI since. One that
    has them is, when the incoming record has none and no other stored work has the same key.
    """
    rows = db.execute(sql.SAME_KEY, [key, record.audience]).fetchall()
    if not rows:
        return ()
    record_id, held_is_strong = rows[0]
    if held_is_strong and (is_strong or len(rows) > 1):
        return ()
    return (record_id,)


def _free_ids(db: Database, records: Sequence[Record]) -> list[str]:
    """The works' own ids, made longer in the rare case that another work has one."""
    ids = [new_id(each, each.audience or "") for each in records]
    taken = {row[0] for row in db.execute(sql.STORED, [json.dumps(ids)])}
    for at, base in enumerate(ids):
        number = 1
        while ids[at] in taken or (
            number > 1 and db.execute(sql.IS_HELD, [ids[at]]).fetchone() is not None
        ):
            number += 1
            ids[at] = f"{base}{number}"
        taken.add(ids[at])
    return ids
