"""Names as researchers, clinicians and newcomers type them, and what answers for them."""

from collections.abc import Iterator

import pytest

from bot.records.answers import Answer
from bot.records.models import Contribution
from handlers.router import Request, Router, Surface
from tests.own_records import router_over, work
from tests.search.test_dialogue import talk

WHO = Contribution(family="Bronte", given="Giuseppe", orcid="0000-0002-1825-0097")
RECORDS = (
    work(1, "Angiogenesis in non-melanoma skin cancer"),
    work(2, "Angiogenesis in melanoma"),
    work(3, "Non small cell lung cancer and its stroma"),
    work(4, "Small cell lung cancer and its stroma"),
    work(5, "Papillary thyroid carcinoma and its stroma"),
    work(6, "Endometrial cancer and its stroma"),
    work(7, "Atezolizumab in hepatocellular carcinoma"),
    work(8, "Hypoxia of tumours: a review", contributors=(WHO,)),
    work(9, "Mast cells of tumours", contributors=(WHO,)),
    work(10, "Hypoxia of tumours in mice"),
    work(11, "Acquired resistance to pembrolizumab in mesothelioma"),
    work(12, "A case of multidrug-resistant tuberculosis in mesothelioma",
         "The patient was given pembrolizumab."),
    work(13, "Avelumab in thymic tumours"),
    work(14, "PARP inhibition in sarcoma"),
)  # fmt: skip


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    with router_over(tmp_path_factory.mktemp("names"), RECORDS) as router:
        yield router


def ask(router: Router, text: str) -> Answer:
    return router.answer(Request(text, Surface.SLASH)).answer


def matches(answer: Answer) -> set[str]:
    return {hit.record.title for hit in answer.hits if hit.strict}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("melanoma angiogenesis", {1: False, 2: True}),
        ("nonmelanoma angiogenesis", {1: True, 2: False}),
        ("non melanoma angiogenesis", {1: True, 2: False}),
        ("angiogenesis -melanoma", {1: True, 2: False}),
        ("SCLC stroma", {3: False, 4: True}),
        ("NSCLC stroma", {3: True, 4: False}),
        ("non-melanoma skin", {1: True, 2: False}),
    ],
)
def test_a_name_is_not_found_in_its_denial(own: Router, text: str, wanted: dict[int, bool]) -> None:
    found = matches(ask(own, text))
    titles = {number: RECORDS[number - 1].title for number in wanted}
    assert {number: title in found for number, title in titles.items()} == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("small cell lung stroma", {3: False, 4: True}),
        ("non small cell lung stroma", {3: True, 4: False}),
        ("papillary thyroid stroma", {5: True, 6: False}),
        ("uterine serous carcinoma stroma", {6: False}),
        ("atezolizumab liver", {7: True}),
        ("thymic tumours immunotherapy", {13: True}),
        ("which mesotheliomas stop responding to pembrolizumab?", {11: True, 12: False}),
        ("mesothelioma resistance", {11: True, 12: True}),
        ("thymic tumours that are not melanoma", {13: True, 2: False}),
    ],
)
def test_a_thing_is_found_by_the_names_people_use(
    own: Router, text: str, wanted: dict[int, bool]
) -> None:
    """Without its noun, by its organ; and a subtype is not answered by the whole.

    Nor resistance to a treatment by that of bacteria; a broad word is, by what is narrower.
    """
    found = matches(ask(own, text))
    assert {number: RECORDS[number - 1].title in found for number in wanted} == wanted


@pytest.mark.parametrize("text", ["anal canal flora", "soft tissue stroma", "t cell stroma"])
def test_a_site_of_several_words_is_no_tumour(own: Router, text: str) -> None:
    query = own.read(Request(text, Surface.SLASH), None).query
    concepts = own.services.vocabulary.concepts
    named = [c for p in query.parts if p.recognised for c in p.recognised.concepts]
    assert not any(concepts[c].facet == "cancer" for c in named)


@pytest.mark.parametrize(
    ("text", "action", "wanted"),
    [
        ("0000-0002-1825-0097", "author_lookup", {8, 9}),
        ("papers by https://orcid.org/0000-0002-1825-0097", "author_lookup", {8, 9}),
        ("author:0000-0002-1825-0097", "author_lookup", {8, 9}),
        ("hypoxia orcid:0000-0002-1825-0097", "search", {8}),
        ("hypoxia by 0000-0002-1825-0097", "search", {8}),
        ("reviews 0000-0002-1825-0097", "search", {8}),
        ("0000-0002-1825-0097 -hypoxia", "search", {9}),
    ],
)
def test_an_orcid_is_an_author_beside_other_words(
    own: Router, text: str, action: str, wanted: set[int]
) -> None:
    answer = ask(own, text)
    assert answer.understood.action == action
    assert matches(answer) == {RECORDS[number - 1].title for number in wanted}


@pytest.mark.parametrize("first", ["mast cells", "0000-0002-1825-0097"])
def test_what_an_author_wrote_is_narrowed(own: Router, first: str) -> None:
    turns = (first, "more by this author") if first == "mast cells" else (first,)
    *_, theirs, reviews = talk(own, *turns, "only reviews")
    assert {hit.record.title for hit in theirs.hits} == {RECORDS[7].title, RECORDS[8].title}
    assert reviews.understood.action == "narrow"
    assert matches(reviews) == {RECORDS[7].title}


def test_the_class_of_a_drug_is_offered_apart(own: Router) -> None:
    answer = ask(own, "olaparib sarcoma")
    assert answer.total == 0
    assert answer.hits[0].missing == ("olaparib",)
    assert [why.level for why in answer.hits[0].why] == ["exact"]
    class_ = "DNA damage response and PARP inhibitors"
    assert [(each.label, each.count) for each in answer.broader] == [(class_, 1)]


@pytest.mark.parametrize("text", ["avelumab", "nivolumab", "pembrolizumab glioma"])
def test_a_drug_is_not_answered_by_its_like(own: Router, text: str) -> None:
    drug = text.partition(" ")[0]
    for hit in ask(own, text).hits:
        assert drug in f"{hit.record.title} {hit.record.abstract}".lower()


def test_a_near_miss_of_what_nobody_stores_still_counts(own: Router) -> None:
    """Beside two other things, what is of the drug's class comes before what has less."""
    first, *_ = ask(own, "olaparib sarcoma mice").hits
    assert first.record.title == "PARP inhibition in sarcoma"


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("CAR-T that isn't CD19", ["CD19"]),
        ("gliomas that are not glioblastoma", ["glioblastoma"]),
        ("colorectal cancer which is not MSI-H", ["MSI-H"]),
        ("tumours that are not inflamed", []),
        ("cells that are not exhausted", []),
    ],
)
def test_what_a_thing_is_not_to_be_is_left_out_by_name(
    own: Router, text: str, left_out: list[str]
) -> None:
    query = own.read(Request(text, Surface.SLASH), None).query
    assert [part.typed for part in query.excluded] == left_out
