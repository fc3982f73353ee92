"""A vocabulary's file, opened: plain or gzip, never whole in memory, its first bytes to look at."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from bot.errors import UnreadableFile

HINT = "`tme vocabulary import --help` lists the files that are read and where they come from."
_GZIP = b"\x1f\x8b"
_LOOK = 4_096
# The largest file in use, MeSH's supplementary concepts, is well below one gigabyte.
_MOST_BYTES = 4_000_000_000
_LONGEST_LINE = 1_000_000


@dataclass(frozen=True)
class Source:
    """An open file: its name, its first bytes, and its bytes from the beginning."""

    name: str
    head: bytes
    stream: BinaryIO

    def refusal(self, line: int, reason: str) -> UnreadableFile:
        """The error for what stands on `line`."""
        return UnreadableFile(f"{self.name}, line {line}: {reason}", HINT)

    def lines(self) -> Iterator[tuple[int, str]]:
        """The lines with their numbers, without line ends. Raises UnreadableFile."""
        number = 0
        while raw := self.stream.readline(_LONGEST_LINE):
            number += 1
            if len(raw) == _LONGEST_LINE:
                raise self.refusal(number, "the line is far too long for a vocabulary")
            try:
                yield number, raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError:
                raise self.refusal(number, "not UTF-8") from None


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Open a file for reading. Raises UnreadableFile, also for what goes wrong while it is read."""
    try:
        with path.open("rb") as raw:
            packed = raw.peek(2)[:2] == _GZIP
            plain = cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if packed else raw
            stream = io.BufferedReader(_Bounded(plain, path.name), _LOOK)
            yield Source(path.name, stream.peek(_LOOK)[:_LOOK], cast("BinaryIO", stream))
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise UnreadableFile(f"{path.name}: the gzip data is damaged or cut short", HINT) from None
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise UnreadableFile(f"{path.name}: {reason}", HINT) from error


class _Bounded(io.RawIOBase):
    """Stops a file that unpacks without end."""

    def __init__(self, inner: BinaryIO, name: str) -> None:
        super().__init__()
        self._inner, self._name, self._read = inner, name, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # whatever BufferedReader gives
        data = self._inner.read(len(view))
        self._read += len(data)
        if self._read > _MOST_BYTES:
            raise UnreadableFile(f"{self._name}: larger than {_MOST_BYTES:,} bytes", HINT)
        view[: len(data)] = data
        return len(data)
