"""A long list offers what it can be narrowed to; each offer opens as many records as it says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.records.answers import Answer
from handlers.router import Request, Router, Surface
from tests.block_check import check_message
from tests.own_records import router_over, work

LISTS = (
    "macrophage", "oncolytic viruses", "new oncolytic viruses", "PD-1 since 2022",
    "find resistance",
    "strategy:checkpoint-inhibition", "what are people doing about CAFs?", "glioma -review",
    "macrophage OR fibroblast", "mdsc open access only", "immunotherapy except melanoma",
)  # fmt: skip


def ask(router: Router, text: str) -> Answer:
    return router.answer(Request(text, Surface.DIRECT)).answer


@pytest.mark.parametrize("text", LISTS)
def test_an_offer_opens_the_list_it_counts(router: Router, text: str) -> None:
    answer = ask(router, text)
    for offer in answer.narrower:
        assert 0 < offer.count < answer.total
        assert ask(router, offer.query).total == offer.count


def test_kinds_years_and_concepts_are_offered(router: Router) -> None:
    offers = {offer.label: offer.query for offer in ask(router, "PD-1").narrower}
    assert 2 <= len(offers) <= 4
    assert any("evidence:" in query for query in offers.values())
    assert any(query == "PD-1 since:2024" for query in offers.values())


def test_what_the_question_limits_already_is_not_offered(router: Router) -> None:
    for offer in ask(router, "checkpoint evidence:review since 2020").narrower:
        added = offer.query.removeprefix("checkpoint evidence:review since 2020")
        assert not added.startswith((" evidence:", " since:", " strategy:"))


def test_no_two_offers_leave_as_many(router: Router) -> None:
    for text in LISTS:
        counts = [offer.count for offer in ask(router, text).narrower]
        assert len(counts) == len(set(counts))


def test_a_list_of_one_page_is_not_narrowed(router: Router) -> None:
    assert ask(router, "CAF aquired resistence").narrower == ()
    assert ask(router, "asdfghjkl").narrower == ()


def test_the_offers_are_buttons_and_lines(router: Router) -> None:
    reply = router.answer(Request("oncolytic viruses", Surface.SLASH))
    blocks = reply.message.payload()["blocks"]
    row = next(b for b in blocks if b.get("block_id") == "paging")
    menu = next(e for e in row["elements"] if e["action_id"] == "ask:menu")
    *narrower, table = [option["text"]["text"] for option in menu["options"]]
    assert narrower == [f"{offer.label} ({offer.count})" for offer in reply.answer.narrower]
    assert table == "As a table"
    for offer in reply.answer.narrower:
        assert f"{offer.label} ({offer.count}): {offer.query}" in reply.message.text
    check_message(reply.message.payload())


def test_the_longest_question_is_not_made_longer(router: Router) -> None:
    text = "macrophage " * 108
    answer = ask(router, text)
    assert all(len(offer.query) <= 1200 for offer in answer.narrower)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    titles = (
        "TIGIT on T cells in melanoma", "LAG-3 in melanoma", "TIM-3 in glioma",
        "Pexidartinib in melanoma",
        "Emactuzumab and tumour-associated macrophages in melanoma", "Anti-CD47 in lymphoma",
        "Oncolytic viruses in ovarian cancer", "Tamoxifen in breast cancer",
    )  # fmt: skip
    records = [work(at, title) for at, title in enumerate(titles)]
    with router_over(tmp_path_factory.mktemp("beside"), records) as router:
        yield router


class TestBeside:
    @pytest.mark.parametrize(
        ("text", "class_", "count"),
        [
            ("TIGIT", "next-generation checkpoints", 2),
            ("TIGIT in melanoma", "next-generation checkpoints", 1),
            ("pexidartinib", "CSF1R inhibition", 1),
            # Nothing of the nearest class: the one above it.
            ("eganelisib", "macrophage targeting and repolarisation", 3),
        ],
    )
    def test_the_class_is_offered_apart_with_what_it_has_besides(
        self, own: Router, text: str, class_: str, count: int
    ) -> None:
        answer = ask(own, text)
        (offer, *_) = answer.broader
        assert (offer.label, offer.count) == (class_, count)
        beyond = ask(own, offer.query)
        assert beyond.total == count
        strict = {hit.record.id for hit in answer.hits if hit.strict}
        assert not strict & {hit.record.id for hit in beyond.hits}

    def test_a_class_without_more_is_not_offered(self, own: Router) -> None:
        assert ask(own, "oncolytic viruses").broader == ()
        assert ask(own, "checkpoint inhibitors").broader == ()

    def test_the_class_is_a_button_under_the_list_and_under_none(self, own: Router) -> None:
        for text in ("TIGIT", "TIGIT in glioma", "cabiralizumab"):
            payload = own.answer(Request(text, Surface.SLASH)).message.payload()
            check_message(payload)
            (row,) = [b for b in payload["blocks"] if b.get("block_id") == "broader"]
            assert "more on" in row["elements"][0]["text"]["text"]

    def test_an_abbreviation_without_a_cue_is_asked_about_with_counts(self, own: Router) -> None:
        answer = ask(own, "OV")
        counts = {each.label: each.count for each in answer.meanings}
        assert counts == {"oncolytic viruses": 1, "ovarian cancer": 1}
        for each in answer.meanings:
            assert ask(own, each.query).total == each.count
        reply = own.answer(Request("OV", Surface.SLASH))
        assert "OV can mean several things" in reply.message.text
        assert "oncolytic viruses (1)" in reply.message.text

    def test_one_that_means_nothing_of_the_field_is_asked_about_too(self, own: Router) -> None:
        answer = ask(own, "PD")
        assert answer.understood.action == "clarify"
        assert {each.label for each in answer.meanings} >= {"PD-1", "progressive disease"}


class TestOpposites:
    @pytest.mark.parametrize(
        ("text", "wanted", "other"),
        [
            ("small cell lung cancer", "small-cell-lung-cancer", "non-small-cell-lung-cancer"),
            ("Hodgkin lymphoma", "hodgkin-lymphoma", "non-hodgkin-lymphoma"),
            ("squamous NSCLC", "lung-squamous-cell-carcinoma", "non-squamous-nsclc"),
        ],
    )
    def test_a_name_inside_that_of_its_opposite_does_not_find_it(
        self, tmp_path: Path, text: str, wanted: str, other: str
    ) -> None:
        records = [
            work(1, "Macrophages in non-small cell lung cancer"),
            work(2, "Macrophages in small cell lung cancer"),
            work(3, "CAR-T cells in non-Hodgkin lymphoma"),
            work(4, "CAR-T cells in Hodgkin lymphoma"),
            work(5, "Nivolumab in non-squamous NSCLC"),
            work(6, "Nivolumab in squamous NSCLC"),
        ]
        with router_over(tmp_path, records) as router:
            answer = ask(router, text)
        tags = [{tag.concept for tag in hit.record.concepts} for hit in answer.hits]
        assert answer.total == 1
        assert wanted in tags[0]
        assert other not in tags[0]

    def test_a_symbol_is_found_behind_the_one_before_it(self, tmp_path: Path) -> None:
        titles = ("CXCR1/2-driven neutrophils in melanoma", "CXCR1 in melanoma", "CXCR3 in glioma")
        with router_over(tmp_path, [work(n, title) for n, title in enumerate(titles)]) as router:
            answer = ask(router, "CXCR2")
        assert [hit.record.title for hit in answer.hits if hit.strict] == [titles[0]]

    def test_a_record_on_another_cancer_comes_after_those_on_the_one_asked(
        self, tmp_path: Path
    ) -> None:
        records = [
            work(1, "Elderly patients with multiple myeloma"),
            work(2, "Immunotherapy of oesophageal cancer"),
            work(3, "Immunotherapy of melanoma"),
            work(4, "Surgery of oesophageal cancer"),
        ]
        with router_over(tmp_path, records) as router:
            hits = ask(router, "immunotherapy of oesophageal cancer in the elderly").hits
        on_it = ["oesophageal" in hit.record.title for hit in hits]
        assert on_it == sorted(on_it, reverse=True)
