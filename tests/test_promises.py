"""Each promise of SECURITY.md names tests that exist."""

import re
from pathlib import Path

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
    rows = [line for line in PROMISES.read_text("utf-8").splitlines() if line.startswith("| ")]
    assert len(rows) > 20
    assert all("`test_" in row for row in rows[2:])
    for file, name in named():
        source = (ROOT / file).read_text("utf-8")
        assert re.search(rf"^\s*def {name}\(", source, re.MULTILINE), f"{file}: {name}"
