"""Killed at any write to the disk, everything is sound, and done again it ends as it should."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.kills import OPERATIONS, TwoServers, can_kill, run

POINTS = 5
pytestmark = [
    pytest.mark.kills,
    pytest.mark.skipif(not can_kill(), reason="strace is not here, or may not trace"),
]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoServers]:
    with TwoServers(tmp_path_factory.mktemp("servers") / "log") as both:
        yield both


# `python -m tests.faults.kills` kills at forty.
@pytest.mark.parametrize("name", OPERATIONS)
def test_killed_at_a_write_it_holds_and_is_done_again(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], servers: TwoServers
) -> None:
    """With two servers over the same folder throughout."""
    if absent := OPERATIONS[name].needs():
        pytest.skip(f"not installed: {', '.join(absent)}")
    killed, tried = run(name, tmp_path, POINTS, servers)
    with capsys.disabled():
        print(f"\n{name}: killed at {killed} of {tried} writes")
    assert tried == POINTS
    # A thread may come to another number of writes than the time before.
    assert killed >= (POINTS + 1) // 2
