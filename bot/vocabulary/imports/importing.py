"""From a vocabulary's file to its place in the data folder; read in a process of its own."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from bot import child
from bot.errors import UnreadableFile
from bot.vocabulary.imports import hgnc, mesh_ascii, mesh_xml
from bot.vocabulary.imports.source import HINT, Source, opened
from bot.vocabulary.imports.terms import Imported, Term
from bot.vocabulary.imports.terms_file import TermFolder
from bot.vocabulary.terms import name_key

_TITLES = {
    "mesh": "MeSH descriptors",
    "mesh-supplement": "MeSH supplementary concepts",
    "hgnc": "HGNC genes",
}
_TERM = TypeAdapter(Term)
_ROOT = re.compile(rb"<(\w+RecordSet)\b")


def import_file(
    path: Path, folder: TermFolder, now: datetime, on_progress: Callable[[int], object]
) -> Imported:
    """Take in one file, in place of what was imported from such a file before.

    `on_progress` is given how many terms are read. Raises UnreadableFile naming file, line and
    reason, or StoreError; then nothing has changed.
    """
    lines = child.lines(__name__, [str(path.absolute())], path, _limits(path))
    with closing(lines):
        name = next(lines).decode()
        about = Imported(name, _TITLES[name], path.name, now.isoformat(timespec="seconds"), 0, 0)
        return folder.replace(about, map(_TERM.validate_json, lines), name_key, on_progress)


def _limits(path: Path) -> child.Limits:
    """A packed file is up to twenty times as large: the largest, MeSH's, takes some minutes."""
    try:
        size = path.stat().st_size
    except OSError:
        size = 0  # the reader says what is wrong
    return child.Limits(seconds=120 + 20 * size // child.MIB, memory=2048 * child.MIB)


def read_terms(path: Path) -> Iterator[bytes]:
    """In the child: the name of the vocabulary, then its terms, a line of JSON each."""
    with opened(path) as source:
        name, terms = _reader(source)
        for number, term in enumerate(_some(source, terms)):
            if not number:
                yield name.encode()
            yield _TERM.dump_json(term)


def _reader(source: Source) -> tuple[str, Iterator[Term]]:
    """The name of the vocabulary that a file holds, and its terms."""
    start = source.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        root = _ROOT.search(source.head)
        found = root[1].decode("ascii", "replace") if root else ""
        if found in mesh_xml.NAMES:
            return mesh_xml.NAMES[found], mesh_xml.read(source, found)
    if start.startswith(mesh_ascii.START.encode()):
        return "mesh", mesh_ascii.read(source)
    if start.startswith(b"{"):
        return "hgnc", hgnc.read_json(source)
    if hgnc.is_table(source.head):
        return "hgnc", hgnc.read_table(source)
    raise UnreadableFile(
        f"{source.name}, line 1: neither MeSH descriptors nor supplementary concepts (XML), nor"
        " d20XX.bin, nor HGNC's genes (TSV or JSON)",
        HINT,
    )


def _some(source: Source, terms: Iterator[Term]) -> Iterator[Term]:
    """The terms, of which there must be one: an empty file would empty the vocabulary."""
    first = next(terms, None)
    if first is None:
        raise source.refusal(1, "holds no term")
    yield first
    yield from terms


if __name__ == "__main__":
    child.serve(lambda path: read_terms(Path(path)))
