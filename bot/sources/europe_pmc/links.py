"""The links of Europe PMC's results: notices about a work, and its preprint or published version.

Its kinds are PubMed's in words ("Retraction in"), and "Preprint in" and "Preprint of" of its own.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from bot.records.models import (
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Relation,
    RelationKind,
    Scheme,
    unique,
)
from bot.sources.pubmed.notices import date_of_citation
from bot.sources.reading.record import relations
from bot.sources.reading.values import Item, identifier, item, objects, source_id, text

_SAYS = "Europe PMC"
_ABOUT_THIS = {
    "retraction in": IntegrityKind.RETRACTION,
    "retracted and republished in": IntegrityKind.RETRACTION,
    "erratum in": IntegrityKind.CORRECTION,
    "corrected and republished in": IntegrityKind.CORRECTION,
    "expression of concern in": IntegrityKind.CONCERN,
}
# What the work itself is to another; and what it is called then, if it is a notice.
_IS_TO = {
    "retraction of": (RelationKind.RETRACTION_OF, "Retraction of Publication"),
    "erratum for": (RelationKind.CORRECTION_OF, "Published Erratum"),
    "expression of concern for": (RelationKind.CONCERN_OF, "Expression of Concern"),
    "comment on": (RelationKind.COMMENT_ON, None),
    "republished from": (RelationKind.REPUBLICATION_OF, None),
    "corrected and republished from": (RelationKind.REPUBLICATION_OF, None),
    "preprint of": (RelationKind.PREPRINT_OF, None),
    "preprint in": (RelationKind.HAS_PREPRINT, None),
}
# What Europe PMC found by titles is a guess of its own, not a relation that someone declared.
_GUESSED = "match"


@dataclass(slots=True)
class Links:
    """What the links of one work say. `called` is the subtype of a work that is itself a notice."""

    notices: tuple[IntegrityNotice, ...] = ()
    relations: list[Relation] = field(default_factory=list)
    called: str | None = None
    warnings: list[str] = field(default_factory=list)


def links_of(work: Item, kinds: Collection[str]) -> Links:
    """Read the links of a work; `kinds` are its publication types."""
    links, found = Links(), []
    for link in objects(item(work.get("commentCorrectionList")).get("commentCorrection")):
        kind = (text(link.get("type")) or "").lower()
        if kind in _ABOUT_THIS:
            found.append(_notice(link, _ABOUT_THIS[kind]))
        elif kind in _IS_TO:
            related_as, called = _IS_TO[kind]
            links.called = links.called or called
            other = _identifier(link)
            if other is not None and _GUESSED in (text(link.get("note")) or "").lower():
                links.warnings.append(f"possible_preprint:{other.value}")
            else:
                links.relations += relations(related_as, (other,), _SAYS)
    if "Retracted Publication" in kinds and all(
        notice.kind is not IntegrityKind.RETRACTION for notice in found
    ):
        found.append(IntegrityNotice(kind=IntegrityKind.RETRACTION, source=_SAYS))
    links.notices = unique(found)
    return links


def _notice(link: Item, kind: IntegrityKind) -> IntegrityNotice:
    citation = text(link.get("reference")) or ""
    return IntegrityNotice(
        kind=kind,
        date=date_of_citation(citation),
        notice=_name(link) or citation or None,
        source=_SAYS,
    )


def _identifier(link: Item) -> Identifier | None:
    given = text(link.get("id"))
    if text(link.get("source")) == "MED":
        return identifier(Scheme.PMID, given)
    return source_id("europe_pmc", given) if (given or "").startswith("PPR") else None


def _name(link: Item) -> str | None:
    found = _identifier(link)
    if found is None:
        return None
    return f"PMID {found.value}" if found.scheme is Scheme.PMID else found.value.partition(":")[2]
