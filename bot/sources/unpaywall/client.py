"""Unpaywall: who can read the work of a DOI, and where. It is queried by DOI only."""

from urllib.parse import quote

from bot.errors import SourceRefused
from bot.merging.choice import Trust
from bot.records.models import Identifier, Scheme
from bot.sources.base import SourceKind
from bot.sources.http.json_source import JsonSource
from bot.sources.reading.values import Item
from bot.sources.unpaywall.reader import PAYLOAD, read

ADDRESS = "https://api.unpaywall.org/v2/"


class Unpaywall(JsonSource):
    """Access by DOI, under the address of the operator: Unpaywall answers no one else."""

    name = "unpaywall"
    schemes = frozenset((Scheme.DOI,))
    reader = staticmethod(read)

    def _entries(self, identifier: Identifier) -> list[Item]:
        if not self._client.contact:
            raise SourceRefused(
                "Unpaywall answers only those who give their address.",
                "Set TME_CONTACT to the address of whoever runs this bot.",
            )
        path = quote(identifier.value, safe="/")
        return [self._answer(path, {"email": self._client.contact})]


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
