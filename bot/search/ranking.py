"""The rule of the list, in one place.

Records that satisfy everything asked come before the others when up to six things are asked (where
a sentence has more than plain words); among them relevance orders, and only near-ties are broken by
evidence and recency; a retracted record comes after all others. `rank` is that rule, `Ranking` the
arithmetic it goes by.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.index import Candidate, Card, Found, Partial
from bot.search.query import Query

# Weights of the rank, found by measurement: see tests/benchmarks/README.md.
_COVERAGE, _LIKENESS = 0.1, 0.2
# Where meaning is told as well: what the words and the meaning weigh, and a title that has all the
# words (a known item); one that has half of them gains next to nothing by the power.
_WORDS, _MEANING, _WHOLE_TITLE, _WHOLE = 0.5, 0.7, 0.5, 4
# Scores closer than this are a tie, to be broken by evidence and recency.
_NEAR = 0.02
# With so few things asked, a record that has more of them comes before one that has fewer, each
# weighed by how rare it is; on long questions that made the list worse.
_FEW = 3
# Beside nearness in meaning they count for less.
_ASKED, _ASKED_AND_MEANT = 8.0, 0.2
# Siblings do not answer for each other: what a record on another cancer has besides counts for
# less; not so little that the one record on a drug would stand behind all that lack it.
_APART = 0.75
# With more strict matches than this the others are not looked at so closely.
_PLENTY = 20
_EVIDENCE_ORDER = (
    "systematic-review", "clinical-trial", "consensus-guideline", "biomarker-study",
    "preclinical-study", "review", "trial-protocol", "preprint",
)  # fmt: skip
_EVIDENCE = {kind: place for place, kind in enumerate(_EVIDENCE_ORDER)}
_NO_EVIDENCE = len(_EVIDENCE)


@dataclass(slots=True)
class Ranked:
    """A candidate with the parts of its score.

    `relevance` is the engine's score beside the best of the list, `title_words` and
    `title_likeness` what its title adds, `meaning` its nearness in meaning (0 where that is not
    used), `asked_for` what it gets for having more of few things.
    """

    record_id: str
    card: Card
    strict: bool
    relevance: float
    title_words: float = 0.0
    title_likeness: float = 0.0
    meaning: float = 0.0
    asked_for: float = 0.0

    @property
    def score(self) -> float:
        """The sum of its parts."""
        titles = self.title_words + self.title_likeness
        return self.relevance + titles + self.meaning + self.asked_for

    @property
    def arithmetic(self) -> dict[str, float]:
        """The parts that are not nothing, by name."""
        names = ("relevance", "title_words", "title_likeness", "meaning", "asked_for")
        return {name: round(part, 4) for name in names if (part := getattr(self, name))}


class Ranking:
    """Scores candidates anew from their cards, and puts them in order."""

    def __init__(
        self,
        stem: Callable[[str], str],
        apart: Callable[[Query], Callable[[Card], bool]] = lambda _query: lambda _card: False,
    ) -> None:
        """`apart` tells of a question which records are on a sibling: on another cancer."""
        self._stem, self._apart = stem, apart

    def partial(self, query: Query) -> Partial:
        """Where the list has the records that do not satisfy everything asked."""
        if 1 < len(query.parts) <= _FEW:
            return "shared"
        return "among" if query.is_sentence else "behind"

    def ranked(self, query: Query, found: Found, meant: Mapping[str, float]) -> list[Ranked]:
        """The candidates of a question, best first; in the index's order where a sort is asked.

        `meant` is how near those are in meaning that were read for it, from 0 to 1; none where
        words alone are to rank.
        """
        top = max((c.score for c in found.candidates), default=0.0) or 1.0
        wording = " ".join((*(w for part in query.parts for w in part.words), *query.generic))
        stem = self._stem
        stems = frozenset(map(stem, wording.split()))
        # One that was not read yet is as near as they are on average.
        usual = sum(meant.values()) / len(meant) if meant else 0.0
        ranked = []
        titles = [each.card.title for each in found.candidates]
        likenesses = [0.0] * len(titles) if meant else _likenesses(wording, titles)
        for each, title, likeness in zip(found.candidates, titles, likenesses, strict=True):
            share = len(stems.intersection(map(stem, title.split()))) / (len(stems) or 1)
            scored = Ranked(each.record_id, each.card, each.strict, relevance=each.score / top)
            if meant:
                scored.relevance *= _WORDS
                scored.meaning = _MEANING * meant.get(each.record_id, usual)
                scored.title_words = _WHOLE_TITLE * share**_WHOLE
            else:
                scored.title_words = _COVERAGE * share
                scored.title_likeness = _LIKENESS * likeness
            ranked.append(scored)
        if query.filters.sort != "relevance":
            return ranked
        if len(query.parts) <= _FEW and found.strict_total < _PLENTY:
            ranked = self._with_share(query, found.candidates, ranked, meant)
        return rank(ranked, strict_first=query.wants_all)

    def _with_share(
        self,
        query: Query,
        candidates: Sequence[Candidate],
        ranked: Sequence[Ranked],
        meant: Mapping[str, float],
    ) -> list[Ranked]:
        """Few things asked, hardly any record with them all: prefer those that have the rarer ones.

        A record that has less than an average part of plain words is no answer beside those that
        have more (the rarest alone is always that much); what stands for a concept is near enough
        to show, and so is everything where meaning orders the list. What a record has is worth
        less where it is on another cancer than the one asked.
        """
        enough = 1 / max(len(query.parts), 1) - 1e-6
        if meant or any(part.recognised or part.any for part in query.parts):
            enough = 0.0
        is_apart, shared = self._apart(query), []
        for candidate, each in zip(candidates, ranked, strict=True):
            share = 1.0 if candidate.strict else (candidate.share or 0.0)
            worth = _APART if not candidate.strict and is_apart(candidate.card) else 1.0
            each.asked_for = (_ASKED_AND_MEANT if meant else _ASKED) * share * worth
            if share >= enough:
                shared.append(each)
        return shared or list(ranked)


def _likenesses(wording: str, titles: Sequence[str]) -> list[float]:
    """How alike titles are to the words asked, which are cut only once."""
    found = process.extract_iter(wording, titles, scorer=fuzz.token_sort_ratio)
    return [score / 100 for _, score, _ in found]


def rank(candidates: Sequence[Ranked], *, strict_first: bool) -> list[Ranked]:
    """Best first: see the first lines of the module for the rule."""

    def key(each: Ranked) -> tuple[bool, bool, int, int, int, float, str]:
        kinds = _EVIDENCE.keys() & each.card.concepts
        evidence = min(map(_EVIDENCE.__getitem__, kinds)) if kinds else _NO_EVIDENCE
        return (
            each.card.retracted,
            strict_first and not each.strict,
            -round(each.score / _NEAR),
            evidence,
            -each.card.day,
            -each.score,
            each.record_id,
        )

    return sorted(candidates, key=key)
