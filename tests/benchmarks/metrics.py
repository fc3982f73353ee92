"""Figures of a ranking."""

import math
from collections.abc import Collection, Mapping, Sequence


def ndcg(ranking: Sequence[str], relevant: Mapping[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain, 0 to 1, of a ranking of document ids.

    A relevant document gains its grade, discounted by log2(rank + 1); the ideal ranking has the
    highest grades first. This is trec_eval's `ndcg_cut`, as BEIR uses it. A document that is
    ranked twice counts once.
    """
    places = enumerate(dict.fromkeys(ranking), start=1)
    gained = sum(relevant.get(key, 0) * _discount(rank) for rank, key in places if rank <= depth)
    best = sorted(relevant.values(), reverse=True)[:depth]
    ideal = sum(grade * _discount(rank) for rank, grade in enumerate(best, start=1))
    return gained / ideal if ideal else 0.0


def _discount(rank: int) -> float:
    return 1 / math.log2(rank + 1)


def mean(values: Collection[float]) -> float:
    """The arithmetic mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0
