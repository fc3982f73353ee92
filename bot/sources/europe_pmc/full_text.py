"""Europe PMC's full texts: JATS XML, cut into passages under the parts of a paper.

Follows the JATS of PubMed Central (Journal Publishing 1.x): `body`, nested `sec` with `title` and
`sec-type`, and paragraphs. Figures, tables, formulas and notes are left out.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from bot.errors import SourceRefused
from bot.sources.base import is_unknown
from bot.sources.http.client import Limits, PoliteClient
from bot.sources.reading.values import clean
from bot.sources.reading.xml import child_text, local_name

# What is fetched of one work at most.
LIMITS = Limits(largest_bytes=12 * 1024 * 1024, longest_wait=60.0, tries=3, kept_bytes=0)
# A work has no more passages, a passage no more characters, and nothing is nested deeper.
MOST_PASSAGES, LONGEST, _DEEPEST = 1_500, 6_000, 40
_LEFT_OUT = frozenset(
    ("fig", "fig-group", "table-wrap", "table-wrap-group", "disp-formula", "supplementary-material",
     "fn", "ref-list", "boxed-text", "media", "tex-math", "math", "inline-formula")
)  # fmt: skip
# The parts that can be searched, by the words of a heading; the first that fits.
PARTS = {
    "methods": re.compile(r"method|material|procedure|patients? and|experimental", re.IGNORECASE),
    "results": re.compile(r"result|finding", re.IGNORECASE),
    "discussion": re.compile(r"discussion|conclusion|limitation|perspective", re.IGNORECASE),
    "introduction": re.compile(r"introduction|background|^intro$", re.IGNORECASE),
}  # fmt: skip
OTHER = "other"


def fetch(client: PoliteClient, address: str, pmcid: str) -> list[tuple[str, str, str]] | None:
    """The passages of the text of a PMCID: (part, heading, text); None where there is none.

    Raises SourceUnavailable or SourceRefused.
    """
    try:
        page = client.get(f"{address}{pmcid}/fullTextXML", accept="application/xml")
    except SourceRefused as refused:
        if is_unknown(refused):
            return None
        raise
    return passages(page.xml())


def passages(article: Element) -> list[tuple[str, str, str]] | None:
    """The passages of an article in JATS, in order; None where it has no body."""
    body = next((each for each in article.iter() if local_name(each) == "body"), None)
    if body is None:
        return None
    found = []
    for passage in _under(body, OTHER, "", _DEEPEST):
        found.append(passage)
        if len(found) == MOST_PASSAGES:
            break
    return found or None


def _under(
    element: Element, part: str, heading: str, deeper: int
) -> Iterator[tuple[str, str, str]]:
    """The paragraphs of a section and of those within it; a part holds for what is within."""
    for child in element:
        name = local_name(child)
        if name == "p":
            if text := clean("".join(_words(child, _DEEPEST)))[:LONGEST].strip():
                yield part, heading, text
        elif name == "sec" and deeper:
            title = child_text(child, "title") or ""
            own = _part(f"{child.get('sec-type') or ''} {title}") if part == OTHER else part
            yield from _under(child, own, title[:200] or heading, deeper - 1)


def _part(heading: str) -> str:
    return next((part for part, words in PARTS.items() if words.search(heading)), OTHER)


def _words(element: Element, deeper: int) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if deeper and local_name(child) not in _LEFT_OUT:
            yield from _words(child, deeper - 1)
        yield child.tail or ""
