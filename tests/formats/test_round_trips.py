"""What is written in a format is read again as it was: nothing that it can carry is lost."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.formats import WRITERS, Parsed, Writer, by_name
from bot.records.dates import PartialDate
from bot.records.models import Contribution, Identifier, Journal, Provenance, Record, Scheme
from tests.formats.strategies import records, said

AT = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
NAMES = tuple(writer.name for writer in WRITERS)
TRICKY = Record(
    type="Journal article",
    subtype="Review",
    title='50% of {CAFs}: "α-SMA⁺" & PD-L1 -- a `review\' of $5 #1_x \\input{y} ~ ^',
    contributors=(
        Contribution(family="van der Heijden", given="M"),
        Contribution(family="Smith and Sons", given="J"),
        Contribution(name="Group AB"),
        Contribution(family="O’Brien", given="Mary-Jane"),
    ),
    journal=Journal(title="A & B", issn="2768-0622", eissn="2768-0622"),
    pages="1-9",
    published=PartialDate(2025, 11),
    keywords=("PD-1", "CAF"),
    identifiers=(
        Identifier(
            scheme=Scheme.DOI,
            value="10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2",
        ),
    ),
)


def again(name: str, *written: Record) -> tuple[Record, ...]:
    """The records as they are read from the file that they were written to."""
    text = next(writer for writer in WRITERS if writer.name == name).dumps(written)
    parsed = Parsed.of(by_name(name).loads(text.encode(), "", AT))
    assert parsed.refused == ()
    return parsed.records


# Making up records takes longer than reading them: the same ones go through every format.
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(written=st.lists(records(), min_size=1, max_size=3))
@example(written=[TRICKY])
def test_a_round_trip_loses_nothing(written: list[Record]) -> None:
    for name in NAMES:
        read = again(name, *written)
        assert [said(record) for record in read] == [said(record) for record in written], name


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_list_is_an_empty_file(name: str) -> None:
    text = next(writer for writer in WRITERS if writer.name == name).dumps([])
    assert Parsed.of(by_name(name).loads(text.encode() or b"\n", "", AT)).records == ()


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_recognised_by_its_content(name: str) -> None:
    """Whatever it is called, what we write is read in the format it was written in."""
    from bot.formats import detect  # noqa: PLC0415

    text = next(writer for writer in WRITERS if writer.name == name).dumps([TRICKY])
    assert detect(text.encode(), "download").name == name
    assert detect(text.encode("utf-16"), "download").name == name


@pytest.mark.parametrize("name", [name for name in NAMES if name != "json"])
def test_no_author_is_made_up_and_provenance_is_said(name: str) -> None:
    """Authors without names are left blank; where the record comes from, and when, is in a note."""
    record = Record(
        title="Without names",
        contributors=(Contribution(orcid="0000-0002-1050-2771"), Contribution()),
        provenance=(Provenance(source="pubmed", at=AT),),
    )
    [read] = again(name, record)
    assert [person.display_name for person in read.contributors if person.display_name] == []
    assert read.provenance[0].note == "Record from pubmed, 2026-01-15"
    [third] = again(name, read)
    assert third.provenance[0].note == f"Record from {name}, 2026-01-15 (pubmed, 2026-01-15)"


@pytest.mark.parametrize("writer", WRITERS, ids=NAMES)
def test_a_file_is_written_as_its_records_come(writer: Writer) -> None:
    """No more than a piece of the file is in memory, however long it is."""
    drawn = 0

    def coming() -> Iterator[Record]:
        nonlocal drawn
        while True:
            drawn += 1
            yield TRICKY.model_copy(update={"volume": str(drawn)})

    for place, _ in zip(range(50), writer.pieces(coming()), strict=False):
        assert drawn <= place + 1
