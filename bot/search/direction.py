"""The direction of an effect as a sentence states it: improved, no difference, worse or unclear.

A rule over the sentence's own words, meant for the patient: longer survival and slower growth
improve, more toxicity is worse. A clause is read as a chain: words of change, then what changes,
whose signs multiply ("reduced the risk of death", "enhanced inhibition of growth"). Hedges (may,
a trend) and plans are unclear; where every p value of a clause is over .05, or every interval of a
ratio has 1 in it, there is no difference.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.records.answers import Direction, Figure
from bot.records.negative import failure
from bot.search import effect_words as patterns
from bot.search.effects import Word, read_words, signs
from bot.search.figures import figures
from bot.text.sentences import level


def is_own(sentence: str) -> bool:
    """Whether a sentence says that it tells what its authors did or found."""
    return bool(patterns.OWN.search(sentence))


def tells_methods(sentence: str) -> bool:
    """Whether a sentence tells what was done, and to whom."""
    return bool(patterns.METHODS.search(sentence))


def misses(sentence: str) -> bool:
    """Whether a sentence says that an end point was missed."""
    return bool(patterns.MISSED.search(sentence))


def is_known(sentence: str) -> bool:
    """Whether a sentence tells what others found, or was known before."""
    return bool(patterns.KNOWN.search(sentence)) and not is_own(sentence)


def outcome_of(question: str) -> re.Pattern[str] | None:
    """What a sentence about the outcome of a question has in it; None where it names none."""
    read = level(question)
    return next(
        (pattern for names, pattern in patterns.OUTCOME_PATTERNS if names.search(read)), None
    )


@dataclass(frozen=True, slots=True)
class Statement:
    """A direction, and where its words stand in the sentence (from 0 to 0 where none do).

    One that `plans` says what is to be found out.
    """

    direction: Direction
    start: int = 0
    end: int = 0
    plans: bool = False


_EFFECTS = (*patterns.CHANGES, *patterns.ABSOLUTE)
# The rank of a clause that only says what is to be found out.
_PLAN = 9


@dataclass(frozen=True, slots=True)
class _Effect:
    """One statement of a sentence: its clause, whether it is of harm, and its rank (0 decides)."""

    direction: Direction
    start: int
    end: int
    clause: tuple[int, int]
    harm: bool | None = False
    rank: float = 0
    recalls: bool = False


def stated(
    sentence: str,
    outcome: re.Pattern[str] | None = None,
    about: Sequence[Sequence[tuple[int, int]]] = (),
) -> Statement:
    """The direction that a sentence states, of the outcome in question where it speaks of that.

    A main clause goes before one that begins with although or while, what patients have before what
    cells do, benefit before harm (unless that is the question). Improved and worse in one clause
    are unclear. Of clauses that are set against each other ("whereas") that one decides which has
    what the question is `about`: where each of its things stands, what tells most first.
    """
    masked, clauses, effects = _read(sentence)
    for start, end in clauses:
        no = patterns.BUT_NOT.match(masked, start)
        if no and "," in masked[no.end() : end].rstrip(" ,"):
            continue  # "high intratumoral, but not peritumoral, infiltration was …"
        is_answered = no and outcome is not None and outcome.search(masked, 0, start)
        if no and not is_answered and any(_within(start, end, each) for each in about):
            return Statement("no difference", no.start(), no.end())
    found = list(effects)
    if any(patterns.APART.match(masked, each.clause[0]) for each in found):
        found = _on_subject(found, about)
    if outcome is not None:
        on_it = {span for span in clauses if outcome.search(masked, *span)}
        general = patterns.END_POINTS.get(outcome)
        if not on_it and general and not general.search(masked):
            return Statement("unclear")  # it speaks of another end point
        found = [each for each in found if each.clause in on_it or each.recalls] or found
    found = _most_on(found, about)
    about_harm = outcome is not None and bool(outcome.search("adverse"))
    of_kind = [each for each in found if each.harm in (about_harm, None)]
    # That a drug works is no answer to whether it harms; that it harms little is one the other way.
    found = of_kind if about_harm else of_kind or found
    if not found:
        return Statement("unclear", plans="?" in sentence)
    first = min(found, key=lambda each: each.rank)
    directions = {
        each.direction for each in found if each.clause == first.clause and each.rank == first.rank
    }
    direction: Direction = "unclear" if {"improved", "worse"} <= directions else first.direction
    return Statement(direction, first.start, first.end, first.rank == _PLAN)


@lru_cache(maxsize=256)
def _read(sentence: str) -> tuple[str, list[tuple[int, int]], tuple[_Effect, ...]]:
    """A sentence without its asides, its clauses and its effects; it is read more than once."""
    read = level(sentence)
    masked = patterns.MASKED.sub(lambda found: " " * len(found.group()), read)
    asks = masked.rfind("?") + 1  # a question states nothing
    masked = " " * asks + masked[asks:]
    clauses = list(_clauses(masked))
    effects = _recalled(each for span in clauses for each in _in_clause(read, masked, span))
    return masked, clauses, tuple(effects)


def _within(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a thing stands in a clause, and nowhere else."""
    return bool(spans) and all(start <= at < end for at, _ in spans)


def _on_subject(found: list[_Effect], about: Sequence[Sequence[tuple[int, int]]]) -> list[_Effect]:
    """The effects of those clauses that have the first thing that not all of them have."""
    for spans in about:
        those = [
            each for each in found if any(each.clause[0] <= a < each.clause[1] for a, _ in spans)
        ]
        if 0 < len(those) < len(found):
            return those
    return found


def _most_on(found: list[_Effect], about: Sequence[Sequence[tuple[int, int]]]) -> list[_Effect]:
    """What was found, of what became better or worse only that which the question names most."""
    named = {
        each: sum(any(each.start <= at < each.end for at, _ in spans) for spans in about)
        for each in found
        if each.direction in ("improved", "worse")
    }
    most = max(named.values(), default=0)
    return [each for each in found if named.get(each, most) == most]


def _recalled(found: Iterable[_Effect]) -> list[_Effect]:
    """What was stated, without the effects that a later clause calls not significant."""
    kept: list[_Effect] = []
    since = 0
    for each in found:
        if each.recalls:
            kept[since:] = [replace(one, direction="no difference") for one in kept[since:]]
            since = len(kept)
        kept.append(each)
    return kept


def _clauses(masked: str) -> Iterator[tuple[int, int]]:
    """The clauses of a sentence; what follows a denial by "and improved" is one of its own."""
    for start, end in _cut(masked):
        denied = (
            each.search(masked, start, end) for each in (patterns.NONE, patterns.NO, patterns.NOT)
        )
        none = min((each.end() for each in denied if each), default=end)
        more = patterns.AND_DID.search(masked, none, end)
        yield start, more.start() if more else end
        if more:
            yield more.end(), end


def _cut(masked: str) -> Iterator[tuple[int, int]]:
    at = 0
    if patterns.ASIDE.match(masked) and (main := patterns.MAIN.search(masked)):
        yield at, main.start()
        at = main.start() + 1
    for cut in patterns.CUT.finditer(masked, at):
        yield at, cut.start()
        # A conjunction belongs to what follows.
        at = cut.start() + 1 if cut.group().strip(" ,;.:") else cut.end()
    yield at, len(masked)


def _in_clause(read: str, masked: str, span: tuple[int, int]) -> Iterator[_Effect]:
    """What one clause states: a plan, that there is no effect, or the way of each effect."""
    start, end = span
    clause = masked[start:end]
    aside = 2 if patterns.ASIDE.match(clause) else 0
    if rare := patterns.RARELY.search(clause):
        yield _Effect("unclear", start + rare.start(), start + rare.end(), span, rank=aside)
        return
    if plan := patterns.PLANNED.search(clause):
        yield _Effect("unclear", start + plan.start(), start + plan.end(), span, rank=_PLAN)
        clause = clause[: plan.start()]  # what stands before it was found
    words = read_words(clause)
    if none := _none(clause, words):
        yield from _denials(clause, words, none, span, aside)
        return
    effects = signs(clause, words)
    of_outcome = effects or patterns.CLINICAL.search(clause)
    no_effect = _shows_none(read[start:end]) if of_outcome else None
    if no_effect and not effects:
        at = start + read[start:end].find(no_effect)
        for harm in _spoken_of(clause):
            yield _Effect("no difference", at, at + len(no_effect), span, harm, rank=aside)
    if not effects and not no_effect:
        yield from _by_ratio(read[start:end], words, span)
    for sign, a, b in effects:
        rest = _rest(clause, b)
        harm = bool(patterns.ADVERSE.search(clause, a, rest))
        rank = aside + (not patterns.CLINICAL.search(clause, a, rest))
        place = (start + a, start + b, span)
        if no_effect or patterns.DENIED.search(clause, max(0, a - 90), a):
            yield _Effect("no difference", *place, harm, rank if no_effect else rank + 2)
        elif _is_hedged(clause, a, b):
            yield _Effect("unclear", *place, harm, rank + 4)
        else:
            yield _Effect("improved" if sign > 0 else "worse", *place, harm, rank)


def _denials(
    clause: str, words: Sequence[Word], none: tuple[int, int], span: tuple[int, int], aside: int
) -> Iterator[_Effect]:
    """That a clause denies an effect: of benefit, of harm, or of what stands before it."""
    things = [word.start for word in words if word.kind in patterns.THINGS]
    denied = clause[slice(*none)].lower()
    recalls = "significan" in denied and not any(at < none[1] for at in things)
    place = (span[0] + none[0], span[0] + none[1], span)
    # That a cell does not change is no answer where something else of it did.
    rank: float = aside + 2 * (not patterns.CLINICAL.search(clause))
    for harm in (None,) if recalls else _spoken_of(clause):
        yield _Effect("no difference", *place, harm, rank, recalls)


def _spoken_of(clause: str) -> list[bool]:
    """Whether a clause speaks of benefit (False), of harm (True), or of both."""
    harm = patterns.ADVERSE.search(clause)
    benefit = any(
        not patterns.ADVERSE.match(clause, each.start())
        for each in patterns.CLINICAL.finditer(clause)
    )
    return [False, True] if harm and benefit else [bool(harm)]


def _none(clause: str, words: Sequence[Word]) -> tuple[int, int] | None:
    """Where a clause denies an effect, or says that outcomes are alike."""
    if found := failure(clause) or patterns.NONE.search(clause):
        return found.span()
    denied = [each.span() for each in patterns.EITHER_WAY.finditer(clause)]
    outcomes = [word for word in words if word.kind == "good" or patterns.ADVERSE.match(word.text)]
    named = [(word.start, word.end) for word in outcomes]
    if patterns.CLINICAL.search(clause) or any(word.kind in patterns.THINGS for word in words):
        denied += [(word.start, word.end) for word in words if word.kind in _EFFECTS]
    for no, after, spans in (
        (patterns.NO, patterns.AFTER_NO, sorted([*denied, *named])),
        (patterns.NOT, patterns.AFTER_NOT, sorted(denied)),
        (patterns.NOT, patterns.OF_OUTCOME, named),
    ):
        for each in no.finditer(clause):
            for start, end in spans[bisect_left(spans, each.span()[1:]) :]:
                if start - each.end() > patterns.FARTHEST:
                    break
                if after.fullmatch(clause, each.end(), start):
                    return each.start(), end
    found = (
        patterns.ALIKE.search(clause)
        if any(word.kind in patterns.THINGS for word in words)
        else None
    )
    return found.span() if found else None


def _shows_none(text: str) -> str | None:
    """The last figure of a clause where none of its figures shows an effect, else None.

    P values decide, where there are any; else the intervals of ratios.
    """
    given = figures(text) if patterns.TESTED.search(text) else ()
    ps = [each for each in given if each.measure == "p"]
    ratios = [each for each in given if each.measure in patterns.RATIOS and each.interval]
    is_none = [_is_over(each.value) for each in ps] or [_has_one(each) for each in ratios]
    return (ps or ratios)[-1].words if is_none and all(is_none) else None


def _by_ratio(text: str, words: Sequence[Word], span: tuple[int, int]) -> Iterator[_Effect]:
    """What the ratios of a clause without words of change show: a hazard is of something bad."""
    given = figures(text) if patterns.TESTED.search(text) else ()
    is_shown = any(each.measure == "p" and not _is_over(each.value) for each in given)
    of_good = {word.kind for word in words} & {"good", "bad"} == {"good"}
    for each in given:
        if each.measure in patterns.RATIOS and (
            is_shown if each.interval is None else not _has_one(each)
        ):
            is_more = float(patterns.DECIMAL.findall(each.value.replace("·", "."))[0]) > 1
            is_worse = is_more is not (of_good and each.measure != "HR")
            at = span[0] + text.find(each.words)
            place = (at, at + len(each.words), span)
            yield _Effect("worse" if is_worse else "improved", *place)


def _is_hedged(clause: str, start: int, end: int) -> bool:
    """Whether an effect may be; of cells, "could" is said of what was seen."""
    hedge = patterns.HEDGED.search(clause, max(0, start - 180), start)
    if hedge and hedge.group().lower().startswith("could "):
        of_patients = patterns.CLINICAL.search(clause, start, _rest(clause, end))
        return bool(of_patients)
    inside = patterns.MAY_BE.search(clause, start, end)
    return bool(hedge or inside or patterns.THEN_MAY.match(clause, end))


def _is_over(value: str) -> bool:
    """Whether a p value is over .05, or reported to be at least that."""
    number = float(
        "0" + (found := patterns.DECIMAL.findall(value.replace("·", ".")))[0].lstrip("0")
    )
    return len(found) == 1 and (number > 0.05 or (number == 0.05 and value[0] not in "<≤"))


def _has_one(ratio: Figure) -> bool:
    """Whether the interval of a ratio has 1 in it."""
    bounds = [
        float(each) for each in patterns.DECIMAL.findall((ratio.interval or "").replace("·", "."))
    ]
    return len(bounds) == 3 and bounds[1] <= 1 <= bounds[2]


def _rest(clause: str, at: int) -> int:
    """Where what a statement says ends, at most so many characters on."""
    rest = patterns.NEXT.match(clause, at, at + 60)
    return rest.end() if rest else at
