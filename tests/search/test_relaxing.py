"""Sentences are answered by what has all that tells; what they can do without is named."""

from collections.abc import Iterator

import pytest

from bot.records.answers import Answer
from handlers.router import Request, Router, Surface
from tests.own_records import router_over, work

_WORKS = (
    (
        "Chemokines of the peritoneum in ovarian cancer",
        "The fluid of the peritoneum holds chemokines.",
    ),
    ("Regorafenib in ovarian cancer", "A trial of regorafenib."),
    ("Chemokines in glioma", "Chemokines of glioma call macrophages."),
    ("Fluid balance after surgery", "Fluid was given."),
    ("Viscosity of blood", "Viscosity rose."),
    ("CXCR2 in neutrophils of lung cancer", "Neutrophils follow CXCR2."),
    ("Neutrophils in melanoma", "Neutrophils are many."),
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    """A bot with a few works of its own."""
    records = [work(n, title, abstract) for n, (title, abstract) in enumerate(_WORKS)]
    with router_over(tmp_path_factory.mktemp("sentences"), records) as router:
        yield router


def answer(router: Router, text: str) -> Answer:
    return router.answer(Request(text, Surface.TERMINAL)).answer


def test_a_sentence_is_answered_without_a_word_that_the_nearest_record_lacks(
    library: Router,
) -> None:
    found = answer(library, "what chemokines are in viscous peritoneum fluid of ovarian cancer?")
    assert [hit.record.title for hit in found.hits if hit.strict] == [_WORKS[0][0]]
    assert found.total == 1
    assert "Matched without “viscous”" in found.understood.notes[0]


@pytest.mark.parametrize(
    "text",
    [
        # What is named is never given up, nor is half of what was asked.
        "is CXCR2 found on neutrophils of melanoma?",
        "which chemokines are in the viscosity of balance?",
        # Words in a row are wanted, all of them.
        "chemokines viscous peritoneum fluid ovarian cancer",
    ],
)
def test_what_lacks_something_that_tells_is_no_match(library: Router, text: str) -> None:
    assert answer(library, text).total == 0


def test_unknown_access_with_nothing_that_matches_whole_is_no_dead_end(library: Router) -> None:
    found = answer(library, "open access papers on regorafenib viscosity")
    assert found.total == 0
    assert {hit.record.title for hit in found.hits} >= {_WORKS[1][0], _WORKS[4][0]}
    assert "open access (not known)" in found.hits[0].missing


def test_everyday_words_of_a_question_decide_nothing(library: Router) -> None:
    found = answer(library, "why do chemokines somehow stop growing in glioma?")
    assert found.hits[0].record.title == "Chemokines in glioma"
    assert found.total == 1
    assert not any("Not in this store" in note for note in found.understood.notes)


def test_everyday_words_in_a_row_are_words(library: Router) -> None:
    assert "stop" in answer(library, "stop chemokines glioma").understood.terms
