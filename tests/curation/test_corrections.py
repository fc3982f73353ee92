"""Corrections act in their workspace as if its records had other tags, and outlast every retagging.

The oracle is a store whose records really have those tags, with an index that knows no corrections.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app.composition import opened
from bot.curation.corrections import NoCorrection
from bot.errors import UnknownRecord, UsageError
from bot.harvest.harvester import parse_file
from bot.records.models import Record
from bot.search.query import Query
from bot.search.search import Search
from bot.settings import Settings
from bot.store.corrections import Correcting
from handlers.services import Services

WORKSPACE = "/T1"
NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
QUESTIONS = (
    "component:macrophages", "macrophages", "strategy:oncolytic-virotherapy", "car-t review",
    "-strategy:oncolytic-virotherapy glioma", "evidence:review", "-evidence:review melanoma",
    "strategy:car-t evidence:clinical-trial", "oncolytic viruses sort:new", "tregs or macrophages",
    "component:regulatory-t-cells sort:new", "strategy:car-t strategy:oncolytic-virotherapy",
    "evidence:review sort:old", "glioma",
)  # fmt: skip


@pytest.fixture
def services(seeded_home: Path) -> Iterator[Services]:
    with opened(Settings(home=seeded_home), lambda: NOW) as services:
        yield services


def tagged(services: Services, concept: str) -> list[Record]:
    records = services.store.newest(1000)
    return [r for r in records if any(tag.concept == concept for tag in r.concepts)]


def correct(services: Services, record: Record, **said: tuple[str, ...]) -> None:
    services.corrections.correct(Correcting(WORKSPACE, record.id, "U1", **said))


def corrected(services: Services) -> None:
    """Corrections of every kind: tags lost, gained, both, and of records that match otherwise."""
    for record in tagged(services, "oncolytic-virotherapy")[:3]:
        correct(services, record, wrong=("oncolytic-virotherapy",))
    for record in tagged(services, "car-t")[:2]:
        correct(services, record, wrong=("car-t",), missing=("oncolytic-virotherapy",))
    reviews = tagged(services, "review")
    correct(services, reviews[0], wrong=("review",), missing=("clinical-trial",))
    plain = [r for r in services.store.newest(1000) if not r.concepts]
    for record in plain[:3]:
        correct(services, record, missing=("tumour-associated-macrophages", "review"))


@pytest.fixture(scope="module")
def shared_store(
    prepared_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Services]:
    """A store of which one workspace has corrected much; for tests that only read."""
    home = shutil.copytree(prepared_home, tmp_path_factory.mktemp("shared") / "home")
    with opened(Settings(home=home), lambda: NOW) as services:
        corrected(services)
        yield services


@pytest.fixture(scope="module")
def oracle(
    shared_store: Services, prepared_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Services]:
    """A store whose records have the corrected tags."""
    home = shutil.copytree(prepared_home, tmp_path_factory.mktemp("oracle") / "home")
    with opened(Settings(home=home), lambda: NOW) as other:
        with shared_store.corrections.seen_by(WORKSPACE):
            records = shared_store.store.newest(1000)
        other.store.upsert(records, lambda _, incoming: incoming)
        other.index.follow(other.store)
        yield other


def asked(search: Search, question: str) -> tuple[int, list[str], list[str]]:
    """How many match strictly, which are listed first, and in what order."""
    answer = search.run(search.interpret(question), limit=100)
    strict = [hit.record.id for hit in answer.hits if hit.strict]
    return answer.total, strict, [hit.record.id for hit in answer.hits if not hit.strict]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_search_finds_what_it_would_with_the_corrected_tags(
    shared_store: Services, oracle: Services, question: str
) -> None:
    with shared_store.corrections.seen_by(WORKSPACE):
        total, strict, partial = asked(shared_store.search, question)
    expected, listed, near = asked(oracle.search, question)
    assert total == expected
    # A list ends at a hundred: which of its equals are on a longer one is chance.
    if len(strict) + len(partial) < 100:
        assert set(strict) == set(listed)
        assert set(partial) == set(near)


def test_a_workspace_without_corrections_sees_the_shared_tags(
    shared_store: Services, oracle: Services
) -> None:
    changed = 0
    for question in QUESTIONS:
        shared = asked(shared_store.search, question)
        with shared_store.corrections.seen_by("/T2"):
            assert asked(shared_store.search, question) == shared
        changed += shared != asked(oracle.search, question)
    assert changed > len(QUESTIONS) / 2


def test_evidence_map_and_trend_count_the_corrected_tags(
    shared_store: Services, oracle: Services
) -> None:
    def counts(over: Services) -> object:
        evidence = over.evidence.evidence(over.search.interpret("oncolytic viruses"))
        landscape = over.landscape.map(Query(text="map"))
        trend = over.landscape.trend(over.search.interpret("oncolytic viruses"))
        cells = {(c.row, c.column): c.count for row in landscape.cells for c in row}
        return [(g.name, g.total) for g in evidence.groups], cells, trend.years

    shared = counts(shared_store)
    with shared_store.corrections.seen_by(WORKSPACE):
        here = counts(shared_store)
    assert here == counts(oracle) != shared


def test_a_hit_says_that_the_team_added_its_tag(services: Services) -> None:
    record = next(r for r in services.store.newest(1000) if not r.concepts)
    correct(services, record, missing=("car-t",))
    with services.corrections.seen_by(WORKSPACE):
        answer = services.search.run(services.search.interpret("strategy:car-t"), limit=100)
    hit = next(hit for hit in answer.hits if hit.record.id == record.id)
    assert [why.field for why in hit.why] == ["your team"]


def test_corrections_outlast_retagging_and_harvesting_again(
    services: Services, seeds: Path
) -> None:
    record = tagged(services, "oncolytic-virotherapy")[0]
    correct(services, record, wrong=("oncolytic-virotherapy",), missing=("car-t",))
    services.harvester.retag()
    with services.corrections.seen_by(WORKSPACE):
        # A harvest in the name of a workspace must not write its tags into the shared record.
        again = parse_file(seeds / "references.jsonl", None, NOW).records
        services.harvester.take(again, "again")
        stored = services.store.get(record.id)
    shared = services.store.get(record.id)
    assert stored is not None
    assert shared is not None
    assert {"car-t"} <= {tag.concept for tag in stored.concepts}
    assert "oncolytic-virotherapy" not in {tag.concept for tag in stored.concepts}
    assert shared.concepts == record.concepts


def test_undoing_gives_the_tags_back(services: Services) -> None:
    record = tagged(services, "car-t")[0]
    correct(services, record, wrong=("car-t",))
    (kept,) = services.corrections.of_record(WORKSPACE, record.id)
    with pytest.raises(NoCorrection):
        services.corrections.undo([kept.id], "/T2", "U2")
    services.corrections.undo([kept.id], WORKSPACE, "U2")
    with services.corrections.seen_by(WORKSPACE):
        assert services.store.get(record.id) == record
    (listed,) = services.corrections.listed(WORKSPACE, ended=True)
    assert listed.record == record
    assert listed.correction.undone_by == "U2"
    with pytest.raises(NoCorrection):
        services.corrections.undo([kept.id], WORKSPACE, "U2")


def test_a_correction_that_changes_nothing_is_refused(services: Services) -> None:
    record = tagged(services, "car-t")[0]
    for said in ({"missing": ("car-t",)}, {"wrong": ("glioma-x",)}, {}, {"wrong": ("fibrosis",)}):
        with pytest.raises(UsageError):
            correct(services, record, **said)
    with pytest.raises(UnknownRecord):
        correct(services, record.model_copy(update={"id": "gone"}), wrong=("car-t",))
    assert services.corrections.listed() == []


def test_a_comment_is_one_line_of_bearable_length(services: Services) -> None:
    record = tagged(services, "car-t")[0]
    said = Correcting(WORKSPACE, record.id, "U1", wrong=("car-t",), comment=" a\n b " + "x" * 900)
    (kept,) = services.corrections.correct(said)
    assert kept.comment.startswith("a b xxx")
    assert len(kept.comment) == 500
