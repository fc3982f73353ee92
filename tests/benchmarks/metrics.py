"""Figures of a ranking."""

import math
from collections.abc import Collection, Mapping, Sequence


def ndcg(
    ranking: Sequence[str], relevant: Collection[str] | Mapping[str, int], depth: int = 10
) -> float:
    """Normalised discounted cumulative gain, 0 to 1, of a ranking of document ids.

    The gain of a relevant document is its grade, or 1 where only the ids are given, discounted by
    log2(rank + 1); the ideal ranking has the highest first. This is trec_eval's `ndcg_cut`, as BEIR
    uses it. A document that is ranked twice counts once.
    """
    grades = relevant if isinstance(relevant, Mapping) else dict.fromkeys(relevant, 1)
    places = enumerate(list(dict.fromkeys(ranking))[:depth], start=1)
    gained = sum(_discount(rank) * grades.get(key, 0) for rank, key in places)
    best = enumerate(sorted(grades.values(), reverse=True)[:depth], start=1)
    ideal = sum(_discount(rank) * grade for rank, grade in best)
    return gained / ideal if ideal else 0.0


def _discount(rank: int) -> float:
    return 1 / math.log2(rank + 1)


def mean(values: Collection[float]) -> float:
    """The arithmetic mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0
