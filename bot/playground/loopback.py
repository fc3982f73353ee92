"""Serving on the loopback interface: the port, the thread, the way past proxies, the signal."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

HOST = "127.0.0.1"


def bound(preferred: int) -> socket.socket:
    """A socket that listens on the preferred port of 127.0.0.1, or on a free one.

    Raises OSError when there is none. It listens at once: who connects before the server runs
    waits for it instead of being turned away.
    """
    try:
        return _listening(preferred)
    except OSError:
        return _listening(0)


@contextmanager
def serving(app: ASGIApp, sock: socket.socket) -> Iterator[None]:
    """Serve the app on the socket, in a thread, inside the block. Logs nothing but errors."""
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
    )
    server = _Server(config)
    thread = threading.Thread(target=server.run, args=([sock],), name="playground", daemon=True)
    thread.start()
    server.ready.wait()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def reached_directly() -> Iterator[None]:
    """Keep requests to 127.0.0.1 from going to a proxy that the environment names."""
    before = os.environ.get("no_proxy")
    others = before or os.environ.get("NO_PROXY")
    os.environ["no_proxy"] = f"{others},{HOST}" if others else HOST
    try:
        yield
    finally:
        if before is None:
            del os.environ["no_proxy"]
        else:
            os.environ["no_proxy"] = before


@contextmanager
def until_signal() -> Iterator[threading.Event]:
    """An event that is set by Ctrl-C or SIGTERM inside the block. For the main thread."""
    requested = threading.Event()

    def ask(_: int, __: FrameType | None) -> None:
        requested.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield requested
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _listening(port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere it would let two servers share a port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((HOST, port))
        sock.listen(128)
    except (OSError, OverflowError):
        sock.close()
        raise
    return sock


class _Server(uvicorn.Server):
    """Tells when it has started, or has failed to."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.ready.set()
