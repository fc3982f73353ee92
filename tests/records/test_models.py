"""Records as values: dates as precise as they are known, and JSON that comes back the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.records.dates import PartialDate, Precision
from bot.records.models import IntegrityKind, IntegrityNotice, Provenance, Record, RelationKind


@pytest.mark.parametrize(
    ("text", "precision"),
    [("2025", Precision.YEAR), ("2025-11", Precision.MONTH), ("2025-11-09", Precision.DAY)],
)
def test_a_date_is_as_precise_as_it_is_written(text: str, precision: Precision) -> None:
    assert PartialDate.parse(text).precision is precision
    assert str(PartialDate.parse(text)) == text


@pytest.mark.parametrize("text", ["", "25", "2025-13", "2025-02-30", "9 Nov 2025", "2025-11-"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|month|day|range"):
        PartialDate.parse(text)


def test_dates_sort_by_their_first_day() -> None:
    dates = [PartialDate.parse(t) for t in ("2025-11-09", "2025", "2024-12")]
    assert [str(d) for d in sorted(dates)] == ["2024-12", "2025", "2025-11-09"]


def test_a_record_without_a_title_is_refused() -> None:
    with pytest.raises(ValidationError):
        Record(title="")


def test_a_record_comes_back_from_json_as_it_was() -> None:
    record = Record(
        title="A",
        published=PartialDate.parse("2025-11"),
        provenance=(Provenance(source="ora", at="2025-12-03T10:00:00+01:00"),),
    )
    assert Record.model_validate_json(record.model_dump_json()) == record


def test_a_correction_is_not_a_retraction() -> None:
    corrected = IntegrityNotice(kind=IntegrityKind.CORRECTION)
    record = Record(title="A", integrity=(corrected,))
    assert not record.is_retracted
    assert record.flags == ("corrected",)


def test_a_withdrawal_is_said_by_its_own_name_and_counts_as_gone() -> None:
    withdrawn = IntegrityNotice(kind=IntegrityKind.WITHDRAWAL)
    record = Record(title="A", integrity=(withdrawn,))
    assert record.is_retracted
    assert record.flags == ("withdrawn",)


def test_only_versions_are_one_work() -> None:
    """A notice, a comment or a part is a work of its own, whatever it shares with the other."""
    same = {kind.value for kind in RelationKind if kind.same_work}
    assert same == {"preprint-of", "has-preprint", "version-of"}


def test_a_retraction_nobody_looked_for_is_unknown() -> None:
    assert Record(title="A").checked is None


@given(st.dates())
def test_every_day_comes_back_as_written(day: object) -> None:
    assert str(PartialDate.parse(str(day))) == str(day)
