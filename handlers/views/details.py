"""What the full card adds to the compact one: people, dates, identifiers, tags and provenance."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.records import identifiers
from bot.records.models import (
    AccessStatus,
    Contribution,
    Identifier,
    Record,
    RelationKind,
    Scheme,
    unique,
)
from bot.text.markup import plain
from handlers.views import wording
from handlers.views.mrkdwn import bold, fit, join_within, link, literal, web_address

_MOST_AUTHORS = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One named line, as finished mrkdwn and as plain text."""

    mrkdwn: str
    text: str


def details(record: Record, labels: Mapping[str, str] | None = None) -> list[Line]:
    """What is known of a record beyond its compact card; what is not known is left out.

    Authors and identifiers are always there: that none are held is worth knowing.
    """
    concepts = [wording.spoken(tag.concept, labels) for tag in record.concepts]
    named = [
        ("Authors", _authors(record), _authors_text(record)),
        ("Publisher", *_twice(record.publisher)),
        ("Accepted", *_twice(wording.day(record.accepted) if record.accepted else None)),
        ("Deposited", *_twice(wording.day(record.deposited) if record.deposited else None)),
        ("Language", *_twice(_language(record))),
        ("Full text", *_full_text(record)),
        ("Licence", *_twice(record.access.licence)),
        ("ISSN", *_twice(_issn(record))),
        ("Identifiers", _identifiers(record), _identifiers_text(record)),
        ("Preprint", *_related(record, RelationKind.HAS_PREPRINT)),
        ("Published as", *_related(record, RelationKind.PREPRINT_OF)),
        ("Keywords", *_twice(", ".join(record.keywords))),
        ("Tagged by bot", *_twice(", ".join(dict.fromkeys(concepts)))),
    ]
    shown = [(name, written, said) for name, written, said in named if said]
    return [Line(f"{bold(name)}: {written}", f"{name}: {said}") for name, written, said in shown]


def _twice(text: str | None) -> tuple[str, str]:
    """A value as (mrkdwn, plain text), shortened."""
    said = fit(plain(text or ""), 250)
    return literal(said), said


def _full_text(record: Record) -> tuple[str, str]:
    """Where everybody can read it, when a source says so, as (mrkdwn, plain text)."""
    address = web_address(record.access.url)
    if record.access.status is not AccessStatus.OPEN or address is None:
        return "", ""
    return link(address, "free to read here"), address


def _authors(record: Record) -> str:
    shown = [_author(person) for person in record.contributors[:_MOST_AUTHORS]]
    return join_within(shown, 1000, ", ", total=len(record.contributors)) or "unknown"


def _author(person: Contribution) -> str:
    orcid = identifiers.read(Scheme.ORCID, person.orcid) if person.orcid else None
    address = identifiers.url(orcid) if orcid else None
    notes = literal(wording.author_notes(person))
    linked = link(address, wording.author(person))
    return f"{linked} {notes}" if notes else linked


def _authors_text(record: Record) -> str:
    people = record.contributors
    shown = [wording.author(p) + wording.author_notes(p) for p in people[:_MOST_AUTHORS]]
    return join_within(shown, 1500, ", ", total=len(people)) or "unknown"


def _language(record: Record) -> str | None:
    language = (record.language or "").strip()
    return None if language.lower() in ("en", "eng", "english") else language


def _issn(record: Record) -> str:
    journal = record.journal
    if journal is None:
        return ""
    if journal.issn and journal.issn == journal.eissn:
        return f"{journal.issn} (given for print and online)"
    named = [(journal.issn, "print"), (journal.eissn, "online")]
    return ", ".join(f"{number} ({medium})" for number, medium in named if number)


def _own_identifiers(record: Record) -> list[Identifier]:
    return [i for i in record.identifiers if i.scheme not in (Scheme.ISSN, Scheme.ORCID)]


def _identifiers(record: Record) -> str:
    return join_within([identifier(i) for i in _own_identifiers(record)], 900) or "none held"


def _identifiers_text(record: Record) -> str:
    named = [identifier_text(i) for i in _own_identifiers(record)]
    return join_within(named, 900) or "none held"


def _related(record: Record, kind: RelationKind) -> tuple[str, str]:
    """The other version of a work, as a source names it, as (mrkdwn, plain text)."""
    others = unique(each.identifier for each in record.relations if each.kind is kind)
    return (
        join_within([identifier(each) for each in others], 500),
        join_within([identifier_text(each) for each in others], 500),
    )


def identifier(held: Identifier) -> str:
    """An identifier with its kind, linked where it has an address, as mrkdwn."""
    name, value = wording.scheme(held), fit(held.value, 120)
    return f"{name} {link(identifiers.url(held), value)}{_doubt(held)}"


def identifier_text(held: Identifier) -> str:
    """An identifier with its kind, as plain text."""
    return f"{wording.scheme(held)} {fit(held.value, 120)}{_doubt(held)}"


def _doubt(held: Identifier) -> str:
    return "" if held.valid else " (not valid)"


def origin(record: Record) -> list[str]:
    """Sources with harvest dates, then what the parsers noticed, each a line of plain text."""
    sources = [wording.source(p) for p in record.provenance[:3]] or ["Source unknown"]
    rest = len(record.provenance) - 3
    # The ISSN line of the details says this one better.
    warnings = [w for w in record.warnings if w != "issn_equals_eissn"]
    noticed = [said for p in record.provenance for said in wording.field_origin(p)]
    noticed += [wording.warning(code) for code in dict.fromkeys(warnings[:8])]
    more = [f"+{rest} more sources"] if rest > 0 else []
    said = [fit(" · ".join(noticed), 600)] if noticed else []
    return [*sources, *more, *said]
