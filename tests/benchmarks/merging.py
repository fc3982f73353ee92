"""Measure how well records that are one work are told from records that are two.

    .venv/bin/python tests/benchmarks/merging.py [--half test] [--wrong 10]

Precision is the share of the pairs called one work that are, recall the share of the pairs that
are one work that were called so, each with its 95 % interval (Wilson). The rules were tuned on the
half called "dev"; "test" is what counts.
"""

import argparse
import math
import time
from collections import Counter, defaultdict
from pathlib import Path

from merging_data import Pair, Views, negatives, positives, works

from bot.merging.duplicates import blocking_keys
from bot.merging.sameness import Verdict, judge

SHARED = Path(__file__).resolve().parents[3] / "shared"
POSITIVES = 12_000


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--half", choices=("dev", "test"), default="test")
    parser.add_argument("--wrong", type=int, default=0, help="show so many wrong pairs a kind")
    given = parser.parse_args()
    stored, views = works(SHARED), Views(SHARED)
    pairs = [
        pair
        for source in (positives(stored, views, POSITIVES), negatives(stored, views, SHARED))
        for pair in source
        if pair.half == given.half
    ]
    began = time.perf_counter()
    judged = [(pair, judge(pair.one, pair.other)) for pair in pairs]
    took = time.perf_counter() - began
    report(judged)
    print(f"\n{len(pairs):,} pairs judged in {took:.1f} s ({len(pairs) / took:,.0f} a second)")
    if given.wrong:
        show_wrong(judged, given.wrong)


def report(judged: list[tuple[Pair, Verdict]]) -> None:
    """The share called one work by kind of pair, and precision and recall over all."""
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for pair, verdict in judged:
        kinds[pair.kind][str(verdict.one_work)] += 1
    print(f"{'kind of pair':62} {'pairs':>6} {'one':>6} {'two':>6} {'unsure':>6}")
    for kind, counts in sorted(kinds.items()):
        total = sum(counts.values())
        print(f"{kind:62} {total:6} {counts['yes']:6} {counts['no']:6} {counts['unknown']:6}")
    called = [pair.same for pair, verdict in judged if verdict.same]
    right = [verdict.same for pair, verdict in judged if pair.same]
    print(f"\nprecision {interval(sum(called), len(called))}")
    print(f"recall    {interval(sum(right), len(right))}")
    unshared = [v.same for p, v in judged if p.same and "no shared" in p.kind]
    print(f"recall without a shared identifier {interval(sum(unshared), len(unshared))}")
    met = [share_a_key(pair) for pair, _ in judged if pair.same]
    print(
        f"share a key, so that a search of the store compares them {interval(sum(met), len(met))}"
    )


def share_a_key(pair: Pair) -> bool:
    """Whether `tme merge --find` would compare the two at all."""
    return not set(blocking_keys(pair.one)).isdisjoint(blocking_keys(pair.other))


def interval(right: int, total: int) -> str:
    """A share with its 95 % Wilson interval: "0.9970 (0.9955 to 0.9980), 5,000 pairs"."""
    if not total:
        return "no pairs"
    z, share = 1.96, right / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total**2)) / (1 + z * z / total)
    return f"{share:.4f} ({middle - half:.4f} to {middle + half:.4f}), {total:,} pairs"


def show_wrong(judged: list[tuple[Pair, Verdict]], most: int) -> None:
    """Some pairs that were called wrongly, with the rule that did it."""
    shown: Counter[str] = Counter()
    for pair, verdict in judged:
        if pair.same is verdict.same or shown[pair.kind] >= most:
            continue
        shown[pair.kind] += 1
        print(f"\n[{pair.kind}] {verdict.one_work}: {verdict.rule}")
        for record in (pair.one, pair.other):
            print(f"   {record.provenance[0].source:9} {record.title[:150]}")
        print("   " + " · ".join(f"{e.field}: {e.words}" for e in verdict.evidence)[:400])


if __name__ == "__main__":
    main()
