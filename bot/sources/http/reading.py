"""Reading what a source sends without trusting its size, its pace or its packing."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from bot.errors import SourceRefused, SourceUnavailable
from bot.lazy import lazy

if TYPE_CHECKING:
    import httpx2
else:
    httpx2 = lazy("httpx2")

# Not more than this is unpacked at a time: bytes.
_CHUNK = 64 * 1024
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the client puts up with. Sizes in bytes (unpacked), times in seconds.

    `read_seconds` is for one connection or read, `total_seconds` for a whole answer;
    `longest_wait` is the longest pause it sits out when a source asks for one.
    """

    largest_bytes: int = 32 * 1024 * 1024
    read_seconds: float = 30.0
    total_seconds: float = 180.0
    longest_wait: float = 300.0
    first_pause: float = 1.0
    tries: int = 5
    redirects: int = 3
    kept_bytes: int = 16 * 1024 * 1024


def read_body(
    response: httpx2.Response, limits: Limits, deadline: float, clock: Callable[[], float]
) -> bytes:
    """The whole body, unpacked piece by piece, so that no more than allowed is ever in memory.

    Raises SourceUnavailable past the deadline, SourceRefused when it is too large, or packed in a
    way that was not requested or is damaged.
    """
    host = response.url.host
    body = bytearray()
    for piece in _pieces(response, host):
        body += piece
        if len(body) > limits.largest_bytes:
            largest = limits.largest_bytes // (1024 * 1024)
            raise SourceRefused(f"{host} sent more than the {largest} MiB that are taken.")
        if clock() > deadline:
            raise too_slow(host, limits)
    return bytes(body)


def too_slow(host: str, limits: Limits) -> SourceUnavailable:
    """A source that was not done when its time was over."""
    return SourceUnavailable(f"{host} was still sending after {limits.total_seconds:.0f} s.")


def retry_after(header: str | None, now: datetime) -> float | None:
    """What a Retry-After header asks for, in seconds from now; None where it says nothing.

    Seconds or a date (RFC 9110, 10.2.3). Never negative; not more than a week.
    """
    text = (header or "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        seconds = float(text[:9])
    else:
        try:
            until = parsedate_to_datetime(text)
        except ValueError:
            return None
        seconds = ((until if until.tzinfo else until.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(seconds, 0.0), 7 * 86_400.0)


def clipped(text: str) -> str:
    """The beginning of something a stranger wrote, on one line."""
    printable = "".join(each if each.isprintable() else " " for each in text[:120])
    return " ".join(printable.split())


def _pieces(response: httpx2.Response, host: str) -> Iterator[bytes]:
    """The body unpacked, piece by piece as it comes."""
    if response.is_stream_consumed:  # by a transport that was passed in, and unpacked by it
        yield response.content
        return
    unpack = _unpacker(response, host)
    # Without a chunk size: with one, a body that drips would be kept back until it is full.
    for chunk in response.iter_raw():
        yield from unpack(chunk)


def _unpacker(response: httpx2.Response, host: str) -> Callable[[bytes], Iterator[bytes]]:
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding in ("", "identity"):
        return lambda chunk: iter((chunk,))
    if coding in ("gzip", "x-gzip", "deflate"):
        return _Gunzip(host).unpack
    raise SourceRefused(f"{host} packs its answers in a way that was not asked for.")


class _Gunzip:
    """Unpacks gzip (or zlib) a limited piece at a time: a small body may unpack to gigabytes."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._stream = self._new()

    def unpack(self, chunk: bytes) -> Iterator[bytes]:
        """The pieces of a chunk, each of 64 KiB at most. Raises SourceRefused when damaged."""
        while chunk:
            if self._stream.eof:
                # A gzip body may be several in a row; anything else that follows one is padding.
                if not chunk.startswith(_GZIP):
                    return
                self._stream = self._new()
            try:
                yield self._stream.decompress(chunk, _CHUNK)
            except zlib.error:
                raise SourceRefused(f"{self._host} sent a damaged gzip body.") from None
            chunk = self._stream.unconsumed_tail or self._stream.unused_data

    @staticmethod
    def _new() -> zlib._Decompress:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # 32: gzip or zlib, by its header
