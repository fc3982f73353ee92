"""Counts of two facets and of years: those that the lists behind them have."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.search.landscape import MOST_COLUMNS, MOST_ROWS, Landscape, Trend, axes
from handlers.router import Request, Router, Surface
from tests.block_check import check_message
from tests.own_records import router_over, work

OWN = (
    work(1, "CAR-T cells and regulatory T cells in glioma", published="2024"),
    work(2, "CAR-T cells and regulatory T cells in lymphoma", published="2022-05"),
    work(3, "Oncolytic viruses and regulatory T cells", published="1980"),
    work(4, "Tumour-associated macrophages in glioma", published="2026-01-02"),
    work(5, "Dendritic cells in melanoma"),
)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    with router_over(tmp_path_factory.mktemp("own"), OWN) as router:
        yield router


def mapped(router: Router, words: str) -> Landscape:
    services = router.services
    return services.landscape.map(router.read(Request(words, Surface.TERMINAL), None).query)


def trend(router: Router, words: str) -> Trend:
    services = router.services
    return services.landscape.trend(router.read(Request(words, Surface.TERMINAL), None).query)


def test_the_fullest_rows_and_columns_come_first_and_empty_ones_are_left_out(own: Router) -> None:
    found = mapped(own, "map")
    assert found.rows.labels == ("regulatory T cells",)
    assert found.columns.labels[:2] == ("engineered cell therapy", "CAR-T cell therapy")
    assert [cell.count for cell in found.cells[0]][:2] == [2, 2]
    assert "oncolytic viruses" in found.columns.labels
    assert found.total == 5
    assert found.remark is None  # what has no record is not worth a word


@pytest.mark.parametrize("words", ["map", "map resistance by strategy", "map checkpoint"])
def test_every_cell_opens_as_many_records_as_it_counts(router: Router, words: str) -> None:
    for cell in mapped(router, words).top(8):
        assert router.answer(Request(cell.question, Surface.DIRECT)).answer.total == cell.count


@pytest.mark.parametrize(
    ("words", "heading"),
    [
        ("trend since 2020", "Years of publication since 2020: 3 records"),
        ("trend year:2020..2022", "Years of publication since 2020, until 2022: 1 record"),
        ("trend glioma since 2020", "Years of publication on glioma since 2020: 2 records"),
        ("trend", "Years of publication: 5 records"),
        ("map since 2020", "TME component by reprogramming strategy since 2020: 3 records"),
    ],
)
def test_the_heading_says_of_which_records(own: Router, words: str, heading: str) -> None:
    assert heading in own.answer(Request(words, Surface.DIRECT)).message.text


def test_a_topic_limits_the_map(own: Router) -> None:
    found = mapped(own, "map in glioma")
    assert (found.topic, found.total) == ("glioma", 2)
    assert [c.count for c in found.cells[0]] == [1] * len(found.columns.labels)


def test_no_umbrella_term_repeats_what_is_below_it(router: Router) -> None:
    found = mapped(router, "map")
    assert not {"tumour microenvironment", "immune cells"} & set(found.rows.labels)
    assert "TME reprogramming" not in found.columns.labels


def test_a_map_is_never_too_large_to_read(router: Router) -> None:
    found = mapped(router, "map biomarkers by strategies")
    assert len(found.rows.labels) <= MOST_ROWS
    assert len(found.columns.labels) <= MOST_COLUMNS
    assert all(len(row) == len(found.columns.labels) for row in found.cells)


@pytest.mark.parametrize(
    ("subject", "facets", "topic"),
    [
        ("", ("component", "strategy"), ""),
        ("in melanoma", ("component", "strategy"), "melanoma"),
        ("resistance by strategy", ("resistance", "strategy"), ""),
        ("of components × biomarkers in melanoma", ("component", "biomarker"), "melanoma"),
        ("strategies vs evidence for CAR-T", ("strategy", "evidence"), "CAR-T"),
        ("glioma: resistance and component", ("resistance", "component"), "glioma"),
        ("acquired resistance", ("component", "strategy"), "acquired resistance"),
    ],
)
def test_the_facets_and_the_topic_are_told_apart(
    subject: str, facets: tuple[str, str], topic: str
) -> None:
    assert axes(subject) == (facets, topic)


def test_years_are_counted_without_a_gap_up_to_now(own: Router) -> None:
    found = trend(own, "trend")
    assert found.years[0][0] == 2002
    assert found.years[-1] == (2026, 1)
    assert dict(found.years)[2023] == 0
    assert sum(count for _, count in found.years) == 3
    assert (found.before, found.undated, found.total) == (1, 1, 5)
    assert found.today == date(2026, 1, 15)
    assert found.remark == (
        "2026 is counted up to 15 Jan; 1 before 2002 not drawn; 1 without a known date not drawn."
    )


def test_the_years_of_a_topic_open_their_records(own: Router) -> None:
    found = trend(own, "trend in glioma by year")
    assert found.topic == "glioma"
    for year, count in found.years:
        if count:
            answer = own.answer(Request(found.question(year), Surface.DIRECT)).answer
            assert answer.total == count


@pytest.mark.parametrize("surface", list(Surface))
@pytest.mark.parametrize(
    "text",
    ["map", "map resistance by strategy in glioma", "map xyzzy", "trend", "trend melanoma",
     "trend xyzzy", "trend <!channel> *x*", "map checkpoint <@U1>"],
)  # fmt: skip
def test_every_answer_can_be_posted(
    own: Router, router: Router, text: str, surface: Surface
) -> None:
    for each in (own, router):
        reply = each.answer(Request(text, surface))
        assert reply.error is None
        assert reply.answer.understood.action in ("map", "trend", "search", "no_results")
        check_message(reply.message.payload())


@pytest.mark.parametrize("both", [4, 5])
def test_a_bare_map_counts_cancers_where_few_records_name_component_and_strategy(
    tmp_path: Path, both: int
) -> None:
    """One abstract that names everything is no map; what is asked for by name is drawn as it is."""
    years = list(enumerate(range(2015, 2021)))
    records = [
        *(work(n, f"CAR-T and regulatory T cells in lymphoma, {year}") for n, year in years[:both]),
        *(work(20 + n, f"CAR-T cells in glioma in {year}") for n, year in years),
    ]
    with router_over(tmp_path, records) as router:
        text = router.answer(Request("map", Surface.MENTION)).message.text
        named = router.answer(Request("map component by strategy", Surface.MENTION)).message.text
    assert ("glioma" in text) is (both < 5)
    assert ("`map component by strategy`" in text) is (both < 5)
    assert "glioma" not in named


def test_the_text_is_the_whole_table(own: Router) -> None:
    """For readers who see no picture: every cell, and what the counts are."""
    text = own.answer(Request("map", Surface.MENTION)).message.text
    assert "regulatory T cells × engineered cell therapy (2)" in text
    assert "regulatory T cells × CAR-T cell therapy (2)" in text
    assert "Counts of our records, tagged by rules; not the literature." in text


def test_what_cannot_be_drawn_is_said(own: Router) -> None:
    reply = own.answer(Request("map resistance by biomarker in glioma", Surface.DIRECT))
    assert "This store has 2 records on “glioma”, but none tagged with both" in reply.message.text
    assert reply.picture is None
    undated = own.answer(Request("trend melanoma", Surface.DIRECT))
    assert "but none with a known year of publication" in undated.message.text
    assert "This store has no record on “xyzzy”." in own.answer(
        Request("map resistance by strategy in xyzzy", Surface.DIRECT)
    ).message.text  # fmt: skip


def test_map_kinases_are_searched(router: Router) -> None:
    for text in ("MAP kinase inhibition", "Trends in macrophages", "map xyzzy"):
        assert router.read(Request(text, Surface.TERMINAL), None).query.action == "search"


def test_a_journal_on_trends_is_a_journal(router: Router) -> None:
    read = router.read(Request("Trends in Cancer", Surface.TERMINAL), None).query
    assert read.action == "journal_lookup"
