"""A file that a person brings is read in a process that may take so much and no more."""

import os
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.child import Limits
from bot.errors import UnreadableFile
from bot.formats import Refusal
from bot.harvest.reading import read_notices, read_records, read_taggable
from bot.records.models import Record

AT = datetime(2026, 1, 15, tzinfo=UTC)
MIB = 1024 * 1024
ROOMY = Limits(seconds=60, memory=1024 * MIB)


def ris(many: int) -> str:
    return "".join(f"TY  - JOUR\nTI  - Work {n}\nDO  - 10.1234/{n}\nER  - \n" for n in range(many))


def titles(path: Path, limits: Limits) -> list[str]:
    return [i.title for i in read_records(path, None, AT, limits) if isinstance(i, Record)]


def test_records_and_refusals_come_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "refs.ris"
    path.write_text(f"{ris(1)}TY  - JOUR\nAU  - X\nER  - \n{ris(1)}")
    first, second, third = read_records(path, None, AT)
    assert isinstance(first, Record)
    assert (first.title, first.provenance[0].at) == ("Work 0", AT)
    assert second == Refusal(5, "no title")
    assert first == third


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that is read whole where it may take enough."""
    path = tmp_path_factory.mktemp("big") / "big.ris"
    long = f"TY  - JOUR\nTI  - A\nAB  - {'word ' * 100_000}\nER  - \n"
    path.write_text(ris(40_000) + long)
    assert len(titles(path, ROOMY)) == 40_001
    return path


@pytest.mark.parametrize(
    ("allowed", "said"),
    [
        (Limits(seconds=1, memory=1024 * MIB), "takes longer to read than the 1 seconds"),
        (Limits(seconds=60, memory=1024 * MIB, records=3), "has more than 3 records"),
        (Limits(seconds=60, memory=1024 * MIB, line=10_000), "has a record of more than"),
    ],
    ids=["time", "records", "one record"],
)
def test_each_limit_is_met_with_one_clear_line(big: Path, allowed: Limits, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said) as caught:
        titles(big, allowed)
    assert "big.ris" in caught.value.message
    assert "\n" not in caught.value.as_line


def test_a_file_that_would_fill_the_memory_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "big.json"  # one answer of a service, which is read whole
    answer = (
        '{"status": "ok", "message-type": "work", "message": {"DOI": "10.5555/a", "title": ["A"]'
    )
    path.write_text(answer + " " * 60 * MIB + "}}")
    with pytest.raises(UnreadableFile, match="needs more than the 128 MiB of memory") as caught:
        titles(path, Limits(seconds=60, memory=128 * MIB))
    assert "\n" not in caught.value.as_line
    assert titles(path, ROOMY) == ["A"]


def test_as_many_records_as_allowed_are_read(tmp_path: Path) -> None:
    path = tmp_path / "three.ris"
    path.write_text(ris(3))
    assert len(titles(path, Limits(seconds=60, memory=1024 * MIB, records=3))) == 3


def test_a_file_of_nothing_but_refusals_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "junk.ris"
    path.write_text("TY  - JOUR\nAU  - X\nER  - \n" * 30)
    with pytest.raises(UnreadableFile, match="more than 20 parts that cannot be read"):
        titles(path, Limits(seconds=60, memory=1024 * MIB, refusals=20))


def test_the_limits_grow_with_the_file_and_memory_ends() -> None:
    small, large = Limits.of(741), Limits.of(512 * MIB)
    assert (small.seconds, small.memory) == (30, 768 * MIB + 24 * 741)
    assert large.seconds == 30 + 10 * 512
    assert large.memory == 4096 * MIB


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_the_reader_sees_no_secret_and_ends_with_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    path = tmp_path / "refs.ris"
    path.write_text(ris(20_000))

    def children() -> list[str]:
        tasks = Path(f"/proc/{os.getpid()}/task")
        return [pid for task in tasks.iterdir() for pid in (task / "children").read_text().split()]

    before = children()
    with closing(read_records(path, None, AT)) as items:
        assert next(items)
        [pid] = set(children()) - set(before)
        seen = Path(f"/proc/{pid}/environ").read_text()
        assert "PYTHONPATH" in seen
        assert "secret" not in seen
    assert not Path(f"/proc/{pid}").exists()


def test_a_file_that_is_none_is_refused_on_the_first_step(tmp_path: Path) -> None:
    path = tmp_path / "x.ris"
    for data, said in ((b"\x00\x01", "none of the supported formats"), (b"", "empty")):
        path.write_bytes(data)
        with pytest.raises(UnreadableFile, match=said):
            next(read_records(path, None, AT))
    with pytest.raises(UnreadableFile, match="cannot be read"):
        next(read_records(tmp_path / "absent.ris", None, AT))


def test_what_can_only_be_tagged_and_notices_come_the_same_way(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text('{"abstract": "Macrophages."}\n')
    [record] = read_taggable(path, AT)
    assert isinstance(record, Record)
    assert (record.title, record.abstract) == ("", "Macrophages.")
    path.write_text(
        "OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,RetractionDate\n"
        "10.1000/a,0,Retraction,1/31/2024 0:00\nunavailable,0,Retraction,1/31/2024 0:00\n"
    )
    entry, refusal = read_notices(path)
    assert not isinstance(entry, Refusal)
    assert entry.works[0].value == "10.1000/a"
    assert entry.notice is not None
    assert str(entry.date) == "2024-01-31"
    assert isinstance(refusal, Refusal)
