"""ClinicalTrials.gov: registered trials, with phase and status.

Built from the published description of its API, version 2; no live answer has been tried.
"""

from collections.abc import Iterator
from datetime import date
from urllib.parse import quote, urljoin

from bot.errors import SourceRefused
from bot.merging.choice import Trust
from bot.records.models import Identifier, Record, Scheme
from bot.sources.base import Batch, Place, SourceKind, is_unknown, same
from bot.sources.clinical_trials.reader import PAYLOAD, read
from bot.sources.http.client import PoliteClient
from bot.sources.http.paging import Answered, another_shape, count, json_answer, pages, read_all
from bot.sources.reading.values import Item, text

ADDRESS = "https://clinicaltrials.gov/api/v2/"
_PER_PAGE = 100


class ClinicalTrials:
    """Trials by words, or by NCT number."""

    name = "clinicaltrials"
    schemes = frozenset((Scheme.NCT,))

    def __init__(self, client: PoliteClient, place: Place) -> None:
        self._client = client
        self._address = place.address
        self._now = place.now

    def records(self, query: str, since: date | None, cursor: str | None) -> Iterator[Batch]:
        """The trials that match; `since` is when their registration was last changed.

        See `bot.sources.base.Source.records`.
        """
        params = {"query.term": query, "pageSize": str(_PER_PAGE), "countTotal": "true"}
        if since is not None:
            params["filter.advanced"] = f"AREA[LastUpdatePostDate]RANGE[{since.isoformat()},MAX]"
        yield from pages(self.name, cursor, lambda token: self._page(params, token))

    def _page(self, params: dict[str, str], token: str | None) -> Answered:
        answer = self._json("studies", params | ({"pageToken": token} if token else {}))
        found = answer.get("studies")
        if not isinstance(found, list):
            raise another_shape(self._address)
        total = count(answer.get("totalCount"))
        return Answered(read_all(found, self._read), text(answer.get("nextPageToken")), total)

    def fetch(self, identifier: Identifier) -> Record | None:
        """The trial of an NCT number. See `bot.sources.fetching.Fetcher.fetch`."""
        if identifier.scheme not in self.schemes:
            raise ValueError(identifier.scheme)
        try:
            study = self._json(f"studies/{quote(identifier.value, safe='')}", {})
        except SourceRefused as refused:
            if is_unknown(refused):
                return None
            raise
        found = read_all([study], self._read)[0]
        return same(found, identifier) if isinstance(found, Record) else None

    def _read(self, study: Item) -> Record:
        return read(study, self.name, self._now())

    def _json(self, path: str, params: dict[str, str]) -> Item:
        return json_answer(self._client, urljoin(self._address, path), params | {"format": "json"})


CLINICAL_TRIALS = SourceKind(
    name="clinicaltrials",
    label="ClinicalTrials.gov",
    summary="ClinicalTrials.gov: registered trials, with phase and status",
    address=ADDRESS,
    interval=1.5,
    query_means="words, as in the registry's own search",
    make=ClinicalTrials,
    readers=(PAYLOAD,),
    schemes=ClinicalTrials.schemes,
    trust=Trust(bibliographic=50, kind=40),
    # A trial has no other name than its registry's, and may be renamed.
    strong_ids=True,
    registers=Scheme.NCT,
)
