"""More like this: other works that share concepts and telling words, each with what it shares."""

from collections.abc import Iterator

import pytest

from bot.records.answers import Answer
from bot.records.models import IntegrityKind, IntegrityNotice, Record
from handlers.router import Place, Request, Router, Surface
from tests.block_check import check_message
from tests.own_records import router_over, work

TITLE = "Macrophage repolarisation in pancreatic cancer"
NOTICE = IntegrityNotice(kind=IntegrityKind.RETRACTION, notice="10.1234/own.5")
OWN = (
    work(1, TITLE, "CSF1R blockade turned tumour-associated macrophages.", integrity=(NOTICE,)),
    work(2, "CSF1R inhibitors turn tumour-associated macrophages in pancreatic cancer"),
    work(3, TITLE, "A preprint.", subtype="Preprint"),
    work(4, f"Retraction notice to “{TITLE}”"),
    work(5, "Statement on a macrophage repolarisation study in pancreatic cancer"),
    work(6, "Tumour-associated macrophages in glioma"),
    work(7, "Oncolytic viruses in melanoma"),
    work(8, "CAR-T cells in lymphoma"),
    work(9, "Tumour-associated macrophages, repolarisation and CSF1R in pancreatic cancer",
         integrity=(IntegrityNotice(kind=IntegrityKind.RETRACTION),)),
    work(10, f"{TITLE} brain metastases: CSF1R"),
    work(11, "Regulatory T cells in colon cancer"),
    work(12, "Pancreatic surgery"),
    *(work(n, f"Vaccines of kind {n} in melanoma") for n in range(20, 40)),
)  # fmt: skip


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    with router_over(tmp_path_factory.mktemp("own"), OWN) as router:
        yield router


def similar(router: Router, words: str) -> Answer:
    return router.answer(Request(f"similar {words}", Surface.DIRECT, limit=50)).answer


def titles(answer: Answer) -> list[str]:
    return [hit.record.title for hit in answer.hits]


def test_what_shares_most_comes_first_and_says_what(own: Router) -> None:
    answer = similar(own, "10.1234/own.1")
    assert titles(answer)[0] == OWN[1].title
    why = {reason.field: reason.words for reason in answer.hits[0].why}
    assert why["both"] == "tumour-associated macrophages"
    assert "CSF1R" in why["words of both"]


def test_never_itself_its_preprint_or_a_notice_about_it(own: Router) -> None:
    """The same title, a notice's title around it, or the DOI of its own notice."""
    found = titles(similar(own, "10.1234/own.1"))
    for number in (0, 2, 3, 4):
        assert OWN[number].title not in found
    assert OWN[9].title in found


def test_nor_the_other_way_round(own: Router) -> None:
    assert TITLE not in titles(similar(own, "10.1234/own.4"))


def test_a_retracted_record_comes_last(own: Router) -> None:
    assert titles(similar(own, "10.1234/own.1"))[-1] == OWN[8].title


def test_what_shares_nothing_is_not_listed(own: Router) -> None:
    found = titles(similar(own, "10.1234/own.1"))
    assert OWN[6].title not in found
    assert OWN[10].title not in found


def test_the_record_is_found_as_cite_finds_it(own: Router) -> None:
    """By identifier, title, place in the list last shown, or the id that a button carries."""
    place = Place("T", "C", "1.0", "U")
    listed = own.answer(Request("macrophages glioma", Surface.MENTION, place)).answer
    first = listed.hits[0].record
    second = own.answer(Request("similar to the first one", Surface.THREAD, place)).answer
    assert second.query == f"similar {first.doi}"
    assert similar(own, first.id).query == similar(own, first.title).query == second.query


def test_pages_follow_each_other(router: Router) -> None:
    pages = [
        router.answer(Request("similar 10.1002/ctd2.70098", Surface.DIRECT, offset=n)).answer
        for n in (0, 5)
    ]
    assert all(len(page.hits) == 5 for page in pages)
    assert not {h.record.id for h in pages[0].hits} & {h.record.id for h in pages[1].hits}
    assert pages[0].ranked == pages[0].total <= 20


def test_of_several_records_the_first_is_compared_and_that_is_said(own: Router) -> None:
    reply = own.answer(Request("similar 10.1234/own.1 10.1234/own.2", Surface.SLASH))
    assert "Only the first is compared; for the next: `similar 10.1234/own.2`" in reply.message.text
    absent = own.answer(Request("similar 10.1234/own.1 10.1234/absent", Surface.SLASH))
    assert "10.1234/absent" in absent.message.text
    alone = own.answer(Request("similar 10.1234/own.1", Surface.SLASH))
    assert "Only the first" not in alone.message.text


def test_without_a_record_it_asks_which(own: Router) -> None:
    for words in ("to it", "to these", ""):
        answer = similar(own, words)
        assert answer.hits == ()
        assert "Say which record" in answer.understood.notes[0] or not words


def test_the_card_has_the_button(own: Router) -> None:
    reply = own.answer(Request("macrophages glioma", Surface.DIRECT))
    record = reply.answer.hits[0].record
    rows = [b for b in reply.message.payload()["blocks"] if b["type"] == "actions"]
    button = next(e for e in rows[0]["elements"] if e["text"]["text"] == "More like this")
    assert button["value"] == f'{{"q":"similar {record.id}"}}'


def test_a_record_with_nothing_telling_is_answered(own: Router, router: Router) -> None:
    reply = router.answer(Request("similar 10.1002/ctd2.70098", Surface.SLASH))
    assert len(reply.answer.hits) == 5
    check_message(reply.message.payload())
    bare: list[Record] = [OWN[10], OWN[11]]
    for record in bare:
        check_message(own.answer(Request(f"similar {record.doi}", Surface.SLASH)).message.payload())
