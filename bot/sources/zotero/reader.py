"""Items of Zotero's Web API, version 3, as records; and records as such items.

https://www.zotero.org/support/dev/web_api/v3/types_and_fields
"""

import html
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.formats.json_values import RefusedError
from bot.formats.kinds import from_zotero
from bot.formats.ris_dates import ris_date
from bot.records.models import Access, Contribution, Journal, Record, Scheme
from bot.records.names import language_of
from bot.records.sections import split_sections
from bot.sources.reading.payload import JsonPayload
from bot.sources.reading.record import Origin, hashed, record
from bot.sources.reading.values import (
    Item,
    address,
    identifier,
    iso_date,
    item,
    number,
    objects,
    source_id,
    text,
)
from bot.text.markup import visible

NAME = "zotero"
RETRACTED = "Retracted"
_NO_WORKS = frozenset(("note", "attachment", "annotation"))
_CONTAINERS = ("publicationTitle", "bookTitle", "proceedingsTitle", "websiteTitle", "repository")
_PUBLISHERS = ("publisher", "university", "institution")
# What Zotero has no field for is in `extra`, a line each.
_EXTRA = re.compile(
    r"^\s*(?P<name>DOI|PMID|PMCID|arXiv)\s*:\s*(?P<value>\S+)", re.IGNORECASE | re.MULTILINE
)
_TAG = re.compile(r"<[^<>]*>")
_ISSN = re.compile(r"\d{4}-?\d{3}[\dXx]")
# The library and the version change without the work; where it is filed is no part of it.
_CHANGING = ("version", "dateModified", "dateAdded", "collections", "relations", "key")


def read(entry: Item, source: str, at: datetime) -> Record:
    """The record of an item. Raises RefusedError for what is no work."""
    data = item(entry.get("data"))
    kind = text(data.get("itemType")) or ""
    if kind in _NO_WORKS:
        raise RefusedError(f"not a work: {kind}")
    abstract = text(data.get("abstractNote"))
    fields = {
        "type": from_zotero(kind),
        "title": text(data.get("title")),
        "abstract": abstract,
        "sections": split_sections(abstract or ""),
        "contributors": tuple(_people(data)),
        "journal": _journal(data),
        "volume": text(data.get("volume")),
        "issue": text(data.get("issue")),
        "pages": text(data.get("pages")),
        "publisher": _first(data, _PUBLISHERS),
        "published": iso_date(item(entry.get("meta")).get("parsedDate"))
        or ris_date(text(data.get("date")) or ""),
        "language": language_of(text(data.get("language"))),
        "keywords": tuple(tag for tag in tags(data) if tag != RETRACTED),
        "identifiers": (*_identifiers(data), source_id(NAME, place_of(entry))),
        "access": Access(url=address(data.get("url")), licence=text(data.get("rights"))),
    }
    return record(fields, Origin(source or NAME, at, hashed(data, _CHANGING)))


def is_work(entry: Item) -> bool:
    """Whether an item is a work: not a note, nor a file alone."""
    return text(item(entry.get("data")).get("itemType")) not in _NO_WORKS


def place_of(entry: Item) -> str:
    """Where an item is: `groups/123/ABCD2345`."""
    library = item(entry.get("library"))
    kind = {"group": "groups", "user": "users"}.get(text(library.get("type")) or "", "users")
    return f"{kind}/{text(library.get('id'))}/{text(entry.get('key'))}"


def tags(data: Item) -> list[str]:
    """The tags of an item, its own and those that came with it."""
    return [tag for each in objects(data.get("tags")) if (tag := text(each.get("tag")))]


def _first(data: Item, names: tuple[str, ...]) -> str | None:
    return next((found for name in names if (found := text(data.get(name)))), None)


def _journal(data: Item) -> Journal:
    title, short = _first(data, _CONTAINERS), text(data.get("journalAbbreviation"))
    numbers = _ISSN.findall(text(data.get("ISSN")) or "")
    return Journal(
        title=title or short,
        abbreviation=short if title and short != title else None,
        issn=number(Scheme.ISSN, numbers[0]) if numbers else None,
        eissn=number(Scheme.ISSN, numbers[1]) if numbers[1:] else None,
    )


def _people(data: Item) -> Iterator[Contribution]:
    for creator in objects(data.get("creators")):
        role = text(creator.get("creatorType")) or "author"
        yield Contribution(
            name=text(creator.get("name")),
            family=text(creator.get("lastName")),
            given=text(creator.get("firstName")),
            roles=() if role in ("author", "inventor", "presenter") else (role.capitalize(),),
        )


def _identifiers(data: Item) -> Iterator[Any]:
    yield identifier(Scheme.DOI, data.get("DOI"))
    for match in _EXTRA.finditer(str(data.get("extra") or "")):
        yield identifier(Scheme(match["name"].lower()), match["value"])
    archive = text(data.get("archiveID")) or ""
    if archive.lower().startswith("arxiv:"):
        yield identifier(Scheme.ARXIV, archive)


def note_text(data: Item) -> str:
    """The plain text of a note, on one line; what was escaped once is text."""
    return " ".join(visible(html.unescape(_TAG.sub(" ", text(data.get("note")) or ""))).split())


def note_of(parent: str, note: str) -> dict[str, Any]:
    """A new note below an item."""
    return {"itemType": "note", "parentItem": parent, "note": note_html(note), "tags": []}


def note_html(note: str) -> str:
    """A text as Zotero keeps notes."""
    return f"<p>{html.escape(note, quote=False)}</p>"


_ITEM_TYPES = {
    "Journal article": ("journalArticle", "publicationTitle"),
    "Book section": ("bookSection", "bookTitle"),
    "Conference item": ("conferencePaper", "proceedingsTitle"),
    "Preprint": ("preprint", "repository"),
    "Book": ("book", None), "Report": ("report", None), "Thesis": ("thesis", None),
    "Dataset": ("dataset", None),
}  # fmt: skip


def item_of(stored: Record) -> dict[str, Any]:
    """A record as a new item, with the fields that its kind of item has."""
    kind, container = _ITEM_TYPES.get(stored.type or "", ("journalArticle", "publicationTitle"))
    journal = stored.journal or Journal()
    in_journal = kind == "journalArticle"
    numbers = {"PMID": stored.pmid, "PMCID": stored.identifier(Scheme.PMCID)}
    if kind not in ("journalArticle", "conferencePaper", "preprint", "dataset"):
        numbers["DOI"] = stored.doi
    values = {
        "title": stored.title,
        "abstractNote": stored.abstract,
        "date": str(stored.published) if stored.published else None,
        "language": stored.language,
        "url": stored.access.url,
        "rights": stored.access.licence,
        "DOI": None if "DOI" in numbers else stored.doi,
        "volume": stored.volume if in_journal else None,
        "issue": stored.issue if in_journal else None,
        "pages": (stored.pages or stored.article_number) if in_journal else None,
        "journalAbbreviation": journal.abbreviation if in_journal else None,
        "ISSN": ", ".join(n for n in (journal.issn, journal.eissn) if n) if in_journal else None,
        "extra": "\n".join(f"{name}: {value}" for name, value in numbers.items() if value),
        **({container: journal.title} if container else {}),
    }
    known = {name: value for name, value in values.items() if value}
    people = [_creator(person) for person in stored.contributors if person.display_name]
    return {
        "itemType": kind,
        "creators": people,
        "tags": [{"tag": word} for word in stored.keywords],
        **known,
    }


def _creator(person: Contribution) -> dict[str, str]:
    role = "editor" if "editor" in (each.lower() for each in person.roles) else "author"
    if person.family:
        return {
            "creatorType": role,
            "lastName": person.family,
            "firstName": person.given or "",
        }
    return {"creatorType": role, "name": person.display_name or ""}


def _looks(data: bytes) -> bool:
    """The names that only its items have."""
    start = data[:100_000]
    return start.lstrip()[:1] in (b"[", b"{") and all(
        name in start for name in (b'"itemType"', b'"library"', b'"data"')
    )


PAYLOAD = JsonPayload(
    name=NAME,
    summary="items of Zotero's API as JSON",
    looks=_looks,
    works=lambda answer: [
        each for each in (answer if isinstance(answer, list) else [answer]) if is_work(item(each))
    ],
    read=read,
)
