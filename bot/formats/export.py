"""Service: a list of records as a file, for a reference manager, a manuscript or a spreadsheet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot import formats
from bot.formats import writer
from bot.records.models import Record

# What people call the formats, and the programs that read them.
_NAMES = {
    "bibtex": "bibtex", "biblatex": "bibtex", "bib": "bibtex", "latex": "bibtex",
    "overleaf": "bibtex", "jabref": "bibtex",
    "ris": "ris", "endnote": "ris", "zotero": "ris", "mendeley": "ris", "refworks": "ris",
    "citavi": "ris",
    "csl": "csl", "csl-json": "csl", "csl json": "csl", "json": "csl", "pandoc": "csl",
    "nbib": "nbib", "medline": "nbib",
    "csv": "csv", "excel": "csv", "xlsx": "csv", "xls": "csv", "spreadsheet": "csv",
}  # fmt: skip
# `papers as ris` names one format; "the RIS file of …" puts it first.
_LAST = re.compile(
    r"(?<!\S)(?:(?:as|in|to|into|for)\s+)?(?:an?\s+)?(?P<name>"
    + "|".join(sorted(map(re.escape, _NAMES), key=len, reverse=True))
    + r")(?:\s+(?:file|format|library|entry|entries))?\s*$",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"^(?:the\s+|an?\s+)?(?P<name>"
    + "|".join(sorted(map(re.escape, _NAMES), key=len, reverse=True))
    + r")(?:\s+file)?\s+(?:of|for)\s+",
    re.IGNORECASE,
)
# What people ask for that is not written: said, rather than taken for a word to search.
_FOREIGN = re.compile(
    r"(?:^|\s)(?:as|in|to|into)\s+(?:an?\s+)?(?P<name>docx?|word|pdf|html?|xml|te?xt|rtf|odt|markdown"
    r"|md|pptx?|powerpoint|ya?ml|parquet|google docs?)(?:\s+(?:file|document|format))?\s*$",
    re.IGNORECASE,
)
DEFAULT = "ris"


@dataclass(frozen=True, slots=True)
class Export:
    """A file to give away: its content, the name it is saved under, a title, how many records."""

    content: bytes
    name: str
    title: str
    count: int
    alt_text: str = ""


def split_format(words: str) -> tuple[str, str | None]:
    """What is to be exported, and the format that is named before or behind it; None: none is."""
    for pattern in (_LAST, _FIRST):
        if match := pattern.search(words):
            rest = words[: match.start()] + words[match.end() :]
            return rest.strip(" ,.:"), _NAMES[match["name"].lower()]
    return words.strip(), None


def foreign_format(words: str) -> str | None:
    """A format asked for at the end that is none of those written, as it was typed; or None."""
    match = _FOREIGN.search(words)
    return match["name"] if match else None


def not_written(name: str) -> tuple[str, str]:
    """That there is no such file, and what there is instead."""
    formats = (
        "`as ris` (EndNote, Zotero), `as bibtex`, `as csl`, `as nbib`, `as csv` (spreadsheets)"
    )
    return f"I write no {name} files.", f"These I write: {formats}."


def export(
    records: Sequence[Record], format_name: str, at: datetime, stem: str | None = None
) -> Export:
    """These records as one file, called `stem` or by the day and how many they are.

    Raises UnreadableFile for a format that is not written.
    """
    chosen = writer(format_name)
    called = stem or f"tme-{at:%Y-%m-%d}-{len(records)}"
    return Export(
        content=chosen.dumps(records).encode(),
        name=f"{called}{chosen.suffixes[0]}",
        title=f"{counted(len(records))} as {chosen.title}",
        count=len(records),
    )


def counted(number: int) -> str:
    """How many records, in words: "1 record", "1,200 records"."""
    return f"{number:,} {'record' if number == 1 else 'records'}"


def titles() -> dict[str, str]:
    """The formats that are written and can be asked for in words: their titles, by name.

    JSON is CSL-JSON to people; records whole, a line of JSON each, are for `tme export`.
    """
    return {
        known.name: known.title for known in formats.WRITERS if _NAMES.get(known.name) == known.name
    }
