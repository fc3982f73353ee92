"""Citations of records: formatted in styles of CSL, and as entries of other formats.

`bot.formats.csl` formats them; `bot.formats.styles` knows the styles by name.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.errors import CitationUnavailable
from bot.formats import writer
from bot.formats.bibtex_writing import entry
from bot.formats.csl_writing import csl_item
from bot.formats.styles import USUAL, style_of
from bot.records.journals import JournalNames, dotted
from bot.records.models import Record
from bot.text.folding import fold

STYLES = USUAL

_CACHED = 512


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation: plain text for each style, and entries by the name of their format."""

    formatted: Mapping[str, str]
    entries: Mapping[str, str]

    @property
    def bibtex(self) -> str:
        """The BibTeX entry, or "" where another format was wanted."""
        return self.entries.get("BibTeX", "")


class Citations:
    """Formats citations; safe from any thread. The last 512 are kept, by id and content."""

    def __init__(
        self, styles: Mapping[str, str] = STYLES, journals: JournalNames | None = None
    ) -> None:
        """`styles` maps the names to show to names of CSL styles.

        `journals` knows the title and abbreviation of journals of which a record has only one.
        """
        self._styles = dict(styles)
        self._journals = journals or JournalNames()
        self._formatted = lru_cache(maxsize=_CACHED)(_lines)

    def cite(self, record: Record, style: str = "") -> Citation:
        """The citation of a record and its BibTeX, in the usual styles or in one, by its name.

        Raises CitationUnavailable for a style that is unknown.
        """
        items = self._items([record])
        wanted = {style: style_of(style) or style} if style else self._styles
        formatted = {name: self._formatted(items, known)[0] for name, known in wanted.items()}
        return Citation(formatted, {"BibTeX": entry(record)})

    def in_style(self, records: Sequence[Record], name: str, style: str) -> Citation:
        """A list of references in one style, a line each, in the order of the style.

        Raises CitationUnavailable for a style that is unknown.
        """
        return Citation({name: "\n".join(self._formatted(self._items(records), style))}, {})

    def as_entry(self, records: Sequence[Record], format_name: str) -> Citation:
        """Entries of a format to copy. Raises UnreadableFile for one that is not written."""
        chosen = writer(format_name)
        lean = chosen.name == "bibtex"  # an abstract is no part of what is copied into a text
        text = "\n\n".join(map(entry, records)) if lean else chosen.dumps(records).strip()
        return Citation({}, {chosen.title: text})

    def _items(self, records: Sequence[Record]) -> str:
        """The records as CSL-JSON: what is cited, and what a citation is kept by."""
        items = [csl_item(self._with_names(record)) for record in records]
        return json.dumps(items, ensure_ascii=False, sort_keys=True)

    def _with_names(self, record: Record) -> Record:
        """The record with the full title of its journal and, where that is known, the short one."""
        journal = record.journal
        if journal is None or not journal.title:
            return record
        full, short = journal.title, journal.abbreviation
        if known := self._journals.printed(full):
            short = short or known[1]
            if full.isupper() or fold(full) != fold(known[0]):
                full = known[0]
        if short:
            short = dotted(short, full)
        named = journal.model_copy(update={"title": full, "abbreviation": short})
        return record.model_copy(update={"journal": named})


def _lines(items: str, style: str) -> tuple[str, ...]:
    """A formatted line for each item. Raises CitationUnavailable.

    Many styles know no article number, and want it in the place of the pages.
    """
    from bot.formats.csl.bibliography import bibliography  # noqa: PLC0415 - brings a reader of XML

    read = json.loads(items)
    try:
        lines = bibliography(read, style)
        text = "\n".join(lines)
        missing = [each for each in read if each.get("number", "") not in text]
        for each in missing:
            each["page"] = each.pop("number")
        if missing:
            lines = bibliography(read, style)
    except KeyError:
        raise CitationUnavailable("The citation could not be formatted.") from None
    return lines
