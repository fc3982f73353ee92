"""Which source is asked for which identifier, the best first, and where each is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from bot.records.models import Identifier, Scheme, unique
from bot.sources.base import Fetcher, Place, SourceKind
from bot.sources.biorxiv.client import BIORXIV
from bot.sources.clinical_trials.client import CLINICAL_TRIALS
from bot.sources.crossref.client import CROSSREF
from bot.sources.datacite.client import DATACITE
from bot.sources.europe_pmc.client import EUROPE_PMC
from bot.sources.http.client import PoliteClient
from bot.sources.http.reading import Limits
from bot.sources.openalex.client import OPENALEX
from bot.sources.ora.client import ORA_SEARCH
from bot.sources.pubmed.client import PUBMED
from bot.sources.unpaywall.client import ADDRESS as UNPAYWALL_ADDRESS
from bot.sources.unpaywall.client import INTERVAL as UNPAYWALL_INTERVAL
from bot.sources.unpaywall.client import Unpaywall

# PubMed has abstracts by section, subject headings and notices; Crossref knows every article's
# DOI; DataCite the DOIs of data, software and arXiv; the others what those do not have.
ORDER = (PUBMED, CROSSREF, DATACITE, EUROPE_PMC, OPENALEX, BIORXIV, CLINICAL_TRIALS, ORA_SEARCH)
# Whose records have the notices about a work, and preprints the article they became.
NOTICES = (PUBMED, CROSSREF, EUROPE_PMC)
# DOIs of servers that know their own works best.
_AT_HOME = (("10.1101/", BIORXIV), ("10.64898/", BIORXIV), ("10.48550/", DATACITE))
# Somebody waits for the answer: a source that is slow or busy is passed over.
FOR_A_PERSON = Limits(
    largest_bytes=8 * 1024 * 1024,
    read_seconds=8.0,
    total_seconds=15.0,
    longest_wait=4.0,
    first_pause=0.2,
    tries=2,
)


@dataclass(frozen=True, slots=True)
class Places:
    """Where each kind of source is asked; `options` are an operator's own, such as a key."""

    known: Mapping[str, Place]
    unpaywall: Place | None = None

    def hosts(self) -> dict[str, float]:
        """Every host, and the least seconds between two requests to it."""
        intervals = {kind.name: kind.interval for kind in ORDER}
        hosts = {_host(place): intervals[name] for name, place in self.known.items()}
        if self.unpaywall is not None:
            hosts[_host(self.unpaywall)] = UNPAYWALL_INTERVAL
        return hosts


def usual_places(own: Mapping[str, Place], now: Callable[[], datetime]) -> Places:
    """An operator's own places, by the kind of source; the usual addresses of all others."""
    known = {kind.name: own.get(kind.name) or Place(kind.address, now) for kind in ORDER}
    return Places(known, Place(UNPAYWALL_ADDRESS, now))


class Fetchers:
    """The sources that can be asked for one work, over one client."""

    def __init__(self, client: PoliteClient, places: Places) -> None:
        self._made = {
            kind.name: source
            for kind in ORDER
            if kind.name in places.known
            and isinstance(source := kind.make(client, places.known[kind.name]), Fetcher)
        }
        self.access = Unpaywall(client, places.unpaywall) if places.unpaywall else None

    def for_identifier(self, identifier: Identifier) -> list[Fetcher]:
        """The sources that may know this identifier, the best first."""
        made = (self._made.get(kind.name) for kind in order_for(identifier))
        return [each for each in made if each is not None and identifier.scheme in each.schemes]

    def that_know_access(self) -> list[Fetcher]:
        """The sources that say who can read a work, the best first."""
        found = [self.access, *(self._made.get(kind.name) for kind in (EUROPE_PMC, OPENALEX))]
        return [each for each in found if each is not None]

    def that_know_notices(self) -> list[Fetcher]:
        """The sources that tell of retractions, corrections and concerns, the best first."""
        return [self._made[kind.name] for kind in NOTICES if kind.name in self._made]


def order_for(identifier: Identifier) -> tuple[SourceKind, ...]:
    """The kinds of source to ask for an identifier, the best first.

    A preprint server is asked for its own DOIs only.
    """
    if identifier.scheme is Scheme.PMCID:
        return unique((EUROPE_PMC, *ORDER))
    if identifier.scheme is not Scheme.DOI:
        return ORDER
    at_home = [kind for prefix, kind in _AT_HOME if identifier.value.startswith(prefix)]
    others = (kind for kind in ORDER if kind is not BIORXIV)
    return unique((*at_home, *others))


def _host(place: Place) -> str:
    return urlsplit(place.address).netloc.lower()
