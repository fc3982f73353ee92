"""Puts the playground together and runs it."""

import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Self

from slack_bolt import App
from slack_sdk import WebClient

from bot.playground.acts import Acts
from bot.playground.files import Files
from bot.playground.guard import Secrets
from bot.playground.handles import RESPONSE_LIFE, RESPONSE_USES, TRIGGER_LIFE, Handles, Target
from bot.playground.loopback import HOST, bound, reached_directly, serving, until_signal
from bot.playground.running import Gauge, TrackedExecutor
from bot.playground.server import Pages, asgi_app
from bot.playground.slack_api import SlackApi
from bot.playground.workspace import COLLEAGUE, JOURNAL_CLUB, LAB, Workspace

AppFactory = Callable[[WebClient], App]

PREFERRED_PORT = 8737
_ACTS_AT_ONCE = 8
_GRACE_SECONDS = 5.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create(
    app_factory: AppFactory,
    *,
    port: int = PREFERRED_PORT,
    now: Callable[[], datetime] = _utc_now,
    examples: Sequence[str] = (),
    pass_week: Callable[[], str] | None = None,
) -> "Playground":
    """Bind a port of 127.0.0.1 (`port`, or a free one where it is taken) for a playground.

    `app_factory` gets the client of the stand-in and returns the Bolt app. It is called when the
    playground starts, so that an app that calls `auth.test` while it is built is answered. `now`
    gives the time of messages; `examples` are messages to try; `pass_week`, where the page may let
    a week pass, does that and returns a line on it. Raises OSError when no port can be bound.
    """
    return Playground(app_factory, bound(port), now, examples, pass_week)


class Playground:
    """A workspace, its server and the Bolt app. Started once: by `serve`, `start` or `with`."""

    def __init__(
        self,
        app_factory: AppFactory,
        sock: socket.socket,
        now: Callable[[], datetime],
        examples: Sequence[str] = (),
        pass_week: Callable[[], str] | None = None,
    ) -> None:
        self._app_factory, self._socket, self._pass_week = app_factory, sock, pass_week
        self._port: int = sock.getsockname()[1]
        self.secrets = Secrets.make()
        self.workspace = Workspace(now, examples=tuple(examples), weeks=pass_week is not None)
        self._triggers: Handles[str] = Handles(now, TRIGGER_LIFE, 1)
        self._responses: Handles[Target] = Handles(now, RESPONSE_LIFE, RESPONSE_USES)
        self._files = Files()
        self._api = SlackApi(self.workspace, self._triggers, self._files, self.url)
        self._gauge = Gauge()
        self._acts: Acts | None = None
        self._app: App | None = None
        self._open = ExitStack()

    @property
    def url(self) -> str:
        """The address of the page, e.g. `http://127.0.0.1:8737/`."""
        return f"http://{HOST}:{self._port}/"

    @property
    def client(self) -> WebClient:
        """A client of the stand-in, as the Bolt app is given one."""
        return WebClient(token=self.secrets.bot, base_url=f"{self.url}api/")

    @property
    def app(self) -> App:
        """The Bolt app, once it was started. Raises RuntimeError before."""
        if self._app is None:
            raise RuntimeError("The playground was not started.")
        return self._app

    def start(self) -> None:
        """Serve in a thread of its own, build the Bolt app, and say hello in the channels.

        Raises what `app_factory` raises, with everything closed again.
        """
        with ExitStack() as opened:
            opened.callback(self._socket.close)
            opened.enter_context(reached_directly())
            workers = opened.enter_context(ThreadPoolExecutor(_ACTS_AT_ONCE, "playground-act"))
            pages = Pages(
                self.workspace,
                self._api,
                self._responses,
                self._files,
                self.secrets,
                workers,
                lambda: self._acts,
            )
            opened.enter_context(serving(asgi_app(pages, self._port), self._socket))
            opened.callback(self.workspace.feed.close)
            app = self._app = self._app_factory(self.client)
            tracked = TrackedExecutor.install(app)
            opened.callback(tracked.shutdown, wait=False, cancel_futures=True)
            opened.callback(self.settled, _GRACE_SECONDS)
            _welcome(self.workspace)
            self._acts = Acts(
                self.workspace,
                self._api,
                app,
                tracked,
                self._triggers,
                self._responses,
                f"{self.url}respond/",
                self._files,
                f"{self.url}files/",
                self._gauge,
                *([self._pass_week] if self._pass_week else []),
            )
            self._open = opened.pop_all()

    def stop(self) -> None:
        """Let listeners finish, answer the waiting polls, and close everything.

        May be called twice, and without a start.
        """
        self._acts = None
        self._open.close()
        self._socket.close()

    def serve(self, ready: Callable[[str], None] | None = None) -> None:
        """Serve until Ctrl-C or SIGTERM, then stop cleanly. For the main thread.

        `ready` is called with the address once the page can be opened.
        """
        with until_signal() as asked_to_stop, self:
            if ready is not None:
                ready(self.url)
            asked_to_stop.wait()

    def settled(self, seconds: float = 10.0) -> bool:
        """Wait until the bot has finished all its tasks; False after `seconds`."""
        return self._gauge.settled(seconds)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _welcome(workspace: Workspace) -> None:
    """A word from a colleague, so that no first visitor meets an empty room."""
    workspace.post(LAB, COLLEAGUE, "Welcome! Ask the bot in here with `/tme` and a few words.")
    workspace.post(
        LAB, COLLEAGUE, "What `/tme` finds only you can see, until you share it with the channel."
    )
    workspace.post(
        JOURNAL_CLUB, COLLEAGUE, "Mention `@tme` here and the bot answers in a thread, for us all."
    )
