"""Files that people bring, read in a process of their own (`bot.child`) into records."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from pydantic import TypeAdapter, ValidationError

from bot import child
from bot.child import MIB, SPLIT, Limits
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
# What a line of the child begins with.
_UNTITLED = b"U"
_ADAPTERS: dict[bytes, TypeAdapter[Any]] = {
    b"R": TypeAdapter(Record), b"F": TypeAdapter(Refusal), b"N": TypeAdapter(Entry),
    b"P": TypeAdapter(PdfText),
}  # fmt: skip
_KINDS: dict[type, bytes] = {Record: b"R", Refusal: b"F", Entry: b"N", PdfText: b"P"}
# A paper names itself on its first pages; later ones name what it cites.
_FIRST_PAGES, _LONGEST_PAGE = 3, 20_000
# Where publishers declare a DOI (https://www.w3.org/submissions/2020/SUBM-prism-20200910).
_PRISM = ("http://prismstandard.org/namespaces/basic/2.0/", "doi")


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
    wanted = [job, str(path.absolute()), format_name or "", at.isoformat()]
    lines = child.lines(__name__, wanted, path, limits)
    yield from _counted((_item(line, path.name) for line in lines), path.name, limits)


def _size(path: Path) -> int:
    """The size of a file that can be opened. Raises UnreadableFile."""
    with opened(path):
        return path.stat().st_size


def opened(path: Path) -> BinaryIO:
    """The file, open. Raises UnreadableFile where it is too large or cannot be opened."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UnreadableFile(f"{path.name} is larger than {LARGEST_FILE // MIB} MiB.", SPLIT)
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
            raise UnreadableFile(f"{name} has more than {limits.records:,} records.", SPLIT)
        if refused > limits.refusals:
            raise UnreadableFile(
                f"{name} has more than {limits.refusals:,} parts that cannot be read.",
                "Check that it is a file of references, and in which format.",
            )
        yield item


def _item(line: bytes, name: str) -> Item:
    """A line of the child as what it says. Raises UnreadableFile."""
    kind, body = line[:1], line[1:]
    try:
        if kind == _UNTITLED:
            return Record.model_validate_json(body).model_copy(update={"title": ""})
        item: Item = _ADAPTERS[kind].validate_json(body)
    except (KeyError, ValidationError, ValueError) as error:
        raise UnreadableFile(f"{name} could not be read.", SPLIT) from error
    return item


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


def _items(job: str, path: str, format_name: str, at: str) -> Iterator[bytes]:
    for item in _JOBS[job](Path(path), format_name or None, datetime.fromisoformat(at)):
        yield _line(item)


if __name__ == "__main__":
    child.serve(_items)
