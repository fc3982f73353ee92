"""Records as nbib, as PubMed writes it: short tags, values folded at a blank margin."""

import calendar
import textwrap
from collections.abc import Iterable, Iterator

from bot.formats.draft import abstract_text, one_line, provenance_note
from bot.records.dates import PartialDate, Precision
from bot.records.models import Contribution, IntegrityKind, IntegrityNotice, Record, Scheme
from bot.records.names import with_others
from bot.records.sections import split_capitals
from bot.text.markup import plain

TYPE_NOTE = "Type"
# Keys of general notes that are ours; anybody else's notes are not read as ours.
_LIST, _REMARK, _READ = "Reading list", "Remark", "Read"
NOTE_KEYS = frozenset(
    (TYPE_NOTE, "Accepted", "Article number", "Licence", "Provenance", _LIST, _REMARK, _READ)
)
_WIDTH = 88
_PUBLICATION_TYPES = {
    "Journal article": "Journal Article", "Preprint": "Preprint", "Book": "Book",
    "Book section": "Book Chapter", "Dataset": "Dataset", "Report": "Technical Report",
    "Thesis": "Academic Dissertation", "Patent": "Patent", "Conference item": "Congress",
    "Internet publication": "Webcast",
}  # fmt: skip
_NOTICE_TAGS = {
    IntegrityKind.RETRACTION: "RIN",
    IntegrityKind.CORRECTION: "EIN",
    IntegrityKind.CONCERN: "ECI",
}


def pieces(records: Iterable[Record]) -> Iterator[str]:
    """An entry a record, a blank line between two."""
    for place, record in enumerate(records):
        yield "\n" * bool(place) + "".join(_lines(record))


def _lines(record: Record) -> Iterator[str]:
    for tag, value in _rows(record):
        if line := one_line(value or ""):
            # Long words are kept whole: a DOI cut in two would be read as two words.
            folded = textwrap.wrap(line, _WIDTH - 6, break_long_words=False, break_on_hyphens=False)
            yield f"{tag:<4}- " + "\n      ".join(folded) + "\n"


def _rows(record: Record) -> Iterator[tuple[str, str | None]]:
    """The tags of an entry and their values, in PubMed's order."""
    yield "PMID", record.pmid
    # The first line must be a tag that begins an entry where there is no PubMed id.
    yield "OWN", None if record.pmid else "NOTNLM"
    journal = record.journal
    yield "IS", f"{journal.eissn} (Electronic)" if journal and journal.eissn else None
    yield "IS", f"{journal.issn} (Print)" if journal and journal.issn else None
    yield "VI", record.volume
    yield "IP", record.issue
    yield "DP", _day(record.published) if record.published else None
    yield "TI", plain(record.title)
    # PubMed has the number of an article in the place of its pages.
    yield "PG", record.pages or record.article_number
    for identifier in record.identifiers:
        if identifier.scheme is Scheme.DOI:
            yield "LID", f"{identifier.value} [doi]"
    yield "AB", abstract_text(record, split_capitals)
    for person in with_others(record):
        yield from _person(person)
    yield "LA", record.language
    yield from (("SI", f"ClinicalTrials.gov/{i.value}") for i in record.identifiers
                if i.scheme is Scheme.NCT)  # fmt: skip
    yield "PT", _PUBLICATION_TYPES.get(record.type or "")
    yield from (("PT", part) for part in (record.subtype or "").split("; "))
    if record.is_retracted:
        yield "PT", "Retracted Publication"
    yield from ((_NOTICE_TAGS[n.kind], _notice(n)) for n in record.integrity
                if n.kind in _NOTICE_TAGS)  # fmt: skip
    yield "PB", record.publisher
    yield "TA", journal.abbreviation if journal else None
    yield "JT", plain(journal.title or "") if journal else None
    yield "PMC", record.identifier(Scheme.PMCID)
    yield from (("OT", word) for word in record.keywords)
    yield from (("GN", f"{key}: {value}") for key, value in _notes(record) if value)


def _person(person: Contribution) -> Iterator[tuple[str, str | None]]:
    roles = [role.lower() for role in person.roles]
    if roles and not {"author", "editor"} & set(roles):
        return
    is_editor = bool(roles) and "author" not in roles
    if person.family:
        family = person.family if person.given else f"{person.family},"
        name = ", ".join(part for part in (family, person.given) if part)
        yield "FED" if is_editor else "FAU", name
    elif person.display_name:
        yield "CN", person.display_name
    else:
        return
    yield "AUID", f"ORCID: {person.orcid}" if person.orcid else None
    yield "AD", person.affiliation


def _notes(record: Record) -> Iterator[tuple[str, str | None]]:
    known = record.type in _PUBLICATION_TYPES
    yield TYPE_NOTE, None if known else record.type
    yield "Article number", record.article_number
    yield "Accepted", str(record.accepted) if record.accepted else None
    yield "Licence", record.access.licence
    yield "Provenance", provenance_note(record)
    if shelf := record.shelf:
        yield from ((_LIST, name) for name in shelf.lists)
        yield _REMARK, shelf.note
        yield _READ, "yes" if shelf.read else None


def _notice(notice: IntegrityNotice) -> str:
    """The date and number of a notice, in the place where PubMed has them."""
    date = f". {_day(notice.date)}" if notice.date else ""
    number = notice.notice or ""
    number = number.replace("PMID ", "PMID: ") if number.startswith("PMID ") else f"doi: {number}"
    return f"Notice{date}. {number if notice.notice else ''}".strip()


def _day(date: PartialDate) -> str:
    """A date as PubMed prints it ("2019 Mar 5"), as precise as known."""
    if date.precision is Precision.YEAR:
        return f"{date.year:04d}"
    month = f"{date.year:04d} {calendar.month_abbr[date.month or 1]}"
    return f"{month} {date.day}" if date.day else month
