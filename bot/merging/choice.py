"""Of several versions of one work, which one each field is taken from.

Trust comes before measure. What a service stated comes before what a person brought in a file,
however full the file is: a file fills what no service has, and never says that a work was
retracted. What one workspace brought is left out where anything is known that everybody sees,
unless that workspace is who looks.

Among services, in order: a version of the published work before a preprint; then what the field's
row in `RULES` measures (the fullest list of authors, an abstract with sections, the most precise
date); then the source that is trusted most with the row's area; then the version that was stored
first. Among files the same holds; of the imports of one file by one person the last counts.
What is missing in the best version is taken from the next. Identifiers, relations, notices and
keywords add up, within services or else within files.
Nothing depends on the order in which the versions came, but for two that are equal in everything.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bot.records.identity import is_strong, restates
from bot.records.models import (
    Access,
    AccessStatus,
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Known,
    Provenance,
    Record,
    Relation,
    RelationKind,
    Scheme,
    unique,
)
from bot.records.preprints import is_preprint


@dataclass(frozen=True, slots=True)
class Trust:
    """How far a source is trusted with each area of a record: the higher number goes first.

    `bibliographic` is what a citation prints, `kind` what sort of work it is, `access` who can read
    it, `repository` its deposit, downloads and own labels. 0 comes after every other: a file is as
    good as the person who typed it.
    """

    bibliographic: int = 0
    kind: int = 0
    access: int = 0
    repository: int = 0


NO_TRUST = Trust()
# By the name that a source has in provenance; one that is missing is trusted with nothing.
Trusts: TypeAlias = Mapping[str, Trust]
# Where no source says: then no source is trusted more than another.
EVEN: Trusts = {}
Area: TypeAlias = Literal["bibliographic", "kind", "access", "repository"]
Measure: TypeAlias = Callable[[Record], int | tuple[int, ...]]


def _authors(record: Record) -> tuple[int, int, int]:
    """How many are named, with given names written out, with an ORCID."""
    people = record.contributors
    named = sum(1 for person in people if person.display_name)
    spelt = sum(1 for p in people if p.given and len(p.given.split()[0].strip(".")) > 1)
    return named, sum(1 for person in people if person.orcid), spelt


def _abstract(record: Record) -> tuple[bool, int]:
    """Whether it has labelled sections, and how long it is."""
    labelled = sum(1 for section in record.sections if section.label) > 1
    return labelled, len(record.abstract or "")


def _readable(record: Record) -> bool:
    """Whether the title is more than capitals, in which some publishers deposit it."""
    return not record.title.isupper()


def _precision(record: Record) -> int:
    return len(str(record.published or ""))


def _openness(record: Record) -> tuple[int, bool]:
    order = list(reversed(AccessStatus))
    return order.index(record.access.status), record.access.licence is not None


def _review(record: Record) -> int:
    return (Known.UNKNOWN, Known.NO, Known.YES).index(record.peer_reviewed)


def _journal(record: Record) -> int:
    """How many of title, ISSN and EISSN are known."""
    journal = record.journal
    return sum(map(bool, (journal.title, journal.issn, journal.eissn))) if journal else 0


def _cited(record: Record) -> tuple[int, int]:
    """How many of the works that it cites are named by a public number, and in any way."""
    public = sum(each.scheme is not Scheme.SOURCE for each in record.references)
    return public, len(record.references)


def _nothing(_: Record) -> int:
    return 0


def _place(record: Record) -> int:
    """How much of volume, issue and pages or article number is known."""
    pages = record.pages or record.article_number
    return sum(map(bool, (record.volume, record.issue, pages)))


@dataclass(frozen=True, slots=True)
class Rule:
    """From which version these fields are taken.

    `measure` comes before the trust in the source for `area`. Fields of one rule come from one
    version; with `fill`, those that it lacks from the next. `article_only` keeps out what is true
    of a preprint only.
    """

    fields: tuple[str, ...]
    area: Area = "bibliographic"
    measure: Measure = _nothing
    fill: bool = False
    article_only: bool = False


RULES: tuple[Rule, ...] = (
    Rule(("title",), measure=_readable),
    Rule(("contributors",), measure=_authors),
    Rule(("abstract", "sections"), measure=_abstract),
    Rule(("journal",), measure=_journal, article_only=True),
    Rule(("volume", "issue", "pages", "article_number"), measure=_place, fill=True,
         article_only=True),
    Rule(("publisher",), article_only=True),
    Rule(("references",), measure=_cited),
    Rule(("published",), measure=_precision),
    Rule(("accepted",), article_only=True),
    Rule(("deposited",), "repository"),
    Rule(("type", "subtype"), "kind", fill=True, article_only=True),
    Rule(("language",)),
    Rule(("publication_status",), "repository", article_only=True),
    Rule(("peer_reviewed",), measure=_review, article_only=True),
    Rule(("access",), "access", measure=_openness),
    Rule(("usage",), "repository"),
)  # fmt: skip
# These add up over the versions, the best version's first.
ADDED = ("identifiers", "relations", "integrity", "keywords")

# Warnings that a field is missing: untrue once another version fills it.
_OF_FIELDS = {
    "author_name_missing": "contributors", "authors_not_all_named": "contributors",
    "label_missing:Authors": "contributors",
    "keywords_empty": "keywords", "type_missing": "type",
}  # fmt: skip


def choose(
    versions: Sequence[Record], trusts: Trusts = EVEN, workspace: str | None = None
) -> Record:
    """One record of several versions of one work, with the provenance of each field.

    As everybody sees it, or as a `workspace` does. `id` and `first_seen` are those of the first
    version; `concepts` are left to the tagger. Each entry of provenance names in `fields` what was
    taken from it.
    """
    if len(versions) == 1:
        return versions[0]
    ids = {"id": versions[0].id, "first_seen": versions[0].first_seen}
    visible = _visible(versions, workspace)
    seen = _last_words(visible)
    # Also those that a check found of what a file says otherwise by now.
    notices = gathered(n for version in visible for n in version.integrity)
    if len(seen) == 1:
        return seen[0].model_copy(update={**ids, "integrity": notices})
    values: dict[str, object] = {}
    origins: dict[str, Record] = {}
    for rule in RULES:
        for name, origin in _origins(rule, seen, trusts):
            origins[name] = origin
            values[name] = getattr(origin, name)
    best = _ranked(Rule(()), seen, trusts)
    first = [v for v in best if v.is_file == best[0].is_file]
    values |= {
        "identifiers": _identifiers(best),
        "relations": _relations(first),
        "integrity": notices,
        "keywords": next(filter(None, map(_keywords, (first, best))), ()),
        "warnings": _warnings(seen, origins),
        "provenance": _provenance(seen, origins),
        "concepts": (),
    }
    return _EMPTY.model_copy(update={**values, **ids})


_EMPTY = Record(title="-")


def _visible(versions: Sequence[Record], workspace: str | None) -> list[Record]:
    """What this workspace sees (None: what everybody does); all, where that is nothing."""
    shared = [v for v in versions if v.audience is None]
    own = [v for v in versions if v.audience is not None and v.audience == workspace]
    return (shared + own) or list(versions)


def _last_words(versions: Sequence[Record]) -> list[Record]:
    """The versions without those of a file that the same person brought again, changed."""
    return [v for v in versions if not any(restates(later, v) for later in versions)]


def _origins(
    rule: Rule, versions: Sequence[Record], trusts: Trusts
) -> Iterator[tuple[str, Record]]:
    """Each field of a rule that some version has, and the version it is taken from."""
    missing = set(rule.fields)
    for are_files in (False, True):
        group = [version for version in versions if version.is_file is are_files]
        articles = [version for version in group if not is_preprint(version)]
        able = articles if rule.article_only and articles else group
        having = [v for v in able if any(is_given(v, name) for name in rule.fields)]
        ranked = _ranked(rule, having, trusts)
        for name in sorted(missing):
            for version in ranked if rule.fill else ranked[:1]:
                if is_given(version, name):
                    yield name, version
                    missing.discard(name)
                    break
        if ranked and not rule.fill:
            return


def _ranked(rule: Rule, versions: Sequence[Record], trusts: Trusts) -> list[Record]:
    """Versions by the rule, best first; equal ones stay in the order they came in."""

    def trust(version: Record) -> int:
        """That in the most trusted of its sources; none in a file, whatever it was read as."""
        found = (trusts.get(p.source, NO_TRUST) for p in version.provenance if p.file is None)
        return max((int(getattr(each, rule.area)) for each in found), default=0)

    def place(version: Record) -> tuple[object, ...]:
        measured = _negative(rule.measure(version))
        return version.is_file, is_preprint(version), measured, -trust(version)

    return sorted(versions, key=place)


def _keywords(versions: Sequence[Record]) -> tuple[str, ...]:
    return unique(word for version in versions for word in version.keywords)


def _negative(measured: int | tuple[int, ...]) -> tuple[int, ...]:
    return tuple(-m for m in (measured if isinstance(measured, tuple) else (measured,)))


def is_given(record: Record, name: str) -> bool:
    """Whether a record has anything in this field."""
    return getattr(record, name) not in _MISSING


_MISSING: tuple[object, ...] = (None, "", (), Known.UNKNOWN, Access())


def _identifiers(best: Sequence[Record]) -> tuple[Identifier, ...]:
    """All of them, the best version's first: its DOI is the work's.

    A file adds none of a kind that a service knows: whoever follows it would get another work.
    """
    known = {i.scheme for v in best if not v.is_file for i in v.identifiers}
    return unique(
        i for v in best for i in v.identifiers if not v.is_file or i.scheme not in known or _own(i)
    )


def _own(identifier: Identifier) -> bool:
    """Whether it only says how the person's own library calls a work."""
    return identifier.scheme in {Scheme.LOCAL, Scheme.SOURCE} and not is_strong(identifier)


def _relations(best: Sequence[Record]) -> tuple[Relation, ...]:
    """Relations to other works, and which of its own DOIs is a preprint's."""
    own = {identifier for version in best for identifier in version.identifiers}
    given = unique(relation for version in best for relation in version.relations)
    kept = [r for r in given if r.identifier not in own or r.kind is RelationKind.HAS_PREPRINT]
    named = {relation.identifier for relation in kept}
    if not all(map(is_preprint, best)):
        kept += [
            Relation(kind=RelationKind.HAS_PREPRINT, identifier=identifier)
            for version in best
            if is_preprint(version)
            for identifier in version.identifiers
            if identifier.scheme is Scheme.DOI and identifier not in named
        ]
    return unique(kept)


def gathered(notices: Iterable[IntegrityNotice]) -> tuple[IntegrityNotice, ...]:
    """Notices each once, and of each source only its last check."""
    checks: dict[str | None, IntegrityNotice] = {}
    others: dict[tuple[object, ...], IntegrityNotice] = {}
    for notice in notices:
        if notice.kind is not IntegrityKind.CHECKED:
            key = (notice.kind, notice.date and str(notice.date), notice.notice, notice.source)
            others[key] = _later(others.get(key), notice)
        else:
            checks[notice.source] = _later(checks.get(notice.source), notice)
    return (*others.values(), *checks.values())


def _later(one: IntegrityNotice | None, other: IntegrityNotice) -> IntegrityNotice:
    if one is None or one.checked is None:
        return other
    return other if other.checked is not None and other.checked > one.checked else one


def _warnings(versions: Sequence[Record], origins: Mapping[str, Record]) -> tuple[str, ...]:
    """Those of every version, but for what another version has corrected."""
    return unique(
        warning
        for version in versions
        for warning in version.warnings
        if origins.get(_OF_FIELDS.get(warning, ""), version) is version
    )


def _provenance(
    versions: Sequence[Record], origins: Mapping[str, Record]
) -> tuple[Provenance, ...]:
    """Every entry of every version, each with the fields that were taken from it."""
    entries: dict[tuple[str, str | None, str | None], Provenance] = {}
    for version in versions:
        taken = [name for name, origin in origins.items() if origin is version]
        taken += [name for name in ADDED if is_given(version, name)]
        listed = {name for entry in version.provenance for name in entry.fields}
        for place, entry in enumerate(version.provenance, 1):
            # What no entry claims is the last one's: it is the reader of the whole record.
            rest = place == len(version.provenance)
            names = [n for n in taken if n in entry.fields or (rest and n not in listed)]
            notes = [name for name in entry.fields if ":" in name]
            key = (entry.source, entry.note, entry.payload_sha256)
            before = entries[key].fields if key in entries else ()
            fields = unique((*before, *names, *notes))
            entries[key] = entry.model_copy(update={"fields": fields})
    return tuple(entries.values())
