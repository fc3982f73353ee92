"""What makes two records the same work, by identifier or by what little else is known.

Lives below the store, which decides with it where an incoming record belongs; what the two then
become together is `bot.merging.merge`.
"""

import hashlib

from bot.records.models import Identifier, Record, Scheme
from bot.records.titles import Likeness, compare, read_title
from bot.text.folding import fold

# An identifier of these kinds names one work. An ISSN names a journal, an ORCID a person, an NCT
# number a trial that several papers may report.
STRONG_SCHEMES = frozenset(
    (Scheme.DOI, Scheme.PMID, Scheme.PMCID, Scheme.ARXIV, Scheme.ORA, Scheme.OAI, Scheme.ARK,
     Scheme.PUBS)
)  # fmt: skip
# The services that some works have no better name from than their own number there. Other services'
# numbers are names in addition to better ones.
_naming_services: set[str] = set()


def accept_numbers_of(service: str) -> None:
    """Let a service's own numbers name works: each kind of source says whether they do."""
    _naming_services.add(service)


def strong_identifiers(record: Record) -> tuple[Identifier, ...]:
    """The identifiers that name this very work, most telling first."""
    order = list(Scheme)
    strong = (i for i in record.identifiers if is_strong(i))
    return tuple(sorted(strong, key=lambda i: order.index(i.scheme)))


def is_strong(identifier: Identifier) -> bool:
    """Whether an identifier names one work."""
    if identifier.scheme is Scheme.SOURCE:
        return identifier.value.partition(":")[0] in _naming_services
    return identifier.valid and identifier.scheme in STRONG_SCHEMES


def content_key(record: Record) -> str:
    """What a record without strong identifiers is known by: title, first author, year, own id."""
    first = record.contributors[0].display_name if record.contributors else None
    local = record.identifier(Scheme.LOCAL)
    key = [fold(record.title), fold(first or ""), str(record.year or ""), local or ""]
    if not (local or (first and record.year)):
        # "Preface" alone names nothing: where it was has to agree as well.
        journal = record.journal.title if record.journal else None
        key += [fold(journal or ""), record.volume or "", record.issue or "", record.pages or ""]
    return "|".join(key)


def new_id(record: Record) -> str:
    """A stable id for a work not stored yet: the same work gets the same id in every store."""
    strong = strong_identifiers(record)
    key = f"{strong[0].scheme}:{strong[0].value}" if strong else content_key(record)
    return "w" + hashlib.sha256(key.encode()).hexdigest()[:12]


def same_version(stored: Record, incoming: Record) -> bool:
    """Whether two records of one work are what one source says of it, earlier and now.

    One source may have two records of a work, its preprint's and its article's, or one with its DOI
    and one that was typed: those have no identifier in common and not the same content key.
    """
    if not stored.provenance or not incoming.provenance:
        return False
    if {p.source for p in stored.provenance} != {p.source for p in incoming.provenance}:
        return False
    one, other = set(strong_identifiers(stored)), set(strong_identifiers(incoming))
    if one and other:
        return bool(one & other)
    return content_key(stored) == content_key(incoming)


def contradicts(stored: Record, incoming: Record) -> bool:
    """Whether two records that share an identifier are two works all the same.

    PubMed gives letters and corrections the DOI of the article that they are about, and some DOIs
    are simply wrong: two PMIDs and two titles tell. Where a source gives one work another title,
    only that title's being a notice's tells, and not where it is the same source, which may put
    its notice in the article's place.
    """
    pmids = {i.value for i in stored.identifiers if i.scheme is Scheme.PMID}
    others = {i.value for i in incoming.identifiers if i.scheme is Scheme.PMID}
    if stored.title == incoming.title or pmids & others:
        return False
    one, other = read_title(stored.title), read_title(incoming.title)
    if pmids and others:
        return one.about is not other.about or compare(one, other) is Likeness.DIFFERENT
    return one.about is not other.about and not same_version(stored, incoming)
