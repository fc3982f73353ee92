"""The command line, and the JSON that scripts rely on."""

import json
import re
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from bot.app.cli import main
from bot.formats import WRITERS
from bot.records.models import Record
from bot.store import StateStore

SEED = "10.1002/ctd2.70098"
Tme = Callable[..., Result]


@pytest.fixture(scope="session")
def home(prepared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for the commands that only read."""
    return shutil.copytree(prepared_home, tmp_path_factory.mktemp("cli") / "home")


@pytest.fixture
def tme(home: Path, monkeypatch: pytest.MonkeyPatch) -> Tme:
    """Run `tme` with these arguments, away from any real data folder or Slack."""
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, stdin: str | None = None, at: Path = home) -> Result:
        monkeypatch.setenv("TME_HOME", str(at))
        return CliRunner().invoke(main, arguments, input=stdin, prog_name="tme")

    return run


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


ANSWER_KEYS = {"query", "understood", "total", "hits", "text", "error"}
UNDERSTOOD_KEYS = {
    "action", "terms", "phrases", "not", "any", "filters", "identifiers", "concepts", "drugs",
    "genes", "corrected", "ignored", "sort", "notes",
}  # fmt: skip
HIT_KEYS = {"id", "title", "doi", "pmid", "year", "type", "score", "strict", "why", "flags"}
RECORD_KEYS = {
    "id", "type", "subtype", "title", "abstract", "sections", "contributors", "journal", "volume",
    "issue", "pages", "article_number", "publisher", "published", "accepted", "deposited",
    "language", "keywords", "identifiers", "publication_status", "peer_reviewed", "access",
    "integrity", "provenance", "concepts", "warnings",
}  # fmt: skip


def test_ask_answers_for_people(tme: Tme) -> None:
    result = tme("ask", "CAF", "aquired", "resistence")
    assert result.exit_code == 0
    assert "cancer-associated fibroblasts" in result.stdout
    assert "Reprogramming the tumour microenvironment" in result.stdout


def test_ask_answers_for_scripts(tme: Tme) -> None:
    result = tme("ask", "--json", "--limit", "2", "CAF aquired resistence")
    (answer,) = lines(result)
    assert set(answer) >= ANSWER_KEYS
    assert set(answer["understood"]) >= UNDERSTOOD_KEYS
    assert len(answer["hits"]) == 2
    assert set(answer["hits"][0]) >= HIT_KEYS
    assert answer["hits"][0]["doi"] == SEED
    assert all("concept" in why or "words" in why for why in answer["hits"][0]["why"])
    assert answer["understood"]["corrected"][0] == {"typed": "aquired", "used": "acquired"}
    assert f"https://doi.org/{SEED}" in answer["text"]
    assert answer["error"] is None


def test_no_hits_is_still_an_answer(tme: Tme) -> None:
    result = tme("ask", "--json", "asdfghjkl")
    assert result.exit_code == 0
    assert lines(result)[0]["understood"]["action"] == "no_results"


def test_explain_adds_the_arithmetic(tme: Tme) -> None:
    (answer,) = lines(tme("ask", "--json", "--explain", "macrophage"))
    hit = answer["hits"][0]
    assert hit["score"] == pytest.approx(sum(hit["arithmetic"].values()), abs=1e-3)


def test_a_thread_of_the_terminal_goes_on(tme: Tme) -> None:
    asked = (("macrophages",), ("only", "reviews"), ("cite the first",))
    said = [lines(tme("ask", "--json", "--thread", "club", *words))[0] for words in asked]
    assert [each["understood"]["action"] for each in said] == ["search", "narrow", "cite"]
    assert said[2]["hits"][0]["id"] == said[1]["hits"][0]["id"]
    (other,) = lines(tme("ask", "--json", "--thread", "another", "only", "reviews"))
    assert other["understood"]["action"] != "narrow"


def test_a_batch_may_be_a_thread(tme: Tme) -> None:
    asked = "macrophages\nsince 2022\n"
    _, second = lines(tme("ask", "--batch", "-", "--thread", "batch", stdin=asked))
    assert second["understood"]["action"] == "narrow"


def test_a_batch_takes_plain_lines_and_objects_with_context(tme: Tme) -> None:
    asked = "hypoxia\n" + json.dumps(
        {"query": "cite the second one in bibtex", "surface": "thread", "context": ["macrophage"]}
    )
    first, second = lines(tme("ask", "--batch", "-", stdin=asked))
    assert first["understood"]["concepts"] == ["tumour-hypoxia"]
    assert second["understood"]["action"] == "cite"
    assert "@" in second["text"]


def test_a_batch_survives_what_is_no_question(tme: Tme) -> None:
    asked = '\n{"query": 5}\n{"broken\n' + "x" * 40_000 + "\nhypoxia\n"
    answers = lines(tme("ask", "--batch", "-", stdin=asked))
    assert len(answers) == 4
    assert answers[2]["error"]["code"] == "query_too_long"
    assert answers[3]["hits"]


@pytest.mark.parametrize("arguments", [(), ("ask",), ("ask", "--limit", "0", "x"), ("nonsense",)])
def test_wrong_usage_exits_with_2(tme: Tme, arguments: tuple[str, ...]) -> None:
    assert tme(*arguments).exit_code == 2


def test_show_prints_the_record(tme: Tme) -> None:
    (record,) = lines(tme("show", f"https://doi.org/{SEED}", "--json"))
    assert set(record) >= RECORD_KEYS
    assert record["journal"] == {
        "title": "Clinical and Translational Discovery", "abbreviation": None,
        "issn": "2768-0622", "eissn": "2768-0622",
    }  # fmt: skip
    assert record["published"] == "2025-11-09"
    assert record["peer_reviewed"] == "yes"
    assert [section["label"] for section in record["sections"]] == [
        "Background", "Main body", "Conclusion",
    ]  # fmt: skip


def test_an_unknown_record_is_one_line_with_a_way_out(tme: Tme) -> None:
    result = tme("show", "10.9999/none")
    assert result.exit_code == 1
    assert "import" in result.stderr
    error = lines(tme("show", "10.9999/none", "--json"))[0]["error"]
    assert set(error) == {"code", "message", "hint"}


def test_import_reports_what_became_of_each_file(tme: Tme, tmp_path: Path) -> None:
    good = tmp_path / "good.jsonl"
    works = [{"id": "a1", "title": "One work", "doi": "10.1/one", "authors": ["Li B"]},
             {"id": "a2", "title": "Another work", "year": 2024}]  # fmt: skip
    good.write_text("\n".join(map(json.dumps, works)) + "\nnot json\n", encoding="utf-8")
    at = tmp_path / "home"
    (first,) = lines(tme("import", str(good), "--json", at=at))
    assert {name: first[name] for name in ("file", "read", "new", "unchanged")} == {
        "file": "good.jsonl", "read": 2, "new": 2, "unchanged": 0,
    }  # fmt: skip
    assert first["refused"][0]["line"] == 3
    (again,) = lines(tme("import", str(good), "--json", at=at))
    assert (again["new"], again["unchanged"]) == (0, 2)
    (answer,) = lines(tme("ask", "--json", "another work", at=at))
    assert answer["hits"][0]["id"] == "a2"
    assert lines(tme("show", "a2", "--json", at=at))[0]["title"] == "Another work"


def test_what_show_prints_import_reads(tme: Tme, tmp_path: Path) -> None:
    shown = tme("show", SEED, "--json").stdout
    path = tmp_path / "record.jsonl"
    path.write_text(shown, encoding="utf-8")
    at = tmp_path / "home"
    assert lines(tme("import", str(path), "--json", at=at))[0]["new"] == 1
    before, (after,) = json.loads(shown), lines(tme("show", SEED, "--json", at=at))
    for key in RECORD_KEYS - {"id", "provenance", "warnings", "concepts", "identifiers"}:
        assert after[key] == before[key], key


def test_parse_shows_what_a_file_yields_and_stores_nothing(tme: Tme, seeds: Path) -> None:
    result = tme("parse", str(seeds / "ora_record.txt"), "--as", "ora", "--json")
    record, summary = lines(result)
    assert set(record) >= RECORD_KEYS
    assert record["warnings"] == ["author_name_missing", "doi_label_empty", "issn_equals_eissn",
                                  "keywords_empty", "ark_empty", "licence_missing"]  # fmt: skip
    assert summary == {"parsed": 1, "refused": []}


def test_tag_shows_what_would_be_tagged_and_why(tme: Tme, tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('{"id": "t1", "title": "Oncolytic viruses in glioma: a review"}\n', "utf-8")
    (tagged,) = lines(tme("tag", str(path), "--json"))
    assert tagged["id"] == "t1"
    assert {"concept": "oncolytic-virotherapy", "field": "title", "words": "Oncolytic viruses"} in (
        tagged["concepts"]
    )


def test_tag_takes_what_no_store_would(tme: Tme, tmp_path: Path) -> None:
    """An abstract or keywords alone are tagged, and every line is answered in its place."""
    path = tmp_path / "cases.jsonl"
    path.write_text(
        '{"id": "a", "title": "", "abstract": "Oncolytic viruses lysed gliomas in mice."}\n'
        "not json\n"
        '{"abstract": null, "keywords": ["CAR-T cell therapy"], "doi": "10.1000/K"}\n'
        '{"id": "c", "title": null, "abstract": "", "record": {"subtype": "Review"}}\n'
        '{"title": "Nothing of the field"}\n',
        "utf-8",
    )
    tagged = lines(tme("tag", str(path), "--json"))
    assert [each["id"] for each in tagged] == ["a", None, "10.1000/k", "c", "5"]
    concepts = [{tag["concept"] for tag in each["concepts"]} for each in tagged]
    assert "oncolytic-virotherapy" in concepts[0]
    assert tagged[1]["line"] == 2
    assert "not JSON" in tagged[1]["error"]["message"]
    assert concepts[2] == {"car-t"}
    assert concepts[3] == {"review"}
    assert concepts[4] == set()
    assert "Oncolytic viruses lysed gliomas" in tme("tag", str(path)).stdout


@pytest.mark.shared_data
def test_tag_answers_every_tagging_case(tme: Tme, shared: Path) -> None:
    path = shared / "taxonomy" / "tagging_cases.dev.jsonl"
    ids = [json.loads(line)["id"] for line in path.read_text("utf-8").splitlines()]
    assert [each["id"] for each in lines(tme("tag", str(path), "--json"))] == ids


def test_tag_knows_a_teams_own_vocabulary(
    tme: Tme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, path = tmp_path / "ours.yaml", tmp_path / "cases.jsonl"
    own.write_text(
        "version: 1\nconcepts:\n- {id: regulatory-t-cells, synonyms: [breathless lymphocytes]}\n",
        "utf-8",
    )
    path.write_text('{"id": "a", "title": "Breathless lymphocytes in tumours"}\n', "utf-8")
    monkeypatch.setenv("TME_VOCABULARY", str(own))
    (tagged,) = lines(tme("tag", str(path), "--json"))
    assert [tag["concept"] for tag in tagged["concepts"]] == ["regulatory-t-cells"]


def test_a_file_that_cannot_be_read_fails_and_the_rest_is_imported(
    tme: Tme, tmp_path: Path
) -> None:
    (tmp_path / "binary.dat").write_bytes(bytes(range(256)))
    (tmp_path / "fine.jsonl").write_text('{"title": "Fine"}\n', encoding="utf-8")
    files = [str(tmp_path / name) for name in ("absent.txt", "binary.dat", "fine.jsonl")]
    result = tme("import", *files, "--json", at=tmp_path / "home")
    assert result.exit_code == 1
    absent, binary, fine = lines(result)
    assert absent["error"]["code"] == binary["error"]["code"] == "unreadable_file"
    assert fine["new"] == 1


def test_import_does_not_add_the_starter_set(tme: Tme, tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text('{"title": "Only one"}\n', encoding="utf-8")
    at = tmp_path / "home"
    tme("import", str(path), at=at)
    assert lines(tme("status", "--json", at=at))[0]["store"]["records"] == 1


def test_status_and_doctor_say_all_is_well(tme: Tme) -> None:
    (status,) = lines(tme("status", "--json"))
    assert (status["store"]["records"], status["behind"]) == (302, 0)
    result = tme("doctor", "--json")
    assert result.exit_code == 0
    assert all(finding["ok"] for finding in lines(result))


def test_doctor_says_which_service_lacks_its_key(tme: Tme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TME_COMPLETE", "yes")
    monkeypatch.setenv("TME_CONTACT", "team@example.org")
    assert "OpenAlex: not queried yet; no key is set" in tme("doctor").stdout
    monkeypatch.setenv("TME_OPENALEX_KEY", "k-secret")
    said = tme("doctor").stdout
    assert "OpenAlex: not queried yet" in said
    assert "no key" not in said
    assert "k-secret" not in said


def test_doctor_names_what_to_mend(tme: Tme, tmp_path: Path) -> None:
    at = tmp_path / "home"
    at.mkdir()
    (at / "tme.db").write_bytes(b"this is no database" * 100)
    result = tme("doctor", at=at)
    assert result.exit_code == 1
    assert "MEND" in result.stdout
    assert (at / "tme.db").read_bytes().startswith(b"this is no database")


def test_serve_without_tokens_says_which_to_set(tme: Tme) -> None:
    result = tme("serve")
    assert result.exit_code == 2
    assert "SLACK_BOT_TOKEN" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", main.list_commands(click.Context(main)))
def test_every_command_has_help_with_an_example(tme: Tme, command: str) -> None:
    result = tme(command, "--help")
    assert result.exit_code == 0
    assert f"tme {command}" in result.stdout.split("Options:")[0].split("\n", 1)[1]


def test_a_map_and_a_trend_are_written_as_pictures(tme: Tme, tmp_path: Path) -> None:
    for command, topic in (("map", "resistance by strategy"), ("trend", "PD-1")):
        out = tmp_path / f"{command}.png"
        result = tme(command, "--out", str(out), *topic.split())
        assert result.exit_code == 0
        assert out.read_bytes().startswith(b"\x89PNG")
        assert "Counts of our records, tagged by rules; not the literature." in result.stdout


def test_without_a_file_only_the_table_is_printed(tme: Tme) -> None:
    result = tme("trend", "PD-1")
    assert result.exit_code == 0
    assert "Records by year: " in result.stdout


def test_a_picture_that_cannot_be_written_is_an_error(tme: Tme, tmp_path: Path) -> None:
    nowhere = tme("map", "--out", str(tmp_path / "no" / "x.png"))
    assert (nowhere.exit_code, "cannot be written" in nowhere.stderr) == (1, True)
    nothing = tme("map", "--out", str(tmp_path / "x.png"), "xyzzy")
    assert (nothing.exit_code, "nothing to draw" in nothing.stderr) == (1, True)
    assert not (tmp_path / "x.png").exists()


def test_corrections_are_made_listed_and_undone(tme: Tme, seeded_home: Path) -> None:
    assert "No tag was corrected" in tme("corrections", at=seeded_home).stdout
    given = ("corrections", "add", SEED, "--workspace", "/T1", "--wrong", "car-t")
    (kept,) = lines(tme(*given, "--missing", "car-t", "--comment", "No.", "--json", at=seeded_home))
    assert {
        key: kept[key] for key in ("workspace", "doi", "concept", "change", "comment", "undone_at")
    } == {
        "workspace": "/T1", "doi": SEED, "concept": "car-t", "change": "removed",
        "comment": "No.", "undone_at": None,
    }  # fmt: skip
    assert lines(tme("corrections", "--json", at=seeded_home)) == [kept]
    assert lines(tme("corrections", "--json", "--workspace", "/T2", at=seeded_home)) == []
    assert "car-t removed" in tme("corrections", at=seeded_home).stdout
    undone = tme("corrections", "undo", str(kept["id"]), "--json", at=seeded_home)
    assert lines(undone) == [{"undone": kept["id"]}]
    assert lines(tme("corrections", "--json", at=seeded_home)) == []
    (ended,) = lines(tme("corrections", "--all", "--json", at=seeded_home))
    assert ended["undone_at"]
    again = tme("corrections", "undo", str(kept["id"]), "--json", at=seeded_home)
    assert again.exit_code == 1
    assert lines(again)[0]["error"]["code"] == "no_correction"
    assert "applies no more" in again.stdout
    never = tme("corrections", "undo", str(kept["id"] + 7), at=seeded_home)
    assert "There is no such correction" in never.stderr


def test_a_correction_of_nothing_known_is_refused(tme: Tme) -> None:
    given = ("corrections", "add", "--workspace", "/T1", "--wrong")
    assert "The nearest is car-t" in tme(*given, "car-tt", SEED).stderr
    assert "No record of 10.1/nope" in tme(*given, "car-t", "10.1/nope").stderr


@pytest.mark.parametrize(
    ("asked", "typed"),
    [
        ("save", "`save DOI to journal club`"),
        ("lists", "`save DOI to journal club` begins one"),
        ("corrections", "`tme corrections add --help`"),
        (f"report error {SEED}", f"report error {SEED}: what is wrong"),
        ("subscriptions", "`subscribe CAF"),
    ],
)
def test_a_terminal_says_what_to_type_and_nothing_of_buttons(
    tme: Tme, seeded_home: Path, asked: str, typed: str
) -> None:
    said = tme("ask", asked, at=seeded_home).stdout
    assert typed.replace("`", "") in said.replace("`", "")
    assert not any(word in said for word in ("[Save]", "press", "⋯", "button"))


def test_a_terminal_says_how_what_is_there_is_changed(tme: Tme, seeded_home: Path) -> None:
    add = ("corrections", "add", SEED, "--workspace", "/T1", "--wrong", "car-t")
    number = lines(tme(*add, "--json", at=seeded_home))[0]["id"]
    said = tme("ask", "corrections", at=seeded_home).stdout
    assert f"{number}. " in said
    assert "tme corrections undo NUMBER" in said
    made = lines(tme("subscribe", "--channel", "C0AB", "--json", "hypoxia", at=seeded_home))[0]
    assert f"tme subscriptions --stop {made['subscription']}" in tme(
        "ask", "subscriptions", at=seeded_home
    ).stdout.replace("\n", " ")
    tme("ask", f"save {SEED} to club", at=seeded_home)
    tme("ask", "list club remove 1", at=seeded_home)
    assert "save DOI to club puts something" in tme(
        "ask", "list club", at=seeded_home
    ).stdout.replace("`", "")


def test_reading_lists_are_kept_shown_and_exported(
    tme: Tme, seeded_home: Path, tmp_path: Path
) -> None:
    assert "No reading list yet" in tme("lists", at=seeded_home).stdout
    said = tme("ask", f"save {SEED} to journal club with note: the methods", at=seeded_home).stdout
    assert "Saved to “journal club” (1 record)" in said
    assert "the methods" in tme("ask", "list journal club", at=seeded_home).stdout
    (kept,) = lines(tme("lists", "--json", at=seeded_home))
    assert (kept["name"], kept["items"], kept["workspace"]) == ("journal club", 1, "terminal")
    number = str(kept["id"])
    (entry,) = lines(tme("lists", "show", number, "--json", at=seeded_home))
    assert (entry["doi"], entry["note"], entry["read_by"]) == (SEED, "the methods", [])
    assert SEED in tme("lists", "show", number, at=seeded_home).stdout
    out = tmp_path / "club.bib"
    assert tme("lists", "export", number, "--out", str(out), at=seeded_home).exit_code == 0
    assert out.read_text("utf-8") == tme("lists", "export", number, at=seeded_home).stdout
    assert out.read_text("utf-8").startswith("@article{")
    assert tme("lists", "export", number, "--format", "ris", at=seeded_home).stdout.startswith(
        "TY  - "
    )
    assert lines(tme("lists", "--json", "--workspace", "/T2", at=seeded_home)) == []
    refused = tme("lists", "show", "99", "--json", at=seeded_home)
    assert lines(refused)[0]["error"]["code"] == "unknown_list"


def test_reports_are_listed_and_closed(tme: Tme, seeded_home: Path) -> None:
    assert "Nothing was reported" in tme("reports", at=seeded_home).stdout
    said = tme("ask", f"report error in {SEED}: the licence is missing", at=seeded_home).stdout
    assert "report 1 about" in said
    (kept,) = lines(tme("reports", "--json", at=seeded_home))
    assert (kept["doi"], kept["text"], kept["closed_at"]) == (SEED, "the licence is missing", None)
    assert "the licence is missing" in tme("reports", at=seeded_home).stdout
    assert lines(tme("reports", "close", "1", "--json", at=seeded_home)) == [{"closed": 1}]
    assert lines(tme("reports", "--json", at=seeded_home)) == []
    (closed,) = lines(tme("reports", "--all", "--json", at=seeded_home))
    assert closed["closed_at"]
    assert (
        lines(tme("reports", "close", "1", "--json", at=seeded_home))[0]["error"]["code"]
        == "no_report"
    )


def test_a_result_list_is_written_as_a_file(tme: Tme, tmp_path: Path) -> None:
    out = tmp_path / "viruses.ris"
    result = tme("export", "oncolytic", "viruses", "--format", "ris", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "records as RIS" in result.stderr
    asked = lines(tme("ask", "--json", "--limit", "100", "oncolytic viruses"))[0]
    assert out.read_text(encoding="utf-8").count("TY  - ") == asked["total"]
    printed = tme("export", "10.1002/ctd2.70098", "--format", "bibtex")
    assert printed.stdout.startswith("@article{reprogramming2025,")


@pytest.mark.parametrize("name", [known.name for known in WRITERS])
def test_everything_stored_is_written_and_read_again(
    tme: Tme, tmp_path: Path, name: str, home: Path
) -> None:
    """In every format, and with json so that the second store differs in nothing."""
    out, at = tmp_path / f"all.{name}", tmp_path / "home"
    result = tme("export", "--all", "--format", name, "--out", str(out))
    assert result.exit_code == 0, result.output
    [report] = lines(tme("import", str(out), "--json", at=at))
    assert report["refused"] == []
    with (
        closing(StateStore.open(home / "tme.db")) as one,
        closing(StateStore.open(at / "tme.db")) as other,
    ):
        before, after = list(one.each()), list(other.each())
    assert len(after) == len(before) == report["new"]
    if name == "json":
        assert sorted(map(content, after)) == sorted(map(content, before))


def content(record: Record) -> str:
    """What a record says, without where and when it was read."""
    return record.model_dump_json(exclude={"id", "first_seen", "provenance"})


def test_all_that_a_question_finds_is_written(tme: Tme, tmp_path: Path) -> None:
    asked = lines(tme("ask", "--json", "--limit", "1", "tumour"))[0]
    assert asked["total"] > 100  # more than an answer ranks
    written = lines(tme("export", "--all", "tumour", "--format", "json"))
    assert len(written) == asked["total"]
    dates = [each["published"] for each in written if each.get("published")]
    assert [date[:4] for date in dates] == sorted((date[:4] for date in dates), reverse=True)
    reviews = lines(tme("export", "--all", "type:review year:2023", "--format", "json"))
    assert {each["published"][:4] for each in reviews} == {"2023"}
    assert tme("export").exit_code == 2


def test_an_export_leaves_a_file_alone_until_it_is_whole(tme: Tme, tmp_path: Path) -> None:
    out = tmp_path / "mine.ris"
    out.write_text("mine", encoding="utf-8")
    assert tme("export", "xyzzyq", "--out", str(out)).exit_code == 1
    assert out.read_text(encoding="utf-8") == "mine"
    assert tme("export", "hypoxia", "--out", str(out)).exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["mine.ris"]


def test_an_export_that_cannot_be_is_one_line(tme: Tme, tmp_path: Path) -> None:
    nothing = tme("export", "xyzzyq", "--out", str(tmp_path / "x.ris"))
    assert (nothing.exit_code, nothing.stdout) == (1, "")
    assert "No record answers" in nothing.stderr
    assert not (tmp_path / "x.ris").exists()
    nowhere = tme("export", "hypoxia", "--out", str(tmp_path / "no" / "x.ris"))
    assert "cannot be written" in nowhere.stderr


def test_files_of_every_format_are_imported_and_told_by_their_content(
    tme: Tme, tmp_path: Path
) -> None:
    """What one format holds, another brings no second record of."""
    for number, name in enumerate(("bibtex", "ris", "csl", "nbib", "csv")):
        file = tmp_path / f"file{number}.txt"
        tme("export", "10.1016/j.cell.2017.01.017", "--format", name, "--out", str(file))
        [report] = lines(tme("import", str(file), "--json", at=tmp_path / "home"))
        assert (report["read"], report["refused"]) == (1, [])
        assert report["new"] == (1 if number == 0 else 0)
    stored = lines(tme("status", "--json", at=tmp_path / "home"))[0]["store"]
    assert stored["records"] == 1


def test_imports_are_listed_and_undone(tme: Tme, tmp_path: Path) -> None:
    home, path = tmp_path / "home", tmp_path / "refs.ris"
    path.write_text("TY  - JOUR\nTI  - A title\nDO  - 10.1234/a\nER  - \n", encoding="utf-8")
    said = tme("import", str(path), at=home)
    assert "1 new" in said.output
    assert "(import 1)" in said.output
    [listed] = lines(tme("imports", "--json", at=home))
    assert (listed["number"], listed["file"], listed["records"]) == (1, "refs.ris", 1)
    assert listed["workspace"] is None
    assert "refs.ris by " in tme("imports", at=home).output
    assert "file refs.ris by @" in tme("show", "10.1234/a", at=home).output
    asked = tme("import", "--undo", "1", at=home, stdin="n\n")
    assert asked.exit_code == 1
    assert "Goes: 1 record.\n  Stays: no record of it; what people have changed" in asked.output
    assert tme("show", "10.1234/a", at=home).exit_code == 0
    undone = {"undone": 1, "records": 1, "gone": 1, "kept": 0, "listed": 0, "lists": 0}
    assert lines(tme("import", "--undo", "1", "--yes", "--json", at=home)) == [undone]
    assert tme("show", "10.1234/a", at=home).exit_code == 1
    assert "undone by" in tme("imports", at=home).output
    again = lines(tme("import", "--undo", "1", "--json", at=home))
    assert again[0]["error"]["code"] == "no_import"
    assert tme("import", at=home).exit_code == 2
    assert tme("import", str(path), "--undo", "1", at=home).exit_code == 2


@pytest.mark.parametrize("name", ["ris", "RIS", "wos"])
def test_a_format_goes_by_the_names_people_give_it(tme: Tme, tmp_path: Path, name: str) -> None:
    """Kinds of the same thing too: `csl-json`, `medline`, `europepmc`."""
    path = tmp_path / "x"
    path.write_text("TY  - JOUR\nTI  - A title\nER  - \n", encoding="utf-8")
    record, counts = lines(tme("parse", str(path), "--as", name, "--json"))
    assert (record["title"], counts) == ("A title", {"parsed": 1, "refused": []})
    assert tme("parse", str(path), "--as", "marc").exit_code == 2


@pytest.mark.parametrize("name", [known.name for known in WRITERS])
def test_lists_with_notes_and_read_marks_come_back_from_a_file(
    tme: Tme, tmp_path: Path, seeded_home: Path, name: str
) -> None:
    """And a second import changes nothing that was noted since."""
    tme("ask", f"save {SEED} to journal club", at=seeded_home)
    tme("ask", "list journal club note 1 for Tuesday, with Ana; bring data", at=seeded_home)
    tme("ask", "list journal club read 1", at=seeded_home)
    out, at = tmp_path / "club", tmp_path / "home"
    tme("export", SEED, "--format", name, "--out", str(out), at=seeded_home)
    for noted in ("for Tuesday, with Ana; bring data", "moved to Friday"):
        assert lines(tme("import", str(out), "--json", at=at))[0]["refused"] == []
        [on] = lines(tme("lists", "--json", at=at))
        [entry] = lines(tme("lists", "show", "1", "--json", at=at))
        assert (on["name"], on["items"]) == ("journal club", 1)
        assert (entry["doi"], entry["note"], entry["read_by"]) == (SEED, noted, ["terminal"])
        tme("ask", "list journal club note 1 moved to Friday", at=at)
    again = tme("lists", "export", "1", "--format", "json", at=at)
    assert lines(again)[0]["shelf"] == {
        "lists": ["journal club"], "note": "moved to Friday", "read": True,
    }  # fmt: skip


def test_what_is_asked_in_slack_can_be_asked_directly(tme: Tme) -> None:
    assert "cancer-associated fibroblasts" in tme("define", "CAF").stdout
    assert tme("stats").stdout.startswith("Records")
    [answer] = lines(tme("compare", "--json", "NK cells", "and", "T cells"))
    assert (answer["query"], answer["understood"]["action"]) == (
        "compare NK cells and T cells", "compare",
    )  # fmt: skip
    assert "journal club" in tme("help", "save").stdout


def test_a_slip_is_told_what_may_be_meant(tme: Tme) -> None:
    result = tme("exprot", "CAF")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Did you mean `tme export`?" in result.stderr
    assert "tme ask exprot CAF" in result.stderr
    assert "Did you mean `tme compare`" in tme("compair", "x").stderr  # of Slack's words, too
    assert "Did you mean" not in tme("xyzzyq").stderr


def test_the_help_lists_every_command_once_with_a_whole_sentence(tme: Tme) -> None:
    help_ = tme("help").stdout
    assert help_ == tme("--help").stdout
    assert "..." not in help_.replace("[ARGS]...", "")
    listed = [
        line.split()[0] for line in help_.splitlines() if re.match(r"  [a-z][a-z-]*  +\S", line)
    ]
    assert sorted(listed) == main.list_commands(click.Context(main))
    assert tme("help", "export").stdout.startswith("Usage: tme export")


def test_a_first_run_says_what_to_do_next(tme: Tme, tmp_path: Path) -> None:
    """Before anything is stored, and when the starter set has been loaded; never again."""
    assert "tme import FILE" in tme("--help", at=tmp_path / "new").stdout
    first = tme("ask", "--json", "hypoxia", at=tmp_path / "new")
    assert "starter set of 302 works" in first.stderr
    assert tme("ask", "--json", "hypoxia", at=tmp_path / "new").stderr == ""
    assert "tme import FILE" not in tme("--help", at=tmp_path / "new").stdout


@pytest.mark.parametrize(("begun", "offered"), [("exp", "export"), ("defi", "define")])
def test_a_shell_completes_the_commands(begun: str, offered: str) -> None:
    """Those of the terminal, and those of Slack."""
    found = main.shell_complete(click.Context(main), begun)
    assert found[0].value == offered
    assert all(item.value.startswith(begun) for item in found)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_each_shell(tme: Tme, shell: str) -> None:
    result = tme("completion", shell)
    assert result.exit_code == 0
    assert f"_TME_COMPLETE={shell}_complete" in result.stdout
