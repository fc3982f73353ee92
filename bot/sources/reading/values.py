"""Values of answers that cannot be relied on: each is read by kind, or is not there.

A service's answer is not a file that a person can mend, so a value of the wrong kind does not
refuse the record: it counts as missing, and what is missing is unknown.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from bot.formats import Refusal
from bot.formats.json_pieces import elements
from bot.formats.json_values import RefusedError
from bot.records.dates import PartialDate, Precision
from bot.records.identifiers import read
from bot.records.models import MOST_REFERENCES, Identifier, Scheme, unique

Item = Mapping[str, Any]
# Longer texts are cut off nowhere known; this only keeps a hostile answer from filling memory.
LONGEST_TEXT = 200_000
LONGEST_TITLE = 5_000
# An answer is told by its beginning; the first line of a dump may have a work with many references.
_HEAD = 4 * 1024 * 1024
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ADDRESS = re.compile(r"https?://[^\s<>|\"]{1,1000}")
_HTML_TITLE = re.compile(r"<title[^>]{0,100}>([^<]{1,200})", re.IGNORECASE)


def clean(value: str) -> str:
    """Text on one line, without what no store can write (NUL, half characters)."""
    return " ".join(_UNWRITABLE.sub(" ", value[:LONGEST_TEXT]).split())


def text(value: object) -> str | None:
    """A text with its white space evened out; a whole number counts as one. None if empty."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return (clean(value) or None) if isinstance(value, str) else None


def item(value: object) -> Item:
    """An object; an empty one where there is none."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """A list; one object or text alone is a list of it, as converters from XML write it."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, (dict, str)) and value else []


def objects(value: object) -> list[Item]:
    """The objects of a list, in order."""
    return [entry for entry in items(value) if isinstance(entry, dict)]


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list, without the empty ones."""
    return tuple(found for entry in items(value) if (found := text(entry)))


def identifier(scheme: Scheme, value: object) -> Identifier | None:
    """An identifier in its normal form; None where there is none, or its check digit fails."""
    given = text(value)
    found = read(scheme, given) if given else None
    return found if found is not None and found.valid else None


def cited(values: Iterable[tuple[Scheme, object]]) -> tuple[Identifier, ...]:
    """The works that a list of references names, each once and in its order."""
    found = (identifier(scheme, value) for scheme, value in values)
    return unique(each for each in found if each is not None)[:MOST_REFERENCES]


def number(scheme: Scheme, value: object) -> str | None:
    """The value of such an identifier (an ORCID, an ISSN), or None."""
    found = identifier(scheme, value)
    return found.value if found else None


def source_id(service: str, value: object) -> Identifier | None:
    """The id that a service gives a work, under the service's name: `openalex:W2157853701`."""
    given = text(value)
    if not given or len(given) > 100:
        return None
    return Identifier(scheme=Scheme.SOURCE, value=f"{service}:{given}")


def iso_date(value: object) -> PartialDate | None:
    """A date in ISO 8601, as precise as it is given; None where it is none."""
    given = text(value)
    try:
        return PartialDate.parse(given) if given else None
    except ValueError:
        return None


def date_of(*parts: object) -> PartialDate | None:
    """A date of a year, a month and a day, as far as they are given and make one."""
    numbers: list[int] = []
    for part in parts[:3]:
        given = text(part)
        if given is None or not given.isascii() or not given.isdigit():
            break
        numbers.append(int(given[:4]))
    # A month or day that does not exist is left out, the year is believed.
    while numbers:
        try:
            return PartialDate(*numbers)
        except ValueError:
            numbers.pop()
    return None


def date_parts(value: object) -> PartialDate | None:
    """The first date of `{"date-parts": [[2025, 11, 9]]}`, as CSL has it; None for `[[null]]`."""
    parts = items(item(value).get("date-parts"))
    first = parts[0] if parts else None
    return date_of(*first) if isinstance(first, list) else None


def finer(issue: PartialDate | None, online: PartialDate | None) -> PartialDate | None:
    """The date of the issue, which is what is cited.

    Where the electronic date falls into the month (or year) that the issue gives, it says the day.
    """
    if issue is None or online is None:
        return issue or online
    is_finer = issue.precision is not Precision.DAY and str(online).startswith(str(issue))
    return online if is_finer else issue


def address(value: object) -> str | None:
    """A web address; None for anything else, so that nothing else becomes a link."""
    given = text(value)
    return given if given and _ADDRESS.fullmatch(given) else None


def page_range(first: object, last: object) -> str | None:
    """Pages as `12-19`; one page alone where both are the same or one is missing."""
    start, end = text(first), text(last)
    if start and end and start != end:
        return f"{start}-{end}"
    return start or end


def documents(file: BinaryIO) -> Iterator[tuple[int, object | Refusal]]:
    """The JSON documents of a saved answer with their lines.

    One; or one a line, as dumps have them; or the elements of an array: these are read as they
    come. What is not JSON is a Refusal that says what it is instead.
    """
    head = file.read(_HEAD)
    file.seek(0)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    is_empty = True
    if start[:1] == b"[":
        for _, chunk in elements(file):
            is_empty = False
            yield 1, chunk if isinstance(chunk, Refusal) else _or_refusal(chunk, 1)
        file.seek(0)
    elif start[:1] == b"{" and _is_a_line_each(start):
        for at, line in enumerate(file, start=1):
            if line.strip():
                is_empty = False
                yield at, _or_refusal(line, at)
    if is_empty:
        yield 1, _or_refusal(file.read(), 1)


def _is_a_line_each(head: bytes) -> bool:
    """Whether the second line begins another object."""
    first, _, others = head.partition(b"\n")
    return first.rstrip().endswith(b"}") and others.lstrip()[:1] == b"{"


def _or_refusal(data: bytes | str, line: int) -> object | Refusal:
    try:
        return _loaded(data)
    except RefusedError as refused:
        return Refusal(line, str(refused))


def _loaded(data: bytes | str) -> object:
    """A JSON document. Raises RefusedError."""
    try:
        return json.loads(data)
    except RecursionError:
        raise RefusedError("nested too deeply") from None
    except ValueError:
        raise RefusedError(_not_json(data)) from None


def _not_json(data: bytes | str) -> str:
    start = data[:2000]
    start = (start.decode("utf-8", "replace") if isinstance(start, bytes) else start).strip()
    if not start:
        return "an empty answer"
    if start.lower().startswith(("<html", "<!doctype html")):
        title = _HTML_TITLE.search(start)
        value = f": {clean(title.group(1))}" if title else ""
        return f"a web page instead of JSON{value}"
    return f"not JSON: {clean(start)[:80]}"
