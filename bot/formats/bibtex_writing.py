"""Records as BibTeX, for LaTeX's classic programs and for BibLaTeX.

Written here, because pandoc's writer drops DOI and ISSN, puts the article number in the place of
the issue, and changes the case of titles.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from bot.formats.bibtex_names import written_name
from bot.formats.draft import abstract_text, one_line, own_id, provenance_note
from bot.formats.kinds import kind_of
from bot.formats.latex import to_latex
from bot.formats.rich import rich
from bot.formats.split_names import split_name
from bot.records import identifiers
from bot.records.models import Contribution, Record, Scheme
from bot.records.names import MONTHS, NOT_ALL_NAMED
from bot.text.folding import strip_accents
from bot.text.markup import plain
from bot.text.stop_words import LIGHT

_CONTAINERS = {
    "article": "journal",
    "incollection": "booktitle",
    "inproceedings": "booktitle",
    "misc": "howpublished",
}
_WORD = re.compile(r"[^\W_]+")
_NO_KEY = re.compile(r"[^A-Za-z0-9]+")
_BEHIND_KEY = re.compile(r"[a-z]{0,2}")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_:./+-]{0,99}")
# What no citation shows, and only a whole file of records has.
_ONLY_WHOLE = frozenset(
    ("abstract", "keywords", "copyright", "language", "entrysubtype", "author+an:orcid", "eissn",
     "day", "shortjournal", "file_url", "worktype", "groups", "annote", "readstatus")
)  # fmt: skip


def pieces(records: Iterable[Record]) -> Iterator[str]:
    """An entry a record, each with a key of its own."""
    taken: set[str] = set()
    for place, record in enumerate(records):
        key = free_key(_own_key(record), taken)
        yield "\n" * bool(place) + entry(record, key, whole=True) + "\n"


def free_key(key: str, taken: set[str]) -> str:
    """The key, with a, b, c … behind it where it is taken; it is then taken too."""
    free, number = key, 0
    while free.lower() in taken:
        free = f"{key}{_letters(number)}"
        number += 1
    taken.add(free.lower())
    return free


def _letters(number: int) -> str:
    """The letters from a to z, then aa, ab and so on."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def entry(record: Record, key: str | None = None, *, whole: bool = False) -> str:
    """A record as one entry; with `whole`, also what no citation shows (abstract, keywords …).

    Letters that LaTeX has commands for are commands.

    An article number is `eid`, an issue `number`; a retraction, and where the record comes from,
    is given in `note`.
    """
    kind = kind_of(record.type)
    word = kind.bibtex if kind else "article" if record.journal else "misc"
    rows = [
        # A month is a macro of BibTeX and is without braces.
        f"  {name} = {value}" if name == "month" else f"  {name} = {{{value}}}"
        for name, value in _fields(record, word, has_word=kind is not None)
        if value and (whole or name not in _ONLY_WHOLE)
    ]
    return "\n".join([f"@{word}{{{key or _own_key(record)},", ",\n".join(rows), "}"])


def _fields(record: Record, word: str, *, has_word: bool) -> Iterator[tuple[str, str]]:
    authors = [p for p in record.contributors if _is(p, "author")]
    others = " and others" if authors and NOT_ALL_NAMED in record.warnings else ""
    yield "author", _names(authors) + others
    yield "author+an:orcid", _orcids(authors)
    yield "editor", _names([p for p in record.contributors if p.roles and _is(p, "editor")])
    # Two pairs of braces keep the capitals of "PD-L1" and "CAF" in every style.
    yield "title", f"{{{to_latex(rich(record.title), markup=True)}}}"
    journal = record.journal
    yield _CONTAINERS.get(word, "booktitle"), _latex(journal.title if journal else None)
    yield "shortjournal", _latex(journal.abbreviation if journal else None)
    published = record.published
    yield "year", f"{published.year:04d}" if published else ""
    yield "month", MONTHS[published.month - 1] if published and published.month else ""
    yield "day", str(published.day) if published and published.day else ""
    yield "volume", _latex(record.volume)
    yield "number", _latex(record.issue)
    yield "pages", re.sub(r"\s*[-\u2010-\u2015]+\s*", "--", one_line(record.pages or ""))
    yield "eid", _latex(record.article_number)
    yield "publisher", _latex(record.publisher)
    yield "issn", (journal.issn or "") if journal else ""
    yield "eissn", (journal.eissn or "") if journal else ""
    yield "worktype", "" if has_word else _latex(record.type)
    yield "entrysubtype", _latex(record.subtype)
    yield "language", _latex(record.language)
    yield "doi", _verbatim(record.doi or "")
    yield "pmid", record.pmid or ""
    yield "pmcid", record.identifier(Scheme.PMCID) or ""
    arxiv = record.identifier(Scheme.ARXIV)
    yield "eprint", arxiv or ""
    yield "archiveprefix", "arXiv" if arxiv else ""
    # Where there is a DOI, styles print its address themselves.
    yield "url", _verbatim("" if record.doi else address(record) or record.access.url or "")
    yield "file_url", _verbatim(record.access.url or "")
    yield "copyright", _latex(record.access.licence)
    yield "keywords", _latex(_keywords(record.keywords))
    yield "abstract", _latex(abstract_text(record))
    if shelf := record.shelf:
        yield "groups", _latex(_keywords(shelf.lists))
        yield "annote", _latex(shelf.note)
        yield "readstatus", "read" if shelf.read else ""
    retracted = "Retracted" if record.is_retracted else None
    yield "note", _latex(". ".join(filter(None, (retracted, provenance_note(record)))))


def _is(person: Contribution, role: str) -> bool:
    """Whether a person has a part; who has none named is an author."""
    roles = [each.lower() for each in person.roles]
    return role in roles if roles else role == "author"


def _names(people: Iterable[Contribution]) -> str:
    """Those with a name, in order."""
    return " and ".join(filter(None, (written_name(person) for person in people)))


def _orcids(people: Iterable[Contribution]) -> str:
    """BibLaTeX's data annotation, by the place among those that are written."""
    named = [person for person in people if person.display_name]
    return "; ".join(f'{n}="{p.orcid}"' for n, p in enumerate(named, 1) if p.orcid)


def _keywords(words: Iterable[str]) -> str:
    """By commas, as BibLaTeX wants; by semicolons where a keyword has a comma in it."""
    lines = [one_line(word) for word in words]
    if any("," in line for line in lines):
        return "; ".join((*lines, "")).strip()
    return ", ".join(lines)


def _latex(text: str | None) -> str:
    return to_latex(plain(text or ""))


def _verbatim(text: str) -> str:
    """A value that BibTeX does not read as LaTeX; braces would end the field."""
    return re.sub(r"[{}\\\s]", lambda match: f"%{ord(match.group()):02X}", text)


def address(record: Record) -> str:
    """The address of a work without a DOI: of its first identifier that has one."""
    schemes = (Scheme.PMID, Scheme.PMCID, Scheme.ARXIV, Scheme.ORA, Scheme.ARK)
    known = [i for scheme in schemes for i in record.identifiers if i.scheme is scheme]
    return next((found for i in known if (found := identifiers.url(i))), "")


def _own_key(record: Record) -> str:
    """The key that the team's own file gave it, else a readable one."""
    own = own_id(record)
    return own if own and _KEY.fullmatch(own) else key_of(record)


def key_of(record: Record) -> str:
    """A readable key: first author, year, first telling word of the title: `sharma2017primary`."""
    people = (split_name(p) for p in record.contributors if _is(p, "author") and p.display_name)
    names = next(people, (None, None, None))
    family = _ascii(names[0] or names[2] or "")[:30]
    year = str(record.year or "")
    words = [word for part in _WORD.findall(plain(record.title)) if (word := _ascii(part))]
    telling = next((word for word in words if word not in LIGHT), "")[:30]
    # Without an author the title leads, as it does in a reference list.
    return (f"{family}{year}{telling}" if family else f"{telling}{year}") or "untitled"


def is_key_of(key: str, record: Record) -> bool:
    """Whether a key is the one we give a record.

    Of several works with one key all but the first have letters behind it.
    """
    ours = key_of(record)
    return key.startswith(ours) and _BEHIND_KEY.fullmatch(key, len(ours)) is not None


def _ascii(text: str) -> str:
    folded = strip_accents(text)
    if not folded.isascii():
        folded = unicodedata.normalize("NFKD", folded)
    return _NO_KEY.sub("", folded)
