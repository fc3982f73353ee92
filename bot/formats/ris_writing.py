"""Records as RIS, in the tags that EndNote, Zotero and Mendeley read."""

import re
from collections.abc import Iterable, Iterator

from bot.formats.draft import abstract_text, one_line, own_id, provenance_note
from bot.formats.kinds import kind_of
from bot.records import identifiers
from bot.records.models import Contribution, Record, Scheme
from bot.records.names import contributor, name_parts, with_others
from bot.text.markup import plain

# A type that RIS has no word for.
TYPE_NOTE = "Type: "
READ_MARK = "Read: yes"
_OTHER = "GEN"
_RANGE = re.compile(r"(?P<start>[^\s-]+)-(?P<end>[^\s-]+)")
_LINKED = (Scheme.ARXIV, Scheme.ORA, Scheme.ARK, Scheme.NCT)


def pieces(records: Iterable[Record]) -> Iterator[str]:
    """An entry a record; every value is on one line, all of a tag's together."""
    for record in records:
        kind = kind_of(record.type)
        word = kind.ris if kind else "JOUR" if record.journal else _OTHER
        rows: dict[str, list[str]] = {"TY": [word]}
        for tag, value in _rows(record, has_word=kind is not None):
            if line := one_line(value or ""):
                rows.setdefault(tag.upper(), []).append(line)
        lines = (f"{tag}  - {value}\n" for tag, values in rows.items() for value in values)
        yield f"{''.join(lines)}ER  - \n\n"


def _rows(record: Record, *, has_word: bool) -> Iterator[tuple[str, str | None]]:
    """The tags of an entry and their values, in the order of most files."""
    yield "id", own_id(record)
    yield "ti", plain(record.title)
    yield from _people(with_others(record))
    journal = record.journal
    if journal is not None:
        name = plain(journal.title or "")
        yield "jf", name
        yield "ja", journal.abbreviation
        yield "t2", name if kind_holds(record) else None
    date = record.published
    yield "py", str(date.year) if date else None
    yield "da", str(date).replace("-", "/") if date and date.month else None
    yield "vl", record.volume
    yield "is", record.issue
    if (
        record.pages
        and (match := _RANGE.fullmatch(record.pages))
        and match["start"] != match["end"]
    ):
        yield "sp", match["start"]
        yield "ep", match["end"]
    else:
        yield "sp", record.pages
    yield "c7", record.article_number
    yield "sn", f"{journal.issn} (Print)" if journal and journal.issn else None
    yield "sn", f"{journal.eissn} (Electronic)" if journal and journal.eissn else None
    yield "pb", record.publisher
    yield "la", record.language
    yield "m3", record.subtype
    yield "u1", f"{TYPE_NOTE}{record.type}" if record.type and not has_word else None
    yield from (("kw", word) for word in record.keywords)
    yield "ab", abstract_text(record)
    yield from _numbers(record)
    yield "n1", "Retracted" if record.is_retracted else None
    yield "n1", provenance_note(record)
    if shelf := record.shelf:
        yield from (("lb", name) for name in shelf.lists)
        yield "rn", shelf.note
        yield "u5", READ_MARK if shelf.read else None
    read = max((p.at for p in record.provenance if p.at), default=None)
    yield "y2", f"{read:%Y/%m/%d}" if read else None


def kind_holds(record: Record) -> bool:
    """Whether readers take `T2` for what holds the work, not for a series."""
    return record.type not in {"Book", "Thesis", "Report", "Dataset", "Patent"}


def _people(people: Iterable[Contribution]) -> Iterator[tuple[str, str | None]]:
    """Authors as `AU`, editors as `A2`; no person is written for a name that is not known."""
    for person in people:
        roles = [role.lower() for role in person.roles]
        if not roles or "author" in roles:
            yield "au", written_name(person)
        elif "editor" in roles:
            yield "a2", written_name(person)


def written_name(person: Contribution) -> str | None:
    """The name as "Family, Given"; a group's so that it is not cut in two, as EndNote has it.

    It ends in a comma, or has its own comma twice: `University of California,, Berkeley`.
    """
    if person.family:
        return f"{person.family}, {person.given}" if person.given else f"{person.family},"
    name = one_line(person.display_name or "")
    if not name or contributor(name) == Contribution(name=name):
        return name or None
    return name.replace(",", ",,", 1) if "," in name else f"{name},"


def read_name(text: str) -> dict[str, str | None]:
    """The fields of the person or group of a name, as `written_name` or people write it."""
    name = one_line(text)
    if ",," in name:
        return {"name": name.replace(",,", ",", 1)}
    if name[-1:] == "," and name.count(",") == 1:
        return {"name": name.rstrip(", ") or None}
    return name_parts(name)


def _numbers(record: Record) -> Iterator[tuple[str, str | None]]:
    for identifier in record.identifiers:
        if identifier.scheme is Scheme.DOI:
            yield "do", identifier.value
    if record.pmid:
        yield "an", record.pmid
        yield "db", "PubMed"
    yield "c2", record.identifier(Scheme.PMCID)
    home = next((a for i in record.identifiers if (a := identifiers.url(i))), None)
    linked = [identifiers.url(i) for i in record.identifiers if i.scheme in _LINKED]
    for address in dict.fromkeys((home, *linked, record.access.url)):
        yield "ur", address
