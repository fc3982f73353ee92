"""Questions are answered while another process imports: with what is indexed, and they say so."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.app.cli.common import opened_services
from bot.app.cli.files import _indexing
from bot.records.models import Identifier, Record, Scheme


def ask(home: Path, *words: str) -> dict[str, Any]:
    """The answer of a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bot.app.cli", "ask", "--json", *words],
        env=os.environ | {"TME_HOME": str(home), "TME_STARTER": "no"},
        capture_output=True,
        check=True,
        timeout=120,
    )
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_a_question_during_an_import_finds_what_is_indexed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TME_HOME", str(tmp_path))
    answers = []

    def coming() -> Iterator[Record]:
        for number in range(1200):
            if number == 1000:  # the first 500 are indexed, another 500 stored
                answers.extend((ask(tmp_path, "macrophage"), ask(tmp_path, "fibroblast")))
            cell = "macrophage" if number < 500 else "fibroblast"
            doi = Identifier(scheme=Scheme.DOI, value=f"10.1000/{number}")
            yield Record(title=f"On a {cell} called {number}", identifiers=(doi,))

    with opened_services(starter=False) as services:
        services.harvester.take(coming(), "file", _indexing(services, lambda _: None))
        services.index.follow(services.store)
    found, nothing = answers
    assert (found["total"], found["unsearchable"]) == (500, 500)
    assert "500 records are not searchable yet" in found["text"]
    assert (nothing["total"], nothing["unsearchable"]) == (0, 500)
    assert "No record matches" not in nothing["text"]
    assert "500 records are not searchable yet" in nothing["text"]
    after = ask(tmp_path, "fibroblast")
    assert (after["total"], after["unsearchable"]) == (700, 0)


def test_an_answer_waits_for_a_part_of_what_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that was filled without being indexed answers at once, and more each time."""
    monkeypatch.setenv("TME_HOME", str(tmp_path))
    with opened_services(starter=False) as services:
        works = (Record(title=f"Hypoxia, part {number} of a series") for number in range(250))
        services.harvester.take(works, "file")
    for unsearchable in (150, 50, 0):
        with opened_services(starter=False, most=100) as services:
            assert services.search.unsearchable() == unsearchable
            answer = services.search.run(services.search.interpret("hypoxia"))
            assert (answer.total, answer.unsearchable) == (250 - unsearchable, unsearchable)
