"""One entry of BibTeX or BibLaTeX as a record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self

from bot.formats.bibtex_names import read_names
from bot.formats.bibtex_writing import is_key_of
from bot.formats.draft import FROM, Draft, one_line
from bot.formats.json_values import RefusedError
from bot.formats.kinds import from_bibtex
from bot.formats.latex import group_end, to_text
from bot.records.dates import PartialDate
from bot.records.identifiers import read
from bot.records.models import Identifier, Record, Scheme
from bot.records.names import MONTHS

if TYPE_CHECKING:
    from bibtexparser.model import Entry

_CONTAINERS = ("journal", "journaltitle", "booktitle", "maintitle")
_PUBLISHERS = ("publisher", "school", "institution", "organization")
# Read as they stand: in these LaTeX's characters are no LaTeX.
_VERBATIM = frozenset(("doi", "url", "eprint", "pmid", "pmcid", "issn", "eissn", "file_url"))
_ESCAPED = re.compile(r"\\([_%&#$~])(?:\{\})?")
_URL = re.compile(r"\\(?:url|path|href)\s*\{(?P<url>[^{}]{1,2000})\}")
_TWO_FIELDS = re.compile(r"\{[^{}]*\}\s*(?P<next>[\w-]+)\s*=\s*[\"{]")
# What a value is joined of: the beginning of a text in quotes or braces, or the name of a string.
_PART = re.compile(r"\s*(?:(?P<opens>[\"{])|(?P<name>[^\s\"{}#,]+))")
_JOINT = re.compile(r"\s*#")
_REST = re.compile(r"\s*\Z")
_QUOTE_OR_GROUP = re.compile(r"[\"{]")
_LONGEST_VALUE = 1_000_000
_ORCID = re.compile(r"(?P<place>\d{1,4})\s*=\s*\"?(?P<orcid>\d{4}-\d{4}-\d{4}-\d{3}[\dXx])")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_DASHES = re.compile(r"\s*--+\s*")


@dataclass(slots=True)
class Fields:
    """An entry: its kind and key, its fields by lower-case name, and the line it starts on."""

    kind: str
    key: str
    values: dict[str, str]
    line: int
    warnings: list[str]
    raw: str

    @classmethod
    def of(cls, entry: Entry, strings: Mapping[str, str], line: int, warnings: list[str]) -> Self:
        """Take an entry from bibtexparser; of a field given twice the first counts.

        Raises RefusedError where a comma between two fields is missing.
        """
        values: dict[str, str] = {}
        for each in entry.fields:
            name, written = each.key.lower(), str(each.value)
            if match := _TWO_FIELDS.match(written):
                raise RefusedError(f"broken entry: no comma between {name} and {match['next']}")
            values.setdefault(name, value_of(written, strings))
        raw = entry.raw or repr(sorted(values.items()))
        return cls(entry.entry_type.lower(), entry.key or "", values, line, warnings, raw)

    def inherit(self, parents: Mapping[str, Fields]) -> None:
        """Take from the parent of a `crossref` what is not given; its title is the book's."""
        name = self.values.get("crossref", "").strip().lower()
        if not name:
            return
        parent = parents.get(name)
        if parent is None or parent is self:
            self.warnings.append(f"crossref_not_found:{one_line(name)[:80]}")
            return
        for field, value in parent.values.items():
            if field not in ("crossref", "title", "doi", "url", "pages", "abstract", "eprint"):
                self.values.setdefault(field, value)
        if "title" in parent.values:
            holds = "journal" if parent.kind == "periodical" else "booktitle"
            self.values.setdefault(holds, parent.values["title"])

    def text(self, *names: str, markup: bool = False) -> str | None:
        """The first of these fields that says something, as text."""
        for name in names:
            if not (raw := self.values.get(name)):
                continue
            text = _verbatim(raw) if name in _VERBATIM else to_text(raw, markup=markup)
            if line := one_line(text):
                return line
        return None


def value_of(raw: str, strings: Mapping[str, str]) -> str:
    """The text of a value as it is written: in braces, in quotes, or joined by "#" of several.

    Names of strings that nothing defines (months, numbers) stand for themselves. What has not this
    form, or would be longer than any text of a record, stays as it is written.
    """
    parts: list[str] = []
    at = size = 0
    while match := _PART.match(raw, at):
        if match["opens"]:
            close = _quote_end if match["opens"] == '"' else group_end
            end = close(raw, match.end() - 1)
            part = raw[match.end() : end - 1]
        else:
            end = match.end()
            part = strings.get(match["name"].lower(), match["name"])
        size += len(part)
        if not end or size > _LONGEST_VALUE:
            break
        parts.append(part)
        if _REST.match(raw, end):
            return "".join(parts)
        joint = _JOINT.match(raw, end)
        if joint is None:
            break
        at = joint.end()
    return raw


def _quote_end(raw: str, at: int) -> int:
    """The place behind the quotation mark that ends a text which begins with one; 0: none does."""
    at += 1
    while match := _QUOTE_OR_GROUP.search(raw, at):
        if match[0] == '"':
            return match.end()
        at = group_end(raw, match.start())
        if not at:
            return 0
    return 0


def _verbatim(raw: str) -> str:
    if match := _URL.search(raw):
        raw = match["url"]
    return _ESCAPED.sub(r"\1", raw).replace("{", "").replace("}", "")


def record_of(entry: Fields, guessed: str | None, source: str, at: datetime) -> Record:
    """The record of an entry. Raises RefusedError."""
    draft = Draft()
    draft.warnings += entry.warnings
    if guessed:
        draft.warnings.append(f"encoding_guessed:{guessed}")
    _type(draft, entry)
    title, subtitle = entry.text("title", markup=True), entry.text("subtitle", markup=True)
    draft.text("title", f"{title}: {subtitle}" if title and subtitle else title)
    _people(draft, entry)
    journal = entry.text(*_CONTAINERS)
    published_as = entry.values.get("howpublished", "")
    if journal is None and not re.search(r"\\url|https?:", published_as):
        journal = one_line(to_text(published_as))
    draft.journal(journal, entry.text("shortjournal"))
    draft.text("volume", entry.text("volume"))
    draft.text("issue", entry.text("number", "issue"))
    draft.text("pages", to_text(_DASHES.sub("-", entry.values.get("pages", ""))))
    draft.text("article_number", entry.text("eid", "articleno", "article-number"))
    draft.text("publisher", entry.text(*_PUBLISHERS))
    for text in re.findall(r"(?<![\d-])\d{4}-?\d{3}[\dXx](?![\d-])", entry.text("issn") or ""):
        draft.issn(text, electronic=False if "eissn" in entry.values else None)
    draft.issn(entry.text("eissn") or "", electronic=True)
    draft.licence(entry.text("copyright"))
    draft.date("published", _published(entry, draft.warnings))
    draft.abstract(entry.text("abstract", markup=True))
    draft.language(entry.text("langid", "language"))
    draft.keywords += _listed(entry.text("keywords", "keyword"))
    draft.shelve(
        _listed(entry.text("groups")),
        entry.text("annote", "annotation"),
        read=entry.text("readstatus") == "read",
    )
    _identify(draft, entry)
    note = entry.text("note") or ""
    at_start = note.find(FROM)
    stated = note[at_start:] if at_start >= 0 else None
    record = draft.record(source, at, entry.raw, stated)
    return _with_key(record, entry.key)


def _listed(words: str | None) -> list[str]:
    """The words of a list, which commas part; or semicolons where it has one."""
    return (words or "").split(";" if ";" in (words or "") else ",")


def _with_key(record: Record, key: str) -> Record:
    """The record with its own key as an identifier, unless it is the one we would give it."""
    local = read(Scheme.LOCAL, one_line(key)) if key.strip() else None
    if local is None or is_key_of(key, record):
        return record
    identifiers: tuple[Identifier, ...] = (*record.identifiers, local)
    return record.model_copy(update={"identifiers": identifiers})


def _type(draft: Draft, entry: Fields) -> None:
    draft.text("type", entry.text("worktype"))  # ours, where BibTeX has no word
    known = from_bibtex(entry.kind)
    stated = entry.text("type")
    if known is None:
        draft.text("type", stated or ("Preprint" if "eprint" in entry.values else None))
    else:
        draft.text("type", known)
        draft.text("subtype", stated)
    draft.text("subtype", entry.text("entrysubtype"))


def _people(draft: Draft, entry: Fields) -> None:
    authors = list(read_names(entry.values.get("author", ""), draft.warnings))
    orcids = _ORCID.finditer(entry.values.get("author+an:orcid", ""))
    for match in orcids:
        place, orcid = int(match["place"]) - 1, read(Scheme.ORCID, match["orcid"])
        if not (orcid and orcid.valid and 0 <= place < len(authors)):
            draft.warnings.append(f"bad_identifier:orcid:{match['orcid']}")
        else:
            authors[place] = authors[place].model_copy(update={"orcid": orcid.value})
    draft.people += authors
    draft.people += read_names(entry.values.get("editor", ""), draft.warnings, "Editor")


def _published(entry: Fields, warnings: list[str]) -> PartialDate | None:
    """BibLaTeX's `date`, else year, month and day; a range is the day it begins."""
    given = (entry.text("date") or "").split("/")[0].rstrip("~?%")
    try:
        return PartialDate.parse(given)
    except ValueError:
        pass
    years = _YEAR.findall(entry.text("year") or given)
    if not years:
        if entry.text("year"):
            warnings.append("bad_date:published")
        return None
    month, day = _month_and_day(entry.text("month") or "", entry.text("day") or "")
    for parts in ((int(years[0]), month, day), (int(years[0]), month), (int(years[0]),)):
        if all(parts):
            try:
                return PartialDate(*parts)
            except ValueError:
                continue
    return None


def _month_and_day(month: str, day: str) -> tuple[int, int]:
    """Month and day of "jul", "7", "July", or "8~jul" with the day in it; 0: not known."""
    found = re.search(r"[A-Za-z]{3,}", month)
    name = found[0][:3].lower() if found else ""
    numbers = re.findall(r"\d{1,2}", month)
    if name in MONTHS:
        in_month = numbers[0] if numbers else ""
        number = MONTHS.index(name) + 1
    else:
        in_month = ""
        number = int(numbers[0]) if numbers else 0
    known = day if day.isdigit() else in_month
    return number, int(known) if known else 0


def _identify(draft: Draft, entry: Fields) -> None:
    draft.identify(Scheme.DOI, entry.text("doi"))
    draft.identify(Scheme.PMID, entry.text("pmid"))
    draft.identify(Scheme.PMCID, entry.text("pmcid"))
    kind = (entry.text("eprinttype", "archiveprefix") or "").lower()
    if kind == "arxiv" or (not kind and "eprint" in entry.values):
        draft.identify(Scheme.ARXIV, entry.text("eprint"))
    elif kind in ("pubmed", "pmid"):
        draft.identify(Scheme.PMID, entry.text("eprint"))
    draft.address(entry.text("file_url"))
    for url in re.split(r"\s+(?=https?:)", entry.text("url") or ""):
        draft.address(url)
    if match := _URL.search(entry.values.get("howpublished", "")):
        draft.address(_verbatim(match["url"]))
