"""What a thread asks of other machines is over by a moment, however slowly they drip.

httpx2's timeouts are for one read each: a peer that sends a byte of its headers now and then meets
them for ever. Here every read and write of a client also ends by the deadline of its thread.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bot.lazy import lazy

if TYPE_CHECKING:
    import httpcore2
    import httpx2
else:
    httpcore2 = lazy("httpcore2")


class _Until(threading.local):
    """When the exchange of this thread is over, and on which clock; None: never."""

    moment: float | None = None
    clock: Callable[[], float] = time.monotonic


_UNTIL = _Until()


@contextmanager
def until(moment: float, clock: Callable[[], float] = time.monotonic) -> Iterator[None]:
    """Let everything that a `bound` client sends or reads in this thread end by a moment."""
    before = (_UNTIL.moment, _UNTIL.clock)
    _UNTIL.moment, _UNTIL.clock = moment, clock
    try:
        yield
    finally:
        _UNTIL.moment, _UNTIL.clock = before


class _Allowance(threading.local):
    """How many seconds the exchanges of this thread may still take together."""

    left: float = math.inf


_ALLOWANCE = _Allowance()


@contextmanager
def allowed(seconds: float) -> Iterator[None]:
    """Let all that this thread is `spending` in the block take so many seconds at most."""
    before, _ALLOWANCE.left = _ALLOWANCE.left, seconds
    try:
        yield
    finally:
        _ALLOWANCE.left = before


@contextmanager
def spending(clock: Callable[[], float] = time.monotonic) -> Iterator[float]:
    """A block that waits for another machine; when, by the clock, nothing of it is allowed more."""
    began = clock()
    try:
        yield began + _ALLOWANCE.left
    finally:
        _ALLOWANCE.left -= clock() - began


def bound(client: httpx2.Client) -> httpx2.Client:
    """The client, which keeps to `until`. httpx2 has no setting for its pool's network."""
    for transport in (client._transport, *client._mounts.values()):  # noqa: SLF001
        pool: Any = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = _backend(pool._network_backend)  # noqa: SLF001
    return client


def _within(timeout: float | None) -> float | None:
    """How long a read may last. Raises ReadTimeout where the exchange is over."""
    if _UNTIL.moment is None:
        return timeout
    left = _UNTIL.moment - _UNTIL.clock()
    if left <= 0:
        raise httpcore2.ReadTimeout("the exchange took too long")
    return left if timeout is None else min(timeout, left)


def _backend(network: httpcore2.NetworkBackend) -> httpcore2.NetworkBackend:
    # Made here and not at import: httpcore2 would make every start slower.
    class Stream(httpcore2.NetworkStream):
        def __init__(self, stream: httpcore2.NetworkStream) -> None:
            self._stream = stream

        def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
            return self._stream.read(max_bytes, _within(timeout))

        def write(self, buffer: bytes, timeout: float | None = None) -> None:
            self._stream.write(buffer, _within(timeout))

        def close(self) -> None:
            self._stream.close()

        def start_tls(self, *given: Any, **named: Any) -> httpcore2.NetworkStream:
            return Stream(self._stream.start_tls(*given, **named))

        def get_extra_info(self, info: str) -> Any:
            return self._stream.get_extra_info(info)

    class Backend(httpcore2.NetworkBackend):
        def connect_tcp(self, *given: Any, **named: Any) -> httpcore2.NetworkStream:
            return Stream(network.connect_tcp(*given, **named))

        def connect_unix_socket(self, *given: Any, **named: Any) -> httpcore2.NetworkStream:
            return Stream(network.connect_unix_socket(*given, **named))

        def sleep(self, seconds: float) -> None:
            network.sleep(seconds)

    return Backend()
