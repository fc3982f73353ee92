"""Writing incoming records: which held record each one is, and what becomes of it."""

import hashlib
from datetime import datetime

from pydantic import ValidationError
from sqlite_utils import Database

from bot.errors import StoreDamaged
from bot.identity import content_key, new_id, strong_identifiers
from bot.models import Record, Scheme, unique
from bot.store import Combine, Outcome, Upserted
from bot.store import sqlite_statements as sql
from bot.store.sqlite_standing import note_happenings
from bot.text import fold


def dump(record: Record) -> str:
    """The record as the JSON that is kept: what has its default value is left out."""
    return record.model_dump_json(exclude_defaults=True)


def load(record_id: str, body: str) -> Record:
    """The record of a row. Raises StoreDamaged when it cannot be read."""
    try:
        return Record.model_validate_json(body)
    except ValidationError as error:
        raise StoreDamaged(f"Record {record_id} cannot be read.") from error


def content_hash(record: Record) -> str:
    """SHA-256 of what the record says: everything but `id`, `first_seen`, provenance times.

    Defaults are left out, so that a field added to the model changes no record's hash.
    """
    said = record.model_dump_json(
        exclude={"id": True, "first_seen": True, "provenance": {"__all__": {"at"}}},
        exclude_defaults=True,
    )
    return hashlib.sha256(said.encode()).hexdigest()


def upsert(db: Database, record: Record, combine: Combine, now: datetime) -> Upserted:
    """Write one record inside the caller's transaction; see `StateStore.upsert`."""
    matches = _matches(db, record)
    if not matches:
        record_id = _free_id(db, record)
        _write(db, record.model_copy(update={"id": record_id, "first_seen": now}))
        return Upserted(record_id, "new")
    held = load(*db.execute(sql.RECORD, [matches[0]]).fetchone())
    combined = combine(held, record)
    also = (f"also_matches:{other}" for other in matches[1:])
    combined = combined.model_copy(
        update={
            "id": held.id,
            "first_seen": held.first_seen,
            "warnings": unique((*combined.warnings, *also)),
        }
    )
    if db.execute(sql.CONTENT_HASH, [held.id]).fetchone()[0] == content_hash(combined):
        return Upserted(held.id, "unchanged")
    _write(db, combined)
    note_happenings(db, held, combined, now)
    return Upserted(held.id, _kind_of_change(held, record))


def _kind_of_change(held: Record, incoming: Record) -> Outcome:
    known = {entry.source for entry in held.provenance}
    return "changed" if known.issuperset(p.source for p in incoming.provenance) else "merged"


def _matches(db: Database, record: Record) -> tuple[str, ...]:
    """The ids of the held records that are this work, the one to write to first."""
    ids = [row[0] for row in db.execute(sql.IS_HELD, [record.id])]
    strong = strong_identifiers(record)
    for identifier in strong:
        ids += [row[0] for row in db.execute(sql.OWNERS, [identifier.scheme, identifier.value])]
    return unique(ids) if ids else _same_key(db, record, is_strong=bool(strong))


def _same_key(db: Database, record: Record, *, is_strong: bool) -> tuple[str, ...]:
    """The held record of the same content key, where no identifier speaks against it.

    One that lacks strong identifiers is that work, which may have gained its DOI since. One that
    has them is, when the incoming record has none and no other held work has the same key.
    """
    rows = db.execute(sql.SAME_KEY, [content_key(record)]).fetchall()
    if not rows:
        return ()
    record_id, held_is_strong = rows[0]
    if held_is_strong and (is_strong or len(rows) > 1):
        return ()
    return (record_id,)


def _free_id(db: Database, record: Record) -> str:
    """The work's own id, made longer in the rare case that another work has it."""
    base = candidate = new_id(record)
    number = 1
    while db.execute(sql.IS_HELD, [candidate]).fetchone() is not None:
        number += 1
        candidate = f"{base}{number}"
    return candidate


def _write(db: Database, record: Record) -> None:
    db.execute(sql.ADVANCE)
    db.execute(
        sql.WRITE,
        {
            "id": record.id,
            "content_hash": content_hash(record),
            "content_key": content_key(record),
            "strong": bool(strong_identifiers(record)),
            "title_key": fold(record.title),
            "published": record.published and record.published.earliest.isoformat(),
            "first_seen": record.first_seen and record.first_seen.isoformat(timespec="seconds"),
            "body": dump(record),
        },
    )
    db.execute(sql.FORGET_IDENTIFIERS, [record.id])
    db.conn.executemany(sql.ADD_IDENTIFIER, _identifier_rows(record))


def _identifier_rows(record: Record) -> list[tuple[str, str, str, str]]:
    """Everything the record is found by, as (record id, scheme, value, role)."""
    rows = [(record.id, str(i.scheme), i.value, "own") for i in record.identifiers]
    rows += [
        (record.id, str(Scheme.ORCID), contribution.orcid, "contributor")
        for contribution in record.contributors
        if contribution.orcid
    ]
    if record.journal is not None:
        numbers = (record.journal.issn, record.journal.eissn)
        rows += [(record.id, str(Scheme.ISSN), issn, "journal") for issn in numbers if issn]
    return rows
