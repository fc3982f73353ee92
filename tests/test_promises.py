"""Each promise of SECURITY.md names tests that exist."""

import re
from pathlib import Path
from types import SimpleNamespace

from tests.areas import AREAS, counted

ROOT = Path(__file__).resolve().parent.parent
PROMISES = ROOT / ".github" / "SECURITY.md"


def named() -> list[tuple[str, str]]:
    """(file, test) of every test that the table names."""
    found, file = [], ""
    for name in re.findall(r"`((?:tests/[\w/.]+\.py)|(?:test_\w+))`", PROMISES.read_text("utf-8")):
        file, is_file = (name, True) if name.startswith("tests/") else (file, False)
        if not is_file:
            found.append((file, name))
    return found


def test_every_promise_names_a_test_that_is_there() -> None:
    promised = PROMISES.read_text("utf-8").partition("## Tried")[0]
    rows = [line for line in promised.splitlines() if line.startswith("| ")]
    assert len(rows) > 20
    assert all("`test_" in row for row in rows[2:])
    for file, name in named():
        source = (ROOT / file).read_text("utf-8")
        assert re.search(rf"^\s*def {name}\(", source, re.MULTILINE), f"{file}: {name}"


def test_every_area_names_scripts_that_are_there() -> None:
    for area in AREAS:
        assert area.scripts
        for script in area.scripts:
            place = ROOT / "tests" / script
            there = [place] if place.is_file() else list(place.glob("test_*.py"))
            assert any("def test_" in each.read_text("utf-8") for each in there), script


def test_what_ran_is_counted_by_area() -> None:
    def report(place: str) -> SimpleNamespace:
        return SimpleNamespace(nodeid=f"tests/{place}::test_it")

    passed = [report("faults/test_memory.py"), report("harvest/test_reading.py"), object()]
    lines = counted({"passed": passed, "failed": [report("harvest/test_reading.py")]})
    assert [line.rpartition(": ")[2] for line in lines] == [
        "2 tried, 1 passed, 1 failed, 0 skipped",
        "3 tried, 2 passed, 1 failed, 0 skipped",
    ]
