"""What every `StateStore` promises.

An implementation joins with a class that inherits `StateStoreContract` and gives it one fixture,
`store_factory`: called with a `name` and a clock `now`, it opens the store of that name, made if
it is new, and closes it after the test.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import StoreError
from bot.merging.merge import combine
from bot.records.identity import new_id
from bot.records.models import Identifier, Provenance, Record, Scheme
from bot.store import Conversation, StateStore
from bot.store.overlay import Overlay, seen
from bot.text.folding import fold

from .examples import START, Clock, doi, full_paper, local, paper, pmid, source, took


class StoreFactory(Protocol):
    """Opens the store of this name."""

    def __call__(self, name: str = "tme", *, now: Callable[[], datetime] = ...) -> StateStore: ...


SAID = Conversation("macrophage csf1r", 5, ("w1", "w2"), 40)
OPENED = Conversation("macrophage csf1r", 5, ("w1", "w2"), 40, opened="w2")
WEEK = timedelta(days=7)
_names = count()


def outcomes(store: StateStore, *records: Record) -> list[str]:
    return [done.outcome for done in store.upsert(records, combine)]


def replace(_: Record, incoming: Record) -> Record:
    return incoming


def one_id(store: StateStore, record: Record) -> str:
    return store.upsert([record], combine)[0].record_id


class StateStoreContract:
    """The promises; `store` is an empty store whose clock stands at START."""

    @pytest.fixture
    def clock(self) -> Clock:
        return Clock()

    @pytest.fixture
    def store(self, store_factory: StoreFactory, clock: Clock) -> StateStore:
        return store_factory(now=clock)

    # Writing and reading back

    def test_new_store_is_empty(self, store: StateStore) -> None:
        assert store.sequence() == 0
        assert store.changes_since(0) == []
        assert store.newest(10) == []
        assert store.get("w000000000000") is None
        assert store.check() == []

    def test_record_comes_back_as_it_went_in(self, store: StateStore) -> None:
        record = full_paper()
        record_id = one_id(store, record)
        assert record_id == new_id(record)
        expected = record.model_copy(update={"id": record_id, "first_seen": START})
        assert store.get(record_id) == expected
        assert store.check() == []

    def test_first_seen_is_the_clock_in_utc(self, store_factory: StoreFactory) -> None:
        there = timezone(timedelta(hours=5))
        store = store_factory(now=lambda: datetime(2026, 1, 15, 17, 0, 0, 999, tzinfo=there))
        record = store.get(one_id(store, paper(doi(1), first_seen="2001-01-01")))
        assert record is not None
        assert record.first_seen == START
        assert record.first_seen.tzinfo is UTC

    def test_what_one_writes_another_reads(self, store_factory: StoreFactory) -> None:
        """A store opened again, or by another part of the program, holds the same."""
        first, second = store_factory(), store_factory()
        record_id = one_id(first, paper(doi(1)))
        assert second.get(record_id) == first.get(record_id) is not None
        assert second.generation() == first.generation()

    def test_generation_is_each_stores_own(self, store_factory: StoreFactory) -> None:
        assert store_factory("one").generation() != store_factory("two").generation()

    def test_get_many_keeps_the_order_asked(self, store: StateStore) -> None:
        a, b, c = (done.record_id for done in store.upsert(map(paper, map(doi, "abc")), combine))
        found = store.get_many([c, "unknown", a, "\ud800", b])
        assert [record.id for record in found] == [c, a, b]
        assert store.get_many([]) == []

    # Which stored record an incoming one is

    def test_same_content_is_unchanged(self, store: StateStore, clock: Clock) -> None:
        """Reading a source again writes nothing, although the time of reading is another."""
        assert outcomes(store, full_paper()) == ["new"]
        stored, sequence = store.newest(1), store.sequence()
        clock.move(days=3)
        again = full_paper().model_copy(update={"provenance": source(at=clock())})
        assert outcomes(store, again) == ["unchanged"]
        assert store.sequence() == sequence
        assert store.newest(1) == stored

    def test_same_source_corrects_itself(self, store: StateStore, clock: Clock) -> None:
        record_id = one_id(store, paper(doi(1), volume="4"))
        clock.move(days=1)
        assert outcomes(store, paper(doi(1), volume="5")) == ["changed"]
        record = store.get(record_id)
        assert record is not None
        assert (record.volume, record.first_seen) == ("5", START)

    def test_other_source_merges(self, store: StateStore) -> None:
        """Another source joins by a shared identifier; no identifier, no provenance is lost."""
        record_id = one_id(store, paper(doi(1), provenance=source("ora")))
        other = paper(doi(1), pmid(7), provenance=source("pubmed"), volume="5")
        assert outcomes(store, other, other) == ["merged", "unchanged"]
        record = store.get(record_id)
        assert record is not None
        assert record.identifiers == (doi(1), pmid(7))
        assert [entry.source for entry in record.provenance] == ["ora", "pubmed"]
        assert store.find(pmid(7)) == [record]

    def test_records_of_one_batch_find_each_other(self, store: StateStore) -> None:
        batch = (paper(doi(1)), paper(doi(1), pmid(2)), paper(pmid(2), volume="9"))
        assert outcomes(store, *batch) == ["new", "changed", "changed"]
        assert len(store.newest(10)) == 1
        assert len(store.changes_since(0)) == 1

    def test_invalid_identifier_names_no_work(self, store: StateStore) -> None:
        wrong = Identifier(scheme=Scheme.DOI, value="10.1000/x", valid=False)
        assert outcomes(store, paper(wrong, title="One"), paper(wrong, title="Two")) == 2 * ["new"]
        assert len(store.find(wrong)) == 2

    def test_shared_orcid_or_journal_is_not_one_work(self, store: StateStore) -> None:
        record = full_paper()
        other = record.model_copy(update={"identifiers": (doi("other"),), "title": "Another"})
        assert outcomes(store, record, other) == ["new", "new"]

    def test_without_identifiers_the_content_key_decides(self, store: StateStore) -> None:
        assert outcomes(store, paper(local("a")), paper(local("a"), volume="1")) == [
            "new",
            "changed",
        ]
        assert outcomes(store, paper(local("b")), paper(local("a"), title="Reply")) == 2 * ["new"]

    def test_work_that_gains_its_doi_stays_itself(self, store: StateStore) -> None:
        """A reference list imported again with DOIs added makes no second record, and back."""
        record_id = one_id(store, paper(local("smith2020")))
        assert one_id(store, paper(local("smith2020"), doi(1))) == record_id
        assert one_id(store, paper(local("smith2020"))) == record_id
        assert [r.id for r in store.find(doi(1))] == [record_id]

    def test_two_dois_are_two_works_whatever_the_title(self, store: StateStore) -> None:
        """Papers called "Reply" with their own DOIs stay apart, and a bare "Reply" is neither."""
        assert outcomes(store, paper(doi(1)), paper(doi(2)), paper()) == 3 * ["new"]

    def test_records_own_id_comes_first(self, store: StateStore) -> None:
        """What was read from the store is written back to the same record."""
        one_id(store, paper(doi(1)))
        second = one_id(store, paper(doi(2)))
        stored = store.get(second)
        assert stored is not None
        changed = stored.model_copy(update={"identifiers": (doi(1), doi(2)), "volume": "3"})
        assert one_id(store, changed) == second

    def test_two_held_records_that_turn_out_one(self, store: StateStore) -> None:
        """The first takes what came in and says so; the second is left alone; nothing is lost."""
        first = one_id(store, paper(pmid(1), title="One"))
        second = one_id(store, paper(doi(2), title="Two"))
        left_alone = store.get(first)
        both = paper(pmid(1), doi(2), title="Both", provenance=source("crossref"))
        assert store.upsert([both], combine)[0].record_id == second  # a DOI tells more than a PMID
        written = store.get(second)
        assert written is not None
        assert written.warnings == (f"also_matches:{first}",)
        assert store.get(first) == left_alone
        assert {r.id for r in store.find(pmid(1))} == {first, second}
        assert outcomes(store, both) == ["unchanged"]
        assert store.check() == []

    def test_id_of_another_work_is_made_longer(self, store: StateStore) -> None:
        """A work never takes the id of another, even when their first keys were the same."""
        first = one_id(store, paper())
        for record in (paper(doi(1)), paper(doi(1), title="Retitled")):
            assert one_id(store, record) == first
        second = one_id(store, paper())
        assert second != first
        assert second.startswith(new_id(paper()))
        assert len(store.get_many([first, second])) == 2

    def test_store_keeps_its_own_id_and_first_seen(self, store: StateStore, clock: Clock) -> None:
        """A combination that touches them changes nothing of them."""
        record_id = one_id(store, paper(doi(1)))
        clock.move(days=1)
        done = store.upsert([paper(doi(1), volume="2")], replace)
        assert [(d.record_id, d.outcome) for d in done] == [(record_id, "changed")]
        record = store.get(record_id)
        assert record is not None
        assert (record.id, record.first_seen, record.volume) == (record_id, START, "2")

    def test_identifier_given_twice_is_no_error(self, store: StateStore) -> None:
        odd = Identifier(scheme=Scheme.LOCAL, value="a\x00'; DROP TABLE records; --")
        record_id = one_id(store, paper(doi(1), doi(1), odd, odd))
        assert [record.id for record in store.find(odd)] == [record_id]

    def test_batch_that_fails_leaves_nothing(self, store: StateStore) -> None:
        def fail(stored: Record, incoming: Record) -> Record:
            raise RuntimeError("cannot combine")

        one_id(store, paper(doi(1)))
        sequence = store.sequence()
        with pytest.raises(RuntimeError, match="cannot combine"):
            store.upsert([paper(doi(2)), paper(doi(1), volume="2")], fail)
        assert store.find(doi(2)) == []
        assert store.sequence() == sequence
        assert outcomes(store, paper(doi(2))) == ["new"]

    def test_what_is_stored_as_it_is_said_is_not_combined(self, store: StateStore) -> None:
        def fail(stored: Record, incoming: Record) -> Record:
            raise RuntimeError("cannot combine")

        one_id(store, paper(doi(1)))
        assert [d.outcome for d in store.upsert([paper(doi(1))], fail)] == ["unchanged"]

    def test_combination_may_read_the_store(self, store: StateStore) -> None:
        one_id(store, paper(doi(1)))
        store.upsert([paper(doi(1))], lambda stored, incoming: store.get(stored.id) or incoming)

    # Finding

    def test_find_covers_own_contributors_and_journal(self, store: StateStore) -> None:
        record_id = one_id(store, full_paper())
        for scheme, value in (
            (Scheme.DOI, "10.1000/full"),
            (Scheme.ORCID, "0000-0002-1050-2771"),
            (Scheme.ISSN, "2768-0622"),
            (Scheme.ISSN, "2768-0623"),
        ):
            found = store.find(Identifier(scheme=scheme, value=value))
            assert [record.id for record in found] == [record_id]
        assert store.find(Identifier(scheme=Scheme.PMID, value="2768-0622")) == []

    def test_find_gives_latest_published_first(self, store: StateStore) -> None:
        orcid = Identifier(scheme=Scheme.ORCID, value="0000-0002-1050-2771")
        dates = {"a": "2024", "b": "2025-03", "c": None, "d": "2025"}
        store.upsert([paper(doi(k), orcid, published=v) for k, v in dates.items()], combine)
        found = [record.doi for record in store.find(orcid)]
        assert found == ["10.1000/b", "10.1000/d", "10.1000/a", "10.1000/c"]
        assert len(store.find(orcid, limit=2)) == 2

    def test_identifier_no_longer_given_is_not_found(self, store: StateStore) -> None:
        record_id = one_id(store, full_paper())
        unnamed = full_paper().model_copy(update={"contributors": ()})
        store.upsert([unnamed], replace)
        assert store.find(Identifier(scheme=Scheme.ORCID, value="0000-0002-1050-2771")) == []
        assert [record.id for record in store.find(doi("full"))] == [record_id]

    def test_find_title_compares_folded(self, store: StateStore) -> None:
        record_id = one_id(store, paper(doi(1), title="Tumour‐associated Macrophages: A review"))
        store.upsert([paper(doi(2), title="Tumor-associated macrophages: a review II")], combine)
        found = store.find_title(fold("tumor-associated macrophages — a review"))
        assert [record.id for record in found] == [record_id]

    def test_each_record_is_given_once_whatever_is_written_meanwhile(
        self, store: StateStore
    ) -> None:
        store.upsert([paper(doi(n), title=f"Work number {n}") for n in range(5)], combine)
        given: list[str] = []
        for record in store.each(2):
            given.append(record.id)
            store.upsert([paper(doi(len(given) - 1), title=f"Changed {len(given)}")], combine)
        assert sorted(set(given)) == given
        assert len(given) == 5

    def test_newest_is_by_first_seen(self, store: StateStore, clock: Clock) -> None:
        for number, published in ((1, "2026"), (2, "2019"), (3, "2020")):
            store.upsert([paper(doi(number), published=published)], combine)
            clock.move(hours=1 if number == 1 else 0)
        store.upsert([paper(doi(1), volume="9")], combine)  # a change does not make it new
        newest = [record.doi for record in store.newest(10)]
        assert newest == ["10.1000/3", "10.1000/2", "10.1000/1"]
        assert [record.doi for record in store.newest(1, offset=1)] == newest[1:2]

    # The change sequence

    def test_changes_come_in_order_and_in_pages(self, store: StateStore) -> None:
        store.upsert([paper(doi(n)) for n in range(5)], combine)
        store.upsert([paper(doi(0), volume="2")], combine)
        pages: list[list[str | None]] = []
        place = 0
        while page := store.changes_since(place, limit=2):
            pages += [[change.record.doi for change in page]]
            place = page[-1].sequence
        numbers = [[1, 2], [3, 4], [0]]
        assert pages == [[f"10.1000/{n}" for n in page] for page in numbers]
        assert place == store.sequence() == 6

    # A pool of PostgreSQL's connections draws numbers of its own while the test is drawing.
    @pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(data=st.data())
    def test_following_the_changes_gives_the_store(
        self, store_factory: StoreFactory, data: st.DataObject
    ) -> None:
        """Whatever is written, in whatever batches, a reader of the changes ends with the same."""
        identifiers = st.sampled_from([doi(1), doi(2), pmid(1), pmid(2), local("a")])
        records = st.builds(
            lambda stored, title, volume, name: paper(
                *stored, title=title, volume=volume, provenance=source(name)
            ),
            st.lists(identifiers, max_size=3),
            st.sampled_from(["One", "Two"]),
            st.sampled_from([None, "1", "2"]),
            st.sampled_from(["ora", "pubmed"]),
        )
        store = store_factory(f"followed-{next(_names)}")
        followed: dict[str, Record] = {}
        place, used = 0, set[int]()
        for batch in data.draw(st.lists(st.lists(records, max_size=4), max_size=6)):
            before = place
            done = store.upsert(batch, combine)
            for change in store.changes_since(place):
                assert change.sequence not in used
                used.add(change.sequence)
                followed[change.record_id] = change.record
                place = change.sequence
            assert (place == before) is all(d.outcome == "unchanged" for d in done)
            assert place == store.sequence()
            assert {d.record_id for d in done} <= followed.keys()
        assert followed == {r.id: r for r in store.newest(1000)}
        assert all(store.get(record_id) == record for record_id, record in followed.items())
        assert store.check() == []
        store.close()

    # Status

    def test_status_counts(self, store: StateStore, clock: Clock) -> None:
        later = START + timedelta(days=2)
        store.upsert([paper(doi(1), abstract="Text.", provenance=source("ora"))], combine)
        clock.move(days=1)
        store.upsert(
            [
                paper(doi(1), provenance=source("pubmed", later)),
                paper(pmid(2), provenance=source("pubmed")),
                paper(pmid(3), provenance=source("by hand", None)),
                paper(pmid(4), provenance=()),
            ],
            combine,
        )
        status = store.status()
        assert (status.records, status.with_abstract, status.with_doi) == (4, 1, 1)
        assert status.sequence == store.sequence() == 5
        assert status.newest == clock()
        assert status.sources == (("by hand", 1, None), ("ora", 1, START), ("pubmed", 2, later))

    def test_status_counts_what_is_seen(self, store: StateStore) -> None:
        """A workspace's own files count for it and for who runs the bot, not for another."""

        def brought(number: int, workspace: str | None) -> tuple[Provenance, ...]:
            at = START + timedelta(days=number)
            return (Provenance(source="ris", at=at, file="a.ris", imported=number,
                               workspace=workspace),)  # fmt: skip

        for number, workspace in enumerate(("T1", "T2", None), start=1):
            begun = store.imports.begin("a.ris", "U1", workspace)
            assert begun == number
        store.upsert(
            [
                paper(doi(1), title="Theirs alone", abstract="Text.", provenance=brought(1, "T1")),
                paper(doi(2), title="Ours alone", provenance=brought(2, "T2")),
                paper(doi(3), title="Everybody's file", provenance=brought(3, None)),
                paper(doi(4), title="A service's", abstract="Text.", provenance=source("pubmed")),
                paper(doi(5), title="With their file", provenance=source("pubmed")),
            ],
            combine,
        )
        store.upsert([paper(doi(5), title="With their file", provenance=brought(1, "T1"))], combine)
        store.lookups.note("pubmed", {doi(1): True, doi(4): True, doi(9): False}, START, 1)
        found = {}
        for name, closed in (("T1", ("T2",)), ("T2", ("T1",)), ("none", ("T1", "T2")), ("all", ())):
            with seen(Overlay(closed=closed)):
                status, [looked] = store.status(), store.lookups.counts()
            files = {source: n for source, n, _ in status.sources}.get("file", 0)
            found[name] = (status.records, status.with_abstract, files, looked.works, looked.known)
        assert found == {
            "T1": (4, 2, 2, 3, 2), "T2": (4, 1, 2, 2, 1), "none": (3, 1, 1, 2, 1),
            "all": (5, 2, 3, 3, 2),
        }  # fmt: skip

    def test_status_of_an_empty_store(self, store: StateStore) -> None:
        status = store.status()
        assert (status.records, status.sequence, status.sources) == (0, 0, ())
        assert status.newest is None

    # Events and conversations

    def test_request_is_taken_once(self, store_factory: StoreFactory) -> None:
        """Slack's retry of an event is known as one, in its own workspace, after a restart too."""
        store = store_factory()
        assert took(store, "T1", "Ev1", START)
        assert not took(store, "T1", "Ev1", START + timedelta(minutes=5))
        assert took(store, "T2", "Ev1", START)
        assert not took(store_factory(), "T1", "Ev1", START)

    def test_thread_is_remembered(self, store: StateStore) -> None:
        store.conversations.remember("T1", "C1", "1.5", SAID, START)
        assert store.conversations.recall("T1", "C1", "1.5", START) == SAID
        store.conversations.remember("T1", "C1", "1.5", OPENED, START)
        assert store.conversations.recall("T1", "C1", "1.5", START) == OPENED
        later = Conversation("again ‘quoted’", 0, (), 0)
        store.conversations.remember("T1", "C1", "1.5", later, START)
        assert store.conversations.recall("T1", "C1", "1.5", START) == later
        for place in (("T2", "C1", "1.5"), ("T1", "C2", "1.5"), ("T1", "C1", "1.6")):
            assert store.conversations.recall(*place, START) is None

    def test_thread_is_forgotten_after_a_week(self, store: StateStore) -> None:
        store.conversations.remember("T1", "C1", "1.5", SAID, START)
        assert store.conversations.recall("T1", "C1", "1.5", START + WEEK) == SAID
        assert (
            store.conversations.recall("T1", "C1", "1.5", START + WEEK + timedelta(seconds=1))
            is None
        )

    def test_forget_old_deletes_what_is_past_its_time(self, store: StateStore) -> None:
        store.conversations.remember("T1", "C1", "old", SAID, START)
        took(store, "T1", "old", START)
        store.conversations.remember("T1", "C1", "young", SAID, START + timedelta(days=3))
        took(store, "T1", "young", START + timedelta(days=3))
        now = START + timedelta(days=8)
        assert store.forget_old(now) == 2
        assert store.forget_old(now) == 0
        assert store.conversations.recall("T1", "C1", "young", now) == SAID
        assert not took(store, "T1", "young", now)
        assert took(store, "T1", "old", now)

    def test_text_that_no_encoding_holds_is_a_store_error(self, store: StateStore) -> None:
        with pytest.raises(StoreError):
            store.conversations.remember(
                "T1", "C1", "1", Conversation("half \ud83d", 0, (), 0), START
            )
        assert store.conversations.recall("T1", "C1", "1", START) is None

    # Threads

    def test_threads_write_and_read_at_once(self, store: StateStore) -> None:
        """Ten threads lose nothing, see no half batch, and each change has its own number."""
        start = threading.Barrier(10)

        def work(number: int) -> None:
            start.wait()
            for batch in range(5):
                pair = [paper(doi(f"{number}-{batch}-{half}")) for half in "ab"]
                store.upsert([*pair, paper(doi("shared"), pmid(number))], combine)
                found = [len(store.find(record.identifiers[0])) for record in pair]
                assert found == [1, 1]
                assert len(store.changes_since(0)) % 2 == 1

        with ThreadPoolExecutor(10) as pool:
            list(pool.map(work, range(10)))
        changes = store.changes_since(0)
        assert len(changes) == len({change.sequence for change in changes}) == 101
        shared = store.find(doi("shared"))
        assert len(shared) == 1
        assert {pmid(n) for n in range(10)} <= set(shared[0].identifiers)
        assert store.check() == []

    def test_request_is_taken_by_one_thread(self, store: StateStore) -> None:
        start = threading.Barrier(8)

        def claim(_: int) -> bool:
            start.wait()
            return took(store, "T1", "Ev1", START)

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(claim, range(8))) == 1

    def test_closed_store_says_so(self, store: StateStore) -> None:
        one_id(store, paper(doi(1)))
        store.close()
        store.close()
        with pytest.raises(StoreError):
            store.sequence()
        with ThreadPoolExecutor(1) as pool, pytest.raises(StoreError, match="closed"):
            pool.submit(store.sequence).result()
