"""Rows of records in the SQLite file: written, read back, and taken out."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pydantic import ValidationError

from bot.errors import StoreDamaged
from bot.records.identity import content_key, strong_identifiers
from bot.records.models import Record, Scheme
from bot.store import counts
from bot.store.connections import Database
from bot.store.statements import records as sql
from bot.text.folding import fold


def dump(record: Record) -> str:
    """The record as the JSON that is kept: what has its default value is left out.

    What somebody keeps beside a work is no part of it: reading lists have it.
    """
    return record.model_dump_json(exclude_defaults=True, exclude={"shelf"})


def load(record_id: str, body: str) -> Record:
    """The record of a row. Raises StoreDamaged when it cannot be read."""
    try:
        return Record.model_validate_json(body)
    except ValidationError as error:
        raise StoreDamaged(f"Record {record_id} cannot be read.") from error


def content_hash(record: Record) -> str:
    """SHA-256 of what the record says: not its `id`, when it came in, and with which import.

    Defaults are left out, so that a field added to the model changes no record's hash.
    """
    stated = record.model_dump_json(
        exclude={
            "id": True,
            "first_seen": True,
            "shelf": True,
            "provenance": {"__all__": {"at", "imported"}},
        },
        exclude_defaults=True,
    )
    return hashlib.sha256(stated.encode()).hexdigest()


def write(db: Database, record: Record) -> None:
    """Write a record, new or changed, with everything it is found by, at the next place."""
    found = counts.facts(record)
    counts.change(db, record.id, found)
    for statement in (sql.FORGET_IDENTIFIERS, sql.FORGET_RELATIONS, sql.FORGET_CITED):
        db.execute(statement, [record.id])
    db.execute(sql.ADVANCE)
    db.execute(sql.WRITE, _row(record, content_key(record), found))
    _write_names(db, [record])
    db.execute(sql.NOT_GONE, [record.id])


def write_fresh(db: Database, fresh: Sequence["Fresh"]) -> int:
    """Write records of which no table has anything yet, and count them; the place of the first."""
    last = int(db.execute(sql.ADVANCE_BY, [len(fresh)]).fetchone()[0])
    first = last - len(fresh) + 1
    rows = [(*_row(*each), at) for at, each in enumerate(fresh, start=first)]
    db.conn.executemany(sql.WRITE_FRESH, rows)
    _write_names(db, [each.record for each in fresh])
    counts.add(db, [each.found for each in fresh])
    db.conn.executemany(sql.NOT_GONE, [(each.record.id,) for each in fresh])
    return first


class Fresh(NamedTuple):
    """A record that is not stored yet, its content key, and what it counts for."""

    record: Record
    key: str
    found: Mapping[str, str | None]


def _row(record: Record, key: str, found: Mapping[str, str | None]) -> tuple[object, ...]:
    return (
        record.id,
        content_hash(record),
        key,
        bool(strong_identifiers(record)),
        fold(record.title),
        record.published and record.published.earliest.isoformat(),
        record.first_seen and record.first_seen.isoformat(timespec="seconds"),
        json.dumps(sorted(found)),
        dump(record),
    )


def _write_names(db: Database, records: Sequence[Record]) -> None:
    """Write what records are found by."""
    named = [row for each in records for row in _identifier_rows(each)]
    relations = [
        (each.id, str(r.kind), r.identifier.scheme, r.identifier.value)
        for each in records
        for r in each.relations
    ]
    cited = [(each.id, str(r.scheme), r.value) for each in records for r in each.references]
    for statement, rows in (
        (sql.ADD_IDENTIFIER, named), (sql.ADD_RELATION, relations), (sql.ADD_CITED, cited),
    ):  # fmt: skip
        if rows:
            db.conn.executemany(statement, rows)


def delete(db: Database, record_id: str) -> None:
    """Take a record out, with everything that hangs on it, and mark its place in the sequence."""
    counts.change(db, record_id, {})
    db.execute(sql.DELETE, [record_id])
    db.execute(sql.ADVANCE)
    db.execute(sql.MARK_GONE, [record_id])


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
