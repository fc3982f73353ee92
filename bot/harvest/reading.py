"""Files that people bring, read in a process of their own (`bot.child`) into records."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, TypeAlias

from pydantic import TypeAdapter, ValidationError

from bot import child
from bot.child import MIB, SPLIT, Limits
from bot.errors import TmeError, UnreadableFile
from bot.formats import Format, Refusal
from bot.formats.base import Streamed, or_nothing
from bot.formats.json_records import JsonRecords
from bot.formats.retraction_watch import Entry
from bot.formats.retraction_watch import loads as load_notices
from bot.harvest.bringing import brought_by
from bot.records.identity import stated_hash
from bot.records.models import Provenance, Record
from bot.sources import reader

if TYPE_CHECKING:
    from pypdf import PdfReader

    from bot.vocabulary.tagging import Tagger


@dataclass(frozen=True, slots=True)
class PdfText:
    """The beginning of a PDF: its own title ("" for none), what it declares, its pages."""

    title: str
    declared: str
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Brought:
    """A record of a file, as its reader sent it: read in full only where that is needed.

    `stated` is the hash of what it says (`bot.records.identity.stated_hash`), `made` its fields in
    the index as JSON; empty where its reader did not tag it.
    """

    stated: str
    has_shelf: bool
    made: bytes
    line: bytes
    file: str

    def record(self) -> Record:
        """The record, tagged where `made` is given. Raises UnreadableFile."""
        record = _item(b"R" + self.line, self.file)
        assert isinstance(record, Record)  # noqa: S101 - what an R begins; for mypy
        return record


Item: TypeAlias = Record | Refusal | Entry | PdfText | Brought
# Where the words are that records are tagged with: the vocabulary's file, a team's own, and a
# folder for forms of them that are read faster.
Words: TypeAlias = tuple[Path, Path | None, Path | None]

# Larger files are refused before they are read into memory.
LARGEST_FILE = 512 * 1024 * 1024
# A format is recognised by the beginning of a file.
_HEAD = 256 * 1024
# What a line of the child begins with.
_UNTITLED, _BROUGHT = b"U", b"B"
# To read the words for tagging takes a second: a small file is tagged by who has read them already.
_TAGGED_FROM = MIB
_ADAPTERS: dict[bytes, TypeAdapter[Any]] = {
    b"R": TypeAdapter(Record), b"F": TypeAdapter(Refusal), b"N": TypeAdapter(Entry),
    b"P": TypeAdapter(PdfText),
}  # fmt: skip
_KINDS: dict[type, bytes] = {Record: b"R", Refusal: b"F", Entry: b"N", PdfText: b"P"}
# A paper names itself on its first pages; later ones name what it cites.
_FIRST_PAGES, _LONGEST_PAGE = 3, 20_000
# Where publishers declare a DOI (https://www.w3.org/submissions/2020/SUBM-prism-20200910).
_PRISM = ("http://prismstandard.org/namespaces/basic/2.0/", "doi")


class _Job(NamedTuple):
    """What the child is to do: a name in `_JOBS`, and what that takes."""

    name: str
    format_name: str | None = None
    words: Words | None = None
    known: bytes = b""


def read_records(
    path: Path, format_name: str | None, at: datetime, limits: Limits | None = None
) -> Iterator[Record | Refusal]:
    """What a file yields, in its order. Raises UnreadableFile, on the first step or at a limit."""
    for item in _read(_Job("records", format_name), path, at, limits):
        if isinstance(item, Record | Refusal):
            yield item


def read_brought(
    path: Path,
    format_name: str | None,
    at: datetime,
    words: Words | None = None,
    known: Callable[[], Iterable[str]] = tuple,
) -> Iterator[Brought | Refusal]:
    """What a file brings, in its order, as `bringing.brought_by` leaves it. Raises UnreadableFile.

    With `words` the reader of a large file tags its records and prepares them for the index: on
    another processor than that of the writer. Those whose hash is `known` it leaves as they are.
    """
    job = _Job("brought", format_name)
    if words and _size(path) >= _TAGGED_FROM:
        job = _Job("brought", format_name, words, b"".join(_short(each) for each in known()))
    for item in _read(job, path, at):
        if isinstance(item, Brought | Refusal):
            yield item


def read_taggable(path: Path, at: datetime) -> Iterator[Record | Refusal]:
    """What of a file can be tagged; JSON without a title has "" for it. Raises UnreadableFile."""
    for item in _read(_Job("taggable"), path, at):
        if isinstance(item, Record | Refusal):
            yield item


def read_notices(path: Path) -> Iterator[Entry | Refusal]:
    """The lines of the Retraction Watch CSV. Raises UnreadableFile."""
    for item in _read(_Job("notices"), path, datetime.now(UTC)):
        if isinstance(item, Entry | Refusal):
            yield item


def read_pdf(path: Path, limits: Limits | None = None) -> PdfText:
    """The first pages of a PDF, without pictures. Raises UnreadableFile."""
    for item in _read(_Job("pdf"), path, datetime.now(UTC), limits):
        if isinstance(item, PdfText):
            return item
    raise UnreadableFile(f"{path.name} has no pages.", "Check that it is a PDF.")


# -- in this process -----------------------------------------------------------------------


def _read(job: _Job, path: Path, at: datetime, limits: Limits | None = None) -> Iterator[Item]:
    limits = limits or Limits.of(_size(path))
    words = [str(each.absolute()) if each else "" for each in job.words or ()]
    wanted = [job.name, str(path.absolute()), job.format_name or "", at.isoformat(), *words]
    lines = child.lines(__name__, wanted, path, limits, given=job.known)
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
        if kind == _BROUGHT:
            stated, made, record = body.split(b"\t")
            return Brought(stated[1:].decode(), stated[:1] == b"s", made, record, name)
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


def _brought(
    path: Path, format_name: str | None, at: datetime, *words: str
) -> Iterator[Record | Refusal | Brought]:
    """The records of a file as it brings them; with the files of words, tagged and prepared."""
    given = sys.stdin.buffer.read()
    known = {given[at : at + _SHORT] for at in range(0, len(given), _SHORT)}
    stamp = Provenance(source="", at=at, file=path.name)
    for item in _records(path, format_name, at):
        if not isinstance(item, Record):
            yield item  # type: ignore[misc]  # a refusal: no notices are read here
            continue
        record, fields = brought_by(item, stamp), b""
        stated = stated_hash(record)
        if words and _short(stated) not in known:
            record, fields = _made(record, words)
        yield Brought(stated, record.shelf is not None, fields, _dumped(b"R", record), "")


def _short(stated: str) -> bytes:
    """The beginning of a hash: where two agree in it, the writer does what its reader left."""
    return bytes.fromhex(stated[: 2 * _SHORT])


_SHORT = 8


def _made(record: Record, words: Sequence[str]) -> tuple[Record, bytes]:
    """The record, tagged, and its fields in the index as JSON."""
    # Only here: most files are small, and tagged by the process that brings them.
    from bot.index.documents import fields  # noqa: PLC0415

    tagged = record.model_copy(update={"concepts": _tagger(*words).tag(record)})
    return tagged, json.dumps(fields(tagged), ensure_ascii=False).encode()


@cache
def _tagger(path: str, own: str, kept: str) -> "Tagger":
    """Made for the first record that is new: a file that is brought again needs none."""
    from bot.vocabulary import Vocabulary  # noqa: PLC0415
    from bot.vocabulary.tagging import tagger_of  # noqa: PLC0415

    of_team, forms = (Path(each) if each else None for each in (own, kept))
    return tagger_of(Vocabulary.load(Path(path), of_team, kept=forms).base)


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


_JOBS: dict[str, Callable[..., Iterator[Item]]] = {
    "records": _records, "brought": _brought, "taggable": _taggable, "notices": _notices,
    "pdf": _pdf,
}  # fmt: skip


def _line(item: Item) -> bytes:
    if isinstance(item, Brought):
        flag = b"s" if item.has_shelf else b"-"
        return _BROUGHT + b"\t".join((flag + item.stated.encode(), item.made, item.line))
    if isinstance(item, Record) and not item.title:
        return _UNTITLED + _dumped(b"R", item.model_copy(update={"title": "-"}))
    kind = _KINDS[type(item)]
    return kind + _dumped(kind, item)


def _dumped(kind: bytes, item: Item) -> bytes:
    return _ADAPTERS[kind].dump_json(item, exclude_defaults=True)


def _items(job: str, path: str, format_name: str, at: str, *words: str) -> Iterator[bytes]:
    read = _JOBS[job](Path(path), format_name or None, datetime.fromisoformat(at), *words)
    return map(_line, read)


if __name__ == "__main__":
    child.serve(_items)
