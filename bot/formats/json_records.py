"""Records as JSON: one object a line, or an array of objects.

The keys are those of `Record` (what `tme show --json` prints), and shorthands for import:
`authors` ("Family Initials"), `authors_full` ("Family, Given"), `journal` as a string, `year`,
`date`, `doi`, `pmid`, `pmcid`, and `id`, `source`, `type_from` of the caller's own.
"""

import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import BinaryIO

from pydantic import BaseModel

from bot.errors import UnreadableFile
from bot.formats.base import Refusal, Written
from bot.formats.decoding import decode
from bot.formats.draft import own_id, supplied_of
from bot.formats.json_pieces import Pieces, each_value
from bot.formats.json_values import (
    JsonObject,
    RefusedError,
    object_of,
    short,
    validated,
)
from bot.records.dates import PartialDate
from bot.records.models import (
    MOST_REFERENCES,
    Access,
    Contribution,
    Identifier,
    IntegrityNotice,
    Journal,
    Provenance,
    Record,
    Relation,
    RelationKind,
    Scheme,
    Section,
    Shelf,
    unique,
)
from bot.records.names import contributor, language_of, people, without_others
from bot.records.sections import split_sections

_SCHEMES = {scheme.value: scheme for scheme in Scheme}
_TEXT_KEYS = (
    "type", "subtype", "volume", "issue", "pages", "article_number", "publisher",
    "publication_status",
)  # fmt: skip
_KNOWN_KEYS = frozenset(
    (*_TEXT_KEYS, "id", "title", "abstract", "sections", "contributors", "authors", "authors_full",
     "journal", "published", "accepted", "deposited", "year", "date", "language", "keywords",
    "identifiers", "relations", "references", "doi", "pmid", "pmcid", "peer_reviewed", "access",
    "integrity", "usage", "provenance", "warnings", "source", "type_from", "shelf",
     # The store's own and the tagger's: read without a warning, and made again.
     "concepts", "first_seen")
)  # fmt: skip
_OF_A_STORE = {"id", "first_seen", "concepts"}


class JsonRecords(Written):
    """JSON lines, or a JSON array, in the shape of `Record`."""

    name = "json"
    title = "JSON lines"
    summary = "JSON records, one a line or in an array"
    suffixes = (".jsonl", ".json", ".ndjson")
    aliases: tuple[str, ...] = ("jsonl",)
    labels = (("json", "a JSON file"),)

    def __init__(self, *, for_tagging: bool = False) -> None:
        """`for_tagging` reads what can be tagged but not stored: see `_taggable`."""
        self._read = _taggable if for_tagging else _record

    def recognises(self, data: bytes, file_name: str) -> bool:
        """Text that starts with a brace or bracket, or a file named as JSON."""
        try:
            start = decode(data[:4096], errors="replace").lstrip()
        except UnreadableFile:
            return False
        return start.startswith(("{", "[")) or file_name.lower().endswith(self.suffixes)

    def loads(self, data: bytes, source: str, at: datetime) -> Iterator[Record | Refusal]:
        """A record or a refusal for each line or element. See `bot.formats.base.Format`."""
        yield from self.load(io.BytesIO(data), source, at)

    def load(self, file: BinaryIO, source: str, at: datetime) -> Iterator[Record | Refusal]:
        """As `loads`. See `bot.formats.base.Streamed`."""
        yield from read_each(
            each_value(file), lambda text: self._read(text, source or "import", at)
        )

    def pieces(self, records: Iterable[Record]) -> Iterator[str]:
        """A record a line, whole but for what a store adds. See `bot.formats.base.Writer`."""
        for record in records:
            stated = record.model_dump(mode="json", exclude=_OF_A_STORE, exclude_defaults=True)
            if own := own_id(record):
                stated = {"id": own, **stated}
            yield json.dumps(stated, ensure_ascii=False) + "\n"


def read_each(chunks: Pieces, read: Callable[[str], Record]) -> Iterator[Record | Refusal]:
    """What `read` makes of each value, or the reason why it is refused."""
    for line, chunk in chunks:
        if isinstance(chunk, Refusal):
            yield chunk
            continue
        try:
            yield read(chunk)
        except RefusedError as refused:
            yield Refusal(line, str(refused))


def _taggable(chunk: str, source: str, at: datetime) -> Record:
    """What can be tagged: a record whose title may be missing (it is "" then).

    Under a key `record` may stand what else is known of it. Raises RefusedError.
    """
    value = object_of(chunk)
    known = value.pop("record", None)
    value = {**(known if isinstance(known, dict) else {}), **value}
    if JsonObject(value).text("title") is not None:
        return record_from(value, chunk, source, at)
    # A record in a store has a title; the tagger looks at any text there is.
    titled = record_from({**value, "title": "-"}, chunk, source, at)
    return titled.model_copy(update={"title": ""})


def _record(chunk: str, source: str, at: datetime) -> Record:
    """One record. Raises RefusedError."""
    return record_from(object_of(chunk), chunk, source, at)


def record_from(
    stated: dict[str, object], payload: str, source: str, at: datetime, note: str | None = None
) -> Record:
    """The record of an object in the shape of `tme show --json`, or of the import shorthands.

    `payload` is the text it was read from, `note` what the provenance says in addition to the
    object's own source. Raises RefusedError.
    """
    given = JsonObject(stated)
    title = given.text("title")
    if title is None:
        raise RefusedError("no title")
    abstract, sections = _abstract(given)
    people, others = without_others(_contributors(given))
    shelf = given.mapping("shelf")
    values: dict[str, object] = {
        "title": title,
        **{key: given.text(key) for key in _TEXT_KEYS},
        "abstract": abstract,
        "sections": sections,
        "contributors": people,
        "journal": _journal(given),
        "published": _published(given),
        "accepted": given.date("accepted"),
        "deposited": given.date("deposited"),
        "language": language_of(given.text("language")),
        "keywords": unique(given.texts("keywords", separator=";")),
        "identifiers": _identifiers(given),
        "relations": _relations(given),
        "references": _references(given),
        "access": _access(given),
        "integrity": given.models("integrity", IntegrityNotice),
        **given.present("peer_reviewed", "usage"),
    }
    own = Provenance(
        source=source,
        at=at,
        note=note or _note(given),
        fields=supplied_of(values),
        payload_sha256=hashlib.sha256(payload.encode("utf-8", "replace")).hexdigest(),
    )
    values["provenance"] = unique((*given.models("provenance", Provenance), own))
    given.note_unknown(_KNOWN_KEYS)
    values["warnings"] = unique((*given.texts("warnings"), *given.warnings, *others))
    values["shelf"] = given.model("shelf", Shelf, shelf) if shelf else None
    return validated(Record, values, "record")


def _abstract(given: JsonObject) -> tuple[str | None, tuple[Section, ...]]:
    abstract, sections = given.paragraphs("abstract"), given.models("sections", Section)
    if abstract is None and sections:
        abstract = " ".join(f"{s.label}: {s.text}" if s.label else s.text for s in sections)
    return abstract, sections or split_sections(abstract or "")


def _contributors(given: JsonObject) -> tuple[Contribution, ...]:
    """`contributors`, else `authors_full`, else `authors`: the fullest form that is given."""
    found = []
    for person in given.models("contributors", Contribution):
        orcid = given.identifier(Scheme.ORCID, person.orcid) if person.orcid else None
        found.append(person.model_copy(update={"orcid": orcid.value if orcid else None}))
    if found:
        return tuple(found)
    names = given.texts("authors_full", separator=";")
    if not names:
        names = tuple(name for text in given.texts("authors") for name in people(text))
    return tuple(contributor(name) for name in names)


def _journal(given: JsonObject) -> Journal | None:
    if given.is_text("journal"):
        title = given.text("journal")
        return Journal(title=title) if title else None
    value = given.mapping("journal")
    if value is None:
        return None
    journal = given.model("journal", Journal, value)
    issn = given.identifier(Scheme.ISSN, journal.issn) if journal.issn else None
    eissn = given.identifier(Scheme.ISSN, journal.eissn) if journal.eissn else None
    checked = Journal(
        title=journal.title,
        abbreviation=journal.abbreviation,
        issn=issn.value if issn else None,
        eissn=eissn.value if eissn else None,
    )
    return checked if checked != Journal() else None


def _published(given: JsonObject) -> PartialDate | None:
    """`published`, else `date`, else `year`; warns when the year given says otherwise."""
    year = given.date("year")
    date = given.date("published") or given.date("date")
    if date is not None and year is not None and date.year != year.year:
        given.warnings.append("year_conflict")
    return date or year


def _identifiers(given: JsonObject) -> tuple[Identifier, ...]:
    found = [given.identifier(s, given.text(s)) for s in (Scheme.DOI, Scheme.PMID, Scheme.PMCID)]
    found += [_identifier(given, e) for e in given.models("identifiers", _AnyIdentifier)]
    found.append(given.identifier(Scheme.LOCAL, given.text("id")))
    return unique(identifier for identifier in found if identifier is not None)


class _AnyIdentifier(BaseModel):
    """An identifier as a file gives it; `valid` is ignored, for it is tested again."""

    scheme: str
    value: str | int
    valid: bool = True


def _identifier(given: JsonObject, entry: _AnyIdentifier) -> Identifier | None:
    scheme = _SCHEMES.get(entry.scheme.lower())
    if scheme is None:
        given.warnings.append(f"unknown_scheme:{short(entry.scheme)}")
        return None
    return given.identifier(scheme, str(entry.value))


def _relations(given: JsonObject) -> tuple[Relation, ...]:
    """Relations to works; one whose identifier is none is left out and named."""
    found = []
    for entry in given.models("relations", _AnyRelation):
        identifier = _identifier(given, entry.identifier)
        if identifier is not None:
            found.append(Relation(kind=entry.kind, identifier=identifier, source=entry.source))
    return unique(found)


def _references(given: JsonObject) -> tuple[Identifier, ...]:
    """The works that it cites; what is no identifier is left out and named."""
    entries = given.models("references", _AnyIdentifier)[:MOST_REFERENCES]
    found = (_identifier(given, entry) for entry in entries)
    return unique(identifier for identifier in found if identifier is not None)


class _AnyRelation(BaseModel):
    """A relation as a file gives it; its identifier is tested again."""

    kind: RelationKind
    identifier: _AnyIdentifier
    source: str | None = None


def _access(given: JsonObject) -> Access:
    value = given.mapping("access")
    if value is None:
        return Access()
    access = given.model("access", Access, value)
    if access.url is not None and not re.match(r"https?://[^\s/]", access.url):
        given.warnings.append("bad_url:access")
        return access.model_copy(update={"url": None})
    return access


def _note(given: JsonObject) -> str | None:
    """Where the file says that the record, and its type, come from."""
    source, type_from = given.text("source"), given.text("type_from")
    parts = [f"from {source}"] if source else []
    parts += [f"type from {type_from}"] if type_from else []
    return "; ".join(parts) or None
