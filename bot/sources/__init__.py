"""Where records come from. A source yields records; what becomes of them is decided elsewhere.

`bot.sources.base` says what a source is, `bot.sources.http` how it asks. `SOURCES` is an explicit
tuple: a source is one new file and one line here.
"""

from bot.sources.base import Batch, Deleted, Place, Rechecked, Source, SourceKind
from bot.sources.biorxiv import BIORXIV
from bot.sources.clinical_trials import CLINICAL_TRIALS
from bot.sources.crossref import CROSSREF
from bot.sources.datacite import DATACITE
from bot.sources.europe_pmc import EUROPE_PMC
from bot.sources.oai_pmh import OAI_PMH
from bot.sources.openalex import OPENALEX
from bot.sources.ora import ORA, ORA_SEARCH
from bot.sources.pubmed import PUBMED

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

__all__ = ["SOURCES", "Batch", "Deleted", "Place", "Rechecked", "Source", "SourceKind"]
