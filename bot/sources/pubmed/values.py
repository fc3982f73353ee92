"""People, dates and abstracts as PubMed's XML writes them, in articles and in books."""

import calendar
import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element

from bot.records.dates import PartialDate
from bot.records.models import Contribution, Scheme, Section
from bot.records.sections import split_sections
from bot.sources.reading.record import affiliations, names
from bot.sources.reading.values import date_of, number
from bot.sources.reading.xml import child_text, marked_text, text_of

_MONTHS = {name.lower(): at for at, name in enumerate(calendar.month_abbr) if name}
# "2016 Jul-Sep", "1998 Dec-1999 Jan", "2024 Sep-Oct 01", "1947-1948", "1999 Spring".
_MEDLINE_DATE = re.compile(
    r"(?P<year>\d{4})(?:\s+(?P<month>[A-Za-z]{3})\w*(?:\s+(?P<day>\d{1,2})$)?)?"
)
# The most telling publication type first: a record has one subtype.
_SUBTYPES = (
    "Retraction of Publication", "Published Erratum", "Expression of Concern",
    "Practice Guideline", "Guideline", "Consensus Development Conference", "Systematic Review",
    "Network Meta-Analysis", "Meta-Analysis", "Scoping Review", "Clinical Trial Protocol",
    "Randomized Controlled Trial", "Clinical Trial, Phase IV", "Clinical Trial, Phase III",
    "Clinical Trial, Phase II", "Clinical Trial, Phase I", "Pragmatic Clinical Trial",
    "Adaptive Clinical Trial", "Controlled Clinical Trial", "Clinical Trial",
    "Observational Study", "Review", "Case Reports", "Editorial", "Letter", "News", "Comment",
)  # fmt: skip
_NO_LABELS = frozenset(("UNLABELLED", "ABSTRACT"))


def date(element: Element | None) -> PartialDate | None:
    """A date in parts, or a `MedlineDate` in words.

    Of a range of months or years, and of a season, only the year is taken.
    """
    if element is None:
        return None
    if words := child_text(element, "MedlineDate"):
        return _in_words(words)
    month = child_text(element, "Month")
    return date_of(child_text(element, "Year"), _month(month), child_text(element, "Day"))


def _in_words(words: str) -> PartialDate | None:
    match = _MEDLINE_DATE.search(words)
    if match is None:
        return None
    is_range = re.search(r"[-/\u2013]", words) is not None
    month = None if is_range else _month(match["month"])
    return date_of(match["year"], month, match["day"] if month else None)


def _month(words: str | None) -> str | None:
    if words is None or words.isdigit():
        return words
    known = _MONTHS.get(words[:3].lower())
    return str(known) if known and "-" not in words else None


def people(lists: Iterable[Element], role: str | None = None) -> tuple[Contribution, ...]:
    """The people and groups of author lists, in order; PubMed marks withdrawn names as not valid.

    `role` is the role of all; without one, a list of editors says so itself.
    """
    found = []
    for each in lists:
        kind = (each.get("Type") or "authors").lower()
        roles = (role,) if role else ("Editor",) if kind == "editors" else ()
        found += [_author(a, roles) for a in each if a.get("ValidYN", "Y") != "N"]
    return tuple(found)


def _author(element: Element, roles: tuple[str, ...]) -> Contribution:
    family, suffix = child_text(element, "LastName"), child_text(element, "Suffix")
    given = child_text(element, "ForeName") or child_text(element, "FirstName")
    given = given or child_text(element, "Initials")
    orcid = next(
        (i.text for i in element.findall("Identifier") if i.get("Source", "").upper() == "ORCID"),
        None,
    )
    places = [text_of(place) for place in element.iterfind("AffiliationInfo/Affiliation")]
    if given and suffix:
        given = f"{given} {suffix}"
    return Contribution(
        **names(family, given, child_text(element, "CollectiveName")),
        orcid=number(Scheme.ORCID, orcid),
        affiliation=affiliations(places or [child_text(element, "Affiliation")]),
        roles=roles,
    )


def sections(abstract: Element | None) -> tuple[Section, ...]:
    """The labelled parts of an abstract, in order, headings in capitals as `Background`."""
    found = []
    for part in abstract.iterfind("AbstractText") if abstract is not None else ():
        label, words = (part.get("Label") or "").strip(" :"), marked_text(part)
        if words:
            named = None if not label or label.upper() in _NO_LABELS else label
            found.append(Section(label=named and _heading(named), text=words))
    return tuple(found)


def _heading(label: str) -> str:
    return label.capitalize() if label.isupper() else label


def headed(parts: tuple[Section, ...]) -> tuple[Section, ...]:
    """Older records have their headings within one text."""
    only = parts[0] if len(parts) == 1 and parts[0].label is None else None
    return split_sections(only.text) if only else parts


def subtype(types: tuple[str, ...]) -> str | None:
    """The one publication type that says most, or None."""
    return next((kind for kind in _SUBTYPES if kind in types), None)


def without_stop(title: str) -> str:
    """A title without the full stop that PubMed ends it with."""
    return title[:-1] if title.endswith(".") and not title.endswith("..") else title
