"""Where records come from. A source yields records; what becomes of them is decided elsewhere.

`bot.sources.base` says what a source is, `bot.sources.http` how it asks. A source is one folder,
whose `SourceKind` says everything about it, and one line in `SOURCES`.
"""

from bot.formats import FORMATS, Format, by_name, detect
from bot.merging.choice import Trusts
from bot.records.models import Identifier, Scheme
from bot.sources.base import Batch, Deleted, Fetcher, Place, Rechecked, Source, SourceKind
from bot.sources.biorxiv.client import BIORXIV
from bot.sources.clinical_trials.client import CLINICAL_TRIALS
from bot.sources.crossref.client import CROSSREF
from bot.sources.datacite.client import DATACITE
from bot.sources.europe_pmc.client import EUROPE_PMC
from bot.sources.oai.client import OAI_PMH
from bot.sources.openalex.client import OPENALEX
from bot.sources.ora.client import ORA, ORA_SEARCH
from bot.sources.pubmed.client import PUBMED
from bot.sources.starter import LABELS
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
)


def harvested() -> tuple[SourceKind, ...]:
    """The kinds that a sources file may name."""
    return tuple(kind for kind in SOURCES if kind.harvested)


def readers() -> tuple[Format, ...]:
    """Everything that a file can be read as: the answers of sources first, then file formats."""
    return (*(reader for kind in SOURCES for reader in kind.readers), *FORMATS)


def reader(data: bytes, file_name: str, name: str | None = None) -> Format:
    """What reads a file: by name, else by what it looks like.

    Raises UnreadableFile when there is none.
    """
    return by_name(name, readers()) if name is not None else detect(data, file_name, readers())


def trusts() -> Trusts:
    """How far each source is trusted, by its name in provenance."""
    return {name: kind.trust for kind in SOURCES for name in (kind.name, *kind.labels)}


def labels() -> dict[str, str]:
    """What people call the sources and files that records are from, by the name in provenance."""
    found = {name: label for known in FORMATS for name, label in known.labels}
    found |= LABELS
    for kind in SOURCES:
        found |= {kind.name: kind.label, **kind.labels}
    return found


def fetchable() -> frozenset[Scheme]:
    """The schemes of which some source can be queried for a single work."""
    return frozenset(scheme for kind in SOURCES if kind.finds_works for scheme in kind.schemes)


def registered(identifier: Identifier) -> Identifier:
    """What names the work that a registry's number represents: papers may name a trial too."""
    for kind in SOURCES:
        if kind.registers is identifier.scheme:
            return Identifier(scheme=Scheme.SOURCE, value=f"{kind.name}:{identifier.value}")
    return identifier


__all__ = [
    "SOURCES",
    "Batch",
    "Deleted",
    "Fetcher",
    "Place",
    "Rechecked",
    "Source",
    "SourceKind",
    "fetchable",
    "harvested",
    "labels",
    "reader",
    "readers",
    "registered",
    "trusts",
]
