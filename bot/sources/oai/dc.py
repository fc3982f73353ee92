"""Simple Dublin Core (`oai_dc`): fifteen elements that every repository fills in its own way."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from xml.etree.ElementTree import Element

from bot.records.dates import PartialDate, Precision
from bot.records.identifiers import find, parse
from bot.records.models import (
    Access,
    AccessStatus,
    Contribution,
    Identifier,
    Journal,
    Known,
    Scheme,
    unique,
)
from bot.records.names import contributor, language_code
from bot.records.sections import split_sections
from bot.sources.reading.record import is_creative, licence
from bot.sources.reading.values import clean, number
from bot.sources.reading.xml import text_of

# Types of the driver and OpenAIRE guidelines (`info:eu-repo/semantics/…`), as this bot calls them.
TYPES = {
    "article": "Journal article", "journalarticle": "Journal article",
    "review": "Journal article", "preprint": "Preprint", "book": "Book",
    "bookpart": "Book section", "bookchapter": "Book section", "report": "Report",
    "doctoralthesis": "Thesis", "masterthesis": "Thesis", "bachelorthesis": "Thesis",
    "thesis": "Thesis", "conferenceobject": "Conference item", "conferenceitem": "Conference item",
    "conferencepaper": "Conference item", "conferenceposter": "Conference item",
    "conferenceproceedings": "Conference item", "workingpaper": "Working paper",
    "dataset": "Dataset", "patent": "Patent", "software": "Software", "lecture": "Lecture",
}  # fmt: skip
_ACCESS = {
    "openaccess": AccessStatus.OPEN,
    "embargoedaccess": AccessStatus.EMBARGOED,
    "restrictedaccess": AccessStatus.RESTRICTED,
    "closedaccess": AccessStatus.RESTRICTED,
}
# EPrints says so in a type of its own.
_PEER_REVIEW = {"peerreviewed": Known.YES, "nonpeerreviewed": Known.NO}
_OWN_SCHEMES = frozenset(
    (Scheme.DOI, Scheme.PMID, Scheme.PMCID, Scheme.ARK, Scheme.ORA, Scheme.ARXIV, Scheme.NCT)
)
# "ILM-FAN XABARNOMASI, 14(01), 1200-1208, (2026-06-09)", as Zenodo writes a source.
_CITED = re.compile(
    r"(?P<journal>[^,]{2,200}(?:, [^,\d]{2,100})?), (?P<volume>[\w.-]{1,12})"
    r"(?:\((?P<issue>[^()]{1,20})\))?(?:, (?P<pages>[\w]{1,10}(?:[-–][\w]{1,10})?))?"
    r", \([\d-]{4,10}\)"
)


def texts(element: Element, name: str) -> tuple[str, ...]:
    """The texts of the children of a local name, in order, without the empty ones."""
    found = (text_of(each) for each in element.findall("{*}" + name))
    return tuple(each for each in found if each)


def dc_values(element: Element, at: datetime) -> tuple[dict[str, object], list[str]]:  # noqa: ARG001
    """The values of a record, and what was odd about them."""
    warnings: list[str] = []
    types = {_word(each) for each in texts(element, "type")}
    abstract = abstract_of(texts(element, "description"))
    sources = texts(element, "source")
    values: dict[str, object] = {
        "title": next(iter(texts(element, "title")), None),
        "type": type_of(texts(element, "type")),
        "abstract": abstract,
        "sections": split_sections(abstract or ""),
        "contributors": (
            *people(texts(element, "creator")),
            *people(texts(element, "contributor"), "Contributor"),
        ),
        "publisher": next(iter(texts(element, "publisher")), None),
        "published": published(texts(element, "date"), warnings),
        "language": language(texts(element, "language")),
        "keywords": keywords(texts(element, "subject")),
        "identifiers": own_identifiers(texts(element, "identifier"), texts(element, "relation")),
        "peer_reviewed": next((k for w, k in _PEER_REVIEW.items() if w in types), None),
        "access": access_of(texts(element, "rights")),
        **journal_of(sources, "article" in types or "journalarticle" in types),
    }
    return values, warnings


def type_of(given: Iterable[str]) -> str | None:
    """The kind of work in ORA's words; the first word given where none of them is known."""
    value = tuple(given)
    known = (TYPES.get(_word(each)) for each in value)
    first = next((each for each in value if ":" not in each and "/" not in each), None)
    return next((each for each in known if each), first)


def abstract_of(descriptions: Iterable[str]) -> str | None:
    """The longest description: the others are notes."""
    return max(descriptions, key=len, default=None)


def people(names: Iterable[str], role: str | None = None) -> tuple[Contribution, ...]:
    """The people and groups of a list of names."""
    roles = (role,) if role else ()
    return tuple(contributor(name).model_copy(update={"roles": roles}) for name in names)


def published(dates: Iterable[str], warnings: list[str]) -> PartialDate | None:
    """The date of publication among others that Dublin Core does not tell apart.

    Those with a time of day are the repository's own doings. Of several others the first is taken,
    with a warning where their years differ.
    """
    given = tuple(each for each in dates if not each.startswith("info:"))
    plain = [each for each in given if "T" not in each] or list(given)[:1]
    read: list[PartialDate] = []
    for each in plain:
        try:
            read.append(PartialDate.parse(each.replace("/", "-")))
        except ValueError:
            warnings.append(f"bad_date:{clean(each)[:40]}")
    if len({each.year for each in read}) > 1:
        warnings.append("several_dates:" + " ".join(str(each) for each in read[:5]))
    return read[0] if read else None


def unpadded(day: PartialDate | None) -> PartialDate | None:
    """A first of January as its year alone, for repositories that pad a year to that day."""
    padded = day is not None and day.precision is Precision.DAY and (day.month, day.day) == (1, 1)
    return PartialDate(day.year) if day is not None and padded else day


def language(given: Iterable[str]) -> str | None:
    """The first language, by its code where that is known; `en-GB` is `en`."""
    first = next(iter(given), None)
    return first and (language_code(first) or language_code(first[:2]) or first)


def keywords(subjects: Iterable[str]) -> tuple[str, ...]:
    """The subjects that are words; one text may list several behind semicolons."""
    words = (word.strip() for each in subjects for word in each.split(";"))
    return unique(word for word in words if word and not re.match(r"(?:https?|info):", word))


def own_identifiers(given: Iterable[str], relations: Iterable[str]) -> tuple[Identifier, ...]:
    """What names this very work: its identifiers, and relations that say they are another name."""
    # As in info:eu-repo/semantics/altIdentifier/doi/10.1002/ctd2.70098
    same = (each.partition("altIdentifier/")[2].replace("/", ":", 1) for each in relations)
    found = (parse(each) for each in (*given, *filter(None, same)))
    return unique(i for i in found if i is not None and i.valid and i.scheme in _OWN_SCHEMES)


def journal_of(sources: Iterable[str], is_article: bool) -> dict[str, object]:
    """Journal, volume, issue and pages, as far as sources tell: a citation, an ISSN, a name."""
    values: dict[str, object] = {}
    title = issn = None
    for each in sources:
        cited = _CITED.fullmatch(each)
        issns = [m.identifier.value for m in find(each) if m.identifier.scheme is Scheme.ISSN]
        if cited is not None:
            title = title or cited["journal"]
            values |= {k: cited[k] for k in ("volume", "issue", "pages") if cited[k]}
        elif issns:
            issn = issn or number(Scheme.ISSN, issns[0])
        elif is_article and title is None and len(each) <= 150 and not re.search(r"\d", each):
            title = each
    return {**values, "journal": Journal(title=title, issn=issn)}


def access_of(rights: Sequence[str]) -> Access:
    """Who can read the work, and its licence, as far as statements of rights say."""
    status = next((s for each in rights if (s := _ACCESS.get(_word(each)))), AccessStatus.UNKNOWN)
    licences = [name for each in rights if is_creative(name := licence(each))]
    return Access(status=status, licence=licences[0] if licences else None)


def _word(text: str) -> str:
    """The last part of a type or right without spaces, in lower case: "openaccess"."""
    return re.sub(r"[\s_-]", "", re.split(r"[/:#]", text)[-1]).lower()
