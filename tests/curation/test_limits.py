"""How long what people write may be, and how near to a list's name a slip is taken for it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.curation.lists import Library, Scope, UnknownList
from bot.curation.reports import Reports
from bot.errors import UsageError
from bot.records.models import Record
from bot.store import StateStore
from bot.store.reports import Reporting
from tests.own_records import work

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
ALICE = Scope("/T1", "U1")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StateStore]:
    opened = StateStore.open(tmp_path / "tme.db", now=lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture
def record(store: StateStore) -> Record:
    store.upsert([work(1, "Macrophages")], lambda _, incoming: incoming)
    return store.newest(1)[0]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("abcdefghijklmnopqrst", True),
        ("abcdefghijklmnopqxxx", True),  # three of twenty letters wrong: 85 of 100 alike
        ("abcdefghijklmnopxxxx", False),
    ],
)
def test_a_slip_of_a_lists_name_is_taken_for_it(store: StateStore, typed: str, found: bool) -> None:
    library = Library(store, lambda: NOW)
    made = library.make(ALICE, "abcdefghijklmnopqrst")
    near = library.named(ALICE, typed)
    assert (near is not None and near.id == made.id) is found


@pytest.mark.parametrize(
    ("made", "typed"),
    [("lab", "lab list"), ("lab list", "Lab"), ("club", "club reading list"), ("list", "list")],
)
def test_the_word_list_makes_no_other_name(store: StateStore, made: str, typed: str) -> None:
    library = Library(store, lambda: NOW)
    kept = library.make(ALICE, made)
    near = library.named(ALICE, typed)
    assert near is not None
    assert near.id == kept.id
    assert library.named(ALICE, "another list") is None


def test_a_name_holds_eighty_characters_and_a_note_a_thousand(
    store: StateStore, record: Record
) -> None:
    library = Library(store, lambda: NOW)
    made = library.make(ALICE, "n" * 80)
    with pytest.raises(UsageError, match="81"):
        library.make(ALICE, "n" * 81)
    saved = library.save(ALICE, [record], made, note="x" * 1_001)
    assert len(saved.items[0].note) == 1_000


def test_a_report_holds_a_thousand_characters(store: StateStore, record: Record) -> None:
    reports = Reports(store, lambda: NOW)
    kept = reports.report(Reporting("/T1", record.id, "other", "x" * 1_001, "U1"))
    assert len(kept.report.text) == 1_000


def test_another_persons_list_is_out_of_reach(store: StateStore) -> None:
    library = Library(store, lambda: NOW)
    made = library.make(ALICE, "mine")
    for stranger in (Scope("/T1", "U2"), Scope("/T2", "U1")):
        assert library.named(stranger, "mine") is None
        with pytest.raises(UnknownList):
            library.reach(stranger, made.id)
