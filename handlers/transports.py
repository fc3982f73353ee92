"""How requests reach the listeners: over a socket the bot opens, or over HTTP that Slack opens."""

import logging
import re
import socket
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import uvicorn
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientNotConnectedError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.builtin.connection import Connection
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from starlette.applications import Starlette
from starlette.routing import Route

from bot.digests.outbox import PutOff
from bot.errors import SettingsError, TmeError
from handlers.trouble import LINE_BROKE, meaning, slack_code, trouble
from handlers.web import RECEIVERS, asgi, impatient

log = logging.getLogger(__name__)

# A ping this often; four unanswered in a row and the SDK takes the connection for dead.
PING_SECONDS = 5.0

SHUTDOWN_SECONDS = 5.0
# Slack sends a whole request at once; who takes longer is not Slack.
REQUEST_SECONDS = 10.0


class Transport(Protocol):
    """A way for requests to arrive, until it is closed."""

    def start(self) -> None:
        """Begin to receive, and return. Raises TmeError when that cannot be done."""

    def check(self) -> None:
        """Look after the connection; called every few seconds."""

    def is_connected(self) -> bool:
        """Whether requests can arrive now, as far as can be seen from here."""

    def close(self) -> None:
        """Stop receiving; requests that have arrived are still answered."""


class _Handler(SocketModeHandler):
    """The SDK's handler, which also acknowledges what Bolt cannot read, so that it ends there."""

    def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        """Take one request from the socket."""
        try:
            super().handle(client, req)
        except SlackClientNotConnectedError:
            log.warning("The socket closed before a request was acknowledged; Slack repeats it.")
        except Exception as error:
            log.warning("Dropped a request that is no Slack payload: %s", trouble(error))
            client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))


class SocketTransport:
    """Socket Mode: the bot opens connections to Slack, and opens them again when they are lost."""

    def __init__(self, app: App, app_token: str, api_url: str, sockets: int = 1) -> None:
        self._clients = [
            _Handler(
                app,
                app_token,
                logger=logging.getLogger(f"{__name__}.socket"),
                web_client=WebClient(token=app_token, base_url=api_url),
                auto_reconnect_enabled=True,
                ping_interval=PING_SECONDS,
                concurrency=RECEIVERS,
            ).client
            for _ in range(sockets)
        ]
        self._watches = [Watch(client) for client in self._clients]

    def start(self) -> None:
        """Connect. Raises SettingsError when Slack refuses the token, else SlackAway."""
        for client in self._clients:
            if client.wss_uri is not None:
                continue  # opened by a start that failed at a later one
            try:
                # Not by the SDK, which sleeps where Slack requires a pause, and cannot be stopped.
                uri = open_socket(client.web_client)
                client.wss_uri = uri
                client.connect()
            except (*LINE_BROKE, SlackClientNotConnectedError) as error:
                client.wss_uri = None
                raise refused(error, "SLACK_APP_TOKEN", "") from None
        # A handshake that fails the SDK tries again by itself, and raises nothing.
        opened = sum(client.is_connected() for client in self._clients)
        if opened == len(self._clients):
            log.info("Connected to Slack over Socket Mode.")
        else:
            log.warning("Slack's socket did not open yet; it is tried again.")

    def check(self) -> None:
        """Open a new connection where one has gone silent."""
        for watch in self._watches:
            watch.check()

    def is_connected(self) -> bool:
        """Whether a socket is open: Slack sends over whichever is."""
        return any(client.is_connected() for client in self._clients)

    def close(self) -> None:
        """Disconnect (slack_sdk takes about three seconds; all do so at once)."""
        with ThreadPoolExecutor(len(self._clients)) as pool:
            list(pool.map(lambda client: client.close(), self._clients))


class Watch:
    """Notices a lost socket sooner than the SDK's own monitor, and one that it never would.

    A connection that broke off without a word is given up by the SDK after five pings that could
    not be sent, most of a minute; one that never had its first pong, never. Here one ping that
    cannot be sent is enough, and so are two looks in a row without a first pong.
    """

    def __init__(self, client: SocketModeClient) -> None:
        self._client = client
        self._unanswered: Connection | None = None

    def check(self) -> None:
        """Look once, and open a new connection where this one is lost."""
        session = self._client.current_session
        # One that is closed is opened again by the SDK.
        if session is None or not session.is_active() or not self._is_lost(session):
            return
        log.warning("The socket is lost; opening a new one.")
        self._unanswered = None
        try:
            self._client.connect_to_new_endpoint(force=True)
        except (SlackApiError, OSError) as error:
            log.warning("No new socket yet: %s", type(error).__name__)

    def _is_lost(self, session: Connection) -> bool:
        if session.consecutive_check_state_error_count:
            return True
        if session.last_ping_pong_time is not None:
            return False
        seen_before, self._unanswered = session is self._unanswered, session
        return seen_before


class HttpServer:
    """A web application under uvicorn, on a thread of its own."""

    def __init__(self, web: Starlette, host: str, port: int, patience: float, setting: str) -> None:
        """`patience` is for one whole request; `setting` says where the address comes from."""
        self._host, self._port, self._setting = host, port, setting
        config = uvicorn.Config(
            web,
            http=impatient(patience),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=int(SHUTDOWN_SECONDS),
        )
        self._server = uvicorn.Server(config)
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen. Raises SettingsError when the address cannot be had."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        try:
            listener = socket.create_server((self._host, self._port), family=family)
        except OSError as error:
            raise SettingsError(
                f"Cannot listen on {self._host}:{self._port}: {error.strerror}.",
                f"Set {self._setting} to an address that is free.",
            ) from None
        self._port = listener.getsockname()[1]
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name=f"tme-http-{self._port}", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """The port it listens on, once started."""
        return self._port

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended by itself."""
        return self._thread is None or self._thread.is_alive()

    def close(self) -> None:
        """Finish the requests under way, then stop listening."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(timeout=2 * SHUTDOWN_SECONDS)


class HttpTransport(HttpServer):
    """HTTP: Slack opens connections to the bot."""

    def __init__(
        self,
        app: App,
        host: str,
        port: int,
        others: Sequence[Route] = (),
        patience: float = REQUEST_SECONDS,
    ) -> None:
        """`others` are answered at the same port."""
        super().__init__(asgi(app, others), host, port, patience, "TME_HOST and TME_PORT")

    def start(self) -> None:
        """Listen. Raises SettingsError when the address cannot be had."""
        super().start()
        log.info("Listening on http://%s:%d/slack/events", self._host, self._port)

    def check(self) -> None:
        """Raises TmeError when the server has ended by itself."""
        if not self.is_alive:
            raise TmeError("The HTTP server has stopped.", "See the log, and start it again.")

    def is_connected(self) -> bool:
        """Whether it listens; whether Slack reaches it cannot be seen from here."""
        return self.is_alive


class SlackAway(TmeError):
    """Slack does not take the bot now, and may later; `wait` is how many seconds it asks for."""

    code = "slack_away"
    hint = "Check the network, a proxy's settings and SLACK_API_URL, or wait."

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


# The token was good once: the app was removed, or its token revoked.
_A_WORD = re.compile(r"[a-z_]{2,60}")
_REVOKED = frozenset(("account_inactive", "token_expired", "token_revoked"))


def open_socket(client: WebClient) -> str:
    """The address of a new socket. Raises SettingsError, SlackAway."""
    hint = "Set it to an app-level token (xapp-…) with the scope connections:write."
    try:
        return str(client.apps_connections_open(app_token=client.token or "").get("url"))
    except (SlackApiError, *LINE_BROKE) as error:
        raise refused(error, "SLACK_APP_TOKEN", hint) from None


def refused(error: BaseException, setting: str, hint: str) -> TmeError:
    """What a refusal at the start means: a token that cannot work, or a Slack to be waited for."""
    if not isinstance(error, SlackApiError):
        return SlackAway("Slack could not be reached.")
    code, later = slack_code(error), meaning(error)
    if later is not None or code == "too_many_websockets":
        wait = later.seconds if isinstance(later, PutOff) else 0.0
        # A proxy's page in place of an answer says less than its status.
        word = code if _A_WORD.fullmatch(code) else f"HTTP {error.response.status_code}"
        return SlackAway(f"Slack does not take me now: {word}.", wait)
    if code in _REVOKED:
        hint = f"Install the app again, and set {setting} to its new token."
    return SettingsError(f"Slack refused {setting}: {code}.", hint)
