"""The rule of the list, in one place.

Records that satisfy everything asked come before the others when up to six things are asked; among
them relevance orders, and only near-ties are broken by evidence and recency; a retracted record
comes after all others. `rank` is that rule, `Ranking` the arithmetic it goes by.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from bot.index import Card, Found, Group, SearchIndex
from bot.query import Query

# Weights of the rank, found by measurement: see tests/benchmarks/README.md.
_COVERAGE, _LIKENESS = 0.2, 0.1
# Scores closer than this are a tie, to be broken by evidence and recency.
_NEAR = 0.02
# With so few things asked, a record that has more of them comes before one that has fewer; on long
# questions that made the list worse.
_FEW = 3
_ASKED = 2.0
# With more strict matches than this the others are not looked at so closely.
_PLENTY = 20
# Up to so many things asked are a list of things wanted; more are a sentence, ranked as a whole.
_STRICT_FIRST = 6
_EVIDENCE_ORDER = (
    "systematic-review", "clinical-trial", "consensus-guideline", "biomarker-study",
    "preclinical-study", "review", "trial-protocol", "preprint",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its final score and the arithmetic behind it."""

    record_id: str
    card: Card
    score: float
    strict: bool
    arithmetic: Mapping[str, float]


class Ranking:
    """Scores candidates anew from their cards, and puts them in order."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index

    def ranked(self, query: Query, groups: Sequence[Group], found: Found) -> list[Ranked]:
        """The candidates of a question, best first; in the index's order where a sort is asked."""
        top = max((c.score for c in found.candidates), default=0.0) or 1.0
        asked = " ".join(w for part in query.parts for w in part.words)
        stems = {self._index.stem(word) for word in asked.split()}
        ranked = []
        for each in found.candidates:
            parts = self._arithmetic(each.card.title, each.score / top, asked, stems)
            score = sum(parts.values())
            ranked.append(Ranked(each.record_id, each.card, score, each.strict, parts))
        if query.filters.sort != "relevance":
            return ranked
        if len(query.parts) <= _FEW and found.strict_total < _PLENTY:
            ranked = self._with_share(query, groups, ranked)
        return rank(ranked, strict_first=len(query.parts) <= _STRICT_FIRST)

    def _arithmetic(
        self, title: str, relevance: float, asked: str, stems: set[str]
    ) -> dict[str, float]:
        in_title = {self._index.stem(word) for word in title.split()}
        coverage = len(stems & in_title) / len(stems) if stems else 0.0
        return {
            "relevance": round(relevance, 4),
            "title_words": round(_COVERAGE * coverage, 4),
            "title_likeness": round(_LIKENESS * fuzz.token_sort_ratio(asked, title) / 100, 4),
        }

    def _with_share(
        self, query: Query, groups: Sequence[Group], ranked: list[Ranked]
    ) -> list[Ranked]:
        """Few things asked, hardly any record with them all: prefer those that have more.

        Records with less than half of plain words are not answers and are dropped; what stands
        for a concept is near enough to show.
        """
        shares = self._shares(groups, [each.record_id for each in ranked])
        certain = any(part.recognised or part.any for part in query.parts)
        shared = []
        for each in ranked:
            share = shares[each.record_id] / max(len(groups), 1)
            if each.strict or certain or share >= 0.5:
                parts = {**each.arithmetic, "asked_for": round(_ASKED * share, 4)}
                shared.append(replace(each, score=sum(parts.values()), arithmetic=parts))
        return shared

    def _shares(self, groups: Sequence[Group], ids: Sequence[str]) -> dict[str, float]:
        """How many of the groups each record has; a near miss counts half."""
        shares = dict.fromkeys(ids, 0.0)
        for group in groups:
            whole = self._index.matching(group.alternatives, ids)
            half = self._index.matching(group.loose, ids) - whole
            for record_id in whole:
                shares[record_id] += 1.0
            for record_id in half:
                shares[record_id] += 0.5
        return shares


def rank(candidates: Sequence[Ranked], *, strict_first: bool) -> list[Ranked]:
    """Best first: see the first lines of the module for the rule."""

    def key(each: Ranked) -> tuple[bool, bool, int, int, int, str]:
        kinds = each.card.concepts
        evidence = next((i for i, kind in enumerate(_EVIDENCE_ORDER) if kind in kinds), 99)
        return (
            each.card.retracted,
            strict_first and not each.strict,
            -round(each.score / _NEAR),
            evidence,
            -each.card.day,
            each.record_id,
        )

    return sorted(candidates, key=key)
