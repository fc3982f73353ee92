"""`/tme check`, from words to blocks."""

import pytest

from bot.records.identifiers import parse
from handlers.router import Place, Request, Router, Surface
from handlers.services import Services
from tests.block_check import check_message


def ask(router: Router, text: str, surface: Surface = Surface.SLASH) -> str:
    reply = router.answer(Request(text, surface))
    assert reply.error is None
    assert reply.answer.understood.action == "integrity"
    check_message(reply.message.payload())
    return reply.message.text


def test_several_works_are_checked_at_once(router: Router) -> None:
    said = ask(router, "check 10.1002/ctd2.70098 10.1016/j.cell.2017.01.017 10.9999/none")
    assert "Reprogramming the tumour microenvironment" in said
    assert "Primary, Adaptive, and Acquired Resistance" in said
    assert "DOI https://doi.org/10.9999/none" in said
    assert said.count("Retraction: not checked yet") == 3
    assert said.count("Not in this store.") == 1


def test_the_one_meant_in_a_thread_is_checked(router: Router) -> None:
    place = Place("T1", "C9", "9.0", "U1")
    shown = router.answer(Request("macrophage", Surface.MENTION, place)).answer.hits
    said = router.answer(Request("has the second one been retracted?", Surface.MENTION, place))
    assert shown[1].record.title[:40] in said.message.text


@pytest.mark.parametrize("text", ["check", "check xyzzy plugh"])
def test_what_is_not_clear_is_asked_back(router: Router, text: str) -> None:
    check_message(router.answer(Request(text, Surface.SLASH)).message.payload())


@pytest.mark.parametrize(
    ("words", "doi"),
    [("cite", "10.1016/j.cell.2017.01.017"), ("save", "10.1002/ctd2.70098")],
)
def test_a_record_that_is_cited_or_saved_is_in_use(
    router: Router, services: Services, words: str, doi: str
) -> None:
    """It is checked before what nobody uses; other tests use records too, but few."""
    router.answer(Request(f"{words} {doi}", Surface.SLASH, Place("T1", "C9", "", "U9")))
    identifier = parse(doi)
    assert identifier is not None
    [record] = services.store.find(identifier)
    due = services.store.standing.due_for_check(services.now(), 10_000)
    assert record.id in due[: len(due) // 10]
