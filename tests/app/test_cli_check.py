"""`tme check` and `tme import-retractions` as a person types them."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.app.cli import main
from tests.formats.test_retraction_watch import HEADER, line

DOI = "10.1000/article"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one record. To be copied."""
    folder = tmp_path_factory.mktemp("prepared")
    path = folder / "records.jsonl"
    record = {"id": "mine", "title": "Macrophages in the tumour of mice", "doi": DOI, "year": 2020}
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TME_HOME", str(folder / "home"))
        assert run("import", str(path)).exit_code == 0
    return folder


@pytest.fixture
def home(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TME_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TME_CONTACT", raising=False)
    return shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def check(*ids: str) -> list[dict[str, object]]:
    result = run("check", *ids, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(each) for each in result.output.splitlines()]


def watch(home: Path, *lines: str) -> Path:
    path = home / "retraction_watch.csv"
    path.write_text("\n".join((HEADER, *lines)), encoding="utf-8")
    return path


def test_nobody_looked_is_not_a_clean_bill(home: Path) -> None:
    [answer] = check(DOI)
    assert (answer["id"], answer["integrity"], answer["checked"]) == ("mine", [], None)
    assert "not checked yet" in run("check", DOI).output


def test_an_imported_retraction_reaches_the_record_and_every_answer(home: Path) -> None:
    """The list stands in for nobody: the notice names its date, its DOI and Retraction Watch."""
    path = watch(home, line(), line(doi="10.1000/other"), line(doi="unavailable"))
    result = run("import-retractions", str(path))
    assert "3 lines read, 2 notices kept, 1 stored records are on it, 1 refused" in result.output
    assert "line 4: neither DOI nor PMID of the work" in result.output
    [answer] = check(DOI)
    retraction = answer["integrity"][0]  # type: ignore[index]
    assert (retraction["kind"], retraction["date"], retraction["notice"]) == (
        "retraction", "2022-03-08", "10.1000/notice"
    )  # fmt: skip
    assert retraction["source"] == "Retraction Watch"
    asked = json.loads(run("ask", DOI, "--json").output)
    assert asked["hits"][0]["flags"] == ["retracted"]
    assert json.loads(run("ask", "is:retracted macrophages", "--json").output)["total"] == 1


def test_a_work_that_is_not_held_is_looked_up_in_the_list(home: Path) -> None:
    run("import-retractions", str(watch(home, line(doi="10.1000/other"))))
    stored, other = check(DOI, "https://doi.org/10.1000/other")
    assert [notice["kind"] for notice in stored["integrity"]] == ["checked"]  # type: ignore[attr-defined]
    assert other["held"] is False
    assert [n["kind"] for n in other["integrity"]] == ["retraction", "checked"]  # type: ignore[attr-defined]


def test_the_report_is_json_for_scripts(home: Path) -> None:
    result = run("import-retractions", str(watch(home, line())), "--json")
    assert json.loads(result.output) == {
        "file": "retraction_watch.csv", "read": 1, "notices": 1, "held": 1, "refused": []
    }  # fmt: skip


def test_what_names_no_work_is_one_clear_line(home: Path) -> None:
    result = run("check", "hello there")
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "it is no DOI or PMID" in result.output
    assert run("import-retractions", str(home / "records.jsonl")).exit_code == 1
    assert run("import-retractions", str(home / "absent.csv")).exit_code == 1
