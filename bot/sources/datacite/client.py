"""DataCite: data sets, software, and preprints of arXiv, with their DOIs."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import parse_qs, quote, urlsplit

from bot.merging.choice import Trust
from bot.records.models import Identifier, Scheme
from bot.sources.base import Batch, SourceKind
from bot.sources.datacite.reader import DataCitePayload, read
from bot.sources.http.json_source import JsonSource
from bot.sources.http.paging import Answered, another_shape, count, pages
from bot.sources.reading.values import Item, item, text

ADDRESS = "https://api.datacite.org/"
_PER_PAGE = 100
_ARXIV_DOI = "10.48550/arxiv."


class DataCite(JsonSource):
    """Works by DataCite's query language, or by DOI or arXiv number."""

    name = "datacite"
    schemes = frozenset((Scheme.DOI, Scheme.ARXIV))
    reader = staticmethod(read)

    def records(self, query: str, since: date | None, cursor: str | None) -> Iterator[Batch]:
        """The works that match; `since` is when their metadata changed.

        See `bot.sources.base.Source.records`.
        """
        if since is not None:
            query = f"({query}) AND updated:[{since.isoformat()} TO *]"
        yield from pages(self.name, cursor, lambda token: self._page(query, token))

    def _page(self, query: str, token: str | None) -> Answered:
        params = {"query": query, "page[size]": str(_PER_PAGE), "page[cursor]": token or "1"}
        answer = self._answer("dois", params)
        found = answer.get("data")
        if not isinstance(found, list):
            raise another_shape(self._address)
        # Of the address of the next page only the cursor is taken: requests go where configured.
        following = urlsplit(text(item(answer.get("links")).get("next")) or "").query
        marks = parse_qs(following).get("page[cursor]")
        total = count(item(answer.get("meta")).get("total"))
        attributes = [item(work).get("attributes", work) for work in found]
        return Answered(self._read(attributes), marks[0] if marks else None, total)

    def _entries(self, identifier: Identifier) -> list[Item]:
        is_doi = identifier.scheme is Scheme.DOI
        doi = identifier.value if is_doi else f"{_ARXIV_DOI}{identifier.value}"
        answer = self._answer(f"dois/{quote(doi, safe='')}", {})
        return [item(item(answer.get("data")).get("attributes"))]


DATACITE = SourceKind(
    name="datacite",
    label="DataCite",
    summary="DataCite: data sets, software and arXiv's preprints",
    address=ADDRESS,
    interval=0.5,
    query_means="a query of DataCite, such as titles.title:macrophage",
    make=DataCite,
    readers=(DataCitePayload(),),
    schemes=DataCite.schemes,
    home=("doi:10.48550/",),
    trust=Trust(bibliographic=70, kind=20),
)
