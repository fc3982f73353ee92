"""nbib: PubMed's own text ("MEDLINE" and "PubMed" display), as its *Save* and *Cite* buttons write.

The tags are read here and not by Bio.Medline, which files values by tag alone: it cannot say whose
an ORCID or an affiliation is, joins two ISSNs into one text, and fails on a file that begins with
a blank margin. Tags: https://www.nlm.nih.gov/bsd/mms/medlineelements.html
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from bot.formats.base import Refusal
from bot.formats.draft import Draft, one_line
from bot.formats.json_values import RefusedError
from bot.formats.lines import Lines
from bot.formats.nbib_writing import NOTE_KEYS, TYPE_NOTE, pieces
from bot.formats.text_files import TextFile
from bot.records.dates import PartialDate
from bot.records.identifiers import find, read
from bot.records.models import Contribution, IntegrityKind, IntegrityNotice, Record, Scheme
from bot.records.names import contributor
from bot.records.sections import split_capitals

_TAG = re.compile(r"\ufeff?(?P<tag>[A-Z]{2,4}) {0,2}-(?: (?P<value>.*)|\s*)$")
_HEAD = re.compile(r"(?:\A|\n)PMID- \d|(?:\A|\n)\ufeff?(?:OWN|STAT|FAU) ?-? ?- \S")
# Full name, short name, role. Investigators stand behind a group and are not its authors.
_KINDS = {"FAU": "", "AU": "", "FED": "Editor", "ED": "Editor", "CN": ""}
_SHORT = frozenset(("AU", "ED"))
_ORCID = re.compile(r"\d{4}-?\d{4}-?\d{4}-?\d{3}[\dXx]")
_MARGIN = "      "
_LABELLED_ID = re.compile(r"(?P<value>\S(?:.{0,298}?\S)?)\s*+\[(?P<kind>doi|pii)\]")
# What a publication type says is the type of the work; the rest say what kind of study it is.
_TYPES = {
    "journal article": "Journal article", "preprint": "Preprint", "book": "Book",
    "book chapter": "Book section", "dataset": "Dataset", "technical report": "Report",
    "academic dissertation": "Thesis", "patent": "Patent", "webcast": "Internet publication",
    "congress": "Conference item", "conference item": "Conference item", "report": "Report",
    "thesis": "Thesis", "book section": "Book section",
    "internet publication": "Internet publication",
}  # fmt: skip
_SAYS_NOTHING = re.compile(
    r"research support\b.*|english abstract|(?:partial )?retracted publication",
    re.IGNORECASE,
)
# Notices of others on this work. What this work says of others (`ROF`, `EFR`) is not about it.
_NOTICES = {
    "RIN": IntegrityKind.RETRACTION,
    "PRIN": IntegrityKind.CORRECTION,
    "EIN": IntegrityKind.CORRECTION,
    "CRI": IntegrityKind.CORRECTION,
    "ECI": IntegrityKind.CONCERN,
}
_NOTICE_DATE = re.compile(r"\. (\d{4}(?: [A-Z][a-z]{2}(?: \d{1,2})?)?)\b")


@dataclass(slots=True)
class Entry:
    """One entry: the line it starts on, and its tags with their values in file order."""

    line: int
    rows: list[tuple[str, str]] = field(default_factory=list)
    # What goes on with the last row: joined once, or a long text would be copied for each line.
    tail: list[str] = field(default_factory=list)
    # Whether it may end at a blank line: one with a title may.
    is_whole: bool = False

    def add(self, tag: str, value: str) -> None:
        """Begin another row."""
        self.finish()
        self.rows.append((tag, value))
        self.is_whole = self.is_whole or tag in ("TI", "BTI")

    def finish(self) -> None:
        """Join what goes on with its row."""
        if self.tail:
            tag, value = self.rows[-1]
            self.rows[-1] = (tag, " ".join((value, *self.tail)).strip())
            self.tail = []

    def all(self, tag: str) -> list[str]:
        """The values of a tag, without the empty ones."""
        return [value for name, value in self.rows if name == tag and value]

    def first(self, *tags: str) -> str | None:
        """The first value of the first of these tags that has one."""
        return next((value for tag in tags for value in self.all(tag)), None)


class Nbib(TextFile):
    """PubMed's text format, `.nbib`."""

    name = "nbib"
    title = "nbib"
    summary = "PubMed's text (MEDLINE)"
    suffixes = (".nbib",)
    aliases: tuple[str, ...] = ("medline",)
    labels = (("nbib", "a PubMed file"),)

    def looks(self, head: str) -> bool:
        """A line with a PubMed id."""
        return _HEAD.search(head) is not None

    def load(self, file: BinaryIO, source: str, at: datetime) -> Iterator[Record | Refusal]:
        """A record or a refusal for each entry. See `bot.formats.base.Streamed`."""
        lines = Lines(file)
        for entry in _entries(lines):
            try:
                yield _record(entry, lines.guessed, source or self.name, at)
            except RefusedError as refused:
                yield Refusal(entry.line, str(refused))

    def pieces(self, records: Iterable[Record]) -> Iterator[str]:
        """See `bot.formats.base.Writer`."""
        return pieces(records)


def _entries(lines: Iterable[tuple[int, str]]) -> Iterator[Entry]:
    """Cut at each `PMID`, and where a blank line is followed by another entry's first tag."""
    entry: Entry | None = None
    after_blank = False
    for number, text in lines:
        if not text.strip():
            after_blank = True
            continue
        match = _TAG.match(text)
        if match is None:
            if entry is not None and text.startswith(_MARGIN) and entry.rows:
                entry.tail.append(text.strip())
            continue
        tag = match["tag"]
        begins = tag == "PMID" or (after_blank and (entry is None or entry.is_whole))
        if entry is None or (begins and entry.rows):
            if entry is not None:
                yield entry
            entry = Entry(number)
        entry.add(tag, (match["value"] or "").strip())
        after_blank = False
    if entry is not None:
        yield entry


@dataclass(slots=True)
class _Person:
    tag: str
    name: str
    affiliations: list[str] = field(default_factory=list)
    orcid: str | None = None
    has_short_form: bool = False

    def contribution(self) -> Contribution:
        roles = (_KINDS[self.tag],) if _KINDS[self.tag] else ()
        affiliation = "; ".join(self.affiliations) or None
        if self.tag == "CN" or not self.name:
            named = Contribution(name=self.name or None)
        elif self.name.endswith(",") and self.name.count(",") == 1:
            named = Contribution(family=self.name.rstrip(", "))
        else:
            named = contributor(self.name)
        return named.model_copy(
            update={"orcid": self.orcid, "affiliation": affiliation, "roles": roles}
        )


def _record(entry: Entry, guessed: str | None, source: str, at: datetime) -> Record:
    """One record. Raises RefusedError."""
    entry.finish()
    draft = Draft()
    if guessed:
        draft.warnings.append(f"encoding_guessed:{guessed}")
    notes = dict(_notes(entry))
    _types(draft, entry, notes.get(TYPE_NOTE))
    draft.text("title", entry.first("TI", "BTI", "TT"))
    abstract = entry.first("AB", "OAB")
    if abstract:
        draft.abstract(abstract, split_capitals(abstract))
    draft.people += _people(entry.rows, draft.warnings)
    article_number = notes.get("Article number")
    draft.journal(entry.first("JT", "TA", "CTI", "VTI"), entry.first("TA"))
    draft.text("volume", entry.first("VI"))
    draft.text("issue", entry.first("IP"))
    draft.text("article_number", article_number)
    if (pages := entry.first("PG")) != article_number:
        draft.text("pages", pages)
    draft.text("publisher", entry.first("PB"))
    # The "linking" number is one of the other two.
    numbers = sorted(entry.all("IS"), key=lambda text: "(Linking)" in text)
    for text in numbers:
        kind = {"(Electronic)": True, "(Print)": False}.get(text[9:].strip())
        draft.issn(text.split(" ")[0], electronic=kind)
    draft.date("published", _published(entry))
    draft.date("accepted", notes.get("Accepted") or _history(entry, "accepted"))
    draft.language(entry.first("LA"))
    draft.keywords += entry.all("OT") or [word.replace("*", "") for word in entry.all("MH")]
    _identify(draft, entry)
    draft.integrity += _integrity(entry)
    draft.licence(notes.get("Licence"))
    lists = [value for key, value in _notes(entry) if key == "Reading list"]
    draft.shelve(lists, notes.get("Remark"), read=notes.get("Read") == "yes")
    payload = "\n".join(f"{tag}- {value}" for tag, value in entry.rows)
    return draft.record(source, at, payload, notes.get("Provenance"))


def _notes(entry: Entry) -> Iterator[tuple[str, str]]:
    """What only we write into general notes: "Type: review protocol"."""
    for text in entry.all("GN"):
        key, colon, value = text.partition(": ")
        if colon and key in NOTE_KEYS:
            yield key, value


def _types(draft: Draft, entry: Entry, noted: str | None) -> None:
    """One type, and all that the other publication types say, as `subtype`."""
    given = [one_line(text) for text in entry.all("PT")]
    known = [_TYPES[text.lower()] for text in given if text.lower() in _TYPES]
    telling = [t for t in given if t.lower() not in _TYPES and not _SAYS_NOTHING.fullmatch(t)]
    # PubMed calls a letter in a journal a letter, and nothing else.
    in_a_journal = "Journal article" if entry.first("JT", "TA") and not entry.first("BTI") else None
    draft.text("type", noted or next(iter(known), in_a_journal))
    draft.text("subtype", "; ".join(telling))


def _published(entry: Entry) -> PartialDate | str | None:
    """The date of the issue; the day of the electronic version where the issue has only a year."""
    issue, online = entry.first("DP"), entry.first("DEP")
    if online and re.fullmatch(r"\d{8}", online) and (not issue or issue == online[:4]):
        return f"{online[:4]}-{online[4:6]}-{online[6:]}"
    return issue


def _history(entry: Entry, step: str) -> str | None:
    """A day of the history: "2013/04/09 [accepted]", often with a time that says nothing."""
    for text in entry.all("PHST"):
        day, _, named = text.partition(" [")
        if named.rstrip("]") == step:
            return day.split(" ")[0].replace("/", "-")
    return None


def _identify(draft: Draft, entry: Entry) -> None:
    draft.identify(Scheme.PMID, entry.first("PMID"))
    for text in (*entry.all("LID"), *entry.all("AID")):
        for match in _LABELLED_ID.finditer(text):
            if match["kind"] == "doi":
                draft.identify(Scheme.DOI, match["value"])
            elif re.fullmatch(r"[eE]\d{3,12}", match["value"].strip()):
                draft.text("article_number", match["value"])
    draft.identify(Scheme.PMCID, entry.first("PMC"))
    for text in entry.all("SI"):  # "ClinicalTrials.gov/NCT02239640"
        for mention in find(text):
            if mention.identifier.scheme is Scheme.NCT:
                draft.identify(Scheme.NCT, mention.identifier.value)


def _integrity(entry: Entry) -> Iterator[IntegrityNotice]:
    """Notices that PubMed links to this work; a retraction without a link by its type alone."""
    found = False
    for tag, kind in _NOTICES.items():
        for text in entry.all(tag):
            found = found or kind is IntegrityKind.RETRACTION
            yield IntegrityNotice(
                kind=kind, date=_notice_date(text), notice=_notice(text), source="PubMed"
            )
    if not found and "retracted publication" in (text.lower() for text in entry.all("PT")):
        yield IntegrityNotice(kind=IntegrityKind.RETRACTION, source="PubMed")


def _notice(text: str) -> str | None:
    """The notice's DOI, else its PubMed id."""
    known = {m.identifier.scheme: m.identifier.value for m in find(text)}
    pmid = known.get(Scheme.PMID)
    return known.get(Scheme.DOI) or (f"PMID {pmid}" if pmid else None)


def _notice_date(text: str) -> PartialDate | None:
    match = _NOTICE_DATE.search(text)
    if match is None:
        return None
    draft = Draft()
    draft.date("published", match[1])
    value = draft.value("published")
    return value if isinstance(value, PartialDate) else None


def _people(rows: Sequence[tuple[str, str]], warnings: list[str]) -> Iterator[Contribution]:
    """The contributors in order. A full name replaces the short form next to it."""
    found: list[_Person] = []
    current: _Person | None = None
    for tag, value in rows:
        line = one_line(value)
        if tag in _KINDS:
            if (
                tag in _SHORT
                and current
                and current.tag == f"F{tag}"
                and not current.has_short_form
            ):
                current.has_short_form = True
                continue
            current = _Person(tag, line)
            found.append(current)
        elif tag in ("FIR", "IR"):  # an investigator: what follows is not the author's
            current = None
        elif tag == "AD" and current is not None and line:
            current.affiliations.append(line)
        elif tag == "AUID" and current is not None and line:
            _add_orcid(current, line, warnings)
    return (person.contribution() for person in found)


def _add_orcid(person: _Person, text: str, warnings: list[str]) -> None:
    match = _ORCID.search(text)
    if match is None:  # an identifier of another kind (ISNI, GRID, a local one)
        return
    orcid = read(Scheme.ORCID, match[0])
    if orcid is None or not orcid.valid:
        warnings.append(f"bad_identifier:orcid:{match[0]}")
    else:
        person.orcid = orcid.value
