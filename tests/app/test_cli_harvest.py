"""`tme harvest` as an operator and as a script see it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pytest_httpserver import HTTPServer

from bot.app.cli import main
from bot.harvest.plan import load
from tests.harvest.rig import Rig
from tests.sources.loopback import WEB_PAGE, Entry, Loopback, Repository, dublin_core, entries


@pytest.fixture
def rig(tmp_path: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Rig:
    rig = Rig(tmp_path / "home", httpserver)
    monkeypatch.setenv("TME_HOME", str(rig.home))
    monkeypatch.setenv("TME_CONTACT", "team@example.org")
    monkeypatch.delenv("TME_SOURCES", raising=False)
    return rig


def tme(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_it_says_what_became_of_the_records(rig: Rig) -> None:
    rig.serve(Repository([*entries(3), Entry("bad", dublin_core(" "))]))
    result = tme("harvest")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "archive: 3 read, 3 new, 0 changed, 0 merged, 0 unchanged, 1 skipped, 0 no longer there",
        "  skipped 1: no title",
    ]
    found = tme("ask", "--json", "macrophages in tumour 2")
    assert json.loads(found.stdout)["hits"][0]["doi"] == "10.5555/archive.2"


def test_a_script_reads_a_line_a_source(rig: Rig) -> None:
    rig.serve(Repository(entries(3)))
    [line] = tme("harvest", "archive", "--json").stdout.splitlines()
    assert json.loads(line) == {
        "source": "archive", "resumed": False, "finished": True, "read": 3, "new": 3, "changed": 0,
        "merged": 0, "unchanged": 0, "skipped": 0, "gone": 0, "reasons": {}, "error": None,
    }  # fmt: skip


def test_a_source_that_fails_is_one_line_and_exit_code_1(rig: Rig) -> None:
    rig.serve(Loopback(Repository(entries(1)), {1: WEB_PAGE}))
    result = tme("harvest")
    assert result.exit_code == 1
    assert "answered with a web page instead of data. It is tried again later" in result.stdout
    [line] = tme("harvest", "--due", "--json").stdout.splitlines() or ["none"]
    assert line == "none"


def test_a_dry_run_stores_nothing(rig: Rig) -> None:
    rig.serve(Repository(entries(12)))
    result = tme("harvest", "--dry-run", "--limit", "5")
    assert result.stdout.splitlines()[:2] == [
        "archive: of the first 10 of 12, 10 are not stored yet, 0 would be skipped",
        "  Macrophages in tumour 0",
    ]
    [line] = tme("harvest", "--dry-run", "--json").stdout.splitlines()
    assert json.loads(line)["new"] == 12
    assert json.loads(tme("status", "--json").stdout)["harvests"][0]["counts"] is None


def test_the_example_can_be_used(rig: Rig, tmp_path: Path) -> None:
    result = tme("harvest", "--example")
    path = tmp_path / "example.toml"
    path.write_text(result.stdout, encoding="utf-8")
    assert load(path)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("harvest", "nobody"), "There is no source 'nobody'. There are: archive."),
        (("harvest", "--limit", "0"), "--limit"),
    ],
)
def test_what_cannot_be_is_said(rig: Rig, arguments: tuple[str, ...], says: str) -> None:
    result = tme(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr


def test_without_a_plan_it_says_how_to_begin(rig: Rig) -> None:
    rig.file.unlink()
    result = tme("harvest")
    assert result.exit_code == 2
    assert "`tme harvest --example`" in result.stderr


def test_without_a_contact_it_says_so(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TME_CONTACT")
    result = tme("harvest", "--json")
    assert result.exit_code == 1
    assert (
        json.loads(result.stdout)["error"]["message"]
        == "The bot has no contact address, which sources require."
    )


def test_status_and_doctor_tell_of_it(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TME_STARTER", "no")
    assert "Harvests: archive: not harvested yet" in tme("status").stdout
    rig.serve(Repository(entries(3)))
    tme("harvest")
    shown = tme("status").stdout
    assert "Harvests: archive: Last harvested" in shown
    assert "(3 records, 3 new)" in shown
    [harvested] = json.loads(tme("status", "--json").stdout)["harvests"]
    assert (harvested["source"], harvested["due"], harvested["error"]) == ("archive", False, None)
    assert "Sources: archive, asked as team@example.org" in tme("doctor").stdout
    rig.file.write_text("[[source", encoding="utf-8")
    assert "Harvests: sources.toml is not TOML" in tme("status").stdout
    assert tme("doctor").exit_code == 1
