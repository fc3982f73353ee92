"""Crossref's JSON: one work, a list of works, or an answer without any.

Follows Crossref's REST API 1.0. habanero, the kept client, hands the JSON on as it is and owns its
HTTP, so the works are read here.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.formats import Refusal
from bot.formats.json_values import RefusedError
from bot.records.dates import PartialDate
from bot.records.models import Access, AccessStatus, Contribution, Journal, Record, Scheme, unique
from bot.records.names import language_of
from bot.sources.crossref.notices import notice_type, notices, relations_of
from bot.sources.reading.jats import inline, sections_of
from bot.sources.reading.payload import JsonPayload
from bot.sources.reading.record import (
    Origin,
    abstract_of,
    affiliations,
    hashed,
    is_creative,
    licence,
    names,
    record,
)
from bot.sources.reading.values import (
    Item,
    cited,
    date_parts,
    identifier,
    item,
    items,
    number,
    objects,
    text,
    texts,
)

NAME = "crossref"
# Crossref's types as ORA names works.
_TYPES = {
    "journal-article": "Journal article", "book": "Book", "monograph": "Book",
    "edited-book": "Book", "reference-book": "Book", "book-chapter": "Book section",
    "book-section": "Book section", "book-part": "Book section",
    "reference-entry": "Book section", "proceedings-article": "Conference item",
    "proceedings": "Conference item", "report": "Report", "report-component": "Report",
    "standard": "Report", "dissertation": "Thesis", "dataset": "Dataset", "database": "Dataset",
    "peer-review": "Peer review",
}  # fmt: skip
# What has a DOI and is no work: a journal, an issue, a figure of an article.
_NO_WORKS = frozenset(
    ("journal", "journal-issue", "journal-volume", "book-series", "book-set", "book-track",
     "proceedings-series", "report-series", "component", "grant")
)  # fmt: skip
# Only a preprint is one; the rest of what is posted is named by its kind.
_POSTED = {"preprint": "Preprint", "working_paper": "Working paper"}
_ROLES = (("author", ()), ("editor", ("Editor",)), ("translator", ("Translator",)))
_CHANGING = ("indexed", "is-referenced-by-count", "score", "_id", "deposited")
# The version of record first; an accepted manuscript's licence is not that of the article.
_VERSIONS = ("vor", "unspecified")


def _works(document: object) -> list[Any]:
    """The works in one document; an answer without works is a Refusal that says so."""
    if isinstance(document, list):
        return document or [Refusal(1, "an empty list")]
    given = item(document)
    message = given.get("message", given)
    if given.get("status") == "failed":
        value = "; ".join(filter(None, (text(entry.get("message")) for entry in objects(message))))
        return [Refusal(1, f"Crossref refused the question: {value[:150]}")]
    if isinstance(message, dict) and "items" in message:
        return items(message["items"]) or [Refusal(1, "an answer without works")]
    return [message]


def read(work: Item, source: str, at: datetime) -> Record:
    """The record of one work. Raises RefusedError for what is none, or has no title."""
    doi = identifier(Scheme.DOI, work.get("DOI"))
    kind = text(work.get("type"))
    if kind in _NO_WORKS:
        raise RefusedError(f"{doi.value if doi else 'without a DOI'}: not a work: {kind}")
    origin = Origin(source or NAME, at, hashed(work, _CHANGING))
    found, warnings = notices(work)
    work_type, subtype = types_of(kind, text(work.get("subtype")))
    parts = sections_of(text(work.get("abstract")) or "")
    fields = {
        "title": _title(work),
        "type": work_type,
        "subtype": notice_type(work) or subtype,
        "abstract": abstract_of(parts),
        "sections": parts,
        "contributors": _people(work),
        "journal": _journal(work),
        "volume": text(work.get("volume")),
        "issue": text(work.get("issue")),
        "pages": text(work.get("page")),
        "article_number": text(work.get("article-number")),
        "publisher": text(work.get("publisher")),
        "published": _published(work),
        "accepted": date_parts(work.get("accepted")),
        "language": language_of(text(work.get("language"))),
        "identifiers": (doi, *_other_ids(work)),
        "relations": relations_of(work),
        "references": cited((Scheme.DOI, r.get("DOI")) for r in objects(work.get("reference"))),
        "access": _access(work, at),
        "integrity": found,
    }
    return record(fields, origin, warnings)


def types_of(kind: str | None, posted: str | None) -> tuple[str | None, str | None]:
    """Type and subtype by Crossref's type, and its subtype of what is posted.

    Of the type "other" nothing is known; types to come are named as they are.
    """
    if kind is None or kind == "other":
        return None, None
    if kind == "posted-content":
        if posted in _POSTED or posted is None:
            return _POSTED.get(posted or "preprint"), None
        return "Internet publication", posted.replace("_", " ").capitalize()
    return _TYPES.get(kind) or kind.replace("-", " ").capitalize(), None


def _title(work: Item) -> str | None:
    """The title with its subtitle, where the title does not hold it already."""
    title = _first(work, "title") or _first(work, "original-title")
    subtitle = _first(work, "subtitle")
    if title and subtitle and subtitle.lower() not in title.lower():
        return f"{title.rstrip(' :')}: {subtitle}"
    return title


def _first(work: Item, key: str) -> str | None:
    found = texts(work.get(key))
    return inline(found[0]) or None if found else None


def _people(work: Item) -> tuple[Contribution, ...]:
    return tuple(
        Contribution(
            **names(entry.get("family"), _given(entry), entry.get("name")),
            orcid=number(Scheme.ORCID, entry.get("ORCID")),
            affiliation=affiliations(
                place.get("name") for place in objects(entry.get("affiliation"))
            ),
            roles=roles,
        )
        for key, roles in _ROLES
        for entry in objects(work.get(key))
    )


def _given(entry: Item) -> str:
    return " ".join(filter(None, (text(entry.get("given")), text(entry.get("suffix")))))


def _journal(work: Item) -> Journal:
    titles = texts(work.get("container-title")) or texts(work.get("group-title"))
    named = {
        text(issn.get("type")): number(Scheme.ISSN, issn.get("value"))
        for issn in objects(work.get("issn-type"))
    }
    unnamed = [number(Scheme.ISSN, issn) for issn in items(work.get("ISSN"))] if not named else []
    short = next(iter(texts(work.get("short-container-title"))), None)
    return Journal(
        title=titles[0] if titles else None,
        abbreviation=short if titles and short != titles[0] else None,
        issn=named.get("print") or next(filter(None, unnamed), None),
        eissn=named.get("electronic"),
    )


def _published(work: Item) -> PartialDate | None:
    """The earliest date of publication, which is what Crossref means by `issued`."""
    keys = ("issued", "published", "published-online", "published-print", "posted", "approved")
    dates = (date_parts(work.get(key)) for key in keys)
    return next((found for found in dates if found is not None), None)


def _other_ids(work: Item) -> Iterator[Any]:
    """The trials it reports, and its PMID where the publisher gave one."""
    for trial in objects(work.get("clinical-trial-number")):
        yield identifier(Scheme.NCT, trial.get("clinical-trial-number"))
    yield identifier(Scheme.PMID, work.get("PMID"))


def _access(work: Item, at: datetime) -> Access:
    """The licence; open where it is a Creative Commons one of the article, already in force.

    Crossref does not say who can read a work, so under any other licence that stays unknown.
    """
    stored = [
        (text(entry.get("URL")), date_parts(entry.get("start")))
        for version in _VERSIONS
        for entry in objects(work.get("license"))
        if text(entry.get("content-version")) == version
    ]
    named = unique((licence(url), start) for url, start in stored if url)
    for name, start in named:
        if is_creative(name):
            is_open = start is None or start.earliest <= at.date()
            status = AccessStatus.OPEN if is_open else AccessStatus.EMBARGOED
            return Access(status=status, licence=name)
    return Access(licence=named[0][0]) if named else Access()


def _looks(data: bytes) -> bool:
    """A list or work of the API, or a work that names Crossref as its source."""
    start = data[:4096]
    own = (b'"is-referenced-by-count"', b'"DOI"')
    return start.lstrip()[:1] == b"{" and (
        b'"message-type"' in start or all(key in data[:200_000] for key in own)
    )


PAYLOAD = JsonPayload(
    name=NAME,
    summary="works of Crossref's API as JSON",
    suffixes=(".json", ".jsonl"),
    looks=_looks,
    works=_works,
    read=read,
)
