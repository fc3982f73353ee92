"""Reading a document of a test's own with a parser."""

import json
from datetime import UTC, datetime

from bot.formats import Format, Parsed
from bot.records.models import Record

AT = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def load(payload: Format, document: object) -> Parsed:
    """What a parser makes of a JSON document."""
    return Parsed.of(payload.loads(json.dumps(document).encode(), "", AT))


def one(payload: Format, document: object) -> Record:
    """The one record of a document of which nothing is refused."""
    parsed = load(payload, document)
    assert parsed.refused == ()
    [record] = parsed.records
    assert Record.model_validate_json(record.model_dump_json()) == record
    [origin] = record.provenance
    assert origin.at == AT
    assert origin.source in (payload.name, "medrxiv")
    assert origin.payload_sha256
    return record


def reasons(payload: Format, document: object) -> list[str]:
    """Why a document of which nothing is a record is refused."""
    parsed = load(payload, document)
    assert parsed.records == ()
    return [refusal.reason for refusal in parsed.refused]


def related(record: Record) -> list[tuple[str, str]]:
    """What the record is to other works, each by its identifier."""
    return [(relation.kind.value, relation.identifier.value) for relation in record.relations]
