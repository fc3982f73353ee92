"""bioRxiv and medRxiv: preprints, and the DOI of their published version.

Their API lists by day and category; it cannot search. The words of a query are looked for here, in
the titles and abstracts of what was posted.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

from bot.errors import SourceRefused
from bot.formats import Refusal
from bot.merging.choice import Trust
from bot.records.models import Identifier, Record, Scheme
from bot.sources.base import Batch, Place, SourceKind, is_unknown
from bot.sources.biorxiv.reader import PAYLOAD, read
from bot.sources.http.client import PoliteClient
from bot.sources.http.json_source import JsonSource
from bot.sources.http.paging import another_shape, count
from bot.sources.reading.values import Item, objects, text
from bot.text.folding import fold
from bot.text.markup import plain

ADDRESS = "https://api.biorxiv.org/"
SERVERS = ("biorxiv", "medrxiv")
# How far back a first harvest goes: the servers have hundreds of thousands.
FIRST_DAYS = 90


@dataclass(frozen=True, slots=True)
class _Cursor:
    """The days that are listed, and how many preprints of them have come."""

    first: date
    last: date
    place: int = 0

    @classmethod
    def read(cls, written: str | None) -> "_Cursor | None":
        try:
            kept = json.loads(written or "")
            days = (date.fromisoformat(kept["first"]), date.fromisoformat(kept["last"]))
            return cls(*days, int(kept["place"]))
        except (ValueError, TypeError, KeyError):
            return None

    def write(self) -> str:
        days = {"first": self.first.isoformat(), "last": self.last.isoformat()}
        return json.dumps(days | {"place": self.place})


class Biorxiv(JsonSource):
    """Preprints of one server by words and category, or of both by DOI."""

    name = "biorxiv"
    schemes = frozenset((Scheme.DOI,))
    # Each entry names its server, and that is where its record is from.
    reader = staticmethod(lambda preprint, _, at: read(preprint, "", at))

    def __init__(self, client: PoliteClient, place: Place) -> None:
        super().__init__(client, place)
        self._server = place.options.get("server", SERVERS[0]).lower()
        self._category = place.options.get("category")

    def records(self, query: str, since: date | None, cursor: str | None) -> Iterator[Batch]:
        """The preprints posted since a day (the last 90 days where none is given).

        `query` is terms with commas between them: what has all the words of one in its title or
        abstract is kept; an empty one keeps everything. See `bot.sources.base.Source.records`.
        """
        if self._server not in SERVERS:
            raise SourceRefused(f"There is no server {self._server[:40]!r}: biorxiv or medrxiv.")
        today = self._now().date()
        at = _Cursor.read(cursor) or _Cursor(since or today - timedelta(days=FIRST_DAYS), today)
        terms = [fold(term).split() for term in query.split(",") if term.strip()]
        params = {"category": self._category} if self._category else {}
        while True:
            answer = self._collection(f"{at.first}/{at.last}/{at.place}", params)
            message = next(iter(objects(answer.get("messages"))), {})
            posted = objects(answer.get("collection"))
            # Some versions of the API give numbers as text.
            total = count(message.get("total")) or int(_digits(message.get("total")))
            at = _Cursor(at.first, at.last, at.place + len(posted))
            has_more = bool(posted) and at.place < total
            kept = tuple(found for found in self._read(posted) if _is_wanted(found, terms))
            yield Batch(kept, at.write() if has_more else None, total)
            if not has_more:
                return

    def _entries(self, identifier: Identifier) -> list[Item]:
        """The last version of a preprint, on whichever server has it."""
        path = f"{quote(identifier.value, safe='/')}/na"
        for server in SERVERS:
            try:
                versions = objects(self._collection(path, {}, server).get("collection"))
            except SourceRefused as refused:
                if not is_unknown(refused):
                    raise
                continue
            if versions:
                return [max(versions, key=lambda version: int(_digits(version.get("version"))))]
        return []

    def _collection(self, path: str, params: dict[str, str], server: str | None = None) -> Item:
        answer = self._answer(f"details/{server or self._server}/{path}/json", params)
        if "collection" not in answer:
            raise another_shape(self._address)
        return answer


def _digits(value: object) -> str:
    given = text(value) or ""
    return given if given.isascii() and given.isdigit() else "0"


def _is_wanted(found: Record | Refusal, terms: list[list[str]]) -> bool:
    if not terms or isinstance(found, Refusal):
        return True
    words = set(fold(plain(f"{found.title} {found.abstract or ''}")).split())
    return any(words.issuperset(term) for term in terms)


BIORXIV = SourceKind(
    name="biorxiv",
    label="bioRxiv",
    labels={"medrxiv": "medRxiv"},
    summary="bioRxiv and medRxiv: preprints, and where they were published",
    address=ADDRESS,
    interval=1.0,
    query_means="terms with commas between them, looked for in titles and abstracts",
    query_needed=False,
    make=Biorxiv,
    readers=(PAYLOAD,),
    options=("server", "category"),
    schemes=Biorxiv.schemes,
    home=("doi:10.1101/", "doi:10.64898/"),
    home_only=True,
    trust=Trust(bibliographic=40),
)
