"""The other half of the composition root: router → Bolt app → a transport, and the playground.

Apart from `composition`, because what answers in a terminal needs nothing of Slack.
"""

import logging
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from types import FrameType
from urllib.error import URLError

from slack_bolt import App
from slack_bolt.error import BoltError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from bot.app.background import (
    check_worker,
    harvest_worker,
    index_workers,
    posting_workers,
    running,
    unrepeating,
)
from bot.app.composition import build_router, opened, seeds_folder
from bot.app.startup import prepare, settle
from bot.errors import SettingsError, StoreError
from bot.playground.playground import PREFERRED_PORT, create
from bot.settings import Settings, SlackMode
from handlers import listeners
from handlers.admins import may_ask
from handlers.delivery import TIMEOUT_SECONDS
from handlers.examples import first_questions
from handlers.router import Router
from handlers.services import Services
from handlers.transports import HttpTransport, SocketTransport, Transport, unreachable
from handlers.trouble import slack_code

log = logging.getLogger(__name__)

# How many requests are answered at once; more wait their turn, already acknowledged.
ANSWERERS = 10
# The lowest level of a library's log that holds nothing of what is said.
_LOUD = {
    "bolt": logging.ERROR, "slack_bolt": logging.ERROR, "slack_sdk": logging.INFO,
    "httpx2": logging.WARNING, "httpx": logging.WARNING, "httpcore": logging.WARNING,
    "httpcore2": logging.WARNING, "asyncio": logging.INFO, "websockets": logging.INFO,
}  # fmt: skip
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
    only a test wants. Raises SettingsError when Slack refuses the token, TmeError when Slack
    cannot be reached.
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
        code = slack_code(refusal) if isinstance(refusal, SlackApiError) else "not a token"
        raise SettingsError(
            f"Slack refused SLACK_BOT_TOKEN: {code}.",
            "Set it to the bot token (xoxb-…) of the installed app.",
        ) from None
    except (URLError, OSError):
        raise unreachable() from None
    listeners.register(app, router)
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
        note_roles(settings, services)
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


def note_roles(settings: Settings, services: Services) -> None:
    """Keep in the audit trail who may do what by the settings, whenever that has changed.

    What cannot be noted (a disk that is full) keeps no server from starting.
    """
    admins = ", ".join(sorted(settings.admin_ids)) or "none"
    roles = f"subscriptions are changed by: {settings.subscription_changes}; admins: {admins}"
    try:
        services.store.audit.note_roles(roles)
    except StoreError as error:
        log.warning("Roles were not noted: %s", error.code)


def _to_try(services: Services) -> list[str]:
    """Messages that a first visitor can send with a click: they find what is stored."""
    first, *rest = first_questions(services)
    mentioned = [f"@tme {each}" for each in rest[:1]]
    return [f"/tme {first}", *mentioned, *(f"/tme {each}" for each in rest[1:]), "/tme help"]


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
