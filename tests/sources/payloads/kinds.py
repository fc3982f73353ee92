"""Which parser reads which kind of the real answers in the shared data folder."""

from bot.formats import Format
from bot.sources import SOURCES

# The folders of the shared data, where they are not called as the source is.
_KINDS = {"europe_pmc": "europepmc", "biorxiv": "biorxiv_medrxiv"}
# No real answer of the first is there; the others' are tried by tests of their own.
_ELSEWHERE = ("clinicaltrials", "oai_pmh", "ora_json")


# Every reader of answers; ORA's page is a text that a person saved.
PAYLOADS = tuple(r for kind in SOURCES for r in kind.readers if r.name != "ora")


def parsers() -> dict[str, Format]:
    """The parser of each kind in `data/payloads/INDEX.tsv` that a source reads."""
    return {_KINDS.get(p.name, p.name): p for p in PAYLOADS if p.name not in _ELSEWHERE}
