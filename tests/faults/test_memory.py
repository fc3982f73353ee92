"""Out of memory at any place, a command ends with a line, the store is sound, and it is done again.

The engine of the index allocates in its own way, and ends the process where it cannot: its line
is then the one of the Rust runtime.
"""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.store import StateStore
from tests.faults.kills import TME, can_kill, environment, meant, missing, ris, tme, vectors
from tests.processes import PATIENCE_SECONDS, ROOT

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform != "linux", reason="memory is limited otherwise elsewhere"),
]

RECORDS = 1_200
SAID = ("memory", "spawn", "alloc")


def starved(home: Path, megabytes: int, *words: str) -> "subprocess.CompletedProcess[str]":
    """`tme` with so much address space, which is what a system can refuse in time."""
    script = f'ulimit -v {megabytes * 1024}; exec "$@"'
    return subprocess.run(
        ["sh", "-c", script, "sh", sys.executable, "-c", TME, *words], cwd=ROOT,
        env=environment(home), capture_output=True, text=True, timeout=PATIENCE_SECONDS,
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "megabytes", [350, *(pytest.param(n, marks=pytest.mark.kills) for n in (200, 500, 650))]
)
def test_an_import_without_memory_loses_nothing(tmp_path: Path, megabytes: int) -> None:
    """Import and index; what is stored is whole batches."""
    file = tmp_path / "refs.ris"
    file.write_text(ris(0, RECORDS), encoding="utf-8")
    done = starved(tmp_path, megabytes, "import", str(file))
    if done.returncode:
        assert any(word in done.stderr for word in SAID), done.stderr[-500:]
        assert "Traceback" not in done.stderr
    if (tmp_path / "tme.db").exists():
        with closing(StateStore.open(tmp_path / "tme.db")) as store:
            assert store.check() == []
            assert store.status().records in {0, 500, 1_000, RECORDS}
    assert tme(tmp_path, "import", str(file)).exit_code == 0
    assert f"{RECORDS:,} records" in tme(tmp_path, "ask", "macrophages").stdout


@pytest.fixture
def meaning(tmp_path: Path) -> Path:
    """A folder whose records are still to be read for their meaning."""
    if absent := missing():
        pytest.skip(f"not installed: {', '.join(absent)}")
    home = tmp_path / "home"
    meant(home)
    return home


@pytest.mark.parametrize("megabytes", [400, 900, 1_500])
def test_reading_for_meaning_without_memory_loses_nothing(meaning: Path, megabytes: int) -> None:
    """What was read is kept; with memory it goes on to the end."""
    done = starved(meaning, megabytes, "semantic")
    if done.returncode:
        assert "Traceback" not in done.stderr, done.stderr[-500:]
    vectors_are_whole(meaning)


@pytest.mark.skipif(not can_kill(), reason="strace is not here, or may not trace")
def test_reading_for_meaning_on_a_slow_disk_ends_as_on_a_fast_one(meaning: Path) -> None:
    """Each sync takes most of a second, by strace, which holds the very system calls up."""
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e",
               "inject=fsync,fdatasync:delay_exit=700000"]  # fmt: skip
    done = subprocess.run(
        [*command, sys.executable, "-c", TME, "semantic"], cwd=ROOT, env=environment(meaning),
        capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-500:]
    vectors_are_whole(meaning)


def vectors_are_whole(home: Path) -> None:
    assert tme(home, "semantic").exit_code == 0
    vectors(home)
