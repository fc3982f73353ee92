"""DataCite's XML (kernel 4), and OpenAIRE's (literature, version 4), which is made of it.

As data and software repositories, and DSpace, give them over OAI-PMH. OpenAIRE has descriptions and
rights of its own, COAR's words for types, and the citation of an article.
(https://openaire-guidelines-for-literature-repository-managers.readthedocs.io/en/v4.0.0/)
"""

from datetime import datetime
from xml.etree.ElementTree import Element

from bot.records.dates import PartialDate
from bot.records.models import Contribution, Identifier, Journal, Scheme, unique
from bot.records.names import contributor
from bot.records.sections import split_sections
from bot.sources.oai.dc import abstract_of, access_of, keywords, language, texts, type_of
from bot.sources.reading.record import affiliations
from bot.sources.reading.values import identifier, number, page_range
from bot.sources.reading.xml import child_text, text_of

# `resourceTypeGeneral` (DataCite 4.6, appendix 1), where this bot has a word of its own.
_TYPES = {
    "JournalArticle": "Journal article", "Preprint": "Preprint", "Dataset": "Dataset",
    "Book": "Book", "BookChapter": "Book section", "Dissertation": "Thesis",
    "Report": "Report", "Software": "Software", "ConferencePaper": "Conference item",
    "ConferenceProceeding": "Conference item", "DataPaper": "Journal article",
}  # fmt: skip
# Of several dates the one that says most of publication.
_DATES = ("Issued", "Available", "Created", "Submitted")


def datacite_values(element: Element, at: datetime) -> tuple[dict[str, object], list[str]]:  # noqa: ARG001
    """The values of a record, and what was odd about them."""
    warnings: list[str] = []
    kind = element.find("{*}resourceType")
    general = kind.get("resourceTypeGeneral", "") if kind is not None else ""
    abstract = _abstract(element)
    values: dict[str, object] = {
        "title": _title(element),
        "type": _TYPES.get(general) or type_of(filter(None, [text_of(kind)])) or general or None,
        "abstract": abstract,
        "sections": split_sections(abstract or ""),
        "contributors": (
            *(_person(each) for each in element.iterfind("{*}creators/{*}creator")),
            *(_person(each) for each in element.iterfind("{*}contributors/{*}contributor")),
        ),
        "publisher": child_text(element, "{*}publisher"),
        "published": _published(element, warnings),
        "language": language(filter(None, [child_text(element, "{*}language")])),
        "keywords": keywords(
            filter(None, map(text_of, element.iterfind("{*}subjects/{*}subject")))
        ),
        "identifiers": _identifiers(element),
        "access": access_of(_rights(element)),
        **_citation(element),
    }
    return values, warnings


def _rights(element: Element) -> tuple[str, ...]:
    """Statements of rights: DataCite's list, OpenAIRE's access right and licence."""
    lists = ("{*}rightsList/{*}rights", "{*}rights", "{*}licenseCondition")
    found = (
        value
        for path in lists
        for each in element.iterfind(path)
        for value in (each.get("rightsURI"), each.get("uri"), text_of(each))
    )
    return tuple(value for value in found if value)


def _citation(element: Element) -> dict[str, object]:
    """Where an article appeared, as OpenAIRE says."""
    first, last = (child_text(element, f"{{*}}citation{end}Page") for end in ("Start", "End"))
    title = child_text(element, "{*}citationTitle")
    return {
        "journal": Journal(title=title) if title else None,
        "volume": child_text(element, "{*}citationVolume"),
        "issue": child_text(element, "{*}citationIssue"),
        "pages": page_range(first, last),
    }


def _title(element: Element) -> str | None:
    """The main title: the others have a type (`Subtitle`, `TranslatedTitle`)."""
    titles = element.findall("{*}titles/{*}title")
    main = [each for each in titles if not each.get("titleType")] or titles
    return next((value for each in main if (value := text_of(each))), None)


def _abstract(element: Element) -> str | None:
    for each in element.iterfind("{*}descriptions/{*}description"):
        if each.get("descriptionType") == "Abstract" and (value := text_of(each)):
            return value
    return abstract_of(texts(element, "description"))


def _person(element: Element) -> Contribution:
    """A creator, or a contributor with its kind as role."""
    name = element.find("{*}creatorName")
    if name is None:
        name = element.find("{*}contributorName")
    family, given = child_text(element, "{*}familyName"), child_text(element, "{*}givenName")
    value = text_of(name)
    is_group = name is not None and name.get("nameType") == "Organizational"
    if family and given:
        person = Contribution(family=family, given=given)
    elif is_group or value is None:
        person = Contribution(name=value)
    else:
        person = contributor(value)
    orcids = (
        number(Scheme.ORCID, text_of(each))
        for each in element.findall("{*}nameIdentifier")
        if "ORCID" in each.get("nameIdentifierScheme", "").upper()
    )
    role = element.get("contributorType")
    return person.model_copy(
        update={
            "orcid": next((orcid for orcid in orcids if orcid), None),
            "affiliation": affiliations(map(text_of, element.findall("{*}affiliation"))),
            "roles": (role,) if role else (),
        }
    )


def _published(element: Element, warnings: list[str]) -> PartialDate | None:
    """The day it was issued, as long as it is in the year of publication; else that year."""
    year = child_text(element, "{*}publicationYear")
    dates = {e.get("dateType"): text_of(e) for e in element.iterfind("{*}dates/{*}date")}
    for kind in _DATES:
        try:
            day = PartialDate.parse((dates.get(kind) or "").partition("/")[0])
        except ValueError:
            continue
        if year is None or str(day.year) == year:
            return day
    try:
        return PartialDate.parse(year) if year else None
    except ValueError:
        warnings.append(f"bad_date:{(year or '')[:40]}")
        return None


def _identifiers(element: Element) -> tuple[Identifier, ...]:
    """The DOI, and other names that are declared to be of this very work (`IsIdenticalTo`)."""
    own = element.find("{*}identifier")
    found = [identifier(Scheme.DOI, text_of(own))]
    found += [
        identifier(scheme, text_of(each))
        for each in element.iterfind("{*}relatedIdentifiers/{*}relatedIdentifier")
        if each.get("relationType") == "IsIdenticalTo"
        and (scheme := _SCHEMES.get(each.get("relatedIdentifierType", "")))
    ]
    return unique(each for each in found if each is not None)


_SCHEMES = {"DOI": Scheme.DOI, "PMID": Scheme.PMID, "arXiv": Scheme.ARXIV, "ARK": Scheme.ARK}
