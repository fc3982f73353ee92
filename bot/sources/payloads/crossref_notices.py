"""What Crossref says of updates to a work: `update-to`, `updated-by`, and preprint relations.

The types of update are those of Crossmark. A work that updates another is a notice about it; the
work it names is the one that was retracted or corrected. Some publishers retract in place: there a
work "updates" its own DOI, and is the retracted work itself.
"""

from collections.abc import Iterator

from bot.models import Identifier, IntegrityKind, IntegrityNotice, PartialDate, Scheme, unique
from bot.sources.payloads.crossref_dates import date_parts
from bot.sources.payloads.values import Item, identifier, item, objects, text

_KINDS = {
    "retraction": IntegrityKind.RETRACTION,
    "withdrawal": IntegrityKind.RETRACTION,
    "removal": IntegrityKind.RETRACTION,
    "correction": IntegrityKind.CORRECTION,
    "corrigendum": IntegrityKind.CORRECTION,
    "erratum": IntegrityKind.CORRECTION,
    # The rest of the work still stands.
    "partial_retraction": IntegrityKind.CORRECTION,
    "expression_of_concern": IntegrityKind.CONCERN,
}
# A later version or edition says nothing against the earlier one.
_NO_NOTICE = frozenset(("new_version", "new_edition"))
_SOURCES = {"retraction-watch": "Retraction Watch, by Crossref", "publisher": "Crossref"}
_PREPRINTS = ("has-preprint", "is-preprint-of")


def notices(work: Item) -> tuple[tuple[IntegrityNotice, ...], list[str]]:
    """The notices about a work, and as warnings the updates of a kind that is neither.

    An addendum or clarification is no correction; that there is one is still said.
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
                    kind=_KINDS[kind],
                    date=_date(update),
                    notice=notice.value if notice else None,
                    source=_SOURCES.get(text(update.get("source")) or "", "Crossref"),
                )
            )
        elif kind and kind not in _NO_NOTICE:
            others.append(f"updated_by:{kind[:40]} {notice.value if notice else ''}".strip())
    return unique(found), others


def notice_type(work: Item) -> tuple[str, str] | None:
    """What a work that is itself a notice is called, and of what it is one; None for others."""
    doi = identifier(Scheme.DOI, work.get("DOI"))
    for update in objects(work.get("update-to")):
        kind, about = _kind(update), identifier(Scheme.DOI, update.get("DOI"))
        if about is not None and about != doi and kind and kind not in _NO_NOTICE:
            named = kind.replace("_", " ")
            return named.capitalize(), f"{named} notice of {about.value}"
    return None


def preprint_ids(work: Item) -> Iterator[Identifier]:
    """The DOIs of the preprint of a work, or of the published version of a preprint."""
    relation = item(work.get("relation"))
    for kind in _PREPRINTS:
        for related in objects(relation.get(kind)):
            if text(related.get("id-type")) == "doi":
                found = identifier(Scheme.DOI, related.get("id"))
                if found is not None:
                    yield found


def _kind(update: Item) -> str:
    return (text(update.get("type")) or "").lower().replace("-", "_").replace(" ", "_")


def _date(update: Item) -> PartialDate | None:
    return date_parts(update.get("updated"))
