"""What was acknowledged is answered, whatever befalls the processes that answer."""

from pathlib import Path

import pytest

from tests.faults.answers import run

pytestmark = pytest.mark.faults

# `python -m tests.faults.answers` runs 400 questions with 20 kills.
QUESTIONS, KILLS = 90, 6


def test_servers_that_are_killed_lose_no_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Four servers, kills at every point, lost replies, 429s and 500s: 0 lost, 0 shown twice."""
    outcome = run(tmp_path / "home", QUESTIONS, KILLS)
    with capsys.disabled():
        print(f"\n{outcome}")
    assert len(outcome.acknowledged) == QUESTIONS
    assert outcome.lost == []
    assert outcome.given_up == 0
    assert outcome.doubles == 0
    assert outcome.offered <= outcome.repeats
    assert outcome.problems == []
    assert sum(n for what, n in outcome.done.items() if what.startswith("kill")) >= KILLS // 2
