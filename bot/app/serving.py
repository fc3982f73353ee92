"""The other half of the composition root: router → Bolt app → a transport.

Apart from `composition`, because what answers in a terminal needs nothing of Slack.
"""

import logging
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import FrameType
from typing import TypeVar

from slack_bolt import App
from slack_bolt.error import BoltError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.app.background import (
    check_worker,
    complete_workers,
    full_text_workers,
    harvest_worker,
    inbox_worker,
    index_workers,
    posting_workers,
    running,
    unrepeating,
)
from bot.app.composition import build_router, opened, seeds_folder
from bot.app.startup import prepare, settle
from bot.errors import SettingsError, StoreError
from bot.settings import Settings, SlackMode
from handlers import listeners
from handlers.delivery import TIMEOUT_SECONDS
from handlers.people import scopes_in
from handlers.router import Router
from handlers.services import Services
from handlers.transports import (
    HttpTransport,
    SlackAway,
    SocketTransport,
    Transport,
    open_socket,
    refused,
)
from handlers.trouble import LINE_BROKE

log = logging.getLogger(__name__)

T = TypeVar("T")

# How many requests are answered at once; more wait their turn, already acknowledged.
ANSWERERS = 10
# The lowest level of a library's log that holds nothing of what is said.
_LOUD = {
    "bolt": logging.ERROR, "slack_bolt": logging.ERROR, "slack_sdk": logging.INFO,
    "httpx2": logging.WARNING, "httpx": logging.WARNING, "httpcore": logging.WARNING,
    "httpcore2": logging.WARNING, "asyncio": logging.INFO, "websockets": logging.INFO,
}  # fmt: skip
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
    keep_quiet()
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
    configure_logging(settings.log_level)
    stop = stop or threading.Event()
    _stop_on_signals(stop)
    with opened(settings) as services:
        note_roles(settings, services)
        router = build_router(services)
        app = patiently(stop, lambda: build_bolt(settings, router))
        if app is None:
            return
        prepare(services, seeds_folder())
        settle(services)
        transport = build_transport(settings, app, services.store.sequence)
        client = unrepeating(_web_client(settings))
        with running(
            *index_workers(services),
            harvest_worker(services),
            check_worker(services),
            *complete_workers(services),
            *full_text_workers(services),
            *posting_workers(services, client),
        ):
            with running(inbox_worker(services, app)):
                _run(transport, stop)
            app.listener_runner.listener_executor.shutdown(wait=True)
    log.info("Stopped.")


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
    keep_quiet()


def keep_quiet() -> None:
    """Keep what people write, and tokens, out of the logs of the libraries, at every level.

    Below these levels they log whole requests and answers, or addresses with keys in them.
    """
    for name, level in _LOUD.items():
        logging.getLogger(name).setLevel(level)


def _web_client(settings: Settings) -> WebClient:
    token = settings.slack_bot_token
    return WebClient(
        token=token.get_secret_value() if token else None,
        base_url=settings.slack_api_url,
        timeout=TIMEOUT_SECONDS,
        # A message must not be posted twice; the inbox knows what may be sent again.
        retry_handlers=[],
    )


def _run(transport: Transport, stop: threading.Event) -> None:
    patiently(stop, transport.start)
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
