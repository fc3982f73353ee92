"""Which source is queried for which identifier, the best first, and where each is."""

from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from bot import sources
from bot.records.models import Identifier
from bot.sources.base import Fetcher, KnowsCiting, Place, SourceKind
from bot.sources.http.client import PoliteClient
from bot.sources.http.reading import Limits

# Someone waits for the answer: a source that is slow or busy is passed over.
FOR_A_PERSON = Limits(
    largest_bytes=8 * 1024 * 1024,
    read_seconds=8.0,
    total_seconds=15.0,
    longest_wait=4.0,
    first_pause=0.2,
    tries=2,
)

# Nobody waits, but the records of other services do.
IN_BATCHES = Limits(longest_wait=60.0, tries=3)


def usual_places(
    own: Mapping[str, Place], now: Callable[[], datetime], *, anonymous: bool = False
) -> dict[str, Place]:
    """Where each kind of source is queried for single works, by its name.

    An operator's own places (with options such as a key), the usual addresses of all others;
    `anonymous` leaves out the kinds that require a contact address.
    """
    return {
        kind.name: own.get(kind.name) or Place(kind.address, now)
        for kind in _kinds()
        if kind.anonymous or not anonymous
    }


def hosts(places: Mapping[str, Place]) -> dict[str, float]:
    """Every host, and the least seconds between two requests to it."""
    return {
        urlsplit(places[kind.name].address).netloc.lower(): kind.interval
        for kind in _kinds()
        if kind.name in places
    }


class Fetchers:
    """The sources that can be queried for one work, over one client."""

    def __init__(self, client: PoliteClient, places: Mapping[str, Place]) -> None:
        self._made = {
            kind: source
            for kind in _kinds()
            if kind.name in places
            and isinstance(source := kind.make(client, places[kind.name]), Fetcher)
        }

    def for_identifier(self, identifier: Identifier) -> list[Fetcher]:
        """The sources that may know this identifier, the best first."""
        able = [kind for kind in self._made if _may_know(kind, identifier)]
        return [self._made[k] for k in sorted(able, key=lambda k: not k.is_home_of(identifier))]

    def that_know_access(self) -> list[Fetcher]:
        """The sources that say who can read a work: first those that know nothing else."""
        able = [kind for kind in self._made if kind.knows_access]
        return [self._made[kind] for kind in sorted(able, key=lambda k: k.finds_works)]

    def that_know_notices(self) -> list[Fetcher]:
        """The sources that tell of retractions, corrections and concerns, the best first."""
        return [source for kind, source in self._made.items() if kind.knows_notices]

    def that_know_citing(self) -> list[tuple[str, KnowsCiting]]:
        """The sources that tell which works cite one, by name."""
        return [(k.name, s) for k, s in self._made.items() if isinstance(s, KnowsCiting)]

    def that_know_only_access(self) -> list[Fetcher]:
        """The sources that are queried who can read a work next to the one that it was found at."""
        return [s for k, s in self._made.items() if k.knows_access and not k.finds_works]


def _kinds() -> tuple[SourceKind, ...]:
    """Those that can be queried for single works."""
    return tuple(kind for kind in sources.SOURCES if kind.schemes)


def _may_know(kind: SourceKind, identifier: Identifier) -> bool:
    return (
        kind.finds_works
        and identifier.scheme in kind.schemes
        and (not kind.home_only or kind.is_home_of(identifier))
    )
