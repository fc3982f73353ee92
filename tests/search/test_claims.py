"""A pasted text beside what it cites: by words alone, with the record's own sentence."""

from collections.abc import Iterator

import pytest

from bot.records.dates import PartialDate
from bot.records.models import Contribution, IntegrityKind, IntegrityNotice
from bot.search.claims import MOST, Claim
from handlers.router import Request, Router, Surface
from tests.block_check import check_message
from tests.growth import assert_in_proportion
from tests.own_records import router_over, work

RETRACTION = IntegrityNotice(kind=IntegrityKind.RETRACTION)


def by(family: str, year: int) -> dict[str, object]:
    return {
        "contributors": (Contribution(family=family, given="P"),),
        "published": PartialDate(year),
    }


OWN = (
    work(1, "Resistance to checkpoint blockade", "Results: Macrophages limited the response to"
         " PD-1 blockade in 64 % of melanomas. Mice were used.", **by("Sharma", 2017)),
    work(2, "Vaccines in glioma", "Conclusion: The vaccine was safe.", integrity=(RETRACTION,),
         **by("Miller", 2020)),
    work(3, "Vaccines in sarcoma", "Conclusion: Nothing.", **by("Miller", 2020)),
)  # fmt: skip


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    with router_over(tmp_path_factory.mktemp("own"), OWN) as router:
        yield router


def read(router: Router, text: str) -> list[Claim]:
    return router.services.claims.read(text)


def test_the_nearest_sentence_is_shown_with_how_near_it_is(own: Router) -> None:
    text = "Macrophages limit responses to PD-1 blockade in melanoma (Sharma et al., 2017)."
    (claim,) = read(own, text)
    assert claim.record is not None
    assert claim.record.doi == "10.1234/own.1"
    assert claim.quote is not None
    assert claim.quote.text.startswith("Macrophages limited the response")
    assert (claim.place, claim.sentences) == (1, 2)
    assert claim.shared == claim.words
    assert claim.unfound == ()


@pytest.mark.parametrize(
    ("cited", "numbers"),
    [("melanoma.1,2 Mice", (1, 2)), ("melanoma.¹⁻³ Mice", (1, 2, 3)),
     ("melanoma (1,3). Mice", (1, 3)),
     ("melanoma (ref. 1–2). Mice", (1, 2)), ("melanoma, references 2 and 3. Mice", (2, 3)),
     ("melanoma (4). Mice", ()), ("melanoma (n = 3). Mice", ()), ("melanoma of grade 2. Mice", ()),
     ("melanoma at 10⁻² M. Mice", ()), ("CD3 in melanoma. Mice", ())],
)  # fmt: skip
def test_numbers_of_other_styles_are_citations_where_they_are_listed(
    own: Router, cited: str, numbers: tuple[int, ...]
) -> None:
    listed = "\n".join(f"{n}. Some work, doi:10.1234/own.{n}" for n in (1, 2, 3))
    claims = read(own, f"Macrophages limit responses in {cited} were used.\n\nReferences\n{listed}")
    assert tuple(int(claim.cited.strip("[]")) for claim in claims) == numbers
    assert all("Mice" not in claim.text for claim in claims)


def test_a_number_that_the_record_lacks_is_named(own: Router) -> None:
    (claim,) = read(own, "In 74 % and 64 % of melanomas macrophages did so, 10.1234/own.1.")
    assert claim.unfound == ("74",)


@pytest.mark.parametrize("share", ["blockade gamma delta", "blockade gamma delta epsilon"])
def test_a_third_of_the_words_is_near(own: Router, share: str) -> None:
    (claim,) = read(own, f"{share} 10.1234/own.1")
    assert (claim.quote is not None) is (claim.words == 3)


@pytest.mark.parametrize(
    "text",
    [
        "It is so [1].\n\nReferences\n1. Some paper. doi:10.1234/own.1",
        "It is so [1].\n1. Some paper. doi:10.1234/own.1",
        "It is so [1].\n[1] Resistance to checkpoint blockade. 10.1234/own.1",
    ],
)
def test_numbers_stand_for_the_list_beneath(own: Router, text: str) -> None:
    (claim,) = read(own, text)
    assert claim.cited == "[1]"
    assert claim.record is not None
    assert claim.record.doi == "10.1234/own.1"


def test_ranges_are_read_and_what_is_not_listed_is_not_stored(own: Router) -> None:
    found = read(own, "It is so [1, 3-4].\n1. 10.1234/own.1\n2. 10.1234/own.2\n3. 10.1234/own.3")
    assert [(claim.cited, claim.record is not None) for claim in found] == [
        ("[1]", True), ("[3]", True), ("[4]", False),
    ]  # fmt: skip


def test_of_two_that_fit_none_is_taken(own: Router) -> None:
    (claim,) = read(own, "Vaccines are safe (Miller, 2020).")
    assert (claim.record, claim.fitting) == (None, 2)


def test_a_year_alone_cites_nobody(own: Router) -> None:
    assert read(own, "In 2017 it was approved. Since 2020 it is used.") == []


def answer(router: Router, text: str) -> str:
    reply = router.answer(Request(text, Surface.SLASH))
    check_message(reply.message.payload())
    return reply.message.text


def test_a_person_sees_standing_and_quote_and_no_verdict(own: Router) -> None:
    text = answer(
        own, "check-text The vaccine was safe (10.1234/own.2). Others differ (10.9999/none)."
    )
    assert "10.1234/own.2: stored, retracted" in text
    assert "RETRACTED" in text
    assert "Nearest: “The vaccine was safe.” (abstract, Conclusion, sentence 1 of 1)" in text
    assert "10.9999/none: not stored" in text
    assert "is for you to judge" in text


@pytest.mark.parametrize("text", ["check-text", "check-text No citation here."])
def test_what_cannot_be_checked_gets_one_line(own: Router, text: str) -> None:
    reply = own.answer(Request(text, Surface.SLASH))
    assert reply.error is not None
    assert reply.error.hint


def test_a_long_text_is_read_to_its_end_or_refused(own: Router) -> None:
    many = "It is so (10.1234/own.1). " * 100
    assert len(read(own, many)) == MOST
    assert not own.answer(Request(f"check-text {many}", Surface.SLASH)).error
    assert own.answer(Request(f"check-text {'x' * 20_001}", Surface.SLASH)).error is not None


@pytest.mark.parametrize("text", ["[1-", "\n", "1. x\n", "Sharma ", "References\n"])
def test_work_grows_with_the_text(own: Router, text: str) -> None:
    assert_in_proportion(lambda given: read(own, given), lambda size: text * size, 100)


def test_two_authors_are_both_authors(own: Router) -> None:
    (claim,) = read(own, "Macrophages limit responses (Sharma and Jones, 2017).")
    assert (claim.record, claim.fitting) == (None, 0)


def test_a_text_with_its_list_is_no_list(own: Router) -> None:
    """A range may be written across brackets; a number that no reference has is said to be so."""
    text = (
        "check-text Macrophages did so [1]–[3], and so on [7].\n\nReferences\n[1] 10.1234/own.1\n"
        "[2] 10.1234/own.2\n[3] 10.1234/own.3"
    )
    reply = own.answer(Request(text, Surface.SLASH))
    check_message(reply.message.payload())
    for number, outcome in ((1, "stored"), (2, "stored, retracted"), (3, "stored")):
        assert f"[{number}]: {outcome}" in reply.message.text
    assert "[7]: no reference of this number is under the text" in reply.message.text


@pytest.mark.parametrize("cited", ["Sharma P, 2017", "(Sharma 2017)", "Sharma et al. 2017b"])
def test_a_name_and_year_are_read_in_any_style_and_its_year_is_no_number(
    own: Router, cited: str
) -> None:
    (claim,) = read(own, f"Macrophages limit the response to PD-1 blockade ({cited}).")
    assert claim.record is not None
    assert claim.unfound == ()
    assert read(own, "Macrophages limit the response (March 2017).") == []


def test_a_work_is_read_once_for_a_sentence_that_cites_it_twice(own: Router) -> None:
    text = "Macrophages limit it [1] (ref. 1; Sharma, 2017).\n\n1 Sharma P. 10.1234/own.1\n"
    (claim,) = read(own, text)
    assert claim.cited == "[1]"
