"""A style and its locale, read from their files."""

import json
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from bot.formats.csl.joining import Joiner
from bot.formats.styles import file_of, locales_folder

# A form that a locale lacks is read as the next one here.
_INSTEAD = {"verb-short": "verb", "symbol": "short", "verb": "long", "short": "long"}
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass
class Style:
    """The parts of a style that a bibliography needs, with the terms of its locale."""

    root: Element
    bibliography: Element
    macros: dict[str, Element]
    english: bool
    terms: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    dates: dict[str, Element] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)

    def term(self, name: str, form: str = "long", *, plural: bool = False) -> str:
        """The word of the locale for it; "" where there is none."""
        wanted: str | None = form
        while wanted is not None:
            if found := self.terms.get((name, wanted)):
                return found[plural]
            wanted = _INSTEAD.get(wanted)
        return ""

    @property
    def adds_year_suffix(self) -> bool:
        """Whether works that are cited alike are distinguished by a letter behind the year."""
        citation = self.root.find("citation")
        return citation is not None and citation.get("disambiguate-add-year-suffix") == "true"

    @cached_property
    def names_year_suffix(self) -> bool:
        """Whether the style says where that letter stands."""
        return any(element.get("variable") == "year-suffix" for element in self.root.iter())

    def joiner(self) -> Joiner:
        """Joins pieces as the locale wants it."""
        inside = self.options.get("punctuation-in-quote") == "true"
        marks = self.term("open-quote") or "“", self.term("close-quote") or "”"
        return Joiner(*marks, stops_inside=inside)


@lru_cache(maxsize=64)
def load(name: str) -> Style:
    """The style of this id. Raises KeyError for one that is unknown."""
    root = _read(file_of(name))
    # A style for notes alone has no list of references: there a note is all of a citation.
    bibliography = root.find("bibliography")
    if bibliography is None:
        bibliography = root.find("citation")
    if bibliography is None:
        raise KeyError(name)
    language = root.get("default-locale") or "en-US"
    macros = {macro.get("name", ""): macro for macro in root.findall("macro")}
    style = Style(root, bibliography, macros, english=language.startswith("en"))
    for locale in _locales(root, language):
        _add(style, locale)
    return style


def _locales(root: Element, language: str) -> list[Element]:
    """The least particular first: what comes later takes the place of what came before."""
    short = language.split("-", maxsplit=1)[0]
    names = ("en-US", _primary().get(short), language)
    files = [locales_folder() / f"locales-{name}.xml" for name in dict.fromkeys(names) if name]
    own = {locale.get(_LANG): locale for locale in root.findall("locale")}
    inside = [own[key] for key in (None, short, language) if key in own]
    return [*(_read(path) for path in files if path.is_file()), *inside]


def _add(style: Style, locale: Element) -> None:
    for term in locale.findall("terms/term"):
        single = (term.findtext("single") if len(term) else term.text) or ""
        multiple = (term.findtext("multiple") if len(term) else term.text) or ""
        style.terms[term.get("name", ""), term.get("form", "long")] = (single, multiple)
    style.dates |= {date.get("form", ""): date for date in locale.findall("date")}
    if (options := locale.find("style-options")) is not None:
        style.options |= options.attrib


@cache
def _primary() -> dict[str, str]:
    """The dialect to take for a language."""
    named = json.loads((locales_folder() / "locales.json").read_text(encoding="utf-8"))
    return dict(named["primary-dialects"])


def _read(path: Path) -> Element:
    root = fromstring(path.read_bytes())
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root
