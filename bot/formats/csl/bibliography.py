"""Items of CSL-JSON as lines of a bibliography."""

import re
from collections import Counter
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from bot.formats.csl.rendering import Item, Work
from bot.formats.csl.style import Style, load
from bot.text.folding import fold


def bibliography(items: Sequence[Item], style_name: str) -> tuple[str, ...]:
    """A line for each item, in the order of the style. Raises KeyError for an unknown style."""
    style = load(style_name)
    ordered = _sorted(items, style)
    if style.adds_year_suffix:
        ordered = _told_apart(ordered, style)
    lines, people = [], ""
    for number, item in enumerate(ordered, 1):
        # One work alone needs no number.
        numbered = {**item, "citation-number": number} if len(ordered) > 1 else item
        work = Work(numbered, style, style.bibliography, before=people)
        line = " ".join(work.layout().split())
        # Of a work of which little is known, some styles print a stop first, or nothing.
        lines.append(line.lstrip(" .,:;") or str(item.get("title", "")))
        people = work.people
    return tuple(lines)


def _told_apart(items: Sequence[Item], style: Style) -> list[Item]:
    """With a letter for the year of those that a text would cite alike: 2025a and 2025b."""
    citation = style.root.find("citation")
    if citation is None:
        return list(items)
    cited = [Work(item, style, citation).layout() for item in items]
    times, out = Counter(cited), []
    seen: Counter[str] = Counter()
    for item, how in zip(items, cited, strict=True):
        letter = chr(ord("a") + seen[how] % 26)
        seen[how] += 1
        out.append({**item, "year-suffix": letter} if times[how] > 1 else item)
    return out


def _sorted(items: Sequence[Item], style: Style) -> list[Item]:
    """By the keys of the style; as they come where it has none."""
    ordered = list(items)
    for key in reversed(style.bibliography.findall("sort/key")):
        falling = key.get("sort") == "descending"

        def rank(item: Item, key: Element = key, falling: bool = falling) -> tuple[bool, str]:
            text = fold(Work(item, style, style.bibliography, sorting=True).sort_key(key))
            # What has no value for a key comes last, whichever way.
            return bool(text) == falling, re.sub(r"[^\w\s]", "", text)

        if key.get("variable") != "citation-number":
            ordered.sort(key=rank, reverse=falling)
    return ordered
