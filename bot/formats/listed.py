"""The file formats there are, those that are read and those that are written."""

from bot.formats.base import FileFormat, Writer
from bot.formats.bibtex import Bibtex
from bot.formats.csl_json import CslJson
from bot.formats.csv_table import CsvTable
from bot.formats.json_records import JsonRecords
from bot.formats.nbib import Nbib
from bot.formats.ris import Ris

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
