"""What happens before the first answer: the starter set, and an index that is up to date."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from bot.errors import IndexAway

if TYPE_CHECKING:
    from bot.harvest.harvester import Report
    from handlers.services import Services


_USUAL = gc.get_threshold()
# New objects until it looks at the youngest, and how often it does so until it looks further back.
_RARELY = (50_000, 20, 50)
# How long a thread that computes keeps others from running, in seconds: who acknowledges a request
# takes a turn a dozen times, each after as many of these as there are answers under way.
_USUAL_TURN, _SHORT_TURN = sys.getswitchinterval(), 0.001

# Hears what is being done, how far it is, and of how many (None: not known).
Progress: TypeAlias = Callable[[str, int, int | None], None]


def silent(_what: str, _done: int, _of: int | None) -> None:
    """A `Progress` that shows nothing."""


def prepare(
    services: Services, seeds: Path, progress: Progress = silent, *, most: int | None = None
) -> Report | None:
    """Load the starter set into a store that was never written, then index what is new.

    Later starts find both done. With `most`, about as many records are indexed, and the rest is
    left to those who come after. Returns the report of the starter set where it was loaded.
    Raises StoreError or IndexUnavailable.
    """
    report = None
    if services.settings.starter and services.store.sequence() == 0:
        from bot.sources.starter import StarterCollection  # noqa: PLC0415 - once in a store's life

        starter = StarterCollection(seeds)
        report = services.harvester.take(
            starter.records(services.now()), starter.name, lambda n: progress("Loading", n, None)
        )
    progress("Indexing", 0, None)
    services.index.follow(services.store, most)
    return report


def settle(services: Services) -> None:
    """Make a process that goes on answering quick from its first answer; once, when it is ready.

    Loads the words that every query needs, then keeps what there is out of the garbage collector's
    way and lets it look at the rest rarely: what is loaded once stays, and the answers themselves
    leave hardly any cycles behind. Otherwise the collector walks over every word and text that is
    kept for later, and delays a query now and then by a tenth of a second. Threads take short
    turns, so that what only acknowledges does not wait for what computes.
    """
    with suppress(IndexAway):  # they are read once it is there
        services.search.known_words().speller.settle()
    services.vocabulary.named(None, "")  # the table of names, which many look up
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_RARELY)
    sys.setswitchinterval(_SHORT_TURN)


def unsettle() -> None:
    """Undo `settle`: a process that goes on must be able to let go of what was kept."""
    gc.unfreeze()
    gc.set_threshold(*_USUAL)
    sys.setswitchinterval(_USUAL_TURN)
