"""`tme add`: works fetched and stored from the terminal, a line (or an object) each."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pytest_httpserver import HTTPServer
from werkzeug import Response

from bot.app.cli import main
from tests.sources.world import ARTICLE, World

PMID = "38000001"


@pytest.fixture
def world(tmp_path: Path, httpserver: HTTPServer) -> World:
    """PubMed and the registry of trials on loopback, by a sources file; no other host is asked."""
    without_doi = ARTICLE.replace("10.5555/work.1", "")
    world = World({"pubmed": lambda _: Response(without_doi, content_type="text/xml")})
    httpserver.expect_request(re.compile(".*")).respond_with_handler(world)
    plan = "".join(
        f'[[source]]\nname = "{kind}"\nkind = "{kind}"\nquery = "x"\n'
        f'address = "{httpserver.url_for(f"/{kind}/")}"\n'
        for kind in ("pubmed", "clinicaltrials", "europe_pmc", "openalex")
    )
    (tmp_path / "sources.toml").write_text(plan, encoding="utf-8")
    return world


def tme(home: Path, *arguments: str, contact: str | None = "team@example.org") -> Result:
    environment = {"TME_HOME": str(home), "TME_CONTACT": contact}
    return CliRunner().invoke(main, list(arguments), env=environment)


def test_a_work_is_added_and_found_again(tmp_path: Path, world: World) -> None:
    dry = tme(tmp_path, "add", "--dry-run", PMID)
    assert dry.stdout == f"{PMID}: found · From PubMed (PubMed)\n"
    added = tme(tmp_path, "add", PMID)
    assert (added.exit_code, added.stdout) == (0, f"{PMID}: added · From PubMed (PubMed)\n")
    assert tme(tmp_path, "add", PMID).stdout == f"{PMID}: held · From PubMed (PubMed)\n"
    shown = json.loads(tme(tmp_path, "show", PMID, "--json").stdout)
    assert shown["title"] == "From PubMed"
    assert set(world.asked) == {"pubmed"}


def test_scripts_get_an_object_a_line(tmp_path: Path, world: World) -> None:
    result = tme(tmp_path, "add", "--json", PMID, "NCT00000001")
    found, unknown = map(json.loads, result.stdout.splitlines())
    assert result.exit_code == 0
    assert (found["outcome"], found["record"]["title"]) == (
        "added", "From PubMed",
    )  # fmt: skip
    assert unknown == {
        "identifier": {"scheme": "nct", "value": "NCT00000001"},
        "outcome": "unknown",
        "record": None,
        "asked": ["clinicaltrials"],
        "reason": None,
    }


def test_a_source_that_is_down_is_a_failure(tmp_path: Path, world: World) -> None:
    world.answers = {"clinicaltrials": lambda _: Response("busy", 503)}
    result = tme(tmp_path, "add", "NCT00000001")
    assert result.exit_code == 1
    assert "NCT00000001: could not be looked up." in result.stdout


def test_without_a_contact_only_who_needs_none_is_asked(tmp_path: Path, world: World) -> None:
    result = tme(tmp_path, "add", PMID, contact=None)
    assert "Europe PMC" in result.stdout
    assert world.asked == ["europe_pmc"]


def test_words_are_wrong_usage(tmp_path: Path, world: World) -> None:
    result = tme(tmp_path, "add", "macrophages")
    assert result.exit_code == 2
    assert "None of these is a DOI" in result.stderr
    assert world.asked == []
