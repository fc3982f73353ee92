"""BibTeX and BibLaTeX, taken apart by bibtexparser, with LaTeX read as text.

A file is read in pieces that end before an entry, so that memory does not grow with it; `@string`
goes on to the next piece, a `crossref` finds its parent within one.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

from bot.formats.base import Refusal
from bot.formats.bibtex_entry import Fields, record_of, value_of
from bot.formats.bibtex_writing import pieces
from bot.formats.json_values import RefusedError
from bot.formats.lines import Lines
from bot.formats.text_files import TextFile
from bot.lazy import lazy
from bot.records.models import Record

if TYPE_CHECKING:
    from bibtexparser import model, splitter
    from bibtexparser.library import Library
else:
    model, splitter = lazy("bibtexparser.model"), lazy("bibtexparser.splitter")

# Entries that are no works.
_NO_WORKS = frozenset(("set", "xdata", "control", "jabref-meta"))
# In characters: cut before the next entry, or anywhere where none comes for long.
_PIECE = 200_000
_LONGEST_PIECE = 2_000_000
_ENTRY = re.compile(r"\s*@\s*\w+\s*[{(]")
_HEAD = re.compile(r"(?:\A|\n)\s*@\s*[A-Za-z]{3,20}\s*[{(][^\n]{0,200}[,\n]")
_REASON = re.compile(r"\s+")

# It logs every broken entry with its text; here each is a refusal with its line.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)


class Bibtex(TextFile):
    """BibTeX files, `.bib`."""

    name = "bibtex"
    title = "BibTeX"
    summary = "BibTeX or BibLaTeX"
    suffixes = (".bib", ".bibtex")
    aliases: tuple[str, ...] = ("bib", "biblatex")
    labels = (("bibtex", "a BibTeX file"),)

    def looks(self, head: str) -> bool:
        """An entry at the start of a line."""
        return bool(_HEAD.search(head)) and not head.lstrip().startswith(("<", "{", "["))

    def load(self, file: BinaryIO, source: str, at: datetime) -> Iterator[Record | Refusal]:
        """A record or a refusal for each entry. See `bot.formats.base.Streamed`."""
        lines = Lines(file)
        strings: dict[str, str] = {}
        for start, text in _pieces(lines):
            library = splitter.Splitter(text).split()
            _define(library, strings)
            for item in _items(library, start, strings):
                if isinstance(item, Refusal):
                    yield item
                    continue
                try:
                    yield record_of(item, lines.guessed, source or self.name, at)
                except RefusedError as refused:
                    yield Refusal(item.line, str(refused))

    def pieces(self, records: Iterable[Record]) -> Iterator[str]:
        """See `bot.formats.base.Writer`."""
        return pieces(records)


def _pieces(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Stretches of the file, each with the number of its first line, cut before an entry."""
    piece: list[str] = []
    start, size = 1, 0
    for number, line in lines:
        if size > _PIECE and (size > _LONGEST_PIECE or _ENTRY.match(line)):
            yield start, "\n".join(piece)
            piece, start, size = [], number, 0
        piece.append(line)
        size += len(line) + 1
    if piece:
        yield start, "\n".join(piece)


def _define(library: Library, strings: dict[str, str]) -> None:
    """Add the `@string`s of a piece to those before; of two with one name the first counts."""
    for block in library.blocks:
        if isinstance(block, model.String):
            strings.setdefault(block.key.lower(), value_of(str(block.value), strings))


def _items(library: Library, start: int, strings: dict[str, str]) -> Iterator[Fields | Refusal]:
    """The entries of a piece in file order, with what each has from its parent."""
    found: list[Fields | Refusal] = []
    for block in library.blocks:
        line = start + (block.start_line or 0)
        warnings: list[str] = []
        while isinstance(block, model.DuplicateFieldKeyBlock | model.DuplicateBlockKeyBlock):
            # The same name twice is untidy, and the entry is all there.
            if isinstance(block, model.DuplicateFieldKeyBlock):
                warnings += [f"duplicate_field:{name}" for name in sorted(block.duplicate_keys)]
            inner = block.ignore_error_block
            if inner is None:
                break
            block = inner  # noqa: PLW2901 - what the block wraps
        if isinstance(block, model.Entry):
            if block.entry_type.lower() not in _NO_WORKS:
                found.append(_fields(block, strings, line, warnings))
        elif isinstance(block, model.ParsingFailedBlock):
            found.append(Refusal(line, _reason(block.error)))
    parents = {item.key.lower(): item for item in found if isinstance(item, Fields) and item.key}
    for item in found:
        if isinstance(item, Fields):
            item.inherit(parents)
    yield from found


def _fields(
    entry: model.Entry, strings: dict[str, str], line: int, warnings: list[str]
) -> Fields | Refusal:
    try:
        return Fields.of(entry, strings, line, warnings)
    except RefusedError as refused:
        return Refusal(line, str(refused))


def _reason(error: Exception) -> str:
    stated = getattr(error, "abort_reason", None) or str(error)
    return f"broken entry: {_REASON.sub(' ', stated).strip()[:160]}" if stated else "broken entry"
