"""File formats. Adding one is one file, and one line in `FORMATS`.

What services answer with is read too, by readers of the same form that `bot.sources` adds: those
who reads a file hands in all there are.
"""

from collections.abc import Iterable

from bot.errors import UnreadableFile
from bot.formats.base import FileFormat, Format, Parsed, Refusal, Writer
from bot.formats.bibtex import Bibtex
from bot.formats.csl_json import CslJson
from bot.formats.csv_table import CsvTable
from bot.formats.json_records import JsonRecords
from bot.formats.nbib import Nbib
from bot.formats.ris import Ris

__all__ = [
    "FORMATS",
    "WRITERS",
    "Format",
    "Parsed",
    "Refusal",
    "Writer",
    "by_name",
    "detect",
    "writer",
]

# In the order in which a file is tried.
FORMATS: tuple[FileFormat, ...] = (
    Nbib(),
    Ris(),
    Bibtex(),
    CslJson(),
    JsonRecords(),
    CsvTable(),
)


# Those that are also written, in the order in which they are offered.
WRITERS: tuple[Writer, ...] = (Bibtex(), Ris(), CslJson(), Nbib(), CsvTable(), JsonRecords())


def detect(data: bytes, file_name: str, readers: Iterable[Format] = FORMATS) -> Format:
    """The first of the readers that recognises a file.

    Raises UnreadableFile naming the supported formats when there is none.
    """
    if not data.strip():
        raise UnreadableFile(f"{_shown(file_name)} is empty.", "Give a file with records in it.")
    for known in (supported := tuple(readers)):
        if known.recognises(data, file_name):
            return known
    listed = "; ".join(f"{known.name} ({known.summary})" for known in supported)
    raise UnreadableFile(
        f"{_shown(file_name)} is in none of the supported formats.", f"Supported formats: {listed}."
    )


def by_name(name: str, readers: Iterable[Format] = FORMATS) -> Format:
    """The reader of this name. Raises UnreadableFile naming those there are."""
    for known in (supported := tuple(readers)):
        if name.lower() in (known.name, *known.aliases):
            return known
    names = ", ".join(known.name for known in supported)
    raise UnreadableFile(f"There is no format {_shown(name)}.", f"The formats are: {names}.")


def writer(name: str) -> Writer:
    """The format of this name that can be written. Raises UnreadableFile naming those there are."""
    for known in WRITERS:
        if known.name == name.lower():
            return known
    names = ", ".join(known.name for known in WRITERS)
    raise UnreadableFile(f"Nothing is written as {_shown(name)}.", f"Written are: {names}.")


def _shown(name: str) -> str:
    """A name that came from outside, on one line and not too long."""
    return " ".join(name.split())[:100] or "The file"
