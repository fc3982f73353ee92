"""Service: what the stored records report on a question, without any model.

For each record the sentence that speaks to the question, verbatim, with its direction and figures
by rule. What is summed up is counted; what no record says is said.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from itertools import combinations
from math import inf
from typing import TYPE_CHECKING, Self
from unicodedata import normalize

from bot.index import Group, IndexQuery, SearchIndex, Words
from bot.lazy import lazy
from bot.records.models import Answer, Direction, Figure, Finding, Hit, Quote, Record
from bot.records.negative import tells_results
from bot.search.evidence import GROUPS
from bot.search.explanation import as_read
from bot.search.matching import Stem, Text
from bot.search.query import Query
from bot.search.quotes import FULL_TEXT, Passage, Sentence, Spans, Terms, merged, passages, searched
from bot.search.search import Search, describe_query, names_something
from bot.text.abbreviations import definitions
from bot.text.folding import clean
from bot.text.markup import plain
from bot.text.sentences import level
from bot.vocabulary import Vocabulary

if TYPE_CHECKING:
    from bot.search import direction, effects, figures
    from bot.search.full_text import FullTextSearch
else:  # their patterns take long to compile, and few questions are such
    direction, effects, figures = (
        lazy(f"bot.search.{name}") for name in ("direction", "effects", "figures")
    )

# So many of the best records are read for a question.
READ = 20
_MOST_MISSING = 3
_MOST_FIGURES = 8
# Where a quoted sentence has no figures, those of one that speaks to the question so much less.
_NEARBY = 3.0
# A word in a larger share of the records says little of what is asked about; nor do these words,
# which ask about an effect, however rare they are.
_COMMON = 0.02
_EFFECT_WORDS = re.compile(
    r"surviv\w*|differen\w*|overall|progression-free|disease-free|event-free|add(?:s|ed|ing)?|plus|high|low"
    r"|predict\w*|prognos\w*|chang\w*|affect\w*|level\w*|express\w*|outcome\w*|mortality|deaths?",
    re.IGNORECASE,
)
# A quote longer than this is no sentence but a text without full stops.
_LONGEST = 1_500
# What makes a sentence speak to a question, besides the things that are asked about.
# A thing that the title names need not be named again.
_NAMED, _WORD, _BY_TITLE, _RAREST = 1.5, 1.0, 0.8, 1.2
_OUTCOME, _RESULTS, _STATES, _COUNTS, _PLANS, _IN_TITLE = 2.0, 1.0, 1.5, 0.4, -1.5, -1.0
# More for a statement on the outcome in question; what was known before is not what a record found.
_ON_IT, _KNOWN, _OWN, _BEFORE = 0.8, -1.5, 0.3, -3
# A question is no answer, least of all a title that is the question itself.
_ASKS = -6.0
# Kinds that report what others found.
_OF_OTHERS = ("review", "systematic-review")
_LONG_WORD = re.compile(r"[^\W_]{4,}")
# An abstract of so many sentences begins with what was known before.
_WHOLE = 5
# Sections that speak of others' patients.
_OPENS = re.compile(r"\W*(?:background|introduction|importance|context|rationale)", re.IGNORECASE)
# A stored text piece by piece: a tag, as such or escaped, white space, or a character.
_PIECES = re.compile(
    r"</?[A-Za-z][^<>]{0,200}>|&(?:amp;)?lt;/?[A-Za-z][^<>&]{0,200}&(?:amp;)?gt;|(?P<space>\s+)"
    r"|(?P<char>&(?:amp;)?(?:#\w{1,7}|[A-Za-z]\w{1,40});|.)",
    re.DOTALL,
)
_NEGATIVE: tuple[Direction, ...] = ("no difference", "worse")


@dataclass(frozen=True, slots=True)
class Findings:
    """The rows of a question as the hits of an answer, each with its finding.

    A row is strict where its record has every thing that tells what is asked about; `full` counts
    those, `directions` and `kinds` what they report and are. `missing` are the things asked that no
    stored record has together, where no row is strict.
    """

    answer: Answer
    full: int
    directions: Mapping[Direction, int]
    kinds: Mapping[str, int]
    missing: tuple[tuple[str, ...], ...]

    def of(self, answer: Answer) -> Self:
        """The same, with more said in its answer."""
        return replace(self, answer=answer)


class FindingsService:
    """Answers `ask`."""

    def __init__(
        self,
        index: SearchIndex,
        search: Search,
        vocabulary: Vocabulary,
        full_text: "FullTextSearch | None" = None,
    ) -> None:
        self._index, self._full_text = index, full_text
        self._search = search
        self._kinds = {
            concept: kind for _, kind in reversed(GROUPS) for concept in vocabulary.narrower(kind)
        }
        self._order = [kind for _, kind in GROUPS]

    def on(self, query: Query, limit: int = 5, offset: int = 0) -> Findings:
        """What the records that a question finds report on it, the nearest first."""
        found = self._search.run(query, limit=READ)
        groups = self._search.plan(query).groups
        telling = self._telling(query, groups)
        counts = [self._count(group) for group in groups]
        terms = [group.alternatives for group in groups]
        question = _Question(query, terms, counts, self._index.stem)
        read = [hit.record for hit in found.hits]
        more = self._full_text.near(query.text, read) if self._full_text else {}
        made = (self._row(h, question, telling, more.get(h.record.id, ())) for h in found.hits)
        rows = [row for row in made if row is not None]
        full = [row.finding for row in rows if row.finding and row.strict]
        top = max((row.score for row in rows), default=1.0)
        rows.sort(key=lambda row: _order(row, top))
        answer = found.model_copy(
            update={
                "understood": describe_query(replace(query, ignored=()), "ask"),
                "hits": tuple(rows[offset : offset + limit]),
                "offset": offset,
                "ranked": len(rows),
                "suggestions": (),
            }
        )
        return Findings(
            answer,
            full=len(full),
            directions=Counter(each.direction for each in full),
            kinds=Counter(each.kind for each in full if each.kind),
            missing=() if full else self._missing(telling),
        )

    def _telling(self, query: Query, groups: Sequence[Group]) -> dict[str, Group]:
        """The things asked that tell what a question is about: what has a name, and rare words."""
        common = _COMMON * self._index.count(IndexQuery())
        return {
            as_read(part): group
            for part, group in zip(query.parts, groups, strict=True)
            if names_something(part)
            or part.phrase
            or (self._count(group) <= common and not _asks_of_effect(part.typed))
        }

    def _count(self, *groups: Group) -> int:
        return self._index.count(IndexQuery(groups=groups))

    def _row(
        self,
        hit: Hit,
        question: "_Question",
        telling: Mapping[str, Group],
        more: Sequence[Passage],
    ) -> Hit | None:
        """The hit with its finding; None where no sentence of it has any term of the question.

        `more` are sentences of its full text.
        """
        finding = self._finding(hit.record, question, more)
        missing = tuple(name for name in hit.missing if name in telling)
        known = {"finding": finding, "missing": missing, "strict": not missing and bool(telling)}
        return hit.model_copy(update=known) if finding else None

    def _finding(
        self, record: Record, question: "_Question", more: Sequence[Passage]
    ) -> Finding | None:
        whole = (*passages(record), Passage(-1, "title", plain(record.title)))
        *abstract, title = [replace(each, text=each.text[:_LONGEST]) for each in whole]
        further = [replace(each, text=each.text[:_LONGEST]) for each in more]
        stem = self._index.stem
        terms = _with_short_forms(question.terms, abstract, stem)
        read = list(searched([*abstract, *further, title], terms, stem))
        named = read[-1].stored
        read = [each for each in read if each.stored or named]
        if not read:
            return None
        scored = sorted(
            ((question.nearness(each, named, len(abstract)), -each.place, each) for each in read),
            key=lambda one: one[:2],
            reverse=True,
        )
        best = question.best(scored)
        says = direction.stated(best.text, question.outcome, question.about(best, terms, stem))
        shown = figures.figures(best.text) or question.nearby(best, scored, says.direction)
        kind = self._kind(record)
        quote = Quote(text=best.text, section=best.label, marks=merged(best.marks))
        is_abstract = 0 <= best.section < FULL_TEXT
        if best.section < FULL_TEXT:
            quote = _as_stored(record.abstract or "" if is_abstract else record.title, quote)
        return Finding(
            quote=quote,
            place=best.place + 1 if is_abstract else 0,
            sentences=len(abstract),
            direction=says.direction,
            stated=best.text[says.start : says.end],
            kind=kind,
            sample=figures.sample(
                best.text,
                [
                    each.text
                    for each in abstract
                    if not (_OPENS.match(each.label or "") or direction.is_known(each.text))
                ],
            ),
            figures=shown[:_MOST_FIGURES],
            is_background=kind not in _OF_OTHERS and _is_background(best, len(abstract)),
        )

    def _kind(self, record: Record) -> str | None:
        kinds = {self._kinds[t.concept] for t in record.concepts if t.concept in self._kinds}
        return next((kind for kind in self._order if kind in kinds), None)

    def _missing(self, question: Mapping[str, Group]) -> tuple[tuple[str, ...], ...]:
        """The things asked that no record has: one alone, else two together, else all of them."""
        if absent := [(name,) for name, group in question.items() if not self._count(group)]:
            return tuple(absent[:_MOST_MISSING])
        pairs = combinations(question, 2)
        apart = [(a, b) for a, b in pairs if not self._count(question[a], question[b])]
        together = (tuple(question),) if len(question) > 2 else ()
        return tuple(apart[:_MOST_MISSING]) or together


class _Question:
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
            if stem(each.group().lower()) in self._words and not _asks_of_effect(each.group())
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


def _asks_of_effect(word: str) -> bool:
    """Whether a word of a question asks what the effect is, and is no thing that is asked about."""
    return bool(_EFFECT_WORDS.fullmatch(word)) or effects.is_change(word)


def _tells(sentence: Sentence, count: int) -> int:
    """1 where results stand, -1 where they do not; without sections, by halves and thirds.

    `_BEFORE` where others' results stand: in the first sentence, and under background.
    """
    if sentence.section < 0:
        return 1
    if _OPENS.match(sentence.label or "") or (sentence.place == 0 and count >= _WHOLE):
        return _BEFORE
    if sentence.label:
        return 1 if tells_results(sentence.label) else -1
    return 1 if 2 * sentence.place >= count else -1 if 3 * sentence.place < count else 0


def _is_background(sentence: Sentence, count: int) -> bool:
    """Whether a sentence tells what was known before, and not what its record found."""
    is_early = _tells(sentence, count) == _BEFORE and not direction.is_own(sentence.text)
    return is_early or direction.is_known(sentence.text)


def _as_stored(stored: str, quote: Quote) -> Quote:
    """The quote as it stands in the stored text, line breaks and markup included, where it does."""
    if quote.text in stored:
        return quote
    flat, places = "", list[tuple[int, int]]()
    for piece in _PIECES.finditer(stored):
        shown = " " if piece["space"] else unescape(unescape(piece["char"] or ""))
        if shown and not (shown == " " and flat.endswith(" ")):
            flat += shown
            places += [piece.span()] * len(shown)
    # A raised sign is read from a tag: `CD8<sup>+</sup>` is shown as `CD8⁺`.
    at = _lowered(flat).find(_lowered(quote.text))
    if at < 0:
        return quote
    start, _ = places[at]
    marks = tuple(
        (places[at + a][0] - start, places[at + b - 1][1] - start) for a, b in quote.marks
    )
    text = stored[start : places[at + len(quote.text) - 1][1]]
    return Quote(text=text, section=quote.section, marks=marks)


def _lowered(text: str) -> str:
    """The text with raised and lowered characters as plain ones; of the same length."""
    if text.isascii():
        return text
    plain_ones = (n if len(n := normalize("NFKC", c)) == 1 else c for c in text)
    return "".join(plain_ones).replace("\u2212", "-")


def _order(row: Hit, top: float) -> tuple[bool, bool, int, bool]:
    """Retracted last, full matches first; among equals what is negative or null leads.

    Those are equal whose scores lie in the same tenth of the best one, counted from it down.
    """
    finding = row.finding
    is_negative = finding is not None and finding.direction in _NEGATIVE
    return (
        row.record.is_retracted,
        not row.strict,
        int(10 * (top - row.score) / top),
        not is_negative,
    )


def _with_short_forms(terms: Terms, abstract: Sequence[Passage], stem: Stem) -> Terms:
    """The terms, each with the abbreviations that an abstract gives itself for what has it."""
    text = " ".join(clean(each.text) for each in abstract)
    forms = [(Words((short,)), Text.of(long, stem)) for short, long in definitions(text)]
    return [
        [
            *alternatives,
            *(
                short
                for short, long in forms
                if any(isinstance(each, Words) and long.holds(each) for each in alternatives)
            ),
        ]
        for alternatives in terms
    ]
