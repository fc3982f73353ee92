"""Records as CSL-JSON: whole, for other programs; and only what a citation shows."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from bot.formats.bibtex_writing import address, free_key, key_of
from bot.formats.draft import abstract_text, joined, own_id, provenance_note
from bot.formats.kinds import kind_of
from bot.formats.rich import rich
from bot.formats.split_names import spaced, split_name
from bot.records import identifiers
from bot.records.dates import PartialDate
from bot.records.models import Contribution, Record
from bot.records.names import with_others
from bot.text.markup import plain

# Where CSL lets a program keep what is its own.
CUSTOM = "tme"
EXTRA = (
    "type", "subtype", "sections", "contributors", "journal", "accepted", "deposited", "keywords",
    "identifiers", "publication_status", "peer_reviewed", "access", "integrity",
    "shelf",
)  # fmt: skip


def pieces(records: Iterable[Record]) -> Iterator[str]:
    """An array of items, one a line group, as Zotero and pandoc read it."""
    taken: set[str] = set()
    before = "[\n"
    for record in records:
        item = full_item(record)
        item |= {"id": free_key(item["id"], taken)}
        yield before + json.dumps(item, ensure_ascii=False, indent=1)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def full_item(record: Record) -> dict[str, Any]:
    """Everything that is stored of a record, as one item."""
    record = record.model_copy(update={"contributors": with_others(record)})
    item = csl_item(record) | {
        "id": own_id(record) or key_of(record),
        "title": rich(record.title),
    }
    item |= _if_stored(
        {
            "genre": plain(record.subtype or ""),
            "page": plain(record.pages or ""),
            "abstract": abstract_text(record),
            "keyword": _keyword(record.keywords),
            "ISSN": [n for n in (record.journal.issn, record.journal.eissn) if n]
            if record.journal
            else None,
            "URL": record.access.url or address(record) or _doi_address(record),
            "accessed": _accessed(record),
            "note": joined(
                ("Retracted" if record.is_retracted else None, provenance_note(record)), ". "
            ),
        }
    )
    return item | _if_stored({"custom": _custom(record)})


def _if_stored(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _doi_address(record: Record) -> str | None:
    return next(
        (a for i in record.identifiers if i.value == record.doi and (a := identifiers.url(i))), None
    )


def _keyword(words: Iterable[str]) -> str:
    lines = [" ".join(word.split()) for word in words]
    return (
        "; ".join((*lines, "")).strip() if any("," in line for line in lines) else ", ".join(lines)
    )


def _accessed(record: Record) -> dict[str, Any] | None:
    """When the record was last read from a source: the access date of a citation."""
    read = max((p.at for p in record.provenance if p.at), default=None)
    return {"date-parts": [[read.year, read.month, read.day]]} if read else None


def _custom(record: Record) -> dict[str, Any]:
    """What CSL has no variable for."""
    stated = record.model_dump(mode="json", include=set(EXTRA), exclude_defaults=True)
    kind = kind_of(record.type)
    if kind is not None and kind.name == record.type:
        stated.pop("type", None)
    if not any(section.label for section in record.sections):
        stated.pop("sections", None)
    if record.journal is None or not (record.journal.issn or record.journal.eissn):
        stated.pop("journal", None)
    if not any(_is_more_than_a_name(person) for person in record.contributors):
        stated.pop("contributors", None)
    stated["identifiers"] = [
        {"scheme": str(i.scheme), "value": i.value}
        for i in record.identifiers
        if i.value not in (record.doi, record.pmid, own_id(record))
    ]
    stated.pop("subtype", None)
    stated.pop("keywords", None)
    kept = {key: value for key, value in stated.items() if value}
    return {CUSTOM: kept} if kept else {}


def _is_more_than_a_name(person: Contribution) -> bool:
    return bool(
        person.orcid or person.affiliation or person.roles or not person.display_name
        or _csl_name(person) != person.model_dump(include={"family", "given"}, exclude_none=True)
    )  # fmt: skip


def csl_item(record: Record) -> dict[str, Any]:
    """What a citation shows of a record, as one item: known fields only, no markup.

    Authors without a name are left out; dates are as precise as known.
    https://docs.citationstyles.org/en/stable/specification.html
    """
    journal = plain(record.journal.title or "") if record.journal else ""
    known = {
        "container-title": journal,
        "container-title-short": plain(record.journal.abbreviation or "") if record.journal else "",
        "publisher": plain(record.publisher or ""),
        "volume": plain(record.volume or ""),
        "issue": plain(record.issue or ""),
        "page": plain(record.pages or "") if not record.article_number else "",
        "number": plain(record.article_number or ""),
        "DOI": record.doi or "",
        "PMID": record.pmid or "",
        "language": plain(record.language or ""),
    }
    item: dict[str, Any] = {
        "id": record.id or "record",
        "type": _csl_type(record, journal),
        "title": plain(record.title),
    }
    item |= _if_stored(known)
    people = [(person, [role.lower() for role in person.roles]) for person in record.contributors]
    named = [(person, roles) for person, roles in people if person.display_name]
    authors = [_csl_name(person) for person, roles in named if not roles or "author" in roles]
    editors = [_csl_name(p) for p, roles in named if "editor" in roles and "author" not in roles]
    item |= _if_stored({"author": authors, "editor": editors})
    if record.published:
        item["issued"] = {"date-parts": [_date_parts(record.published)]}
    return item


def _csl_type(record: Record, journal: str) -> str:
    kind = kind_of(record.type)
    return kind.csl if kind else "article-journal" if journal else "document"


def _date_parts(date: PartialDate) -> list[int]:
    return [part for part in (date.year, date.month, date.day) if part is not None]


def _csl_name(person: Contribution) -> dict[str, str]:
    """A person as family and given name where that is known or plain to see, else as one name."""
    family, given, whole = split_name(person)
    if family is None:
        return {"literal": whole or ""}
    return {"family": family, "given": spaced(given)} if given else {"family": family}
