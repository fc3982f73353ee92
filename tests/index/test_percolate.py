"""What matches in memory is what matches on disk."""

from pathlib import Path

import pytest

from bot.app.composition import opened
from bot.index.percolate import Percolator
from bot.settings import Settings
from handlers.services import Services
from tests.own_records import NOW, work

QUESTIONS = (
    "macrophage", "CAF in melanoma", '"immune checkpoint"', "hypoxia -melanoma", "type:review",
    "author:sharma", "journal:nature", "since:2022 resistance", "immunotherap*", "is:open",
    "pembrolizumab OR nivolumab", "strategy:epigenetic", "has:abstract",
)  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_query_matches_the_same_records(services: Services, question: str) -> None:
    """Every strict match of the index, and nothing else, the best first."""
    records = services.store.newest(1_000)
    wanted = services.search.plan(services.search.interpret(question))
    found = Percolator(records).matches(wanted)
    strict = [c for c in services.index.search(wanted, 1_000).candidates if c.strict]
    assert {record_id for record_id, _ in found} == {c.record_id for c in strict}
    assert len(found) == services.index.count(wanted)
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)


def test_nothing_matches_in_nothing(tmp_path: Path) -> None:
    with opened(Settings(home=tmp_path, starter=False), lambda: NOW) as services:
        services.index.follow(services.store)
        wanted = services.search.plan(services.search.interpret("macrophage"))
        assert Percolator([]).matches(wanted) == []
    with pytest.raises(ValueError, match="that a store holds"):
        Percolator([work(1, "Not held")])
