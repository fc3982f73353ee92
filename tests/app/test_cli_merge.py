"""`tme merge` as a person types it."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.app.cli import main

TITLE = "Reprogramming macrophages in the tumour microenvironment"
PREPRINT, ARTICLE = "10.1101/2023.05.06.539712", "10.1000/article"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An article and a preprint that nothing declares to be one work. To be copied."""
    folder = tmp_path_factory.mktemp("prepared")
    records = [
        {"title": TITLE, "doi": ARTICLE, "authors": ["Müller A"], "year": 2024, "pmid": "38000001"},
        {"title": "An early title of it", "doi": PREPRINT, "authors": ["Li B"], "year": 2023},
    ]
    path = folder / "records.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TME_HOME", str(folder / "home"))
        assert run("import", str(path)).exit_code == 0
    return folder


@pytest.fixture
def home(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TME_HOME", str(tmp_path / "home"))
    return shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def as_json(*words: str) -> dict[str, object]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    read: dict[str, object] = json.loads(result.output)
    return read


def shown(identifier: str) -> dict[str, object]:
    return as_json("show", identifier)


def test_explain_says_why_two_are_two(home: Path) -> None:
    result = run("merge", "--explain", PREPRINT, f"https://doi.org/{ARTICLE}")
    assert result.exit_code == 0
    assert result.output.startswith("Two works: each has a DOI of its own")
    assert "≠ identifier: DOI" in result.output
    told = as_json("merge", "--explain", PREPRINT, ARTICLE)
    assert (told["one_work"], told["rule"]) == ("no", "each has a DOI of its own")


def test_merge_and_undo(home: Path) -> None:
    before = shown(PREPRINT), shown(ARTICLE)
    result = run("merge", PREPRINT, ARTICLE)
    assert result.exit_code == 0
    assert "tme merge --undo" in result.output
    merged = shown(PREPRINT)
    assert merged["key"] == shown(ARTICLE)["key"]
    assert merged["title"] == TITLE
    explained = run("merge", "--explain", PREPRINT).output
    assert "Made of 2 version(s)" in explained
    assert "stands" in explained
    undone = as_json("merge", "--undo", PREPRINT)
    assert undone["undone"] is not None
    assert (shown(PREPRINT), shown(ARTICLE)) == before
    assert "somebody said that they are two works" in run(
        "merge", "--explain", PREPRINT, ARTICLE
    ).output  # fmt: skip


def test_what_was_merged_is_searched_for_as_one(home: Path) -> None:
    run("merge", PREPRINT, ARTICLE)
    assert as_json("ask", "reprogramming macrophages")["total"] == 1
    run("merge", "--undo", ARTICLE)
    assert as_json("ask", "early title")["total"] == 1


def test_find_lists_and_join_merges(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "more.jsonl"
    slip = TITLE.replace("Reprogramming", "Reprograming")
    record = {"title": slip, "authors": ["Müller A"], "year": 2024, "volume": "5"}
    path.write_text(json.dumps(record), encoding="utf-8")
    run("import", str(path))
    listed = run("merge", "--find").output
    assert listed.startswith("One work: title, first author, year agree")
    assert "1 pairs are one work (tme merge --find --join merges them)" in listed
    assert "1 pairs merged" in run("merge", "--find", "--join").output
    assert shown(ARTICLE)["volume"] == "5"
    assert run("merge", "--find").output.startswith("0 pairs")


def test_two_that_are_kept_apart_are_not_found(home: Path) -> None:
    assert as_json("merge", "--apart", PREPRINT, ARTICLE)["apart"]
    assert "somebody said" in run("merge", "--explain", PREPRINT, ARTICLE).output


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["merge"], 2, "Give two IDs."),
        (["merge", "a"], 2, "Give two IDs."),
        (["merge", "--undo"], 2, "Give one ID."),
        (["merge", "--find", "a"], 2, "Give no IDs."),
        (["merge", "--find", "--undo"], 2, "do not go together"),
        (["merge", "--join", "a", "b"], 2, "--join goes with --find"),
        (["merge", ARTICLE, ARTICLE], 1, "are one record"),
        (["merge", ARTICLE, "10.1000/none"], 1, "No record of 10.1000/none is stored."),
        (["merge", "--undo", ARTICLE], 1, "No merge of 10.1000/article is there to undo."),
    ],
)
def test_wrong_usage_is_one_clear_line(home: Path, words: list[str], code: int, says: str) -> None:
    result = run(*words)
    assert (result.exit_code, says in result.output) == (code, True), result.output
