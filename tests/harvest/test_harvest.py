"""Bringing records in: tagged, merged, and reported in full."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.errors import UnreadableFile
from bot.formats import Refusal
from bot.harvest.harvester import Harvester
from bot.merging.merge import combine
from bot.records.models import Identifier, Known, Provenance, Record, Scheme
from bot.store import StateStore
from bot.vocabulary import Vocabulary


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StateStore]:
    opened = StateStore.open(tmp_path / "tme.db")
    yield opened
    opened.close()


@pytest.fixture
def harvester(store: StateStore, seeds: Path, now: datetime) -> Harvester:
    vocabulary = Vocabulary.load(seeds / "taxonomy.yaml")
    return Harvester(store, vocabulary, lambda: now)


def work(source: str, **fields: object) -> Record:
    doi = Identifier(scheme=Scheme.DOI, value="10.1/x")
    given = {"title": "Macrophages", "identifiers": (doi,), **fields}
    return Record.model_validate({**given, "provenance": (Provenance(source=source),)})


def test_what_comes_in_is_tagged(harvester: Harvester, store: StateStore) -> None:
    title = "Tumour-associated macrophages in glioma"
    report = harvester.take([work("a", title=title)], "a")
    assert (report.read, report.new) == (1, 1)
    assert "tumour-associated-macrophages" in {t.concept for t in store.newest(1)[0].concepts}


def test_refusals_are_kept_and_counted_apart(harvester: Harvester) -> None:
    on_progress: list[int] = []
    report = harvester.take([Refusal(1, "no title"), work("a")], "a", on_progress.append)
    assert (report.read, report.new, report.refused) == (1, 1, [Refusal(1, "no title")])
    assert on_progress == [2]


def test_another_source_fills_what_is_missing_and_replaces_nothing(
    harvester: Harvester, store: StateStore
) -> None:
    harvester.take([work("a", volume="5")], "a")
    report = harvester.take([work("b", volume="6", abstract="About macrophages.")], "b")
    assert report.merged == 1
    stored = store.newest(1)[0]
    assert (stored.volume, stored.abstract) == ("5", "About macrophages.")
    assert [p.source for p in stored.provenance] == ["a", "b"]


def test_a_source_may_correct_itself(harvester: Harvester, store: StateStore) -> None:
    harvester.take([work("a", volume="5")], "a")
    assert harvester.take([work("a", volume="6")], "a").changed == 1
    assert store.newest(1)[0].volume == "6"


def test_merging_loses_no_identifier_and_keeps_what_is_known() -> None:
    pmid = Identifier(scheme=Scheme.PMID, value="1")
    stored = work("a", peer_reviewed=Known.YES)
    both = combine(stored, work("b", identifiers=(pmid,), peer_reviewed=Known.UNKNOWN))
    assert {i.scheme for i in both.identifiers} == {Scheme.DOI, Scheme.PMID}
    assert both.peer_reviewed is Known.YES


def test_a_file_that_is_not_there_is_one_clear_line(harvester: Harvester, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as caught:
        harvester.take_file(tmp_path / "absent.txt")
    assert "absent.txt" in caught.value.message
    assert str(tmp_path) not in caught.value.message
