"""How near a sentence is to a question: what it names, reports and states, and where it is."""

import re
from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING

from bot.lazy import lazy
from bot.records.answers import Direction, Figure
from bot.records.negative import tells_results
from bot.search.describing import names_something
from bot.search.matching import Stem
from bot.search.query import Query
from bot.search.quotes import Passage, Sentence, Spans, Terms, searched
from bot.text.sentences import level

if TYPE_CHECKING:
    from bot.search import direction, effects, figures
else:  # their patterns take long to compile, and few questions are such
    direction, effects, figures = (
        lazy(f"bot.search.{name}") for name in ("direction", "effects", "figures")
    )

# Where a quoted sentence has no figures, those of one that speaks to the question so much less.
_NEARBY = 3.0
# Words that ask about an effect say little of the subject, however rare they are.
_EFFECT_WORDS = re.compile(
    r"surviv\w*|differen\w*|overall|progression-free|disease-free|event-free|add(?:s|ed|ing)?|plus|high|low"
    r"|predict\w*|prognos\w*|chang\w*|affect\w*|level\w*|express\w*|outcome\w*|mortality|deaths?",
    re.IGNORECASE,
)
# What makes a sentence speak to a question, besides the things that are asked about.
# A thing that the title names need not be named again.
_NAMED, _WORD, _BY_TITLE, _RAREST = 1.5, 1.0, 0.8, 1.2
_OUTCOME, _RESULTS, _STATES, _COUNTS, _PLANS, _IN_TITLE = 2.0, 1.0, 1.5, 0.4, -1.5, -1.0
# More for a statement on the outcome in question; what was known before is not what a record found.
_ON_IT, _KNOWN, _OWN, _BEFORE = 0.8, -1.5, 0.3, -3
# A question is no answer, least of all a title that is the question itself.
_ASKS = -6.0
_LONG_WORD = re.compile(r"[^\W_]{4,}")
# An abstract of so many sentences begins with what was known before.
_WHOLE = 5
# Sections that speak of others' patients.
OPENS = re.compile(r"\W*(?:background|introduction|importance|context|rationale)", re.IGNORECASE)


class Question:
    """What a sentence is looked at for: the terms of a question, and its outcome."""

    def __init__(self, query: Query, terms: Terms, counts: Sequence[int], stem: Stem) -> None:
        self.terms = terms
        self.outcome = direction.outcome_of(query.text)
        self._words = {stem(word) for word in _LONG_WORD.findall(level(query.text).lower())}
        stored = sorted((count, number) for number, count in enumerate(counts) if count)
        self._by_rarity = [number for _, number in stored]
        self._rarest = self._by_rarity[0] if stored else -1
        self._weights = [_NAMED if names_something(part) else _WORD for part in query.parts]

    def best(self, ranked: Sequence[tuple[float, int, Sentence]]) -> Sentence:
        """The sentence that speaks most to the question, of those by nearness.

        What it states is looked for only where that can still decide: in long texts in few.
        """
        best, most = ranked[0][2], -inf
        for near, _, each in ranked:
            if near + _STATES + _ON_IT + _COUNTS <= most:
                break
            score = near + self._reports(each.text)
            if score > most or (score == most and each.place < best.place):
                best, most = each, score
        return best

    def _reports(self, text: str) -> float:
        says = direction.stated(text, self.outcome)
        if says.direction != "unclear":
            score = _STATES + _ON_IT * bool(self.outcome and self.outcome.search(text))
        else:
            score = _PLANS if says.plans or direction.tells_methods(text) else 0
        return score + (_COUNTS if figures.figures(text) else 0)

    def nearby(
        self, best: Sentence, ranked: Sequence[tuple[float, int, Sentence]], states: Direction
    ) -> tuple[Figure, ...]:
        """The figures of the sentence that speaks most to the question after the quoted one.

        None of one that states another direction: its figures are of another comparison.
        """
        scored = [
            (near + self._reports(each.text), place, shown)
            for near, place, each in ranked
            if near >= ranked[0][0] - _NEARBY and each.stored and each is not best
            if self.outcome is None or self.outcome.search(each.text)
            if (shown := figures.figures(each.text))
            and direction.stated(each.text, self.outcome).direction in (states, "unclear")
        ]
        return max(scored, key=lambda one: one[:2])[2] if scored else ()

    def about(self, sentence: Sentence, terms: Terms, stem: Stem) -> list[Spans]:
        """Where the things that are asked about stand in a sentence, the rarest first."""
        one = [Passage(0, None, sentence.text)]
        found = (next(searched(one, [terms[n]], stem)).marks for n in self._by_rarity)
        words = _LONG_WORD.finditer(level(sentence.text))
        bare = [
            [each.span()]
            for each in words
            if stem(each.group().lower()) in self._words and not asks_of_effect(each.group())
        ]
        return [*filter(None, found), *bare]

    def nearness(self, sentence: Sentence, named: frozenset[int], count: int) -> float:
        """How near a sentence is to the question, where the title has `named` of it."""
        is_title = sentence.section < 0
        score = sum(
            weight if number in sentence.stored else weight * _BY_TITLE
            for number, weight in enumerate(self._weights)
            if number in sentence.stored or (number in named and not is_title)
        )
        score += _RAREST if self._rarest in sentence.stored and not is_title else 0
        score += _IN_TITLE if is_title else 0
        score += 0.3 * len(self._words & sentence.words.stems) if sentence.words else 0
        if self.outcome and self.outcome.search(sentence.text):
            score += _OUTCOME + direction.misses(sentence.text)
        score += _KNOWN * direction.is_known(sentence.text) + _ASKS * ("?" in sentence.text)
        score += _OWN * direction.is_own(sentence.text)
        return score + _RESULTS * _tells(sentence, count)


def asks_of_effect(word: str) -> bool:
    """Whether a word of a question asks what the effect is, and is no thing that is asked about."""
    return bool(_EFFECT_WORDS.fullmatch(word)) or effects.is_change(word)


def _tells(sentence: Sentence, count: int) -> int:
    """1 where results stand, -1 where they do not; without sections, by halves and thirds.

    `_BEFORE` where others' results stand: in the first sentence, and under background.
    """
    if sentence.section < 0:
        return 1
    if OPENS.match(sentence.label or "") or (sentence.place == 0 and count >= _WHOLE):
        return _BEFORE
    if sentence.label:
        return 1 if tells_results(sentence.label) else -1
    return 1 if 2 * sentence.place >= count else -1 if 3 * sentence.place < count else 0


def is_background(sentence: Sentence, count: int) -> bool:
    """Whether a sentence tells what was known before, and not what its record found."""
    is_early = _tells(sentence, count) == _BEFORE and not direction.is_own(sentence.text)
    return is_early or direction.is_known(sentence.text)
