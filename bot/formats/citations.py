"""Citations of records: formatted by pandoc from CSL-JSON, and as entries of other formats.

https://pandoc.org/MANUAL.html#citations; `bot.formats.styles` knows the styles by name.
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

from bot.errors import CitationUnavailable
from bot.formats import writer
from bot.formats.bibtex_writing import entry
from bot.formats.csl_writing import csl_item
from bot.formats.styles import USUAL, file_of
from bot.lazy import lazy
from bot.records.models import Record

pypandoc = lazy("pypandoc")

STYLES = USUAL

_CACHED = 512
_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation: plain text for each style, and entries by the name of their format."""

    formatted: Mapping[str, str]
    entries: Mapping[str, str]

    @property
    def bibtex(self) -> str:
        """The BibTeX entry, or "" where another format was asked for."""
        return self.entries.get("BibTeX", "")


class Citations:
    """Formats citations; safe from any thread. The last 512 are kept, by id and content."""

    def __init__(self, styles: Mapping[str, str] = STYLES, seconds: float = _SECONDS) -> None:
        """`styles` maps the names to show to names of CSL styles.

        `seconds` is how long pandoc may take for one style.
        """
        self._styles = dict(styles)
        self._seconds = seconds
        self._formatted = lru_cache(maxsize=_CACHED)(self._format)

    def cite(self, record: Record) -> Citation:
        """The citation of a record. Raises CitationUnavailable when pandoc does not answer."""
        formatted = self._formatted(_items([record]), tuple(self._styles.items()))
        return Citation({name: lines[0] for name, lines in formatted}, {"BibTeX": entry(record)})

    def in_style(self, records: Sequence[Record], name: str, style: str) -> Citation:
        """A list of references in one style, a line each, in the order in which they are given.

        Raises CitationUnavailable when pandoc does not answer or knows no such style.
        """
        [(_, lines)] = self._formatted(_items(records), ((name, style),))
        return Citation({name: "\n".join(lines)}, {})

    def as_entry(self, records: Sequence[Record], format_name: str) -> Citation:
        """Entries of a format to copy. Raises UnreadableFile for one that is not written."""
        chosen = writer(format_name)
        lean = chosen.name == "bibtex"  # an abstract is no part of what is copied into a text
        text = "\n\n".join(map(entry, records)) if lean else chosen.dumps(records).strip()
        return Citation({}, {chosen.title: text})

    def _format(
        self, items: str, styles: tuple[tuple[str, str], ...]
    ) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each style's lines. One process a style, side by side: pandoc takes one style a run."""
        with ThreadPoolExecutor(max_workers=len(styles)) as pool:
            lines = pool.map(lambda named: _lines(items, named[1], self._seconds), styles)
            return tuple(zip((name for name, _ in styles), lines, strict=True))


def _items(records: Sequence[Record]) -> str:
    """The records as CSL-JSON. A list is cited in the order in which it stands, by its ids."""
    items = [csl_item(record) | {"id": f"r{n}"} for n, record in enumerate(records, 1)]
    return json.dumps(items, ensure_ascii=False, sort_keys=True)


def _lines(items: str, style: str, seconds: float) -> tuple[str, ...]:
    """A formatted line for each item. Raises CitationUnavailable.

    Many styles know no article number, and want it in the place of the pages.
    """
    lines = _pandoc(items, style, seconds)
    read = json.loads(items)
    said = "\n".join(lines)
    unsaid = [each for each in read if each.get("number", "") not in said]
    if not unsaid:
        return lines
    for each in unsaid:
        each["page"] = each.pop("number")
    return _pandoc(json.dumps(read, ensure_ascii=False), style, seconds)


def _pandoc(items: str, style: str, seconds: float) -> tuple[str, ...]:
    """A formatted line for each item. Raises CitationUnavailable."""
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program and fixed options; text goes by stdin
            [pypandoc.get_pandoc_path(), "--from=csljson", "--to=plain", "--wrap=none",
             "--citeproc", f"--csl={file_of(style)}", "--sandbox"],
            input=items.encode(), capture_output=True, timeout=seconds, check=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise CitationUnavailable("Pandoc took too long to format the citation.") from None
    except (OSError, subprocess.CalledProcessError, KeyError):
        raise CitationUnavailable("The citation could not be formatted.") from None
    blocks = done.stdout.decode(errors="replace").split("\n\n")
    lines = tuple(line for block in blocks if (line := " ".join(block.split())))
    # Styles that number their references begin with the number, which one alone does not need.
    return (_unnumbered(lines[0]),) if len(lines) == 1 else lines


def _unnumbered(line: str) -> str:
    for mark in ("1. ", "[1] ", "[1]", "(1) ", "1) ", "1 "):
        if line.startswith(mark):
            return line.removeprefix(mark).strip()
    return line
