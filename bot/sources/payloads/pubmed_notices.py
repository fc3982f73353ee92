"""What PubMed says of retractions, corrections and concerns: `CommentsCorrections`, types.

The kinds of link are those of the PubMed DTD (attribute `RefType`). One that ends in "In" points
from an article to the notice about it; one that ends in "Of" or "For" makes the record itself the
notice. A notice is not retracted because it retracts, and an erratum retracts nothing.
"""

import re
from collections.abc import Collection, Iterator
from xml.etree.ElementTree import Element

from bot.formats.values import partial_date
from bot.identifiers import find
from bot.models import IntegrityKind, IntegrityNotice, PartialDate, Scheme, unique
from bot.sources.payloads.xml_answers import child_text

_SAYS = "PubMed"
_ABOUT_THIS = {
    "RetractionIn": IntegrityKind.RETRACTION,
    "RetractedandRepublishedIn": IntegrityKind.RETRACTION,
    "ErratumIn": IntegrityKind.CORRECTION,
    "CorrectedandRepublishedIn": IntegrityKind.CORRECTION,
    "ExpressionOfConcernIn": IntegrityKind.CONCERN,
}
# What the record itself is, where one of these links goes out from it.
_IS_NOTICE = {
    "RetractionOf": ("Retraction of Publication", "retraction notice of"),
    "ErratumFor": ("Published Erratum", "erratum of"),
    "ExpressionOfConcernFor": ("Expression of Concern", "expression of concern about"),
}
_RETRACTED = "Retracted Publication"
# "Nature 2001 Jun 7;411(6838):720": what stands before the semicolon is the date.
_DATED = re.compile(
    r"\b((?:19|20)\d\d(?: [A-Z][a-z]{2}(?: \d{1,2})?)?)(?:[-/ ][A-Za-z0-9 ]{1,12})?;"
)
_PREPRINT_SERVERS = re.compile(
    r"\b(?:bioRxiv|medRxiv|arXiv|Res(?:earch)? Sq(?:uare)?|ChemRxiv|SSRN|Preprints?)\b",
    re.IGNORECASE,
)


def notices(links: Collection[Element], types: Collection[str]) -> tuple[IntegrityNotice, ...]:
    """The notices about a record, with date, notice and source as far as they are given.

    An article of the type "Retracted Publication" is retracted even where no link says by what.
    """
    found = [
        IntegrityNotice(kind=_ABOUT_THIS[kind], date=_date(link), notice=_name(link), source=_SAYS)
        for link in links
        if (kind := link.get("RefType", "")) in _ABOUT_THIS
    ]
    if _RETRACTED in types and all(n.kind is not IntegrityKind.RETRACTION for n in found):
        found.append(IntegrityNotice(kind=IntegrityKind.RETRACTION, source=_SAYS))
    return unique(found)


def notice_type(links: Collection[Element]) -> tuple[str, str] | None:
    """What a record that is itself a notice is called, and of what it is one; None for others."""
    for link in links:
        if (known := _IS_NOTICE.get(link.get("RefType", ""))) is not None:
            subtype, says = known
            return subtype, f"{says} {_name(link) or 'a work it does not name'}"
    return None


def preprint_links(links: Collection[Element], types: Collection[str]) -> Iterator[Element]:
    """The links between a preprint and its published version.

    PubMed links these as updates, as it does the versions of a Cochrane review, which are works of
    their own: one side has to be a preprint.
    """
    for link in links:
        kind, source = link.get("RefType"), child_text(link, "RefSource") or ""
        if (kind == "UpdateIn" and "Preprint" in types) or (
            kind == "UpdateOf" and _PREPRINT_SERVERS.search(source)
        ):
            yield link


def _name(link: Element) -> str | None:
    """A notice by its DOI, else its PMID, else the citation that PubMed gives."""
    source, pmid = child_text(link, "RefSource"), child_text(link, "PMID")
    for mention in find(source or ""):
        if mention.identifier.scheme is Scheme.DOI:
            return mention.identifier.value
    return f"PMID {pmid}" if pmid else source


def _date(link: Element) -> PartialDate | None:
    match = _DATED.search(child_text(link, "RefSource") or "")
    try:
        return partial_date(match.group(1)) if match else None
    except ValueError:
        return None
