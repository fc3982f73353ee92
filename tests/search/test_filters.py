"""Filters: what they mean, and the one line that a bad one gets."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.query.filters import Filters, read_field, read_phrases
from bot.vocabulary import Vocabulary

TODAY = date(2026, 3, 31)


@pytest.fixture(scope="module")
def vocabulary(seeds: Path) -> Vocabulary:
    return Vocabulary.load(seeds / "taxonomy.yaml")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("year", "2024", Filters(year=2024)),
        ("year", "2020..2024", Filters(first=date(2020, 1, 1), last=date(2024, 12, 31))),
        ("year", "2020-2024", Filters(first=date(2020, 1, 1), last=date(2024, 12, 31))),
        ("year", "2020..", Filters(first=date(2020, 1, 1))),
        ("year", ">2020", Filters(first=date(2021, 1, 1))),
        ("since", "2022", Filters(first=date(2022, 1, 1))),
        ("since", "2022-03", Filters(first=date(2022, 3, 1))),
        ("since", "90d", Filters(first=date(2025, 12, 31), relative="90 d")),
        ("until", "2024-02", Filters(last=date(2024, 2, 29))),
        ("is", "open", Filters(open_access=True)),
        ("has", "abstract", Filters(has=("abstract",))),
        ("sort", "new", Filters(sort="date_desc")),
        ("strategy", "epigenetic", Filters(concepts=("epigenetic-reprogramming",))),
        ("type", "reveiw", Filters(concepts=("review",))),
        ("type", "preprint", Filters(concepts=("preprint",))),
        ("type", "thesis", Filters(types=("thesis",))),
        ("type", "Theses", Filters(types=("thesis",))),
        ("type", "book chapter", Filters(types=("book section",))),
    ],
)
def test_a_filter_says_what_it_says(
    vocabulary: Vocabulary, name: str, value: str, expected: Filters
) -> None:
    read = read_field(name, value, vocabulary, TODAY)
    assert read is not None
    assert (read.filters, read.problems) == (expected, ())


@pytest.mark.parametrize(
    ("name", "value", "help_"),
    [
        ("year", "20255", "year:2025"),
        ("year", "2024..2020", "year:2020..2024"),
        ("since", "yesterday", "since:90d"),
        ("since", "2022-13", "since:90d"),
        ("since", "2022-02-30", "since:2022"),
        ("is", "nice", "is:open"),
        ("sort", "size", "sort:new"),
        ("has", "soul", "has:abstract"),
        ("strategy", "magic", "strategy:"),
        ("author", " ", "author:sharma"),
    ],
)
def test_a_bad_filter_gets_one_line_that_says_what_to_type(
    vocabulary: Vocabulary, name: str, value: str, help_: str
) -> None:
    read = read_field(name, value, vocabulary, TODAY)
    assert read is not None
    assert read.filters == Filters()
    (problem,) = read.problems
    assert "\n" not in problem.message
    assert help_ in problem.message or any(help_ in s for s in problem.suggestions)


def test_what_is_no_filter_of_ours_is_left_to_be_words(vocabulary: Vocabulary) -> None:
    assert read_field("cd8", "cd4", vocabulary, TODAY) is None


@pytest.mark.parametrize(
    ("text", "rest", "expected"),
    [
        ("treg since 2022", "treg", Filters(first=date(2022, 1, 1))),
        ("treg after 2022", "treg", Filters(first=date(2023, 1, 1))),
        ("treg before 2022", "treg", Filters(last=date(2021, 12, 31))),
        ("car-t last 6 months", "car-t", Filters(first=date(2025, 9, 30), relative="6 months")),
        ("car-t in the past year", "car-t", Filters(first=date(2025, 3, 31), relative="1 year")),
        ("mdsc open access only", "mdsc", Filters(open_access=True)),
        ("papers we can read for free on mdsc", "papers on mdsc", Filters(open_access=True)),
        ("freely available mdsc papers", "mdsc papers", Filters(open_access=True)),
        ("cell-free DNA", "cell-free DNA", Filters()),
        ("treg peer reviewed", "treg", Filters(peer_reviewed=True)),
        ("caf 2019 to 2021", "caf", Filters(first=date(2019, 1, 1), last=date(2021, 12, 31))),
        ("caf in 2023", "caf", Filters(year=2023)),
        ("caf newest first", "caf", Filters(sort="date_desc")),
        ('"open access" caf', '"open access" caf', Filters()),
    ],
)
def test_filters_are_also_said_in_plain_words(text: str, rest: str, expected: Filters) -> None:
    kept, filters = read_phrases(text, TODAY)
    assert (" ".join(kept.split()), filters) == (rest, expected)


@given(
    st.sampled_from(["year", "since", "until", "is", "has", "sort", "type"]), st.text(max_size=40)
)
def test_no_value_breaks_a_filter(vocabulary: Vocabulary, name: str, value: str) -> None:
    """Whatever is typed behind the colon, the answer is a filter or one line."""
    read = read_field(name, value, vocabulary, TODAY)
    assert read is not None
    assert all("\n" not in problem.message for problem in read.problems)
