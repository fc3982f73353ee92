"""ClinicalTrials.gov: registered trials, with phase and status.

Built from the published description of its API, version 2; no live answer has been tried.
"""

from collections.abc import Iterator
from datetime import date
from urllib.parse import quote

from bot.merging.choice import Trust
from bot.records.models import Identifier, Scheme
from bot.sources.base import Batch, SourceKind
from bot.sources.clinical_trials.reader import PAYLOAD, read
from bot.sources.http.json_source import JsonSource
from bot.sources.http.paging import Answered, count, pages
from bot.sources.reading.values import Item, text

ADDRESS = "https://clinicaltrials.gov/api/v2/"
_PER_PAGE = 100


class ClinicalTrials(JsonSource):
    """Trials by words, or by NCT number."""

    name = "clinicaltrials"
    schemes = frozenset((Scheme.NCT,))
    reader = staticmethod(read)

    def records(self, query: str, since: date | None, cursor: str | None) -> Iterator[Batch]:
        """The trials that match; `since` is when their registration was last changed.

        See `bot.sources.base.Source.records`.
        """
        params = {"query.term": query, "pageSize": str(_PER_PAGE), "countTotal": "true"}
        if since is not None:
            params["filter.advanced"] = f"AREA[LastUpdatePostDate]RANGE[{since.isoformat()},MAX]"
        yield from pages(self.name, cursor, lambda token: self._page(params, token))

    def _page(self, params: dict[str, str], token: str | None) -> Answered:
        answer = self._answer("studies", params | ({"pageToken": token} if token else {}))
        total, following = count(answer.get("totalCount")), text(answer.get("nextPageToken"))
        return Answered(self._read(answer.get("studies")), following, total)

    def _entries(self, identifier: Identifier) -> list[Item]:
        return [self._answer(f"studies/{quote(identifier.value, safe='')}", {})]

    def _params(self) -> dict[str, str]:
        return {"format": "json"}


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
