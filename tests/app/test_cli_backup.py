"""`tme backup` and `tme restore`, as an operator types them."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlite_utils import Database

from bot.app.cli import main
from bot.store import StateStore
from bot.store.migrations import MIGRATIONS


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def run(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> CliRunner:
    if request.param == "postgres":
        monkeypatch.setenv("TME_DATABASE", request.getfixturevalue("databases")())
    monkeypatch.setenv("TME_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TME_STARTER", "no")
    (tmp_path / "one.json").write_text('{"title": "Macrophages in glioma"}\n')
    (tmp_path / "two.json").write_text('{"title": "Neutrophils in melanoma"}\n')
    return CliRunner()


def test_what_was_backed_up_comes_back(run: CliRunner, tmp_path: Path) -> None:
    assert run.invoke(main, ["import", str(tmp_path / "one.json")]).exit_code == 0
    saved = str(tmp_path / "saved.db")
    done = run.invoke(main, ["backup", saved])
    assert (done.exit_code, "1 record," in done.output) == (0, True), done.output
    assert run.invoke(main, ["import", str(tmp_path / "two.json")]).exit_code == 0
    refused = run.invoke(main, ["restore", saved], input="n\n")
    assert refused.exit_code == 1
    done = run.invoke(main, ["restore", saved, "--yes", "--json"])
    assert json.loads(done.output)["records"] == 1
    found = run.invoke(main, ["ask", "--json", "neutrophils"])
    assert json.loads(found.output)["hits"] == []
    found = run.invoke(main, ["ask", "--json", "macrophages"])
    assert [hit["title"] for hit in json.loads(found.output)["hits"]] == ["Macrophages in glioma"]


def test_a_backup_is_not_written_over(run: CliRunner, tmp_path: Path) -> None:
    assert run.invoke(main, ["import", str(tmp_path / "one.json")]).exit_code == 0
    saved = str(tmp_path / "saved.db")
    assert run.invoke(main, ["backup", saved]).exit_code == 0
    again = run.invoke(main, ["backup", saved, "--json"])
    assert again.exit_code == 1
    assert json.loads(again.output)["error"]["code"] == "backup_exists"


def test_doctor_knows_the_last_backup(run: CliRunner, tmp_path: Path) -> None:
    assert run.invoke(main, ["import", str(tmp_path / "one.json")]).exit_code == 0
    assert "Backup: none yet" in run.invoke(main, ["doctor"]).output
    assert run.invoke(main, ["backup", str(tmp_path / "saved.db")]).exit_code == 0
    assert "Backup: last made today" in run.invoke(main, ["doctor"]).output


@pytest.mark.postgres
def test_a_store_is_moved_and_asked_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, databases: Callable[[], str]
) -> None:
    """From the file to a server, and back to another file; no secret is shown."""
    monkeypatch.setenv("TME_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TME_STARTER", "no")
    (tmp_path / "one.json").write_text('{"title": "Macrophages in glioma"}\n')
    run, url = CliRunner(), databases().replace("tme@", "tme:hush@")
    assert run.invoke(main, ["import", str(tmp_path / "one.json")]).exit_code == 0
    moved = run.invoke(main, ["move", "--to", url, "--json"])
    assert json.loads(moved.output)["differences"] == 0
    again = run.invoke(main, ["move", "--to", url])
    assert (again.exit_code, "has a store already" in again.output) == (1, True), again.output
    monkeypatch.setenv("TME_DATABASE", url)
    found = run.invoke(main, ["ask", "--json", "macrophages"])
    assert [hit["title"] for hit in json.loads(found.output)["hits"]] == ["Macrophages in glioma"]
    for command in ("status", "doctor"):
        shown = run.invoke(main, [command]).output
        assert "hush" not in shown
        assert "postgresql://127.0.0.1" in shown or command == "doctor"
    back = run.invoke(main, ["move", "--to", str(tmp_path / "back.db")])
    assert "0 differences" in back.output
    assert (tmp_path / "back.db").is_file()


def test_a_database_of_a_newer_version_is_refused_in_one_line(tmp_path: Path) -> None:
    """As after a downgrade; nothing is changed."""
    home = {"TME_HOME": str(tmp_path)}
    database = tmp_path / "tme.db"
    with closing(StateStore.open(database, migrations=(*MIGRATIONS, later_step))):
        pass
    before = database.read_bytes()
    for command in ("ask macrophages", "status", "retag", "serve"):
        tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
        run = CliRunner().invoke(main, command.split(), env=home | tokens, prog_name="tme")
        assert run.exit_code == 1, run.exception
        (line,) = run.stderr.splitlines()
        assert line.startswith("tme: tme.db was written by a newer version of the bot.")
    assert database.read_bytes() == before


def test_the_older_version_goes_on_from_its_own_backup(tmp_path: Path) -> None:
    """Made before the newer version changed the database; what came in since then is not in it."""
    home = {"TME_HOME": str(tmp_path / "home"), "TME_STARTER": "no"}
    (tmp_path / "one.json").write_text('{"title": "Macrophages in glioma"}\n')
    saved = str(tmp_path / "saved.db")

    def tme(*words: str) -> Result:
        return CliRunner().invoke(main, words, env=home, prog_name="tme")

    assert tme("import", str(tmp_path / "one.json")).exit_code == 0
    assert tme("backup", saved).exit_code == 0
    with closing(
        StateStore.open(tmp_path / "home" / "tme.db", migrations=(*MIGRATIONS, later_step))
    ):
        pass
    assert tme("status").exit_code == 1
    assert tme("restore", saved, "--yes").exit_code == 0
    found = json.loads(tme("ask", "--json", "macrophages").stdout)
    assert [hit["title"] for hit in found["hits"]] == ["Macrophages in glioma"]


def later_step(db: Database) -> None:
    """A step that this version does not have."""
    db.execute("CREATE TABLE later (it TEXT)")
