"""A long list offers what it can be narrowed to; each offer opens as many records as it says."""

import pytest

from bot.records.models import Answer
from handlers.router import Request, Router, Surface
from tests.block_check import check_message

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
    assert [option["text"]["text"] for option in menu["options"]] == [
        f"{offer.label} ({offer.count})" for offer in reply.answer.narrower
    ]
    for offer in reply.answer.narrower:
        assert f"{offer.label} ({offer.count}): {offer.query}" in reply.message.text
    check_message(reply.message.payload())


def test_the_longest_question_is_not_made_longer(router: Router) -> None:
    text = "macrophage " * 108
    answer = ask(router, text)
    assert all(len(offer.query) <= 1200 for offer in answer.narrower)
