"""Counts come from the index alone, and are those that a search would list."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import IndexUnavailable
from bot.index import EVERY_RECORD, UNDATED, Group, IndexQuery, Key, SearchIndex, Words, Years
from bot.records.models import ConceptTag
from bot.store import StateStore
from tests.index.works import COMBINE, MakeIndex, work

TAG = ConceptTag(concept="car-t", field="title", words="CAR-T")


WORKS = (
    work(1, "CAR-T cells in glioma", published="2024-05-01", concepts=(TAG,)),
    work(2, "CAR-T cells in lymphoma", published="2024", concepts=(TAG,)),
    work(3, "Macrophages in glioma", published="2020-03"),
    work(4, "Glioma, undated", concepts=(TAG,)),
)
CAR_T = Group((Key("concept", "car-t"),))
GLIOMA = Group((Words(("glioma",)),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StateStore]:
    opened = StateStore.open(tmp_path / "tme.db")
    opened.upsert(WORKS, COMBINE)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (IndexQuery(), 4),
        (IndexQuery(groups=(GLIOMA,)), 3),
        (IndexQuery(groups=(GLIOMA, CAR_T)), 2),
        (IndexQuery(required=(GLIOMA,), excluded=(Key("concept", "car-t"),)), 1),
        (IndexQuery(groups=(CAR_T,), years=Years(20240101, 20241231)), 2),
        (IndexQuery(groups=(Group((Words(("neutrophil",)),)),)), 0),
    ],
)
def test_a_count_is_that_of_the_strict_matches(
    index: SearchIndex, query: IndexQuery, count: int
) -> None:
    assert index.count(query) == count == index.search(query, 10).strict_total


def test_a_word_is_counted_as_it_is_held_after_a_record_was_replaced(
    index: SearchIndex, store: StateStore
) -> None:
    store.upsert([work(3, "Macrophages in glioma", keywords=("microglia",))], COMBINE)
    index.follow(store)
    wanted = IndexQuery(groups=(GLIOMA,))
    assert index.count(wanted) == 3 == index.search(wanted, 10).strict_total


def test_a_surname_and_a_journal_count_as_words(index: SearchIndex, store: StateStore) -> None:
    more = work(5, "Neutrophils", contributors=({"name": "Jones A"},), journal={"title": "Gliomas"})
    store.upsert([more], COMBINE)
    index.follow(store)
    for word, count in (("jones", 1), ("glioma", 4)):
        wanted = IndexQuery(groups=(Group((Words((word,)),)),))
        found = index.search(wanted, 10)
        assert index.count(wanted) == count == found.strict_total == len(found.candidates)


def test_years_are_counted_apart_from_the_undated(index: SearchIndex) -> None:
    assert dict(index.years(IndexQuery())) == {UNDATED: 1, 2020: 1, 2024: 2}
    assert dict(index.years(IndexQuery(groups=(CAR_T,)))) == {UNDATED: 1, 2024: 2}
    assert dict(index.years(IndexQuery(years=Years(20240101, None)))) == {2024: 2}
    assert dict(index.years(IndexQuery(groups=(Group((Words(("none",)),)),)))) == {}


def test_a_table_follows_the_store_and_is_the_callers_own(
    index: SearchIndex, store: StateStore
) -> None:
    asked = (IndexQuery(), [EVERY_RECORD, CAR_T], [CAR_T])
    first = index.tally(*asked)
    assert first == [[4, 3], [3, 3]]
    first[0][0] = 99
    assert index.tally(*asked) == [[4, 3], [3, 3]]
    store.upsert([work(5, "More glioma", concepts=(TAG,))], COMBINE)
    index.follow(store)
    assert index.tally(*asked) == [[5, 4], [4, 4]]
    store.upsert([work(5, "No more", concepts=())], COMBINE)
    index.follow(store)
    assert index.tally(*asked) == [[5, 3], [3, 3]]


def test_nothing_is_counted_before_there_is_an_index(make_index: MakeIndex) -> None:
    with pytest.raises(IndexUnavailable):
        make_index().count(IndexQuery())


@pytest.mark.parametrize(
    "query", [IndexQuery(), IndexQuery(groups=(GLIOMA,)), IndexQuery(years=Years(20240101, None))]
)
def test_a_table_counted_at_once_has_the_counts_of_its_cells(
    index: SearchIndex, query: IndexQuery
) -> None:
    year, odd = Group((Key("year", "2024"), Key("year", "2020"))), Group((Key("type", 'a "b" \\'),))
    rows, columns = (CAR_T, year, odd, EVERY_RECORD), (year, CAR_T)
    expected = [
        [
            index.count(query.requiring(row)),
            *(index.count(query.requiring(row, c)) for c in columns),
        ]
        for row in rows
    ]
    assert index.tally(query, rows, columns) == expected
    assert index.tally(query, rows) == [[row[0]] for row in expected]
    assert index.tally(query, ()) == []


def test_only_keys_are_counted_together(index: SearchIndex) -> None:
    with pytest.raises(TypeError, match="only keys"):
        index.tally(IndexQuery(), (GLIOMA,))
