"""XML answers: entities refused, what is whole of a broken answer kept, inline markup as text.

Read with defusedxml: an entity that the answer defines itself, or one from outside, is refused;
a DOCTYPE that only names its DTD, as PubMed's does, is passed over and nothing is fetched.
"""

import hashlib
import io
import re
from collections.abc import Callable, Collection, Iterator
from xml.etree.ElementTree import Element, ParseError, tostring

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from bot.formats import Refusal
from bot.formats.json_values import RefusedError
from bot.records.models import Record
from bot.sources.reading.values import clean

# What a title or abstract keeps, as `bot.text.markup` reads it; of others only the text stays.
_INLINE = frozenset(("b", "i", "u", "sub", "sup"))
_APART = frozenset(("p", "br", "sec", "title", "list", "list-item", "AbstractText"))
_DEEPEST = 60
_DECLARATION = re.compile(rb"(?=<\?xml\s)")


def records(
    data: bytes, wanted: Collection[str], read: Callable[[Element], Record]
) -> Iterator[Record | Refusal]:
    """A record for each element of a wanted name, or why it is none.

    Answers that were pasted one behind the other are read one by one. Where an answer is not well
    formed, what is whole before that place is kept, and a Refusal says where it breaks.
    """
    place = 0
    for answer in (part for part in _DECLARATION.split(data) if part.strip()):
        try:
            for element in _elements(answer, wanted):
                place += 1
                try:
                    yield read(element)
                except RefusedError as refused:
                    yield Refusal(place, str(refused))
                element.clear()
        except DefusedXmlException:
            yield Refusal(place + 1, "XML that defines entities of its own")
        except (ParseError, ValueError, LookupError) as error:
            yield Refusal(place + 1, f"not well-formed XML: {clean(str(error))[:100]}")


def _elements(data: bytes, wanted: Collection[str]) -> Iterator[Element]:
    depth_limit = _DepthLimit()
    for event, element in defusedxml.ElementTree.iterparse(
        io.BytesIO(data), events=("start", "end"), forbid_dtd=False
    ):
        depth_limit.follow(event)
        if event == "end" and local_name(element) in wanted:
            yield element


class _DepthLimit:
    """Refuses elements nested deeper than any record: walking them would cost time only."""

    def __init__(self, deepest: int = 500) -> None:
        self._left = deepest

    def follow(self, event: str) -> None:
        self._left += 1 if event == "end" else -1
        if self._left < 0:
            raise ValueError("nested too deeply")


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def child_text(element: Element | None, path: str) -> str | None:
    """The text of the first element at a path, without any markup; None if empty."""
    found = element.find(path) if element is not None else None
    return text_of(found)


def text_of(element: Element | None) -> str | None:
    """All the text in an element on one line, without markup; None if there is none."""
    if element is None:
        return None
    return clean("".join(element.itertext())) or None


def marked_text(element: Element | None) -> str | None:
    """The text of an element with its inline markup: `<i>`, `<sup>`, formulas in MathML."""
    if element is None:
        return None
    return clean("".join(_pieces(element, _DEEPEST))) or None


def _pieces(element: Element, deeper: int) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        name = local_name(child)
        is_kept = name in _INLINE or "MathML" in str(child.tag)
        yield f"<{name}>" if is_kept else " " if name in _APART else ""
        if deeper:
            yield from _pieces(child, deeper - 1)
        else:
            yield "".join(child.itertext())
        yield f"</{name}>" if is_kept else " " if name in _APART else ""
        yield child.tail or ""


def hash_of(element: Element) -> str:
    """SHA-256 of an element as XML."""
    return hashlib.sha256(tostring(element)).hexdigest()
