"""Lists of references in styles of CSL: what the specification asks, at its edges."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.formats.csl.bibliography import bibliography
from bot.formats.csl.joining import Joiner
from bot.formats.csl.wording import cased, is_numeric, is_several, page_range, smart
from bot.formats.styles import independent, named

Item = Mapping[str, Any]


def work(title: str = "A study of T cells", **more: Any) -> dict[str, Any]:
    return {"type": "article-journal", "title": title, "container-title": "Journal X", **more}


def person(family: str, given: str = "A. B.") -> dict[str, str]:
    return {"family": family, "given": given}


def year(number: int) -> dict[str, Any]:
    return {"date-parts": [[number]]}


def one(style: str, item: Item) -> str:
    [line] = bibliography([item], style)
    return line


@pytest.mark.parametrize(
    ("left", "right", "wanted"),
    [
        ("et al.", ". Next", "et al. Next"),
        ("Why?", ". Next", "Why? Next"),
        ("Ah!", ", next", "Ah!, next"),
        ("A. Z.", ", B", "A. Z., B"),
        ("Title ", ", 12", "Title, 12"),
        ("one ", " two", "one two"),
        ("“Quoted”", ". Next", "“Quoted.” Next"),
        ("“Quoted?”", ". Next", "“Quoted?” Next"),
        ("“Quoted”", ": next", "“Quoted”: next"),
        ("", ". Next", ". Next"),
    ],
)
def test_no_stop_is_doubled_where_pieces_meet(left: str, right: str, wanted: str) -> None:
    assert Joiner("“", "”", stops_inside=True).join((left, right)) == wanted


def test_stops_stay_outside_where_the_locale_wants_it() -> None:
    joiner = Joiner("‘", "’", stops_inside=False)
    assert joiner.join((joiner.quoted("Quoted “inner”"), ", next")) == "‘Quoted ‘inner’’, next"


def test_what_a_title_holds_is_left_as_it_is() -> None:
    """Only where two pieces meet is a stop ever taken away."""
    title = "Wait... what?! A,, b <script> & *c* .. d"
    for style in ("apa", "nature", "nlm-citation-sequence", "the-lancet"):
        assert title in one(style, work(title, issued=year(2024)))


@pytest.mark.parametrize(
    ("text", "case", "wanted"),
    [
        ("the role of T cells in a tumour", "title", "The Role of T Cells in a Tumour"),
        ("mechanisms: from bench to bed", "title", "Mechanisms: From Bench to Bed"),
        ("what cells are for", "title", "What Cells Are For"),
        ("anti-PD-1 in mice, p < 0.05", "title", "Anti-PD-1 in Mice, p < 0.05"),
        ("tumour-infiltrating cells", "title", "Tumour-Infiltrating Cells"),
        ("iRGD and mTOR", "title", "iRGD and mTOR"),
        ("p53 in cells", "capitalize-first", "P53 in cells"),
        ("ALL CAPITALS", "sentence", "All capitals"),
        ("the CD8 cells", "sentence", "The CD8 cells"),
        ("Kept", None, "Kept"),
        ("", "title", ""),
    ],
)
def test_cases_of_titles(text: str, case: str | None, wanted: str) -> None:
    assert cased(text, case, english=True) == wanted


def test_no_other_language_is_capitalised_as_english() -> None:
    assert cased("die rolle der zellen", "title", english=False) == "die rolle der zellen"
    german = work("die Rolle der Zellen", language="de")
    assert "die Rolle der Zellen" in one("modern-language-association", german)


@pytest.mark.parametrize(
    ("pages", "style", "wanted"),
    [
        ("457-69", None, "457–69"),
        ("457-69", "expanded", "457–469"),
        ("457-469", "minimal", "457–69"),
        ("451-459", "minimal", "451–9"),
        ("451-459", "minimal-two", "451–59"),
        ("S626-S634", "minimal-two", "S626–34"),
        ("S626-S634", "expanded", "S626–S634"),
        ("S626-T634", "minimal", "S626–T634"),
        ("100-104", "chicago", "100–104"),
        ("107-108", "chicago", "107–8"),
        ("321-328", "chicago", "321–28"),
        ("1496-1504", "chicago", "1496–1504"),
        ("99-101", "minimal", "99–101"),
        ("e12", "minimal", "e12"),
        ("1-9, 12-15", "minimal", "1–9, 12–5"),
    ],
)
def test_ranges_of_pages(pages: str, style: str | None, wanted: str) -> None:
    assert page_range(pages, style, "–") == wanted


def test_numbers_and_several_of_them() -> None:
    assert all(map(is_numeric, ("5", "e70098", "12a", "3-4", "3 & 4")))
    assert not any(map(is_numeric, ("", "3 Suppl", "Spring", "12.")))
    assert all(map(is_several, ("3-4", "3 & 4", "e1, e2")))
    assert not any(map(is_several, ("3 Suppl", "e70098", "")))


def test_quotation_marks_are_set_as_printers_set_them() -> None:
    assert smart("the \"cold\" tumour's 'hot' edge") == "the “cold” tumour’s ‘hot’ edge"


@pytest.mark.parametrize(
    ("style", "wanted"),
    [
        ("apa", "Doe, A. B., Roe, A. B., & Poe, A. B. (2024)."),
        ("modern-language-association", "Doe, A. B., et al."),
        ("nature", "Doe, A. B., Roe, A. B. & Poe, A. B."),
        ("nlm-citation-sequence", "Doe AB, Roe AB, Poe AB."),
        ("harvard-cite-them-right", "Doe, A.B., Roe, A.B. and Poe, A.B. (2024)"),
    ],
)
def test_people_as_each_style_writes_them(style: str, wanted: str) -> None:
    people = [person(name) for name in ("Doe", "Roe", "Poe")]
    assert one(style, work(author=people, issued=year(2024))).startswith(wanted)


def test_particles_hyphens_groups_and_lone_names() -> None:
    people = [
        person("van der Berg", "Mary-Jane"),
        {"literal": "The TME Group"},
        {"family": "Plato"},
    ]
    line = one("nlm-citation-sequence", work(author=people))
    assert line.startswith("van der Berg MJ, The TME Group, Plato.")
    assert one("elsevier-harvard", work(author=people)).startswith("van der Berg, M.-J., The TME")


def test_of_many_people_the_first_and_the_last_are_named() -> None:
    people = [person(f"Name{n}") for n in range(25)]
    line = one("apa", work(author=people, issued=year(2024)))
    assert "Name18, A. B., … Name24, A. B. (2024)" in line
    assert "Name19" not in line


@pytest.mark.parametrize("editors", [1, 2])
def test_editors_are_named_as_such_where_there_are_no_authors(editors: int) -> None:
    book = {"type": "book", "title": "A book", "editor": [person("Doe"), person("Roe")][:editors]}
    assert ("(Eds.)" if editors == 2 else "(Ed.)") in one("apa", book)
    assert one("apa", book).count("Doe") == 1


def test_works_that_would_be_cited_alike_are_told_apart() -> None:
    alike = [work(title, author=[person("Doe")], issued=year(2024)) for title in ("One", "Two")]
    other = work("Three", author=[person("Doe")], issued=year(2023))
    assert [line[:18] for line in bibliography([*alike, other], "apa")] == [
        "Doe, A. B. (2023).", "Doe, A. B. (2024a)", "Doe, A. B. (2024b)",
    ]  # fmt: skip


def test_a_list_is_in_the_order_of_its_style() -> None:
    """By names where the style sorts, as given where it numbers; without a name comes last."""
    items = [work("C", author=[person("Zoe")]), work("B", author=[person("Álvarez")])]
    assert [line[0] for line in bibliography(items, "apa")] == ["Á", "Z"]
    assert [line[:6] for line in bibliography(items, "nature")] == ["1. Zoe", "2. Álv"]


def test_people_of_the_work_before_are_a_dash_where_the_style_says_so() -> None:
    items = [work(title, author=[person("Doe")]) for title in ("One", "Two")]
    first, second = bibliography(items, "modern-language-association")
    assert first.startswith("Doe, A. B. “One.”")
    assert second.startswith("———. “Two.”")


def test_words_come_in_the_language_of_the_style() -> None:
    line = one("din-1505-2", work(volume="5", issue="6", author=[person("Doe")]))
    assert "Bd. 5" in line
    assert "Nr. 6" in line


def test_an_unknown_style_is_an_error() -> None:
    with pytest.raises(KeyError):
        bibliography([work()], "no-such-style")


def test_every_style_by_name_writes_a_line_without_a_number_for_one_work() -> None:
    """And one in fifty of the others, for a work of which all or nothing is known."""
    full = work(
        author=[person("Doe"), person("Roe")], issued={"date-parts": [[2024, 2, 3]]}, volume="5",
        issue="6", page="100-110", DOI="10.1234/x", publisher="Press",
    )  # fmt: skip
    for style in (*named(), *independent()[::50]):
        for item in (full, {"type": "document", "title": "Only a title"}):
            line = one(style, item)
            assert line
            assert line[0] not in " .,:;"
            assert not line.startswith(("1.", "[1]", "(1)", "1 ", "¹"))
            assert "  " not in line
