"""DataCite's JSON (of its API, bare, or a record a line), and its schema XML.

Follows DataCite Metadata Schema 4.6 and its REST API. The kept library `datacite` writes metadata
and owns its HTTP; it does not read them into anything.
"""

import io
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element

from bot.formats import Refusal
from bot.records.dates import PartialDate
from bot.records.models import (
    Access,
    AccessStatus,
    Contribution,
    Identifier,
    Journal,
    Record,
    Relation,
    RelationKind,
    Scheme,
    Section,
    unique,
)
from bot.records.names import contributor, language_of
from bot.sources.datacite import xml as datacite_xml
from bot.sources.datacite.types import types_of
from bot.sources.reading import xml as xml_answers
from bot.sources.reading.jats import inline, sections_of
from bot.sources.reading.payload import read_works
from bot.sources.reading.record import (
    Origin,
    abstract_of,
    affiliations,
    hashed,
    is_creative,
    licence,
    names,
    record,
    relations,
)
from bot.sources.reading.values import (
    Item,
    identifier,
    iso_date,
    item,
    items,
    number,
    objects,
    text,
)

NAME = "datacite"
_CHANGING = (
    "viewCount", "viewsOverTime", "downloadCount", "downloadsOverTime", "citationCount",
    "citationsOverTime", "referenceCount", "updated", "xml", "metadataVersion",
)  # fmt: skip
# DataCite's words for a value that there is none of, and what represents an author without name.
_PLACEHOLDER = re.compile(
    r"\(?:(?:unac|unal|unap|unas|unav|unkn|none|null|tba|etal)\)?|\[s\.n\.\]|unknown", re.IGNORECASE
)
# Who only gave money, room or a service is no contributor to the work.
_NOT_SHOWN = frozenset(
    ("Distributor", "HostingInstitution", "RegistrationAgency", "RegistrationAuthority",
     "RightsHolder", "Sponsor", "Funder", "ContactPerson")
)  # fmt: skip
_OPEN = "openaccess"
_CLOSED = ("closedaccess", "restrictedaccess")
_RELATIONS = {
    "IsVersionOf": RelationKind.VERSION_OF, "IsNewVersionOf": RelationKind.VERSION_OF,
    "IsPreviousVersionOf": RelationKind.VERSION_OF, "IsIdenticalTo": RelationKind.VERSION_OF,
    "IsPartOf": RelationKind.PART_OF, "IsSupplementTo": RelationKind.SUPPLEMENT_TO,
    "Reviews": RelationKind.REVIEW_OF, "IsTranslationOf": RelationKind.TRANSLATION_OF,
}  # fmt: skip
_ARXIV_DOI = "10.48550/arxiv."


class DataCitePayload:
    """DataCite's metadata as JSON or XML."""

    name = NAME
    summary = "DataCite's metadata as JSON or XML"
    suffixes = (".json", ".jsonl", ".xml")
    aliases: tuple[str, ...] = ()

    def recognises(self, data: bytes, file_name: str) -> bool:  # noqa: ARG002 - by content only
        """The namespace of its schema, or the names of its JSON."""
        start = data[:4096]
        if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
            has_schema = b"http://datacite.org/schema/kernel-" in start
            return has_schema and b"<resource" in start and b"<OAI-PMH" not in start
        compact = data[:100_000].replace(b" ", b"")
        return start.lstrip()[:1] in (b"{", b"[") and (
            b'"type":"dois"' in compact or (b'"creators"' in compact and b'"titles"' in compact)
        )

    def loads(self, data: bytes, source: str, at: datetime) -> Iterator[Record | Refusal]:
        """See `bot.formats.base.Format`. In a Refusal the line is the place in the answer."""
        return self.load(io.BytesIO(data), source, at)

    def load(self, file: BinaryIO, source: str, at: datetime) -> Iterator[Record | Refusal]:
        """As `loads`. See `bot.formats.base.Streamed`."""
        head = file.read(1000)
        file.seek(0)
        if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" and b"<html" not in head:
            found = list(xml_answers.records(file.read(), ("resource",), _of_xml(source, at)))
            yield from found or [Refusal(1, "no resource in it")]
            return
        yield from read_works(file, _works, lambda work: read(work, source, at))


def _of_xml(source: str, at: datetime) -> Any:
    def read_element(element: Element) -> Record:
        return read(datacite_xml.attributes(element), source, at)

    return read_element


def _works(document: object) -> list[Any]:
    """The attributes of each work in an answer."""
    if isinstance(document, list):
        return [item(work).get("attributes", work) for work in document]
    answer = item(document)
    if errors := objects(answer.get("errors")):
        value = text(errors[0].get("title")) or text(errors[0].get("detail"))
        return [Refusal(1, f"DataCite: {value or 'an error'}")]
    if "data" in answer:
        found = [item(work).get("attributes", work) for work in items(answer["data"])]
        return found or [Refusal(1, "an answer without works")]
    return [answer.get("attributes", answer)]


def read(work: Item, source: str, at: datetime) -> Record:
    """The record of the attributes of one work. Raises RefusedError."""
    origin = Origin(source or NAME, at, hashed(work, _CHANGING))
    doi = identifier(Scheme.DOI, work.get("doi") or work.get("id"))
    work_type, subtype = types_of(work)
    parts = _abstract(work)
    container = item(work.get("container"))
    publisher = work.get("publisher")
    fields = {
        "title": _title(work),
        "type": work_type,
        "subtype": subtype,
        "abstract": abstract_of(parts),
        "sections": parts,
        "contributors": _people(work),
        "journal": _journal(container),
        "volume": text(container.get("volume")),
        "issue": text(container.get("issue")),
        "publisher": _named(item(publisher).get("name") if publisher else None)
        or _named(publisher),
        "published": _published(work),
        "accepted": _dates(work).get("accepted"),
        "language": language_of(_named(work.get("language"))),
        "keywords": unique(
            word
            for subject in objects(work.get("subjects"))
            if (word := _named(subject.get("subject"))) is not None
        ),
        "identifiers": (doi, _arxiv(doi)),
        "relations": _relations(work, doi),
        "access": _access(work),
    }
    return record(fields, origin)


def _named(value: object) -> str | None:
    """A text that is not one of the words for none."""
    given = text(value)
    return None if given is None or _PLACEHOLDER.fullmatch(given) else given


def _title(work: Item) -> str | None:
    """The main title with its subtitle; translations and alternatives are left out."""
    given = [
        (text(entry.get("titleType")), _named(entry.get("title")))
        for entry in objects(work.get("titles"))
    ]
    main = next((title for kind, title in given if kind is None and title), None)
    main = main or next((title for _, title in given if title), None)
    subtitle = next((title for kind, title in given if kind == "Subtitle" and title), None)
    if main and subtitle and subtitle.lower() not in main.lower():
        main = f"{main.rstrip(' :')}: {subtitle}"
    return inline(main) if main else None


def _abstract(work: Item) -> tuple[Section, ...]:
    for kind in ("Abstract", None):
        for entry in objects(work.get("descriptions")):
            words = _named(entry.get("description"))
            if text(entry.get("descriptionType")) == kind and words:
                return sections_of(words)
    return ()


def _people(work: Item) -> tuple[Contribution, ...]:
    creators = [_person(entry, ()) for entry in objects(work.get("creators"))]
    others = [
        _person(entry, (_spaced(kind),))
        for entry in objects(work.get("contributors"))
        if (kind := text(entry.get("contributorType"))) and kind not in _NOT_SHOWN
    ]
    return (*creators, *others)


def _spaced(kind: str) -> str:
    """A role in words: `ProjectLeader` is "Project leader"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).capitalize()


def _person(entry: Item, roles: tuple[str, ...]) -> Contribution:
    """A person or group; who is only a placeholder stays an author without a name."""
    name = _named(entry.get("name"))
    parts = names(_named(entry.get("familyName")), _named(entry.get("givenName")), name)
    if "family" not in parts and name and text(entry.get("nameType")) == "Personal":
        split = contributor(name)
        parts = {"name": split.name, "family": split.family, "given": split.given}
    orcid = next(
        (
            given.get("nameIdentifier")
            for given in objects(entry.get("nameIdentifiers"))
            if (text(given.get("nameIdentifierScheme")) or "").upper() == "ORCID"
        ),
        None,
    )
    places = (
        item(place).get("name") if isinstance(place, dict) else place
        for place in items(entry.get("affiliation"))
    )
    return Contribution(
        **parts,
        orcid=number(Scheme.ORCID, orcid),
        affiliation=affiliations(places),
        roles=roles,
    )


def _journal(container: Item) -> Journal:
    kind = (text(container.get("identifierType")) or "").upper()
    issn = number(Scheme.ISSN, container.get("identifier")) if kind.endswith("ISSN") else None
    return Journal(title=_named(container.get("title")), issn=issn)


def _dates(work: Item) -> dict[str, PartialDate]:
    """The dates by their kind in lower case; of a range only the year it begins in."""
    found: dict[str, PartialDate] = {}
    for entry in objects(work.get("dates")):
        start, is_range, _ = (text(entry.get("date")) or "").partition("/")
        date = iso_date(start)
        if date is not None:
            kept = PartialDate(date.year) if is_range else date
            found.setdefault((text(entry.get("dateType")) or "").lower(), kept)
    return found


def _published(work: Item) -> PartialDate | None:
    dates = _dates(work)
    year = iso_date(work.get("publicationYear") or work.get("publication-year"))
    return dates.get("issued") or dates.get("available") or year


def _arxiv(doi: Identifier | None) -> Identifier | None:
    """The arXiv number in a DOI of arXiv's own."""
    if doi is None or not doi.value.startswith(_ARXIV_DOI):
        return None
    return identifier(Scheme.ARXIV, doi.value.removeprefix(_ARXIV_DOI))


def _relations(work: Item, doi: Identifier | None) -> tuple[Relation, ...]:
    """What the work is to others; of arXiv's own DOIs "version of" is the published version."""
    found: list[Relation] = []
    for related in objects(work.get("relatedIdentifiers")):
        kind = _RELATIONS.get(text(related.get("relationType")) or "")
        if kind is RelationKind.VERSION_OF and _arxiv(doi) is not None:
            kind = RelationKind.PREPRINT_OF
        if kind is not None and text(related.get("relatedIdentifierType")) == "DOI":
            other = identifier(Scheme.DOI, related.get("relatedIdentifier"))
            found += relations(kind, (other,), "DataCite") if other != doi else ()
    return unique(found)


def _access(work: Item) -> Access:
    """Open under an open licence or where the rights say so in the words of OpenAIRE."""
    named: list[str] = []
    status = AccessStatus.UNKNOWN
    for entry in objects(work.get("rightsList")):
        given = [text(entry.get(key)) for key in ("rightsUri", "rightsIdentifier", "rights")]
        words = " ".join(filter(None, given)).lower().replace(" ", "")
        if "info:eu-repo/semantics/" in words:
            status = _status(words)
            continue
        found = next((f for value in given if is_creative(f := licence(value))), None)
        found = found or next((value for value in reversed(given) if value), None)
        named += [found] if found else []
    open_ones = [name for name in named if is_creative(name)]
    if open_ones and status is AccessStatus.UNKNOWN:
        status = AccessStatus.OPEN
    return Access(status=status, licence=next(iter(open_ones or named), None))


def _status(words: str) -> AccessStatus:
    if _OPEN in words:
        return AccessStatus.OPEN
    if "embargoedaccess" in words:
        return AccessStatus.EMBARGOED
    is_closed = any(closed in words for closed in _CLOSED)
    return AccessStatus.RESTRICTED if is_closed else AccessStatus.UNKNOWN
