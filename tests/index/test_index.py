"""What every index promises, over each: it follows its store and finds what is asked."""

from dataclasses import replace
from math import log
from pathlib import Path

import pytest

from bot.errors import IndexUnavailable
from bot.index import Card, Group, IndexQuery, Key, Partial, SearchIndex, Words, Years
from bot.records.dates import PartialDate
from bot.store import StateStore
from tests.index.works import COMBINE, WORKS, MakeIndex, ask, titles, work


def test_words_are_found_by_stem_in_every_field(index: SearchIndex, store: StateStore) -> None:
    assert titles(index, store, ask("macrophage")) == ["Macrophages in glioma"]
    assert titles(index, store, ask("resisted"))[0] in {
        WORKS[0].title,
        WORKS[2].title,
        WORKS[3].title,
    }
    assert titles(index, store, ask("muller")) == [WORKS[2].title]
    assert titles(index, store, ask("mueller")) == [WORKS[2].title]


def test_a_symbol_matches_whole(index: SearchIndex, store: StateStore) -> None:
    assert titles(index, store, ask("cd4")) == ["CD4 T cells"]
    assert titles(index, store, ask("cd47")) == ["Macrophages in glioma"]


def test_strict_matches_come_first_and_are_counted(index: SearchIndex) -> None:
    found = index.search(ask("resistance", "blockade"), 10)
    assert found.strict_total == 2
    assert [c.strict for c in found.candidates] == [True, True, False]


def test_a_phrase_does_not_reach_across_fields(index: SearchIndex, store: StateStore) -> None:
    across = IndexQuery(required=(Group((Words(("cells", "adaptive"), exact=True),)),))
    within = IndexQuery(required=(Group((Words(("adaptive", "resistance"), exact=True),)),))
    assert titles(index, store, across) == []
    assert titles(index, store, within) == ["CD4 T cells"]


def test_filters_limit_and_exclude(index: SearchIndex, store: StateStore) -> None:
    years = IndexQuery(years=Years(20220101, 20221231))
    assert titles(index, store, years) == [WORKS[2].title]
    tagged = IndexQuery(required=(Group((Key("concept", "cancer-associated-fibroblasts"),)),))
    assert titles(index, store, tagged) == [WORKS[1].title]
    without = ask("resistance", excluded=(Words(("blockade",)),))
    assert titles(index, store, without) == ["CD4 T cells"]
    tail = IndexQuery(required=(Group((Key("doi_tail", "3"),)),))
    assert titles(index, store, tail) == [WORKS[2].title]


def test_a_beginning_of_a_word_is_found(index: SearchIndex, store: StateStore) -> None:
    query = IndexQuery(groups=(Group((Words(("macro",), prefix=True),)),))
    assert titles(index, store, query) == ["Macrophages in glioma"]


def test_newest_first_sorts_by_publication(index: SearchIndex, store: StateStore) -> None:
    assert titles(index, store, IndexQuery(), "date_desc")[:3] == [
        WORKS[0].title, WORKS[2].title, WORKS[1].title,
    ]  # fmt: skip


def test_everything_is_each_strict_match_the_undated_last(
    index: SearchIndex, store: StateStore
) -> None:
    given = [record.doi for record in store.get_many(index.everything(IndexQuery()))]
    assert given == ["10.1/1", "10.1/3", "10.1/2", "10.1/4"]
    blockade = IndexQuery(groups=(Group((Words(("blockade",)),)),))
    given = [record.doi for record in store.get_many(index.everything(blockade))]
    assert given == ["10.1/1", "10.1/3"]
    nothing = IndexQuery(groups=(Group((Words(("nowhere",)),)),))
    assert index.everything(nothing) == []


def test_the_vocabulary_holds_words_as_spelt(index: SearchIndex) -> None:
    vocabulary = index.vocabulary()
    assert vocabulary["resistance"] == 2
    assert "macrophages" in vocabulary
    assert "macrophag" not in vocabulary
    assert index.vocabulary() is vocabulary


def test_a_word_is_counted_where_it_stands(index: SearchIndex) -> None:
    assert (index.frequency("muller", "text"), index.frequency("muller")) == (0, 1)
    assert index.frequency("cancer") == 1


def test_a_partial_match_comes_with_its_share_by_rarity(index: SearchIndex) -> None:
    """Of four records three resist, two have blockades, one is on glioma and none on stroma."""
    near = Group((Words(("stroma",)),), loose=(Words(("fibroblast",)),))
    query = IndexQuery((*ask("resistance", "blockade", "glioma").groups, near))
    found = index.search(query, 10, partial="shared")
    shares = {each.card.title: each.share for each in found.candidates}
    assert found.strict_total == 0
    # What no record has weighs as much as its near misses, of which there is one.
    resistance, blockade, glioma, stroma = (
        log(1 + (4 - n + 0.5) / (n + 0.5)) for n in (3, 2, 1, 1)
    )
    whole = resistance + blockade + glioma + stroma
    assert shares == {
        "macrophages in glioma": pytest.approx((whole - stroma) / whole),
        "acquired resistance to pd1 blockade": pytest.approx((resistance + blockade) / whole),
        "cd4 t cells": pytest.approx(resistance / whole),
        "tumor associated fibroblasts": pytest.approx(stroma / 2 / whole),
    }
    assert {each.share for each in index.search(query, 10).candidates} == {None}


def test_the_one_rare_thing_comes_before_two_common_ones(
    tmp_path: Path, make_index: MakeIndex
) -> None:
    """Of three things asked: the record on the rarest, then those that share the two others."""
    store = StateStore.open(tmp_path / "tme.db")
    common = [work(n, f"Molecule targeted {n}") for n in range(5)]
    rest = (work(9, "Zanzibar fever"), work(10, "Another"), work(11, "Others"))
    store.upsert((*common, *rest), COMBINE)
    index = make_index()
    index.follow(store)
    for asked in (("molecule", "targeted", "zanzibar"), ("molecule", "zanzibar")):
        found = index.search(ask(*asked), 10, partial="shared").candidates
        assert found[0].card.title == "zanzibar fever"
        assert [each.card.title[:8] for each in found[1:]] == ["molecule"] * 5
        assert found[0].share is not None
        assert found[0].share >= 1 / len(asked)
    index.close()
    store.close()


def test_strict_matches_can_stand_among_the_others(index: SearchIndex) -> None:
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
    index: SearchIndex, partial: Partial
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


def test_many_names_of_one_thing_do_not_outrank_another_thing(
    tmp_path: Path, make_index: MakeIndex
) -> None:
    store = StateStore.open(tmp_path / "tme.db")
    names = work(1, "Microbiota", abstract="A flora, a microbiome: microbiota.")
    store.upsert((names, work(2, "Bacteria", abstract="Under stress, ethanol.")), COMBINE)
    index = make_index()
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


def test_a_tag_stands_for_the_long_names_of_its_concept(index: SearchIndex) -> None:
    others = [Group((Words((word,)),)) for word in ("unheard", "unseen")]
    found = index.search(IndexQuery(groups=(Group(FIBROBLASTS), *others)), 10)
    assert found.strict_total == 0
    assert found.candidates[0].card.title == "tumor associated fibroblasts"


def test_one_word_of_a_name_is_not_the_name(index: SearchIndex) -> None:
    resisting = Group((Words(("acquired", "resistance")), Key("concept", "acquired-resistance")))
    found = index.search(IndexQuery(groups=(resisting,)), 10)
    assert {each.card.title: each.strict for each in found.candidates} == {
        "acquired resistance to pd1 blockade": True,
        "macrophages in glioma": False,
        "cd4 t cells": False,
    }
    assert found.strict_total == 1


def test_words_of_one_stem_are_one_word(index: SearchIndex) -> None:
    once = IndexQuery((Group((Words(("macrophage",)),)),))
    twice = IndexQuery((Group((Words(("macrophage",)), Words(("macrophages",)))),))
    (one,), (other,) = (index.search(query, 10).candidates for query in (once, twice))
    assert one.score == other.score


def test_a_card_holds_what_ranking_needs(index: SearchIndex) -> None:
    (found,) = index.search(ask("fibroblast"), 10).candidates
    assert found.card == Card("tumor associated fibroblasts", 20200101, False,
                              ("cancer-associated-fibroblasts",))  # fmt: skip


def test_following_takes_in_only_what_changed(index: SearchIndex, store: StateStore) -> None:
    assert index.follow(store) == 0
    store.upsert([work(1, "Neutrophils in glioma", published=PartialDate.parse("2024"))], COMBINE)
    assert index.follow(store) == 1
    assert titles(index, store, ask("neutrophil")) == ["Neutrophils in glioma"]
    assert titles(index, store, ask("macrophage")) == []


def test_a_second_start_finds_the_index_ready(make_index: MakeIndex, store: StateStore) -> None:
    first = make_index()
    assert first.follow(store) == 4
    first.close()
    second = make_index()
    assert second.follow(store) == 0
    assert titles(second, store, ask("macrophage")) == ["Macrophages in glioma"]
    second.close()


def test_searching_before_anything_is_built_says_so(make_index: MakeIndex) -> None:
    with pytest.raises(IndexUnavailable):
        make_index().search(IndexQuery(), 1)


def test_a_symbol_that_is_a_word_is_found_in_capitals_only(
    make_index: MakeIndex, store: StateStore
) -> None:
    for number, title in enumerate(("WAS in T cells", "It was in T cells", "IT WAS IN T CELLS")):
        store.upsert([work(20 + number, title)], COMBINE)
    opened = make_index()
    opened.follow(store)
    asked = IndexQuery(groups=(Group((Words(("was",), field="symbol"),)),))
    assert titles(opened, store, asked) == ["WAS in T cells"]
    opened.close()
