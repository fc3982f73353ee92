"""CSV: a table with a row a record, its columns named in the first row.

The names are those of our own tables, and those of PubMed, Scopus, Zotero and Web of Science.
Cells that a spreadsheet would run as a formula are written with an apostrophe in front.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, groupby
from operator import itemgetter
from typing import Any, BinaryIO

from bot.errors import UnreadableFile
from bot.formats.base import Refusal
from bot.formats.draft import abstract_text, one_line, own_id, provenance_note
from bot.formats.json_records import record_from
from bot.formats.json_values import RefusedError
from bot.formats.kinds import from_zotero
from bot.formats.lines import LONGEST_LINE, Lines
from bot.formats.ris_dates import ris_date
from bot.formats.ris_writing import read_name, written_name
from bot.formats.text_files import TextFile
from bot.formats.web_of_science import record_of_web_of_science, rows_of_table
from bot.records.models import Contribution, Record, Scheme, Shelf
from bot.records.names import people, with_others
from bot.text.markup import plain

COLUMNS = (
    "id", "title", "authors", "editors", "journal", "published", "volume", "issue", "pages",
    "article_number", "doi", "pmid", "pmcid", "type", "subtype", "language", "publisher", "issn",
    "eissn", "keywords", "identifiers", "access", "url", "licence", "status", "note",
    "journal_abbreviation", "lists", "remark", "read", "abstract",
)  # fmt: skip
_ALSO = {
    "key": "id", "citation key": "id", "article title": "title", "document title": "title",
    "author": "authors", "author full names": "authors_full", "author full name": "authors_full",
    "journal/book": "journal", "journal abbreviation": "journal_abbreviation",
    "abbreviated source title": "journal_abbreviation", "source title": "journal",
    "publication title": "journal",
    "publication year": "year", "date": "published", "publication date": "published",
    "year": "year", "vol": "volume", "art. no.": "article_number",
    "article number": "article_number", "page start": "page_start", "start page": "page_start",
    "page end": "page_end", "end page": "page_end", "doi link": "url", "link": "url",
    "pubmed id": "pmid", "pubmed_id": "pmid", "item type": "item_type",
    "document type": "subtype", "publication type": "publication_type",
    "abstract note": "abstract", "author keywords": "keywords", "manual tags": "keywords",
    "notes": "remark", "tags": "keywords", "language of original document": "language",
    "editor": "editors",
}  # fmt: skip
_FORMULA = re.compile(r"'?[=+\-@\t\r]")
_WITH_ORCID = re.compile(r"(?P<name>(?:.*\S)?)\s*\((?P<orcid>\d{4}-\d{4}-\d{4}-\d{3}[\dX])\)")
_LONGEST_CELL = 1_000_000


class CsvTable(TextFile):
    """CSV, and tables with semicolons or tabs."""

    name = "csv"
    title = "CSV"
    summary = "a table with a title column"
    suffixes = (".csv", ".tsv")
    aliases: tuple[str, ...] = ("tsv",)
    labels = (("csv", "a table"),)

    def looks(self, head: str) -> bool:
        """A first row that names a title column and another known one."""
        first = head.partition("\n")[0]
        names = next(csv.reader([first], _dialect(first)), [])
        known = _columns(names)
        is_table = "title" in known and len({*known} - {None}) > 1
        return is_table or _is_of_web_of_science(names)

    def load(self, file: BinaryIO, source: str, at: datetime) -> Iterator[Record | Refusal]:
        """A record or a refusal for each row. See `bot.formats.base.Streamed`."""
        csv.field_size_limit(_LONGEST_CELL)
        lines = Lines(file)
        rows = _rows(lines)
        _, head = next(rows, (1, []))
        tags = [tag.strip("\ufeff ") for tag in head] if isinstance(head, list) else []
        of_web_of_science = _is_of_web_of_science(tags)
        columns = ["title"] if of_web_of_science else _columns(tags)
        if "title" not in columns:
            raise UnreadableFile(
                "The table has no column called title.",
                f"Name the columns in its first row, for example: {', '.join(COLUMNS[:6])}.",
            )
        for line, cells in rows:
            if isinstance(cells, Refusal):
                yield cells
            elif any(cell.strip() for cell in cells):
                try:
                    if of_web_of_science:
                        entry = rows_of_table(tags, cells)
                        yield record_of_web_of_science(entry, source or "web_of_science", at)
                    else:
                        yield _record(dict(_cells(columns, cells)), cells, source or self.name, at)
                except RefusedError as refused:
                    yield Refusal(line, str(refused))

    def pieces(self, records: Iterable[Record]) -> Iterator[str]:
        """See `bot.formats.base.Writer`."""
        for cells in chain((COLUMNS,), map(_row, records)):
            yield written((cells,))


def written(rows: Iterable[Iterable[str]]) -> str:
    """Rows as RFC 4180 has them, none with a cell that a spreadsheet would run as a formula."""
    table = io.StringIO()
    safe = ([_safe(one_line(cell)) for cell in row] for row in rows)
    csv.writer(table, lineterminator="\r\n").writerows(safe)
    return table.getvalue()


class _Texts:
    """The lines of a table for the reader of rows, and the number of the last one given."""

    def __init__(self, lines: Lines) -> None:
        self._lines = groupby(lines, key=itemgetter(0))
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """The next line. Raises csv.Error for one that `Lines` cut: its pieces are no rows."""
        self.number, pieces = next(self._lines)
        text = next(pieces)[1]
        if next(pieces, None) is not None:
            raise csv.Error(f"a line of more than {LONGEST_LINE:,} characters")
        return f"{text}\n"


def _rows(lines: Lines) -> Iterator[tuple[int, list[str] | Refusal]]:
    """The rows, each with the line it starts on."""
    texts = _Texts(lines)
    try:
        first = next(texts, None)
    except csv.Error as error:
        yield 1, Refusal(1, f"not a row: {error}")
        return
    if first is None:
        return
    reader = csv.reader(chain((first,), texts), _dialect(first))
    start = texts.number
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield start, Refusal(start, f"not a row: {error}")
        else:
            if cells is None:
                return
            yield start, cells
        start = texts.number + 1


def _dialect(head: str) -> type[csv.Dialect]:
    """Commas, unless the first row has more semicolons or tabs."""
    separator = max(",;\t", key=head.count)

    class _Table(csv.excel):
        delimiter = separator

    return _Table


def _is_of_web_of_science(head: Sequence[str]) -> bool:
    """Whether the columns are the tags of Web of Science."""
    return [tag.strip("\ufeff ") for tag in head[:2]] == ["PT", "AU"]


def _columns(head: Iterable[str]) -> list[str | None]:
    """What each column of a table holds; None where that is nothing we keep."""
    names = [one_line(name).strip("\ufeff").lower() for name in head]
    return [name if name in COLUMNS else _ALSO.get(name) for name in names]


def _cells(columns: Iterable[str | None], cells: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Column and value of every cell that says something; of two the first is the one."""
    seen: set[str] = set()
    for name, cell in zip(columns, cells, strict=False):
        value = cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell
        if name and value.strip() and name not in seen:
            seen.add(name)
            yield name, value.strip()


def _record(row: Mapping[str, str], cells: list[str], source: str, at: datetime) -> Record:
    """One record. Raises RefusedError."""
    values: dict[str, Any] = {
        key: row[key]
        for key in ("id", "title", "journal", "volume", "issue", "pages", "article_number", "doi",
                    "pmid", "pmcid", "type", "subtype", "language", "publisher", "abstract")
        if key in row
    }  # fmt: skip
    if "item_type" in row:
        values.setdefault("type", from_zotero(row["item_type"]))
    if "page_start" in row:
        values.setdefault("pages", "-".join(filter(None, (row["page_start"], row.get("page_end")))))
    short = row.get("journal_abbreviation")
    title = row.get("journal") or short
    journal = {"title": title, "issn": row.get("issn"), "eissn": row.get("eissn")}
    journal["abbreviation"] = short if short != title else None
    values["journal"] = {key: value for key, value in journal.items() if value} or None
    values["contributors"] = [
        person.model_dump(mode="json", exclude_defaults=True) for person in _people(row)
    ]
    values["published"] = _published(row)
    values["keywords"] = row.get("keywords", "").split(";")
    values["identifiers"] = [
        {"scheme": scheme.strip(), "value": value.strip()}
        for scheme, colon, value in (
            i.partition(":") for i in row.get("identifiers", "").split("; ")
        )
        if colon
    ]
    access = {"status": row.get("access"), "url": row.get("url"), "licence": row.get("licence")}
    values["access"] = {key: value for key, value in access.items() if value} or None
    shelf = {
        "lists": [name.strip() for name in row.get("lists", "").split(";") if name.strip()],
        "note": row.get("remark"),
        "read": row.get("read") == "yes",
    }
    values["shelf"] = {key: value for key, value in shelf.items() if value} or None
    payload = "\x1f".join(cells)
    return record_from(values, payload, source, at, row.get("note"))


def _published(row: Mapping[str, str]) -> str | None:
    """The date where it can be read, else the year."""
    for name in ("published", "year"):
        if (date := ris_date(row.get(name, ""))) is not None:
            return str(date)
    return row.get("published") or row.get("year")


def _people(row: Mapping[str, str]) -> Iterator[Contribution]:
    for name in _names_in(row.get("authors_full") or row.get("authors", "")):
        yield _person(re.sub(r"\s*\(\d{6,20}\)$", "", name))  # Scopus puts its own number behind
    for name in _names_in(row.get("editors", "")):
        yield _person(name).model_copy(update={"roles": ("Editor",)})


def _names_in(cell: str) -> Iterator[str]:
    """The people of a cell; a comma at the end of one is part of the name."""
    for part in cell.split(";"):
        yield from (part.strip(),) if part.rstrip().endswith(",") else people(part)


def _person(text: str) -> Contribution:
    """A person as "Family, Given (ORCID)"; a comma at the end keeps a group in one piece."""
    match = _WITH_ORCID.fullmatch(text)
    name, orcid = (match["name"], match["orcid"]) if match else (text, None)
    return Contribution(**read_name(name), orcid=orcid)


def _safe(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _row(record: Record) -> list[str]:
    """What each column says of a record; empty where it is not known."""
    journal = record.journal
    shelf = record.shelf or Shelf()
    authors = [p for p in with_others(record) if not p.roles or "author" in _roles(p)]
    editors = [p for p in record.contributors if "editor" in _roles(p) and p not in authors]
    stated: dict[str, str | None] = {
        "id": own_id(record),
        "title": plain(record.title),
        "authors": _names(authors),
        "editors": _names(editors),
        "journal": plain(journal.title or "") if journal else None,
        "journal_abbreviation": journal.abbreviation if journal else None,
        "published": str(record.published or ""),
        "doi": record.doi,
        "pmid": record.pmid,
        "pmcid": record.identifier(Scheme.PMCID),
        "issn": journal.issn if journal else None,
        "eissn": journal.eissn if journal else None,
        "keywords": "; ".join(record.keywords),
        "identifiers": _other_identifiers(record),
        "access": str(record.access.status),
        "url": record.access.url,
        "licence": record.access.licence,
        "status": ", ".join(record.flags),
        "note": provenance_note(record),
        "lists": "; ".join(shelf.lists),
        "remark": shelf.note,
        "read": "yes" if shelf.read else None,
        "abstract": abstract_text(record),
    }
    cells = (stated[name] if name in stated else getattr(record, name) for name in COLUMNS)
    return [cell or "" for cell in cells]


def _roles(person: Contribution) -> list[str]:
    return [role.lower() for role in person.roles]


def _names(persons: Iterable[Contribution]) -> str:
    names = (
        f"{name} ({person.orcid})" if person.orcid else name
        for person in persons
        if (name := written_name(person))
    )
    return "; ".join(names)


def _other_identifiers(record: Record) -> str:
    """Those that have no column: "nct:NCT02263508; arxiv:2101.12345"."""
    columned = (Scheme.LOCAL, Scheme.DOI, Scheme.PMID, Scheme.PMCID)
    first = {(s, record.identifier(s)) for s in columned}
    return "; ".join(
        f"{i.scheme}:{i.value}" for i in record.identifiers if (i.scheme, i.value) not in first
    )
