"""What each part of a rank is worth, at its boundaries. The weights were measured: whoever changes
one measures again (tests/benchmarks/README.md)."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from bot.index import Candidate, Card, Found
from bot.search.query import Part, Query
from bot.search.query.model import Filters
from bot.search.ranking import Ranked, Ranking, rank
from bot.vocabulary import Recognised


def query(*words: str, sort: str = "relevance") -> Query:
    parts = tuple(Part(word, (word,)) for word in words)
    return Query(" ".join(words), parts=parts, filters=Filters(sort=sort))


def found(*candidates: Candidate, strict: int = 0) -> Found:
    return Found(candidates, strict)


def candidate(name: str, score: float = 1.0, title: str = "", **more: object) -> Candidate:
    strict = bool(more.pop("strict", False))
    share = more.pop("share", None)
    return Candidate(name, score, strict, Card(title, **more), share)


def scored(asked: Query, *candidates: Candidate, **more: object) -> dict[str, Ranked]:
    meant: Mapping[str, float] = more.pop("meant", {})
    ranking = Ranking(lambda word: word.rstrip("s"), **more)
    ranked = ranking.ranked(asked, found(*candidates, strict=20), meant)
    return {each.record_id: each for each in ranked}


def order(asked: Query, *candidates: Candidate, strict: int = 0, **more: object) -> list[str]:
    meant: Mapping[str, float] = more.pop("meant", {})
    ranking = Ranking(lambda word: word, **more)
    return [
        each.record_id for each in ranking.ranked(asked, found(*candidates, strict=strict), meant)
    ]


def test_words_count_beside_the_best_of_the_list_and_a_title_adds_to_them() -> None:
    asked = query("hypoxia", "liver")
    ranked = scored(
        asked,
        candidate("whole", 4.0, "hypoxia liver"),
        candidate("turned", 2.0, "livers hypoxia"),
        candidate("half", 1.0, "hypoxia spleen"),
        candidate("none", 0.0, ""),
    )
    assert ranked["whole"].arithmetic == {
        "relevance": 1.0, "title_words": 0.1, "title_likeness": 0.2,
    }  # fmt: skip
    assert ranked["whole"].score == pytest.approx(1.3)
    # In another order it has all the words, and is as like.
    assert ranked["turned"].relevance == 0.5
    assert ranked["turned"].title_words == pytest.approx(0.1)
    assert ranked["half"].title_words == pytest.approx(0.05)
    assert ranked["none"].arithmetic == {}


def test_where_meaning_is_told_it_counts_beside_the_words() -> None:
    asked = query("hypoxia", "liver")
    ranked = scored(
        asked,
        candidate("whole", 4.0, "hypoxia liver"),
        candidate("half", 2.0, "hypoxia"),
        candidate("unread", 2.0, "spleen"),
        meant={"whole": 1.0, "half": 0.5},
    )
    assert ranked["whole"].arithmetic == {"relevance": 0.5, "title_words": 0.5, "meaning": 0.7}
    assert ranked["half"].meaning == pytest.approx(0.35)
    # Half of the words of a title gain next to nothing: a sixteenth of what all of them do.
    assert ranked["half"].title_words == pytest.approx(0.5 / 16)
    # One that was not read is as near as those that were are on average.
    assert ranked["unread"].meaning == pytest.approx(0.7 * 0.75)
    assert ranked["unread"].title_words == 0


@pytest.mark.parametrize(("apart", "first"), [(0.15, "less"), (0.17, "more")])
def test_of_few_things_the_rarer_outweighs_all_that_words_can_add(apart: float, first: str) -> None:
    """Words and titles add 1.3 at most, and a share counts eight times."""
    asked = query("hypoxia", "liver")
    less = candidate("less", 1.0, "hypoxia liver", share=0.6)
    more = candidate("more", 0.0, "", share=0.6 + apart)
    assert order(asked, less, more)[0] == first


@pytest.mark.parametrize(("near", "first"), [(0.27, "asked"), (0.31, "meant")])
def test_beside_meaning_what_was_asked_counts_less(near: float, first: str) -> None:
    asked = query("hypoxia", "liver")
    have = candidate("asked", 1.0, share=1.0)
    meant = candidate("meant", 1.0, share=0.0)
    assert order(asked, have, meant, meant={"asked": 0.0, "meant": near})[0] == first


def test_with_less_than_an_average_part_a_record_is_no_answer_beside_others() -> None:
    asked = query("hypoxia", "liver", "spleen")
    third, less, two = (
        candidate(name, share=share)
        for name, share in (("third", 1 / 3), ("less", 0.33), ("two", 2 / 3))
    )
    assert order(asked, third, less, two) == ["two", "third"]
    # Where nothing has as much, all are shown; and where meaning orders the list.
    assert order(asked, less) == ["less"]
    assert order(asked, less, two, meant={"less": 0.1}) == ["two", "less"]
    # A record whose share is not known has none.
    assert order(asked, candidate("unknown"), two) == ["two"]
    assert order(asked, candidate("strict", strict=True), two) == ["strict", "two"]


def test_only_of_few_things_and_with_few_that_have_all_is_it_looked_at() -> None:
    """Three things at most, and fewer than twenty records that have them."""
    less, more = candidate("less", 1.0, share=0.1), candidate("more", 0.5, share=0.9)
    three, four = query("a", "b", "c"), query("a", "b", "c", "d")
    assert order(three, less, more) == ["more"]
    assert order(four, less, more) == ["less", "more"]
    assert order(three, less, more, strict=19) == ["more"]
    assert order(three, less, more, strict=20) == ["less", "more"]


def test_what_is_on_a_sibling_is_worth_three_quarters_unless_it_has_everything() -> None:
    asked = query("hypoxia", "liver")

    def apart(_query: Query) -> Callable[[Card], bool]:
        return lambda card: "spleen" in card.concepts

    there = candidate("there", share=0.76)
    beside = candidate("beside", share=1.0, concepts=("spleen",))
    assert order(asked, there, beside, apart=apart) == ["there", "beside"]
    nearer = candidate("there", share=0.74)
    assert order(query("a", "b", "c"), nearer, beside, apart=apart) == ["beside", "there"]
    whole = candidate("whole", strict=True, concepts=("spleen",))
    assert order(asked, there, whole, apart=apart) == ["whole", "there"]


@pytest.mark.parametrize(("words", "first"), [(0.5, "whole"), (1.0, "nearly")])
def test_in_a_sentence_of_plain_words_what_has_everything_is_worth_its_share(
    words: float, first: str
) -> None:
    asked = replace(query("hypoxia", "liver"), text="hypoxia of the liver.")
    assert not asked.wants_all
    whole = candidate("whole", 0.3 * words, strict=True)
    nearly = candidate("nearly", words, share=0.93)
    top = candidate("top", 1.0, share=0.5)
    assert order(asked, whole, nearly, top)[0] == first


def test_near_misses_of_a_concept_are_shown_beside_what_has_more() -> None:
    known = Part("TAM", ("tam",), recognised=Recognised(0, 1, "TAM", ("tams",), (), (), "TAMs"))
    either = Part("a or b", any=(Part("a", ("a",)), Part("b", ("b",))))
    less, more = candidate("less", share=0.1), candidate("more", share=0.9)
    plain = Part("liver", ("liver",))
    for part in (known, either):
        asked = replace(query(), text="x liver", parts=(part, plain))
        assert order(asked, less, more) == ["more", "less"]
    assert order(query("x", "liver"), less, more) == ["more"]


def test_filters_alone_have_no_words_to_rank_by() -> None:
    assert order(query(), candidate("a"), candidate("b")) == ["a", "b"]
    assert Ranked("a", Card(""), strict=True, relevance=1.0).arithmetic == {"relevance": 1.0}


def test_a_sort_that_was_asked_for_keeps_the_order_of_the_index() -> None:
    asked = query("hypoxia", sort="newest")
    first, second = candidate("first", 0.1), candidate("second", 1.0, "hypoxia", strict=True)
    assert order(asked, first, second) == ["first", "second"]


def test_where_the_list_has_what_is_partial() -> None:
    ranking = Ranking(str)
    assert ranking.partial(query("a")) == "behind"
    assert ranking.partial(query("a", "b")) == "shared"
    assert ranking.partial(query("a", "b", "c")) == "shared"
    assert ranking.partial(query("a", "b", "c", "d")) == "behind"


def placed(*scores: tuple[str, float, dict[str, object]]) -> list[str]:
    ranked = [Ranked(name, Card("", **more), True, relevance=score) for name, score, more in scores]
    return [each.record_id for each in rank(ranked, strict_first=True)]


def test_scores_less_than_two_hundredths_apart_are_a_tie() -> None:
    new: dict[str, object] = {"day": 20250101}
    old: dict[str, object] = {"day": 20010101}
    assert placed(("old", 1.009, old), ("new", 0.991, new)) == ["new", "old"]
    assert placed(("old", 1.011, old), ("new", 0.991, new)) == ["old", "new"]
    # On the same day the better one, and of two alike always the same.
    assert placed(("less", 0.995, new), ("more", 1.005, new)) == ["more", "less"]
    assert placed(("b", 1.0, new), ("a", 1.0, new)) == ["a", "b"]


def test_of_a_tie_the_stronger_evidence_comes_first_and_what_has_none_last() -> None:
    kinds = (
        "systematic-review", "clinical-trial", "consensus-guideline", "biomarker-study",
        "preclinical-study", "review", "trial-protocol", "preprint",
    )  # fmt: skip
    # The weakest is the newest: evidence goes before recency.
    given = [(kind, 1.0, {"concepts": (kind,), "day": day}) for day, kind in enumerate(kinds, 1)]
    assert placed(("none", 1.0, {"day": 99, "concepts": ("hypoxia",)}), *given) == [*kinds, "none"]
    both = ("both", 1.0, {"concepts": ("review", "clinical-trial"), "day": 1})
    assert placed(("review", 1.0, {"concepts": ("review",), "day": 2}), both)[0] == "both"


def test_shares_at_the_limit_are_no_matter_of_rounding() -> None:
    """Of three things alike each is a third, which no sum of thirds hits exactly."""
    asked = query("a", "b", "c")
    share = 1 - 1 / 3 - 1 / 3
    assert not math.isclose(share, 1 / 3, rel_tol=0, abs_tol=0)
    assert order(asked, candidate("third", share=share), candidate("two", share=0.7)) == [
        "two", "third",
    ]  # fmt: skip
