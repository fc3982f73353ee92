"""Any OAI-PMH repository: `ListRecords` by set and day, in every format that is read.

oaipmh-scythe and sickle know the protocol too, but own their HTTP: no limit on size or time, no
pace, sleeping that cannot be stopped, and lxml's own parser. The protocol itself is one verb and a
token; what costs the work is what repositories do with it, which is here.

- A resumption token that expired: the list begins again where the datestamps had come to, if they
  came in order, else at its first day. Once; a second time is `CursorLost`.
- A token that was given before in the same list would go round in circles: `CursorLost`.
- Errors come inside HTTP 200, or with 4xx and a body that says what is wrong.
- Characters that XML does not allow, in the abstract of one record, would cost the whole page:
  they are dropped and the page is read again.
- A repository that does not announce deletions (`deletedRecord` is `no`) can be queried whether it
  still has a record.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import ClassVar
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from bot.errors import CursorLost, SourceRefused
from bot.formats import Refusal
from bot.merging.choice import Trust
from bot.records.models import Identifier, Record
from bot.sources.base import Batch, Deleted, Place, SourceKind
from bot.sources.http.client import Page, PoliteClient
from bot.sources.oai.reader import Answer, Header, OaiPayload, is_oai, read_answer
from bot.sources.reading.values import clean
from bot.sources.reading.xml import text_of

_ACCEPT = "text/xml, application/xml"
# Characters, and references to characters, that XML 1.0 does not allow.
_NOT_XML = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:x0*(?:[0-8bcBC]|[eE]|1[0-9a-fA-F])|0*(?:[0-8]|1[124-9]|2\d|3[01]));"
)
# So many pages without a record, each with a token for the next, are no list.
_MOST_EMPTY = 50


@dataclass(frozen=True, slots=True)
class _Cursor:
    """Where a list goes on: its token; and where to begin again when that has expired.

    `stamp` is the latest datestamp of what came, good for that only while they come `in_order`.
    """

    token: str | None = None
    stamp: date | None = None
    in_order: bool = True

    @classmethod
    def read(cls, text: str | None) -> "_Cursor":
        """The cursor that was written; one that cannot be read is a new beginning."""
        try:
            kept = json.loads(text or "")
            stamp = date.fromisoformat(kept["stamp"]) if kept["stamp"] else None
            return cls(str(kept["token"]), stamp, bool(kept["in_order"]))
        except (ValueError, TypeError, KeyError, RecursionError):
            return cls()

    def write(self) -> str:
        stamp = self.stamp.isoformat() if self.stamp else None
        return json.dumps({"token": self.token, "stamp": stamp, "in_order": self.in_order})

    def after(self, answer: Answer) -> "_Cursor":
        """The cursor after a page."""
        stamp, in_order = self.stamp, self.in_order
        for header in _headers(answer):
            if header.datestamp is not None:
                in_order = in_order and (stamp is None or stamp <= header.datestamp)
                stamp = max(stamp or header.datestamp, header.datestamp)
        return _Cursor(answer.token, stamp, in_order)

    def restarted(self, since: date | None) -> tuple["_Cursor", date | None]:
        """A new beginning, and its first day."""
        if self.in_order and self.stamp is not None:
            return _Cursor(stamp=self.stamp), self.stamp
        return _Cursor(), since


class OaiPmh:
    """One repository. The query is a set, or empty for everything."""

    prefix: ClassVar[str] = "oai_dc"

    def __init__(self, client: PoliteClient, place: Place) -> None:
        self._client = client
        self._address = place.address
        self._now = place.now
        self._prefix = place.options.get("prefix") or self.prefix

    @property
    def name(self) -> str:
        """The repository's host: each is a source of its own."""
        return urlsplit(self._address).hostname or self._address

    def records(self, query: str, since: date | None, cursor: str | None) -> Iterator[Batch]:
        """The records of a set, changed since a day. See `bot.sources.base.Source.records`."""
        at, first, restarted = _Cursor.read(cursor), since, False
        used: set[str] = set()
        empty = 0
        while True:
            answer = self._page(query, first, at.token)
            if _has(answer, "badResumptionToken") and at.token is not None:
                if restarted:
                    raise CursorLost(f"{self.name} gives resumption tokens that it does not take.")
                (at, first), restarted = at.restarted(since), True
                used.clear()
                continue
            self._refuse_errors(answer)
            at = at.after(answer)
            empty = 0 if answer.items else empty + 1
            if at.token is not None and (at.token in used or empty > _MOST_EMPTY):
                raise CursorLost(f"{self.name} goes round in circles: its list does not end.")
            used |= {at.token} if at.token else set()
            items = tuple(self._item(item) for item in answer.items)
            yield Batch(items, at.write() if at.token else None, answer.total)
            if at.token is None:
                return

    def one(self, identifier: Identifier) -> Record | None:
        """The record of this OAI identifier; None when the repository has none, or no longer.

        Raises SourceUnavailable or SourceRefused.
        """
        answer = self._single(identifier)
        for item in answer.items:
            if isinstance(item, Refusal):
                raise SourceRefused(f"{self.name}: {item.reason}.")
            if isinstance(item, tuple):
                return self._own(item[1])
        return None

    def keeps_silent(self) -> bool:
        """Whether the repository does not announce deletions, by its own word (Identify)."""
        return self._deletions == "no"

    def is_missing(self, identifier: Identifier) -> bool:
        """Whether the repository has no such record now."""
        items = self._single(identifier).items
        return not items or isinstance(items[0], Header)

    def _own(self, record: Record) -> Record:
        """The record as this repository means it."""
        return record

    def _item(self, item: tuple[Header, Record] | Header | Refusal) -> Record | Refusal | Deleted:
        if isinstance(item, Header):
            return Deleted(item.identifier, item.datestamp)
        return item if isinstance(item, Refusal) else self._own(item[1])

    @cached_property
    def _deletions(self) -> str | None:
        root = self._root({"verb": "Identify"})
        return text_of(root.find("./{*}Identify/{*}deletedRecord"))

    def _page(self, set_name: str, since: date | None, token: str | None) -> Answer:
        """One page of the list. A token represents the whole query."""
        params = {"verb": "ListRecords"}
        if token is not None:
            params["resumptionToken"] = token
        else:
            params["metadataPrefix"] = self._prefix
            params |= {"set": set_name} if set_name else {}
            params |= {"from": since.isoformat()} if since else {}
        return read_answer(self._root(params), self.name, self._now())

    def _single(self, identifier: Identifier) -> Answer:
        params = {"verb": "GetRecord", "identifier": identifier.value}
        root = self._root(params | {"metadataPrefix": self._prefix})
        answer = read_answer(root, self.name, self._now())
        if _has(answer, "idDoesNotExist"):
            return Answer()
        self._refuse_errors(answer)
        return answer

    def _refuse_errors(self, answer: Answer) -> None:
        """Raise what the repository says is wrong. That nothing matches is an answer."""
        for error in answer.errors:
            if error.code not in ("noRecordsMatch", "badResumptionToken"):
                message = f": {clean(error.message)}" if error.message else ""
                raise SourceRefused(f"{self.name} refused the question ({error.code}){message}.")

    def _root(self, params: Mapping[str, str]) -> Element:
        """The answer to a question, regardless of the HTTP status it came with."""
        try:
            page = self._client.get(self._address, params, accept=_ACCEPT)
        except SourceRefused as refused:
            if b"<OAI-PMH" not in refused.content[:4096]:
                raise
            page = Page(200, self._address, refused.content, "text/xml")
        try:
            root = page.xml()
        except SourceRefused:
            root = replace(page, content=_NOT_XML.sub(b" ", page.content)).xml()
        if not is_oai(root):
            raise SourceRefused(f"{self.name} answered with XML that is not OAI-PMH.")
        return root


def _headers(answer: Answer) -> Iterator[Header]:
    for item in answer.items:
        if isinstance(item, Header):
            yield item
        elif isinstance(item, tuple):
            yield item[0]


def _has(answer: Answer, code: str) -> bool:
    return any(error.code == code for error in answer.errors)


OAI_PMH = SourceKind(
    name="oai_pmh",
    label="OAI-PMH",
    summary="Any OAI-PMH repository, by its sets",
    address="",
    interval=2.0,
    query_means="a set of the repository; empty for everything",
    query_needed=False,
    make=OaiPmh,
    readers=(OaiPayload(),),
    options=("prefix",),
    # A repository describes its own copy, and knows what was deposited with it.
    trust=Trust(bibliographic=10, access=20, repository=10),
)
