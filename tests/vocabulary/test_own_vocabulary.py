"""A team's own vocabulary file: it adds, it never changes, and a bad one is refused by line."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import pytest
from click.testing import CliRunner

from bot.app.cli import main
from bot.app.composition import build_router, opened
from bot.errors import UnreadableFile
from bot.harvest.harvester import Harvester
from bot.records.models import Record
from bot.search.definitions import Definitions, Fact
from bot.settings import Settings
from bot.store import StateStore
from bot.vocabulary import Source, Vocabulary
from bot.vocabulary.tagging import Tagger
from handlers.router import Request, Surface
from tests.own_records import work

OWN = """\
version: 1
concepts:
- id: regulatory-t-cells
  synonyms: [eTregs, {t: effector Tregs, verify: true}]
  drugs: [examplumab]
- id: tumour-mycobiome
  facet: component
  label: tumour mycobiome
  label_us: tumor mycobiome
  broader: tumour-microenvironment
  definition: {text: 'Fungi that live in and around a tumour.'}
  synonyms: [intratumoural fungi, intratumoral fungi]
drugs:
- {generic: examplumab, class: anti-X antibody, target: [CSF1R], brands: [Examply]}
- {generic: pembrolizumab, brands: [Keytruda SC]}
query_words:
  concepts: {tumour-mycobiome: [tumour moulds]}
  genes: {CSF1R: [CSF-X1]}
"""
TITLES = ("Intratumoral fungi in colon cancer", "eTregs in melanoma", "Oncolytic viruses")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "ours.yaml"
    path.write_text(OWN, encoding="utf-8")
    return path


Load: TypeAlias = Callable[[Path | None], Vocabulary]


@pytest.fixture(scope="module")
def load(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Load:
    """Reads the shipped vocabulary with a team's file over it; the shipped YAML is parsed once."""
    kept = tmp_path_factory.mktemp("kept")
    return lambda own: Vocabulary.load(seeds / "taxonomy.yaml", own, kept=kept)


@pytest.fixture
def vocabulary(load: Load, own: Path) -> Vocabulary:
    return load(own)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StateStore]:
    stored = StateStore.open(tmp_path / "tme.db")
    yield stored
    stored.close()


def harvester(store: StateStore, vocabulary: Vocabulary) -> Harvester:
    return Harvester(store, vocabulary, lambda: datetime(2026, 1, 15, tzinfo=UTC))


def tags(record: Record) -> set[str]:
    return {tag.concept for tag in record.concepts}


def test_a_concept_that_is_there_gains_names_and_drugs(vocabulary: Vocabulary) -> None:
    term = Definitions(vocabulary).concept("regulatory-t-cells")
    assert Fact("eTregs") in term.facts("Also called")
    assert Fact("effector Tregs", unverified=True) in term.facts("Also called")
    assert Fact("examplumab (Examply)") in term.facts("Drugs")
    assert Fact("regulatory T lymphocytes") in term.facts("Also called")
    assert Source("your team's vocabulary") in term.sources


def test_a_new_concept_takes_its_place(vocabulary: Vocabulary) -> None:
    assert "tumour-mycobiome" in vocabulary.narrower("tumour-microenvironment")
    assert "tumour-mycobiome" in vocabulary.concepts["tumour-microenvironment"].narrower
    assert vocabulary.resolve("component", "tumor mycobiome").id == "tumour-mycobiome"
    assert vocabulary.drugs["pembrolizumab"].names[:3] == ("pembrolizumab", "Keytruda",
                                                           "Keytruda SC")  # fmt: skip
    assert "CSF-X1" in vocabulary.genes["CSF1R"].aliases


def test_records_are_tagged_by_it(vocabulary: Vocabulary) -> None:
    tagger = Tagger(vocabulary)
    assert "tumour-mycobiome" in tags(Record(title="t", concepts=tagger.tag(work(1, TITLES[0]))))
    assert "regulatory-t-cells" in tags(Record(title="t", concepts=tagger.tag(work(2, TITLES[1]))))


def test_questions_are_read_by_it(tmp_path: Path, own: Path) -> None:
    settings = Settings(home=tmp_path / "home", starter=False, vocabulary=own)
    with opened(settings) as services:
        services.harvester.take([work(1, TITLES[0])], "test")
        services.index.follow(services.store)
        router = build_router(services)
        answer = router.answer(Request("tumour moulds", Surface.DIRECT)).answer
        assert answer.understood.concepts == ("tumour-mycobiome",)
        assert answer.total == 1
        defined = router.answer(Request("define tumour mycobiome", Surface.DIRECT))
        assert "Fungi that live in and around a tumour." in defined.message.text
        assert "your team's vocabulary" in defined.message.text


@pytest.mark.parametrize(
    ("line", "wrong", "reason"),
    [
        (1, "version: 2", "version"),
        (3, "- id: Not An Id", "concepts.0.id"),
        (4, "  synonyms: eTregs", "synonyms"),
        (4, "  label: other", "cannot be changed"),
        (4, "  facet: strategy", "cannot be changed"),
        (4, "  synonym: [eTregs]", "synonym"),
        (5, "  drugs: [nothing]", "unknown drugs 'nothing'"),
        (6, "- id: regulatory-t-cells", "used twice"),
        (7, "  facet: organ", "facet"),
        (10, "  broader: nothing", "unknown broader"),
        (10, "  broader: tumour-mycobiome", "has to stand above"),
        (12, "  related: [nothing]", "unknown related"),
        (14, "- {generic: examplumab, brands: [Examply]}", "needs a class"),
        (17, "  concepts: {nothing: [tumour moulds]}", "unknown concept 'nothing'"),
        (17, "  drugs: {x: [nothing]}", "unknown drug 'nothing'"),
        (12, "  synonyms: [a, b", "not YAML"),
        (12, "  synonyms: &a [*a]", "aliases"),
    ],
)
def test_a_bad_file_is_refused_with_line_and_reason(
    load: Load, own: Path, line: int, wrong: str, reason: str
) -> None:
    lines = OWN.splitlines()
    lines[line - 1] = wrong
    own.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(UnreadableFile) as refused:
        load(own)
    assert refused.value.message.startswith("ours.yaml, line ")
    near = int(refused.value.message.split("line ")[1].split(":")[0])
    assert abs(near - line) <= 2
    assert reason in refused.value.message


def test_a_concept_that_the_bot_has_come_to_know_adds_its_names(tmp_path: Path, load: Load) -> None:
    """A team's concept of last year is in the vocabulary now: their file is still good."""
    path = tmp_path / "ours.yaml"
    theirs = OWN.replace("tumour-mycobiome", "intratumoural-microbiome")
    path.write_text(theirs, encoding="utf-8")
    vocabulary = load(path)
    known = vocabulary.concepts["intratumoural-microbiome"]
    assert known.label != "tumour mycobiome"
    assert {"tumour mycobiome", "intratumoural fungi"} <= set(known.names)


@pytest.mark.parametrize("missing", ["facet", "label", "definition"])
def test_a_new_concept_has_to_be_whole(load: Load, own: Path, missing: str) -> None:
    kept = [text for text in OWN.splitlines() if not text.startswith(f"  {missing}:")]
    own.write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(UnreadableFile, match=f"line 6: .*needs a {missing}"):
        load(own)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    environment = {"TME_HOME": str(tmp_path), "TME_VOCABULARY": str(tmp_path / "none.yaml")}
    result = CliRunner().invoke(main, ["status"], env=environment)
    assert result.exit_code == 1
    assert "none.yaml cannot be read: No such file" in result.stderr


def test_retagging_writes_only_what_changes(
    store: StateStore, load: Load, vocabulary: Vocabulary
) -> None:
    before = harvester(store, load(None))
    before.take([work(n, title) for n, title in enumerate(TITLES)], "test")
    on_progress: list[int] = []
    sequence = store.sequence()
    after = harvester(store, vocabulary)
    done = after.retag(on_progress.append)
    assert (done.read, done.changed, on_progress) == (3, 2, [3])
    assert len(store.changes_since(sequence)) == 2
    stored = {record.title: tags(record) for record in store.newest(9)}
    assert "tumour-mycobiome" in stored[TITLES[0]]
    assert "regulatory-t-cells" in stored[TITLES[1]]
    assert (after.retag().changed, before.retag().changed) == (0, 2)


def test_retagging_goes_through_every_batch(
    store: StateStore, load: Load, vocabulary: Vocabulary
) -> None:
    """More records than a batch, every one of them changed: each is read once."""
    before = harvester(store, load(None))
    before.take((work(n, f"{TITLES[0]} {n}") for n in range(1_100)), "test")
    done = harvester(store, vocabulary).retag()
    assert (done.read, done.changed) == (1_100, 1_100)


def test_retag_is_one_command(tmp_path: Path, own: Path) -> None:
    environment = {"TME_HOME": str(tmp_path), "TME_STARTER": "no"}
    records = tmp_path / "records.jsonl"
    records.write_text("".join(f'{{"title": "{title}"}}\n' for title in TITLES), encoding="utf-8")
    run = CliRunner()
    assert run.invoke(main, ["import", str(records)], env=environment).exit_code == 0
    ours = {**environment, "TME_VOCABULARY": str(own)}
    assert "3 records read, the tags of 2 changed" in run.invoke(main, ["retag"], env=ours).stdout
    again = run.invoke(main, ["retag", "--json"], env=ours)
    assert again.stdout == '{"read": 3, "changed": 0}\n'
    asked = run.invoke(main, ["ask", "component:tumour-mycobiome"], env=ours)
    assert TITLES[0] in asked.stdout
