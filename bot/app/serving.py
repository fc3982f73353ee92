"""The other half of the composition root: router → Bolt app → a transport.

Apart from `composition`, because what answers in a terminal needs nothing of Slack.
"""

import faulthandler
import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType
from typing import TypeVar

from slack_bolt import App, BoltRequest
from starlette.routing import Route

from bot.app import logs
from bot.app.alarms import Alarms
from bot.app.background import (
    alarm_worker,
    check_worker,
    complete_workers,
    full_text_workers,
    harvest_worker,
    inbox_worker,
    index_workers,
    posting_workers,
    running,
    unrepeating,
    zotero_workers,
)
from bot.app.bolt import ANSWERERS, build_bolt, own_identity
from bot.app.composition import build_router, opened, seeds_folder
from bot.app.slack import web_client
from bot.app.startup import prepare, settle
from bot.app.supervised import notify
from bot.app.worker import Worker
from bot.digests.presence import reconcile
from bot.errors import IndexAway, SettingsError, StoreAway, StoreError, TmeError
from bot.settings import Settings
from bot.settings.slack import SlackMode, check_tokens, slack_mode
from bot.store.presence import left_by_crash
from handlers.health.metrics import routes, web
from handlers.health.service import Health, Process
from handlers.payload import workspace_of
from handlers.router import Request, Router, Surface
from handlers.services import Services
from handlers.transports import (
    REQUEST_SECONDS,
    HttpServer,
    HttpTransport,
    SlackAway,
    SocketTransport,
    Transport,
)
from handlers.workspaces import Installed, Workspaces

log = logging.getLogger(__name__)

T = TypeVar("T")

# The Messages tab is drawn by Slack.
_OF_NO_CONCERN = {
    "type": "event_callback", "event": {"type": "app_home_opened", "tab": "messages"}
}  # fmt: skip
# Beside questions for what is stored: what a slip, a list, a help page and no result load.
_UNLIKE_QUESTIONS = ("aquired resistence of macrophages", "help", "lists", "asdfgh")
# The longest pause between two tries of a start, in seconds, unless Slack asks for more.
LONGEST_PAUSE = 60.0
# A database server is our own: to be looked for oftener costs nobody anything.
STORE_PAUSE = 5.0
# How often the transport is looked after.
CHECK_SECONDS = 5.0


def patiently(stop: threading.Event, start: Callable[[], T]) -> T | None:
    """Start what takes Slack or a database server, as often as needed; None: stopped meanwhile.

    Raises what `start` raises but SlackAway and StoreAway.
    """
    pause, last = 1.0, ""
    while not stop.is_set():
        try:
            return start()
        except (SlackAway, StoreAway) as error:
            if error.message != last:
                log.warning("%s I keep trying.", error.message)
            last = error.message
            if isinstance(error, SlackAway):
                stop.wait(max(pause, error.wait))
            else:
                stop.wait(min(pause, STORE_PAUSE))
            pause = min(2 * pause, LONGEST_PAUSE)
    return None


def warm(router: Router, app: App) -> None:
    """Answer some questions before people ask: what only an answer loads is there for their first.

    Whoever answers has a thread and a connection to the store by then. Bolt, too, asks Slack who it
    is at its first request: here an event that nobody answers.
    """
    all_there = threading.Barrier(ANSWERERS)

    def begin(_number: int) -> None:
        router.services.store.sequence()
        all_there.wait()

    list(app.listener_runner.listener_executor.map(begin, range(ANSWERERS)))
    for question in (*router.services.examples.questions(), *_UNLIKE_QUESTIONS):
        router.answer(Request(question, Surface.DIRECT))
    if router.services.settings.slack_bot_token is not None:
        app.dispatch(BoltRequest(mode="socket_mode", body=_OF_NO_CONCERN))


def serve(settings: Settings, stop: threading.Event | None = None) -> None:
    """Serve Slack until SIGTERM, SIGINT or `stop`; answers under way are finished first.

    A Slack that cannot be reached, or has too much to do, is waited for, and so is a database
    server. Raises SettingsError for settings that cannot work.
    """
    slack_mode(settings)
    check_tokens(settings)
    logs.configure(settings.log_level, settings.log_format)
    if sys.__stderr__ is not None:
        faulthandler.enable(sys.__stderr__)  # what a watchdog aborts says where it was
    stop = stop or threading.Event()
    _stop_on_signals(stop)
    was_killed = left_by_crash(settings.database)
    with ExitStack() as all_open:
        notify("STATUS=Opening the store")
        services = patiently(stop, lambda: all_open.enter_context(opened(settings)))
        if services is None:
            return
        if isinstance(services.workspaces, Installed):
            # From now on the first key alone opens them.
            services.store.installations.reseal(services.workspaces.sealer.reseal)
        note_roles(settings, services)
        router = build_router(services)
        notify("STATUS=Waiting for Slack")
        app = patiently(stop, lambda: build_bolt(settings, router))
        if app is None:
            return
        notify("STATUS=Preparing the search index")
        try:
            prepare(services, seeds_folder())
        except IndexAway as error:  # every search says so until it is there
            log.warning("%s", error.as_line)
        warm(router, app)
        settle(services)
        _serve(services, app, stop, was_killed=was_killed)
    log.info("Stopped.")


def _serve(services: Services, app: App, stop: threading.Event, *, was_killed: bool) -> None:
    """Run the transport and every worker until `stop`."""
    settings, workspaces = services.settings, services.workspaces
    reconcile(services.store, services.digests, workspaces.is_served, services.now())
    client = unrepeating(web_client(settings, None), workspaces.token)
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
    alarms = Alarms(
        services, health.checks, operators_workspace(settings, workspaces), was_killed=was_killed
    )
    workers += [
        *index_workers(services),
        harvest_worker(services),
        check_worker(services),
        *complete_workers(services),
        *full_text_workers(services),
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


def operators_workspace(settings: Settings, workspaces: Workspaces) -> Callable[[], str] | None:
    """What finds the workspace of the operators' channel; None: it could be any of several."""
    named, _, _ = (settings.alarm_channel or "").rpartition("/")
    if named:
        workspace = named if "/" in named else f"/{named}"
        if not workspaces.is_served(workspace):
            log.warning("TME_ALARM_CHANNEL: the app is not installed in %s.", named)
        return lambda: workspace
    if not isinstance(workspaces, Installed):
        return lambda: workspace_of(dict(own_identity(settings)))
    if settings.alarm_channel is not None:
        log.warning(
            "TME_ALARM_CHANNEL names no workspace, so alarms are in the log alone: write T0…/%s.",
            settings.alarm_channel,
        )
    return None


@contextmanager
def health_door(settings: Settings, health: Health) -> Iterator[None]:
    """Answer `/healthz` and `/metrics` on a port of their own, where the settings name one.

    The usual port may be another's, such as a second server's: then there is a line in the log.
    Raises SettingsError where the port that a setting names cannot be had.
    """
    if settings.health_address is None:
        if settings.health and slack_mode(settings) is SlackMode.SOCKET:
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
    if slack_mode(settings) is SlackMode.SOCKET and token is not None:
        given = token.get_secret_value(), settings.slack_api_url, settings.sockets
        return SocketTransport(app, *given)
    return HttpTransport(app, settings.host, settings.port, others)


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
