"""What the bot asks other machines: harvests, completing, single works and full texts.

A part of the composition root that most commands of a terminal never load.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

from bot import sources
from bot.errors import SettingsError
from bot.harvest.completing import Completing, completion
from bot.harvest.full_texts import Fetch
from bot.harvest.harvester import Harvester
from bot.harvest.integrity import Checker
from bot.harvest.plan import Planned, load, sources_down
from bot.harvest.service import Harvesting
from bot.settings import Settings
from bot.sources import Fetcher, Place, Source
from bot.sources.europe_pmc.client import EUROPE_PMC
from bot.sources.europe_pmc.full_text import LIMITS, fetch
from bot.sources.fetchers import FOR_A_PERSON, IN_BATCHES, Fetchers, hosts, usual_places
from bot.sources.http.client import Pace, PoliteClient, Time
from bot.store import StateStore


def why_nothing_new(harvesting: Harvesting) -> str | None:
    """Why nothing may be new; nothing is said of a plan that cannot be read (status says it)."""
    try:
        return sources_down(harvesting.standings())
    except SettingsError:
        return None


def build_harvesting(
    settings: Settings,
    store: StateStore,
    harvester: Harvester,
    pace: Pace,
    now: Callable[[], datetime],
) -> Harvesting:
    """The harvests of the sources file. All that this process asks, it asks at one pace."""

    @contextmanager
    def open_source(planned: Planned) -> Iterator[Source]:
        contact = _contact(settings)
        timing = Time(sleep=service.pause, now=now, pace=pace)
        client = PoliteClient({planned.place: planned.kind.interval}, contact, timing=timing)
        try:
            yield planned.kind.harvest(client, _place(settings, planned, now))
        finally:
            client.close()

    service = Harvesting(store, harvester, lambda: load(settings.sources_file), open_source, now)
    return service


def build_completing(
    settings: Settings,
    store: StateStore,
    harvesting: Harvesting,
    pace: Pace,
    now: Callable[[], datetime],
) -> Completing:
    """What completes stored records: the services that require no contact address, or all."""

    def plan() -> tuple[Planned, ...]:
        own = {each.kind.name: each for each in reversed(load(settings.sources_file))}
        able = (k for k in sources.SOURCES if k.completes and (k.anonymous or settings.contact))
        return tuple(
            completion(kind, own.get(kind.name) or own.get(kind.beside))
            for kind in sorted(able, key=lambda k: not k.anonymous)
        )

    @contextmanager
    def open_fetcher(planned: Planned) -> Iterator[Fetcher]:
        timing = Time(sleep=harvesting.pause, now=now, pace=pace)
        client = PoliteClient(
            {planned.place: planned.kind.interval},
            settings.contact,
            limits=IN_BATCHES,
            timing=timing,
        )
        try:
            made = planned.kind.make(client, _place(settings, planned, now))
            assert isinstance(made, Fetcher)  # noqa: S101 - a kind with schemes is one; for mypy
            yield made
        finally:
            client.close()

    return Completing(store, harvesting, plan, open_fetcher, now)


@contextmanager
def full_texts(
    settings: Settings, harvesting: Harvesting, pace: Pace, now: Callable[[], datetime]
) -> Iterator[Fetch]:
    """What fetches a full text from Europe PMC, where the sources file says, else as usual."""
    own = {each.kind.name: each for each in reversed(load(settings.sources_file))}
    kind = EUROPE_PMC
    planned = completion(kind, own.get(kind.name))
    timing = Time(sleep=harvesting.pause, now=now, pace=pace)
    hosts_asked = {planned.place: planned.kind.interval}
    limits = LIMITS
    client = PoliteClient(hosts_asked, settings.contact, limits=limits, timing=timing)
    try:
        yield lambda pmcid: fetch(client, planned.address, pmcid)
    finally:
        client.close()


@contextmanager
def asking(settings: Settings, pace: Pace, now: Callable[[], datetime]) -> Iterator[Fetchers]:
    """The sources of single works: where the sources file says, else the usual places.

    Without a contact address, those that require none.
    """
    planned = {each.kind.name: each for each in reversed(load(settings.sources_file))}
    keyed = (kind for kind in sources.SOURCES if settings.secret(kind.key))
    with_keys = {kind.name: completion(kind, planned.get(kind.name)) for kind in keyed}
    own = {name: _place(settings, each, now) for name, each in {**planned, **with_keys}.items()}
    places = usual_places(own, now, anonymous=settings.contact is None)
    timing = Time(now=now, pace=pace)
    client = PoliteClient(hosts(places), settings.contact, limits=FOR_A_PERSON, timing=timing)
    try:
        yield Fetchers(client, places)
    finally:
        client.close()


@contextmanager
def checkers(ask: Callable[[], AbstractContextManager[Fetchers]]) -> Iterator[Sequence[Checker]]:
    """Of what single works are asked of, those that know of notices about them."""
    with ask() as opened_fetchers:
        yield opened_fetchers.that_know_notices()


def _place(settings: Settings, planned: Planned, now: Callable[[], datetime]) -> Place:
    """Where a source is queried, with its key where the sources file gives none."""
    key = settings.secret(planned.kind.key)
    return Place(planned.address, now, {**({"api_key": key} if key else {}), **planned.options})


def _contact(settings: Settings) -> str:
    """The address that every source is told. Raises SettingsError where none is set."""
    if settings.contact is None:
        raise SettingsError(
            "The bot has no contact address, which sources require.",
            "Whoever runs it learns from `tme doctor` how to give one.",
        )
    return settings.contact
