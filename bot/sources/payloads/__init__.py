"""What services answer with, read as records: one file a service, one line in `PAYLOADS`.

Pure: bytes in, records and refusals out. `tme parse FILE --as NAME` and `tme import` read saved
answers with it, and the sources read live ones.
"""

from bot.formats import FORMATS, Format, by_name, detect
from bot.sources.payloads.biorxiv import BiorxivPayload
from bot.sources.payloads.clinical_trials import ClinicalTrialsPayload
from bot.sources.payloads.crossref import CrossrefPayload
from bot.sources.payloads.datacite import DataCitePayload
from bot.sources.payloads.europe_pmc import EuropePmcPayload
from bot.sources.payloads.oai_pmh import OaiPayload
from bot.sources.payloads.openalex import OpenAlexPayload
from bot.sources.payloads.ora_json import OraJsonPayload
from bot.sources.payloads.pubmed import PubMedPayload
from bot.sources.payloads.unpaywall import UnpaywallPayload

__all__ = ["PAYLOADS", "READERS", "reader"]

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
READERS: tuple[Format, ...] = (*PAYLOADS, *FORMATS)


def reader(data: bytes, file_name: str, name: str | None = None) -> Format:
    """What reads a file: by name, else by what it looks like, an answer of a service or a format.

    Raises UnreadableFile when there is none.
    """
    if name is not None:
        named = (payload for payload in PAYLOADS if payload.name == name.lower())
        return next(named, None) or by_name(name)
    looking = (payload for payload in PAYLOADS if payload.recognises(data, file_name))
    return next(looking, None) or detect(data, file_name)
