"""ORA, the research archive of Oxford: over OAI-PMH, and by its own search.

OAI-PMH gives whole records by kind of work only (`type_of_work:journal_article`). The search finds
by subject, but its list has titles, people and dates; with `abstracts = "yes"` every record is
fetched once more for the rest. ORA's people ask bulk users to get in touch first, and maintain it
on Tuesdays from 07:00 to 09:00 UK time.
"""

from collections.abc import Iterator
from datetime import date
from typing import ClassVar
from urllib.parse import urljoin

from bot.errors import SourceRefused
from bot.formats import Refusal
from bot.formats.json_values import RefusedError
from bot.merging.choice import Trust
from bot.records.models import Identifier, Record, Scheme
from bot.sources.base import Batch, Place, SourceKind
from bot.sources.http.client import PoliteClient
from bot.sources.oai.client import OaiPmh
from bot.sources.oai.dc import unpadded
from bot.sources.ora.json import PAYLOAD, entries_of, read
from bot.sources.ora.page import OraPage
from bot.sources.reading.values import Item, item

ADDRESS = "https://ora.ox.ac.uk/"
# Kinds of work that are sets of their own; ORA has no sets by subject.
SETS = ("type_of_work:journal_article", "type_of_work:preprint")
_PER_PAGE = 50
_ACCEPT = "application/json"


class Ora(OaiPmh):
    """ORA over OAI-PMH, in RIOXX; `rioxx_terms_cc0` is free of rights, and of abstracts."""

    name = "ora"
    prefix: ClassVar[str] = "rioxx_terms"

    def _own(self, record: Record) -> Record:
        """ORA pads a year to its first of January: of such a date only the year is known."""
        published = unpadded(record.published)
        if published == record.published:
            return record
        warnings = (*record.warnings, "published_day_unknown")
        return record.model_copy(update={"published": published, "warnings": warnings})


class OraSearch:
    """ORA's own search, as its pages use it. It cannot be queried for what is new."""

    name = "ora_search"
    schemes = frozenset((Scheme.ORA,))

    def __init__(self, client: PoliteClient, place: Place) -> None:
        self._client = client
        self._address = place.address
        self._now = place.now
        self._kind = place.options.get("type")
        self._whole = place.options.get("abstracts", "no").lower() == "yes"

    def records(self, query: str, since: date | None, cursor: str | None) -> Iterator[Batch]:  # noqa: ARG002
        """What the search finds, page by page; always all of it.

        The cursor is the number of a page. See `bot.sources.base.Source.records`.
        """
        number = int(cursor) if cursor and cursor.isascii() and cursor.isdigit() else 1
        while True:
            params = {"q": query, "per_page": str(_PER_PAGE), "page": str(number)}
            params |= {"f[f_type_of_work][]": self._kind} if self._kind else {}
            answer = item(self._json("objects.json", params))
            entries = list(entries_of(answer))
            pages = item(item(answer.get("meta")).get("pages"))
            if not pages:
                raise SourceRefused("ora.ox.ac.uk answered with JSON of another shape than known.")
            items = tuple(self._read(place, each) for place, each in enumerate(entries, start=1))
            total = pages.get("total_count")
            # What the page says of the next one is only believed where it goes forward.
            more = pages.get("next_page") == number + 1 and bool(entries)
            number += 1
            yield Batch(
                items, str(number) if more else None, total if isinstance(total, int) else None
            )
            if not more:
                return

    def one(self, identifier: Identifier) -> Record | None:
        """The record of this ORA identifier, whole; None when ORA has none.

        Raises SourceUnavailable or SourceRefused.
        """
        entry = self._object(f"uuid:{identifier.value}")
        if entry is None:
            return None
        try:
            return read(entry, self.name, self._now())
        except RefusedError as refused:
            raise SourceRefused(f"ora.ox.ac.uk: {refused}.") from None

    def fetch(self, identifier: Identifier) -> Record | None:
        """The record of an ORA identifier. See `bot.sources.base.Fetcher.fetch`."""
        if identifier.scheme not in self.schemes:
            raise ValueError(identifier.scheme)
        return self.one(identifier)

    def _read(self, place: int, entry: Item) -> Record | Refusal:
        if self._whole and isinstance(entry.get("id"), str):
            entry = self._object(entry["id"]) or entry
        try:
            return read(entry, self.name, self._now())
        except RefusedError as refused:
            return Refusal(place, str(refused))

    def _object(self, object_id: str) -> Item | None:
        try:
            answer = self._json(f"objects/{object_id}.json", {})
        except SourceRefused as refused:
            if refused.status == 404:
                return None
            raise
        return next(entries_of(answer), None)

    def _json(self, path: str, params: dict[str, str]) -> object:
        return self._client.get(urljoin(self._address, path), params, accept=_ACCEPT).json()


_TRUST = Trust(bibliographic=20, kind=50, access=30, repository=20)
ORA = SourceKind(
    name="ora",
    label="ORA",
    summary="Oxford University Research Archive, by kind of work",
    address=urljoin(ADDRESS, "oai2"),
    interval=3.0,
    query_means=f"a set: {', '.join(SETS)}",
    query_needed=False,
    make=Ora,
    readers=(PAYLOAD, OraPage()),
    options=("prefix",),
    trust=_TRUST,
)
ORA_SEARCH = SourceKind(
    name="ora_search",
    label="ORA's search",
    summary="Oxford University Research Archive, by words",
    address=ADDRESS,
    interval=3.0,
    query_means="words, as in ORA's own search",
    make=OraSearch,
    options=("type", "abstracts"),
    schemes=OraSearch.schemes,
    trust=_TRUST,
)
