"""OpenCitations: what works cite, and what cites them, by DOI or PMID."""

from collections.abc import Sequence
from urllib.parse import quote, urljoin

from bot.errors import SourceRefused
from bot.formats import Refusal
from bot.records.models import Identifier, Record, Scheme
from bot.sources.base import CitingWorks, SourceKind, by_scheme, is_unknown
from bot.sources.http.json_source import JsonSource
from bot.sources.http.paging import JSON, another_shape
from bot.sources.opencitations.reader import NAME, numbers, read, works
from bot.sources.reading.values import Item, objects

ADDRESS = "https://api.opencitations.net/"
_META, _INDEX = "meta/v1/metadata/", "index/v2/"
_NAMES = {Scheme.DOI: "doi", Scheme.PMID: "pmid"}


class OpenCitations(JsonSource):
    """Works with what they cite: their Meta at once, then a request for the list of each."""

    name = NAME
    schemes = frozenset(_NAMES)
    at_once = 10
    reader = staticmethod(read)

    def _entries(self, identifier: Identifier) -> list[Item]:
        return self._cited([_named(identifier)])

    def fetch_all(self, identifiers: Sequence[Identifier]) -> tuple[Record | Refusal, ...]:
        """See `bot.sources.base.BatchFetcher.fetch_all`."""
        able = [i for scheme, _ in by_scheme(identifiers, _NAMES) for i in identifiers
                if i.scheme is scheme]  # fmt: skip
        return self._read(self._cited([_named(each) for each in able]))

    def citing(self, identifiers: Sequence[Identifier]) -> CitingWorks:
        """See `bot.sources.base.KnowsCiting.citing`."""
        able = [each for each in identifiers if each.scheme in _NAMES and each.valid]
        if not able:
            return None
        found = self._list(f"{_INDEX}citations/{_named(able[0])}")
        return len(found), works(found, "citing")

    def _cited(self, named: Sequence[str]) -> list[Item]:
        """The works of these numbers with their reference lists."""
        found = self._list(_META + "__".join(named))
        return [{**each, "references": self._references(each)} for each in found]

    def _references(self, work: Item) -> list[Item]:
        own = [each for each in numbers(work.get("id")) if each.scheme in _NAMES]
        return self._list(f"{_INDEX}references/{_named(own[0])}") if own else []

    def _list(self, path: str) -> list[Item]:
        """The entries that a path answers with; none where there is no such work."""
        url, token = urljoin(self._address, path), self._options.get("api_key")
        headers = {"Authorization": token} if token else None
        try:
            answer = self._client.get(url, accept=JSON, headers=headers).json()
        except SourceRefused as refused:
            if is_unknown(refused):
                return []
            raise
        if not isinstance(answer, list):
            raise another_shape(url)
        return list(objects(answer))


def _named(identifier: Identifier) -> str:
    """`doi:10.1234/a`. Raises KeyError for a kind that it does not know."""
    return f"{_NAMES[identifier.scheme]}:{quote(identifier.value, safe='/')}"


OPENCITATIONS = SourceKind(
    name=NAME,
    label="OpenCitations",
    summary="OpenCitations: what works cite (`tme complete`), and what cites them",
    address=ADDRESS,
    # Its operators ask for no more than 180 requests a minute.
    interval=0.4,
    make=OpenCitations,
    harvested=False,
    schemes=OpenCitations.schemes,
    finds_works=False,
    completes=frozenset(("references",)),
    key="opencitations_token",
    keyless=True,
)
