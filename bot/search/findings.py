"""Service: what the stored records report on a question, without any model.

For each record the sentence that speaks to the question, verbatim, with its direction and figures
by rule. What is summed up is counted; what no record says is said.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Self

from bot.index import Group, IndexQuery, SearchIndex, Words
from bot.lazy import lazy
from bot.records.answers import Answer, Direction, Finding, Hit, Quote
from bot.records.models import Record
from bot.search.describing import describe_query, names_something
from bot.search.evidence import GROUPS
from bot.search.explanation import as_read
from bot.search.matching import Stem, Text
from bot.search.nearness import OPENS, Question, asks_of_effect, is_background
from bot.search.query import Query
from bot.search.quotes import FULL_TEXT, Passage, Terms, merged, passages, searched
from bot.search.search import Search
from bot.search.verbatim import as_stored
from bot.text.abbreviations import definitions
from bot.text.folding import clean
from bot.text.markup import plain
from bot.vocabulary import Vocabulary

if TYPE_CHECKING:
    from bot.search import direction, figures
    from bot.search.full_text import FullTextSearch
else:  # their patterns take long to compile, and few questions are such
    direction, figures = lazy("bot.search.direction"), lazy("bot.search.figures")

# So many of the best records are read for a question.
READ = 20
_MOST_MISSING = 3
_MOST_FIGURES = 8
# A word in a larger share of the records says little of the subject.
_COMMON = 0.02
# A quote longer than this is no sentence but a text without full stops.
_LONGEST = 1_500
# Kinds that report what others found.
_OF_OTHERS = ("review", "systematic-review")
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
        question = Question(query, terms, counts, self._index.stem)
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
            or (self._count(group) <= common and not asks_of_effect(part.typed))
        }

    def _count(self, *groups: Group) -> int:
        return self._index.count(IndexQuery(groups=groups))

    def _row(
        self,
        hit: Hit,
        question: "Question",
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
        self, record: Record, question: "Question", more: Sequence[Passage]
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
            quote = as_stored(record.abstract or "" if is_abstract else record.title, quote)
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
                    if not (OPENS.match(each.label or "") or direction.is_known(each.text))
                ],
            ),
            figures=shown[:_MOST_FIGURES],
            is_background=kind not in _OF_OTHERS and is_background(best, len(abstract)),
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
