"""Unpaywall's JSON: who can read the work of one DOI, and what else it says of it.

Follows Unpaywall's data format, version 2.
"""

from datetime import datetime

from bot.formats.json_values import RefusedError
from bot.records.models import Access, AccessStatus, Contribution, Journal, Record, Scheme
from bot.sources.crossref.reader import types_of
from bot.sources.reading.jats import inline
from bot.sources.reading.payload import JsonPayload
from bot.sources.reading.record import Origin, affiliations, hashed, licence, record
from bot.sources.reading.values import (
    Item,
    address,
    identifier,
    iso_date,
    item,
    number,
    objects,
    text,
    texts,
)

NAME = "unpaywall"
_CHANGING = ("updated",)


def read(answer: Item, source: str, at: datetime) -> Record:
    """The record of an answer. Raises RefusedError."""
    if answer.get("error") is True or ("doi" not in answer and text(answer.get("message"))):
        raise RefusedError(f"Unpaywall refused the question: {text(answer.get('message'))}")
    if answer.get("is_paratext") is True:
        raise RefusedError(f"{text(answer.get('doi'))}: not a work: paratext")
    work_type, subtype = types_of(text(answer.get("genre")), None)
    issns = (text(answer.get("journal_issns")) or "").split(",")
    fields = {
        "title": inline(text(answer.get("title")) or ""),
        "type": work_type,
        "subtype": subtype,
        "contributors": tuple(
            Contribution(
                name=text(person.get("raw_author_name")),
                affiliation=affiliations(texts(person.get("raw_affiliation_strings"))),
            )
            for person in objects(answer.get("z_authors"))
        ),
        "journal": Journal(
            title=text(answer.get("journal_name")),
            issn=number(Scheme.ISSN, answer.get("journal_issn_l")) or number(Scheme.ISSN, issns[0]),
        ),
        "publisher": text(answer.get("publisher")),
        "published": iso_date(answer.get("published_date")) or iso_date(answer.get("year")),
        "identifiers": (identifier(Scheme.DOI, answer.get("doi")),),
        "access": access(answer),
    }
    return record(fields, Origin(source or NAME, at, hashed(answer, _CHANGING)))


def access(answer: Item) -> Access:
    """Who can read the work: open with the best free copy, restricted where none was found."""
    best = item(answer.get("best_oa_location"))
    is_open = answer.get("is_oa")
    if is_open is True:
        url = address(best.get("url")) or address(best.get("url_for_landing_page"))
        return Access(status=AccessStatus.OPEN, url=url, licence=licence(best.get("license")))
    return Access(status=AccessStatus.RESTRICTED if is_open is False else AccessStatus.UNKNOWN)


def _looks(data: bytes) -> bool:
    """The names that only its answers have."""
    start = data[:100_000]
    return start.lstrip()[:1] == b"{" and b'"oa_locations"' in start and b'"is_oa"' in start


PAYLOAD = JsonPayload(
    name=NAME,
    summary="Unpaywall's answer to a DOI as JSON",
    looks=_looks,
    works=lambda answer: [answer],
    read=read,
)
