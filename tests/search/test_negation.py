"""What plain words leave out of a question, and where a negation is part of what is asked."""

import time
from itertools import combinations

import pytest

from bot.index import Words
from bot.search.query.model import IS_QUESTION
from bot.search.query.negation import leave_out
from handlers.router import Router


@pytest.mark.parametrize(
    ("text", "rest", "left_out"),
    [
        ("CAF other than breast since:2024", "CAF since:2024", ["breast"]),
        ("bispecific antibodies except myeloma", "bispecific antibodies", ["myeloma"]),
        ("Treg depletion (not in mice)", "Treg depletion", ["mice"]),
        ("MDSC but not granulocytic in sarcoma", "MDSC in sarcoma", ["granulocytic"]),
        ("vaccines other than mRNA since 2022", "vaccines since 2022", ["mRNA"]),
        ("resistance to LAG-3 not PD-1", "resistance to LAG-3", ["PD-1"]),
        ("TIL therapy without IL-15 or IL-2", "TIL therapy", ["IL-15", "IL-2"]),
        ("hypoxia, no reviews please", "hypoxia please", ["reviews"]),
        ("excluding the paediatric ones", "", ["paediatric"]),
        ("CSF1R apart from pexidartinib in glioma", "CSF1R in glioma", ["pexidartinib"]),
        ("show me papers on CAFs that are not reviews", "show me papers on CAFs", ["reviews"]),
        ("studies that do not include mice on TAMs", "on TAMs", ["mice"]),
        ("any papers on TILs, leaving out melanoma?", "any papers on TILs?", ["melanoma"]),
        ("TIGIT - not TIM-3", "TIGIT", ["TIM-3"]),
        ("not reviews of sarcoma", "of sarcoma", ["reviews"]),
        ('IDO1 not "hot tumours"', 'IDO1 -"hot tumours"', []),
        ("CAR-T not in lymphoma, myeloma or sarcoma", "CAR-T", ["lymphoma", "myeloma", "sarcoma"]),
        ("TILs excluding lung, breast and skin", "TILs", ["lung", "breast", "skin"]),
        ("not in mice, TAMs and CAFs", "TAMs and CAFs", ["mice"]),
        ("hypoxia not by Semenza", "hypoxia -author:Semenza", []),
        ("I don't want reviews on CAFs", "on CAFs", ["reviews"]),
        ("do not show me mouse studies on TILs", "on TILs", ["mouse"]),
        ("exclude melanoma from papers on TILs", "from papers on TILs", ["melanoma"]),
    ],
)
def test_what_is_left_out_in_plain_words(text: str, rest: str, left_out: list[str]) -> None:
    found = leave_out(text, question=bool(IS_QUESTION.match(text)))
    assert (found.text.replace(" ?", "?"), list(found.left_out)) == (rest, left_out)


def test_a_name_with_an_and_in_it_is_one_thing() -> None:
    names = {"head and neck"}
    found = leave_out(
        "TILs not in head and neck or lung", question=False, is_name=names.__contains__
    )
    assert found.left_out == ("head and neck", "lung")


@pytest.mark.parametrize(
    "text",
    [
        "patients who did not respond to ipilimumab",
        "non-small cell lung cancer",
        "tumours that no longer respond",
        "not only macrophages but also neutrophils",
        "CAR-T with or without fludarabine",
        "tumours without T cells",
        "which fibroblasts exclude T cells from the nest?",
        "CAFs excluding CD8 lymphocytes from tumours",
        "mice without IFN-gamma",
        "CD8 T cells not exhausted",
        "melanoma with no response",
        "Why does anti-PD-1 work in melanoma but not in pancreas?",
        "Can T cells kill without perforin?",
        "Loss of PTEN increases resistance to PD-1 but not to CTLA-4 in melanoma.",
        "HER2-negative breast cancer",
        "whether or not to treat",
        '"cells not killed"',
        "NOT",
        "nothing",
        "no",
    ],
)
def test_a_negation_that_is_part_of_what_is_asked_leaves_nothing_out(text: str) -> None:
    found = leave_out(text, question=bool(IS_QUESTION.match(text)))
    assert (found.text, found.left_out) == (text, ())


def test_a_long_text_takes_no_time() -> None:
    started = time.monotonic()
    leave_out("not " * 300, question=True)
    leave_out("without " + "a " * 600, question=False)
    assert time.monotonic() - started < 2


def test_of_the_names_of_a_class_none_is_left_out_that_holds_another(router: Router) -> None:
    """Hundreds of cancers are solid tumours; a phrase finds what a longer one finds."""
    search, stem = router.services.search, router.services.index.stem
    excluded = search.plan(search.interpret("macrophages but not solid tumours")).excluded
    names = [tuple(map(stem, each.words)) for each in excluded if isinstance(each, Words)]
    below = names[1:]  # behind the words as typed
    runs = {
        name[start:end]
        for name in below
        for start, end in combinations(range(len(name) + 1), 2)
        if end - start < len(name)
    }
    assert len(below) > 100
    assert runs.isdisjoint(below)
