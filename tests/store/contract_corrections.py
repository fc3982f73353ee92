"""What every `CorrectionStore` promises; joins a store's tests as `StateStoreContract` does."""

from datetime import timedelta

from tests.combining import choose, combine

from bot.records.models import ConceptTag
from bot.store import StateStore
from bot.store.corrections import Correcting
from bot.store.overlay import BY_HAND, Overlay, seen

from .examples import START, doi, paper, pmid


def about(record_id: str = "w1", workspace: str = "E1/T1", **said: object) -> Correcting:
    return Correcting(workspace, record_id, "U1", **said)


class CorrectionContract:
    """The promises; `store` is an empty store."""

    def test_a_correction_comes_back_with_who_and_when(self, store: StateStore) -> None:
        asked = about(wrong=("car-t",), missing=("hypoxia", "review"), comment="Read it; no.")
        kept = store.corrections.add(asked, START)
        assert [(c.concept, c.wrong) for c in kept] == [
            ("car-t", True), ("hypoxia", False), ("review", False)
        ]  # fmt: skip
        assert {(c.user, c.at, c.comment, c.undone_at) for c in kept} == {
            ("U1", START, "Read it; no.", None)
        }
        assert store.corrections.applying("E1/T1") == list(reversed(kept))
        assert store.corrections.all() == list(reversed(kept))

    def test_one_workspace_never_sees_anothers(self, store: StateStore) -> None:
        (kept,) = store.corrections.add(about(wrong=("car-t",)), START)
        assert store.corrections.applying("E1/T2") == []
        assert store.corrections.all("E1/T2") == []
        assert not store.corrections.undo(kept.id, "E1/T2", "U9", START)
        assert store.corrections.applying("E1/T1") == [kept]

    def test_the_latest_word_on_a_tag_counts(self, store: StateStore) -> None:
        later = START + timedelta(hours=1)
        (first,) = store.corrections.add(about(wrong=("car-t",)), START)
        (second,) = store.corrections.add(about(missing=("car-t",)), later)
        (other,) = store.corrections.add(about("w2", wrong=("car-t",)), later)
        assert store.corrections.applying("E1/T1", "w1") == [second]
        assert store.corrections.applying("E1/T1") == [other, second]
        ended = store.corrections.all("E1/T1", ended=True)[-1]
        assert (ended.id, ended.undone_by, ended.undone_at) == (first.id, "U1", later)

    def test_a_correction_is_undone_once(self, store: StateStore) -> None:
        (kept,) = store.corrections.add(about(wrong=("car-t",)), START)
        assert store.corrections.undo(kept.id, None, "admin", START)
        assert not store.corrections.undo(kept.id, None, "admin", START)
        assert not store.corrections.undo(999, None, "admin", START)
        assert store.corrections.applying("E1/T1") == []
        (ended,) = store.corrections.all(ended=True)
        assert ended.undone_by == "admin"

    def test_records_are_read_as_the_workspace_sees_them(self, store: StateStore) -> None:
        tags = (
            ConceptTag(concept="car-t", field="title", words="CAR-T"),
            ConceptTag(concept="review", field="title", words="review"),
        )
        (done,) = store.upsert([paper(doi(1), concepts=tags)], combine)
        shared = store.get(done.record_id)
        assert shared is not None
        asked = about(done.record_id, wrong=("car-t",), missing=("glioma", "review"))
        with seen(Overlay.of(store.corrections.add(asked, START))):
            record = store.get(done.record_id)
            assert record is not None
            assert [(tag.concept, tag.field) for tag in record.concepts] == [
                ("review", "title"), ("glioma", BY_HAND)
            ]  # fmt: skip
            assert store.newest(1) == store.get_many([record.id]) == [record]
            assert store.find(doi(1)) == [record]
            # What the index and a harvest go by is the shared record.
            assert store.changes_since(0)[0].record == shared
        assert store.get(done.record_id) == shared

    def test_a_correction_goes_with_its_record_into_a_merge(self, store: StateStore) -> None:
        kept, gone = (d.record_id for d in store.upsert([paper(doi(1)), paper(pmid(2))], combine))
        store.corrections.add(about(gone, missing=("car-t", "review")), START)
        store.corrections.add(about(kept, wrong=("review",)), START + timedelta(days=1))
        store.merges.join(kept, gone, choose, author="test", why="they are one")
        applying = store.corrections.applying("E1/T1", kept)
        assert [(c.concept, c.wrong) for c in applying] == [
            ("review", True), ("review", False), ("car-t", False)
        ]  # fmt: skip
        changed = Overlay.of(applying).records[kept]
        assert (changed.lost, changed.gained) == ({"review"}, {"car-t"})
        store.merges.undo(kept, choose, author="test")
        assert len(store.corrections.applying("E1/T1", gone)) == 2
