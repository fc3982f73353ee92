"""Rows of records in the SQLite file: written, read back, and taken out."""

import hashlib
import json
from collections.abc import Mapping

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
    write_fresh(db, record, content_key(record), found)
    db.execute(sql.NOT_GONE, [record.id])


def write_fresh(db: Database, record: Record, key: str, found: Mapping[str, str | None]) -> None:
    """Write a record of which no table has anything yet: its content key, and what it counts for.

    Counting it, and that its id is no longer gone, is left to the caller, who does so for many.
    """
    db.execute(sql.ADVANCE)
    db.execute(
        sql.WRITE,
        {
            "id": record.id,
            "content_hash": content_hash(record),
            "content_key": key,
            "strong": bool(strong_identifiers(record)),
            "title_key": fold(record.title),
            "published": record.published and record.published.earliest.isoformat(),
            "first_seen": record.first_seen and record.first_seen.isoformat(timespec="seconds"),
            "facts": json.dumps(sorted(found)),
            "body": dump(record),
        },
    )
    db.conn.executemany(sql.ADD_IDENTIFIER, _identifier_rows(record))
    relations = [
        (record.id, str(r.kind), r.identifier.scheme, r.identifier.value) for r in record.relations
    ]
    cited = [(record.id, str(r.scheme), r.value) for r in record.references]
    for statement, rows in ((sql.ADD_RELATION, relations), (sql.ADD_CITED, cited)):
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
