"""Web of Science's tagged text ("Plain Text", "ISI flavour")."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from bot.formats.draft import Draft
from bot.formats.ris_dates import ris_date
from bot.records.identifiers import read
from bot.records.models import Contribution, IntegrityKind, IntegrityNotice, Record, Scheme
from bot.records.names import contributor

_SAY_NOTHING = ("", "Article", "Early Access", "Retracted Publication")
_TYPES = {"J": "Journal article", "B": "Book", "S": "Book section", "P": "Patent"}
# A tag and its value; a line that goes on begins with blanks.
_TAG = re.compile(r"(?P<tag>[A-Z][A-Z0-9])(?: |$)")
_PEOPLE = ("AU", "AF", "CA")
_ORCID = re.compile(r"(?P<name>[^/;]{1,100})/(?P<orcid>\d{4}-\d{4}-\d{4}-\d{3}[\dX])")
# "NOV 9", "2025 NOV 9", and of early access "NOV 2025".
_DAY = re.compile(
    r"(?:(?P<year>\d{4}) )?(?P<month>[A-Za-z]{3})(?: (?P<day>\d{1,2}))?(?: (?P<behind>\d{4}))?"
)


def record_of_web_of_science(rows: Sequence[str], source: str, at: datetime) -> Record:
    """The record of one entry's lines, `PT` to `ER`. Raises RefusedError."""
    values = _values(rows)

    def text(tag: str) -> str | None:
        return " ".join(values.get(tag, ())) or None

    draft = Draft()
    draft.text("type", _TYPES.get((text("PT") or "").strip()))
    kinds = [kind.strip() for kind in (text("DT") or "").split(";")]
    draft.text("subtype", "; ".join(kind for kind in kinds if kind not in _SAY_NOTHING))
    if "Retracted Publication" in kinds:
        notice = IntegrityNotice(kind=IntegrityKind.RETRACTION, source="Web of Science")
        draft.integrity.append(notice)
    draft.text("title", text("TI"))
    draft.journal(text("SO"), text("JI"))
    draft.people += _people(values, text("OI") or "")
    draft.abstract(text("AB"))
    draft.date("published", ris_date(_date(text("PY"), text("PD") or text("EA"))))
    if text("OA"):
        draft.open_access()
    for tag, field in (
        ("VL", "volume"),
        ("IS", "issue"),
        ("PU", "publisher"),
        ("AR", "article_number"),
    ):
        draft.text(field, text(tag))
    pages = [page for tag in ("BP", "EP") if (page := text(tag))]
    draft.text("pages", "-".join(dict.fromkeys(pages)))
    draft.language(text("LA"))
    draft.keywords += (text("DE") or text("ID") or "").split(";")
    draft.issn(text("SN") or "")
    draft.issn(text("EI") or "", electronic=True)
    draft.identify(Scheme.DOI, text("DI"))
    draft.identify(Scheme.PMID, text("PM"))
    draft.identify(Scheme.SOURCE, text("UT"))
    return draft.record(source, at, "\n".join(rows))


def _values(rows: Iterable[str]) -> dict[str, list[str]]:
    """The lines of each tag; of a tag that comes again only names of people add up."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for row in rows:
        match = _TAG.match(row)
        if match:
            tag, again = match["tag"], list[str]()
            lines = again if tag in found and tag not in _PEOPLE else found.setdefault(tag, [])
        if value := row[3 if match else 0 :].strip():
            lines.append(value)
    return found


def _people(values: Mapping[str, Sequence[str]], orcids: str) -> Iterator[Contribution]:
    """Full names where they are given; an ORCID goes to the author it names."""
    named = {m["name"].strip().lower(): m["orcid"] for m in _ORCID.finditer(orcids)}
    for name in values.get("AF") or values.get("AU") or ():
        orcid = read(Scheme.ORCID, named.get(name.lower(), ""))
        valid = orcid.value if orcid and orcid.valid else None
        yield contributor(name).model_copy(update={"orcid": valid})
    for group in values.get("CA", ()):
        yield Contribution(name=group)


def _date(year: str | None, day: str | None) -> str:
    """Year and day as one: "2004/JUN/8". A span of months says no more than its year."""
    match = _DAY.fullmatch((day or "").strip())
    year = year or (match and (match["year"] or match["behind"]))
    return f"{year or ''}/{match['month']}/{match['day'] or ''}" if match else year or ""


def rows_of_table(head: Sequence[str], cells: Sequence[str]) -> list[str]:
    """The lines of an entry from a row of the tab-delimited export, whose columns are the tags."""
    rows = []
    for tag, cell in zip(head, cells, strict=False):
        values = cell.split("; ") if tag in _PEOPLE else [cell]
        rows += [f"{tag if not place else '  '} {v}" for place, v in enumerate(values) if v]
    return rows
