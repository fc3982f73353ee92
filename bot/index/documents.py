"""What of a record goes into the index, field by field."""

import json

import tantivy

from bot.abbreviations import definitions
from bot.index import Card
from bot.markup import plain
from bot.models import AccessStatus, Known, Record
from bot.text import clean, fold, name_keys, words

# Stands between fields that are indexed together, so that no phrase reaches across.
GAP = "\u00b6"


def _joined(*texts: str | None) -> str:
    return f" {GAP} ".join(" ".join(words(plain(text))) for text in texts if text)


def document(record: Record) -> tantivy.Document:
    """The index document of a record. Every text is folded here, never by the engine."""
    journal = _joined(record.journal.title if record.journal else None)
    text = _joined(record.title, record.abstract, *record.keywords)
    fields: dict[str, str | int | list[str]] = {
        "id": record.id,
        "kind": "record",
        "card": _card(record),
        "body": text,
        "surface": text,
        "people": f" {GAP} ".join(_people(record)),
        "affiliation": _joined(*(person.affiliation for person in record.contributors)),
        "journal": journal,
        "journal_words": journal,
        "concept": sorted({tag.concept for tag in record.concepts}),
        "type": [" ".join(words(t)) for t in (record.type, record.subtype) if t],
        "access": record.access.status.value,
        "reviewed": record.peer_reviewed.value,
        "flag": list(record.flags),
        "has": _has(record),
        "definition": _definitions(record),
        "language": (record.language or "unknown").lower(),
        "identifier": [f"{i.scheme.value}:{i.value}" for i in record.identifiers],
        "doi_tail": [doi.partition("/")[2].lower() for doi in (record.doi,) if doi],
    }
    if record.published is not None:
        fields["day"] = int(record.published.earliest.strftime("%Y%m%d"))
        fields["year"] = str(record.published.year)
    return tantivy.Document(**fields)


def _definitions(record: Record) -> list[str]:
    """The abbreviations a record defines, each as `short=long form`."""
    texts = (clean(plain(text)) for text in (record.title, record.abstract) if text)
    return sorted({f"{short}={long}" for text in texts for short, long in definitions(text)})


def _card(record: Record) -> str:
    """What ranking needs, as JSON: folded title, day, retracted, concepts."""
    day = int(record.published.earliest.strftime("%Y%m%d")) if record.published else 0
    concepts = sorted({tag.concept for tag in record.concepts})
    return json.dumps([fold(plain(record.title)), day, record.is_retracted, concepts])


def read_card(card: str) -> Card:
    """The card as `document` wrote it."""
    title, day, retracted, concepts = json.loads(card)
    return Card(title, day, retracted, tuple(concepts))


def _people(record: Record) -> list[str]:
    people: list[str] = []
    for person in record.contributors:
        if person.display_name:
            people += name_keys(person.display_name)
    return people


def _has(record: Record) -> list[str]:
    held = {
        "abstract": bool(record.abstract),
        "doi": record.doi is not None,
        "pmid": record.pmid is not None,
        "open": record.access.status is AccessStatus.OPEN,
        "reviewed": record.peer_reviewed is Known.YES,
    }
    return [name for name, is_held in held.items() if is_held]
