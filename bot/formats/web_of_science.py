"""Web of Science's tagged text ("Plain Text", "ISI flavour")."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from bot.formats.draft import Draft
from bot.formats.ris_dates import ris_date
from bot.records.identifiers import read
from bot.records.models import Contribution, Record, Scheme
from bot.records.names import contributor

_TYPES = {"J": "Journal article", "B": "Book", "S": "Book section", "P": "Patent"}
# A tag and its value; a line that goes on begins with blanks.
_TAG = re.compile(r"(?P<tag>[A-Z][A-Z0-9])(?: |$)")
_PEOPLE = ("AU", "AF", "CA")
_ORCID = re.compile(r"(?P<name>[^/;]{1,100})/(?P<orcid>\d{4}-\d{4}-\d{4}-\d{3}[\dX])")
_DAY = re.compile(r"(?P<month>[A-Za-z]{3})(?: (?P<day>\d{1,2}))?")


def record_of_web_of_science(rows: Sequence[str], source: str, at: datetime) -> Record:
    """The record of one entry's lines, `PT` to `ER`. Raises RefusedError."""
    values = _values(rows)

    def text(tag: str) -> str | None:
        return " ".join(values.get(tag, ())) or None

    draft = Draft()
    draft.text("type", _TYPES.get((text("PT") or "").strip()))
    if text("DT") != "Article":
        draft.text("subtype", text("DT"))
    draft.text("title", text("TI"))
    draft.journal(text("SO"))
    draft.people += _people(values, text("OI") or "")
    draft.abstract(text("AB"))
    draft.date("published", ris_date(_date(text("PY"), text("PD"))))
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
    return f"{year or ''}/{match['month']}/{match['day'] or ''}" if match else year or ""
