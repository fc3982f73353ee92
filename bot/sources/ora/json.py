"""The JSON of ORA's own pages: `/objects/uuid:….json` and `/objects.json?q=…`.

It is not documented and promises nothing. As captured: each attribute is a text, or an object whose
`value` is a list; `type` can be null; values have blanks at their ends and stray line breaks;
people come as one text ("Hulme, M, Jenkins, G"); a date can be a year as a number. Attributes are
named as in the ORA data model 2.4.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from bot.formats import Refusal
from bot.formats.kinds import WORK_TYPES
from bot.records.dates import PartialDate
from bot.records.models import Contribution, Identifier, Journal, Known, Record, Scheme, unique
from bot.records.names import contributor, language_of
from bot.records.sections import split_sections
from bot.sources.oai.dc import unpadded
from bot.sources.reading.payload import JsonPayload
from bot.sources.reading.record import Origin, hashed, record
from bot.sources.reading.values import Item, identifier, item, number, objects, texts

_PEER_REVIEW = {"peer reviewed": Known.YES, "not peer reviewed": Known.NO}
_STATUSES = ("Published", "Accepted", "In press", "Submitted", "Unpublished")


def entries_of(document: object) -> Iterator[Item]:
    """The objects of an answer: one, or a page of them."""
    data = item(document).get("data")
    yield from objects([data] if isinstance(data, dict) else data)


def read(entry: Item, source: str, at: datetime) -> Record:
    """The record of one object. Raises RefusedError."""
    given = _Attributes(item(entry.get("attributes")))
    uuid = identifier(Scheme.ORA, entry.get("id"))
    warnings: list[str] = []
    abstract = given.first("abstract")
    kind = given.first("type_of_work")
    values: dict[str, object] = {
        "title": given.first("title"),
        "type": next((t for t in WORK_TYPES if kind and t.lower() == kind.lower()), kind),
        "subtype": given.first("sub_type_of_work"),
        "abstract": abstract,
        "sections": split_sections(abstract or ""),
        "contributors": people(given.first("index_authors") or "", warnings),
        "publisher": given.first("publisher_name"),
        "journal": Journal(
            title=given.first("journal_title"),
            issn=number(Scheme.ISSN, given.first("identifier_issn")),
            eissn=number(Scheme.ISSN, given.first("identifier_eissn")),
        ),
        "volume": given.first("volume"),
        "issue": given.first("issue_number"),
        "article_number": given.first("article_number"),
        "published": _published(given, warnings),
        "accepted": given.date("acceptance_date"),
        "deposited": given.date("record_deposit_date"),
        "language": language_of(given.first("language")),
        "keywords": unique(given.all("keyword")),
        "publication_status": _status(given.first("host_publication_status")),
        "peer_reviewed": _PEER_REVIEW.get(
            (given.first("host_peer_review_status") or "").lower(), Known.UNKNOWN
        ),
        "identifiers": _identifiers(given, uuid),
    }
    return record(values, Origin(source, at, hashed(entry)), warnings)


class _Attributes:
    """The attributes of an object, each a text, a number, or an object around a list of them."""

    def __init__(self, attributes: Item) -> None:
        self._attributes = attributes

    def all(self, name: str) -> tuple[str, ...]:
        """The values of an attribute, without the empty ones."""
        value = self._attributes.get(name)
        if isinstance(value, dict):
            value = item(value.get("attributes")).get("value")
        return texts(value if isinstance(value, list) else [value])

    def first(self, name: str) -> str | None:
        """The first value, or None."""
        return next(iter(self.all(name)), None)

    def date(self, name: str) -> PartialDate | None:
        """A date; None where there is none or it cannot be read."""
        try:
            return PartialDate.parse(self.first(name) or "")
        except ValueError:
            return None


def people(given: str, warnings: list[str]) -> tuple[Contribution, ...]:
    """The people in one text: "Hulme, M, Jenkins, G" is two.

    Families and initials take turns. Where they do not, nothing says where one person ends: the
    text is kept whole, as one name, with a warning.
    """
    pieces = [piece.strip() for piece in given.split(",") if piece.strip()]
    if not pieces:
        return ()
    pairs = list(zip(pieces[::2], pieces[1::2], strict=False))
    if len(pieces) % 2 == 0 and all(_are_initials(initials) for _, initials in pairs):
        return tuple(contributor(f"{family}, {initials}") for family, initials in pairs)
    if len(pieces) == 2:
        return (contributor(given),)
    warnings.append("authors_not_told_apart")
    return (Contribution(name=given),)


def _are_initials(text: str) -> bool:
    letters = re.sub(r"[\s.-]", "", text)
    return letters.isalpha() and letters.isupper() and len(letters) <= 5


def _published(given: _Attributes, warnings: list[str]) -> PartialDate | None:
    """The date of publication, without the day ORA pads a year with; else the copyright year."""
    day = given.date("citation_publication_date")
    year = unpadded(day)
    if year != day:
        warnings.append("published_day_unknown")
    return year or given.date("rights_copyright_date")


def _status(given: str | None) -> str | None:
    return next((s for s in _STATUSES if given and s.lower() == given.lower()), None)


def _identifiers(given: _Attributes, uuid: Identifier | None) -> tuple[Identifier, ...]:
    found = [identifier(Scheme.DOI, value) for value in given.all("identifier_doi")]
    found += [identifier(Scheme.PMID, value) for value in given.all("identifier_pmid")]
    found += [identifier(Scheme.PUBS, v) for v in given.all("identifier_pubs_identifier")]
    return unique(i for i in (*found, uuid) if i is not None)


PAYLOAD = JsonPayload(
    name="ora_json",
    summary="ORA's own JSON (/objects/uuid:….json, /objects.json)",
    # The address of an ORA object near the start, in JSON.
    looks=lambda data: data.lstrip()[:1] == b"{" and b"ora.ox.ac.uk/objects" in data[:2000],
    works=lambda answer: list(entries_of(answer)) or [Refusal(1, "no object of ORA in it")],
    read=lambda entry, source, at: read(entry, source or "ora", at),
)
