# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""The figures of an effect that a sentence gives, found by rule, each with its words.

Hazard, odds and risk ratios and p values, with their intervals; times and shares of survival; rates
of response. Each is shown as written. One is left out rather than guessed: where names share their
numbers, and where a number is a difference, a limit, a plan or a follow-up.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.records.answers import Figure
from bot.text.number_words import PATTERN, number
from bot.text.sentences import level

_NUMBER = r"(?:(?:\d{1,3}(?:,\d{3})+|\d{1,9})(?:[.·]\d{1,9})?|(?<![\d.·])[.·]\d{1,9})"
_END = r"(?![\d%]|[.,·]\d)"
_INTERVAL = (
    r"(?P<interval>[\s,;:(\[]{0,3}\d\d(?:\.\d)?\s?%\s?(?:CI\b|CrI\b|C\.I\.|(?:confidence|credible) intervals?)(?:\s?[(\[]CI[)\]])?"
    rf"[\s,:=;(\[]{{0,4}}-?{_NUMBER}\s?%?\s{{0,2}}(?:-|to|,)\s{{0,2}}(?:-?{_NUMBER}\s?%?{_END}|N[ERA]\b|not (?:reached|estimable|evaluable)))"
)
_RATIO = re.compile(
    r"(?<![\w/-])(?:(?:un)?adjusted |pooled )?"
    r"(?P<name>(?-i:[acmsu]?(?:HR|OR|RR)s?)|(?:sub-?distribution )?hazards? ratios?|odds ratios?|(?:risk|rate|relative) ratios?|relative risks?)(?![\w/-])"
    r"(?:\s?[(\[](?-i:[acs]?(?:HR|OR|RR)s?)[)\]])?(?:\s(?:for|per) [A-Za-z0-9%/+ -]{2,50}?)?\s{0,2}(?:[=:,]|was|were|of|is)?\s{0,2}[(\[]?"
    rf"(?P<value>{_NUMBER}){_END}(?!\s?(?:months?|years?|weeks?|days?|patients|to|-)\b){_INTERVAL}?",
    re.IGNORECASE,
)
_RATIO_NAMES = {"h": "HR", "s": "HR", "o": "OR"}
_P = re.compile(
    r"(?<![\w-])(?:log-?rank )?p(?:[ -]?values?)?(?:[ _-]?(?:for )?(?:trend|interaction|heterogeneity))?\s{0,2}"
    r"(?:(?:=|was|of)\s{0,2})?(?P<value>[<>≤≥]?\s{0,2}(?:0?[.·]\d{1,9}|0|1(?:\.0{1,9})?)(?![\d.]\d|\d)(?:\s?[×x*]\s?10\s?\^?[-⁻]?[\d⁰¹²³⁴-⁹]{1,4}|e-\d{1,3})?)",
    re.IGNORECASE,
)
_A_SIGN = re.compile(r"[=<>≤≥]|\b(?:was|of)\b")
_SURVIVAL = {
    "OS": r"(?-i:m?OS)|overall survival", "PFS": r"(?-i:m?PFS)|progression-free survival", "DFS": r"(?-i:m?DFS)|disease-free survival",
    "EFS": r"(?-i:m?EFS)|event-free survival", "RFS": r"(?-i:m?RFS)|(?:recurrence|relapse)-free survival", "DSS": r"(?-i:DSS)|disease-specific survival",
    "CSS": r"(?-i:CSS)|cancer-specific survival", "DMFS": r"(?-i:DMFS)|distant metastasis-free survival", "DOR": r"(?-i:m?D[Oo]R)|duration of (?:objective )?response",
    "TTP": r"(?-i:TTP)|time to (?:tumou?r )?progression",
}  # fmt: skip
_RESPONSE = {
    "ORR": r"(?-i:c?ORRs?)|(?:objective|overall) (?:response|remission) rates?", "DCR": r"(?-i:DCRs?)|disease control rates?",
    "CBR": r"(?-i:CBR)|clinical benefit rates?", "MPR": r"(?-i:MPR)(?: rates?)?|major patholog\w+ response(?: rates?)?",
    "pCR": r"(?-i:pCR)(?: rates?)?|(?:patholog\w+ complete|complete patholog\w+) response(?: rates?)?",
    "CR": r"(?-i:CRR?)(?: rates?)?|complete (?:response|remission)(?: rates?|(?= [(\[]CR))", "response rate": r"response rates?",
}  # fmt: skip
_NAMES = {**_SURVIVAL, **_RESPONSE}
_MEASURES = {f"m{at}": measure for at, measure in enumerate(_NAMES)}
_NAMED = re.compile(
    "|".join(
        rf"(?P<m{at}>(?<![\w/-])(?:{words})(?![\w/-])(?:\s?[(\[](?:{words})(?: rates?)?[)\]])?)"
        for at, words in enumerate(_NAMES.values())
    ),
    re.IGNORECASE,
)
# What belongs to a name before it: "24- and 36-month", "the estimated median".
_BEFORE = re.compile(
    r"(?P<label>(?:\d{1,3}-?(?:,? and |, | or |/)){0,4}\d{1,3}[ -](?:years?|months?|yr)(?: rates? of)?|median)[ -](?:rates? )?$",
    re.IGNORECASE,
)
_UNIT = r"(?:months?|mo\b|years?|weeks?|days?)"
_AND = r"(?:\s?,\s?(?:and )?|\s?/\s?|\s(?:and|vs\.?|v|versus|compared (?:with|to))\s)"
_NOT_REACHED = r"not (?:yet )?(?:been )?reached"
_TIMES = re.compile(
    rf"(?P<value>(?:{_NUMBER}(?:\s?{_UNIT})?{_AND}){{0,3}}{_NUMBER}\s?{_UNIT}(?:{_AND}{_NOT_REACHED})?|{_NOT_REACHED}(?:\s?[(\[]NR[)\]])?(?:{_AND}{_NUMBER}\s?{_UNIT})?){_INTERVAL}?",
    re.IGNORECASE,
)
_SHARES = re.compile(
    rf"(?P<value>{_NUMBER}\s?%(?!\s?(?:CI|CrI|confidence|credible))(?:{_AND}{_NUMBER}\s?%(?!\s?(?:CI|CrI|confidence))){{0,4}}){_INTERVAL}?",
    re.IGNORECASE,
)
# The other arm: "… in the combination group and 9.0 months (95% CI, 6.9-11.1) in the control group".
_OTHER_ARM = re.compile(
    rf"\)?(?:\s(?:in|with|for|among) [^.;()%\d]{{2,60}}?,?)?\s(?:and|vs\.?|v|versus|compared (?:with|to)|whereas it was|while it was)\s(?={_NUMBER}|{_NOT_REACHED})",
    re.IGNORECASE,
)
# Between a name and its number no other number stands (but in "PD-1"), and no clause ends.
_BETWEEN = re.compile(
    rf"(?:[^\d.;%]|(?<=[A-Za-z]|-)\d|(?<=[A-Za-z]\d)\d|(?<=[A-Za-z]\d\d)\d){{0,110}}?(?={_NUMBER}(?:\s?%|\s?{_UNIT}|{_AND})|{_NOT_REACHED})"
)
_OTHERWISE = re.compile(
    r"\b(?:by|increase[ds]?|decrease[ds]?|reduc\w+|difference|gain|exceed\w*|above|below|least|up to|over|under|less than|more than|greater than|approach\w*|target\w*|expected|assum\w+"
    r"|threshold|follow-?up|survival|recurrence|toxicit(?:y|ies)|cut-?off|aged?|ratios?|HRs?|CI|interval|AUC|at|after|between|from|range|p)\b(?![^()]*\()|[<>≤≥±]",
    re.IGNORECASE,
)  # fmt: skip
# A number behind these is of the follow-up, or of two names that share a word: "Median follow-up
# (August 2023) for OS was …", "progression-free and overall survival were …".
_SHARED_WORD = re.compile(
    r"(?:(?:follow-?up|cut-?off)[^\d,;.]*|-free,? (?:and|or) (?:median )?)$", re.IGNORECASE
)
_BRACKETS = re.compile(r"\([^()]{0,80}\)")
_JOINED = re.compile(r"\s?(?:,|/|,?\s?(?:and|or|nor)(?: the)?(?: median)?)\s?", re.IGNORECASE)
_RESPECTIVELY = re.compile(
    rf"(?P<first>{_NUMBER}(?:\s?%|\s?{_UNIT})?)(?P<ci1>{_INTERVAL.replace('interval', 'i1')})?\)?,?\sand\s(?P<second>{_NUMBER}(?:\s?%|\s?{_UNIT}))(?P<ci2>{_INTERVAL.replace('interval', 'i2')})?\)?,?\s(?:months,\s)?(?:from \w+, )?respectively",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A figure by its places in a sentence; `words` where they are more than from start to end."""

    measure: str
    start: int
    end: int
    value: tuple[int, int]
    interval: tuple[int, int] | None = None
    words: tuple[int, int] | None = None


def figures(sentence: str) -> tuple[Figure, ...]:
    """The figures of a sentence in their order, none within another."""
    read = level(sentence)
    found = sorted(
        (*_ratios(read), *_ps(read), *_named(read)), key=lambda one: (one.start, -one.end)
    )
    kept: list[_Found] = []
    for each in found:
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return tuple(_figure(sentence, each) for each in kept)


def _figure(sentence: str, found: _Found) -> Figure:
    interval = sentence[slice(*found.interval)].strip(" ,;:([)]") if found.interval else None
    start, end = found.words or (found.start, found.end)
    for opened, closed in ("()", "[]"):
        if (
            sentence.count(opened, start, end) > sentence.count(closed, start, end)
            and sentence[end : end + 1] == closed
        ):
            end += 1
    value, words = sentence[slice(*found.value)].strip(), sentence[start:end].strip()
    return Figure(measure=found.measure, value=value, words=words, interval=interval)


def _ratios(read: str) -> Iterator[_Found]:
    for found in _RATIO.finditer(read):
        bare = found["name"].rstrip("sS")
        name = bare[-2:].upper() if len(bare) < 4 else _RATIO_NAMES.get(bare[0].lower(), "RR")
        yield _Found(name, found.start(), found.end(), found.span("value"), _interval(found))


def _ps(read: str) -> Iterator[_Found]:
    for found in _P.finditer(read):
        if _A_SIGN.search(found.group()):
            yield _Found("p", found.start(), found.end(), found.span("value"))


def _interval(found: re.Match[str]) -> tuple[int, int] | None:
    return found.span("interval") if found["interval"] else None


def _named(read: str) -> Iterator[_Found]:
    """Times and shares behind the name of what they measure."""
    names = list(_NAMED.finditer(read))
    bounds = [*(name.start() for name in names[1:]), len(read)][: len(names)]
    joined = [bool(_JOINED.fullmatch(read, a.end(), b.start())) for a, b in pairwise(names)]
    joined = [False, *joined, False]
    for at, (name, bound) in enumerate(zip(names, bounds, strict=True)):
        measure = _MEASURES[str(name.lastgroup)]
        before = _BEFORE.search(read, max(0, name.start() - 40), name.start())
        counted = (
            before["label"].lower() if before else "median" if name.group().startswith("m") else ""
        )
        label = f"{counted} {measure}".strip()
        start = before.start("label") if before else name.start()
        if joined[at] or joined[at + 1]:
            if joined[at + 1] and not joined[at] and not (at + 2 < len(names) and joined[at + 2]):
                yield from _shared(read, start, label, names[at + 1], bounds[at + 1])
            continue
        yield from _behind(read, name, bound, start, label)


def _behind(read: str, name: re.Match[str], bound: int, start: int, label: str) -> Iterator[_Found]:
    between = _BETWEEN.match(read, name.end())
    if between is None or between.end() > bound or _OTHERWISE.search(between.group()):
        return
    if _SHARED_WORD.search(_BRACKETS.sub("", read[max(0, start - 90) : start])):
        return
    is_survival = _MEASURES[str(name.lastgroup)] in _SURVIVAL
    value = (_TIMES.match(read, between.end()) if is_survival else None) or _SHARES.match(
        read, between.end()
    )
    if value is None:
        return
    yield _Found(label, start, value.end(), value.span("value"), _interval(value))
    if other := _OTHER_ARM.match(read, value.end()):
        second = value.re.match(read, other.end())
        if second is not None:
            yield _Found(
                label, second.start(), second.end(), second.span("value"), _interval(second)
            )


def _shared(
    read: str, start: int, label: str, second: re.Match[str], bound: int
) -> Iterator[_Found]:
    """Two names with two numbers: "PFS and OS were 6.8 months and 12.5 months, respectively"."""
    between = _BETWEEN.match(read, second.end())
    if between is None or between.end() > bound or _OTHERWISE.search(between.group()):
        return
    pair = _RESPECTIVELY.match(read, between.end())
    if pair is None:
        return
    words, before = (start, pair.end()), label.rpartition(" ")[0]
    other = f"{before} {_MEASURES[str(second.lastgroup)]}".strip()
    first_interval, interval = (pair.span(name) if pair[name] else None for name in ("i1", "i2"))
    yield _Found(label, start, second.start(), pair.span("first"), first_interval, words)
    yield _Found(other, second.start(), pair.end(), pair.span("second"), interval, words)


_COUNT = rf"(?P<value>(?<![\w.,-])(?<!\d )\d{{1,3}}(?:[, ]\d{{3}})+(?![.\d])|(?<![\w.,/-])\d{{1,7}}(?![\w.,%/-]?\d|%|-)|(?<![\w-]){PATTERN}(?<=[a-z])(?![\w-]))"
_WHO = r"(?:patients|participants|subjects|individuals|women|men|children|adults|volunteers|cases|survivors|recipients|pts)"
_PEOPLE = rf"{_COUNT}(?P<who>(?:\s(?!\d|(?:of|and|in|with|was|were|to|who|or|cells|mg|months?|years?|weeks?|days?)\b)[\w/+()≥≤-]{{1,40}}){{0,5}}?\s{_WHO})\b"
# Words that count all who took part, a number that opens a sentence, and one "in 120 patients".
_TELLING = re.compile(
    rf"\b(?:total of|includ\w+|enrol\w+|analy[sz]ed|recruit\w+|randomi[sz]\w+|evaluat\w+|identif\w+|review\w+|cohort of|data (?:from|of|on)|compris\w+|involv\w+|treated|assign\w+|collected from|obtained from)\s(?:the |a total of |data from |samples? from )?{_PEOPLE}",
    re.IGNORECASE,
)
_OPENING = re.compile(
    rf"{_PEOPLE}(?=[^.]{{0,120}}\b(?:were|was|received|underwent|included|enrolled|had been|participated)\b)",
    re.IGNORECASE,
)
_AMONG = re.compile(rf"\b(?:in|among|of)\s(?:the )?{_PEOPLE}", re.IGNORECASE)
_EXACTLY = re.compile(
    r"(?<!each )(?<![\w-])n\s?=\s?(?P<value>\d{1,3}(?:,\d{3})+|\d{1,7})(?![\d%]|\s?[;,(]\s?[\d.]+\s?%)"
)
_ELSEWHERE = re.compile(
    r"worldwide|annually|each year|per year|estimated|globally|per 100|screened|million",
    re.IGNORECASE,
)


_LIMITS = tuple("<>≤≥±")


def sample(quoted: str, sentences: Sequence[str]) -> Figure | None:
    """How many took part, by the quoted sentence or by one that counts them; None where none does.

    The quoted sentence decides by "n = 47", where it has one such. A number said to be all ("a
    total of", "enrolled") goes before one that opens a sentence, and that before the only one that
    is named behind "in" or "among", if no share is beside it.
    """
    exact = list(_EXACTLY.finditer(level(quoted)))
    if len(exact) == 1 and (people := number(exact[0]["value"])) > 1:
        return Figure(measure="n", value=f"{people:,}", words=quoted[slice(*exact[0].span())])
    read = [each for each in sentences if not _ELSEWHERE.search(each)]
    for pattern in (_TELLING, _OPENING, _AMONG):
        counted: list[tuple[int, Figure]] = []
        for sentence in read:
            text = level(sentence)
            found = list(pattern.finditer(text))
            if pattern is _AMONG and (len(found) != 1 or "%" in sentence):
                continue
            for each in found:
                if text[max(0, each.start("value") - 2) : each.start("value")].strip() in _LIMITS:
                    continue  # "for CPS ≥ 20 patients"
                words = sentence[each.start("value") : each.end("who")]
                people = number(each["value"])
                counted.append((people, Figure(measure="n", value=f"{people:,}", words=words)))
        most = max(counted, key=lambda one: one[0], default=None)
        if most and most[0] > 1:
            return most[1]
    return None
