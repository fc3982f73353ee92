"""Figures of a ranking."""

import math
from collections.abc import Collection, Sequence


def ndcg(ranking: Sequence[str], relevant: Collection[str], depth: int = 10) -> float:
    """Normalised discounted cumulative gain, 0 to 1, of a ranking of document ids.

    Every relevant document has gain 1, discounted by log2(rank + 1); the ideal ranking has all of
    them first. This is trec_eval's `ndcg_cut` for judgements of one grade, as BEIR uses it. A
    document that is ranked twice counts once.
    """
    places = enumerate(dict.fromkeys(ranking), start=1)
    gained = sum(_discount(rank) for rank, key in places if rank <= depth and key in relevant)
    ideal = sum(_discount(rank) for rank in range(1, min(len(relevant), depth) + 1))
    return gained / ideal if ideal else 0.0


def _discount(rank: int) -> float:
    return 1 / math.log2(rank + 1)


def mean(values: Collection[float]) -> float:
    """The arithmetic mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0
