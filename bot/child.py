"""A process of its own that reads a file of somebody else's, and can be killed.

A reader meets whatever a file holds. In the child it has limits of memory and of processor time,
no environment (so no token) and may write no file; this process takes in what it yields a line at a
time, waits only so long for the next, and goes on whatever becomes of the child.
"""

import gc
import json
import os
import selectors
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore

from bot.errors import TmeError, UnreadableFile

MIB = 1024 * 1024
# As many files are read at once; each may take a processor and the memory of its limits.
AT_ONCE = 2
_free = BoundedSemaphore(AT_ONCE)
# What a line of the child begins with that is no item, and how it ends where it was not stopped.
_FAILED, _END = b"E", b"."
_OUT_OF_MEMORY = 77
_OUT_OF_TIME = -24  # SIGXCPU
SPLIT = "Split it and import the parts; what is stored already is not stored twice."


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take: seconds, bytes of memory, records, and refusals.

    `seconds` are of processor time in all; half the longest silence between two records.
    """

    seconds: int
    memory: int
    records: int = 1_000_000
    refusals: int = 20_000
    line: int = 16 * MIB

    @classmethod
    def of(cls, size: int) -> "Limits":
        """For a file of so many bytes: several times what the slowest reader was seen to take."""
        return cls(30 + 10 * size // MIB, min(768 * MIB + 24 * size, 4096 * MIB))


def lines(
    module: str, arguments: Sequence[str], path: Path, limits: Limits, *, given: bytes = b""
) -> Generator[bytes, None, None]:
    """What a module of ours yields (see `serve`) for these arguments and a file, in a child.

    The child gets what is `given` on its standard input, and has to read it before it yields.

    The child is killed whatever happens. Raises UnreadableFile: what the reader said, or at a
    limit, for which `path` is named.
    """
    if not _free.acquire(timeout=limits.seconds):
        raise UnreadableFile(
            f"{path.name} has to wait: {AT_ONCE} files are being read already.",
            "Try again in a minute.",
        )
    try:
        yield from _from_child(module, arguments, path, limits, given)
    finally:
        _free.release()


def serve(items: Callable[..., Iterable[bytes]]) -> None:
    """In the child, as the module's main: limit it, and write what `items` yields.

    It is called with the arguments that `lines` was given. No item begins with E or a full stop.
    """
    seconds, memory, *arguments = sys.argv[1:]
    _limit(int(seconds), int(memory))
    sys.exit(_written(items, arguments))


# -- in this process -----------------------------------------------------------------------


def _from_child(
    module: str, arguments: Sequence[str], path: Path, limits: Limits, given: bytes
) -> Iterator[bytes]:
    child = _started(module, arguments, path, limits)
    try:
        assert child.stdin is not None  # noqa: S101 - it was opened with one
        with suppress(BrokenPipeError), child.stdin as end:
            end.write(given)
        for line in _lines(child, path.name, limits):
            if line == _END:
                return
            if line[:1] == _FAILED:
                message, hint = json.loads(line[1:])
                raise UnreadableFile(message, hint)
            yield line
        raise _ended(child, path.name, limits)
    finally:
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()


def _started(
    module: str, arguments: Sequence[str], path: Path, limits: Limits
) -> "subprocess.Popen[bytes]":
    """The child, without anything of our environment but where Python and the package are."""
    package = Path(__file__).resolve().parents[1]
    try:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-B", "-X", "utf8", "-m", module,
             str(limits.seconds), str(limits.memory), *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={
                "PYTHONPATH": str(package), "PATH": os.environ.get("PATH", ""),
                "PYDANTIC_DISABLE_PLUGINS": "__all__",  # it would look for some in every package
            },
        )  # fmt: skip
    except OSError as error:
        raise UnreadableFile(
            f"{path.name} cannot be read: no process could be started ({error.strerror}).",
            "Try again in a minute.",
        ) from error


def _lines(child: "subprocess.Popen[bytes]", name: str, limits: Limits) -> Iterator[bytes]:
    """The lines that a child writes; only the time spent waiting for it counts."""
    assert child.stdout is not None  # noqa: S101 - it was opened with one
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while selector.select(timeout=2 * limits.seconds):
            got = os.read(child.stdout.fileno(), MIB)
            if not got:
                return
            *whole, rest = (rest + got).split(b"\n")
            if len(rest) > limits.line:
                raise UnreadableFile(f"{name} has a record of more than 16 MiB.", SPLIT)
            yield from whole
    raise _too_slow(name, limits)


def _ended(child: "subprocess.Popen[bytes]", name: str, limits: Limits) -> UnreadableFile:
    """Why a child stopped in the middle: a limit, or a fault of ours."""
    code = child.wait()
    if code in {_OUT_OF_MEMORY, -9, -11}:  # its own word, the kernel's, a library's
        return UnreadableFile(
            f"{name} needs more than the {limits.memory // MIB:,} MiB of memory that reading it"
            " may take.",
            SPLIT,
        )
    if code == _OUT_OF_TIME:
        return _too_slow(name, limits)
    return UnreadableFile(f"{name} could not be read: its reader stopped ({code}).", SPLIT)


def _too_slow(name: str, limits: Limits) -> UnreadableFile:
    return UnreadableFile(
        f"{name} takes longer to read than the {limits.seconds} seconds that it may.", SPLIT
    )


# -- in the child --------------------------------------------------------------------------


def _limit(seconds: int, memory: int) -> None:
    """Bound what this process may take. Where a system has no such limits the parent's hold."""
    with suppress(ImportError):
        import resource  # noqa: PLC0415 - not everywhere

        # At the soft limit of time comes its own signal, at the hard one what memory ends with too.
        for what, soft, hard in (
            (resource.RLIMIT_CPU, seconds, seconds + 1),
            (resource.RLIMIT_AS, memory, memory),
            (resource.RLIMIT_FSIZE, 0, 0),
            (resource.RLIMIT_CORE, 0, 0),
        ):
            with suppress(OSError, ValueError):
                resource.setrlimit(what, (soft, hard))


def _written(items: Callable[..., Iterable[bytes]], arguments: Sequence[str]) -> int:
    out = sys.stdout.buffer
    gc.set_threshold(50_000, 20, 50)  # records are no cycles, and many are made
    try:
        for item in items(*arguments):
            out.write(item + b"\n")
            out.flush()  # what was read is not lost with what follows
        out.write(_END + b"\n")
    except TmeError as error:
        out.write(_FAILED + json.dumps([error.message, error.hint]).encode() + b"\n")
    except MemoryError:
        return _OUT_OF_MEMORY
    out.flush()
    return 0
