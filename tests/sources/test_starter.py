"""The starter collection gives the seed record and every reference, or says what is missing."""

from datetime import datetime
from pathlib import Path

import pytest

from bot.errors import SeedsMissing
from bot.records.identity import strong_identifiers
from bot.records.models import Record, Scheme
from bot.sources.starter import StarterCollection


@pytest.fixture
def records(seeds: Path, now: datetime) -> list[Record]:
    source = StarterCollection(seeds)
    items = list(source.records(now))
    read = [item for item in items if isinstance(item, Record)]
    assert len(read) == len(items)
    return read


def test_the_starter_gives_302_records_the_seed_first(records: list[Record]) -> None:
    assert len(records) == 302
    assert records[0].doi == "10.1002/ctd2.70098"


def test_the_seed_record_knows_its_address_and_who_supplied_it(
    records: list[Record], now: datetime
) -> None:
    assert records[0].identifier(Scheme.ORA) == "6ed0b5bd-c459-4081-970f-c8a8f218c2c3"
    assert [p.source for p in records[0].provenance] == ["ora", "starter"]
    assert records[0].provenance[1].fields == ("identifiers",)
    assert all(p.at == now for record in records for p in record.provenance)


def test_no_two_starter_records_are_one_work(records: list[Record]) -> None:
    strong = [identifier for record in records for identifier in strong_identifiers(record)]
    assert len(set(strong)) == len(strong)
    assert all(strong_identifiers(record) for record in records)


def test_a_missing_seed_is_named(tmp_path: Path, now: datetime) -> None:
    with pytest.raises(SeedsMissing, match=r"lack ora_record\.txt"):
        list(StarterCollection(tmp_path).records(now))


def test_every_reference_says_what_it_is(records: list[Record]) -> None:
    """An article, with the kind of study as its subtype, or a preprint."""
    assert {record.type for record in records} == {"Journal article", "Preprint"}
    subtypes = [record.subtype for record in records if record.subtype]
    assert "Systematic review and meta-analysis" in subtypes
    assert len(subtypes) > 100
