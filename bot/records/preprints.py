"""Telling a preprint from the published work: by what the record says, and by its DOI."""

import re

from bot.records.models import Record, RelationKind, Scheme
from bot.text.folding import fold

# DOI prefixes and forms of preprint servers, each as the server mints them. The prefix 10.1101 is
# Cold Spring Harbor's, whose journals share it with bioRxiv and medRxiv: theirs begin with the
# journal's letters, preprints with a date or with six digits (https://www.biorxiv.org/about/FAQ).
_SERVER_DOIS = re.compile(
    r"""
    10\.1101/(?:\d{4}\.\d{2}\.\d{2}\.)?\d{6,8}(?:v\d+)?     # bioRxiv, medRxiv
    | 10\.64898/.+                                          # openRxiv, from 2025
    | 10\.48550/arxiv\..+                                   # arXiv
    | 10\.21203/rs\..+                                      # Research Square
    | 10\.20944/preprints.+                                 # Preprints.org
    | 10\.2139/ssrn\..+                                     # SSRN
    | 10\.26434/chemrxiv.+                                  # ChemRxiv
    | 10\.(?:31219|31234|31235|31222|35542)/osf\.io/.+      # OSF and its communities
    | 10\.22541/(?:au|essoar)\..+                           # Authorea
    | 10\.36227/techrxiv\..+                                # TechRxiv
    | 10\.2196/preprints\..+                                # JMIR
    | 10\.1590/scielopreprints\..+                          # SciELO
    """,
    re.VERBOSE,
)
_PREPRINT_WORDS = frozenset(("preprint", "preprints", "posted content", "working paper"))
_SERVERS = frozenset(
    ("biorxiv", "biorxiv org", "biorxiv the preprint server for biology", "medrxiv", "medrxiv org",
     "medrxiv the preprint server for health sciences", "arxiv", "arxiv org", "research square",
     "res sq", "preprints org", "ssrn", "ssrn electronic journal", "chemrxiv", "osf preprints",
     "authorea", "techrxiv")
)  # fmt: skip
_VERSION = re.compile(r"(?<=\d)(?:/v\d{1,2}|\.v\d{1,2}|-v\d{1,2}|v\d{1,2})$")
# F1000Research and its sisters number the versions of an article: 10.12688/f1000research.7177.2
_F1000 = re.compile(r"(10\.12688/[a-z0-9]+research\.\d+)\.\d{1,2}")


def is_preprint_doi(doi: str) -> bool:
    """Whether a DOI (in its normal form) was given by a preprint server."""
    return _SERVER_DOIS.fullmatch(doi) is not None


def doi_stem(doi: str) -> str:
    """A DOI without the version number that some servers put at its end."""
    numbered = _F1000.fullmatch(doi)
    if numbered:
        return numbered[1]
    return _VERSION.sub("", doi) if is_preprint_doi(doi) else doi


def is_preprint(record: Record) -> bool:
    """Whether the record is of a preprint and nothing in it says that it was published.

    A record of both, as merging makes it, is not: it is of the published work.
    """
    declared = {
        relation.identifier.value
        for relation in record.relations
        if relation.kind is RelationKind.HAS_PREPRINT
    }
    dois = [i.value for i in record.identifiers if i.scheme is Scheme.DOI]
    if any(not is_preprint_doi(doi) and doi in declared for doi in dois):
        dois = [doi for doi in dois if doi not in declared]
    if {fold(record.type or ""), fold(record.subtype or "")} & _PREPRINT_WORDS:
        return True
    if dois:
        return all(map(is_preprint_doi, dois))
    journal = fold(record.journal.title or "") if record.journal else ""
    return journal in _SERVERS or (not journal and record.identifier(Scheme.ARXIV) is not None)


def published_doi(record: Record) -> str | None:
    """The first DOI of the record that is not a preprint server's, or None."""
    dois = (i.value for i in record.identifiers if i.scheme is Scheme.DOI)
    return next((doi for doi in dois if not is_preprint_doi(doi)), None)
