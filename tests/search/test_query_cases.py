"""What people type: the shared query cases hold, by the scoring rule of the interfaces."""

import json
from pathlib import Path

import pytest

from bot.app.cli import json_lines as interface
from handlers.router import Request, Router, Surface
from tests.benchmarks.queries import misses


@pytest.mark.shared_data
def test_nearly_every_query_case_holds(shared: Path, router: Router) -> None:
    """At least 95 of 100; `tests/benchmarks/queries.py` prints the ones that do not."""
    lines = (shared / "taxonomy" / "queries.dev.jsonl").read_text(encoding="utf-8").splitlines()
    short = {}
    for case in map(json.loads, lines):
        reply = router.answer(Request(case["input"], Surface(case["surface"])))
        answer = interface.answer(reply.answer, reply.message.text, reply.error)
        if found := misses(case, answer):
            short[case["id"]] = found
    assert len(short) <= 0.05 * len(lines), short
