"""What happens before the first answer: the starter set, and an index that is up to date."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from bot import collector
from bot.harvesting.harvester import Report
from bot.sources.starter import StarterCollection
from handlers.router import Services

# Hears what is being done, how far it is, and of how many (None: not known).
Progress: TypeAlias = Callable[[str, int, int | None], None]


def silent(_what: str, _done: int, _of: int | None) -> None:
    """A `Progress` that shows nothing."""


def prepare(services: Services, seeds: Path, progress: Progress = silent) -> Report | None:
    """Load the starter set into a store that was never written, then index what is new.

    Later starts find both done. Returns the report of the starter set where it was loaded.
    Raises StoreError or IndexUnavailable.
    """
    report = None
    if services.settings.starter and services.store.sequence() == 0:
        starter = StarterCollection(seeds)
        report = services.harvester.take(
            starter.records(services.now()), starter.name, lambda n: progress("Loading", n, None)
        )
    progress("Indexing", 0, None)
    services.index.follow(services.store)
    services.search.known_words()
    collector.leave_alone()
    return report
