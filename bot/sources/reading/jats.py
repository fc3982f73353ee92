"""Titles and abstracts in JATS, the markup that publishers deposit with Crossref, and in HTML."""

import re

from bot.records.models import Section
from bot.records.sections import split_sections

# What is kept as inline markup, under its HTML name.
_INLINE = {
    "italic": "i", "bold": "b", "sup": "sup", "sub": "sub", "underline": "u", "i": "i", "b": "b",
    "u": "u", "em": "i", "strong": "b",
}  # fmt: skip
_TAG = re.compile(
    r"<(?P<close>/?)(?:jats:|mml:)?(?P<name>[A-Za-z][\w-]{0,40})(?:\s[^<>]{0,2000})?/?>"
)
_FORMULA = re.compile(r"math|m[a-z]{1,12}")
# A formula is given several times over, as TeX among others; typesetters leave instructions.
_UNREAD = re.compile(
    r"<(?:(?P<close>/)?(?:jats:)?(?P<name>tex-math|xref|fn)\b[^<>]{0,500}|\?[^<>]{0,500})>"
)
_EMPHASIS = r"(?:jats:)?(?:bold|italic|b|i|strong|em)"
_HEADING = re.compile(rf"<{_EMPHASIS}>([^<>]{{1,100}})</{_EMPHASIS}>\s*[.:]?\s*")
# Crossref's records have lost the spaces around many of them: "of<i>Listeria</i>in".
# Europe PMC hands PubMed's labels on as headings of HTML.
_HTML_HEADING = re.compile(r"<h[1-6]>([^<>]{1,200})</h[1-6]>", re.IGNORECASE)
_RUN_ON = re.compile(r"(?<=\w)(?=<[ib]>[^\W\d_]{3})|(?<=[^\W\d_]{3}</[ib]>)(?=\w)")


def sections_of(abstract: str) -> tuple[Section, ...]:
    """The sections of an abstract in markup: by its titles, else by its inline headings.

    Of the markup only what `bot.text.markup` reads stays: italics, raised, lowered, formulas.
    """
    abstract = _HTML_HEADING.sub(r"<title>\1</title>", _readable(abstract))
    marked = split_sections(abstract)
    cleaned = tuple(
        Section(label=section.label, text=words)
        for section in marked
        if (words := inline(section.text))
    )
    if any(section.label for section in cleaned):
        return cleaned
    return split_sections(inline(_HEADING.sub(_heading, abstract)))


def _readable(abstract: str) -> str:
    """Without the elements that no reader wants; one that is not closed loses its tag only."""
    tags = list(_UNREAD.finditer(abstract))
    last_close = {tag["name"]: tag.start() for tag in tags if tag["close"]}
    parts: list[str] = []
    kept, within = 0, ""
    for tag in tags:
        name = tag["name"] or ""
        if within and not (tag["close"] and name == within):
            continue
        if not within:
            parts.append(abstract[kept : tag.start()])
        kept = tag.end()
        opens = name and not tag["close"] and last_close.get(name, -1) > tag.start()
        within = name if opens else ""
    return " ".join((*parts, abstract[kept:]))


def inline(text: str) -> str:
    """Text with its inline markup in HTML's names, everything else of the markup gone."""
    return " ".join(_RUN_ON.sub(" ", _TAG.sub(_tag, text)).split())


def _tag(match: re.Match[str]) -> str:
    name = match["name"].lower()
    if name in _INLINE:
        return f"<{match['close']}{_INLINE[name]}>"
    return match.group() if _FORMULA.fullmatch(name) else " "


def _heading(match: re.Match[str]) -> str:
    """An emphasised heading as a plain one; other emphasised words stay as they are."""
    plain = f"{match.group(1).strip().rstrip('.:').rstrip()}: "
    return plain if split_sections(f"{plain}x")[0].label else match.group()
