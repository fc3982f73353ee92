"""MeSH descriptors as ASCII (`d2025.bin`): blocks of `NAME = value` lines after `*NEWRECORD`.

The form is https://www.nlm.nih.gov/mesh/dtype.html: MH the heading, UI its number, ENTRY and
PRINT ENTRY its other names (with further fields after `|`), MN its tree numbers, MS its note.
"""

from collections.abc import Iterator

from bot.vocabulary.imports.source import Source
from bot.vocabulary.imports.terms import Role, Term, TermName

START = "*NEWRECORD"


def read(source: Source) -> Iterator[Term]:
    """The terms of a file. Raises UnreadableFile with the line."""
    seen: set[str] = set()
    fields: list[tuple[str, str]] = []
    begun = 0
    for number, line in source.lines():
        if line.strip() == START:
            yield from _finished(source, begun, fields, seen)
            fields, begun = [], number
        elif not line.strip():
            continue
        elif begun == 0 or " = " not in line:
            raise source.refusal(number, "not a MeSH record: `NAME = value` is expected")
        else:
            name, _, value = line.partition(" = ")
            fields.append((name.strip(), value.strip()))
    yield from _finished(source, begun, fields, seen)


def _finished(
    source: Source, line: int, fields: list[tuple[str, str]], seen: set[str]
) -> Iterator[Term]:
    if not line:
        return
    stored = dict(reversed(fields))
    code, label = stored.get("UI", ""), stored.get("MH", "")
    if not code or not label:
        raise source.refusal(line, f"a record without {'MH' if code else 'UI'}")
    if code in seen:
        raise source.refusal(line, f"{code} stands there twice")
    seen.add(code)
    entries = (v.partition("|")[0].strip() for n, v in fields if n in ("ENTRY", "PRINT ENTRY"))
    others = (text for text in dict.fromkeys(entries) if text and text != label)
    names = (TermName(label, Role.LABEL), *(TermName(text, Role.OTHER) for text in others))
    areas = "".join(sorted({value[:1] for name, value in fields if name == "MN"}))
    yield Term(code, "heading", label, stored.get("MS", ""), areas, names)
