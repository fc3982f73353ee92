"""A record in the making: values as a file gives them, checked one by one.

What is wrong is left out with a warning that names it; what is missing stays missing.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from bot.formats.json_values import RefusedError, short, validated
from bot.records.dates import PartialDate
from bot.records.identifiers import find, read, url
from bot.records.models import (
    Access,
    AccessStatus,
    Contribution,
    Identifier,
    IntegrityNotice,
    Provenance,
    Record,
    Scheme,
    Section,
    Shelf,
    unique,
)
from bot.records.names import language_of, partial_date, without_others
from bot.records.sections import split_sections
from bot.text.markup import plain

# The controls of a terminal and NUL have no place in a text; halves of characters cannot be kept.
_UNKEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LINKABLE = (Scheme.DOI, Scheme.PMID, Scheme.PMCID, Scheme.ARXIV, Scheme.ORA, Scheme.ARK)
_MOST_LISTS = 100
_NO_ACCESS = Access()


def one_line(text: str) -> str:
    """A text on one line, its white space evened out, without control characters."""
    if text.isprintable() and "  " not in text:  # the only white space that counts as printable
        return text.strip()
    return " ".join(_UNKEPT.sub("", text).split())


class Draft:
    """Collects what a file says of one work. The first value of a field is the one that counts."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.people: list[Contribution | Mapping[str, object]] = []
        self.keywords: list[str] = []
        self.integrity: list[IntegrityNotice] = []
        self.shelf: Shelf | None = None
        self._values: dict[str, object] = {}
        self._journal: dict[str, str] = {}
        self._access: dict[str, str] = {}
        self._identifiers: list[Identifier] = []

    def value(self, field: str) -> object:
        """What a field of the record was set to, or None."""
        return self._values.get(field)

    def text(self, field: str, value: str | None) -> None:
        """Set a field of the record to a text, unless that is empty or the field is set."""
        if value and (line := one_line(value)):
            self._values.setdefault(field, line)

    def abstract(self, text: str | None, sections: tuple[Section, ...] | None = None) -> None:
        """The abstract, cut at its headings unless its sections are given."""
        if not text or "abstract" in self._values:
            return
        kept = (text if text.isprintable() else _UNKEPT.sub("", text)).strip()
        if kept:
            self._values["abstract"] = kept
            self._values["sections"] = split_sections(kept) if sections is None else sections

    def journal(self, title: str | None, abbreviation: str | None = None) -> None:
        """The name of the journal (or book, or proceedings) that holds the work."""
        line, short_line = one_line(title or ""), one_line(abbreviation or "")
        if line := line or short_line:
            self._journal.setdefault("title", line)
        if short_line and short_line != self._journal.get("title"):
            self._journal.setdefault("abbreviation", short_line)

    def issn(self, value: str, *, electronic: bool | None = None) -> None:
        """An ISSN of a known kind, or of none; anything else is named in a warning."""
        found = self._read(Scheme.ISSN, value)
        if found is None:
            return
        if electronic is not None:
            self._journal.setdefault("eissn" if electronic else "issn", found.value)
        elif found.value not in self._journal.values():
            self._journal.setdefault("eissn" if "issn" in self._journal else "issn", found.value)

    def date(self, field: str, value: PartialDate | str | None) -> None:
        """A date of the record; one that cannot be read is left out with a warning."""
        if isinstance(value, str):
            value = self._date(field, one_line(value))
        if value is not None:
            self._values.setdefault(field, value)

    def _date(self, field: str, text: str) -> PartialDate | None:
        if not text:
            return None
        try:
            return partial_date(text)
        except ValueError:
            self.warnings.append(f"bad_date:{field}")
            return None

    def language(self, value: str | None) -> None:
        """The language, as its two-letter code where it is known."""
        self.text("language", language_of(one_line(value or "")))

    def identify(self, scheme: Scheme, value: str | None) -> None:
        """An identifier; one that is none, or whose check digit fails, is left out and named."""
        found = self._read(scheme, value or "")
        if found is not None:
            self._identifiers.append(found)

    def _read(self, scheme: Scheme, value: str) -> Identifier | None:
        line = one_line(value)
        if not line:
            return None
        found = read(scheme, line)
        if found is None or not found.valid:
            self.warnings.append(f"bad_identifier:{scheme}:{short(line)}")
            return None
        return found

    def address(self, value: str | None) -> None:
        """A web address: the identifier that it is, else where the work can be read."""
        line = one_line(value or "")
        found = (
            [m.identifier for m in find(line) if m.identifier.scheme in _LINKABLE] if line else []
        )
        if len(found) == 1 and found[0].valid and url(found[0]):
            self._identifiers.append(found[0])
        elif re.fullmatch(r"https?://[^\s<>|\"]{1,2000}", line):
            self._access.setdefault("url", line)
        elif line:
            self.warnings.append(f"bad_url:{short(line)}")

    def open_access(self) -> None:
        """Everybody can read the text."""
        self._access["status"] = AccessStatus.OPEN

    def licence(self, value: str | None) -> None:
        """The licence or rights of the text."""
        if line := one_line(value or ""):
            self._access.setdefault("licence", line)

    def shelve(self, lists: Iterable[str], note: str | None, *, read: bool) -> None:
        """What the person who brought the file keeps beside the work."""
        names = unique(filter(None, map(one_line, lists))) if lists else ()
        line = one_line(note or "") or None
        if names or line or read:
            self.shelf = Shelf(lists=names[:_MOST_LISTS], note=line, read=read)

    def record(self, source: str, at: datetime, payload: str, note: str | None = None) -> Record:
        """The record, with its provenance. Raises RefusedError when it has no title."""
        if "title" not in self._values:
            raise RefusedError("no title")
        people, others = without_others(self.people)
        listed = {
            "contributors": people,
            "keywords": self.keywords and unique(filter(None, map(one_line, self.keywords))),
            "identifiers": self._identifiers and unique(self._identifiers),
            "integrity": self.integrity and unique(self.integrity),
            "journal": self._journal,
            "access": self._access,
        }
        values = self._values | {name: value for name, value in listed.items() if value}
        own = {
            "source": source,
            "at": at,
            "note": note,
            "fields": supplied_of(values),
            "payload_sha256": hashlib.sha256(payload.encode("utf-8", "replace")).hexdigest(),
        }
        warnings = unique((*self.warnings, *others))
        values |= {"provenance": (own,), "warnings": warnings, "shelf": self.shelf}
        return validated(Record, values, "record")


def supplied_of(values: Mapping[str, object]) -> tuple[str, ...]:
    """The names of the fields that say something, for provenance."""
    return tuple(
        [
            name
            for name, value in values.items()
            if value and (name != "access" or value != _NO_ACCESS)
        ]
    )


# What a note on provenance begins with, in every format.
FROM = "Record from "


def own_id(record: Record) -> str | None:
    """The id that the person who brought the record in knows it by, or None."""
    return record.identifier(Scheme.LOCAL)


def abstract_text(
    record: Record, split: Callable[[str], tuple[Section, ...]] = split_sections
) -> str | None:
    """The abstract as one plain text, cut by `split` at the same sections when it is read again."""
    whole = plain(record.abstract or "")
    sections = tuple(Section(label=s.label, text=plain(s.text)) for s in record.sections)
    if whole and (not any(s.label for s in sections) or split(whole) == sections):
        return whole
    parts = (f"{s.label}: {s.text}" if s.label else s.text for s in sections)
    return " ".join(parts) or whole or None


def provenance_note(record: Record) -> str | None:
    """Where the record comes from and when it was read: "Record from pubmed, 2026-01-15".

    What a file that it was read from stated about that in turn is in brackets behind it.
    """
    sources = unique(_origin(each) for each in record.provenance)
    return f"{FROM}{'; '.join(sources)}" if sources else None


def _origin(each: Provenance) -> str:
    origin = each.source if each.file is None else f"file {each.file}".strip()
    stated = f"{origin}, {each.at:%Y-%m-%d}" if each.at else origin
    before = (each.note or "").partition(FROM)[2]
    return f"{stated} ({before})" if before else stated


def joined(items: Iterable[str | None], separator: str) -> str:
    """The texts that are there, joined."""
    return separator.join(item for item in items if item)
