"""OpenAlex: works from everywhere, with open copies. pyalex, the kept client, owns its HTTP."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from urllib.parse import quote

from bot.errors import SourceRefused
from bot.formats import Refusal
from bot.merging.choice import Trust
from bot.records.models import Identifier, Record, Scheme, unique
from bot.sources.base import Batch, CitingWorks, SourceKind, by_scheme, is_unknown
from bot.sources.http.json_source import JsonSource
from bot.sources.http.paging import Answered, count, pages
from bot.sources.openalex.reader import PAYLOAD, read
from bot.sources.reading.values import Item, identifier, item, objects, text

ADDRESS = "https://api.openalex.org/"
_PER_PAGE = 100
# So many pages are read of what cites a work.
_MOST_PAGES = 10
# Works come in late, and by what changed only paying users can ask.
_LATE = timedelta(days=60)
_FILTERS = {Scheme.DOI: "doi", Scheme.PMID: "ids.pmid", Scheme.PMCID: "ids.pmcid"}
_PATHS = {Scheme.DOI: "works/doi:", Scheme.PMID: "works/pmid:", Scheme.PMCID: "works/pmcid:"}


class OpenAlex(JsonSource):
    """Works by words, or by DOI, PMID or PMCID."""

    name = "openalex"
    schemes = frozenset(_PATHS)
    at_once = 50
    reader = staticmethod(read)

    def records(self, query: str, since: date | None, cursor: str | None) -> Iterator[Batch]:
        """The works that match; `since` counts from publication, sixty days back.

        See `bot.sources.base.Source.records`.
        """
        first = f"from_publication_date:{(since - _LATE).isoformat()}" if since else None
        params = {"search": query, "per-page": str(_PER_PAGE)}
        if named := ",".join(filter(None, (self._options.get("filter"), first))):
            params["filter"] = named
        yield from pages(self.name, cursor, lambda token: self._page(params, token))

    def _page(self, params: dict[str, str], token: str | None) -> Answered:
        answer = self._answer("works", {**params, "cursor": token or "*"})
        found, meta = self._read(answer.get("results")), item(answer.get("meta"))
        return Answered(found, text(meta.get("next_cursor")), count(meta.get("count")))

    def _entries(self, identifier: Identifier) -> list[Item]:
        return [self._answer(_PATHS[identifier.scheme] + quote(identifier.value, safe="/"), {})]

    def fetch_all(self, identifiers: Sequence[Identifier]) -> tuple[Record | Refusal, ...]:
        """See `bot.sources.base.BatchFetcher.fetch_all`."""
        found: list[Record | Refusal] = []
        for scheme, values in by_scheme(identifiers, _FILTERS):
            # Values are separated by a bar, filters by a comma: one with either is fetched alone.
            listed = [value for value in values if not re.search("[|,]", value)]
            if listed:
                named = {"filter": f"{_FILTERS[scheme]}:{'|'.join(listed)}"}
                found += self._page(named | {"per-page": str(_PER_PAGE)}, None).items
            for value in values:
                alone = (
                    None if value in listed else self.fetch(Identifier(scheme=scheme, value=value))
                )
                found += [alone] if alone is not None else []
        return tuple(found)

    def citing(self, identifiers: Sequence[Identifier]) -> CitingWorks:
        """See `bot.sources.base.KnowsCiting.citing`; the first of them are named."""
        able = [each for each in identifiers if each.scheme in _PATHS and each.valid]
        if not able:
            return None
        try:
            [work] = self._entries(able[0])
        except SourceRefused as refused:
            if is_unknown(refused):
                return None
            raise
        number, named = (text(work.get("id")) or "").rpartition("/")[2], list[Identifier]()
        if not number:
            return None  # no work, and so no count of none
        # By number: without a key no page but the first is given by cursor.
        params = {"filter": f"cites:{number}", "select": "ids", "per-page": str(_PER_PAGE)}
        for page in range(1, _MOST_PAGES + 1):
            answer = self._answer("works", {**params, "page": str(page)})
            found = [item(each.get("ids")) for each in objects(answer.get("results"))]
            ids = (identifier(s, each.get(s)) for each in found for s in (Scheme.DOI, Scheme.PMID)
                   if each.get(s) and not (s is Scheme.PMID and each.get(Scheme.DOI)))  # fmt: skip
            named += [each for each in ids if each is not None]
            if len(found) < _PER_PAGE:
                break
        return count(work.get("cited_by_count")) or len(named), unique(named)

    def _params(self) -> dict[str, str]:
        named = {"mailto": self._client.contact, "api_key": self._options.get("api_key")}
        return {key: value for key, value in named.items() if value}


OPENALEX = SourceKind(
    name="openalex",
    label="OpenAlex",
    summary="OpenAlex: works from everywhere, with open copies",
    address=ADDRESS,
    interval=0.2,
    query_means="words of titles, abstracts and full texts",
    make=OpenAlex,
    readers=(PAYLOAD,),
    options=("filter", "api_key"),
    schemes=OpenAlex.schemes,
    knows_access=True,
    completes=frozenset(
        ("abstract", "authors", "pmid", "pmcid", "access", "licence", "references")
    ),
    key="openalex_key",
    trust=Trust(bibliographic=60, kind=10, access=50),
)
