"""CSL-JSON: what Zotero, Mendeley, pandoc and DOI content negotiation speak.

Read into the shape of JSON records, whose checks then apply. What CSL has no variable for is kept
under `custom`, the place it has for that: https://github.com/citation-style-language/schema
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO

from bot.errors import UnreadableFile
from bot.formats.base import Refusal, Written
from bot.formats.bibtex_writing import is_key_of
from bot.formats.csl_writing import CUSTOM, EXTRA, pieces
from bot.formats.decoding import decode
from bot.formats.json_pieces import elements
from bot.formats.json_records import read_each, record_from
from bot.formats.json_values import object_of
from bot.formats.kinds import from_csl
from bot.records.dates import PartialDate
from bot.records.identifiers import parse
from bot.records.models import Identifier, Record, Scheme, unique
from bot.records.names import contributor

_HEAD = re.compile(
    r"\"(?:issued|container-title|date-parts|citation-key)\"\s*:"
    r"|\"author\"\s*:\s*\[\s*\{\s*\"(?:family|given|literal)\""
)
_ROLES = {"author": (), "editor": ("Editor",), "translator": ("Translator",)}
_OURS = re.compile(r"w[0-9a-f]{12}\d*|record")


class CslJson(Written):
    """CSL-JSON, one item or an array."""

    name = "csl"
    title = "CSL-JSON"
    summary = "CSL-JSON, as of Zotero or of a DOI"
    suffixes = (".csl.json", ".csl", ".json")
    aliases: tuple[str, ...] = ("csl-json", "csl_json", "citeproc")
    labels = (("csl", "a CSL-JSON file"),)

    def recognises(self, data: bytes, file_name: str) -> bool:
        """JSON with a variable that only CSL has, or a file named so."""
        try:
            head = decode(data[:65_536], errors="replace").lstrip()
        except UnreadableFile:
            return False
        named = file_name.lower().endswith((".csl.json", ".csl"))
        return head.startswith(("{", "[")) and (named or _HEAD.search(head) is not None)

    def loads(self, data: bytes, source: str, at: datetime) -> Iterator[Record | Refusal]:
        """A record or a refusal for each item. See `bot.formats.base.Format`."""
        yield from self.load(io.BytesIO(data), source, at)

    def load(self, file: BinaryIO, source: str, at: datetime) -> Iterator[Record | Refusal]:
        """As `loads`. See `bot.formats.base.Streamed`."""
        yield from read_each(elements(file), lambda item: _record(item, source or self.name, at))

    def pieces(self, records: Iterable[Record]) -> Iterator[str]:
        """See `bot.formats.base.Writer`."""
        return pieces(records)


def _record(chunk: str, source: str, at: datetime) -> Record:
    """One record. Raises RefusedError."""
    item = object_of(chunk)
    values: dict[str, Any] = {
        "type": from_csl(_text(item.get("type")) or ""),
        "subtype": _text(item.get("genre")),
        "title": _text(item.get("title")),
        "abstract": item.get("abstract") if isinstance(item.get("abstract"), str) else None,
        "contributors": list(_contributors(item)),
        "journal": _journal(item),
        "publisher": _text(item.get("publisher")),
        "volume": _text(item.get("volume")),
        "issue": _text(item.get("issue")),
        "pages": _text(item.get("page")),
        "article_number": _text(item.get("number")) or _text(item.get("article-number")),
        "published": _date(item.get("issued")),
        "accepted": _date(item.get("accepted")),
        "language": _text(item.get("language")),
        "keywords": _keywords(item),
        "doi": _text(item.get("DOI")),
        "pmid": _text(item.get("PMID")),
        "pmcid": _text(item.get("PMCID")),
    }
    _add_address(values, item)
    values |= _custom(item)
    note = (_text(item.get("note")) or "").removeprefix("Retracted").lstrip(". ") or None
    given = {key: value for key, value in values.items() if value not in (None, [], {})}
    record = record_from(given, chunk, source, at, note)
    return _with_id(record, _text(item.get("id")))


def _with_id(record: Record, own: str | None) -> Record:
    """Its own id as an identifier, unless that is its DOI, its address, or one of ours."""
    if not own or _OURS.fullmatch(own) or is_key_of(own, record):
        return record
    named = parse(own)
    if named is not None and named.scheme is not Scheme.LOCAL:
        known = named in record.identifiers or not named.valid
        return (
            record
            if known
            else record.model_copy(update={"identifiers": (*record.identifiers, named)})
        )
    if own.startswith(("http://", "https://")) or len(own) > 200:
        return record
    local = Identifier(scheme=Scheme.LOCAL, value=own)
    return record.model_copy(update={"identifiers": unique((*record.identifiers, local))})


def _text(value: object) -> str | None:
    """A text or number; of a list (as Crossref has titles) the first; of `{"name": …}` the name."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, Mapping):
        value = value.get("name")
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = f"{value:g}" if isinstance(value, float) else str(value)
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text for each in values if (text := _text(each))]


def _contributors(item: Mapping[str, object]) -> Iterator[dict[str, Any]]:
    for variable, roles in _ROLES.items():
        given = item.get(variable)
        for name in given if isinstance(given, list) else []:
            person = _person(name)
            if person is not None:
                yield person | ({"roles": list(roles)} if roles else {})


def _person(name: object) -> dict[str, Any] | None:
    """One name; without any it is still a person."""
    if isinstance(name, str):
        return contributor(name).model_dump(exclude_defaults=True) if name.strip() else None
    if not isinstance(name, Mapping):
        return None
    part = {key: _text(name.get(key)) for key in _NAME_PARTS}
    family = " ".join(
        filter(None, (part["dropping-particle"], part["non-dropping-particle"], part["family"]))
    )
    given = " ".join(filter(None, (part["given"], part["suffix"])))
    whole = part["literal"] or part["name"]
    affiliations = "; ".join(_texts(name.get("affiliation")))
    found = {
        "name": whole if not family else None,
        "family": family or None,
        "given": given or None,
        "orcid": _text(name.get("ORCID")) or _text(name.get("orcid")),
        "affiliation": affiliations or None,
    }
    return {key: value for key, value in found.items() if value}


_NAME_PARTS = ("family", "given", "suffix", "dropping-particle", "non-dropping-particle",
               "literal", "name")  # fmt: skip


def _journal(item: Mapping[str, object]) -> dict[str, str]:
    numbers = dict(enumerate(_texts(item.get("ISSN"))))
    title = _text(item.get("container-title"))
    short = _text(item.get("container-title-short")) or _text(item.get("journalAbbreviation"))
    found = {"title": title or short, "issn": numbers.get(0), "eissn": numbers.get(1)}
    found["abbreviation"] = short if title and short != title else None
    kinds = item.get("issn-type")
    for entry in kinds if isinstance(kinds, list) else []:
        if isinstance(entry, Mapping) and (value := _text(entry.get("value"))):
            found["eissn" if entry.get("type") == "electronic" else "issn"] = value
    if found["issn"] == found["eissn"] and not isinstance(item.get("ISSN"), list):
        found["eissn"] = None
    return {key: value for key, value in found.items() if value}


def _date(value: object) -> str | None:
    """A CSL date to its precision. Of a range the beginning; a season or "circa" adds nothing."""
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping):
        return None
    parts = value.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list):
        numbers = [int(p) for part in parts[0][:3] if (p := str(part).strip()).isdigit()]
        for length in (3, 2, 1):
            try:
                return str(PartialDate(*numbers[:length])) if numbers else None
            except (ValueError, TypeError, OverflowError):
                continue
    raw = _text(value.get("raw")) or _text(value.get("literal"))
    return raw.split("/")[0] if raw else None


def _keywords(item: Mapping[str, object]) -> list[str]:
    stated = _text(item.get("keyword")) or ""
    words = stated.split(";" if ";" in stated else ",")
    return [
        *filter(str.strip, words),
        *_texts(item.get("categories")),
        *_texts(item.get("subject")),
    ]


def _add_address(values: dict[str, Any], item: Mapping[str, object]) -> None:
    """The address: an identifier where it is one, else where the text can be read."""
    url = _text(item.get("URL"))
    found = parse(url) if url else None
    if found is not None and found.valid:
        values["identifiers"] = [found.model_dump(mode="json", exclude={"valid"})]
    elif url:
        values["access"] = {"url": url}


def _custom(item: Mapping[str, object]) -> dict[str, Any]:
    """What we keep of a record apart from CSL's own variables."""
    custom = item.get("custom")
    ours = custom.get(CUSTOM) if isinstance(custom, Mapping) else None
    if not isinstance(ours, Mapping):
        return {}
    return {key: value for key, value in ours.items() if key in EXTRA}
