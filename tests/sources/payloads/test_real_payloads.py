"""Real answers of the services: every one is parsed, or refused with a reason that says why."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.formats import Parsed
from bot.records.models import Record
from tests.sources.payloads.kinds import PAYLOADS, parsers

AT = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
# What the index says of files that are broken on purpose, or hold no works at all.
NOTHING_IN_IT = ("malformed", "esearch", "espell", "error body", "failure body", "empty result")

pytestmark = pytest.mark.shared_data


def _indexed(shared: Path, kind: str) -> Iterator[dict[str, str]]:
    with (shared / "data/payloads/INDEX.tsv").open(encoding="utf-8", newline="") as lines:
        yield from (row for row in csv.DictReader(lines, delimiter="\t") if row["kind"] == kind)


@pytest.mark.parametrize("kind", sorted(parsers()))
def test_every_real_answer_is_read_or_refused_with_a_reason(shared: Path, kind: str) -> None:
    for row in _indexed(shared, kind):
        data = (shared / "data/payloads" / row["file"]).read_bytes()
        parsed = Parsed.of(parsers()[kind].loads(data, "", AT))
        assert parsed.records or parsed.refused, row["file"]
        assert all(refusal.reason.strip() for refusal in parsed.refused), row["file"]
        if not parsed.records:
            assert _may_be_empty(row, parsed), (row["file"], parsed.refused)
        for record in parsed.records:
            _is_sound(record)


def _may_be_empty(row: dict[str, str], parsed: Parsed) -> bool:
    """Whether the index itself, or every single refusal, says that there are no works."""
    return (
        row["records"] == "0"
        or any(word in row["edge_case_note"] for word in NOTHING_IN_IT)
        or all("not a work" in r.reason or r.reason.endswith("no title") for r in parsed.refused)
    )


def _is_sound(record: Record) -> None:
    assert record.provenance[0].payload_sha256
    assert record.provenance[0].at == AT
    assert all(identifier.valid for identifier in record.identifiers)
    assert Record.model_validate_json(record.model_dump_json()) == record


@pytest.mark.parametrize("kind", sorted(parsers()))
def test_an_answer_with_works_is_recognised_as_what_it_is(shared: Path, kind: str) -> None:
    payload = parsers()[kind]
    for row in _indexed(shared, kind):
        path = shared / "data/payloads" / row["file"]
        data = path.read_bytes()
        for other in PAYLOADS:
            if other.recognises(data, path.name):
                assert other.name == payload.name, row["file"]
