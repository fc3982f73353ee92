"""What people's opinions on records say of others."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from bot.records.models import Record
from bot.store.subscriptions import Opinion


@dataclass(frozen=True, slots=True)
class Feedback:
    """How often a concept was on a record that was saved, and on one that was not relevant."""

    saved: dict[str, int]
    not_relevant: dict[str, int]

    @classmethod
    def of_opinions(cls, opinions: Iterable[tuple[Record, Opinion]]) -> Self:
        """Count the concepts of records by the opinions on them."""
        counts: dict[Opinion, dict[str, int]] = {"save": {}, "not_relevant": {}}
        for record, opinion in opinions:
            for concept in {tag.concept for tag in record.concepts}:
                counts[opinion][concept] = counts[opinion].get(concept, 0) + 1
        return cls(counts["save"], counts["not_relevant"])

    def of(self, record: Record) -> float:
        """From -1 (its concepts were only ever not relevant) to 1 (only ever saved).

        The mean over its concepts of (saved - not relevant) / (saved + not relevant + 1): one
        opinion moves little, many move more, and a concept without an opinion counts as 0.
        """
        if not self.saved and not self.not_relevant:
            return 0.0
        concepts = {tag.concept for tag in record.concepts}
        if not concepts:
            return 0.0
        return sum(map(self._of_concept, concepts)) / len(concepts)

    def moved(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The concepts that move records up, and those that move them down, each most first."""
        weights = {name: self._of_concept(name) for name in {*self.saved, *self.not_relevant}}
        ordered = sorted(weights, key=lambda name: (-abs(weights[name]), name))
        up = tuple(name for name in ordered if weights[name] > 0)
        return up, tuple(name for name in ordered if weights[name] < 0)

    def _of_concept(self, concept: str) -> float:
        saved, not_relevant = self.saved.get(concept, 0), self.not_relevant.get(concept, 0)
        return (saved - not_relevant) / (saved + not_relevant + 1)
