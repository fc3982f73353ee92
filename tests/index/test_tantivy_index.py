"""The index follows its store, survives what is done to its folder, and finds what is asked."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from math import log
from pathlib import Path

import pytest

from bot.errors import IndexUnavailable
from bot.index import Card, Group, IndexQuery, Key, Partial, Words, Years
from bot.index.links import Links
from bot.index.tantivy import TantivyIndex
from bot.merging.merge import combine as combine_with
from bot.records.models import (
    ConceptTag,
    Contribution,
    Identifier,
    Journal,
    PartialDate,
    Provenance,
    Record,
    Scheme,
)
from bot.sources import trusts
from bot.store import StateStore

COMBINE = partial(combine_with, trusts=trusts())


def work(number: int, title: str, **more: object) -> Record:
    """A record with a DOI of its own."""
    doi = Identifier(scheme=Scheme.DOI, value=f"10.1/{number}")
    fields = {"identifiers": (doi,), "provenance": (Provenance(source="test"),), **more}
    return Record.model_validate({"title": title, **fields})


WORKS = (
    work(1, "Macrophages in glioma", abstract="They resist CD47 blockade.", published="2024-05-01"),
    work(2, "Tumour-associated fibroblasts", published="2020",
         concepts=(ConceptTag(concept="cancer-associated-fibroblasts", field="title", words="x"),)),
    work(3, "Acquired resistance to PD-1 blockade", published="2022-03",
         contributors=(Contribution(name="Müller A"),), journal=Journal(title="Cancer Cell")),
    work(4, "CD4 T cells", keywords=("adaptive resistance",)),
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StateStore]:
    opened = StateStore.open(tmp_path / "tme.db")
    opened.upsert(WORKS, COMBINE)
    yield opened
    opened.close()


@pytest.fixture
def index(tmp_path: Path, store: StateStore) -> Iterator[TantivyIndex]:
    opened = TantivyIndex(tmp_path / "index")
    opened.follow(store)
    yield opened
    opened.close()


def titles(
    index: TantivyIndex, store: StateStore, query: IndexQuery, sort: str = "relevance"
) -> list[str]:
    found = index.search(query, 10, sort)
    return [r.title for r in store.get_many([c.record_id for c in found.candidates])]


def ask(*words: str, **more: object) -> IndexQuery:
    return IndexQuery(groups=tuple(Group((Words((word,)),)) for word in words), **more)


def test_words_are_found_by_stem_in_every_field(index: TantivyIndex, store: StateStore) -> None:
    assert titles(index, store, ask("macrophage")) == ["Macrophages in glioma"]
    assert titles(index, store, ask("resisted"))[0] in {
        WORKS[0].title,
        WORKS[2].title,
        WORKS[3].title,
    }
    assert titles(index, store, ask("muller")) == [WORKS[2].title]
    assert titles(index, store, ask("mueller")) == [WORKS[2].title]


def test_a_symbol_matches_whole(index: TantivyIndex, store: StateStore) -> None:
    assert titles(index, store, ask("cd4")) == ["CD4 T cells"]
    assert titles(index, store, ask("cd47")) == ["Macrophages in glioma"]


def test_strict_matches_come_first_and_are_counted(index: TantivyIndex) -> None:
    found = index.search(ask("resistance", "blockade"), 10)
    assert found.strict_total == 2
    assert [c.strict for c in found.candidates] == [True, True, False]


def test_a_phrase_does_not_reach_across_fields(index: TantivyIndex, store: StateStore) -> None:
    across = IndexQuery(required=(Group((Words(("cells", "adaptive"), exact=True),)),))
    within = IndexQuery(required=(Group((Words(("adaptive", "resistance"), exact=True),)),))
    assert titles(index, store, across) == []
    assert titles(index, store, within) == ["CD4 T cells"]


def test_filters_limit_and_exclude(index: TantivyIndex, store: StateStore) -> None:
    years = IndexQuery(years=Years(20220101, 20221231))
    assert titles(index, store, years) == [WORKS[2].title]
    tagged = IndexQuery(required=(Group((Key("concept", "cancer-associated-fibroblasts"),)),))
    assert titles(index, store, tagged) == [WORKS[1].title]
    without = ask("resistance", excluded=(Words(("blockade",)),))
    assert titles(index, store, without) == ["CD4 T cells"]
    tail = IndexQuery(required=(Group((Key("doi_tail", "3"),)),))
    assert titles(index, store, tail) == [WORKS[2].title]


def test_a_beginning_of_a_word_is_found(index: TantivyIndex, store: StateStore) -> None:
    query = IndexQuery(groups=(Group((Words(("macro",), prefix=True),)),))
    assert titles(index, store, query) == ["Macrophages in glioma"]


def test_newest_first_sorts_by_publication(index: TantivyIndex, store: StateStore) -> None:
    assert titles(index, store, IndexQuery(), "date_desc")[:3] == [
        WORKS[0].title, WORKS[2].title, WORKS[1].title,
    ]  # fmt: skip


def test_everything_is_each_strict_match_the_undated_last(
    index: TantivyIndex, store: StateStore
) -> None:
    given = [record.doi for record in store.get_many(index.everything(IndexQuery()))]
    assert given == ["10.1/1", "10.1/3", "10.1/2", "10.1/4"]
    blockade = IndexQuery(groups=(Group((Words(("blockade",)),)),))
    given = [record.doi for record in store.get_many(index.everything(blockade))]
    assert given == ["10.1/1", "10.1/3"]
    nothing = IndexQuery(groups=(Group((Words(("nowhere",)),)),))
    assert index.everything(nothing) == []


def test_the_vocabulary_holds_words_as_spelt(index: TantivyIndex) -> None:
    vocabulary = index.vocabulary()
    assert vocabulary["resistance"] == 2
    assert "macrophages" in vocabulary
    assert "macrophag" not in vocabulary
    assert index.vocabulary() is vocabulary


def test_a_word_is_counted_where_it_stands(index: TantivyIndex) -> None:
    assert (index.frequency("muller", "text"), index.frequency("muller")) == (0, 1)
    assert index.frequency("cancer") == 1


def test_a_partial_match_comes_with_its_share_by_rarity(index: TantivyIndex) -> None:
    """Of four records three resist, two have blockades, one is on glioma and none on stroma."""
    near = Group((Words(("stroma",)),), loose=(Words(("fibroblast",)),))
    query = IndexQuery((*ask("resistance", "blockade", "glioma").groups, near))
    found = index.search(query, 10, partial="shared")
    shares = {each.card.title: each.share for each in found.candidates}
    assert found.strict_total == 0
    # What no record has weighs nothing, and so does its near miss.
    resistance, blockade, glioma = (log(1 + (4 - n + 0.5) / (n + 0.5)) for n in (3, 2, 1))
    whole = resistance + blockade + glioma
    assert shares == {
        "macrophages in glioma": pytest.approx(1.0),
        "acquired resistance to pd1 blockade": pytest.approx((resistance + blockade) / whole),
        "cd4 t cells": pytest.approx(resistance / whole),
        "tumor associated fibroblasts": 0.0,
    }
    assert {each.share for each in index.search(query, 10).candidates} == {None}


def test_the_one_rare_thing_comes_before_two_common_ones(tmp_path: Path) -> None:
    """Of three things asked: the record on the rarest, then those that share the two others."""
    store = StateStore.open(tmp_path / "tme.db")
    common = [work(n, f"Molecule targeted {n}") for n in range(5)]
    rest = (work(9, "Zanzibar fever"), work(10, "Another"), work(11, "Others"))
    store.upsert((*common, *rest), COMBINE)
    index = TantivyIndex(tmp_path / "index")
    index.follow(store)
    for asked in (("molecule", "targeted", "zanzibar"), ("molecule", "zanzibar")):
        found = index.search(ask(*asked), 10, partial="shared").candidates
        assert found[0].card.title == "zanzibar fever"
        assert [each.card.title[:8] for each in found[1:]] == ["molecule"] * 5
        assert found[0].share is not None
        assert found[0].share >= 1 / len(asked)
    index.close()
    store.close()


def test_strict_matches_can_stand_among_the_others(index: TantivyIndex) -> None:
    query = ask("macrophages", "glioma", "resist", "fibroblasts", "blockade")
    found = index.search(ask("resistance", "blockade"), 10, partial="among")
    assert found.strict_total == 2
    assert {each.card.title: each.strict for each in found.candidates} == {
        "macrophages in glioma": True,
        "acquired resistance to pd1 blockade": True,
        "cd4 t cells": False,
    }
    scores = [each.score for each in index.search(query, 10, partial="among").candidates]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("partial", ["behind", "shared", "among"])
def test_words_that_only_add_set_the_order_and_find_nothing(
    index: TantivyIndex, partial: Partial
) -> None:
    """`fibroblasts` alone is no match; `adaptive` adds to a record that resists."""
    plainly = ask("resistance", "blockade")
    bare = index.search(plainly, 10, partial=partial)
    adding = ("fibroblasts", "adaptive", "unheard")
    found = index.search(replace(plainly, adding=adding), 10, partial=partial)
    assert found.strict_total == bare.strict_total
    assert index.count(replace(plainly, adding=adding)) == index.count(plainly)
    before, after = (
        {each.card.title: (each.strict, each.share, each.score) for each in some.candidates}
        for some in (bare, found)
    )
    gained = {title for title in after if after[title][2] > before[title][2]}
    assert gained == {"cd4 t cells"}
    assert [(t, after[t][:2]) for t in after] == [(t, before[t][:2]) for t in before]


def test_many_names_of_one_thing_do_not_outrank_another_thing(tmp_path: Path) -> None:
    store = StateStore.open(tmp_path / "tme.db")
    names = work(1, "Microbiota", abstract="A flora, a microbiome: microbiota.")
    store.upsert((names, work(2, "Bacteria", abstract="Under stress, ethanol.")), COMBINE)
    index = TantivyIndex(tmp_path / "index")
    index.follow(store)
    named = (*(Words((n,)) for n in ("bacteria", "microbiota", "microbiome", "flora")),
             Key("concept", "microbiome"))  # fmt: skip
    query = IndexQuery((*ask("stress", "unheard").groups, Group(named)))
    found = index.search(query, 10).candidates
    assert [each.card.title for each in found] == ["bacteria", "microbiota"]
    assert found[1].score < found[0].score / 2
    index.close()
    store.close()


FIBROBLASTS = (
    Words(("cancer", "associated", "fibroblasts")),
    Words(("stromal", "fibroblasts")),
    Key("concept", "cancer-associated-fibroblasts", 1.5),
)


def test_a_tag_stands_for_the_long_names_of_its_concept(index: TantivyIndex) -> None:
    others = [Group((Words((word,)),)) for word in ("unheard", "unseen")]
    found = index.search(IndexQuery(groups=(Group(FIBROBLASTS), *others)), 10)
    assert found.strict_total == 0
    assert found.candidates[0].card.title == "tumor associated fibroblasts"


def test_one_word_of_a_name_is_not_the_name(index: TantivyIndex) -> None:
    resisting = Group((Words(("acquired", "resistance")), Key("concept", "acquired-resistance")))
    found = index.search(IndexQuery(groups=(resisting,)), 10)
    assert {each.card.title: each.strict for each in found.candidates} == {
        "acquired resistance to pd1 blockade": True,
        "macrophages in glioma": False,
        "cd4 t cells": False,
    }
    assert found.strict_total == 1


def test_words_of_one_stem_are_one_word(index: TantivyIndex) -> None:
    once = IndexQuery((Group((Words(("macrophage",)),)),))
    twice = IndexQuery((Group((Words(("macrophage",)), Words(("macrophages",)))),))
    (one,), (other,) = (index.search(query, 10).candidates for query in (once, twice))
    assert one.score == other.score


def test_a_card_holds_what_ranking_needs(index: TantivyIndex) -> None:
    (found,) = index.search(ask("fibroblast"), 10).candidates
    assert found.card == Card("tumor associated fibroblasts", 20200101, False,
                              ("cancer-associated-fibroblasts",))  # fmt: skip


def test_following_takes_in_only_what_changed(index: TantivyIndex, store: StateStore) -> None:
    assert index.follow(store) == 0
    store.upsert([work(1, "Neutrophils in glioma", published=PartialDate.parse("2024"))], COMBINE)
    assert index.follow(store) == 1
    assert titles(index, store, ask("neutrophil")) == ["Neutrophils in glioma"]
    assert titles(index, store, ask("macrophage")) == []


def test_a_second_start_finds_the_index_ready(tmp_path: Path, store: StateStore) -> None:
    first = TantivyIndex(tmp_path / "index")
    assert first.follow(store) == 4
    first.close()
    second = TantivyIndex(tmp_path / "index")
    assert second.follow(store) == 0
    assert titles(second, store, ask("macrophage")) == ["Macrophages in glioma"]
    second.close()


def _delete(folder: Path) -> None:
    shutil.rmtree(folder)


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)


def _scramble(folder: Path) -> None:
    for path in folder.glob("*/*"):
        path.write_bytes(b"not an index")


def _point_elsewhere(folder: Path) -> None:
    (folder / "current").write_text("../..", encoding="utf-8")


@pytest.mark.parametrize("damage", [_delete, _empty, _scramble, _point_elsewhere])
def test_a_damaged_folder_is_rebuilt_at_the_next_start(
    tmp_path: Path, store: StateStore, damage: object
) -> None:
    first = TantivyIndex(tmp_path / "index")
    first.follow(store)
    first.close()
    damage(tmp_path / "index")  # type: ignore[operator]
    second = TantivyIndex(tmp_path / "index")
    assert second.follow(store) == 4
    assert titles(second, store, ask("macrophage")) == ["Macrophages in glioma"]
    second.close()


def test_a_folder_deleted_while_running_is_built_again(
    tmp_path: Path, index: TantivyIndex, store: StateStore
) -> None:
    shutil.rmtree(tmp_path / "index")
    store.upsert([work(9, "Dendritic cells")], COMBINE)
    index.follow(store)
    assert titles(index, store, ask("dendritic")) == ["Dendritic cells"]


def test_an_index_of_another_store_is_rebuilt(tmp_path: Path, index: TantivyIndex) -> None:
    index.close()
    other = StateStore.open(tmp_path / "other.db")
    other.upsert([work(1, "Something else")], COMBINE)
    again = TantivyIndex(tmp_path / "index")
    assert again.follow(other) == 1
    assert titles(again, other, ask("macrophage")) == []
    again.close()
    other.close()


def test_searching_before_anything_is_built_says_so(tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailable):
        TantivyIndex(tmp_path / "nothing").search(IndexQuery(), 1)


READER = """
import sys
from pathlib import Path
from bot.index.links import Links
from bot.index.tantivy import TantivyIndex
from bot.store import StateStore
folder = Path(sys.argv[1])
store, index = StateStore.open(folder / "tme.db"), TantivyIndex(folder / "index")
index.follow(store)
status = index.status()
print(status.writable, status.records)
index.close()
store.close()
"""


def test_another_process_reads_while_this_one_writes(tmp_path: Path, index: TantivyIndex) -> None:
    done = subprocess.run(
        [sys.executable, "-c", READER, str(tmp_path)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.stdout.split() == ["False", "4"]
    assert index.status().writable


def _without_rights_over_files() -> list[str] | None:
    """How to run a command that minds permissions, also for root; None where that cannot be."""
    if os.getuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    rights = "--bounding-set=-dac_override,-dac_read_search"
    return [setpriv, rights, "--inh-caps=-all"] if setpriv else None


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs file permissions as POSIX has them")
def test_an_index_in_a_folder_that_must_not_be_written_is_read(
    tmp_path: Path, index: TantivyIndex, store: StateStore
) -> None:
    index.close()
    run = _without_rights_over_files()
    if run is None:
        pytest.skip("root minds no permissions, and there is no setpriv")
    folders = [tmp_path / "index", *(p for p in (tmp_path / "index").iterdir() if p.is_dir())]
    (tmp_path / "index" / "writer.lock").chmod(0o444)
    for folder in folders:
        folder.chmod(0o555)
    try:
        done = subprocess.run(
            [*run, sys.executable, "-c", READER, str(tmp_path)],
            capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
        )  # fmt: skip
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert done.stderr == ""
    assert done.stdout.split() == ["False", "4"]


def test_links_to_an_index_are_old_once_it_was_written(
    tmp_path: Path, index: TantivyIndex, store: StateStore
) -> None:
    (folder,) = (path for path in (tmp_path / "index").iterdir() if path.is_dir())
    links = Links(folder)
    assert not links.is_old
    store.upsert([work(9, "Neutrophils")], COMBINE)
    index.follow(store)
    assert links.is_old
    links.remove()
    assert not links.path.exists()


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path, store: StateStore) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(IndexUnavailable, match="cannot be written"):
        TantivyIndex(tmp_path / "file" / "index").follow(store)


def test_an_index_with_little_memory_holds_the_same(tmp_path: Path, store: StateStore) -> None:
    small = TantivyIndex(tmp_path / "small", memory=16)
    small.follow(store)
    assert small.status().records == len(WORKS)
    small.close()


def test_links_are_removed_although_a_reader_makes_its_lock_meanwhile(tmp_path: Path) -> None:
    """The engine may do so while it is closed; that ended a command with a stack trace."""
    folder = tmp_path / "index"
    folder.mkdir()
    (folder / "meta.json").write_text("{}")
    links = Links(folder)
    done = threading.Event()

    def make_locks() -> None:
        while not done.is_set():
            with suppress(OSError):
                (links.path / ".tantivy-meta.lock").touch()

    maker = threading.Thread(target=make_locks)
    maker.start()
    try:
        links.remove()
    finally:
        done.set()
        maker.join()
    links.remove()
    assert not links.path.exists()


def test_a_symbol_that_is_a_word_is_found_in_capitals_only(
    tmp_path: Path, store: StateStore
) -> None:
    for number, title in enumerate(("WAS in T cells", "It was in T cells", "IT WAS IN T CELLS")):
        store.upsert([work(20 + number, title)], COMBINE)
    opened = TantivyIndex(tmp_path / "symbols")
    opened.follow(store)
    asked = IndexQuery(groups=(Group((Words(("was",), field="symbol"),)),))
    assert titles(opened, store, asked) == ["WAS in T cells"]
    opened.close()
