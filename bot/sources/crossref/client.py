"""Crossref: what publishers deposit with their DOIs.

Deep paging by cursor, which Crossref forgets after five minutes: a harvest that stopped for longer
begins its query again. habanero, the kept client, owns its HTTP.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from urllib.parse import quote

from bot.formats import Refusal
from bot.merging.choice import Trust
from bot.records.models import Identifier, Record, Scheme
from bot.sources.base import Batch, SourceKind
from bot.sources.crossref.reader import PAYLOAD, read
from bot.sources.http.json_source import JsonSource
from bot.sources.http.paging import Answered, count, pages
from bot.sources.reading.values import Item, item, text

ADDRESS = "https://api.crossref.org/"
_ROWS = 200


class Crossref(JsonSource):
    """Works by words of their bibliographic data, or by DOI."""

    name = "crossref"
    schemes = frozenset((Scheme.DOI,))
    # As many DOIs as fit an address.
    at_once = 25
    reader = staticmethod(read)

    def records(self, query: str, since: date | None, cursor: str | None) -> Iterator[Batch]:
        """The works that match; `since` is when their metadata changed.

        See `bot.sources.base.Source.records`.
        """
        changed = f"from-update-date:{since.isoformat()}" if since else None
        filters = [self._options.get("filter"), changed]
        params = {"query.bibliographic": query, "rows": str(_ROWS)}
        if named := ",".join(filter(None, filters)):
            params["filter"] = named
        yield from pages(self.name, cursor, lambda token: self._page(params, token))

    def _page(self, params: dict[str, str], token: str | None) -> Answered:
        message = self._message("works", {**params, "cursor": token or "*"})
        found = self._read(message.get("items"))
        following = text(message.get("next-cursor")) if len(found) == _ROWS else None
        return Answered(found, following, count(message.get("total-results")))

    def _entries(self, identifier: Identifier) -> list[Item]:
        return [self._message(f"works/{quote(identifier.value, safe='')}", {})]

    def fetch_all(self, identifiers: Sequence[Identifier]) -> tuple[Record | Refusal, ...]:
        """See `bot.sources.base.BatchFetcher.fetch_all`."""
        # A comma separates filters; a DOI with one cannot be named in a list.
        dois = [each.value for each in identifiers if "," not in each.value]
        listed: tuple[Record | Refusal, ...] = ()
        if dois:
            named = ",".join(f"doi:{doi}" for doi in dois)
            listed = self._page({"filter": named, "rows": str(_ROWS)}, None).items
        others = (self.fetch(each) for each in identifiers if "," in each.value)
        return (*listed, *(each for each in others if each is not None))

    def _params(self) -> dict[str, str]:
        # Crossref's own pool for those who say who they are.
        return {"mailto": self._client.contact} if self._client.contact else {}

    def _message(self, path: str, params: dict[str, str]) -> Item:
        return item(self._answer(path, params).get("message"))


CROSSREF = SourceKind(
    name="crossref",
    label="Crossref",
    summary="Crossref: what publishers deposit with their DOIs",
    address=ADDRESS,
    interval=0.5,
    query_means="words of titles, authors and journals",
    make=Crossref,
    readers=(PAYLOAD,),
    options=("filter",),
    schemes=Crossref.schemes,
    knows_notices=True,
    completes=frozenset(
        ("abstract", "sections", "type", "authors", "access", "licence", "references", "check")
    ),
    # The publisher's own description; of its kind it knows that it is a "journal-article".
    trust=Trust(bibliographic=100, kind=30, access=10),
)
