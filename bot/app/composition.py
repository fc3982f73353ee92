"""The composition root: settings → store, index → services → router; `serving` goes on to Slack.

Nothing else in the project builds a dependency.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

from bot.app.network import Network
from bot.app.slack import build_workspaces
from bot.app.startup import unsettle
from bot.digests.clubs import Clubs
from bot.digests.people import Policy
from bot.digests.subscriptions import Subscriptions
from bot.errors import SeedsMissing
from bot.index.corrected import CorrectedIndex
from bot.index.documents import Prepared
from bot.index.meaning import MeaningIndex, missing
from bot.index.tantivy import TantivyIndex
from bot.lazy import Late, late, lazy, uncollected
from bot.records.journals import JournalNames, read_names
from bot.rights import daily_limits, least_kinds
from bot.search.bibliography import Bibliography
from bot.search.citing import Citing
from bot.search.claims import Claims
from bot.search.comparing import Comparing
from bot.search.definitions import Definitions
from bot.search.evidence import EvidenceService
from bot.search.facets import FacetService
from bot.search.findings import FindingsService
from bot.search.landscape import LandscapeService
from bot.search.lookup import Lookup
from bot.search.query.forms import Forms
from bot.search.search import Search
from bot.search.similar import Similar
from bot.search.stored_words import Language
from bot.settings import Settings
from bot.store import StateStore
from bot.store.values import Retention
from bot.text.english import English
from bot.vocabulary import Vocabulary
from bot.vocabulary.imports.terms_file import TermFolder
from handlers.commands import COMMANDS
from handlers.rights import Gate
from handlers.router import Router
from handlers.services import Services
from handlers.views.describing import describe_query

if TYPE_CHECKING:
    from bot.app.zotero import connection as zotero_connection
    from bot.curation.corrections import Corrections
    from bot.curation.lists import Library
    from bot.curation.preferences import PersonSettings
    from bot.curation.reports import Reports
    from bot.digests.digest import Digests
    from bot.digests.watches import Watches
    from bot.formats import Refusal
    from bot.formats.citations import Citations
    from bot.harvest.access import AccessFinder
    from bot.harvest.adding import Adder
    from bot.harvest.cited_by import CitedBy
    from bot.harvest.full_texts import FullTexts
    from bot.harvest.harvester import Harvester, Report
    from bot.harvest.imports import Imports
    from bot.harvest.integrity import Checking
    from bot.harvest.merger import Merger
    from bot.index import SearchIndex
    from bot.index.full_texts import FullTextIndex
    from bot.index.opensearch.index import OpenSearchIndex
    from bot.records.models import Record
    from bot.search import worded
    from bot.search.examples import Examples
    from bot.search.full_text import FullTextSearch
    from bot.search.worded import Summarising
    from bot.sources.chat import client as chat_client
    from handlers.inbox import Inbox
    from handlers.people import SlackPeople
else:  # what most commands of a terminal never use
    zotero_connection = lazy("bot.app.zotero.connection")
    chat_client, worded = lazy("bot.sources.chat.client"), lazy("bot.search.worded")
    Corrections = late("bot.curation.corrections.Corrections")
    Library = late("bot.curation.lists.Library")
    PersonSettings = late("bot.curation.preferences.PersonSettings")
    Reports = late("bot.curation.reports.Reports")
    Digests = late("bot.digests.digest.Digests")
    Watches = late("bot.digests.watches.Watches")
    Citations = late("bot.formats.citations.Citations")
    AccessFinder = late("bot.harvest.access.AccessFinder")
    Adder = late("bot.harvest.adding.Adder")
    CitedBy = late("bot.harvest.cited_by.CitedBy")
    FullTexts = late("bot.harvest.full_texts.FullTexts")
    FullTextIndex = late("bot.index.full_texts.FullTextIndex")
    OpenSearchIndex = late("bot.index.opensearch.index.OpenSearchIndex")
    Examples = late("bot.search.examples.Examples")
    FullTextSearch = late("bot.search.full_text.FullTextSearch")
    Harvester = late("bot.harvest.harvester.Harvester")
    Imports = late("bot.harvest.imports.Imports")
    Checking = late("bot.harvest.integrity.Checking")
    Inbox = late("handlers.inbox.Inbox")
    SlackPeople = late("handlers.people.SlackPeople")

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The clock that everything is given, unless a test gives another."""
    return datetime.now(UTC)


def seeds_folder() -> Path:
    """Where the seeds are: in the installed package, or beside it in a checkout.

    Raises SeedsMissing.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_seeds", package.parent / "seeds"):
        if (folder / "taxonomy.yaml").is_file():
            return folder
    raise SeedsMissing("The bot's seeds are not where they belong.")


def open_store(settings: Settings, now: Callable[[], datetime] = utc_now) -> StateStore:
    """The store of these settings. Raises StoreError, or SettingsError without the extra."""
    if settings.database_url is not None:
        return StateStore.connect(settings.database_url.get_secret_value(), now=now)
    return StateStore.open(settings.database, now=now)


def open_index(settings: Settings, prepared: Prepared) -> SearchIndex:
    """The index of these settings; nothing is opened yet. Raises SettingsError."""
    if settings.index_url is not None:
        return OpenSearchIndex(settings.index_url.get_secret_value(), prepared)
    return TantivyIndex(settings.index_folder, settings.index_memory, prepared)


def build_services(settings: Settings, now: Callable[[], datetime] = utc_now) -> Services:
    """The store, the index and every service over them.

    Raises StoreError, IndexUnavailable, SeedsMissing or UnreadableFile.
    """
    store = open_store(settings, now)
    store.keep = _retention(settings)
    # A quarter of the memory for taking in records is for those that are on their way.
    prepared = Prepared(settings.index_memory * 250_000)
    index = CorrectedIndex(open_index(settings, prepared))
    vocabulary = _vocabulary(settings)
    harvester = Harvester(store, vocabulary, now, prepared)
    merger = cast("Merger", Late(lambda: harvester.merger))

    def take(items: Iterable[Record | Refusal], name: str) -> Report:
        return harvester.take(items, name)

    network = Network(settings, store, harvester, now)
    semantic = _semantic(settings, store)
    search = _search(store, index, vocabulary, semantic, now)
    labels = {concept.id: concept.label for concept in vocabulary.concepts.values()}
    watches = Watches(
        store, search, index, lambda understood: describe_query(understood, labels), now
    )
    corrections = Corrections(store, vocabulary, now)

    def seen_by(workspace: str) -> AbstractContextManager[None]:
        return corrections.seen_by(workspace)

    digests = Digests(store, watches, now, network.why_nothing_new, seen_by)
    workspaces = build_workspaces(settings, store, now)
    policy = Policy(settings.subscription_changes, settings.admin_ids, workspaces.is_served)
    bibliography = Bibliography(store, search)
    full_text_index = FullTextIndex(settings.full_text_folder, store.full_texts)
    full_text = FullTextSearch(store, full_text_index, index.stem)
    library = Library(store, now)
    return Services(
        store=store,
        index=index,
        library=library,
        preferences=PersonSettings(store.preferences),
        reports=Reports(store, now),
        vocabulary=vocabulary,
        search=search,
        lookup=Lookup(store, index, search),
        citations=Citations(journals=JournalNames(known=_lines("journals.txt"))),
        corrections=corrections,
        definitions=Definitions(vocabulary),
        evidence=EvidenceService(store, index, search, vocabulary),
        findings=FindingsService(
            index, search, vocabulary, full_text if settings.fulltext else None
        ),
        summarising=_summarising(settings, index.stem),
        similar=Similar(store, index, search, vocabulary),
        comparing=Comparing(index, search),
        citing=Citing(store, search),
        cited_by=CitedBy(store, network.ask, now),
        claims=Claims(bibliography, index.stem),
        examples=Examples(store, index, vocabulary, search, now),
        full_text=full_text,
        full_text_index=full_text_index,
        full_texts=FullTexts(store, network.full_texts, now),
        bibliography=bibliography,
        facets=FacetService(store, index, search, vocabulary, now),
        landscape=LandscapeService(index, search, vocabulary, now),
        harvester=harvester,
        imports=Imports(store, merger),
        adder=Adder(store, take, network.ask),
        access=AccessFinder(store, take, network.ask, now),
        checking=Checking(store, merger, network.checkers, now),
        harvesting=network.harvesting,
        completing=network.completing,
        merger=merger,
        semantic=semantic,
        watches=watches,
        digests=digests,
        subscriptions=Subscriptions(store, watches, digests, policy, now),
        clubs=Clubs(store, library, policy, now),
        workspaces=workspaces,
        people=SlackPeople(now),
        gate=_gate(settings, store, now),
        zotero=lambda: zotero_connection.standing(settings),
        inbox=Inbox(store.inbox, now, store.steady),
        settings=settings,
        now=now,
    )


def _retention(settings: Settings) -> Retention:
    return Retention(
        threads=timedelta(days=settings.keep_threads),
        audit=timedelta(days=settings.keep_audit),
        deliveries=timedelta(days=settings.keep_deliveries),
    )


def _vocabulary(settings: Settings) -> Vocabulary:
    imported = TermFolder(settings.vocabularies_folder)
    shipped = seeds_folder() / "taxonomy.yaml"
    return Vocabulary.load(shipped, settings.vocabulary, imported, settings.kept_folder)


def _gate(settings: Settings, store: StateStore, now: Callable[[], datetime]) -> Gate:
    least, limits = least_kinds(settings.rights), daily_limits(settings.daily)
    return Gate(least, limits, settings.admin_ids, store.deeds, now)


def _summarising(settings: Settings, stem: Callable[[str], str]) -> Summarising | None:
    """What words summaries, where an endpoint is set."""
    if settings.model_url is None:
        return None
    key, local = settings.secret("model_key"), settings.model_local
    model = chat_client.chat(settings.model_url, settings.model, key, local=local)
    return worded.Summarising(model, settings.model or settings.model_url, stem)


def _search(
    store: StateStore,
    index: CorrectedIndex,
    vocabulary: Vocabulary,
    meaning: MeaningIndex | None,
    now: Callable[[], datetime],
) -> Search:
    """What finds records, with the words and names of the seeds."""
    seeds = seeds_folder()
    language = Language(
        english=English(seeds / "english_words.txt.gz"),
        everyday=English(seeds / "everyday_words.txt"),
        everyday_names=_lines("everyday_names.txt"),
        elsewhere=_lines("words_elsewhere.txt"),
        journals=_lines("journals.txt"),
    )
    forms = Forms(form for command in COMMANDS for form in command.forms)
    return Search(store, index, vocabulary, now, language, meaning=meaning, forms=forms)


def _lines(name: str) -> tuple[str, ...]:
    """The lines of a file of the seeds, each with names of one thing."""
    return read_names(seeds_folder() / name)


def _semantic(settings: Settings, store: StateStore) -> MeaningIndex | None:
    """Finding by meaning where it is installed and not switched off."""
    if not settings.semantic:
        return None
    if absent := missing():
        if "semantic" in settings.model_fields_set:
            log.warning("TME_SEMANTIC has no effect: not installed: %s", ", ".join(absent))
        return None
    # Only here: who has it switched off needs none of it.
    from bot.index.meaning.vectors import SemanticRanking  # noqa: PLC0415

    return SemanticRanking(settings.semantic, settings.semantic_folder, store)


@contextmanager
def opened(settings: Settings, now: Callable[[], datetime] = utc_now) -> Iterator[Services]:
    """The services for as long as the block lasts. Raises what `build_services` raises."""
    with uncollected():
        services = build_services(settings, now)
    try:
        yield services
    finally:
        services.index.close()
        if services.semantic is not None:
            services.semantic.close()
        services.store.close()
        unsettle()


def build_router(services: Services) -> Router:
    """The router over these services, with every command of the bot."""
    return Router(services, COMMANDS)
