"""OAI-PMH answers: the records of a page in any format that is read, errors, resumption tokens.

Follows the protocol 2.0 (https://www.openarchives.org/OAI/openarchivesprotocol.html) as
repositories practise it: errors come with HTTP 200 or 4xx, an empty resumption token ends a list
as a missing one does, and the namespaces of metadata are not always what they should be, so
elements go by their local names.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from bot.formats import Refusal
from bot.formats.json_values import RefusedError
from bot.records.identifiers import read
from bot.records.models import Identifier, Record, Scheme, unique
from bot.sources.oai.arxiv import arxiv_values
from bot.sources.oai.datacite import datacite_values
from bot.sources.oai.dc import dc_values
from bot.sources.oai.rioxx import rioxx_values
from bot.sources.reading.record import Origin, record
from bot.sources.reading.values import clean
from bot.sources.reading.xml import hash_of, local_name, text_of

# The root element of a record's metadata, and what reads it: its values and warnings.
METADATA: Mapping[str, Callable[[Element, datetime], "tuple[dict[str, object], list[str]]"]] = {
    "dc": dc_values,
    "rioxx": rioxx_values,
    "resource": datacite_values,
    "arXivRaw": arxiv_values,
}
_DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class OaiError:
    """An error of the protocol: its code (`badResumptionToken` …) and its message."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a record. `datestamp` is when the repository last touched it, to the day."""

    identifier: Identifier
    datestamp: date | None
    deleted: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of a list: its records with their headers, and where it goes on (None: it ends)."""

    items: tuple[tuple[Header, Record] | Header | Refusal, ...] = ()
    token: str | None = None
    total: int | None = None
    errors: tuple[OaiError, ...] = ()


class OaiPayload:
    """A saved OAI-PMH answer: `ListRecords` or `GetRecord`."""

    name = "oai_pmh"
    summary = "OAI-PMH answers (oai_dc, rioxx, datacite, oai_openaire, arXivRaw)"
    suffixes = (".xml",)
    aliases: tuple[str, ...] = ("oai", "oai-pmh")

    def recognises(self, data: bytes, file_name: str) -> bool:  # noqa: ARG002 - by content only
        """The root element of the protocol, near the start."""
        return b"<OAI-PMH" in data[:4096]

    def loads(self, data: bytes, source: str, at: datetime) -> Iterator[Record | Refusal]:
        """The records, and why something is none. See `bot.sources.reading.record.Payload`."""
        try:
            root: Element = defusedxml.ElementTree.fromstring(data)
        except DefusedXmlException:
            yield Refusal(1, "XML that defines entities of its own")
            return
        except (ParseError, ValueError, LookupError) as error:
            yield Refusal(1, f"not well-formed XML: {clean(str(error))[:100]}")
            return
        yield from _listed(root, source or self.name, at)


def _listed(root: Element, source: str, at: datetime) -> Iterator[Record | Refusal]:
    if not is_oai(root):
        yield Refusal(1, f"not OAI-PMH: its root is {local_name(root)}")
        return
    answer = read_answer(root, source, at)
    for error in answer.errors:
        value = f": {error.message}" if error.message else ""
        yield Refusal(1, f"an error, {error.code}{value}")
    for place, item in enumerate(answer.items, start=1):
        if isinstance(item, Header):
            yield Refusal(place, f"{item.identifier.value}: deleted")
        else:
            yield item if isinstance(item, Refusal) else item[1]
    if not answer.items and not answer.errors:
        verb = next((local_name(e) for e in root if local_name(e) not in _ENVELOPE), "nothing")
        yield Refusal(1, f"not a list of records: {verb}")


_ENVELOPE = frozenset(("responseDate", "request"))


def is_oai(root: Element) -> bool:
    """Whether an element is the root of an OAI-PMH answer."""
    return local_name(root) == "OAI-PMH"


def read_answer(root: Element, source: str, at: datetime) -> Answer:
    """What a page holds. `source` is what the provenance says, `at` the moment it was read."""
    items = [
        _item(place, element, source, at)
        for place, element in enumerate(root.findall("./{*}*/{*}record"), start=1)
    ]
    token = root.find("./{*}*/{*}resumptionToken")
    size = token.get("completeListSize", "") if token is not None else ""
    return Answer(
        items=tuple(items),
        token=((token.text or "").strip() or None) if token is not None else None,
        total=int(size) if size.isascii() and size.isdigit() and len(size) < 12 else None,
        errors=tuple(
            OaiError(clean(e.get("code", "unknown"))[:60], (text_of(e) or "")[:200])
            for e in root.findall("{*}error")
        ),
    )


def _item(
    place: int, element: Element, source: str, at: datetime
) -> tuple[Header, Record] | Header | Refusal:
    """One `record` element: its header and record, its header alone when it is deleted."""
    header = _header(element.find("{*}header"))
    if isinstance(header, str):
        return Refusal(place, header)
    if header.deleted:
        return header
    try:
        return header, _record(element, header, source, at)
    except RefusedError as refused:
        return Refusal(place, str(refused))


def _header(element: Element | None) -> Header | str:
    """The header, or why it is none."""
    given = text_of(element.find("{*}identifier")) if element is not None else None
    if element is None or given is None:
        return "no identifier"
    if len(given) > 500:
        return "an identifier of more than 500 characters"
    stamp = text_of(element.find("{*}datestamp")) or ""
    try:
        day = date.fromisoformat(stamp[:10])
    except ValueError:
        day = None
    # Identifiers should be URIs `oai:…`; some repositories have others, kept as they are.
    identifier = read(Scheme.OAI, given) or Identifier(scheme=Scheme.OAI, value=given)
    return Header(identifier, day, element.get("status", "").strip().lower() == _DELETED)


def _record(element: Element, header: Header, source: str, at: datetime) -> Record:
    """The record of one element. Raises RefusedError."""
    metadata = element.find("{*}metadata/*")
    if metadata is None:
        raise RefusedError(f"{header.identifier.value}: no metadata")
    reader = METADATA.get(local_name(metadata))
    if reader is None:
        kind = local_name(metadata)[:60]
        raise RefusedError(
            f"{header.identifier.value}: metadata of a kind that is not read: {kind}"
        )
    values, warnings = reader(metadata, at)
    own = values.get("identifiers", ())
    found = tuple(own) if isinstance(own, tuple) else ()
    values["identifiers"] = unique((*found, header.identifier, *_of_header(header)))
    return record(values, Origin(source, at, hash_of(metadata)), warnings)


def _of_header(header: Header) -> tuple[Identifier, ...]:
    """What an OAI identifier contains more: ORA's UUID, arXiv's number."""
    domain, _, local = header.identifier.value.removeprefix("oai:").partition(":")
    scheme = {"ora.ox.ac.uk": Scheme.ORA, "arxiv.org": Scheme.ARXIV}.get(domain.lower())
    found = read(scheme, local) if scheme else None
    return (found,) if found is not None and found.valid else ()
