"""What every `StandingStore` promises; joins a store's tests as `StateStoreContract` does."""

from datetime import timedelta

import pytest

from bot.merging.merge import combine
from bot.records.dates import PartialDate
from bot.records.models import IntegrityKind, IntegrityNotice, Record, Relation, RelationKind
from bot.store import StateStore
from bot.store.standing import HappeningKind, NoticeList

from .examples import START, Clock, doi, paper, pmid, source


def notice(kind: str, named: str | None = None, date: str | None = None) -> IntegrityNotice:
    return IntegrityNotice(
        kind=IntegrityKind(kind),
        notice=named,
        date=PartialDate.parse(date) if date else None,
        source="pubmed",
    )


def add(store: StateStore, record_id: str, *notices: IntegrityNotice) -> None:
    stored = store.get(record_id)
    assert stored is not None

    def with_notices(now: Record, _: Record) -> Record:
        return now.model_copy(update={"integrity": (*now.integrity, *notices)})

    store.upsert([stored], with_notices)


def kinds(store: StateStore, since: int = 0) -> list[str]:
    return [str(each.kind) for each in store.standing.changes_of_standing(since)]


class StandingContract:
    """The promises of standing; `store` is an empty store whose clock stands at START."""

    @pytest.fixture
    def stored(self, store: StateStore) -> str:
        return store.upsert([paper(doi(1))], combine)[0].record_id

    def test_nothing_has_happened_in_a_new_store(self, store: StateStore) -> None:
        assert store.standing.changes_of_standing(0) == []
        assert store.standing.last_happening() == 0

    def test_a_retraction_that_becomes_known_happens_once(
        self, store: StateStore, stored: str, clock: Clock
    ) -> None:
        clock.move(days=2)
        add(store, stored, notice("retraction", "10.1000/notice"))
        add(store, stored, notice("retraction", "123"))
        [told] = store.standing.changes_of_standing(0)
        assert (told.record_id, told.kind, told.notice) == (stored, "retracted", "10.1000/notice")
        assert (told.at, told.source) == (START + timedelta(days=2), "pubmed")
        assert told.known_as == (stored,)
        assert store.standing.changes_of_standing(told.sequence) == []
        assert store.standing.last_happening() == told.sequence

    def test_a_record_that_comes_in_retracted_has_no_happening(self, store: StateStore) -> None:
        store.upsert([paper(doi(1), integrity=(notice("retraction"),))], combine)
        assert kinds(store) == []

    def test_each_kind_has_its_own_happening(self, store: StateStore, stored: str) -> None:
        for kind in ("correction", "expression-of-concern", "withdrawal", "checked"):
            add(store, stored, notice(kind))
        assert kinds(store) == ["corrected", "concern", "withdrawn"]

    def test_one_correction_from_two_sources_happens_once(
        self, store: StateStore, stored: str
    ) -> None:
        """One names it by DOI and the other by PMID; a second correction is told again."""
        add(store, stored, notice("correction", "10.1000/c1", "2024-01-10"))
        add(store, stored, notice("correction", "345", "2024-02"))
        assert kinds(store) == ["corrected"]
        add(store, stored, notice("correction", "10.1000/c2", "2024-02"))
        add(store, stored, notice("correction", "678", "2025-06"))
        assert kinds(store) == ["corrected"] * 3
        add(store, stored, notice("correction", "679", "2024-03"))  # the PMID of c2
        assert len(kinds(store)) == 3

    def test_a_preprint_that_gains_its_published_version_is_published(
        self, store: StateStore
    ) -> None:
        preprint = paper(doi("x").model_copy(update={"value": "10.1101/2024.01.02.573912"}))
        record_id = store.upsert([preprint], combine)[0].record_id
        both = preprint.model_copy(
            update={
                "identifiers": (doi(5), *preprint.identifiers),
                "provenance": source("crossref"),
            }
        )
        store.upsert([both], combine)
        [told] = store.standing.changes_of_standing(0)
        assert (told.record_id, told.kind) == (record_id, HappeningKind.PUBLISHED)
        assert (told.notice, told.source) == ("10.1000/5", "crossref")

    def test_a_preprint_whose_article_becomes_known_is_published_once(
        self, store: StateStore
    ) -> None:
        """The article need not be held; when it comes in later, nothing new has happened."""
        number = doi("x").model_copy(update={"value": "10.1101/2024.01.02.573912"})
        record_id = store.upsert([paper(number)], combine)[0].record_id
        declared = Relation(kind=RelationKind.PREPRINT_OF, identifier=doi(5), source="crossref")
        for update in ({"relations": (declared,)}, {"identifiers": (doi(5), number)}):
            stored = store.get(record_id)
            assert stored is not None
            store.upsert([stored.model_copy(update=update)], lambda _, incoming: incoming)
        [told] = store.standing.changes_of_standing(0)
        assert (told.kind, told.notice, told.source) == ("published", "10.1000/5", "crossref")

    def test_what_is_used_is_due_sooner(self, store: StateStore) -> None:
        ids = [store.upsert([paper(doi(n))], combine)[0].record_id for n in range(2)]
        store.standing.mark_checked(ids, START)
        store.standing.mark_used(ids[:1], START)
        later = START + timedelta(days=8)
        assert store.standing.due_for_check(START, 10, used_before=later) == ids[:1]
        assert store.standing.due_for_check(later, 10, used_before=START) == ids[1:]

    def test_used_records_are_due_first_and_then_the_longest_unasked(
        self, store: StateStore
    ) -> None:
        ids = [store.upsert([paper(doi(n))], combine)[0].record_id for n in range(4)]
        store.standing.mark_checked(ids[:2], START)
        store.standing.mark_checked(ids[:1], START + timedelta(days=1))
        store.standing.mark_checked(ids[:1], START)  # an older answer does not undo a newer
        store.standing.mark_used([ids[0], "unknown"], START)
        later = START + timedelta(days=30)
        assert store.standing.due_for_check(later, 10) == [
            ids[0], *sorted(ids[2:]), ids[1]
        ]  # fmt: skip
        assert store.standing.due_for_check(later, 1) == [ids[0]]
        assert set(store.standing.due_for_check(START, 10)) == set(ids[2:])

    def test_an_imported_list_answers_for_works_held_or_not(self, store: StateStore) -> None:
        retraction, concern = notice("retraction", "10.1000/n"), notice("expression-of-concern")
        entries = [
            (doi(1), retraction),
            (pmid(1), retraction),
            (doi(2), concern),
            (doi(2), concern),
        ]
        assert store.standing.replace_notices("watch", entries, START) == 3
        assert store.standing.listed_notices([doi(1), pmid(1)]) == [retraction]
        assert store.standing.listed_notices([doi(2)]) == [concern]
        assert store.standing.listed_notices([doi(3)]) == []
        assert store.standing.notice_lists() == [NoticeList("watch", START, 3)]

    def test_an_imported_list_takes_the_place_of_the_one_before(self, store: StateStore) -> None:
        store.upsert([paper(doi(1))], combine)
        store.standing.replace_notices("watch", [(doi(1), notice("retraction"))], START)
        store.standing.replace_notices("other", [(doi(1), notice("correction"))], START)
        assert store.standing.listed_works("watch") == [doi(1)]
        store.standing.replace_notices("watch", [(doi(2), notice("retraction"))], START)
        assert store.standing.listed_works("watch") == []
        assert store.standing.listed_notices([doi(1)]) == [notice("correction")]
