"""RIS, in the flavours that reference managers and databases write, and Web of Science's own.

A file is cut at `ER` first, so that memory does not grow with it and a broken entry costs no other;
https://en.wikipedia.org/wiki/RIS_(file_format) has the tags.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from string import ascii_uppercase, digits
from typing import BinaryIO

from bot.formats.base import Refusal
from bot.formats.draft import FROM, Draft, one_line
from bot.formats.json_values import RefusedError
from bot.formats.kinds import from_ris
from bot.formats.lines import LONGEST_LINE, Lines
from bot.formats.ris_dates import most_precise
from bot.formats.ris_writing import READ_MARK, TYPE_NOTE, pieces, read_name
from bot.formats.text_files import TextFile
from bot.formats.web_of_science import record_of_web_of_science
from bot.records.identifiers import parse
from bot.records.models import Record, Scheme

# Most tools write two blanks before the hyphen, some one; some leave out the one behind it.
_TAG = re.compile(r"\ufeff?\s{0,3}(?P<tag>[A-Z][A-Z0-9]) {1,3}-(?: (?P<value>.*)|\s*)$")
# As they are in nearly every line of nearly every file.
_TAGS = frozenset(map("".join, product(ascii_uppercase, ascii_uppercase + digits)))
_HEAD = re.compile(r"(?:\A|\n)\s{0,3}TY {1,3}- ?\S")
_WEB_OF_SCIENCE = re.compile(r"\ufeff?(?:FN .{0,200}\n\s*VR 1|PT [JBSP]\s*\n)")
# The other names of fields, in the order in which they are believed.
_TITLES = ("TI", "T1", "CT")
_JOURNALS = ("JF", "T2", "JO", "JA", "J1", "J2", "BT")
_SHORT_JOURNALS = ("JA", "J2", "J1", "JO")
_AUTHORS = ("AU", "A1")
_EDITORS = ("A2", "ED", "A3")
# In these `T2` is the series, not what holds the work, and `BT` is their own title.
_STANDS_ALONE = frozenset(("Book", "Thesis", "Report", "Dataset", "Patent"))
_OWN_TITLES = (*_TITLES, "BT", "T2")
_NO_SERIES = tuple(tag for tag in _JOURNALS if tag not in ("T2", "BT"))
_ISSN = re.compile(r"(?<![\d-])(\d{4}-?\d{3}[\dXx])(?![\d-])\s*(?P<kind>\([^)]{0,30}\))?")
_PUBMED = re.compile(r"pubmed|medline", re.IGNORECASE)
_MARKED_ID = re.compile(r"(?P<value>\w{3,20})\s*\[(?P<scheme>pmid|pmcid)\]", re.IGNORECASE)
# What is on one line is one value; a keyword goes on in the next line as another keyword.
_LISTED = "KW"
_MOST_LINES = 5_000


@dataclass(slots=True)
class _Entry:
    """The lines of one entry: where it starts, and whether it began and ended as it should.

    `tails` are the lines that go on with a row, by its place: joined once, or a long text would be
    copied for each of its lines.
    """

    line: int
    begun: bool
    closed: bool = False
    rows: list[str] = field(default_factory=list)
    tails: dict[int, list[str]] = field(default_factory=dict)

    def go_on(self, text: str) -> None:
        """Take up a line without a tag: it belongs to the row before."""
        if self.rows[-1].startswith(_LISTED):
            self.rows.append(f"{_LISTED}  - {text}")
        else:
            self.tails.setdefault(len(self.rows) - 1, []).append(text)

    def finish(self) -> None:
        """Join what goes on with its row."""
        for place, tail in self.tails.items():
            self.rows[place] = " ".join((self.rows[place], *tail))
        self.tails = {}

    @property
    def is_empty(self) -> bool:
        """Whether it says no more than its type."""
        return self.rows[-1].startswith("TY") and all(row.startswith("TY") for row in self.rows)


class Ris(TextFile):
    """RIS files, `.ris`."""

    name = "ris"
    title = "RIS"
    summary = "RIS, and Web of Science's tagged text"
    suffixes = (".ris",)
    aliases: tuple[str, ...] = ("wos", "web_of_science")
    labels = (("ris", "a RIS file"), ("web_of_science", "a Web of Science file"))

    def looks(self, head: str) -> bool:
        """A line with the type of a reference, or Web of Science's head."""
        return bool(_HEAD.search(head) or _WEB_OF_SCIENCE.match(head))

    def load(self, file: BinaryIO, source: str, at: datetime) -> Iterator[Record | Refusal]:
        """A record or a refusal for each entry. See `bot.formats.base.Streamed`."""
        lines = Lines(file)
        head = "\n".join(text for _, text in Lines(io.BytesIO(file.read(4096))))
        file.seek(0)
        other = _WEB_OF_SCIENCE.match(head) is not None
        entries = _tagged_entries(lines) if other else _entries(lines)
        for entry in entries:
            try:
                if other:
                    _check_size(entry)
                    yield record_of_web_of_science(entry.rows, source or "web_of_science", at)
                else:
                    yield _record(entry, lines.guessed, source or self.name, at)
            except RefusedError as refused:
                yield Refusal(entry.line, str(refused))

    def pieces(self, records: Iterable[Record]) -> Iterator[str]:
        """See `bot.formats.base.Writer`."""
        return pieces(records)


def _entries(lines: Iterable[tuple[int, str]]) -> Iterator[_Entry]:
    """Cut at `ER`, and at a `TY` that comes before it; white space and page numbers are dropped."""
    entry: _Entry | None = None
    for number, text in lines:
        tag = text[:2]
        if text[2:6] == "  - " and tag in _TAGS:
            row = text.rstrip()
        elif match := _TAG.match(text):
            tag = match["tag"]
            row = f"{tag}  - {match['value'] or ''}".rstrip()
        else:
            if entry is not None and text.strip():
                entry.go_on(text.strip())
            continue
        if tag == "ER":
            if entry is not None:
                entry.closed = True
                yield entry
            entry = None
        elif tag == "TY" and (entry is None or not entry.is_empty or not entry.begun):
            if entry is not None:
                yield entry
            entry = _Entry(number, begun=True, rows=[row])
        else:
            entry = entry or _Entry(number, begun=False)
            entry.rows.append(row)
    if entry is not None:
        yield entry


def _tagged_entries(lines: Iterable[tuple[int, str]]) -> Iterator[_Entry]:
    """Web of Science: entries go from `PT` to `ER`, and a blank margin goes on with a value."""
    entry: _Entry | None = None
    for number, text in lines:
        if text.startswith("PT "):
            if entry is not None:
                yield entry
            entry = _Entry(number, begun=True)
        if entry is None or not text.strip():
            continue
        entry.rows.append(text)
        if text.rstrip() == "ER":
            yield entry
            entry = None
    if entry is not None:
        yield entry


def _check_size(entry: _Entry) -> None:
    """Raise RefusedError where there is more than a work can have to say: its end is missing."""
    if len(entry.rows) > _MOST_LINES or sum(map(len, entry.rows)) > LONGEST_LINE:
        raise RefusedError(f"longer than {_MOST_LINES:,} lines or {LONGEST_LINE:,} characters")


def _record(entry: _Entry, guessed: str | None, source: str, at: datetime) -> Record:
    """One record. Raises RefusedError."""
    entry.finish()
    if not entry.begun:
        first = entry.rows[0][:2]
        raise RefusedError(f"starts with {first}, not with TY: the type of reference is missing")
    if entry.is_empty:
        raise RefusedError("nothing but a type of reference (TY)")
    values = _values(entry)
    draft = Draft()
    if guessed:
        draft.warnings.append(f"encoding_guessed:{guessed}")
    if not entry.closed:
        draft.warnings.append("end_of_entry_missing")
    work_type = _type(draft, values)
    _titles(draft, values, work_type)
    draft.people += _people(values)
    draft.date("published", most_precise(values, draft.warnings))
    _place(draft, values)
    _numbers(draft, values)
    for text in (*values.get("AB", ()), *values.get("N2", ())):
        draft.abstract(text)
    draft.language(_first(values, "LA"))
    for line in values.get("KW", ()):
        draft.keywords += line.split(";")
    is_read = READ_MARK in values.get("U5", ())
    draft.shelve(values.get("LB", ()), _first(values, "RN"), read=is_read)
    notes = [one_line(note) for note in values.get("N1", ())]
    stated = next((note for note in notes if note.startswith(FROM)), None)
    return draft.record(source, at, "\n".join(entry.rows), stated)


def _values(entry: _Entry) -> dict[str, list[str]]:
    """The values of an entry by tag; empty ones are dropped."""
    found: dict[str, list[str]] = {}
    for row in entry.rows:
        if value := row[6:].strip():
            tag = row[:2]
            if tag in found:
                found[tag].append(value)
            else:
                found[tag] = [value]
    return found


def _first(values: dict[str, list[str]], *tags: str) -> str | None:
    for tag in tags:
        if tag in values:
            return values[tag][0]
    return None


def _type(draft: Draft, values: dict[str, list[str]]) -> str | None:
    """The kind of work; a type that RIS has no word for is in a note of ours, or in M3."""
    word = _first(values, "TY") or ""
    noted = next((v for v in values.get("U1", ()) if v.startswith(TYPE_NOTE)), "")
    work_type = noted.removeprefix(TYPE_NOTE) or from_ris(word)
    draft.text("type", work_type)
    for text in values.get("M3", ()):
        identifier = parse(text)
        if identifier is None:
            draft.text("subtype", text)
        elif identifier.scheme is Scheme.DOI and "DO" not in values:
            draft.identify(Scheme.DOI, text)
    return work_type


def _titles(draft: Draft, values: dict[str, list[str]], work_type: str | None) -> None:
    stands_alone = work_type in _STANDS_ALONE
    own = _first(values, *(_OWN_TITLES if stands_alone else _TITLES))
    if own is None and (short_title := _first(values, "ST")):
        draft.warnings.append("title_from_short_title")
        own = short_title
    draft.text("title", own)
    full = _first(values, *(_NO_SERIES if stands_alone else _JOURNALS))
    draft.journal(full, _first(values, *_SHORT_JOURNALS))


def _people(values: dict[str, list[str]]) -> list[Mapping[str, object]]:
    authors = [read_name(name) for tag in _AUTHORS for name in values.get(tag, ())]
    editors = [read_name(name) for tag in _EDITORS for name in values.get(tag, ())]
    return [*authors, *({**each, "roles": ("Editor",)} for each in editors)]


def _place(draft: Draft, values: dict[str, list[str]]) -> None:
    """Where in the journal: volume, issue, pages or article number, publisher, ISSN."""
    draft.text("volume", _first(values, "VL", "VO"))
    draft.text("issue", _first(values, "IS", "CP"))
    start, end = _first(values, "SP"), _first(values, "EP")
    draft.text("pages", f"{start}-{end}" if start and end and start != end else start or end)
    draft.text("article_number", _first(values, "C7"))
    draft.text("publisher", _first(values, "PB"))
    for text in values.get("SN", ()):
        numbers = list(_ISSN.finditer(text))
        for match in numbers:
            kind = (match["kind"] or "").lower()
            draft.issn(match[1], electronic=_is_electronic(kind))
        if not numbers and sum(c.isdigit() for c in text) < 9:  # longer ones are ISBNs
            draft.warnings.append(f"bad_identifier:issn:{one_line(text)[:80]}")


def _is_electronic(kind: str) -> bool | None:
    if "print" in kind:
        return False
    return True if "electronic" in kind or "online" in kind else None


def _numbers(draft: Draft, values: dict[str, list[str]]) -> None:
    """DOI, PubMed's numbers, addresses, and the id of the person who made the file."""
    dois = values.get("DO") or [
        text
        for text in values.get("N1", ())
        if (found := parse(text)) and found.scheme is Scheme.DOI
    ]
    for text in dois:
        draft.identify(Scheme.DOI, text)
    _pubmed_numbers(draft, values)
    for text in values.get("UR", ()):
        if text.removeprefix("https://doi.org/") in dois:  # which is known by now
            continue
        for address in re.split(r";\s*(?=https?:)|\s+(?=https?:)", text):
            draft.address(f"https:{address}" if address.startswith("//") else address)
    own = _first(values, "ID")
    # A bare number is the place in someone's library, and another work's in the next library.
    if own and not own.isdigit():
        draft.identify(Scheme.LOCAL, own)


def _pubmed_numbers(draft: Draft, values: dict[str, list[str]]) -> None:
    """PubMed's number is the accession number of its own files; PMC's is in C2."""
    for text in (*values.get("U1", ()), *values.get("U2", ())):
        if match := _MARKED_ID.fullmatch(text):
            draft.identify(Scheme(match["scheme"].lower()), match["value"])
    if "AN" in values and _PUBMED.search(_first(values, "DB", "DP") or ""):
        draft.identify(Scheme.PMID, _first(values, "AN"))
    for text in values.get("C2", ()):
        if text.upper().startswith("PMC"):
            draft.identify(Scheme.PMCID, text)
