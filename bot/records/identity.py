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
_TELLING = {scheme: place for place, scheme in enumerate(Scheme)}


def accept_numbers_of(service: str) -> None:
    """Let a service's own numbers name works: each kind of source says whether they do."""
    _naming_services.add(service)


def strong_identifiers(record: Record) -> tuple[Identifier, ...]:
    """The identifiers that name this very work, most telling first."""
    strong = [i for i in record.identifiers if is_strong(i)]
    return tuple(sorted(strong, key=lambda i: _TELLING[i.scheme]))


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


def new_id(record: Record, audience: str = "") -> str:
    """A stable id for a work not stored yet: the same work gets the same id in every store.

    Where one workspace alone sees it (`audience`), that workspace has its own.
    """
    strong = strong_identifiers(record)
    key = f"{strong[0].scheme}:{strong[0].value}" if strong else content_key(record)
    return "w" + hashlib.sha256(f"{audience}{key}".encode()).hexdigest()[:12]


def stated_hash(version: Record) -> str:
    """The hash of what a version of a work says, whoever brought it and whatever it is tagged."""
    stated = version.model_dump_json(exclude=_ADDED, exclude_defaults=True)
    return hashlib.blake2b(stated.encode(), digest_size=16).hexdigest()


_ADDED = {"id", "first_seen", "concepts", "provenance", "shelf"}


def same_version(stored: Record, incoming: Record) -> bool:
    """Whether two records of one work are what one source says of it, earlier and now.

    One source may have two records of a work, its preprint's and its article's, or one with its DOI
    and one that was typed: those have no identifier in common and not the same content key. Each
    import of a file is a source of its own, so that it can be undone.
    """
    origins = _origins(stored)
    return bool(origins) and origins == _origins(incoming) and _same_names(stored, incoming)


def restates(later: Record, earlier: Record) -> bool:
    """Whether a person brought a file again, and this is what it says of the work now."""
    now, before = (_brought(record) for record in (later, earlier))
    if now is None or before is None or now[1:] != before[1:] or now[0] <= before[0]:
        return False
    return _same_names(later, earlier)


def _origins(record: Record) -> set[tuple[str, int | None, bool]]:
    return {(p.source, p.imported, p.file is not None) for p in record.provenance}


def _brought(record: Record) -> tuple[int, str, str | None, str | None] | None:
    """The import that a file's version is of, the file, whose it is and who sees it."""
    last = record.provenance[-1] if record.is_file else None
    if last is None or not last.file:
        return None
    return last.imported or 0, last.file, last.by, last.workspace


def _same_names(one: Record, other: Record) -> bool:
    """Whether two records of a work go by the same names."""
    mine, theirs = set(strong_identifiers(one)), set(strong_identifiers(other))
    if mine and theirs:
        return bool(mine & theirs)
    return content_key(one) == content_key(other)


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
