"""Which parser reads which kind of the real answers in the shared data folder."""

from bot.formats import Format
from bot.sources.payloads.crossref import CrossrefPayload
from bot.sources.payloads.pubmed import PubMedPayload


def parsers() -> dict[str, Format]:
    """The parser of each kind in `data/payloads/INDEX.tsv` that a source reads."""
    return {
        "crossref": CrossrefPayload(),
        "pubmed": PubMedPayload(),
    }
