"""What is fetched from other machines: sources, checkers, full texts; made when first used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, cast

from bot.lazy import Late, late, lazy
from bot.settings import Settings
from bot.store import StateStore

if TYPE_CHECKING:
    from bot.app import outside
    from bot.harvest.completing import Completing
    from bot.harvest.full_texts import Fetch
    from bot.harvest.harvester import Harvester
    from bot.harvest.integrity import Checker
    from bot.harvest.service import Harvesting
    from bot.sources.fetchers import Fetchers
    from bot.sources.http.client import Pace
else:  # what most commands of a terminal never use
    outside = lazy("bot.app.outside")
    Pace = late("bot.sources.http.client.Pace")


class Network:
    """What is asked of other machines, at one pace; made when it is first used."""

    def __init__(
        self,
        settings: Settings,
        store: StateStore,
        harvester: Harvester,
        now: Callable[[], datetime],
    ) -> None:
        self._settings, self._now, self._pace = settings, now, Pace()

        def harvesting() -> Harvesting:
            return outside.build_harvesting(settings, store, harvester, self._pace, now)

        def completing() -> Completing:
            return outside.build_completing(settings, store, self.harvesting, self._pace, now)

        self.harvesting = cast("Harvesting", Late(harvesting))
        self.completing = cast("Completing", Late(completing))

    def ask(self) -> AbstractContextManager[Fetchers]:
        """The sources of single works."""
        return outside.asking(self._settings, self._pace, self._now)

    def checkers(self) -> AbstractContextManager[Sequence[Checker]]:
        """Those that know of notices."""
        return outside.checkers(self.ask)

    def full_texts(self) -> AbstractContextManager[Fetch]:
        """What fetches full texts."""
        return outside.full_texts(self._settings, self.harvesting, self._pace, self._now)

    def why_nothing_new(self) -> str | None:
        """Why nothing may be new, where sources are down."""
        return outside.why_nothing_new(self.harvesting)
