"""Joining held records: what comes in finds itself, the likely is found, all can be undone."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.errors import UnknownRecord
from bot.harvest.harvester import Harvester
from bot.harvest.merger import Merger
from bot.records.models import (
    Contribution,
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Known,
    Provenance,
    Record,
    Relation,
    RelationKind,
    Scheme,
)
from bot.store import StateStore
from bot.vocabulary import Vocabulary

TITLE = "Reprogramming macrophages in the tumour microenvironment"
PREPRINT = Identifier(scheme=Scheme.DOI, value="10.1101/2023.05.06.539712")
ARTICLE = Identifier(scheme=Scheme.DOI, value="10.1000/article")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StateStore]:
    opened = StateStore.open(tmp_path / "tme.db")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def vocabulary(seeds: Path) -> Vocabulary:
    return Vocabulary.load(seeds / "taxonomy.yaml")


@pytest.fixture
def harvester(store: StateStore, vocabulary: Vocabulary, now: datetime) -> Harvester:
    return Harvester(store, vocabulary, lambda: now)


@pytest.fixture
def merger(harvester: Harvester) -> Merger:
    return harvester.merger


def work(source: str, *identifiers: Identifier, **fields: object) -> Record:
    given = {
        "title": TITLE,
        "contributors": (Contribution(family="Müller", given="A"),),
        "published": "2024",
        "provenance": (Provenance(source=source),),
        **fields,
    }
    return Record(identifiers=identifiers, **given)


def pmid(value: str) -> Identifier:
    return Identifier(scheme=Scheme.PMID, value=value)


def test_an_article_finds_its_declared_preprint(harvester: Harvester, store: StateStore) -> None:
    """Whichever comes first; the record goes on under the id that was seen first."""
    declared = (Relation(kind=RelationKind.HAS_PREPRINT, identifier=PREPRINT),)
    early = work("biorxiv", PREPRINT, title="An early title of it", type="Preprint")
    harvester.take([early], "biorxiv")
    [stored] = store.newest(10)
    report = harvester.take([work("crossref", ARTICLE, relations=declared)], "crossref")
    assert (report.new, report.merged) == (0, 1)
    [one] = store.newest(10)
    assert (one.id, one.title, one.doi) == (stored.id, TITLE, ARTICLE.value)
    assert [h.kind for h in store.standing.changes_of_standing(0)] == ["published"]


def test_a_work_of_another_title_spelling_finds_itself(
    harvester: Harvester, store: StateStore
) -> None:
    harvester.take([work("pubmed", pmid("1"))], "pubmed")
    harvester.take([work("crossref", ARTICLE, title=TITLE.upper())], "crossref")
    assert len(store.newest(10)) == 1


def test_a_reply_of_the_same_title_stays_apart(harvester: Harvester, store: StateStore) -> None:
    harvester.take([work("pubmed", pmid("1"))], "pubmed")
    harvester.take([work("pubmed", pmid("2"), title=f"Reply to: {TITLE}")], "pubmed")
    harvester.take([work("pubmed", pmid("3"))], "pubmed")
    assert len(store.newest(10)) == 3


def test_two_records_that_a_third_joins_become_one(harvester: Harvester, store: StateStore) -> None:
    harvester.take([work("a", pmid("1"), published=None)], "a")
    harvester.take([work("b", ARTICLE, published="2023")], "b")
    assert len(store.newest(10)) == 2
    harvester.take([work("c", pmid("1"), ARTICLE)], "c")
    [one] = store.newest(10)
    assert {p.source for p in one.provenance} == {"a", "b", "c"}
    assert not [w for w in one.warnings if w.startswith("also_matches")]


def test_every_version_is_asked_again_when_a_source_corrects_itself(
    harvester: Harvester, store: StateStore
) -> None:
    """The publisher's volume wins; when it takes that back, the repository's is shown again."""
    harvester.take([work("ora", ARTICLE, volume="05")], "ora")
    harvester.take([work("crossref", ARTICLE, volume="5", issue="1")], "crossref")
    assert store.newest(1)[0].volume == "5"
    harvester.take([work("crossref", ARTICLE, volume="6", issue="1")], "crossref")
    assert store.newest(1)[0].volume == "6"
    assert harvester.take([work("crossref", ARTICLE, volume="6", issue="1")], "c").unchanged == 1


def test_a_notice_that_a_check_found_outlives_the_next_harvest(
    harvester: Harvester, store: StateStore
) -> None:
    harvester.take([work("ora", ARTICLE)], "ora")
    harvester.take([work("crossref", ARTICLE, volume="5")], "crossref")
    found = IntegrityNotice(kind=IntegrityKind.RETRACTION, source="retraction-watch")
    store.upsert(
        store.newest(1), lambda stored, _: stored.model_copy(update={"integrity": (found,)})
    )
    harvester.take([work("crossref", ARTICLE, volume="6")], "crossref")
    [one] = store.newest(10)
    assert (one.volume, one.integrity) == ("6", (found,))


def test_what_was_undone_is_not_merged_again(
    harvester: Harvester, merger: Merger, store: StateStore
) -> None:
    harvester.take([work("pubmed", pmid("1"))], "pubmed")
    harvester.take([work("crossref", ARTICLE, title=TITLE.upper())], "crossref")
    [one] = store.newest(10)
    undone = merger.undo(one.id, author="test")
    assert undone is not None
    assert undone.why.startswith("title, first author, year agree")
    assert len(store.newest(10)) == 2
    harvester.take([work("crossref", ARTICLE, title=TITLE.upper(), volume="5")], "crossref")
    assert len(store.newest(10)) == 2
    assert list(merger.likely(merger.candidates())) == []


def test_likely_duplicates_are_found_among_others(merger: Merger, store: StateStore) -> None:
    records = [
        work("pubmed", pmid("1")),
        work("crossref", ARTICLE, title="Reprogramming macrophages in the tumor microenviroment"),
        work("ris", title=TITLE, contributors=(), journal={"title": "Cell"}),
        work("pubmed", pmid("2"), title=f"{TITLE} II"),
        work("pubmed", pmid("3"), title=f"Erratum: {TITLE}"),
    ]
    store.upsert(records, lambda _, incoming: incoming)
    on_progress: list[int] = []
    found = list(merger.likely(merger.candidates(on_progress.append)))
    pairs = {
        (each.one.provenance[0].source, each.other.provenance[0].source): each.verdict.one_work
        for each in found
    }
    assert pairs.pop(("pubmed", "crossref"), pairs.pop(("crossref", "pubmed"), None)) is Known.YES
    assert set(pairs.values()) == {Known.UNKNOWN}  # no author, so a person has to say


def test_joined_meanwhile_is_not_found_again(merger: Merger, store: StateStore) -> None:
    store.upsert(
        [work("pubmed", pmid("1")), work("crossref", ARTICLE)], lambda _, incoming: incoming
    )
    candidates = merger.candidates()
    for pair in merger.likely(candidates):
        merger.join(pair.one, pair.other, author="test", why=pair.verdict.rule)
    assert list(merger.likely(candidates)) == []


def test_a_record_explains_what_it_is_made_of(
    harvester: Harvester, merger: Merger, store: StateStore
) -> None:
    harvester.take([work("ora", ARTICLE, abstract="Text."), work("crossref", ARTICLE)], "both")
    explained = merger.explain(store.newest(1)[0].id)
    assert [v.provenance[0].source for v in explained.versions] == ["ora", "crossref"]
    with pytest.raises(UnknownRecord):
        merger.explain("unknown")


def test_what_is_joined_is_tagged_anew(merger: Merger, store: StateStore) -> None:
    store.upsert(
        [work("pubmed", pmid("1"), title="A title"), work("crossref", ARTICLE)],
        lambda _, incoming: incoming,
    )
    one, other = store.newest(2)
    merger.join(one, other, author="test", why="they are one")
    assert "tumour-associated-macrophages" in {t.concept for t in store.newest(1)[0].concepts}
