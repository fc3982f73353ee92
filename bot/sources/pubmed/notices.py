"""What PubMed says of retractions, corrections and concerns: `CommentsCorrections`, types.

The kinds of link are those of the PubMed DTD (attribute `RefType`). One that ends in "In" points
from an article to the notice about it; one that ends in "Of" or "For" makes the record itself the
notice. A notice is not retracted because it retracts, and an erratum retracts nothing.
"""

import re
from collections.abc import Collection, Iterator
from xml.etree.ElementTree import Element

from bot.records.dates import PartialDate
from bot.records.models import (
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Relation,
    RelationKind,
    Scheme,
    unique,
)
from bot.records.names import partial_date
from bot.sources.reading.record import relations
from bot.sources.reading.values import identifier
from bot.sources.reading.xml import child_text

_SAYS = "PubMed"
_ABOUT_THIS = {
    "RetractionIn": IntegrityKind.RETRACTION,
    "RetractedandRepublishedIn": IntegrityKind.RETRACTION,
    "ErratumIn": IntegrityKind.CORRECTION,
    "CorrectedandRepublishedIn": IntegrityKind.CORRECTION,
    "ExpressionOfConcernIn": IntegrityKind.CONCERN,
}
# What the record itself is to another work, where one of these links goes out from it; and what it
# is called then, if it is a notice.
_IS_TO = {
    "RetractionOf": (RelationKind.RETRACTION_OF, "Retraction of Publication"),
    "ErratumFor": (RelationKind.CORRECTION_OF, "Published Erratum"),
    "ExpressionOfConcernFor": (RelationKind.CONCERN_OF, "Expression of Concern"),
    "CommentOn": (RelationKind.COMMENT_ON, None),
    "RepublishedFrom": (RelationKind.REPUBLICATION_OF, None),
    "CorrectedandRepublishedFrom": (RelationKind.REPUBLICATION_OF, None),
    "RetractedandRepublishedFrom": (RelationKind.REPUBLICATION_OF, None),
}
_RETRACTED = "Retracted Publication"
# "Nature 2001 Jun 7;411(6838):720": what comes before the semicolon is the date.
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
        IntegrityNotice(
            kind=_ABOUT_THIS[kind],
            date=date_of_citation(child_text(link, "RefSource") or ""),
            notice=_name(link),
            source=_SAYS,
        )
        for link in links
        if (kind := link.get("RefType", "")) in _ABOUT_THIS
    ]
    if _RETRACTED in types and all(n.kind is not IntegrityKind.RETRACTION for n in found):
        found.append(IntegrityNotice(kind=IntegrityKind.RETRACTION, source=_SAYS))
    return unique(found)


def notice_type(links: Collection[Element]) -> str | None:
    """What a record that is itself a notice is called; None for others."""
    kinds = (link.get("RefType", "") for link in links)
    return next((_IS_TO[kind][1] for kind in kinds if kind in _IS_TO and _IS_TO[kind][1]), None)


def relations_of(links: Collection[Element], types: Collection[str]) -> tuple[Relation, ...]:
    """What the record is to other works.

    PubMed links a preprint and its published version as updates, as it does the versions of a
    Cochrane review, which are works of their own: one side has to be a preprint.
    """
    found: list[Relation] = []
    for link in links:
        kind = _relation(link.get("RefType", ""), child_text(link, "RefSource") or "", types)
        if kind is not None:
            found += relations(kind, _identifiers(link), _SAYS)
    return unique(found)


def _relation(kind: str, source: str, types: Collection[str]) -> RelationKind | None:
    if kind == "UpdateIn" and "Preprint" in types:
        return RelationKind.PREPRINT_OF
    if kind == "UpdateOf" and _PREPRINT_SERVERS.search(source):
        return RelationKind.HAS_PREPRINT
    return _IS_TO[kind][0] if kind in _IS_TO else None


def _identifiers(link: Element) -> Iterator[Identifier | None]:
    yield identifier(Scheme.DOI, child_text(link, "RefSource"))
    yield identifier(Scheme.PMID, child_text(link, "PMID"))


def _name(link: Element) -> str | None:
    """A notice by its DOI, else its PMID, else the citation that PubMed gives."""
    doi, pmid = _identifiers(link)
    if doi is not None:
        return doi.value
    return f"PMID {pmid.value}" if pmid else child_text(link, "RefSource")


def date_of_citation(citation: str) -> PartialDate | None:
    """The date in a citation as PubMed writes it: "Nature 2001 Jun 7;411(6838):720"."""
    match = _DATED.search(citation)
    try:
        return partial_date(match.group(1)) if match else None
    except ValueError:
        return None
