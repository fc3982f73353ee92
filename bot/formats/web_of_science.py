"""Web of Science's tagged text ("Plain Text", "ISI flavour"), read by rispy's parser for it."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from rispy import WokParser

from bot.formats.draft import Draft
from bot.formats.json_values import RefusedError
from bot.formats.ris_dates import ris_date
from bot.records.identifiers import read
from bot.records.models import Contribution, Record, Scheme
from bot.records.names import contributor

_TYPES = {"J": "Journal article", "B": "Book", "S": "Book section", "P": "Patent"}
_ORCID = re.compile(r"(?P<name>[^/;]{1,100})/(?P<orcid>\d{4}-\d{4}-\d{4}-\d{3}[\dX])")
_DAY = re.compile(r"(?P<month>[A-Za-z]{3})(?: (?P<day>\d{1,2}))?")


def record_of_web_of_science(rows: Sequence[str], source: str, at: datetime) -> Record:
    """The record of one entry's lines, `PT` to `ER`. Raises RefusedError."""
    ended = rows if rows[-1].rstrip() == "ER" else [*rows, "ER"]
    parsed = WokParser().parse_lines(iter(ended))
    if not parsed:
        raise RefusedError("no entry of Web of Science")
    values = {name: value for name, value in parsed[0].items() if name != "unknown_tag"}

    def text(name: str) -> str | None:
        value = values.get(name)
        return " ".join(value) if isinstance(value, list) else value

    draft = Draft()
    draft.text("type", _TYPES.get((text("publication_type") or "").strip()))
    if text("document_type") != "Article":
        draft.text("subtype", text("document_type"))
    draft.text("title", text("document_title"))
    draft.journal(text("publication_name"))
    draft.people += _people(values, text("orcid_id") or "")
    draft.abstract(text("abstract"))
    draft.date("published", ris_date(_date(text("publication_year"), text("publication_date"))))
    for name, field in (("volume", "volume"), ("issue", "issue"), ("publisher", "publisher"),
                        ("article_number", "article_number")):  # fmt: skip
        draft.text(field, text(name))
    pages = [page for name in ("beginning_page", "ending_page") if (page := text(name))]
    draft.text("pages", "-".join(dict.fromkeys(pages)))
    draft.language(text("language"))
    draft.keywords += (text("author_keywords") or text("keywords_plus") or "").split(";")
    draft.issn(text("issn") or "")
    draft.issn(text("eissn") or "", electronic=True)
    draft.identify(Scheme.DOI, text("doi"))
    draft.identify(Scheme.PMID, text("pubmed_id"))
    draft.identify(Scheme.SOURCE, text("accession_number"))
    return draft.record(source, at, "\n".join(rows))


def _people(values: dict[str, object], orcids: str) -> Iterator[Contribution]:
    """Full names where they are given; an ORCID goes to the author it names."""
    held = {m["name"].strip().lower(): m["orcid"] for m in _ORCID.finditer(orcids)}
    names = values.get("author_full_name") or values.get("authors") or []
    for name in names if isinstance(names, list) else [names]:
        person = contributor(str(name))
        orcid = read(Scheme.ORCID, held.get(str(name).strip().lower(), ""))
        valid = orcid.value if orcid and orcid.valid else None
        yield person.model_copy(update={"orcid": valid})
    groups = values.get("group_authors") or []
    for group in groups if isinstance(groups, list) else [groups]:
        yield Contribution(name=str(group).strip() or None)


def _date(year: str | None, day: str | None) -> str:
    """Year and day as one: "2004/JUN/8". A span of months says no more than its year."""
    match = _DAY.fullmatch((day or "").strip())
    return f"{year or ''}/{match['month']}/{match['day'] or ''}" if match else year or ""
