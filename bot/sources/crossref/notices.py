"""What Crossref says of updates to a work: `update-to`, `updated-by`, and preprint relations.

The types of update are those of Crossmark. A work that updates another is a notice about it; the
work it names is the one that was retracted or corrected. Some publishers retract in place: there a
work "updates" its own DOI, and is the retracted work itself.
"""

from collections.abc import Iterator

from bot.records.models import (
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Relation,
    RelationKind,
    Scheme,
    unique,
)
from bot.sources.reading.record import relations
from bot.sources.reading.values import Item, date_parts, identifier, item, objects, text

# The kind of a notice, and what the notice is to the work it is about.
_KINDS = {
    "retraction": (IntegrityKind.RETRACTION, RelationKind.RETRACTION_OF),
    "removal": (IntegrityKind.RETRACTION, RelationKind.RETRACTION_OF),
    "withdrawal": (IntegrityKind.WITHDRAWAL, RelationKind.WITHDRAWAL_OF),
    "correction": (IntegrityKind.CORRECTION, RelationKind.CORRECTION_OF),
    "corrigendum": (IntegrityKind.CORRECTION, RelationKind.CORRECTION_OF),
    "erratum": (IntegrityKind.CORRECTION, RelationKind.CORRECTION_OF),
    # The rest of the work is still valid.
    "partial_retraction": (IntegrityKind.CORRECTION, RelationKind.CORRECTION_OF),
    "expression_of_concern": (IntegrityKind.CONCERN, RelationKind.CONCERN_OF),
}
# A later version or edition says nothing against the earlier one.
_NO_NOTICE = frozenset(("new_version", "new_edition"))
_SAYS = "Crossref"
_SOURCES = {"retraction-watch": "Retraction Watch, by Crossref", "publisher": "Crossref"}
_RELATIONS = {
    "is-preprint-of": RelationKind.PREPRINT_OF, "has-preprint": RelationKind.HAS_PREPRINT,
    "is-version-of": RelationKind.VERSION_OF, "is-identical-to": RelationKind.VERSION_OF,
    "is-review-of": RelationKind.REVIEW_OF, "is-comment-on": RelationKind.COMMENT_ON,
    "is-reply-to": RelationKind.REPLY_TO, "is-translation-of": RelationKind.TRANSLATION_OF,
    "is-part-of": RelationKind.PART_OF, "is-supplement-to": RelationKind.SUPPLEMENT_TO,
}  # fmt: skip


def notices(work: Item) -> tuple[tuple[IntegrityNotice, ...], list[str]]:
    """The notices about a work, and as warnings the updates of a kind that is neither.

    An addendum or clarification is no correction; that there is one is still reported.
    """
    doi = identifier(Scheme.DOI, work.get("DOI"))
    in_place = [
        update
        for update in objects(work.get("update-to"))
        if doi is not None and identifier(Scheme.DOI, update.get("DOI")) == doi
    ]
    found, others = [], []
    for update in (*objects(work.get("updated-by")), *in_place):
        kind = _kind(update)
        notice = identifier(Scheme.DOI, update.get("DOI"))
        if kind in _KINDS:
            found.append(
                IntegrityNotice(
                    kind=_KINDS[kind][0],
                    date=date_parts(update.get("updated")),
                    notice=notice.value if notice else None,
                    source=_SOURCES.get(text(update.get("source")) or "", _SAYS),
                    note=_note(kind),
                )
            )
        elif kind and kind not in _NO_NOTICE:
            others.append(f"updated_by:{kind[:40]} {notice.value if notice else ''}".strip())
    return unique(found), others


def _note(kind: str) -> str | None:
    """What the notice is called, where that says more than its kind."""
    value = kind.replace("_", " ")
    return None if kind in ("retraction", "withdrawal", "correction") else value


def notice_type(work: Item) -> str | None:
    """What a work that is itself a notice about another is called; None for others."""
    named = (_kind(update).replace("_", " ").capitalize() for update, _ in _about_others(work))
    return next(named, None)


def relations_of(work: Item) -> tuple[Relation, ...]:
    """What a work is to others: a notice about them, their preprint, a part, a review."""
    found: list[Relation] = []
    for update, about in _about_others(work):
        if (kind := _kind(update)) in _KINDS:
            found += relations(_KINDS[kind][1], (about,), _SAYS)
    relation = item(work.get("relation"))
    for name, related_as in _RELATIONS.items():
        dois = (r.get("id") for r in objects(relation.get(name)) if text(r.get("id-type")) == "doi")
        found += relations(related_as, (identifier(Scheme.DOI, doi) for doi in dois), _SAYS)
    return unique(found)


def _about_others(work: Item) -> Iterator[tuple[Item, Identifier]]:
    """The updates of other works that this one is."""
    doi = identifier(Scheme.DOI, work.get("DOI"))
    for update in objects(work.get("update-to")):
        about = identifier(Scheme.DOI, update.get("DOI"))
        if (
            about is not None
            and about != doi
            and (kind := _kind(update))
            and kind not in _NO_NOTICE
        ):
            yield update, about


def _kind(update: Item) -> str:
    return (text(update.get("type")) or "").lower().replace("-", "_").replace(" ", "_")
