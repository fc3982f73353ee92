"""Unpaywall: who can read the work of a DOI, and where. It is queried by DOI only."""

from urllib.parse import quote, urljoin

from bot.errors import SourceRefused
from bot.merging.choice import Trust
from bot.records.models import Identifier, Record, Scheme
from bot.sources.base import Place, SourceKind, is_unknown, same
from bot.sources.http.client import PoliteClient
from bot.sources.http.paging import json_answer, read_all
from bot.sources.unpaywall.reader import PAYLOAD, read

ADDRESS = "https://api.unpaywall.org/v2/"


class Unpaywall:
    """Access by DOI, under the address of the operator: Unpaywall answers no one else."""

    name = "unpaywall"
    schemes = frozenset((Scheme.DOI,))

    def __init__(self, client: PoliteClient, place: Place) -> None:
        self._client = client
        self._address = place.address
        self._now = place.now

    def fetch(self, identifier: Identifier) -> Record | None:
        """What Unpaywall says of a DOI. See `bot.sources.fetching.Fetcher.fetch`.

        Raises SourceRefused also where no contact address is set.
        """
        if identifier.scheme not in self.schemes:
            raise ValueError(identifier.scheme)
        if not self._client.contact:
            raise SourceRefused(
                "Unpaywall answers only those who give their address.",
                "Set TME_CONTACT to the address of whoever runs this bot.",
            )
        url = urljoin(self._address, quote(identifier.value, safe="/"))
        try:
            answer = json_answer(self._client, url, {"email": self._client.contact})
        except SourceRefused as refused:
            if is_unknown(refused):
                return None
            raise
        found = read_all([answer], lambda given: read(given, self.name, self._now()))[0]
        return same(found, identifier) if isinstance(found, Record) else None


UNPAYWALL = SourceKind(
    name="unpaywall",
    label="Unpaywall",
    address=ADDRESS,
    interval=0.2,
    make=Unpaywall,
    readers=(PAYLOAD,),
    harvested=False,
    schemes=Unpaywall.schemes,
    finds_works=False,
    knows_access=True,
    completes=frozenset(("access", "licence")),
    # Who follows the copies of a paper through the web knows best where one can be read.
    trust=Trust(access=60),
)
