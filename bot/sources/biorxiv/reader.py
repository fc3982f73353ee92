"""The JSON of bioRxiv's and medRxiv's API: preprints, a version each.

Follows the help page of api.biorxiv.org (`details`). No kept client parses it.
"""

from datetime import datetime
from typing import Any

from bot.formats import Refusal
from bot.records.models import (
    Access,
    AccessStatus,
    Contribution,
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Known,
    Record,
    RelationKind,
    Scheme,
)
from bot.records.names import contributor
from bot.records.sections import split_sections
from bot.sources.reading.jats import inline
from bot.sources.reading.payload import JsonPayload
from bot.sources.reading.record import Origin, abstract_of, hashed, licence, record, relations
from bot.sources.reading.values import (
    Item,
    identifier,
    iso_date,
    item,
    items,
    objects,
    text,
)

NAME = "biorxiv"
_SERVERS = {"biorxiv": "bioRxiv", "medrxiv": "medRxiv"}
# All rights reserved: the text can be read by all, and may not be reused.
_NO_LICENCE = "cc_no"


def _posted(document: object) -> list[Any]:
    answer = item(document)
    found = items(answer.get("collection"))
    if found or "doi" in answer:
        return found or [answer]
    messages = objects(answer.get("messages"))
    status = next((text(message.get("status")) for message in messages), None)
    return [Refusal(1, status or "an answer without preprints")]


def read(preprint: Item, source: str, at: datetime) -> Record:
    """The record of one version of a preprint. Raises RefusedError."""
    doi = identifier(Scheme.DOI, preprint.get("doi"))
    published = identifier(Scheme.DOI, preprint.get("published"))
    server = (text(preprint.get("server")) or "").lower()
    shown = _SERVERS.get(server, text(preprint.get("server")) or "bioRxiv")
    origin = Origin(source or (server if server in _SERVERS else NAME), at, hashed(preprint))
    parts = split_sections(inline(text(preprint.get("abstract")) or ""))
    fields = {
        "title": inline(text(preprint.get("title")) or ""),
        "type": "Preprint",
        "abstract": abstract_of(parts),
        "sections": parts,
        "contributors": _people(preprint),
        "publisher": shown,
        "published": iso_date(preprint.get("date")),
        "identifiers": (doi,),
        "relations": relations(RelationKind.PREPRINT_OF, (published,), shown),
        # The servers say that what they post is not reviewed; its published version may be.
        "peer_reviewed": Known.UNKNOWN if published else Known.NO,
        "access": _access(preprint),
        "integrity": _integrity(preprint, doi, shown),
    }
    return record(fields, origin)


def _people(preprint: Item) -> tuple[Contribution, ...]:
    """The authors, of whom the corresponding one's institution is given."""
    given = (text(preprint.get("authors")) or "").split(";")
    people = [contributor(name) for name in given if name.strip(" .,")]
    place = text(preprint.get("author_corresponding_institution"))
    words = (text(preprint.get("author_corresponding")) or "").lower().split()
    own = [at for at, p in enumerate(people) if p.family and p.family.lower().split() == words[-1:]]
    if place and len(own) == 1:
        people[own[0]] = people[own[0]].model_copy(update={"affiliation": place})
    return tuple(people)


def _access(preprint: Item) -> Access:
    """A posted preprint can be read by all, regardless of its licence."""
    named = text(preprint.get("license"))
    if named == _NO_LICENCE:
        return Access(status=AccessStatus.OPEN, licence="No reuse licence")
    return Access(status=AccessStatus.OPEN, licence=licence(named))


def _integrity(preprint: Item, doi: Identifier | None, server: str) -> tuple[IntegrityNotice, ...]:
    """A withdrawn preprint is a version of its own that says so, in its type or title."""
    kind = (text(preprint.get("type")) or "").lower()
    title = (text(preprint.get("title")) or "").lower()
    if kind != "withdrawn" and not title.startswith("withdrawn:"):
        return ()
    notice = IntegrityNotice(
        kind=IntegrityKind.WITHDRAWAL,
        date=iso_date(preprint.get("date")),
        notice=doi.value if doi else None,
        source=server,
    )
    return (notice,)


def _looks(data: bytes) -> bool:
    """The two lists that an answer consists of."""
    own = (b'"messages"', b'"collection"')
    return data[:4096].lstrip()[:1] == b"{" and all(key in data[:100_000] for key in own)


PAYLOAD = JsonPayload(
    name=NAME,
    summary="preprints of bioRxiv's and medRxiv's API as JSON",
    aliases=("medrxiv", "biorxiv_medrxiv"),
    looks=_looks,
    works=_posted,
    read=read,
)
