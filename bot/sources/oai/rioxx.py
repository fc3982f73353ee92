"""RIOXX, versions 2 and 3: what UK repositories say of research outputs.

Follows https://www.rioxx.net/profiles/v2-0-final/ and https://www.rioxx.net/profiles/v3-0-final/.
The CC0 variant of ORA leaves abstracts out; a record without one is a record.
"""

from collections.abc import Iterator
from datetime import date, datetime
from xml.etree.ElementTree import Element

from bot.records.dates import PartialDate
from bot.records.models import Access, AccessStatus, Contribution, Identifier, Scheme, unique
from bot.records.names import contributor
from bot.records.sections import split_sections
from bot.sources.oai.dc import abstract_of, journal_of, keywords, language, own_identifiers, texts
from bot.sources.reading.record import is_creative, licence
from bot.sources.reading.values import clean, identifier, number
from bot.sources.reading.xml import text_of

# Version 2 has words; version 3 has the COAR resource types
# (https://vocabularies.coar-repositories.org/resource_types/): type and subtype.
_TYPES: dict[str, tuple[str, str | None]] = {
    "journal article/review": ("Journal article", None),
    "book": ("Book", None), "book chapter": ("Book section", None),
    "book edited": ("Book", None), "monograph": ("Book", None), "thesis": ("Thesis", None),
    "conference paper/proceeding/abstract": ("Conference item", None),
    "consultancy report": ("Report", None), "technical report": ("Report", None),
    "policy briefing report": ("Report", None), "working paper": ("Working paper", None),
    "manual/guide": ("Report", None), "technical standard": ("Report", None),
    "c_6501": ("Journal article", None), "c_2df8fbb1": ("Journal article", "Research article"),
    "c_dcae04bc": ("Journal article", "Review"), "c_b239": ("Journal article", "Editorial"),
    "c_545b": ("Journal article", "Letter"), "c_beb9": ("Journal article", "Data paper"),
    "c_7acd": ("Journal article", "Corrigendum"), "c_816b": ("Preprint", None),
    "c_2f33": ("Book", None), "c_3248": ("Book section", None), "c_46ec": ("Thesis", None),
    "c_db06": ("Thesis", None), "c_bdcc": ("Thesis", None), "c_93fc": ("Report", None),
    "c_18gh": ("Report", "Technical report"), "c_18ws": ("Report", None),
    "c_8042": ("Working paper", None), "c_ddb1": ("Dataset", None),
    "c_5794": ("Conference item", "Conference paper"), "c_c94f": ("Conference item", None),
    "c_6670": ("Conference item", "Conference poster"), "c_5ce6": ("Software", None),
}  # fmt: skip
# https://vocabularies.coar-repositories.org/access_rights/
_RIGHTS = {
    "c_abf2": AccessStatus.OPEN,
    "c_f1cf": AccessStatus.EMBARGOED,
    "c_16ec": AccessStatus.RESTRICTED,
    "c_14cb": AccessStatus.METADATA_ONLY,
}
_VERSION_OF_RECORD = "c_970fb48d4fbd8a85"


def rioxx_values(element: Element, at: datetime) -> tuple[dict[str, object], list[str]]:
    """The values of a record, and what was odd about them. `at` decides on embargoes."""
    warnings: list[str] = []
    abstract = abstract_of(texts(element, "description"))
    given = next(iter(texts(element, "type")), None)
    kind, subtype = _TYPES.get((given or "").rpartition("resource_type/")[2].lower(), (None, None))
    if given and kind is None:
        warnings.append(f"unknown_type:{given[:80]}")
    values: dict[str, object] = {
        "title": next(iter(texts(element, "title")), None),
        "type": kind,
        "subtype": subtype,
        "abstract": abstract,
        "sections": split_sections(abstract or ""),
        "contributors": (*_people(element), *_people(element, "contributor", "Contributor")),
        "publisher": _publisher(element),
        "published": _day(element, "publication_date", warnings),
        "accepted": _day(element, "dateAccepted", warnings),
        "deposited": _deposited(element, warnings),
        "language": language(texts(element, "language")),
        "keywords": keywords(texts(element, "subject")),
        "identifiers": _identifiers(element),
        "access": _access(element, at.date()),
        **journal_of(texts(element, "source"), kind == "Journal article"),
    }
    return values, warnings


def _people(
    element: Element, also: str = "author", role: str | None = None
) -> Iterator[Contribution]:
    """Authors: `author` (version 2, its ORCID an attribute) or `creator` (version 3, nested)."""
    names = ("author", "creator") if role is None else (also,)
    for name in names:
        for each in element.findall("{*}" + name):
            nested = each.find("{*}name")
            value = text_of(nested if nested is not None else each)
            ids = [each.get("id"), each.get("uri"), *map(text_of, each.findall("{*}id"))]
            orcids = (number(Scheme.ORCID, i) for i in ids if i and "orcid" in i.lower())
            person = contributor(value) if value else Contribution()
            yield person.model_copy(
                update={
                    "orcid": next((orcid for orcid in orcids if orcid), None),
                    "roles": (role,) if role else (),
                }
            )


def _publisher(element: Element) -> str | None:
    for each in element.findall("{*}publisher"):
        name = each.find("{*}name")
        if value := text_of(name if name is not None else each):
            return value
    return None


def _day(element: Element, name: str, warnings: list[str]) -> PartialDate | None:
    given = text_of(element.find("{*}" + name))
    try:
        return PartialDate.parse(given) if given else None
    except ValueError:
        warnings.append(f"bad_date:{name}:{clean(given or '')[:40]}")
        return None


def _deposited(element: Element, warnings: list[str]) -> PartialDate | None:
    """When the record became public, else when its file was deposited (version 3)."""
    public = _day(element, "record_public_release_date", warnings)
    given = next((d for f in element.findall("{*}file") if (d := f.get("deposit_date"))), None)
    try:
        return public or (PartialDate.parse(given) if given else None)
    except ValueError:
        return None


def _identifiers(element: Element) -> tuple[Identifier, ...]:
    """The DOI of the published version first, then the names that the repository gives."""
    related = [
        text_of(each)
        for each in element.findall("{*}relation")
        if (each.get("coar_version") or "").endswith(_VERSION_OF_RECORD)
    ]
    records = (identifier(Scheme.DOI, t) for t in (*texts(element, "version_of_record"), *related))
    own = own_identifiers(texts(element, "identifier"), ())
    return unique(each for each in (*records, *own) if each is not None)


def _access(element: Element, today: date) -> Access:
    """Status, file and licence: version 3 has them on the file, version 2 on the record.

    A licence or free access that starts on a later day is an embargo until then.
    """
    for each in element.findall("{*}file"):
        status = _RIGHTS.get((each.get("access_rights") or "").rpartition("/")[2])
        if status is not None:
            is_open = status is AccessStatus.OPEN
            return Access(
                status=status,
                url=_address(text_of(each)) if is_open else None,
                licence=_named(each.get("license_ref")),
            )
    free = element.find("{*}free_to_read")
    licences = [(_start(each), _named(text_of(each))) for each in element.findall("{*}license_ref")]
    begun = [name for start, name in licences if name and (start is None or start <= today)]
    later = any(start is not None and start > today for start, _ in licences)
    if free is not None:
        start = _start(free)
        status = AccessStatus.OPEN if start is None or start <= today else AccessStatus.EMBARGOED
        return Access(status=status, licence=begun[-1] if begun else None)
    if begun and is_creative(begun[-1]):
        return Access(status=AccessStatus.OPEN, licence=begun[-1])
    status = AccessStatus.EMBARGOED if later and not begun else AccessStatus.UNKNOWN
    return Access(status=status, licence=begun[-1] if begun else None)


def _start(element: Element) -> date | None:
    """The day an `ali` element takes effect; its attribute is with and without a namespace."""
    given = next((v for k, v in element.attrib.items() if k.endswith("start_date")), "")
    try:
        return date.fromisoformat(given[:10])
    except ValueError:
        return None


def _named(given: str | None) -> str | None:
    """A licence; the words for "under no licence" are none."""
    name = licence(given)
    return None if name is None or "all-rights-reserved" in name else name


def _address(given: str | None) -> str | None:
    is_address = given is not None and given.startswith(("https://", "http://"))
    return given if is_address else None
