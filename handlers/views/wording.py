"""Records described in plain words.

Everything here returns plain text. A card says what is known; what is not known is named once, on
the opened record.
"""

import calendar
import re
from collections.abc import Mapping
from datetime import date, datetime
from urllib.parse import urlsplit

from bot.records import identifiers
from bot.records.answers import Quote
from bot.records.dates import PartialDate, Precision
from bot.records.models import AccessStatus, Contribution, Identifier, Known, Record, Scheme
from bot.records.names import initials
from bot.text.markup import plain
from handlers.views.mrkdwn import ELLIPSIS, fit

LONGEST_TITLE = 500
FREE_AT_PMC = "free at PMC"

# Where a title leads: the DOI, or else the first of these that is stored.
_HOMES = (
    Scheme.DOI, Scheme.PMID, Scheme.PMCID, Scheme.ARXIV, Scheme.ORA, Scheme.ARK, Scheme.NCT,
)  # fmt: skip

_MOST_NAMED = 3
_LONGEST_AUTHOR, _LONGEST_PLACE, _LONGEST_KIND, _LONGEST_STATUS = 40, 100, 60, 40
_PEER_REVIEW = {Known.YES: "peer reviewed", Known.NO: "not peer reviewed"}
_ACCESS = {
    AccessStatus.OPEN: "open access",
    AccessStatus.EMBARGOED: "embargoed",
    AccessStatus.RESTRICTED: "restricted access",
    AccessStatus.METADATA_ONLY: "no full text at its source",
}
# Page numbers of a range are joined by a dash.
_RANGE = re.compile(r"(?<=\w)-(?=\w)")
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
_WARNINGS = {
    "notice_of_a_file": "Its file states a retraction or correction: `check` asks the services",
    "author_name_missing": "The record does not name its authors",
    "doi_label_empty": "The record's own DOI field is empty",
    "doi_conflict": "Two different DOIs are given",
    "pubs_id_conflict": "Pubs id and local pid disagree",
    "subtype_conflict": "Two different subtypes are given",
    "year_conflict": "Year and date disagree",
    "type_missing": "The record names no type",
    "issn_equals_eissn": "The same ISSN is given for print and online",
    "keywords_empty": "The record has no keywords",
    "ark_empty": "The record has no ARK",
    "licence_missing": "The record names no licence",
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
    stored = [i for i in record.identifiers if i.valid]
    for scheme in _HOMES:
        for identifier in stored:
            address = identifiers.url(identifier) if identifier.scheme is scheme else None
            if address:
                return address
    return None


def doi_address(record: Record) -> str | None:
    """The address of the DOI, or None when no DOI is stored."""
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


def dated(record: Record) -> str | None:
    """The publication date; failing that another date with its kind named."""
    if record.published:
        return day(record.published)
    if record.accepted:
        return f"accepted {day(record.accepted)}"
    return f"deposited {day(record.deposited)}" if record.deposited else None


def kind(record: Record) -> str | None:
    """The most telling type that is known: the subtype, else the type."""
    known = plain(record.subtype or "") or plain(record.type or "")
    return known[:1].upper() + known[1:] or None


def place(record: Record) -> str | None:
    """Where it appeared: "Cancer Cell 5(6), e70098", "Cell 168(4), 707–723"."""
    where = plain(record.journal.title or "") if record.journal else ""
    volume, issue = plain(record.volume or ""), plain(record.issue or "")
    if issue:
        volume = f"{volume}({issue})" if volume else f"issue {issue}"
    pages = plain(record.article_number or "") or _RANGE.sub("–", plain(record.pages or ""))
    named = f"{where or plain(record.publisher or '')} {volume}".strip()
    return ", ".join(part for part in (named, pages) if part) or None


def byline(record: Record) -> str | None:
    """The authors of a card: "Sharma P, Hu-Lieskovan S, … Ribas A"."""
    people = [name for person in record.contributors if (name := _short_name(person))]
    if "authors_not_all_named" in record.warnings and people:
        return f"{', '.join(people[: _MOST_NAMED - 1])} et al."
    if len(people) > _MOST_NAMED:
        people = [*people[: _MOST_NAMED - 1], f"{ELLIPSIS} {people[-1]}"]
    return ", ".join(people) or None


def _short_name(person: Contribution) -> str | None:
    """Family name and initials of an author; None for one without a name, and for editors."""
    if person.roles and not any("author" in role.lower() for role in person.roles):
        return None
    name = plain(person.display_name or "")
    if person.family and person.given and not person.name:
        name = f"{plain(person.family)} {initials(plain(person.given))}".strip()
    return fit(name, _LONGEST_AUTHOR) or None


def facts(record: Record) -> list[str]:
    """What is known of a record besides its title and whether it is free, in a card's order."""
    status = plain(record.publication_status or "")
    known = (
        (byline(record), 3 * _LONGEST_AUTHOR),
        (place(record), _LONGEST_PLACE),
        (dated(record), _LONGEST_STATUS),
        (kind(record), _LONGEST_KIND),
        (status if status.lower() != "published" else None, _LONGEST_STATUS),
        (_PEER_REVIEW.get(record.peer_reviewed), _LONGEST_STATUS),
        (None if record.doi else "no DOI", _LONGEST_STATUS),
    )
    return [fit(text, longest) for text, longest in known if text]


def access(record: Record) -> str | None:
    """Who can read it, where that is known; a copy at PubMed Central is free for all."""
    return FREE_AT_PMC if free_copy(record) else _ACCESS.get(record.access.status)


def free_copy(record: Record) -> str | None:
    """The address of its copy at PubMed Central, or None."""
    stored = (i for i in record.identifiers if i.scheme is Scheme.PMCID and i.valid)
    return next((address for pmcid in stored if (address := identifiers.url(pmcid))), None)


def unknown(record: Record) -> list[str]:
    """What is not known of a record, of what a reader would want to know of it."""
    missing = {
        "authors": not byline(record),
        "journal": not place(record),
        "date": not dated(record),
        "type": not kind(record),
        "peer review": record.peer_reviewed is Known.UNKNOWN,
        "access": not access(record),
        "licence": not record.access.licence,
    }
    return [name for name, is_missing in missing.items() if is_missing]


def quoted_from(quote: Quote) -> str:
    """Where a quote stands: "(abstract)" or "(abstract, Conclusion)"."""
    section = plain(quote.section or "")
    return f"(abstract, {fit(section, 30)})" if section else "(abstract)"


def sentence_of(quote: Quote, place: int, sentences: int) -> str:
    """Where a sentence stands: "(abstract, Results, sentence 7 of 9)", "(title)", or as it says."""
    if not place:
        return f"({plain(quote.section or 'title')})"
    return f"{quoted_from(quote).removesuffix(')')}, sentence {place} of {sentences})"


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
    """What is after an author: no name stored, affiliation, a role other than Author."""
    notes = [] if plain(person.display_name or "") else ["name not in record"]
    if person.affiliation:
        notes.append(fit(plain(person.affiliation), 80))
    notes += [fit(plain(role), 30) for role in person.roles[:3] if role.lower() != "author"]
    return f" ({', '.join(notes)})" if notes else ""


def scheme(identifier: Identifier) -> str:
    """The name of a kind of identifier."""
    return _SCHEMES[identifier.scheme]


def host(address: str) -> str:
    """The host of a web address, as a reader should see it before it is opened."""
    return fit(urlsplit(address).hostname or "", 60)


def warning(code: str) -> str:
    """A warning of a parser as a sentence."""
    words = _WARNINGS.get(code) or plain(code).replace("_", " ").replace(":", ": ")
    return fit(words[:1].upper() + words[1:], 200)


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 record", "1,234 records"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
