"""The other half of the composition root: router → Bolt app → a transport.

Apart from `composition`, because what answers in a terminal needs nothing of Slack.
"""

import faulthandler
import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import TypeVar

from slack_bolt import App
from slack_bolt.error import BoltError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from starlette.routing import Route

from bot.app import logs
from bot.app.alarms import Alarms
from bot.app.background import (
    alarm_worker,
    check_worker,
    complete_workers,
    harvest_worker,
    inbox_worker,
    index_workers,
    posting_workers,
    running,
    unrepeating,
    zotero_workers,
)
from bot.app.composition import build_router, opened, seeds_folder
from bot.app.startup import prepare, settle
from bot.app.supervised import notify
from bot.app.worker import Worker
from bot.errors import SettingsError, StoreError, TmeError
from bot.settings import Settings, SlackMode
from bot.store.presence import left_by_crash
from handlers import listeners
from handlers.delivery import TIMEOUT_SECONDS
from handlers.health import Health, Process
from handlers.metrics import routes, web
from handlers.payload import workspace_of
from handlers.people import scopes_in
from handlers.router import Router
from handlers.services import Services
from handlers.transports import (
    REQUEST_SECONDS,
    HttpServer,
    HttpTransport,
    SlackAway,
    SocketTransport,
    Transport,
    open_socket,
    refused,
)
from handlers.trouble import LINE_BROKE, trouble

log = logging.getLogger(__name__)

T = TypeVar("T")

# How many requests are answered at once; more wait their turn, already acknowledged.
ANSWERERS = 10
# The longest pause between two tries of a start, in seconds, unless Slack asks for more.
LONGEST_PAUSE = 60.0
BOT_TOKEN = "Set it to the bot token (xoxb-…) of the installed app."  # noqa: S105 - a hint
# How often the transport is looked after.
CHECK_SECONDS = 5.0


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
    only a test wants. Raises SettingsError when Slack refuses the token, SlackAway when it cannot
    say now.
    """
    bolt_log = logging.getLogger("bolt")
    logs.keep_quiet()
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
        if not isinstance(refusal, SlackApiError):
            raise SettingsError("Slack refused SLACK_BOT_TOKEN: not a token.", BOT_TOKEN) from None
        raise refused(refusal, "SLACK_BOT_TOKEN", BOT_TOKEN) from None
    except LINE_BROKE as error:
        raise refused(error, "SLACK_BOT_TOKEN", BOT_TOKEN) from None
    listeners.register(app, router)
    return app


@dataclass(frozen=True, slots=True)
class Heard:
    """What Slack says of the bot token: whose it is, and its scopes (None: it does not say)."""

    team: str
    bot: str
    scopes: tuple[str, ...] | None


def ask_slack(settings: Settings) -> Heard:
    """Try the tokens, as a start would. Raises SettingsError when one is refused, SlackAway."""
    client = _web_client(settings)
    try:
        answer = client.auth_test()
    except (SlackApiError, *LINE_BROKE) as error:
        raise refused(error, "SLACK_BOT_TOKEN", BOT_TOKEN) from None
    if settings.slack_app_token is not None:
        token = settings.slack_app_token.get_secret_value()
        open_socket(WebClient(token=token, base_url=settings.slack_api_url, retry_handlers=[]))
    return Heard(str(answer.get("team")), str(answer.get("user")), scopes_in(answer.headers))


def patiently(stop: threading.Event, start: Callable[[], T]) -> T | None:
    """Start something that takes Slack, as often as it takes; None: it was stopped meanwhile.

    Raises what `start` raises but SlackAway.
    """
    pause, said = 1.0, ""
    while not stop.is_set():
        try:
            return start()
        except SlackAway as error:
            if error.message != said:
                log.warning("%s I try again until it does.", error.message)
            said = error.message
            stop.wait(max(pause, error.wait))
            pause = min(2 * pause, LONGEST_PAUSE)
    return None


def serve(settings: Settings, stop: threading.Event | None = None) -> None:
    """Serve Slack until SIGTERM, SIGINT or `stop`; answers under way are finished first.

    A Slack that cannot be reached, or has too much to do, is waited for. Raises SettingsError for
    settings that cannot work.
    """
    settings.slack_mode()
    settings.check_tokens()
    logs.configure(settings.log_level, settings.log_format)
    if sys.__stderr__ is not None:
        faulthandler.enable(sys.__stderr__)  # what a watchdog aborts says where it was
    stop = stop or threading.Event()
    _stop_on_signals(stop)
    was_killed = left_by_crash(settings.database)
    with opened(settings) as services:
        note_roles(settings, services)
        router = build_router(services)
        notify("STATUS=Waiting for Slack")
        app = patiently(stop, lambda: build_bolt(settings, router))
        if app is None:
            return
        notify("STATUS=Preparing the search index")
        prepare(services, seeds_folder())
        settle(services)
        _serve(services, app, stop, was_killed=was_killed)
    log.info("Stopped.")


def _serve(services: Services, app: App, stop: threading.Event, *, was_killed: bool) -> None:
    """Run the transport and every worker until `stop`."""
    settings, client = services.settings, unrepeating(_web_client(services.settings))
    workers: list[Worker] = []
    health = Health(
        services,
        Process(
            lambda: transport.is_connected(),  # noqa: PLW0108 - it is made below
            lambda: [(worker.name, worker.trouble) for worker in workers],
        ),
    )
    others = routes(health.checks) if settings.health == "public" else ()
    transport = build_transport(settings, app, others)
    alarms = Alarms(services, health.checks, lambda: _workspace(client), was_killed=was_killed)
    workers += [
        *index_workers(services),
        harvest_worker(services),
        check_worker(services),
        *complete_workers(services),
        *zotero_workers(services),
        *posting_workers(services, client),
        alarm_worker(alarms),
    ]
    answering = inbox_worker(services, app)
    with health_door(settings, health), running(*workers):
        workers.append(answering)
        with running(answering):
            _run(transport, services, workers, stop)
        app.listener_runner.listener_executor.shutdown(wait=True)


def _workspace(client: WebClient) -> str:
    """The owner of what is posted to the operators' channel."""
    try:
        return workspace_of(dict(client.auth_test().data))  # type: ignore[arg-type]
    except (SlackApiError, *LINE_BROKE) as error:
        raise SlackAway(f"Slack does not say who I am: {trouble(error)}.") from None


@contextmanager
def health_door(settings: Settings, health: Health) -> Iterator[None]:
    """Answer `/healthz` and `/metrics` on a port of their own, where the settings name one.

    The usual port may be another's, such as a second server's: then there is a line in the log.
    Raises SettingsError where the port that a setting names cannot be had.
    """
    if settings.health_address is None:
        if settings.health and settings.slack_mode() is SlackMode.SOCKET:
            log.warning("TME_HEALTH=public has no effect: Slack calls no port in Socket Mode.")
        yield
        return
    host, port = settings.health_address
    door = HttpServer(web(health.checks, host), host, port, REQUEST_SECONDS, "TME_HEALTH")
    try:
        door.start()
    except SettingsError as error:
        if "health" in settings.model_fields_set:
            raise
        log.warning("No /healthz and /metrics: %s", error.as_line)
        yield
        return
    log.info("Health at http://%s:%d/healthz and /metrics", host, door.port)
    try:
        yield
    finally:
        door.close()


def note_roles(settings: Settings, services: Services) -> None:
    """Keep in the audit trail who may do what by the settings, whenever that has changed.

    What cannot be noted (a disk that is full) keeps no server from starting.
    """
    admins = ", ".join(sorted(settings.admin_ids)) or "none"
    rights = settings.rights or "the usual"
    roles = f"rights: {rights}; subscriptions: {settings.subscription_changes}; admins: {admins}"
    try:
        services.store.audit.note_roles(roles)
    except StoreError as error:
        log.warning("Roles were not noted: %s", error.code)


def build_transport(settings: Settings, app: App, others: Sequence[Route] = ()) -> Transport:
    """The way Slack reaches the bot under these settings. Raises SettingsError.

    Over HTTP the port answers `others` too.
    """
    token = settings.slack_app_token
    if settings.slack_mode() is SlackMode.SOCKET and token is not None:
        return SocketTransport(app, token.get_secret_value(), settings.slack_api_url)
    return HttpTransport(app, settings.host, settings.port, others)


def _web_client(settings: Settings) -> WebClient:
    token = settings.slack_bot_token
    return WebClient(
        token=token.get_secret_value() if token else None,
        base_url=settings.slack_api_url,
        timeout=TIMEOUT_SECONDS,
        # A message must not be posted twice; the inbox knows what may be sent again.
        retry_handlers=[],
    )


def _run(
    transport: Transport, services: Services, workers: Sequence[Worker], stop: threading.Event
) -> None:
    """Serve until `stop`, and feed the supervisor's watchdog as long as this loop gets round.

    A lock that is never given back stops it, and with it the feeding. Raises TmeError where a
    worker has ended by itself: nothing is started again without a word.
    """
    patiently(stop, transport.start)
    notify("READY=1", "STATUS=Serving")
    try:
        while not stop.wait(CHECK_SECONDS):
            transport.check()
            if ended := [worker.name for worker in workers if worker.has_ended]:
                raise TmeError(f"Ended by itself: {', '.join(ended)}.", "See the log above.")
            with suppress(StoreError):  # it is said by the checks; only a hang is meant here
                services.store.sequence()
            notify("WATCHDOG=1")
    finally:
        notify("STOPPING=1")
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
