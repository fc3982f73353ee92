"""A floor for the order of answers: a small store of made-up records, and what should be found.

The floors lie a little below what the bot does today: a change that costs some places is seen.
`tests/benchmarks` measures quality; this only holds it.
"""

import pytest

from handlers.router import Request, Surface
from tests.benchmarks.metrics import mean, ndcg
from tests.own_records import router_over
from tests.search.judged import QUESTIONS, RECORDS

# The means over the questions that may not be undercut.
LEAST_NDCG, LEAST_FIRST = 0.97, 0.93


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """For each question the DOIs of the ten records that are listed first."""
    with router_over(tmp_path_factory.mktemp("judged"), RECORDS.values()) as router:
        answers = {
            question: router.answer(Request(question, Surface.TERMINAL, limit=10)).answer
            for question in QUESTIONS
        }
    return {asked: [hit.record.doi or "" for hit in got.hits] for asked, got in answers.items()}


def test_the_set_is_large_enough_to_tell_something() -> None:
    assert len(RECORDS) == 60
    assert len(QUESTIONS) >= 40
    assert all(max(judged.values()) == 2 for judged in QUESTIONS.values())


def test_the_order_is_as_good_as_it_was(lists: dict[str, list[str]]) -> None:
    figures = {asked: ndcg(lists[asked], judged) for asked, judged in QUESTIONS.items()}
    worst = sorted(figures.items(), key=lambda each: each[1])[:6]
    assert mean(figures.values()) >= LEAST_NDCG, worst


def test_what_was_meant_comes_first(lists: dict[str, list[str]]) -> None:
    wrong = [
        asked
        for asked, judged in QUESTIONS.items()
        if judged.get(next(iter(lists[asked]), ""), 0) < 2
    ]
    assert 1 - len(wrong) / len(QUESTIONS) >= LEAST_FIRST, wrong


def test_every_question_finds_one_of_its_answers(lists: dict[str, list[str]]) -> None:
    assert [asked for asked, judged in QUESTIONS.items() if not judged.keys() & lists[asked]] == []
