"""The sources there are."""

from bot.sources.base import SourceKind
from bot.sources.biorxiv.client import BIORXIV
from bot.sources.clinical_trials.client import CLINICAL_TRIALS
from bot.sources.crossref.client import CROSSREF
from bot.sources.datacite.client import DATACITE
from bot.sources.europe_pmc.client import EUROPE_PMC, EUROPE_PMC_REFERENCES
from bot.sources.oai.client import OAI_PMH
from bot.sources.openalex.client import OPENALEX
from bot.sources.opencitations.client import OPENCITATIONS
from bot.sources.ora.client import ORA, ORA_SEARCH
from bot.sources.pubmed.client import PUBMED
from bot.sources.unpaywall.client import UNPAYWALL
from bot.sources.zotero.client import ZOTERO

# In the order in which they are listed, queried for a work, and tried on a file. PubMed has
# abstracts by section, subject headings and notices; Crossref knows every article's DOI; DataCite
# the DOIs of data, software and arXiv; the others what those do not have.
SOURCES: tuple[SourceKind, ...] = (
    PUBMED,
    CROSSREF,
    DATACITE,
    EUROPE_PMC,
    OPENALEX,
    BIORXIV,
    CLINICAL_TRIALS,
    OAI_PMH,
    ORA,
    ORA_SEARCH,
    ZOTERO,
    UNPAYWALL,
    EUROPE_PMC_REFERENCES,
    OPENCITATIONS,
)
