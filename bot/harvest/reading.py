"""Files that people bring, read in a process of their own that can be killed.

A reader meets whatever a file holds. In the child it has limits of memory and of processor time,
no environment (so no token) and may write no file; this process takes in its records a line at a
time, counts them, waits only so long for the next, and goes on whatever becomes of the child.
"""

import gc
import json
import os
import selectors
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from pydantic import TypeAdapter, ValidationError

from bot.errors import TmeError, UnreadableFile
from bot.formats import Format, Refusal
from bot.formats.base import Streamed, or_nothing
from bot.formats.json_records import JsonRecords
from bot.formats.retraction_watch import Entry
from bot.formats.retraction_watch import loads as load_notices
from bot.records.models import Record
from bot.sources import reader

if TYPE_CHECKING:
    from pypdf import PdfReader


@dataclass(frozen=True, slots=True)
class PdfText:
    """The beginning of a PDF: its own title ("" for none), what it declares, its pages."""

    title: str
    declared: str
    pages: tuple[str, ...]


Item: TypeAlias = Record | Refusal | Entry | PdfText

# Larger files are refused before they are read into memory.
LARGEST_FILE = 512 * 1024 * 1024
# A format is recognised by the beginning of a file.
_HEAD = 256 * 1024
_MIB = 1024 * 1024
# As many files are read at once; each may take a processor and the memory of its limits.
AT_ONCE = 2
_free = BoundedSemaphore(AT_ONCE)
# What a line of the child begins with, and how it ends where it was stopped.
_UNTITLED, _FAILED, _END = b"U", b"E", b"."
_ADAPTERS: dict[bytes, TypeAdapter[Any]] = {
    b"R": TypeAdapter(Record), b"F": TypeAdapter(Refusal), b"N": TypeAdapter(Entry),
    b"P": TypeAdapter(PdfText),
}  # fmt: skip
_KINDS: dict[type, bytes] = {Record: b"R", Refusal: b"F", Entry: b"N", PdfText: b"P"}
_OUT_OF_MEMORY = 77
_OUT_OF_TIME = -24  # SIGXCPU
# A paper names itself on its first pages; later ones name what it cites.
_FIRST_PAGES, _LONGEST_PAGE = 3, 20_000
# Where publishers declare a DOI (https://www.w3.org/submissions/2020/SUBM-prism-20200910).
_PRISM = ("http://prismstandard.org/namespaces/basic/2.0/", "doi")
_SPLIT = "Split it and import the parts; what is stored already is not stored twice."


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take: seconds, bytes of memory, records, and refusals.

    `seconds` are of processor time in all; half the longest silence between two records.
    """

    seconds: int
    memory: int
    records: int = 1_000_000
    refusals: int = 20_000
    line: int = 16 * _MIB

    @classmethod
    def of(cls, size: int) -> "Limits":
        """For a file of so many bytes: several times what the slowest reader was seen to take."""
        return cls(30 + 5 * size // _MIB, min(512 * _MIB + 24 * size, 4096 * _MIB))


def read_records(
    path: Path, format_name: str | None, at: datetime, limits: Limits | None = None
) -> Iterator[Record | Refusal]:
    """What a file yields, in its order. Raises UnreadableFile, on the first step or at a limit."""
    for item in _read("records", path, format_name, at, limits):
        if isinstance(item, Record | Refusal):
            yield item


def read_taggable(path: Path, at: datetime) -> Iterator[Record | Refusal]:
    """What of a file can be tagged, in its order: records, and JSON without a title too.

    Where there is none, the title is "". Raises UnreadableFile.
    """
    for item in _read("taggable", path, None, at, None):
        if isinstance(item, Record | Refusal):
            yield item


def read_notices(path: Path) -> Iterator[Entry | Refusal]:
    """The lines of the Retraction Watch CSV. Raises UnreadableFile."""
    for item in _read("notices", path, None, datetime.now(UTC), None):
        if isinstance(item, Entry | Refusal):
            yield item


def read_pdf(path: Path, limits: Limits | None = None) -> PdfText:
    """The first pages of a PDF, without pictures. Raises UnreadableFile."""
    for item in _read("pdf", path, None, datetime.now(UTC), limits):
        if isinstance(item, PdfText):
            return item
    raise UnreadableFile(f"{path.name} has no pages.", "Check that it is a PDF.")


# -- in this process -----------------------------------------------------------------------


def _read(
    job: str, path: Path, format_name: str | None, at: datetime, limits: Limits | None
) -> Iterator[Item]:
    limits = limits or Limits.of(_size(path))
    if not _free.acquire(timeout=limits.seconds):
        raise UnreadableFile(
            f"{path.name} has to wait: {AT_ONCE} files are being read already.",
            "Try again in a minute.",
        )
    try:
        yield from _counted(_from_child(job, path, format_name, at, limits), path.name, limits)
    finally:
        _free.release()


def _size(path: Path) -> int:
    """The size of a file that can be opened. Raises UnreadableFile."""
    with opened(path):
        return path.stat().st_size


def opened(path: Path) -> BinaryIO:
    """The file, open. Raises UnreadableFile where it is too large or cannot be opened."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UnreadableFile(f"{path.name} is larger than {LARGEST_FILE // _MIB} MiB.", _SPLIT)
        return path.open("rb")
    except OSError as error:
        raise UnreadableFile(
            f"{path.name} cannot be read: {error.strerror}.", "Check the path and its permissions."
        ) from error


def _counted(items: Iterator[Item], name: str, limits: Limits) -> Iterator[Item]:
    read = refused = 0
    for item in items:
        is_refusal = isinstance(item, Refusal)
        read, refused = read + (not is_refusal), refused + is_refusal
        if read > limits.records:
            raise UnreadableFile(f"{name} has more than {limits.records:,} records.", _SPLIT)
        if refused > limits.refusals:
            raise UnreadableFile(
                f"{name} has more than {limits.refusals:,} parts that cannot be read.",
                "Check that it is a file of references, and in which format.",
            )
        yield item


def _from_child(
    job: str, path: Path, format_name: str | None, at: datetime, limits: Limits
) -> Iterator[Item]:
    """The items of the child, until it says that they are all. Kills it whatever happens."""
    child = _started(job, path, format_name, at, limits)
    try:
        for line in _lines(child, path.name, limits):
            if line == _END:
                return
            yield _item(line, path.name)
        raise _ended(child, path.name, limits)
    finally:
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()


def _started(
    job: str, path: Path, format_name: str | None, at: datetime, limits: Limits
) -> "subprocess.Popen[bytes]":
    """The child, without anything of our environment but where Python and the package are."""
    allowed = [str(limits.seconds), str(limits.memory)]
    wanted = [job, str(path.absolute()), format_name or "", at.isoformat()]
    package = Path(__file__).resolve().parents[2]
    try:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-B", "-X", "utf8", "-m", __name__, *allowed, *wanted],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
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
            got = os.read(child.stdout.fileno(), _MIB)
            if not got:
                return
            *lines, rest = (rest + got).split(b"\n")
            if len(rest) > limits.line:
                raise UnreadableFile(f"{name} has a record of more than 16 MiB.", _SPLIT)
            yield from lines
    raise _too_slow(name, limits)


def _item(line: bytes, name: str) -> Item:
    """A line of the child as what it says. Raises the UnreadableFile that it reports."""
    kind, body = line[:1], line[1:]
    try:
        if kind in _ADAPTERS:
            item: Item = _ADAPTERS[kind].validate_json(body)
            return item
        if kind == _UNTITLED:
            return Record.model_validate_json(body).model_copy(update={"title": ""})
        message, hint = json.loads(body)
    except (ValidationError, ValueError) as error:
        raise UnreadableFile(f"{name} could not be read.", _SPLIT) from error
    raise UnreadableFile(message, hint)


def _ended(child: "subprocess.Popen[bytes]", name: str, limits: Limits) -> UnreadableFile:
    """Why a child stopped in the middle: a limit, or a fault of ours."""
    code = child.wait()
    if code in {_OUT_OF_MEMORY, -9, -11}:  # its own word, the kernel's, a library's
        return UnreadableFile(
            f"{name} needs more than the {limits.memory // _MIB:,} MiB of memory that reading it"
            " may take.",
            _SPLIT,
        )
    if code == _OUT_OF_TIME:
        return _too_slow(name, limits)
    return UnreadableFile(f"{name} could not be read: its reader stopped ({code}).", _SPLIT)


def _too_slow(name: str, limits: Limits) -> UnreadableFile:
    return UnreadableFile(
        f"{name} takes longer to read than the {limits.seconds} seconds that it may.", _SPLIT
    )


# -- in the child --------------------------------------------------------------------------


def _records(path: Path, format_name: str | None, at: datetime) -> Iterator[Item]:
    """The records of a file, read piece by piece where its format can be."""
    with opened(path) as file:
        head = file.read(_HEAD)
        chosen = _told_by(head, path.name, format_name)
        if isinstance(chosen, Streamed):
            file.seek(0)
            yield from or_nothing(chosen.load(file, "", at))
        else:
            data = head + file.read()
            yield from or_nothing(reader(data, path.name, format_name).loads(data, "", at))


def _told_by(head: bytes, name: str, format_name: str | None) -> Format | None:
    """What the beginning of a file is; None where it takes the whole of it to tell."""
    try:
        return reader(head, name, format_name)
    except UnreadableFile:
        return None


def _taggable(path: Path, _format_name: str | None, at: datetime) -> Iterator[Item]:
    data = path.read_bytes()
    chosen = reader(data, path.name)
    if isinstance(chosen, JsonRecords):
        chosen = JsonRecords(for_tagging=True)
    return chosen.loads(data, "", at)


def _notices(path: Path, _format_name: str | None, _at: datetime) -> Iterator[Item]:
    return load_notices(path.read_bytes())


def _said(element: Any) -> str:
    """The text in an element of XML."""
    return "".join(each.data for each in element.childNodes if each.nodeType == each.TEXT_NODE)


def _pdf(path: Path, _format_name: str | None, _at: datetime) -> Iterator[Item]:
    """The library stumbles over hostile files in many ways: all of them are one answer."""
    from pypdf import PdfReader  # noqa: PLC0415 - of every file that is brought few are one

    try:
        with opened(path) as file:
            pdf = PdfReader(file)
            is_open = not pdf.is_encrypted or bool(pdf.decrypt(""))
            if is_open:
                yield _beginning(pdf)
    except (MemoryError, TmeError):
        raise
    except Exception:
        raise UnreadableFile(
            f"{path.name} could not be read as a PDF.", "Paste its DOI or title instead."
        ) from None
    if not is_open:
        raise UnreadableFile(f"{path.name} is locked.", "Save it without its password.")


def _beginning(pdf: "PdfReader") -> PdfText:
    about: Mapping[str, object] = pdf.metadata or {}
    own = pdf.xmp_metadata
    values = [str(value) for value in about.values()]
    if own is not None:
        values += [str(own.dc_identifier), str(own.custom_properties.get("doi"))]
        values += [each.nodeValue or _said(each) for each in own.get_element("", *_PRISM)]
    pages = tuple(page.extract_text()[:_LONGEST_PAGE] for page in pdf.pages[:_FIRST_PAGES])
    return PdfText(str(about.get("/Title") or ""), "\n".join(values)[:_LONGEST_PAGE], pages)


_JOBS: dict[str, Callable[[Path, str | None, datetime], Iterator[Item]]] = {
    "records": _records, "taggable": _taggable, "notices": _notices,
    "pdf": _pdf,
}  # fmt: skip


def _line(item: Item) -> bytes:
    if isinstance(item, Record) and not item.title:
        return _UNTITLED + _dumped(b"R", item.model_copy(update={"title": "-"}))
    kind = _KINDS[type(item)]
    return kind + _dumped(kind, item)


def _dumped(kind: bytes, item: Item) -> bytes:
    return _ADAPTERS[kind].dump_json(item, exclude_defaults=True)


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


def _main(job: str, path: str, format_name: str, at: str) -> int:
    out = sys.stdout.buffer
    gc.set_threshold(50_000, 20, 50)  # records are no cycles, and many are made
    try:
        for item in _JOBS[job](Path(path), format_name or None, datetime.fromisoformat(at)):
            out.write(_line(item) + b"\n")
            out.flush()  # what was read is not lost with what follows
        out.write(_END + b"\n")
    except TmeError as error:
        out.write(_FAILED + json.dumps([error.message, error.hint]).encode() + b"\n")
    except MemoryError:
        return _OUT_OF_MEMORY
    out.flush()
    return 0


if __name__ == "__main__":
    _limit(int(sys.argv[1]), int(sys.argv[2]))
    sys.exit(_main(*sys.argv[3:]))
