"""The other half of the composition root: router → Bolt app → a transport.

Apart from `composition`, because what answers in a terminal needs nothing of Slack.
"""

import faulthandler
import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any, TypeVar

from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
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
from bot.app.composition import build_router, credentials, opened, seeds_folder, web_client
from bot.app.manifest import manifest
from bot.app.startup import prepare, settle
from bot.app.supervised import notify
from bot.app.worker import Worker
from bot.digests.presence import reconcile
from bot.digests.subscriptions import NotInstalled
from bot.errors import IndexAway, SettingsError, StoreError, TmeError
from bot.settings import Settings
from bot.settings.slack import SlackMode, check_tokens, slack_mode
from bot.store.presence import left_by_crash
from handlers.health.metrics import routes, web
from handlers.health.service import Health, Process
from handlers.inbox import Inbox
from handlers.listeners.installing import oauth_settings
from handlers.listeners.listed import register
from handlers.payload import workspace_of
from handlers.people import scopes_in
from handlers.router import Request, Router, Surface
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
from handlers.trouble import LINE_BROKE
from handlers.views import errors
from handlers.workspaces import Installed, OneWorkspace, Workspaces

log = logging.getLogger(__name__)

T = TypeVar("T")

# The Messages tab is drawn by Slack.
_OF_NO_CONCERN = {
    "type": "event_callback", "event": {"type": "app_home_opened", "tab": "messages"}
}  # fmt: skip
# Beside questions for what is stored: what a slip, a list, a help page and no result load.
_UNLIKE_QUESTIONS = ("aquired resistence of macrophages", "help", "lists", "asdfgh")
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
    logs.keep_quiet()
    secret, workspaces = settings.slack_signing_secret, router.services.workspaces
    oauth, unknown = None, errors.error(NotInstalled("I am not installed in this workspace."))
    if isinstance(workspaces, Installed):
        own, scopes = credentials(settings), manifest(settings)["oauth_config"]["scopes"]["bot"]
        oauth = oauth_settings(router.services, workspaces, own, scopes)
    elif client is None and isinstance(workspaces, OneWorkspace):
        workspaces.learn(_own_identity(settings))
    app = _Receiver(
        router.services.inbox,
        name="tme",
        logger=logging.getLogger("bolt"),
        client=client or web_client(settings, _bot_token(settings)),
        token_verification_enabled=False,
        oauth_settings=oauth,
        signing_secret=secret.get_secret_value() if secret else "",
        process_before_response=process_before_response,
        raise_error_for_unhandled_request=True,
        # Bolt's type says text; it answers with the whole message just as well.
        user_facing_authorize_error_message=unknown.payload(),
        listener_executor=ThreadPoolExecutor(ANSWERERS, thread_name_prefix="tme-answer"),
    )
    register(app, router)
    return app


class _Receiver(App):
    """Bolt's app, before whose acknowledgements no answer begins."""

    def __init__(self, inbox: Inbox, **options: Any) -> None:
        super().__init__(**options)
        self._inbox = inbox

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        """Take one request, as Bolt does."""
        with self._inbox.receiving():
            return super().dispatch(req)


def _own_identity(settings: Settings) -> Mapping[str, Any]:
    """Whose the bot token is, by Slack. Raises SettingsError, SlackAway."""
    try:
        answer = web_client(settings, _bot_token(settings)).auth_test()
    except (SlackApiError, *LINE_BROKE) as error:
        raise refused(error, "SLACK_BOT_TOKEN", BOT_TOKEN) from None
    return {"headers": answer.headers, **(answer.data if isinstance(answer.data, dict) else {})}


@dataclass(frozen=True, slots=True)
class BotIdentity:
    """Which bot and team a token is of, by Slack, and its scopes (None: it does not say)."""

    team: str
    bot: str
    scopes: tuple[str, ...] | None


def ask_slack(settings: Settings) -> BotIdentity:
    """Try the tokens, as a start would. Raises SettingsError when one is refused, SlackAway."""
    answer = _own_identity(settings)
    if settings.slack_app_token is not None:
        token = settings.slack_app_token.get_secret_value()
        open_socket(WebClient(token=token, base_url=settings.slack_api_url, retry_handlers=[]))
    return BotIdentity(
        str(answer.get("team")), str(answer.get("user")), scopes_in(answer["headers"])
    )


def patiently(stop: threading.Event, start: Callable[[], T]) -> T | None:
    """Start something that takes Slack, as often as it takes; None: it was stopped meanwhile.

    Raises what `start` raises but SlackAway.
    """
    pause, last = 1.0, ""
    while not stop.is_set():
        try:
            return start()
        except SlackAway as error:
            if error.message != last:
                log.warning("%s I try again until it does.", error.message)
            last = error.message
            stop.wait(max(pause, error.wait))
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

    A Slack that cannot be reached, or has too much to do, is waited for. Raises SettingsError for
    settings that cannot work.
    """
    slack_mode(settings)
    check_tokens(settings)
    logs.configure(settings.log_level, settings.log_format)
    if sys.__stderr__ is not None:
        faulthandler.enable(sys.__stderr__)  # what a watchdog aborts says where it was
    stop = stop or threading.Event()
    _stop_on_signals(stop)
    was_killed = left_by_crash(settings.database)
    with opened(settings) as services:
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
        return lambda: workspace_of(dict(_own_identity(settings)))
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


def _bot_token(settings: Settings) -> str | None:
    token = settings.slack_bot_token
    return token.get_secret_value() if token else None


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
