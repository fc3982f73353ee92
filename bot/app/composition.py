"""The composition root: settings → store, index → services → router → Bolt app → a transport.

Nothing else in the project builds a dependency.
"""

import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from urllib.error import URLError

from slack_bolt import App
from slack_bolt.error import BoltError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

import handlers
from bot.app.background import (
    check_worker,
    harvest_worker,
    index_workers,
    posting_workers,
    running,
    unrepeating,
)
from bot.app.startup import prepare, settle, unsettle
from bot.curation.corrections import Corrections
from bot.curation.lists import Library
from bot.curation.reports import Reports
from bot.digests.digest import Digests
from bot.digests.subscriptions import Policy, Subscriptions
from bot.digests.watches import Watches
from bot.errors import SeedsMissing, SettingsError
from bot.formats.citations import Citations
from bot.harvest.access import AccessFinder
from bot.harvest.adding import Adder
from bot.harvest.harvester import Harvester
from bot.harvest.integrity import Checker, Checkers, Checking
from bot.harvest.plan import Planned, load, sources_down
from bot.harvest.service import Harvesting
from bot.index.corrected import CorrectedIndex
from bot.index.meaning import MeaningIndex, missing
from bot.index.tantivy import TantivyIndex
from bot.playground.playground import PREFERRED_PORT, create
from bot.search.definitions import Definitions
from bot.search.evidence import EvidenceService
from bot.search.facets import Narrower
from bot.search.landscape import Surveyor
from bot.search.lookup import Lookup
from bot.search.search import Search
from bot.search.similar import Similar
from bot.settings import Settings, SlackMode
from bot.sources import Place, Source
from bot.sources.fetchers import FOR_A_PERSON, Fetchers, hosts, usual_places
from bot.sources.http.client import Pace, PoliteClient, Time
from bot.store import StateStore
from bot.vocabulary import Vocabulary
from bot.vocabulary.imports.terms_file import TermFolder
from handlers.admins import SlackAdmins, may_ask
from handlers.commands import COMMANDS
from handlers.delivery import TIMEOUT_SECONDS
from handlers.examples import first_questions
from handlers.router import Router
from handlers.services import Services
from handlers.transports import HttpTransport, SocketTransport, Transport, unreachable
from handlers.trouble import slack_code
from handlers.views.describing import describe_query

log = logging.getLogger(__name__)

# How many requests are answered at once; more wait their turn, already acknowledged.
ANSWERERS = 10


# How often the transport is looked after.
CHECK_SECONDS = 5.0


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


def build_services(settings: Settings, now: Callable[[], datetime] = utc_now) -> Services:
    """The store, the index and every service over them.

    Raises StoreError, IndexUnavailable, SeedsMissing or UnreadableFile.
    """
    store = StateStore.open(settings.database, now=now)
    index = CorrectedIndex(TantivyIndex(settings.index_folder, settings.index_memory))
    imported = TermFolder(settings.vocabularies_folder)
    vocabulary = Vocabulary.load(seeds_folder() / "taxonomy.yaml", settings.vocabulary, imported)
    harvester = Harvester(store, vocabulary, now)
    pace = Pace()
    ask = build_asking(settings, pace, now)
    semantic = _semantic(settings, store)
    search = Search(store, index, vocabulary, now, meaning=semantic)
    ask = build_asking(settings, pace, now)
    labels = {concept.id: concept.label for concept in vocabulary.concepts.values()}
    watches = Watches(store, search, index, lambda said: describe_query(said, labels), now)
    harvesting = build_harvesting(settings, store, harvester, pace, now)
    corrections = Corrections(store, vocabulary, now)
    digests = Digests(store, watches, now, lambda: _sources_down(harvesting), corrections.seen_by)
    policy = Policy(settings.subscription_changes, settings.admin_ids)
    return Services(
        store=store,
        index=index,
        library=Library(store, now),
        reports=Reports(store, now),
        vocabulary=vocabulary,
        search=search,
        lookup=Lookup(store, index, search),
        citations=Citations(),
        corrections=corrections,
        definitions=Definitions(vocabulary),
        evidence=EvidenceService(store, index, search, vocabulary),
        similar=Similar(store, index, search, vocabulary),
        narrower=Narrower(index, search, vocabulary, now),
        surveyor=Surveyor(index, search, vocabulary, now),
        harvester=harvester,
        adder=Adder(store, harvester.take, ask),
        access=AccessFinder(store, harvester.take, ask, now),
        checking=Checking(store, harvester.merger, checkers(ask), now),
        harvesting=harvesting,
        merger=harvester.merger,
        semantic=semantic,
        watches=watches,
        digests=digests,
        subscriptions=Subscriptions(store, watches, digests, policy, now),
        admins=SlackAdmins(now),
        settings=settings,
        now=now,
    )


def _sources_down(harvesting: Harvesting) -> str | None:
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
        hosts = {planned.place: planned.kind.interval}
        timing = Time(sleep=service.pause, now=now, pace=pace)
        client = PoliteClient(hosts, contact, timing=timing)
        try:
            yield planned.kind.harvest(client, Place(planned.address, now, planned.options))
        finally:
            client.close()

    service = Harvesting(store, harvester, lambda: load(settings.sources_file), open_source, now)
    return service


def build_asking(
    settings: Settings, pace: Pace, now: Callable[[], datetime]
) -> Callable[[], AbstractContextManager[Fetchers]]:
    """Opens what single works are asked of: where the sources file says, else the usual places."""

    @contextmanager
    def ask() -> Iterator[Fetchers]:
        contact = _contact(settings)
        planned = {each.kind.name: each for each in reversed(load(settings.sources_file))}
        own = {name: Place(each.address, now, each.options) for name, each in planned.items()}
        places = usual_places(own, now)
        timing = Time(now=now, pace=pace)
        client = PoliteClient(hosts(places), contact, limits=FOR_A_PERSON, timing=timing)
        try:
            yield Fetchers(client, places)
        finally:
            client.close()

    return ask


def checkers(ask: Callable[[], AbstractContextManager[Fetchers]]) -> Checkers:
    """Of what single works are asked of, those that know of notices about them."""

    @contextmanager
    def opened_checkers() -> Iterator[Sequence[Checker]]:
        with ask() as fetchers:
            yield fetchers.that_know_notices()

    return opened_checkers


def _contact(settings: Settings) -> str:
    """The address that every source is told. Raises SettingsError where none is set."""
    if settings.contact is None:
        raise SettingsError(
            "TME_CONTACT is not set.",
            "Set it to your e-mail address: sources ask who is asking them.",
        )
    return settings.contact


def _semantic(settings: Settings, store: StateStore) -> MeaningIndex | None:
    """Meaning-based ranking where it is switched on and installed."""
    if not settings.semantic:
        return None
    if absent := missing():
        log.warning("TME_SEMANTIC=yes has no effect: not installed: %s", ", ".join(absent))
        return None
    # Only here: numpy would make every start slower.
    from bot.index.meaning.vectors import SemanticRanking  # noqa: PLC0415

    return SemanticRanking(settings.semantic_folder, store)


@contextmanager
def opened(settings: Settings, now: Callable[[], datetime] = utc_now) -> Iterator[Services]:
    """The services for as long as the block lasts. Raises what `build_services` raises."""
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


def build_bolt(
    settings: Settings,
    router: Router,
    *,
    client: WebClient | None = None,
    process_before_response: bool = False,
) -> App:
    """A Bolt app with every listener of the bot.

    Without a `client` one is made from the settings and its token is tried; with one (a stand-in
    of Slack) it is used as it is. `process_before_response` answers before acknowledging, which
    only a test wants. Raises SettingsError when Slack refuses the token, TmeError when Slack
    cannot be reached.
    """
    bolt_log = logging.getLogger("bolt")
    # At WARNING and INFO Bolt logs whole requests, with what people wrote.
    bolt_log.setLevel(logging.DEBUG if settings.log_level == "DEBUG" else logging.ERROR)
    secret = settings.slack_signing_secret
    try:
        app = App(
            name="tme",
            logger=bolt_log,
            client=client or _web_client(settings),
            token_verification_enabled=client is None,
            signing_secret=secret.get_secret_value() if secret else "",
            process_before_response=process_before_response,
            raise_error_for_unhandled_request=True,
            listener_executor=ThreadPoolExecutor(ANSWERERS, thread_name_prefix="tme-answer"),
        )
    except BoltError as error:
        refusal = error.__context__
        code = slack_code(refusal) if isinstance(refusal, SlackApiError) else "not a token"
        raise SettingsError(
            f"Slack refused SLACK_BOT_TOKEN: {code}.",
            "Set it to the bot token (xoxb-…) of the installed app.",
        ) from None
    except (URLError, OSError):
        raise unreachable() from None
    handlers.register(app, router)
    return app


def may_ask_for_admins(settings: Settings) -> bool | None:
    """Whether Slack tells the bot who administers a workspace; None where it does not say.

    Raises TmeError where Slack refuses the token or cannot be reached.
    """
    try:
        return may_ask(_web_client(settings))
    except SlackApiError as error:
        raise SettingsError(
            f"Slack refused SLACK_BOT_TOKEN: {slack_code(error)}.",
            "Set it to the bot token (xoxb-…) of the installed app.",
        ) from None
    except OSError:
        raise unreachable() from None


def serve(settings: Settings, stop: threading.Event | None = None) -> None:
    """Serve Slack until SIGTERM, SIGINT or `stop`; answers under way are finished first.

    Raises SettingsError for settings that cannot work, TmeError when Slack cannot be reached.
    """
    settings.slack_mode()
    settings.check_tokens()
    configure_logging(settings.log_level)
    stop = stop or threading.Event()
    _stop_on_signals(stop)
    with opened(settings) as services:
        app = build_bolt(settings, build_router(services))
        prepare(services, seeds_folder())
        settle(services)
        transport = build_transport(settings, app, services.store.sequence)
        client = unrepeating(_web_client(settings))
        with running(
            *index_workers(services),
            harvest_worker(services),
            check_worker(services),
            *posting_workers(services, client),
        ):
            _run(transport, stop)
            app.listener_runner.listener_executor.shutdown(wait=True)
    log.info("Stopped.")


def _to_try(services: Services) -> list[str]:
    """Messages that a first visitor can send with a click: they find what is stored."""
    first, *rest = first_questions(services)
    return [f"/tme {first}", *(f"@tme {each}" for each in rest[:1]),
            *(f"/tme {each}" for each in rest[1:]), "/tme help"]  # fmt: skip


def demo(
    settings: Settings,
    services: Services,
    *,
    port: int = PREFERRED_PORT,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the playground until SIGTERM or SIGINT; `ready` hears its address.

    Raises SettingsError when no port can be had.
    """
    router = build_router(services)
    try:
        playground = create(
            lambda client: build_bolt(settings, router, client=client),
            port=port,
            now=services.now,
            examples=_to_try(services),
        )
    except OSError as error:
        raise SettingsError(
            f"The playground found no port to listen on: {error.strerror}.",
            "Give another one with --port.",
        ) from None
    settle(services)
    with running(*index_workers(services)), ExitStack() as posts:

        def started(address: str) -> None:
            # Only now is there somebody who takes what is posted.
            posts.enter_context(running(*posting_workers(services, unrepeating(playground.client))))
            if ready is not None:
                ready(address)

        playground.serve(started)


def build_transport(settings: Settings, app: App, check: Callable[[], object]) -> Transport:
    """The way Slack reaches the bot under these settings. Raises SettingsError."""
    token = settings.slack_app_token
    if settings.slack_mode() is SlackMode.SOCKET and token is not None:
        return SocketTransport(app, token.get_secret_value(), settings.slack_api_url)
    return HttpTransport(app, settings.host, settings.port, check)


def configure_logging(level: str) -> None:
    """Plain lines on standard error."""
    logging.basicConfig(
        level=level,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )


def _web_client(settings: Settings) -> WebClient:
    token = settings.slack_bot_token
    return WebClient(
        token=token.get_secret_value() if token else None,
        base_url=settings.slack_api_url,
        timeout=TIMEOUT_SECONDS,
        # A dropped connection is not tried again: a message must not be posted twice. A request
        # that Slack put off was not taken, so it may be.
        retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=1)],
    )


def _run(transport: Transport, stop: threading.Event) -> None:
    transport.start()
    try:
        while not stop.wait(CHECK_SECONDS):
            transport.check()
    finally:
        transport.close()


def _stop_on_signals(stop: threading.Event) -> None:
    """Let SIGTERM and SIGINT ask for an orderly end; a second one ends the process at once."""
    if threading.current_thread() is not threading.main_thread():
        return

    def ask(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
