"""The index in OpenSearch over real nodes: versions, repeated deliveries, and the same scores."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import IndexAway, IndexUnavailable, QueryTooLong
from bot.index import IndexQuery
from bot.index.opensearch import engine as engine_module
from bot.index.opensearch import index as index_module
from bot.index.opensearch.index import OpenSearchIndex
from bot.store import StateStore
from bot.store.backup import backup, restore
from handlers.services import Services
from tests.cluster.opensearch import Cluster
from tests.conftest import NOW
from tests.index.test_percolate import QUESTIONS
from tests.index.works import COMBINE, WORKS, ask, titles, work

pytestmark = pytest.mark.opensearch


@pytest.fixture
def url(opensearch_node: Cluster) -> Iterator[str]:
    with opensearch_node.index(shards=3) as made:
        yield made


@pytest.fixture
def index(url: str, store: StateStore) -> Iterator[OpenSearchIndex]:
    with closing(OpenSearchIndex(url)) as opened:
        opened.follow(store)
        yield opened


def names(index: OpenSearchIndex) -> list[str]:
    return [made.name for made in index._there()]


def test_it_scores_as_the_index_in_a_folder(services: Services, url: str) -> None:
    """The same candidates with the same scores, over shards that each count their own words.

    But for a field that not every record has, such as its tags, which OpenSearch averages over
    those that have it.
    """
    with closing(OpenSearchIndex(url)) as index:
        index.follow(services.store)
        for question in QUESTIONS:
            wanted = services.search.plan(services.search.interpret(question))
            for partial in ("behind", "shared", "among"):
                here, there = (
                    each.search(wanted, 400, partial=partial) for each in (index, services.index)
                )
                assert here.strict_total == there.strict_total
                mine = {each.record_id: each for each in here.candidates}
                assert mine.keys() == {each.record_id for each in there.candidates}
                for each in there.candidates:
                    other = mine[each.record_id]
                    assert other.card == each.card
                    assert other.strict == each.strict
                    assert other.score == pytest.approx(each.score, rel=0.03), question
        assert index.vocabulary() == services.index.vocabulary()
        for field in ("journal_key", "identifier", "concept", "audience"):
            assert index.values(field) == services.index.values(field)


def test_what_comes_twice_or_too_late_changes_nothing(
    index: OpenSearchIndex, store: StateStore
) -> None:
    """A server that was frozen delivers what it had in hand; a record that is gone stays so."""
    early = [(c.record_id, c.sequence, index._document(c)) for c in store.changes_since(0)]
    store.upsert([work(1, "Neutrophils in glioma")], COMBINE)
    (gone,) = (r.id for r in store.each() if r.doi == "10.1/4")
    store.upsert([work(4, "CD4 T cells", abstract="More.")], COMBINE)
    index.follow(store)
    index._bulk.send(names(index)[0], [(gone, 1_000, index_module._GONE)])
    index._bulk.send(names(index)[0], early)
    index._client.ask("POST", f"{names(index)[0]}/_refresh")
    assert titles(index, store, ask("neutrophil")) == ["Neutrophils in glioma"]
    assert titles(index, store, ask("cd4")) == []
    assert index._engine().records() == 3


def test_another_version_is_made_beside_the_one_that_serves(
    index: OpenSearchIndex, url: str, store: StateStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new server takes the name over; one of the version before goes on with its own."""
    before = names(index)
    monkeypatch.setattr(index_module, "_OURS", index_module._OURS + 1)
    with closing(OpenSearchIndex(url)) as newer:
        assert newer.follow(store) == len(WORKS)
        assert sorted(made.serves for made in newer._there()) == [False, True]
        store.upsert([work(9, "Dendritic cells")], COMBINE)
        newer.follow(store)
        assert titles(newer, store, ask("dendritic")) == ["Dendritic cells"]
        monkeypatch.undo()
        assert titles(index, store, ask("dendritic")) == ["Dendritic cells"]  # by the name
        assert index.follow(store) == 1
        assert index._name == before[0]
        assert index.watermark == store.sequence()
        # A day later the older index is removed, and its servers say so.
        monkeypatch.setattr(index_module, "_OURS", index_module._OURS + 1)
        monkeypatch.setattr(index_module, "_KEPT", timedelta(seconds=-1))
        newer.follow(store)
        assert len(newer._there()) == 1
        monkeypatch.undo()
        with pytest.raises(IndexUnavailable, match="newer version"):
            index.follow(store)


def test_a_rebuild_that_was_cut_off_goes_on(
    index: OpenSearchIndex, url: str, store: StateStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "_OURS", index_module._OURS + 1)
    monkeypatch.setattr(index_module, "_COMMIT", 2)
    given = iter((True, True, False, False))  # taken, for a step, and lost to another server
    monkeypatch.setattr(store.harvests, "lease", lambda *_: next(given))
    with closing(OpenSearchIndex(url)) as newer:
        assert newer.follow(store) == 2
        assert [made.serves for made in newer._there() if made.schema == index_module._OURS] == [
            False
        ]
        monkeypatch.setattr(store.harvests, "lease", lambda *_: True)
        assert newer.follow(store) == 2
        assert newer.watermark == store.sequence()
        assert len(newer._there()) == 2


def test_an_older_backup_has_its_index_made_anew(
    index: OpenSearchIndex, store: StateStore, tmp_path: Path
) -> None:
    """Its numbers come a second time: nothing of what they were before may stay."""
    copy = tmp_path / "copy.db"
    backup(tmp_path / "tme.db", copy, lambda *_: None, NOW)
    store.upsert([work(9, "Dendritic cells")], COMBINE)
    index.follow(store)
    with closing(StateStore.open(copy)) as restored:
        assert index.follow(restored) == len(WORKS)
        assert titles(index, restored, ask("dendritic")) == []


def test_two_bots_of_one_name_do_not_take_it_from_each_other(
    index: OpenSearchIndex, store: StateStore, url: str, tmp_path: Path
) -> None:
    """The second is refused, and is shown nothing of the first one's records."""
    with (
        closing(StateStore.open(tmp_path / "other.db")) as other,
        closing(OpenSearchIndex(url)) as second,
    ):
        other.upsert([work(9, "Dendritic cells")], COMBINE)
        for again in (lambda: second.follow(other), lambda: second.search(ask("melanoma"), 10)):
            with pytest.raises(IndexUnavailable, match="Another bot") as refused:
                again()
            assert "name of its own" in refused.value.hint
    assert index.follow(store) == 0
    assert len(names(index)) == 1


def test_a_restored_store_takes_its_name_over(
    index: OpenSearchIndex, store: StateStore, url: str, tmp_path: Path
) -> None:
    """Restored twice as well; the store that it was before, where it runs on, is told so."""
    place = tmp_path / "restored.db"
    for _ in range(2):
        backup(tmp_path / "tme.db", tmp_path / "copy.db", lambda *_: None, NOW)
        restore(tmp_path / "copy.db", place, lambda *_: None)
        (tmp_path / "copy.db").unlink()
        with closing(StateStore.open(place)) as restored, closing(OpenSearchIndex(url)) as taking:
            assert taking.follow(restored) == len(WORKS)
            assert taking.follow(restored) == 0
    with pytest.raises(IndexUnavailable, match="a copy of this one"):
        index.follow(store)


def test_a_record_with_a_title_as_long_as_a_book_is_found(
    index: OpenSearchIndex, store: StateStore
) -> None:
    store.upsert([work(9, "Dendritic cells " * 5_000)], COMBINE)
    index.follow(store)
    (found,) = index.search(ask("dendritic"), 10).candidates
    assert found.card.title.startswith("dendritic cells dendritic")


def test_one_server_writes_and_the_others_see_it(
    index: OpenSearchIndex, url: str, store: StateStore
) -> None:
    with closing(OpenSearchIndex(url)) as other:
        assert other.follow(store) == 0
        store.upsert([work(9, "Dendritic cells")], COMBINE)
        assert store.harvests.lease(index._lease(store), index_module._now(store))
        assert other.follow(store) == 0
        assert not other.status().writable
        store.harvests.release(index._lease(store))
        assert other.follow(store) == 1
        assert index.follow(store) == 0
        assert index.watermark == store.sequence()
        assert "dendritic" in index.vocabulary()


def test_a_server_that_starts_while_another_builds_waits_for_it(
    url: str, store: StateStore
) -> None:
    """Of several that start over nothing one builds; to the others the index is on its way."""
    with closing(OpenSearchIndex(url)) as first, closing(OpenSearchIndex(url)) as other:
        assert store.harvests.lease(first._lease(store), index_module._now(store))
        assert other.follow(store) == 0
        for look in (lambda: other.search(ask("macrophages"), 1), other.vocabulary):
            with pytest.raises(IndexAway, match="just being built"):
                look()
        assert other.status().note == "not built yet"
        store.harvests.release(first._lease(store))
        assert first.follow(store) == len(WORKS)
        assert other.follow(store) == 0
        assert other.status().records == len(WORKS)


def test_more_than_a_page_is_read_page_by_page(
    index: OpenSearchIndex, store: StateStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "_PAGE", 3)
    found = [record.doi for record in store.get_many(index.everything(IndexQuery()))]
    assert found == ["10.1/1", "10.1/3", "10.1/2", "10.1/4"]


def test_many_words_are_read_part_by_part(
    index: OpenSearchIndex, store: StateStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = dict(index.vocabulary())
    index._by_field.clear()
    monkeypatch.setattr(engine_module, "_VALUES", 5)
    assert index.vocabulary() == whole


def test_more_words_than_it_takes_are_one_line(index: OpenSearchIndex) -> None:
    assert index.search(ask(*(f"word{n}" for n in range(400))), 10).strict_total == 0
    with pytest.raises(QueryTooLong, match="too much to look for"):
        index.search(ask(*(f"word{n}" for n in range(3_000))), 10)
