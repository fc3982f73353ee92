"""What is said about a record, in plain words: the same in blocks and in the text fallback.

Everything here returns plain text. What is not known is said to be unknown.
"""

import calendar
from collections.abc import Mapping
from datetime import date, datetime

from bot.records import identifiers
from bot.records.models import (
    AccessStatus,
    Contribution,
    Hit,
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Known,
    PartialDate,
    Precision,
    Provenance,
    Quote,
    Record,
    Scheme,
)
from bot.sources import labels
from bot.text.markup import plain
from handlers.views.mrkdwn import fit

LONGEST_TITLE = 250
LONGEST_FACTS = 180
LONGEST_WHY = 180
LONGEST_BANNER = 160

# Where a title leads: the DOI, or else the first of these that is held.
_HOMES = (
    Scheme.DOI, Scheme.PMID, Scheme.PMCID, Scheme.ARXIV, Scheme.ORA, Scheme.ARK, Scheme.NCT,
)  # fmt: skip

_PEER_REVIEW = {
    Known.YES: "✓ Peer reviewed",
    Known.NO: "✗ Not peer reviewed",
    Known.UNKNOWN: "? Peer review unknown",
}
_ACCESS = {
    AccessStatus.OPEN: "🔓 Open access",
    AccessStatus.EMBARGOED: "🔒 Embargoed",
    AccessStatus.RESTRICTED: "🔒 Restricted",
    AccessStatus.METADATA_ONLY: "🔒 Metadata only",
    AccessStatus.UNKNOWN: "? Access unknown",
}
# Worst first: only the first that is held is in the banner's headline.
_NOTICES = {
    IntegrityKind.RETRACTION: "RETRACTED",
    IntegrityKind.WITHDRAWAL: "WITHDRAWN",
    IntegrityKind.CONCERN: "EXPRESSION OF CONCERN",
    IntegrityKind.CORRECTION: "CORRECTED",
}
_SCHEMES = {
    Scheme.DOI: "DOI",
    Scheme.PMID: "PMID",
    Scheme.PMCID: "PMCID",
    Scheme.ORCID: "ORCID",
    Scheme.ISSN: "ISSN",
    Scheme.ARK: "ARK",
    Scheme.PUBS: "Pubs id",
    Scheme.ORA: "ORA record",
    Scheme.OAI: "OAI",
    Scheme.NCT: "Trial",
    Scheme.ARXIV: "arXiv",
    Scheme.SOURCE: "Source identifier",
    Scheme.LOCAL: "Importer's id",
}
_FIELD_ORIGINS = {"doi:publisher_copy": "DOI taken from the Publisher copy"}
_WARNINGS = {
    "author_name_missing": "Names of authors are not in the record",
    "doi_label_empty": "The record's own DOI field is empty",
    "doi_conflict": "Two different DOIs are given",
    "pubs_id_conflict": "Pubs id and local pid disagree",
    "subtype_conflict": "Two different subtypes are given",
    "year_conflict": "Year and date disagree",
    "type_missing": "No type held",
    "issn_equals_eissn": "The same ISSN is given for print and online",
    "keywords_empty": "No keywords held",
    "ark_empty": "No ARK held",
    "licence_missing": "No licence held",
    "encoding_guessed:windows-1252": "The file is not UTF-8: accents are read as Windows-1252",
    "end_of_entry_missing": "The entry was not closed in its file",
    "title_from_short_title": "The title is the short title of its file",
    "authors_not_all_named": "The file names only some of the authors (“and others”)",
}


def title(record: Record, limit: int = LONGEST_TITLE) -> str:
    """The title without markup."""
    return fit(plain(record.title) or "Untitled", limit)


def home(record: Record) -> str | None:
    """The address of the record: its DOI's, or that of the next best identifier; or None."""
    held = [i for i in record.identifiers if i.valid]
    for scheme in _HOMES:
        for identifier in held:
            address = identifiers.url(identifier) if identifier.scheme is scheme else None
            if address:
                return address
    return None


def doi_address(record: Record) -> str | None:
    """The address of the DOI, or None when no DOI is held."""
    dois = (i for i in record.identifiers if i.scheme is Scheme.DOI)
    return next((address for doi in dois if (address := identifiers.url(doi))), None)


def day(moment: PartialDate | date | datetime) -> str:
    """A date as precise as it is known: "9 Nov 2025", "Nov 2025", "2025"."""
    if not isinstance(moment, PartialDate):
        return f"{moment.day} {calendar.month_abbr[moment.month]} {moment.year}"
    if moment.precision is Precision.YEAR:
        return str(moment.year)
    month = calendar.month_abbr[moment.month or 1]
    return f"{moment.day} {month} {moment.year}" if moment.day else f"{month} {moment.year}"


def dated(record: Record) -> str:
    """The publication date; failing that another date with its kind named."""
    if record.published:
        return day(record.published)
    if record.accepted:
        return f"accepted {day(record.accepted)}"
    if record.deposited:
        return f"deposited {day(record.deposited)}"
    return "date unknown"


def kind(record: Record) -> str:
    """The most telling type held: the subtype, else the type."""
    held = plain(record.subtype or "") or plain(record.type or "") or "Type unknown"
    return held[:1].upper() + held[1:]


def place(record: Record) -> str:
    """Where it appeared: "Cancer Cell 5(6), e70098"."""
    journal = plain(record.journal.title or "") if record.journal else ""
    where = journal or plain(record.publisher or "") or "journal unknown"
    issue = f"({plain(record.issue)})" if record.issue else ""
    volume = plain(record.volume or "") + issue
    pages = plain(record.article_number or record.pages or "")
    return ", ".join(part for part in (f"{where} {volume}".strip(), pages) if part)


def facts(record: Record, *, full: bool = False) -> str:
    """The second line of a card: type, journal, date, and what is unusual."""
    types = [kind(record)]
    if full and record.subtype and record.type:
        types.append(plain(record.type))
    status = plain(record.publication_status or "")
    unusual = [status] if status and status.lower() != "published" else []
    doi = [] if record.doi else ["no DOI held"]
    end = " · ".join([dated(record), *unusual, *doi])
    start = " · ".join([*types, place(record)])
    return f"{fit(start, LONGEST_FACTS - len(end) - 3)} · {fit(end, LONGEST_FACTS // 2)}"


def retraction(record: Record) -> str:
    """What is known of its retraction, and since when it is known."""
    checked = f" (checked {day(record.checked)})" if record.checked else ""
    if record.is_retracted:
        return f"✗ {notice_word(record)}{checked}"
    if not checked:
        return "? Retraction status not checked"
    return f"No retraction known{checked}"


def notice_word(record: Record) -> str:
    """The worst notice held in one word: "Retracted", "Withdrawn"; empty when there is none."""
    held = notices(record)
    return _NOTICES[held[0].kind].capitalize() if held else ""


def trust(record: Record) -> str:
    """The third line of a card: peer review, access, retraction."""
    return " · ".join(
        (_PEER_REVIEW[record.peer_reviewed], _ACCESS[record.access.status], retraction(record))
    )


def notices(record: Record) -> list[IntegrityNotice]:
    """The retractions, concerns and corrections held, worst first."""
    order = list(_NOTICES)
    held = [n for n in record.integrity if n.kind in _NOTICES]
    return sorted(held, key=lambda n: order.index(n.kind))


def banner(record: Record) -> str | None:
    """What comes before the title when a notice is held: "⚠ RETRACTED — 3 Mar 2024 …"."""
    held = notices(record)
    if not held:
        return None
    said = [_notice(notice) for notice in held if notice.kind is held[0].kind]
    others = [_NOTICES[n.kind].lower() for n in held if n.kind is not held[0].kind]
    also = f"; also: {', '.join(dict.fromkeys(others))}" if others else ""
    headline = _NOTICES[held[0].kind]
    first = f"⚠ {headline} — {'; '.join(dict.fromkeys(said))}"
    return fit(first, LONGEST_BANNER - len(also)) + also


def _notice(notice: IntegrityNotice) -> str:
    date_known = day(notice.date) if notice.date else "date of the notice unknown"
    text = plain(notice.notice or "")
    said_by = f"says {plain(notice.source)}" if notice.source else ""
    return " · ".join(part for part in (date_known, text, said_by) if part)


def notice_links(record: Record) -> list[tuple[str, str]]:
    """(label, address) of each notice that names its own identifier or address."""
    found = []
    for notice in notices(record):
        text = (notice.notice or "").strip()
        identifier = identifiers.parse(text) if text else None
        address = identifiers.url(identifier) if identifier else None
        if address:
            found.append((f"Notice: {_NOTICES[notice.kind].lower()}", address))
    return found


def why(hit: Hit, limit: int = LONGEST_WHY) -> str | None:
    """Why a record is in an answer: "Why: resistance (abstract) · review (subtype)".

    Of one that matches only partly also what it lacks: "… · missing: CXCR2".
    """
    reasons = [
        f"{plain(reason.words or '') or spoken(reason.concept or '')} ({plain(reason.field)})"
        for reason in hit.why
        if reason.words or reason.concept
    ]
    if hit.missing:
        reasons.append(f"missing: {', '.join(map(plain, hit.missing))}")
    return fit(f"Why: {' · '.join(dict.fromkeys(reasons))}", limit) if reasons else None


def quoted_from(quote: Quote) -> str:
    """Where a quote stands: "(abstract)" or "(abstract, Conclusion)"."""
    section = plain(quote.section or "")
    return f"(abstract, {fit(section, 30)})" if section else "(abstract)"


def spoken(concept: str, labels: Mapping[str, str] | None = None) -> str:
    """A concept as words: its label, or its id without hyphens."""
    return (labels or {}).get(concept) or concept.replace("-", " ")


def author(person: Contribution) -> str:
    """Who it is, as far as the record says."""
    name = plain(person.display_name or "")
    if name:
        return fit(name, 80)
    return f"Author with ORCID {fit(person.orcid, 40)}" if person.orcid else "Author"


def author_notes(person: Contribution) -> str:
    """What stands after an author: no name held, affiliation, a role other than Author."""
    notes = [] if plain(person.display_name or "") else ["name not in record"]
    if person.affiliation:
        notes.append(fit(plain(person.affiliation), 80))
    notes += [fit(plain(role), 30) for role in person.roles[:3] if role.lower() != "author"]
    return f" ({', '.join(notes)})" if notes else ""


def scheme(identifier: Identifier) -> str:
    """The name of a kind of identifier."""
    return _SCHEMES[identifier.scheme]


def source_name(source: str) -> str:
    """A source as people know it."""
    return labels().get(source, plain(source))


def source(provenance: Provenance) -> str:
    """Where a record came from: "Source: ORA · harvested 3 Dec 2025 · its note"."""
    name = source_name(provenance.source)
    when = f"harvested {day(provenance.at)}" if provenance.at else "harvest date unknown"
    note = fit(plain(provenance.note), 300) if provenance.note else ""
    return " · ".join(part for part in (f"Source: {fit(name, 80)}", when, note) if part)


def field_origin(provenance: Provenance) -> list[str]:
    """What a reader should know of single fields: the DOI that the Publisher copy gave."""
    return [said for field, said in _FIELD_ORIGINS.items() if field in provenance.fields]


def warning(code: str) -> str:
    """A warning of a parser as a sentence."""
    words = _WARNINGS.get(code) or plain(code).replace("_", " ").replace(":", ": ")
    return fit(words[:1].upper() + words[1:], 200)


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 record", "1,234 records"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
