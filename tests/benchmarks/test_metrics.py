"""nDCG against cases worked out by hand."""

import math

import pytest
from metrics import ndcg


def test_a_hand_computed_ranking():
    """Relevant at ranks 1 and 3 of two relevant: (1 + 1/2) / (1 + 1/log2(3)) = 0.9197."""
    assert ndcg(["a", "x", "b"], {"a": 1, "b": 1}) == pytest.approx(1.5 / (1 + 1 / math.log2(3)))
    assert ndcg(["a", "x", "b"], {"a": 1, "b": 1}) == pytest.approx(0.9197, abs=1e-4)


def test_only_one_relevant_document_at_rank_two():
    assert ndcg(["x", "a"], {"a": 1}) == pytest.approx(0.63093, abs=1e-5)


def test_the_ideal_ranking_is_one_and_a_useless_one_nothing():
    assert ndcg(["a", "b", "x"], {"b": 1, "a": 1}) == pytest.approx(1.0)
    assert ndcg(["x", "y"], {"a": 1}) == 0.0
    assert ndcg([], {"a": 1}) == 0.0


def test_what_stands_below_the_depth_does_not_count():
    ranking = [f"x{n}" for n in range(10)] + ["a"]
    assert ndcg(ranking, {"a": 1}) == 0.0
    assert ndcg(ranking, {"a": 1}, depth=11) == pytest.approx(1 / math.log2(12))


def test_more_relevant_documents_than_places_can_still_be_ideal():
    relevant = {f"a{n}": 1 for n in range(15)}
    assert ndcg([f"a{n}" for n in range(10)], relevant) == pytest.approx(1.0)


def test_a_document_ranked_twice_counts_once():
    assert ndcg(["a", "a", "b"], {"a": 1, "b": 1}) == pytest.approx(1.0)


def test_a_grade_is_what_a_document_gains():
    """Grade 1 before grade 2, where 2 before 1 is ideal: (1 + 2/log2(3)) / (2 + 1/log2(3))."""
    third = math.log2(3)
    assert ndcg(["a", "b"], {"a": 1, "b": 2}) == pytest.approx((1 + 2 / third) / (2 + 1 / third))
