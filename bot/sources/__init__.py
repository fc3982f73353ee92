"""Where records come from. A source yields records; what becomes of them is decided elsewhere.

`bot.sources.base` says what a source is, `bot.sources.http` how it asks. `SOURCES` is an explicit
tuple: a source is one new file and one line here.
"""

from bot.formats import FORMATS, Format, by_name, detect
from bot.sources.base import Batch, Deleted, Place, Rechecked, Source, SourceKind
from bot.sources.biorxiv.client import BIORXIV
from bot.sources.biorxiv.reader import BiorxivPayload
from bot.sources.clinical_trials.client import CLINICAL_TRIALS
from bot.sources.clinical_trials.reader import ClinicalTrialsPayload
from bot.sources.crossref.client import CROSSREF
from bot.sources.crossref.reader import CrossrefPayload
from bot.sources.datacite.client import DATACITE
from bot.sources.datacite.reader import DataCitePayload
from bot.sources.europe_pmc.client import EUROPE_PMC
from bot.sources.europe_pmc.reader import EuropePmcPayload
from bot.sources.oai.client import OAI_PMH
from bot.sources.oai.reader import OaiPayload
from bot.sources.openalex.client import OPENALEX
from bot.sources.openalex.reader import OpenAlexPayload
from bot.sources.ora.client import ORA, ORA_SEARCH
from bot.sources.ora.json import OraJsonPayload
from bot.sources.ora.page import OraPage
from bot.sources.pubmed.client import PUBMED
from bot.sources.pubmed.reader import PubMedPayload
from bot.sources.unpaywall.reader import UnpaywallPayload

SOURCES: tuple[SourceKind, ...] = (
    PUBMED,
    EUROPE_PMC,
    CROSSREF,
    OPENALEX,
    BIORXIV,
    CLINICAL_TRIALS,
    DATACITE,
    ORA,
    ORA_SEARCH,
    OAI_PMH,
)

# In the order in which a file is tried.
PAYLOADS: tuple[Format, ...] = (
    PubMedPayload(),
    EuropePmcPayload(),
    OpenAlexPayload(),
    BiorxivPayload(),
    ClinicalTrialsPayload(),
    UnpaywallPayload(),
    DataCitePayload(),
    CrossrefPayload(),
    OaiPayload(),
    OraJsonPayload(),
)
# Everything that a file can be read as.
READERS: tuple[Format, ...] = (*PAYLOADS, OraPage(), *FORMATS)


def reader(data: bytes, file_name: str, name: str | None = None) -> Format:
    """What reads a file: by name, else by what it looks like.

    Raises UnreadableFile when there is none.
    """
    if name is not None:
        return by_name(name, READERS)
    return detect(data, file_name, READERS)


__all__ = [
    "READERS",
    "SOURCES",
    "Batch",
    "Deleted",
    "Place",
    "Rechecked",
    "Source",
    "SourceKind",
    "reader",
]
