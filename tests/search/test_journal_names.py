"""Journals that a question names, and words that only look like one."""

from collections.abc import Iterator

import pytest

from bot.records.models import Journal
from handlers.router import Request, Router, Surface
from tests.own_records import router_over, work

_TITLES = (
    "J Immunother Cancer", "Nature Medicine", "Cell", "Cells", "Cancers (Basel)", "Cancer Cell",
    "Proc Natl Acad Sci U S A", "Front Immunol", "Frontiers in immunology", "Mol Cancer",
    "Breast Cancer", "Blood", "Cancer Cell International",
)  # fmt: skip


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    """A bot with one record on macrophages from each of some journals."""
    records = [
        work(
            n,
            f"Macrophages of blood cells in breast cancer, part {n}",
            journal=Journal(title=title),
        )
        for n, title in enumerate(_TITLES)
    ]
    with router_over(tmp_path_factory.mktemp("journals"), records) as router:
        yield router


def found(router: Router, text: str) -> set[str]:
    """The journals of the records that match everything."""
    answer = router.answer(Request(text, Surface.TERMINAL, limit=20)).answer
    return {
        hit.record.journal.title or "" for hit in answer.hits if hit.strict and hit.record.journal
    }


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("JITC", {"J Immunother Cancer"}),
        ("macrophages in jitc", {"J Immunother Cancer"}),
        ("papers in Frontiers in Immunology on macrophages",
         {"Front Immunol", "Frontiers in immunology"}),
        ("frontiers in immunology macrophages", {"Front Immunol", "Frontiers in immunology"}),
        ("macrophages from Nat Med papers", {"Nature Medicine"}),
        ("nature medicine macrophages", {"Nature Medicine"}),
        ("macrophages in Cell", {"Cell"}),
        ("macrophages in Cancer Cell", {"Cancer Cell"}),
        ("macrophages published in cells", {"Cells"}),
        ("Molecular Cancer macrophages", {"Mol Cancer"}),
        ("what has PNAS on macrophages?", {"Proc Natl Acad Sci U S A"}),
        ("macrophages in the journal Blood", {"Blood"}),
        ('journal:"cancer cell" macrophages', {"Cancer Cell"}),
        ("journal:pnas", {"Proc Natl Acad Sci U S A"}),
    ],
)  # fmt: skip
def test_a_journal_is_read_by_any_of_its_names(
    library: Router, text: str, titles: set[str]
) -> None:
    assert found(library, text) == titles


@pytest.mark.parametrize(
    "text",
    [
        "macrophages in blood", "breast cancer macrophages", "Breast Cancer macrophages",
        "macrophages in cancer cells", "blood macrophages", "macrophages of breast cancer",
        "Macrophages In Breast Cancer", "cancer cell macrophages", "the nature of macrophages",
        '"Cell" macrophages', "cell macrophages", "blood",
    ],
)  # fmt: skip
def test_words_of_the_field_are_no_journals(library: Router, text: str) -> None:
    assert library.services.search.interpret(text).filters.journals == ()


def test_of_a_journal_that_is_not_stored_nothing_matches(library: Router) -> None:
    answer = library.answer(Request("macrophages in Science", Surface.TERMINAL)).answer
    assert answer.total == 0
    assert {hit.missing for hit in answer.hits} == {("Science",)}
    assert "No record from Science" in answer.understood.notes[0]


def test_a_list_is_narrowed_to_a_journal(library: Router) -> None:
    first = library.answer(Request("macrophages", Surface.THREAD)).answer
    shown = library.conversation(first, None)
    for text in ("only from Cancers", "just the ones in Cancers", "from Cancers please"):
        narrowed = library.answer(Request(text, Surface.THREAD, shown=shown)).answer
        assert narrowed.understood.action == "narrow"
        assert [h.record.journal.title for h in narrowed.hits if h.record.journal] == [
            "Cancers (Basel)"
        ]
