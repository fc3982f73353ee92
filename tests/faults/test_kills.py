"""Killed at any write to the disk, everything is sound, and done again it ends as it should."""

from pathlib import Path

import pytest

from tests.faults.kills import OPERATIONS, can_kill, run

POINTS = 5
pytestmark = [
    pytest.mark.kills,
    pytest.mark.skipif(not can_kill(), reason="strace is not here, or may not trace"),
]


# `python -m tests.faults.kills` kills at forty, with both servers there at each.
@pytest.mark.parametrize("name", OPERATIONS)
def test_killed_at_a_write_it_holds_and_is_done_again(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With two servers over the same folder at every second point."""
    if absent := OPERATIONS[name].needs():
        pytest.skip(f"not installed: {', '.join(absent)}")
    killed, tried = run(name, tmp_path, POINTS, always_served=False)
    with capsys.disabled():
        print(f"\n{name}: killed at {killed} of {tried} writes")
    assert tried == POINTS
    # A thread may come to another number of writes than the time before.
    assert killed >= (POINTS + 1) // 2
