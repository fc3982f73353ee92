"""The filters of the query language: `field:value`, and the plain ways of saying them.

Every filter that cannot be read becomes a `Problem`: one line that says what to type instead.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import TypeAlias

from bot.formats.kinds import work_type
from bot.text.folding import clean, fold
from bot.vocabulary import Vocabulary

_FIRST_YEAR = 1800
# A value is shown again in the line about it.
_LONGEST_VALUE = 80
_SORTS = {
    "new": "date_desc", "newest": "date_desc", "date": "date_desc", "recent": "date_desc",
    "latest": "date_desc", "date_desc": "date_desc", "old": "date_asc", "oldest": "date_asc",
    "date_asc": "date_asc", "relevance": "relevance", "best": "relevance",
}  # fmt: skip
_IS = {
    "open": ("open_access", True), "oa": ("open_access", True),
    "open-access": ("open_access", True),
    "reviewed": ("peer_reviewed", True), "peer-reviewed": ("peer_reviewed", True),
    "retracted": ("retracted", True), "preprint": ("concepts", ("preprint",)),
    "access-unknown": ("unknown", ("access",)), "review-unknown": ("unknown", ("review",)),
}  # fmt: skip
_HAS = ("abstract", "doi", "orcid", "pmid")
_FIELDS = {
    "author": "author", "authors": "author", "au": "author", "by": "author", "journal": "journal",
    "in": "journal", "year": "year", "years": "year", "date": "year", "since": "since",
    "after": "since", "from": "since", "until": "until", "before": "until", "to": "until",
    "type": "type", "evidence": "evidence", "component": "component", "strategy": "strategy",
    "resistance": "resistance", "biomarker": "biomarker", "cancer": "cancer",
    "tumour": "cancer", "tumor": "cancer", "disease": "cancer", "concept": "concept", "is": "is",
    "has": "has", "sort": "sort", "order": "sort", "language": "language", "lang": "language",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read: one line for the person, and what to type instead."""

    message: str
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """What limits an answer. Days are inclusive; None and empty mean unlimited.

    `unknown` names what is not known of a record: whether it is free to read (`access`), whether it
    was peer reviewed (`review`).
    """

    authors: tuple[str, ...] = ()
    journals: tuple[str, ...] = ()
    year: int | None = None
    first: date | None = None
    last: date | None = None
    relative: str | None = None
    concepts: tuple[str, ...] = ()
    not_concepts: tuple[str, ...] = ()
    not_authors: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    not_types: tuple[str, ...] = ()
    open_access: bool | None = None
    peer_reviewed: bool | None = None
    retracted: bool | None = None
    has: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    language: str | None = None
    sort: str = "relevance"

    @property
    def is_set(self) -> bool:
        """Whether anything is limited (an order alone limits nothing)."""
        return replace(self, sort="relevance") != Filters()

    @property
    def has_years(self) -> bool:
        """Whether a time is named."""
        return any((self.year, self.first, self.last))

    def without_times(self) -> "Filters":
        """The same without limits on the date of publication."""
        return replace(self, year=None, first=None, last=None, relative=None)

    def only(self) -> str | None:
        """The name of the one filter that is set, or None."""
        empty = Filters()
        names = [
            f.name for f in fields(self)
            if f.name != "sort" and getattr(self, f.name) != getattr(empty, f.name)
        ]  # fmt: skip
        return names[0] if len(names) == 1 else None

    def merged(self, other: "Filters") -> "Filters":
        """Both together; where both set one value, the other's holds."""
        empty = Filters()
        changes: dict[str, object] = {}
        for each in fields(self):
            mine, theirs = getattr(self, each.name), getattr(other, each.name)
            if theirs != getattr(empty, each.name):
                changes[each.name] = (*mine, *theirs) if isinstance(mine, tuple) else theirs
        return replace(self, **changes)  # type: ignore[arg-type]

    def as_json(self) -> dict[str, str | int | bool | tuple[str, ...]]:
        """The filters set, under the names that scripts see."""
        found: dict[str, str | int | bool | tuple[str, ...] | None] = {
            "author": self.authors[0] if len(self.authors) == 1 else self.authors or None,
            "journal": self.journals[0] if len(self.journals) == 1 else self.journals or None,
            "year": self.year,
            "year_from": self.first.year if self.first else None,
            "year_to": self.last.year if self.last else None,
            "since": self.first.isoformat() if self.first else None,
            "until": self.last.isoformat() if self.last else None,
            "relative": self.relative,
            "concepts": self.concepts or None,
            "type": self.types or None,
            "open_access": self.open_access,
            "peer_reviewed": self.peer_reviewed,
            "retracted": self.retracted,
            "has": self.has or None,
            "unknown": self.unknown or None,
            "language": self.language,
        }
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class ReadField:
    """What one `field:value` came to."""

    filters: Filters = Filters()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Field:
    """One `name:value` to be read, and what reading it needs."""

    name: str
    value: str
    vocabulary: Vocabulary
    today: date
    negated: bool


def read_field(
    name: str, value: str, vocabulary: Vocabulary, today: date, *, negated: bool = False
) -> ReadField | None:
    """Read `name:value`. None when `name` is no filter of ours."""
    meant = _FIELDS.get(name)
    if meant is None:
        return None
    if not clean(value):
        return _bad(f"{name}: needs a value, for example {EXAMPLES[meant]}.")
    read = _READERS.get(meant, _concept)
    return read(_Field(meant, clean(value)[:_LONGEST_VALUE], vocabulary, today, negated))


def _author(field: _Field) -> ReadField:
    name = (field.value,)
    return ReadField(Filters(not_authors=name) if field.negated else Filters(authors=name))


def _sort(field: _Field) -> ReadField:
    return _choice(field, _SORTS, lambda chosen: Filters(sort=chosen))


def _has(field: _Field) -> ReadField:
    return _choice(field, {name: name for name in _HAS}, lambda chosen: Filters(has=(chosen,)))


EXAMPLES = {
    "author": "author:sharma", "journal": 'journal:"cancer cell"', "year": "year:2020..2024",
    "since": "since:2022 or since:90d", "until": "until:2024", "type": "type:review",
    "evidence": "evidence:clinical-trial", "component": "component:macrophages",
    "strategy": "strategy:epigenetic", "resistance": "resistance:acquired",
    "biomarker": "biomarker:tmb", "cancer": "cancer:melanoma", "concept": "concept:hypoxia",
    "is": "is:open",
    "has": "has:abstract", "sort": "sort:new", "language": "language:en",
}  # fmt: skip


def _bad(message: str, *suggestions: str) -> ReadField:
    return ReadField(problems=(Problem(message, suggestions),))


def _choice(field: _Field, choices: dict[str, str], make: Callable[[str], Filters]) -> ReadField:
    chosen = choices.get(field.value.lower())
    if chosen is None:
        known = ", ".join(f"{field.name}:{name}" for name in choices)
        typed = f"{field.name}:{field.value}"
        return _bad(f"{typed} is not known. Use one of {known}.", EXAMPLES[field.name])
    return ReadField(make(chosen))


def _is(field: _Field) -> ReadField:
    key = field.value.lower().replace(" ", "-").replace("_", "-")
    if key not in _IS:
        known = ", ".join(f"is:{name}" for name in ("open", "reviewed", "retracted", "preprint"))
        return _bad(f"is:{field.value} is not known. Use one of {known}.", "is:open")
    name, setting = _IS[key]
    if field.negated and isinstance(setting, bool):
        setting = False
    return ReadField(Filters(**{name: setting}))  # type: ignore[arg-type]


def _type(field: _Field) -> ReadField:
    """A kind of work that records name (`type:thesis`), else a kind of study."""
    work = work_type(field.value)
    if work is None:
        return _concept(field)
    named = (fold(work),)
    return ReadField(Filters(not_types=named) if field.negated else Filters(types=named))


def _concept(field: _Field) -> ReadField:
    facet = None if field.name == "concept" else field.name
    named = field.vocabulary.named(facet, field.value)
    if named is None:
        resolved = field.vocabulary.resolve(facet, field.value)
        named = resolved.id
    if named is None:
        nearest = tuple(f"{field.name}:{each}" for each in resolved.nearest[:5])
        typed = f"{field.name}:{field.value}"
        return _bad(f"{typed} is not known. Nearest: {', '.join(nearest)}.", *nearest[:3])
    if field.negated:
        return ReadField(Filters(not_concepts=(named,)))
    return ReadField(Filters(concepts=(named,)))


_YEAR = re.compile(r"\d{4}", re.ASCII)
_RANGE = re.compile(r"(\d{4})?\s*(?:\.\.\.?|-|to|:)\s*(\d{4})?", re.ASCII)
_COMPARED = re.compile(r"([<>]=?)\s*(\d{4})", re.ASCII)
_SPAN = re.compile(r"(\d{1,4})\s*(d|days?|w|weeks?|m|months?|y|years?)", re.IGNORECASE | re.ASCII)
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)


def _years(field: _Field) -> ReadField:
    """`2024`, `2020..2024`, `2020-2024`, `2020..`, `..2024`, `>=2020`."""
    value, today = field.value.strip(), field.today
    if _YEAR.fullmatch(value) and _is_year(int(value), today):
        return ReadField(Filters(year=int(value)))
    if compared := _COMPARED.fullmatch(value):
        sign, year = compared[1], int(compared[2])
        first = year + (sign == ">") if ">" in sign else None
        last = year - (sign == "<") if "<" in sign else None
        return ReadField(_between(first, last))
    if (ranged := _RANGE.fullmatch(value)) and (ranged[1] or ranged[2]):
        first, last = (int(part) if part else None for part in ranged.groups())
        if first and last and first > last:
            right = f"year:{last}..{first}"
            return _bad(f"year:{value} runs backwards. Type {right}.", right)
        if all(year is None or _is_year(year, today) for year in (first, last)):
            return ReadField(_between(first, last))
    return _bad(
        f"year:{value} is not a year. Type year:{today.year - 1} or year:2020..{today.year}.",
        f"year:{today.year - 1}", f"year:2020..{today.year}",
    )  # fmt: skip


def _is_year(year: int, today: date) -> bool:
    return _FIRST_YEAR <= year <= today.year + 2


def _between(first: int | None, last: int | None) -> Filters:
    return Filters(
        first=date(first, 1, 1) if first else None, last=date(last, 12, 31) if last else None
    )


def _bound(field: _Field) -> ReadField:
    """`since:2022`, `since:2022-03`, `since:90d`, `until:2024`."""
    name, value, today = field.name, field.value, field.today
    if span := _SPAN.fullmatch(value.strip()):
        day = _back(today, int(span[1]), span[2])
        relative = f"{span[1]} {span[2]}"
        return ReadField(
            Filters(first=day, relative=relative) if name == "since" else Filters(last=day)
        )
    if iso := _ISO.fullmatch(value.strip()):
        year, month, day_number = (int(part) if part else None for part in iso.groups())
        if year is not None and _is_year(year, today) and 1 <= (month or 1) <= 12:
            try:
                first = date(year, month or 1, day_number or 1)
            except ValueError:
                return _bad(f"{name}:{value} is not a day.", f"{name}:{year}")
            if name == "since":
                return ReadField(Filters(first=first))
            return ReadField(Filters(last=_last_day(year, month, day_number)))
    return _bad(
        f"{name}:{value} is not understood. Type {name}:2022, {name}:2022-03-01 or {name}:90d.",
        f"{name}:2022", f"{name}:90d",
    )  # fmt: skip


_READERS: dict[str, Callable[[_Field], ReadField]] = {
    "author": _author,
    "journal": lambda field: ReadField(Filters(journals=(field.value,))),
    "year": _years,
    "since": _bound,
    "until": _bound,
    "sort": _sort,
    "type": _type,
    "is": _is,
    "has": _has,
    "language": lambda field: ReadField(Filters(language=field.value.lower())),
}


def _last_day(year: int, month: int | None, day: int | None) -> date:
    if day is not None and month is not None:
        return date(year, month, day)
    month = month or 12
    return date(year, month, calendar.monthrange(year, month)[1])


def _back(today: date, count: int, unit: str) -> date:
    """The day so many days, weeks, months or years ago; never before the year 1."""
    unit = unit.lower()[0]
    if unit in "dw":
        return today - timedelta(days=min(count * (7 if unit == "w" else 1), 365 * 200))
    months = min(count * (12 if unit == "y" else 1), 12 * 200)
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    month += 1
    return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))


# -- the plain ways of saying them ---------------------------------------------------------------

_NUMBER = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
_COUNT = r"(\d{1,3}|a|one|two|three|four|five|six|ten)"
_UNIT = r"(day|week|month|year)s?"
_SAID_RANGE = re.compile(
    r"(?:\bfrom |\bbetween )?\b(\d{4}) ?(?:-|\.\.\.?|to|and|until|through) ?(\d{4})\b",
    re.IGNORECASE,
)
_SAID_SINCE = re.compile(
    r"\b(since|after|from|published since|published after|(?:newer|later|more recent) than)"
    r" (\d{4})(?: on(?:wards?)?)?\b"
    r"|\b(\d{4}) (?:or later|and later|onwards?)\b",
    re.IGNORECASE,
)
_SAID_UNTIL = re.compile(
    r"\b(before|prior to|(?:older|earlier) than|until|up to|to the end of) (\d{4})\b", re.IGNORECASE
)
_SAID_IN = re.compile(r"\b(?:in|from the year|published in|of) (\d{4})\b", re.IGNORECASE)
_SAID_LAST = re.compile(
    rf"\b(?:in |over |during |within |from |of |since )?(?:the )?(?:last|past|previous) "
    rf"(?:{_COUNT} )?{_UNIT}\b|\bsince (?:{_COUNT} ){_UNIT}(?: ago)?\b",
    re.IGNORECASE,
)
_SAID_SINCE_LAST = re.compile(
    r"\b(?:since|from|starting) (?:the )?(?:start of |beginning of )?last (week|month|year)\b",
    re.IGNORECASE,
)
_SAID_YESTERDAY = re.compile(r"\b(?:since|from) (?:yesterday|today)\b", re.IGNORECASE)
_SAID_THIS = re.compile(r"\b(?:since |from )?this (week|month)\b", re.IGNORECASE)
_SAID_THIS_YEAR = re.compile(r"\b(?:this year|in the current year)\b", re.IGNORECASE)
_SAID_OPEN = re.compile(
    r"\b(?:only )?(?:open[- ]access|free (?:full[- ]?texts?|pdfs?)"
    r"|free(?:ly)? (?:to read|available|access)"
    r"|(?:that )?(?:i|we|anyone|everybody) can (?:read|get|download)(?: for)? free)(?: only)?\b",
    re.IGNORECASE,
)
_SAID_REVIEWED = re.compile(r"\b(?:only )?peer[- ]?reviewed(?: only)?\b", re.IGNORECASE)
_SAID_NEWEST = re.compile(
    r"\b(?:newest|latest|most recent)(?: first)?\b|\bsort(?:ed)? by (?:date|newest)\b|\bby date\b"
    r"|^(?:new|recent)\b(?!-)"
    r"|^(?:what(?:'s| is| are)|whats)(?: the)? new(?: (?:in|on|about|for|with))?\b",
    re.IGNORECASE,
)
_SAID_OLDEST = re.compile(
    r"\b(?:old(?:er|est)|earliest)(?: first|(?= (?:papers?|articles?|studies|study|works?|records?"
    r"|reviews?|trials?|publications?|ones?)\b))",
    re.IGNORECASE,
)
# What a record has: "with an ORCID", "that have abstracts".
HAVING = re.compile(r"(?:an? |the |their )?(abstract|doi|orcid|pmid)(?: i?ds?)?s?", re.IGNORECASE)
_SAID_HAS = re.compile(
    rf"\b(?:with|having|(?:that|which|who) (?:have|has)) {HAVING.pattern}\b", re.IGNORECASE
)
_QUOTED_OR_FIELD = re.compile(r"\"[^\"]*\"?|\b[A-Za-z_-]{2,20}:\S+")


def read_phrases(text: str, today: date, *, times: bool = True) -> tuple[str, Filters]:
    """Take plain-word filters out of a question: the rest of its text, and the filters.

    Quoted words and `field:value` are left as they are, and without `times` whatever names one:
    in a statement ("mortality rose from 2009 to 2014") a year is part of the statement.
    """
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\x00{len(kept) - 1}\x00"

    masked = _QUOTED_OR_FIELD.sub(keep, text)
    rest, filters = _said(masked, today, _SAID_TIMES + _SAID if times else _SAID)
    return re.sub(r"\x00(\d+)\x00", lambda m: kept[int(m[1])], rest), filters


def _said(text: str, today: date, phrases: "_Phrases") -> tuple[str, Filters]:
    filters = Filters()
    for pattern, read in phrases:
        match = pattern.search(text)
        found = read(match, today) if match else None
        if match and found is not None:
            filters = filters.merged(found)
            text = f"{text[: match.start()]} {text[match.end() :]}"
    return text, filters


def _said_range(match: re.Match[str], today: date) -> Filters | None:
    first, last = int(match[1]), int(match[2])
    fits = _is_year(first, today) and _is_year(last, today) and first <= last
    return _between(first, last) if fits else None


def _said_since(match: re.Match[str], today: date) -> Filters | None:
    year = int(match[2] or match[3])
    after = (match[1] or "").lower().endswith(("after", "than"))
    return _between(year + after, None) if _is_year(year, today) else None


def _said_until(match: re.Match[str], today: date) -> Filters | None:
    year = int(match[2])
    before = match[1].lower().endswith(("before", "prior to", "than"))
    return _between(None, year - before) if _is_year(year, today) else None


def _said_in(match: re.Match[str], today: date) -> Filters | None:
    year = int(match[1])
    return Filters(year=year) if _is_year(year, today) else None


def _said_last(match: re.Match[str], today: date) -> Filters | None:
    typed = (match[1] or match[3] or "one").lower()
    count = int(typed) if typed.isdigit() else _NUMBER[typed]
    unit = (match[2] or match[4]).lower()
    relative = f"{count} {unit}{'' if count == 1 else 's'}"
    return Filters(first=_back(today, count, unit), relative=relative)


def _said_since_last(match: re.Match[str], today: date) -> Filters:
    """From the first day of the calendar's last week, month or year."""
    unit = match[1].lower()
    if unit == "week":
        return Filters(first=today - timedelta(days=today.weekday() + 7))
    month = _back(today, 1, unit).replace(day=1)
    return Filters(first=month.replace(month=1) if unit == "year" else month)


def _said_yesterday(match: re.Match[str], today: date) -> Filters:
    yesterday = match[0].lower().endswith("yesterday")
    return Filters(first=today - timedelta(days=1) if yesterday else today)


def _said_this(match: re.Match[str], today: date) -> Filters:
    """The calendar's week or month: from its Monday, or its first day."""
    monday = today - timedelta(days=today.weekday())
    return Filters(first=monday if match[1].lower() == "week" else today.replace(day=1))


_Phrases: TypeAlias = tuple[
    tuple[re.Pattern[str], Callable[[re.Match[str], date], Filters | None]], ...
]
_SAID_TIMES: _Phrases = (
    (_SAID_RANGE, _said_range),
    (_SAID_SINCE, _said_since),
    (_SAID_UNTIL, _said_until),
    (_SAID_IN, _said_in),
    (_SAID_SINCE_LAST, _said_since_last),
    (_SAID_LAST, _said_last),
    (_SAID_YESTERDAY, _said_yesterday),
    (_SAID_THIS, _said_this),
    (_SAID_THIS_YEAR, lambda _, today: Filters(year=today.year)),
)
_SAID: _Phrases = (
    (_SAID_OPEN, lambda _match, _today: Filters(open_access=True)),
    (_SAID_REVIEWED, lambda _match, _today: Filters(peer_reviewed=True)),
    (_SAID_HAS, lambda match, _today: Filters(has=(match[1].lower(),))),
    (_SAID_NEWEST, lambda _match, _today: Filters(sort="date_desc")),
    (_SAID_OLDEST, lambda _match, _today: Filters(sort="date_asc")),
)
