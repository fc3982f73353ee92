"""What every `MergeStore` promises; joins a store's tests as `StateStoreContract` does."""

import pytest

from bot.errors import UnknownRecord
from bot.merging.choice import choose
from bot.merging.merge import combine
from bot.records.models import (
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Record,
    Relation,
    RelationKind,
    Scheme,
)
from bot.store import StateStore

from .examples import START, Clock, doi, paper, pmid, source

PREPRINT = Identifier(scheme=Scheme.DOI, value="10.1101/2024.01.02.573912")


def stored(store: StateStore, record: Record) -> str:
    return store.upsert([record], combine)[0].record_id


def join(store: StateStore, kept: str, absorbed: str) -> None:
    store.merges.join(kept, absorbed, choose, author="test", why="they are one")


def undo(store: StateStore, record_id: str) -> bool:
    return store.merges.undo(record_id, choose, author="test") is not None


class MergesContract:
    """The promises of merges; `store` is an empty store whose clock stands at START."""

    @pytest.fixture
    def two(self, store: StateStore, clock: Clock) -> tuple[str, str]:
        """A record from PubMed, and a day later one from a repository."""
        first = stored(store, paper(pmid(1), provenance=source("pubmed"), volume="4"))
        clock.move(days=1)
        return first, stored(store, paper(doi(2), provenance=source("ora"), abstract="About it."))

    def test_a_record_from_one_source_is_its_own_version(
        self, store: StateStore, two: tuple[str, str]
    ) -> None:
        [version] = store.merges.versions(two[0])
        assert (version.volume, version.pmid) == ("4", "1")
        assert store.merges.versions("unknown") == []

    def test_what_each_source_said_is_kept(self, store: StateStore) -> None:
        """Another source's version stands beside the first; its next word replaces its own."""
        record_id = stored(store, paper(doi(1), provenance=source("ora"), volume="4"))
        stored(store, paper(doi(1), provenance=source("pubmed"), volume="5"))
        stored(store, paper(doi(1), provenance=source("pubmed"), volume="6"))
        said = store.merges.versions(record_id)
        assert [(v.provenance[0].source, v.volume) for v in said] == [("ora", "4"), ("pubmed", "6")]

    def test_a_correction_with_the_articles_doi_stays_a_record_of_its_own(
        self, store: StateStore
    ) -> None:
        """However often either is read again."""
        article = paper(doi(1), pmid(1), title="Macrophages in glioma", provenance=source("p"))
        notice = paper(
            doi(1), pmid(2), title="Correction: Macrophages in glioma", provenance=source("p")
        )
        ids = [stored(store, each) for each in (article, notice, article, notice)]
        assert ids[:2] == ids[2:]
        assert ids[0] != ids[1]
        for number, record_id in enumerate(ids[:2], 1):
            found = store.get(record_id)
            assert found is not None
            assert found.pmid == str(number)
            assert found.warnings == ()

    def test_joined_records_are_one_under_either_id(
        self, store: StateStore, two: tuple[str, str]
    ) -> None:
        kept, absorbed = two
        join(store, kept, absorbed)
        one = store.get(kept)
        assert one is not None
        assert one == store.get(absorbed)
        assert store.get_many([absorbed, kept]) == [one]
        assert (one.id, one.first_seen, one.volume, one.abstract) == (kept, START, "4", "About it.")
        assert set(one.identifiers) == {pmid(1), doi(2)}
        assert [p.source for p in one.provenance] == ["pubmed", "ora"]
        assert store.find(doi(2)) == [one]
        assert store.newest(10) == [one]
        assert store.merges.survivor(absorbed) == kept
        assert store.merges.survivor("unknown") is None
        assert len(store.merges.versions(kept)) == 2
        assert store.check() == []

    def test_what_was_new_keeps_its_day(self, store: StateStore, two: tuple[str, str]) -> None:
        """The younger record may go on: the work was new when the older one came."""
        join(store, two[1], two[0])
        one = store.get(two[0])
        assert one is not None
        assert (one.id, one.first_seen) == (two[1], START)

    def test_a_reader_of_the_changes_hears_that_an_id_is_gone(
        self, store: StateStore, two: tuple[str, str]
    ) -> None:
        place = store.sequence()
        join(store, *two)
        changes = {change.record_id: change for change in store.changes_since(place)}
        assert (changes[two[0]].gone, changes[two[1]].gone) == (False, True)
        assert changes[two[1]].record == store.get(two[0])
        assert undo(store, two[0])
        again = store.changes_since(max(change.sequence for change in changes.values()))
        assert {(change.record_id, change.gone) for change in again} == {
            (two[0], False), (two[1], False)
        }  # fmt: skip

    def test_undo_gives_both_back_as_they_were(
        self, store: StateStore, two: tuple[str, str]
    ) -> None:
        before = [store.get(each) for each in two]
        join(store, *two)
        assert undo(store, two[1])
        assert [store.get(each) for each in two] == before
        assert [len(store.merges.versions(each)) for each in two] == [1, 1]
        assert store.merges.are_apart(two[1], two[0])
        assert not undo(store, two[0])
        assert store.check() == []

    def test_what_was_said_since_stays_with_the_one_it_was_said_of(
        self, store: StateStore, two: tuple[str, str]
    ) -> None:
        join(store, *two)
        stored(store, paper(doi(2), provenance=source("ora"), abstract="More about it."))
        stored(store, paper(pmid(1), provenance=source("crossref"), issue="9"))
        assert undo(store, two[0])
        first, second = (store.get(each) for each in two)
        assert first is not None
        assert second is not None
        assert (first.issue, first.volume, first.abstract) == ("9", "4", None)
        assert (second.abstract, second.issue, second.volume) == ("More about it.", None, None)
        assert first.identifiers == (pmid(1),)
        assert second.identifiers == (doi(2),)

    def test_a_notice_comes_along_and_goes_back(
        self, store: StateStore, two: tuple[str, str]
    ) -> None:
        """A retraction of one is known of both while they are one, and is not lost by either."""
        retraction = IntegrityNotice(kind=IntegrityKind.RETRACTION, source="crossref")
        was = store.get(two[1])
        assert was is not None
        store.upsert([was], lambda now, _: now.model_copy(update={"integrity": (retraction,)}))
        join(store, *two)
        one = store.get(two[0])
        assert one is not None
        assert one.is_retracted
        told = store.standing.changes_of_standing(0)
        assert [(each.record_id, each.known_as) for each in told] == [(two[0], two)] * 2
        concern = IntegrityNotice(kind=IntegrityKind.CONCERN, source="pubmed")
        store.upsert(
            [one], lambda now, _: now.model_copy(update={"integrity": (*now.integrity, concern)})
        )
        undo(store, two[0])
        first, second = (store.get(each) for each in two)
        assert first is not None
        assert second is not None
        assert (first.flags, second.flags) == (("concern",), ("retracted",))

    def test_merges_are_undone_last_first(self, store: StateStore, two: tuple[str, str]) -> None:
        third = stored(store, paper(doi(3), title="Third"))
        join(store, *two)
        join(store, third, two[0])
        assert {(r and r.id) for r in map(store.get, (*two, third))} == {third}
        undo(store, two[1])
        assert [(r and r.id) for r in map(store.get, (*two, third))] == [two[0], two[0], third]
        undo(store, two[1])
        assert [(r and r.id) for r in map(store.get, (*two, third))] == [*two, third]
        assert store.check() == []

    def test_an_earlier_merge_of_several_can_be_undone(
        self, store: StateStore, two: tuple[str, str]
    ) -> None:
        third = stored(store, paper(doi(3), title="Third", provenance=source("datacite")))
        join(store, *two)
        join(store, two[0], third)
        undo(store, two[1])
        assert [(r and r.id) for r in map(store.get, (*two, third))] == [*two, two[0]]
        one = store.get(two[0])
        assert one is not None
        assert set(one.identifiers) == {pmid(1), doi(3)}

    def test_history_says_what_was_done(self, store: StateStore, two: tuple[str, str]) -> None:
        assert store.merges.history() == []
        join(store, *two)
        [merge] = store.merges.history(two[1])
        assert (merge.kept, merge.absorbed, merge.author, merge.why) == (
            *two, "test", "they are one"
        )  # fmt: skip
        assert merge.undone is None
        undo(store, two[0])
        [merge] = store.merges.history()
        assert merge.undone is not None

    def test_joining_what_is_not_held_changes_nothing(
        self, store: StateStore, two: tuple[str, str]
    ) -> None:
        place = store.sequence()
        for pair in ((two[0], "unknown"), ("unknown", two[0]), (two[0], two[0])):
            with pytest.raises(UnknownRecord):
                join(store, *pair)
        assert store.sequence() == place

    def test_somebody_may_say_that_two_are_two(
        self, store: StateStore, two: tuple[str, str]
    ) -> None:
        assert not store.merges.are_apart(*two)
        store.merges.keep_apart(*two, author="test")
        store.merges.keep_apart(*two, author="test")
        assert store.merges.are_apart(*reversed(two))
        join(store, *two)  # who joins them says otherwise
        assert not store.merges.are_apart(*two)

    def test_relatives_are_found_from_either_side(self, store: StateStore) -> None:
        """By a shared identifier, and by a declared version, whichever record declares it."""
        declared = Relation(kind=RelationKind.HAS_PREPRINT, identifier=PREPRINT)
        comment = Relation(kind=RelationKind.COMMENT_ON, identifier=PREPRINT)
        article = stored(store, paper(doi(1), relations=(declared,)))
        preprint = stored(store, paper(PREPRINT, title="Before"))
        stored(store, paper(doi(9), title="A comment", relations=(comment,)))
        for one, other in ((article, preprint), (preprint, article)):
            record = store.get(one)
            assert record is not None
            assert store.merges.relatives(record) == [other]
        assert store.merges.relatives(paper(PREPRINT)) == [preprint, article]
        assert store.merges.carriers(PREPRINT) == [preprint]

    def test_namesakes_are_the_other_records_of_one_title(self, store: StateStore) -> None:
        ids = [stored(store, paper(doi(n), title="TUMOUR-associated cells")) for n in range(3)]
        same = paper(doi(0), title="Tumor‐associated cells", id=ids[0])
        assert store.merges.namesakes(same, 10) == sorted(ids[1:])
        assert len(store.merges.namesakes(same, 1)) == 1

    def test_a_published_preprint_is_told_of_under_its_own_id(self, store: StateStore) -> None:
        preprint = stored(store, paper(PREPRINT, provenance=source("biorxiv")))
        article = stored(store, paper(doi(1), provenance=source("crossref"), volume="4"))
        join(store, preprint, article)
        one = store.get(preprint)
        assert one is not None
        assert one.doi == "10.1000/1"
        assert Relation(kind=RelationKind.HAS_PREPRINT, identifier=PREPRINT) in one.relations
        [told] = store.standing.changes_of_standing(0)
        assert (told.kind, told.record_id, told.notice) == ("published", preprint, "10.1000/1")

    def test_a_posted_preprint_is_told_of_when_its_article_goes_on(self, store: StateStore) -> None:
        article = stored(store, paper(doi(1), provenance=source("crossref")))
        preprint = stored(store, paper(PREPRINT, provenance=source("biorxiv")))
        join(store, article, preprint)
        [told] = store.standing.changes_of_standing(0)
        assert (told.kind, told.record_id) == ("published", article)
        assert preprint in told.known_as
