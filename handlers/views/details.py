"""What an opened record says beyond its card: people, dates, identifiers, tags, provenance."""

from collections.abc import Mapping

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
from handlers.views import integrity, origins, wording
from handlers.views.mrkdwn import bold, fit, join_within, link, literal, web_address

_MOST_AUTHORS = 10
# Warnings of a reader that the lines above say better.
_SAID_ABOVE = frozenset(
    ("issn_equals_eissn", "author_name_missing", "licence_missing", "type_missing")
)


def details(record: Record, labels: Mapping[str, str] | None = None) -> list[str]:
    """What is known of a record beyond its card, a named line of mrkdwn each."""
    concepts = [wording.spoken(tag.concept, labels) for tag in record.concepts]
    named = [
        ("Type", _text(_type(record))),
        ("Authors", _authors(record)),
        ("Publisher", _text(record.publisher)),
        ("Accepted", _text(wording.day(record.accepted) if record.accepted else None)),
        ("Deposited", _text(wording.day(record.deposited) if record.deposited else None)),
        ("Language", _text(_language(record))),
        ("Full text", _full_text(record)),
        ("Licence", _text(record.access.licence)),
        ("ISSN", _text(_issn(record))),
        ("Identifiers", join_within([identifier(i) for i in _own_identifiers(record)], 900)),
        ("Preprint", _related(record, RelationKind.HAS_PREPRINT)),
        ("Published as", _related(record, RelationKind.PREPRINT_OF)),
        ("References", f"{len(record.references):,} known" if record.references else None),
        ("Keywords", _text(", ".join(record.keywords))),
        ("Tagged by the bot", _text(", ".join(dict.fromkeys(concepts)))),
    ]
    return [f"{bold(name)}: {written}" for name, written in named if written]


def open_questions(record: Record) -> str:
    """What is not known of a record, and whether its retraction status was checked."""
    missing = wording.unknown(record)
    not_known = f"Not known: {', '.join(missing)}. " if missing else ""
    return f"{not_known}Retraction: {integrity.retraction(record)}."


def _text(text: str | None) -> str:
    return literal(fit(plain(text or ""), 250))


def _type(record: Record) -> str | None:
    """The broader type, where the card names the subtype."""
    return record.type if record.subtype and record.type else None


def _full_text(record: Record) -> str:
    """Where everybody can read it, when a source says so."""
    if record.access.status is not AccessStatus.OPEN or web_address(record.access.url) is None:
        return ""
    return link(record.access.url, f"free to read at {wording.host(record.access.url or '')}")


def copy_label(record: Record) -> str:
    """What the button to a document says; where only a file gives its address, its host as well."""
    given = [entry for entry in record.provenance if "access" in entry.fields]
    if record.access.url and given and all(entry.file is not None for entry in given):
        return f"Open {wording.host(record.access.url)} (address from a file)"
    return "Access document"


def _authors(record: Record) -> str:
    """The authors as far as they are named, and where the others' names can be found."""
    people = record.contributors
    shown = join_within([_author(p) for p in people[:_MOST_AUTHORS]], 1000, ", ", total=len(people))
    address = wording.doi_address(record)
    if not people or address is None or any(plain(p.display_name or "") for p in people):
        return shown
    return f"{shown}. Their names are on the {link(address, 'page of its DOI')}"


def _author(person: Contribution) -> str:
    orcid = identifiers.read(Scheme.ORCID, person.orcid) if person.orcid else None
    address = identifiers.url(orcid) if orcid else None
    notes = literal(wording.author_notes(person))
    linked = link(address, wording.author(person))
    return f"{linked} {notes}" if notes else linked


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


def _related(record: Record, kind: RelationKind) -> str:
    """The other version of a work, as a source names it."""
    others = unique(each.identifier for each in record.relations if each.kind is kind)
    return join_within([identifier(each) for each in others], 500)


def identifier(known: Identifier) -> str:
    """An identifier with its kind, linked where it has an address, as mrkdwn."""
    name, value = wording.scheme(known), fit(known.value, 120)
    return f"{name} {link(identifiers.url(known), value)}{_doubt(known)}"


def _doubt(known: Identifier) -> str:
    return "" if known.valid else " (not valid)"


def origin(record: Record) -> list[str]:
    """Sources with dates, then what the parsers noticed, each a line of mrkdwn."""
    sources = origins.sources(record.provenance, 3) or ["Source unknown"]
    rest = len(record.provenance) - 3
    warnings = [w for w in record.warnings if w not in _SAID_ABOVE]
    noticed = [text for p in record.provenance for text in origins.field_origin(p)]
    noticed += [wording.warning(code) for code in dict.fromkeys(warnings[:8])]
    more = [f"+{rest} more sources"] if rest > 0 else []
    text = [literal(fit(" · ".join(noticed), 600))] if noticed else []
    return [*sources, *more, *text]
