"""Europe PMC: PubMed, PubMed Central and preprints, with access and licences."""

from collections.abc import Iterator, Sequence
from datetime import date
from urllib.parse import quote

from bot.errors import SourceRefused
from bot.formats import Refusal
from bot.merging.choice import Trust
from bot.records.models import MOST_REFERENCES, Identifier, Record, Scheme
from bot.sources.base import Batch, Deleted, SourceKind, is_unknown
from bot.sources.europe_pmc.reader import PAYLOAD, read
from bot.sources.http.json_source import JsonSource
from bot.sources.http.paging import Answered, another_shape, count, pages
from bot.sources.reading.values import Item, item, items, objects, text

ADDRESS = "https://www.ebi.ac.uk/europepmc/webservices/rest/"
_PER_PAGE = 200
_REFERENCES_PER_PAGE = 1000
_MOST_PAGES = MOST_REFERENCES // _REFERENCES_PER_PAGE
_GET, _POST = "search", "searchPOST"
_QUERIES = {Scheme.DOI: 'DOI:"{}"', Scheme.PMID: "EXT_ID:{} AND SRC:MED", Scheme.PMCID: "PMCID:{}"}


class EuropePmc(JsonSource):
    """Works by Europe PMC's own query language, or by DOI, PMID or PMCID."""

    name = "europe_pmc"
    schemes = frozenset(_QUERIES)
    at_once = 50
    reader = staticmethod(read)

    def records(self, query: str, since: date | None, cursor: str | None) -> Iterator[Batch]:
        """The works that match; `since` is when Europe PMC last changed them.

        See `bot.sources.base.Source.records`.
        """
        if since is not None:
            query = f"({query}) AND UPDATE_DATE:[{since.isoformat()} TO 3000-12-31]"
        yield from pages(self.name, cursor, lambda token: self._page(query, token, _PER_PAGE))

    def _page(self, query: str, token: str | None, size: int, path: str = _GET) -> Answered:
        answer, found = self._found(query, token, size, path)
        # The last page names its own mark again; where the first has all, no other is requested.
        mark, total = text(answer.get("nextCursorMark")), count(answer.get("hitCount"))
        is_all = token is None and total is not None and len(found) >= total
        following = None if is_all or mark == (token or "*") else mark
        return Answered(self._read(found), following, total)

    def _found(
        self, query: str, token: str | None, size: int, path: str = _GET
    ) -> tuple[Item, list[Item]]:
        params = {
            "query": query,
            "resultType": "core",
            "format": "json",
            "pageSize": str(size),
            "cursorMark": token or "*",
        }
        # A search by many identifiers is posted: addresses have an end.
        answer = self._answer(path, params, post=path != _GET)
        if error := text(answer.get("errMsg")):
            raise SourceRefused(f"Europe PMC refused the question: {error[:150]}.")
        if "resultList" not in answer:
            raise another_shape(self._address)
        return answer, items(item(answer["resultList"]).get("result"))

    def _entries(self, identifier: Identifier) -> list[Item]:
        return self._found(_query(identifier), None, 5)[1]

    def fetch_all(self, identifiers: Sequence[Identifier]) -> tuple[Record | Refusal, ...]:
        """See `bot.sources.base.BatchFetcher.fetch_all`."""
        query = " OR ".join(f"({_query(each)})" for each in identifiers)
        batches = pages(self.name, None, lambda token: self._page(query, token, _PER_PAGE, _POST))
        return tuple(
            each for batch in batches for each in batch.items if not isinstance(each, Deleted)
        )


class EuropePmcReferences(EuropePmc):
    """Works with what they cite, which Europe PMC gives work by work: a request for each more."""

    at_once = 10

    def fetch_all(self, identifiers: Sequence[Identifier]) -> tuple[Record | Refusal, ...]:
        """See `bot.sources.base.BatchFetcher.fetch_all`."""
        query = " OR ".join(f"({_query(each)})" for each in identifiers)
        found = self._found(query, None, _PER_PAGE, _POST)[1]
        return self._read([{**each, "references": list(self._cited(each))} for each in found])

    def _cited(self, work: Item) -> Iterator[Item]:
        """The entries of a work's reference list, page by page; none where it has none."""
        own, source = text(work.get("id")), text(work.get("source"))
        if text(work.get("hasReferences")) != "Y" or not own or not source:
            return
        path = f"{quote(source, safe='')}/{quote(own, safe='')}/references"
        read = 0
        for page in range(1, _MOST_PAGES + 1):
            params = {"format": "json", "page": str(page), "pageSize": str(_REFERENCES_PER_PAGE)}
            try:
                answer = self._answer(path, params)
            except SourceRefused as refused:
                if is_unknown(refused):
                    return
                raise
            entries = objects(item(answer.get("referenceList")).get("reference"))
            yield from entries
            read += len(entries)
            if not entries or read >= (count(answer.get("hitCount")) or 0):
                return


def _query(identifier: Identifier) -> str:
    """What finds the work of an identifier. Raises ValueError for a kind it does not know."""
    if identifier.scheme not in _QUERIES:
        raise ValueError(identifier.scheme)
    value = identifier.value.replace("\\", "\\\\").replace('"', '\\"')
    return _QUERIES[identifier.scheme].format(value)


EUROPE_PMC = SourceKind(
    name="europe_pmc",
    label="Europe PMC",
    summary="Europe PMC: PubMed, PubMed Central and preprints, with access and licences",
    address=ADDRESS,
    interval=0.5,
    query_means="a query of Europe PMC, such as TITLE_ABS:macrophage",
    make=EuropePmc,
    readers=(PAYLOAD,),
    schemes=EuropePmc.schemes,
    home=("pmcid:",),
    knows_notices=True,
    knows_access=True,
    trust=Trust(bibliographic=80, kind=60, access=40),
    completes=frozenset(
        ("abstract", "sections", "type", "authors", "keywords", "doi", "pmid", "pmcid", "access",
         "licence", "check")
    ),
    anonymous=True,
    # Preprints are linked by its own number.
    strong_ids=True,
)  # fmt: skip

EUROPE_PMC_REFERENCES = SourceKind(
    name="europe_pmc_references",
    label="Europe PMC's reference lists",
    summary="Europe PMC's lists of what works cite (`tme complete`)",
    address=ADDRESS,
    interval=0.5,
    make=EuropePmcReferences,
    harvested=False,
    schemes=EuropePmc.schemes,
    finds_works=False,
    completes=frozenset(("references",)),
    anonymous=True,
    beside=EUROPE_PMC.name,
)
