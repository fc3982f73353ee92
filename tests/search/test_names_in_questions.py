"""Names as researchers, clinicians and newcomers type them, and what answers for them."""

from collections.abc import Iterator

import pytest

from bot.records.models import Answer
from handlers.router import Request, Router, Surface
from tests.own_records import router_over, work

RECORDS = (
    work(1, "Angiogenesis in non-melanoma skin cancer"),
    work(2, "Angiogenesis in melanoma"),
    work(3, "Non small cell lung cancer and its stroma"),
    work(4, "Small cell lung cancer and its stroma"),
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
    ],
)
def test_a_name_is_not_found_in_its_denial(own: Router, text: str, wanted: dict[int, bool]) -> None:
    found = matches(ask(own, text))
    titles = {number: RECORDS[number - 1].title for number in wanted}
    assert {number: title in found for number, title in titles.items()} == wanted
