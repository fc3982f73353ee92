"""Finding by meaning: without a model it changes nothing, with one it adds to the words."""

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from pytest_httpserver import HTTPServer

from bot.app import composition as app
from bot.app.cli import main
from bot.errors import SemanticUnavailable
from bot.index import Candidate, Card, Found
from bot.index.meaning import as_meant, missing
from bot.index.meaning.models import Model
from bot.records.answers import Correction, Hit
from bot.records.models import Record
from bot.search.query import Part, Query
from bot.search.ranking import Ranked, Ranking
from bot.settings import Settings
from bot.settings.values import SEMANTIC_MODEL
from handlers.services import Services
from tests import minilm
from tests.own_records import NOW, work

absent = (*missing(), *minilm.missing())
installed = pytest.mark.skipif(
    bool(absent), reason=f"needs the extra `semantic` and the test model: {', '.join(absent)}"
)
TITLES = (
    "Myocardial infarction in elderly patients",
    "Treatment of heart failure",
    "Attack rates of influenza on ships",
    "Heart of the matter: an essay on attack",
    "Coronary thrombosis and necrosis of the heart muscle",
)


@contextmanager
def opened(home: Path, records: Sequence[Record], *, model: str = "no") -> Iterator[Services]:
    settings = Settings(home=home, starter=False, semantic=model)
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


def hits(services: Services, text: str) -> tuple[Hit, ...]:
    return services.search.run(services.search.interpret(text), limit=100, explain=True).hits


def found(services: Services, text: str) -> list[tuple[str, float, Mapping[str, float]]]:
    return [(hit.record.title, hit.score, hit.arithmetic) for hit in hits(services, text)]


def ranked(meant: Mapping[str, float], *scores: float, words: int = 9) -> dict[str, Ranked]:
    """Records 0, 1, … with these scores by words, ranked for a question of so many words."""
    query = Query("text", parts=tuple(Part(str(n), (str(n),)) for n in range(words)))
    candidates = [Candidate(str(n), s, False, Card(f"title {n}")) for n, s in enumerate(scores)]
    order = Ranking(str).ranked(query, Found(tuple(candidates), 0), meant)
    return {each.record_id: each for each in order}


def test_meaning_weighs_a_little_more_than_words() -> None:
    after = ranked({"0": 0.0, "1": 0.9}, 2.0, 1.0)
    assert list(after) == ["1", "0"]
    assert after["0"].arithmetic["relevance"] == 0.5
    assert after["1"].arithmetic["relevance"] == 0.25
    assert after["1"].arithmetic["meaning"] == 0.63
    assert after["1"].score == pytest.approx(sum(after["1"].arithmetic.values()), abs=1e-3)


def test_a_title_with_every_word_asked_outweighs_meaning() -> None:
    query = Query("heart attack", parts=(Part("heart", ("heart",)), Part("attack", ("attack",))))
    titles = ("heart attack", "heart failure")
    candidates = tuple(Candidate(t, 1.0, False, Card(t), share=0.5) for t in titles)
    meant = {"heart attack": 0.0, "heart failure": 0.6}
    whole, half = Ranking(str).ranked(query, Found(candidates, 0), meant)
    assert (whole.record_id, whole.title_words) == ("heart attack", 0.5)
    assert half.title_words == 0.5 / 16


def test_a_record_that_was_not_read_yet_counts_as_usual() -> None:
    after = ranked({"0": 0.2, "1": 0.6}, 1.0, 1.0, 1.0)
    added = [after[key].arithmetic["meaning"] for key in ("0", "2", "1")]
    assert added == pytest.approx([0.14, 0.28, 0.42])


def test_without_likeness_the_words_rank_alone() -> None:
    after = ranked({}, 1.0, 0.5)
    assert [after[key].relevance for key in ("0", "1")] == [1.0, 0.5]
    assert all("meaning" not in each.arithmetic for each in after.values())


def test_corrected_words_are_asked_for() -> None:
    corrections = [Correction(typed="macrofage", used="macrophage")]
    assert as_meant("a macrofage in tumours", corrections) == "a macrophage in tumours"
    assert as_meant("plain words", ()) == "plain words"
    hear = [Correction(typed="hear", used="heart"), Correction(typed="c++", used="cells")]
    assert as_meant("hear and hearing with c++", hear) == "heart and hearing with cells"


@pytest.mark.parametrize(
    ("given", "model"),
    [("yes", SEMANTIC_MODEL), (True, SEMANTIC_MODEL), ("no", ""), ("none", ""), (False, ""),
     ("someone/a-model", "someone/a-model"), ("/models/own", "/models/own")],
)  # fmt: skip
def test_the_setting_names_a_model_or_none(given: object, model: str) -> None:
    assert Settings(semantic=given).semantic == model


def test_it_is_on_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TME_SEMANTIC", raising=False)
    assert Settings().semantic == SEMANTIC_MODEL


def test_off_it_leaves_nothing_behind(tmp_path: Path) -> None:
    with opened(tmp_path, titled()) as services:
        assert services.semantic is None
        assert all("meaning" not in parts for _, _, parts in found(services, "heart attack"))
    assert not (tmp_path / "semantic").exists()


@pytest.fixture
def not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the extra is missing: its modules cannot be found."""
    for name in ("onnxruntime", "usearch"):
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.usefixtures("not_installed")
def test_switched_on_but_not_installed_it_changes_nothing_and_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(tmp_path / "off", titled()) as services:
        before = found(services, "heart attack")
    with (
        caplog.at_level(logging.WARNING),
        opened(tmp_path / "on", titled(), model="yes") as services,
    ):
        assert services.semantic is None
        assert found(services, "heart attack") == before
    assert "not installed: " in caplog.text
    on = {"TME_HOME": str(tmp_path / "on"), "TME_SEMANTIC": "yes", "TME_STARTER": "no"}
    said = CliRunner().invoke(main, ["doctor"], env=on, prog_name="tme")
    assert "MEND  Finding by meaning: Not installed: " in said.stdout
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


# -- fetching a model ----------------------------------------------------------------------------


def test_a_folder_without_a_model_says_what_it_needs(tmp_path: Path) -> None:
    model = Model(str(tmp_path), tmp_path / "unused")
    assert model.network is None
    with pytest.raises(SemanticUnavailable, match=r"No tokenizer\.json and ONNX network in"):
        model.fetch()


def hub(server: HTTPServer, files: Mapping[str, bytes]) -> None:
    """A hub on loopback that has one model, someone/a-model, with these files."""
    shown = {
        "id": "someone/a-model", "sha": "a" * 40,
        "siblings": [{"rfilename": name, "size": len(data)} for name, data in files.items()],
    }  # fmt: skip
    server.expect_request("/api/models/someone/a-model").respond_with_json(shown)
    for name, data in files.items():
        for revision in ("a" * 40, "main"):
            server.expect_request(f"/someone/a-model/resolve/{revision}/{name}").respond_with_data(
                data, headers={"ETag": f'"{len(name)}{len(data)}"', "X-Repo-Commit": "a" * 40}
            )


_FETCH = """
import json, sys
from pathlib import Path
from bot.errors import SemanticUnavailable
from bot.index.meaning.models import Model

model, heard = Model("someone/a-model", Path(sys.argv[1])), []
try:
    model.fetch(heard.append)
except SemanticUnavailable as error:
    print(json.dumps({"error": error.message}))
else:
    print(json.dumps({"network": str(model.network.relative_to(sys.argv[1])), "heard": heard}))
"""


def fetched(server: HTTPServer, folder: Path) -> dict[str, object]:
    """What fetching does in a process that has this hub: its client reads the address once."""
    hub_at = {"HF_ENDPOINT": server.url_for("").rstrip("/"), "HF_HOME": str(folder / "hf")}
    done = subprocess.run(
        [sys.executable, "-c", _FETCH, str(folder)], capture_output=True, text=True, check=True,
        env={**os.environ, **hub_at, "HF_HUB_DISABLE_XET": "1"}, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    return dict(json.loads(done.stdout))


@pytest.mark.skipif(bool(missing()), reason="the extra `semantic` is not installed")
def test_a_model_is_fetched_from_the_hub_the_smallest_network_of_all(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    networks = {"onnx/model.onnx": b"n" * 9_000, "onnx/model_quantized.onnx": b"q" * 3_000}
    hub(httpserver, {"tokenizer.json": b"{}", "model.safetensors": b"w" * 9_000, **networks})
    said = fetched(httpserver, tmp_path)
    assert said["network"] == "someone--a-model/onnx/model_quantized.onnx"
    assert 3_000 in said["heard"]
    files = {p.name for p in (tmp_path / "someone--a-model").rglob("*.*") if ".cache" not in str(p)}
    assert files == {"tokenizer.json", "model_quantized.onnx"}


@pytest.mark.skipif(bool(missing()), reason="the extra `semantic` is not installed")
def test_a_model_that_cannot_be_used_or_reached_is_said(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    assert fetched(httpserver, tmp_path)["error"] == "The model someone/a-model cannot be fetched."
    hub(httpserver, {"tokenizer.json": b"{}", "model.safetensors": b"w"})
    assert "has no tokenizer.json or no ONNX network" in str(fetched(httpserver, tmp_path)["error"])


# -- with the model ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a model, which takes seconds to write: once for all tests."""
    return str(minilm.write_model(tmp_path_factory.mktemp("model")))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, model: str) -> Path:
    """A data folder whose records were read."""
    home = tmp_path_factory.mktemp("semantic")
    with opened(home, titled(), model=model) as services:
        read_all(services)
    return home


@installed
def test_the_model_tells_likeness(model: str) -> None:
    """The model's own example: a happy person is likelier a very happy person than a sunny day."""
    from bot.index.meaning.encoder import Encoder  # noqa: PLC0415 - only where it is installed

    vectors = Encoder(Model(model, Path())).encode(
        ["That is a happy person", "That is a very happy person", "That is a happy dog",
         "Today is a sunny day"]
    )  # fmt: skip
    cosines = [float(vectors[0] @ vector) for vector in vectors]
    # The figures of the model's page (1, .943, .695, .257), give or take its 8-bit products.
    assert cosines == pytest.approx([1.0, 0.943, 0.695, 0.257], abs=0.05)


@installed
def test_a_record_is_found_by_its_meaning_alone(home: Path, model: str) -> None:
    """None of its words is in the question; it is a partial match, and says why it is there."""
    with opened(home, (), model=model) as services:
        answer = hits(services, "heart attack at an advanced age")
        by_title = {hit.record.title: hit for hit in answer}
        alone = by_title["Myocardial infarction in elderly patients"]
        assert not alone.strict
        assert [(why.field, why.words) for why in alone.why] == [("meaning", "similar in meaning")]
        assert "heart" in alone.missing
        for hit in answer:
            assert hit.score == pytest.approx(sum(hit.arithmetic.values()), abs=1e-3)
        said = services.search.run(services.search.interpret("heart attack in old people"))
        assert said.total == 0


@installed
def test_examples_draw_what_is_like_them_nearer(home: Path, model: str) -> None:
    with opened(home, (), model=model) as services:
        assert services.semantic is not None
        ids = {r.title: r.id for r in services.store.newest(100)}
        ships = ids["Attack rates of influenza on ships"]
        plain = services.semantic.likeness("heart", (), 9).values[ships]
        drawn = services.semantic.likeness("heart", (), 9, [ships]).values[ships]
        assert plain < 0.5 < drawn


@installed
def test_what_is_excluded_or_filtered_is_not_found_by_meaning(home: Path, model: str) -> None:
    with opened(home, (), model=model) as services:
        titles = {title for title, _, _ in found(services, "heart attack -infarction")}
        assert "Treatment of heart failure" in titles
        assert "Myocardial infarction in elderly patients" not in titles
        assert found(services, "heart attack year:1990") == []


@installed
def test_what_was_named_is_not_answered_by_its_like(tmp_path: Path, model: str) -> None:
    """A drug, gene or concept is there or not: its sibling is near in meaning, and no answer."""
    records = titled(["Pembrolizumab in melanoma", "Nivolumab in melanoma", "Melanoma of the skin"])
    with opened(tmp_path, records, model=model) as services:
        read_all(services)
        assert [t for t, _, _ in found(services, "pembrolizumab")] == ["Pembrolizumab in melanoma"]


@installed
def test_words_that_no_record_has_find_nothing(home: Path, model: str) -> None:
    with opened(home, (), model=model) as services:
        assert found(services, "asdfghjkl") == []


@installed
def test_it_follows_what_changes_and_reads_no_text_twice(tmp_path: Path, model: str) -> None:
    with opened(tmp_path, titled(), model=model) as services:
        assert services.semantic is not None
        assert services.semantic.follow(services.store) == len(TITLES)
        assert services.semantic.follow(services.store) == 0
        assert len(services.semantic.likeness("heart", (), 9).nearest) == len(TITLES)
        services.harvester.take([work(0, "Quite another title")], "test")
        services.harvester.take([work(9, "A new record")], "test")
        assert services.semantic.follow(services.store) == 2
        assert services.semantic.counts()[1] == 0
        ids = {r.title: r.id for r in services.store.newest(100)}
        likeness = services.semantic.likeness("Quite another title", (), 2)
        assert likeness.nearest[0] == ids["Quite another title"]
        assert (len(likeness.nearest), likeness.values[likeness.nearest[0]]) == (2, 1.0)
        # What is asked about is told, although it is none of the nearest.
        far = next(key for key in ids.values() if key not in likeness.nearest)
        assert 0 <= services.semantic.likeness("Quite another title", [far], 2).values[far] < 1


@installed
@pytest.mark.parametrize("damage", [b"no database at all" * 100, b"", b"SQLite format 3\x00" * 300])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, model: str, damage: bytes) -> None:
    with opened(tmp_path, titled(), model=model) as services:
        read_all(services)
    for left in (tmp_path / "semantic").glob("vectors.db-*"):
        left.unlink()
    (tmp_path / "semantic" / "vectors.db").write_bytes(damage)
    with opened(tmp_path, titled(), model=model) as services:
        assert found(services, "heart failure")
        read_all(services)
        assert services.semantic is not None
        assert services.semantic.counts() == (len(TITLES), 0)


@installed
def test_vectors_of_another_store_are_not_used(tmp_path: Path, model: str) -> None:
    with opened(tmp_path, titled(), model=model) as services:
        read_all(services)
    for path in tmp_path.glob("tme.db*"):
        path.unlink()
    with opened(tmp_path, titled(["Only one"]), model=model) as services:
        assert services.semantic is not None
        assert services.semantic.counts() == (0, 1)


@installed
def test_only_one_process_reads(tmp_path: Path, model: str) -> None:
    with (
        opened(tmp_path, titled(), model=model) as one,
        opened(tmp_path, (), model=model) as other,
    ):
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
settings = Settings(home=Path(sys.argv[1]), starter=False, semantic=sys.argv[2])
with app.opened(settings) as services:
    while services.semantic.follow(services.store):
        print(services.semantic.counts()[0], flush=True)
        sys.stdin.readline()
"""


@installed
def test_a_kill_loses_nothing_that_was_read(tmp_path: Path, model: str) -> None:
    with opened(tmp_path, titled()):
        pass
    with subprocess.Popen(
        [sys.executable, "-c", _READ, str(tmp_path), model], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "2\n"
        process.send_signal(signal.SIGKILL)
    with opened(tmp_path, (), model=model) as services:
        assert services.semantic is not None
        assert services.semantic.counts() == (2, len(TITLES) - 2)
        read_all(services)
        assert services.semantic.counts() == (len(TITLES), 0)


@installed
def test_the_command_reads_and_says_so(tmp_path: Path, model: str) -> None:
    with opened(tmp_path, titled()):
        pass
    on = {"TME_HOME": str(tmp_path), "TME_SEMANTIC": model, "TME_STARTER": "no"}
    said = CliRunner().invoke(main, ["semantic"], env=on, prog_name="tme")
    assert said.stdout == "5 records read for their meaning\n"
    said = CliRunner().invoke(main, ["doctor"], env=on, prog_name="tme")
    assert f"{model}: 5 records read, 0 changes to read" in said.stdout
    said = CliRunner().invoke(
        main, ["ask", "--explain", "heart", "failure"], env=on, prog_name="tme"
    )
    assert "meaning 0." in " ".join(said.stdout.split())


@installed
def test_a_model_that_cannot_be_loaded_leaves_the_words(
    tmp_path: Path, model: str, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(tmp_path, titled(), model=model) as services:
        read_all(services)
    broken = tmp_path / "broken"
    for name in ("tokenizer.json", "onnx/model.onnx"):
        (broken / name).parent.mkdir(parents=True, exist_ok=True)
        (broken / name).write_bytes(b"no model")
    with (
        opened(tmp_path, titled(), model=str(broken)) as services,
        caplog.at_level(logging.WARNING),
    ):
        assert services.semantic is not None
        with pytest.raises(SemanticUnavailable):
            services.semantic.follow(services.store)
        assert found(services, "heart failure")[0][0] == "Treatment of heart failure"
