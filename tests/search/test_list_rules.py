"""The rules of a list, whatever its weights: what comes first, how pages go on, what is counted."""

from pathlib import Path

import pytest

from bot.records.models import IntegrityKind, IntegrityNotice
from handlers.router import Request, Router, Surface
from tests.own_records import router_over, work

TITLE = "Macrophages in glioma"
RETRACTED = (IntegrityNotice(kind=IntegrityKind.RETRACTION, source="crossref"),)


def titles(router: Router, question: str, limit: int = 10) -> list[str]:
    hits = router.answer(Request(question, Surface.TERMINAL, limit=limit)).answer.hits
    return [hit.record.title for hit in hits]


def test_of_two_alike_the_newer_comes_first(tmp_path: Path) -> None:
    records = [work(year, f"{TITLE} {year}", published=str(year)) for year in range(2015, 2021)]
    with router_over(tmp_path, records) as router:
        assert titles(router, "macrophages glioma") == [
            f"{TITLE} {year}" for year in range(2020, 2014, -1)
        ]


def test_of_two_alike_the_stronger_evidence_comes_first_though_it_is_older(tmp_path: Path) -> None:
    kinds = ("Systematic review", "Clinical trial", "Review")
    records = [
        work(at, f"{TITLE} {'abc'[at]}", type=kind, published=str(2010 + at))
        for at, kind in enumerate(kinds)
    ]
    with router_over(tmp_path, records) as router:
        assert titles(router, "macrophages glioma") == [f"{TITLE} {at}" for at in "abc"]


def test_evidence_and_recency_do_not_outweigh_what_was_asked(tmp_path: Path) -> None:
    records = [
        work(1, TITLE, published="2001"),
        work(2, "Glioma, with a word on macrophages and many others besides", published="2025",
             type="Clinical trial"),
    ]  # fmt: skip
    with router_over(tmp_path, records) as router:
        assert titles(router, "macrophages glioma")[0] == TITLE


def test_a_retracted_record_comes_last_and_is_counted(tmp_path: Path) -> None:
    records = [
        work(1, TITLE, integrity=RETRACTED),
        work(2, "Glioma, with a word on macrophages and many others besides"),
    ]
    with router_over(tmp_path, records) as router:
        answer = router.answer(Request("macrophages glioma", Surface.TERMINAL)).answer
        assert answer.hits[-1].record.title == TITLE
        assert answer.total == 2


def test_a_record_with_all_that_was_asked_comes_before_one_that_says_part_of_it_often(
    tmp_path: Path,
) -> None:
    whole = "Hypoxia of the liver and, in passing, neutrophils of the spleen"
    part = "Neutrophils, neutrophils and more neutrophils"
    with router_over(tmp_path, [work(1, whole), work(2, part), work(3, part)]) as router:
        assert titles(router, "neutrophils hypoxia liver")[0] == whole


def test_misspelt_little_words_are_little_and_misspelt_names_names(tmp_path: Path) -> None:
    records = [work(1, "Vitamin D in those gliomas"), work(2, "What is between those glioma cells"),
               work(3, "Degraded gliomas, and what was derived and derived of them"),
               *(work(n, "Derived gliomas") for n in range(4, 90))]  # fmt: skip
    with router_over(tmp_path, records) as router:

        def read(text: str) -> list[str]:
            return [
                part.typed
                for part in router.read(Request(text, Surface.TERMINAL), None).query.parts
            ]

        assert read("thowe gliomas betwesn us") == ["gliomas"]
        assert read("vutamin D in gliomas") == ["vutamin D", "gliomas"]
        # "Derived" says little in a question: then it may be the rarer word.
        assert read("are gliomas deraded?") == ["gliomas", "deraded"]


def test_where_nothing_has_both_the_cancer_that_was_named_comes_first(tmp_path: Path) -> None:
    """Though a little less rare than the other: what is on another disease is rarely an answer."""
    there, other = "Radiation of glioblastoma", "Targeting macrophages with antibodies"
    records = [work(1, there), work(2, other), work(3, "Glioblastoma, part 3"),
               *(work(n, f"Liver, part {n}") for n in range(4, 20))]  # fmt: skip
    with router_over(tmp_path, records) as router:
        assert titles(router, "macrophage targeting in glioblastoma")[-1] == other


def test_what_compounds_say_is_left_out_too(tmp_path: Path) -> None:
    records = [work(1, "Chemoradiotherapy of glioma"), work(2, "Radiation of glioma"),
               work(3, "Surgery of glioma")]  # fmt: skip
    with router_over(tmp_path, records) as router:
        assert titles(router, "glioma without radiotherapy") == ["Surgery of glioma"]


def test_harm_by_immunity_is_a_kind_of_toxicity_and_not_the_other_way(tmp_path: Path) -> None:
    harm = "Immune checkpoint inhibitor-related myocarditis with nivolumab in melanoma"
    records = [work(1, harm), work(2, "Toxicities of nivolumab in melanoma")]
    with router_over(tmp_path, records) as router:
        both = router.answer(Request("side effects of nivolumab", Surface.TERMINAL)).answer
        one = router.answer(Request("irAEs of nivolumab", Surface.TERMINAL)).answer
    assert (both.total, one.total) == (2, 1)
    assert one.hits[0].record.title == harm


@pytest.mark.parametrize("limit", [1, 3, 5])
def test_pages_number_their_cards_on(tmp_path: Path, limit: int) -> None:
    records = [work(n, f"{TITLE} {n}", published=str(2000 + n)) for n in range(12)]
    with router_over(tmp_path, records) as router:
        whole = titles(router, "macrophages glioma", 12)
        seen: list[str] = []
        for offset in range(0, 12, limit):
            request = Request("macrophages glioma", Surface.SLASH, offset=offset, limit=limit)
            reply = router.answer(request)
            text = reply.message.text
            here = [hit.record.title for hit in reply.answer.hits]
            places = range(offset + 1, offset + len(here) + 1)
            for number, title in zip(places, here, strict=True):
                assert f"{number}. {title}" in text
            assert f"{offset}. " not in text
            assert f"{places[0]}–{places[-1]} of 12" in text or len(here) == 1
            seen += here
        assert seen == whole


def test_a_kind_of_work_is_a_filter_as_cards_name_it(tmp_path: Path) -> None:
    """It narrows, leaves out, is said back, and comes off again."""
    records = [
        work(number, f"{TITLE} {kind}", type=kind)
        for number, kind in enumerate(("Thesis", "Book section", "Journal article"))
    ]
    with router_over(tmp_path, records) as router:
        assert titles(router, "macrophages type:thesis") == [f"{TITLE} Thesis"]
        assert titles(router, 'type:"book chapter"') == [f"{TITLE} Book section"]
        assert set(titles(router, "macrophages -type:thesis")) == {
            f"{TITLE} Book section", f"{TITLE} Journal article",
        }  # fmt: skip
        request = Request("macrophages type:thesis", Surface.TERMINAL)
        understood = router.answer(request).answer.understood
        assert understood.filters["type"] == ("thesis",)
        assert ("Without thesis", "macrophages") in understood.without
