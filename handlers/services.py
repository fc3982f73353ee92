"""Everything a command may use, as one value; `bot.app.composition` builds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.schedule import Schedule

if TYPE_CHECKING:
    from bot.curation.corrections import Corrections
    from bot.curation.lists import Library
    from bot.curation.preferences import PersonSettings
    from bot.curation.reports import Reports
    from bot.digests.clubs import Clubs
    from bot.digests.digest import Digests
    from bot.digests.subscriptions import Subscriptions
    from bot.digests.watches import Watches
    from bot.formats.citations import Citations
    from bot.harvest.access import AccessFinder
    from bot.harvest.adding import Adder
    from bot.harvest.cited_by import CitedBy
    from bot.harvest.completing import Completing
    from bot.harvest.full_texts import FullTexts
    from bot.harvest.harvester import Harvester
    from bot.harvest.imports import Imports
    from bot.harvest.integrity import Checking
    from bot.harvest.merger import Merger
    from bot.harvest.service import Harvesting
    from bot.index import SearchIndex
    from bot.index.full_texts import FullTextIndex
    from bot.index.meaning import MeaningIndex
    from bot.search.bibliography import Bibliography
    from bot.search.citing import Citing
    from bot.search.claims import Claims
    from bot.search.comparing import Comparing
    from bot.search.definitions import Definitions
    from bot.search.evidence import EvidenceService
    from bot.search.examples import Examples
    from bot.search.facets import FacetService
    from bot.search.findings import FindingsService
    from bot.search.full_text import FullTextSearch
    from bot.search.landscape import LandscapeService
    from bot.search.lookup import Lookup
    from bot.search.search import Search
    from bot.search.similar import Similar
    from bot.search.worded import Summarising
    from bot.settings import Settings
    from bot.store import StateStore
    from bot.vocabulary import Vocabulary
    from handlers.inbox import Inbox
    from handlers.people import SlackPeople
    from handlers.rights import Gate
    from handlers.workspaces import Workspaces


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a command may use; built once in `bot.app.composition`."""

    store: StateStore
    index: SearchIndex
    library: Library
    preferences: PersonSettings
    reports: Reports
    vocabulary: Vocabulary
    search: Search
    lookup: Lookup
    citations: Citations
    corrections: Corrections
    definitions: Definitions
    evidence: EvidenceService
    findings: FindingsService
    summarising: Summarising | None
    similar: Similar
    comparing: Comparing
    citing: Citing
    cited_by: CitedBy
    claims: Claims
    examples: Examples
    full_text: FullTextSearch
    full_text_index: FullTextIndex
    full_texts: FullTexts
    bibliography: Bibliography
    facets: FacetService
    landscape: LandscapeService
    harvester: Harvester
    imports: Imports
    harvesting: Harvesting
    completing: Completing
    adder: Adder
    access: AccessFinder
    checking: Checking
    merger: Merger
    semantic: MeaningIndex | None
    watches: Watches
    digests: Digests
    subscriptions: Subscriptions
    clubs: Clubs
    workspaces: Workspaces
    people: SlackPeople
    gate: Gate
    # How a connected library of Zotero stands, in a line; None: there is none.
    zotero: Callable[[], str | None]
    inbox: Inbox
    settings: Settings
    now: Callable[[], datetime]

    @property
    def usual_schedule(self) -> Schedule:
        """When a subscription posts that does not say when."""
        return Schedule(zone=self.settings.time_zone)
