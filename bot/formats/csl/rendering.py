"""One work as a style wants it: the elements of the style, one after the other."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from bot.formats.csl.names import Names
from bot.formats.csl.style import Style
from bot.formats.csl.wording import cased, is_numeric, is_several, page_range, smart

Item = Mapping[str, Any]
_NAMES = frozenset(("author", "editor", "translator", "collection-editor", "container-author"))


_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class _Piece(NamedTuple):
    """A rendered text; whether a variable was looked up for it, and whether one had a value."""

    text: str = ""
    looked_up: bool = False
    filled: bool = False


class Work:
    """One item in one style, by its bibliography or by its citation."""

    def __init__(
        self,
        item: Item,
        style: Style,
        part: Element,
        *,
        before: str = "",
        sorting: bool = False,
    ) -> None:
        """`before` are the people of the work before this one, whom some styles do not repeat."""
        self._item, self._style, self._part = item, style, part
        self._before, self._sorting = before, sorting
        self._joiner = style.joiner()
        self.people = ""
        # Variables with a value in the order in which they were rendered; those that stand in the
        # place of missing names are not rendered again.
        self._rendered: list[str] = []
        self._used: set[str] = set()

    def layout(self) -> str:
        """The whole item."""
        layout = self._part.find("layout")
        if layout is None:
            return ""
        pieces = [self._render(child).text for child in layout]
        if self._part.get("second-field-align") and pieces:
            # The first field is in a margin of its own: in a line, a space parts it.
            pieces[0] = f"{pieces[0].rstrip()} "
        return self._finished(layout, self._joiner.join(pieces))

    def sort_key(self, key: Element) -> str:
        """What the item is sorted by, as text."""
        if macro := key.get("macro"):
            return self._children(self._style.macros[macro]).text
        variable = key.get("variable", "")
        if variable in _NAMES:
            people = self._item.get(variable, ())
            return Names(self._style, self._part, None, sorting=True).render(people)
        if parts := self._date_parts(variable):
            return _sortable(parts)
        return self._value(variable)

    # -- elements ----------------------------------------------------------------------------

    def _render(self, element: Element, names: Element | None = None) -> _Piece:
        """An element; `names` is the one that a substitute takes the place of."""
        piece = _Piece()
        match element.tag:
            case "text":
                piece = self._text(element)
            case "number":
                piece = self._number(element)
            case "date":
                piece = self._date(element)
            case "names":
                piece = self._names(element, names)
            case "label":
                piece = self._label(element)
            case "group":
                piece = self._group(element)
            case "choose":
                piece = self._choose(element)
        return piece

    def _children(self, element: Element, delimiter: str = "") -> _Piece:
        """The children one after the other."""
        pieces: list[_Piece] = []
        for child in element:
            if child.tag == "choose" and delimiter:
                pieces.append(self._choose(child, delimiter))
            else:
                pieces.append(self._render(child))
        looked_up = any(piece.looked_up for piece in pieces)
        filled = any(piece.filled for piece in pieces)
        text = self._joiner.join((piece.text for piece in pieces), delimiter)
        return _Piece(text, looked_up, filled)

    def _group(self, element: Element) -> _Piece:
        return self._grouped(element, self._children(element, element.get("delimiter", "")))

    def _grouped(self, element: Element, inner: _Piece) -> _Piece:
        """Nothing where variables were looked up and none has a value: a bare word says nothing."""
        if inner.looked_up and not inner.filled:
            return _Piece("", looked_up=True)
        return inner._replace(text=self._finished(element, inner.text))

    def _choose(self, element: Element, delimiter: str = "") -> _Piece:
        for branch in element:
            if branch.tag == "else" or self._holds(branch):
                return self._children(branch, delimiter)
        return _Piece()

    def _holds(self, branch: Element) -> bool:
        tests = [
            test(value)
            for name, test in self._tests().items()
            for value in branch.get(name, "").split()
        ]
        match branch.get("match", "all"):
            case "any":
                return any(tests)
            case "none":
                return not any(tests)
        return all(tests)

    def _tests(self) -> dict[str, Callable[[str], bool]]:
        return {
            "type": lambda wanted: self._item.get("type") == wanted,
            "variable": lambda name: bool(self._item.get(name)),
            "is-numeric": lambda name: is_numeric(self._value(name)),
            # Nothing here is uncertain, located in a work, or cited a second time.
            "is-uncertain-date": lambda _: False,
            "locator": lambda _: False,
            "position": lambda _: False,
            "disambiguate": lambda _: False,
        }

    def _text(self, element: Element) -> _Piece:
        if macro := element.get("macro"):
            inner = self._children(self._style.macros[macro])
            # Words of a macro that looks no variable up are a value of their own: "n.d."
            return self._grouped(
                element, inner._replace(filled=inner.filled or not inner.looked_up)
            )
        if term := element.get("term"):
            plural = element.get("plural") == "true"
            word = self._style.term(term, element.get("form", "long"), plural=plural)
            return _Piece(self._finished(element, word))
        if (value := element.get("value")) is not None:
            return _Piece(self._finished(element, value))
        variable = element.get("variable", "")
        text = self._variable(variable, element.get("form", "long"))
        # A letter for the year is an addition: that it is missing leaves nothing out.
        looked_up = bool(text) or variable != "year-suffix"
        return _Piece(self._finished(element, text), looked_up, filled=bool(text))

    def _number(self, element: Element) -> _Piece:
        text = self._variable(element.get("variable", ""))
        if text.isdigit() and element.get("form") == "ordinal":
            text += self._ordinal(int(text))
        return _Piece(self._finished(element, text), looked_up=True, filled=bool(text))

    def _ordinal(self, number: int) -> str:
        last = (f"ordinal-{number % 100:02}", f"ordinal-{number % 10:02}", "ordinal")
        return next((word for name in last if (word := self._style.term(name))), "")

    def _label(self, element: Element) -> _Piece:
        value = self._value(element.get("variable", ""))
        if not value:
            return _Piece()
        return _Piece(self._word(element, element.get("variable", ""), plural=is_several(value)))

    def _word(self, element: Element, variable: str, *, plural: bool) -> str:
        """The locale's word for a variable, as a label wants it."""
        wanted = element.get("plural", "contextual")
        plural = plural if wanted == "contextual" else wanted == "always"
        form = element.get("form", "long")
        return self._finished(element, self._style.term(variable, form, plural=plural))

    def _names(self, element: Element, instead_of: Element | None) -> _Piece:
        # In a substitute, names without children are written as those that they stand for.
        pattern = instead_of if instead_of is not None and not len(element) else element
        substitute = element.find("substitute")
        how = pattern.find("name"), pattern.find("et-al")
        writer = Names(self._style, self._part, *how, sorting=self._sorting)
        label, leads = pattern.find("label"), True
        for child in pattern:
            if child.tag in {"label", "name"}:
                leads = child.tag == "label"
                break
        lists = []
        for variable in element.get("variable", "").split():
            people = self._item.get(variable)
            if not people or variable in self._used:
                continue
            self._rendered.append(variable)
            text = writer.render(people)
            if label is not None:
                word = self._word(label, variable, plural=len(people) > 1)
                text = self._joiner.join((word, text) if leads else (text, word))
            lists.append(text)
        if lists:
            delimiter = element.get("delimiter") or self._option("names-delimiter") or ""
            text = self._unless_repeated(self._joiner.join(lists, delimiter))
            return _Piece(self._finished(element, text), looked_up=True, filled=True)
        for child in substitute if substitute is not None else ():
            before = len(self._rendered)
            piece = self._render(child, element)
            if piece.text:
                self._used.update(self._rendered[before:])
                text = self._finished(element, self._unless_repeated(piece.text))
                return _Piece(text, looked_up=True, filled=piece.filled)
        return _Piece("", looked_up=True)

    def _unless_repeated(self, people: str) -> str:
        """The first people of a work; a dash where they are those of the work before it."""
        dash = self._part.get("subsequent-author-substitute")
        rule = self._part.get("subsequent-author-substitute-rule", "complete-all")
        if self.people or dash is None or rule != "complete-all":
            return people
        self.people = people
        return dash if people == self._before else people

    # -- dates -------------------------------------------------------------------------------

    def _date(self, element: Element) -> _Piece:
        variable = element.get("variable", "")
        known = dict(zip(("year", "month", "day"), self._date_parts(variable), strict=False))
        if not known or variable in self._used:
            return _Piece("", looked_up=True)
        self._rendered.append(variable)
        if self._sorting:
            only = element.get("date-parts", "year-month-day").count("-") + 1
            return _Piece(_sortable(list(known.values())[:only]), looked_up=True, filled=True)
        parts, delimiter = element.findall("date-part"), element.get("delimiter", "")
        if form := element.get("form"):
            local = self._style.dates.get(form)
            own = {part.get("name"): part.attrib for part in parts}
            parts = []
            for part in local if local is not None else ():
                merged = Element("date-part", part.attrib | own.get(part.get("name"), {}))
                parts.append(merged)
            wanted = element.get("date-parts", "year-month-day").split("-")
            parts = [part for part in parts if part.get("name") in wanted]
            delimiter = local.get("delimiter", "") if local is not None else ""
        pieces = [
            self._finished(part, self._date_part(part, known[name]))
            for part in parts
            if (name := part.get("name", "")) in known
        ]
        text = self._finished(element, self._joiner.join(pieces, delimiter))
        return _Piece(text, looked_up=True, filled=bool(text))

    def _date_part(self, part: Element, value: int) -> str:
        match part.get("name"), part.get("form", "long"):
            case "month", ("long" | "short") as form:
                return self._style.term(f"month-{value:02}", form)
            case "year", form:
                year = f"{value % 100:02}" if form == "short" else str(value)
                return year + ("" if self._style.names_year_suffix else self._value("year-suffix"))
            case _, "numeric-leading-zeros":
                return f"{value:02}"
            case "day", "ordinal":
                first_only = self._style.options.get("limit-day-ordinals-to-day-1") == "true"
                return str(value) + ("" if first_only and value > 1 else self._ordinal(value))
        return str(value)

    def _date_parts(self, variable: str) -> list[int]:
        value = self._item.get(variable)
        parts = value.get("date-parts") if isinstance(value, Mapping) else None
        return [int(part) for part in parts[0]] if parts else []

    def _option(self, name: str) -> str | None:
        return self._part.get(name, self._style.root.get(name))

    # -- values ------------------------------------------------------------------------------

    def _variable(self, name: str, form: str = "long") -> str:
        """The value to print, "" where it is missing or is elsewhere already."""
        if name in self._used:
            return ""
        text = (self._value(f"{name}-short") if form == "short" else "") or self._value(name)
        if not text:
            return ""
        self._rendered.append(name)
        if name == "page":
            dash = self._style.term("page-range-delimiter") or "–"
            return page_range(text, self._style.root.get("page-range-format"), dash)
        return smart(text) if name not in {"DOI", "URL"} else text

    def _value(self, name: str) -> str:
        if name == "page-first":
            return re.split(r"[-–,;\s]", self._value("page"), maxsplit=1)[0]
        value = self._item.get(name, "")
        return str(value) if isinstance(value, (str, int)) else ""

    def _finished(self, element: Element, text: str) -> str:
        """The text as the attributes of its element want it, with what is around it."""
        if not text:
            return ""
        if element.get("strip-periods") == "true":
            text = text.replace(".", "")
        text = cased(text, element.get("text-case"), english=self._in_english)
        if element.get("font-variant") == "small-caps":
            text = text.upper()
        if element.get("vertical-align") == "sup" and text.isdigit():
            text = text.translate(_SUPERSCRIPT)
        if element.get("quotes") == "true":
            text = self._joiner.quoted(text)
        text = self._joiner.join((element.get("prefix", ""), text, element.get("suffix", "")))
        # A block or a column of its own: in a line, spaces part it.
        return f" {text} " if element.get("display") else text

    @property
    def _in_english(self) -> bool:
        language = str(self._item.get("language") or "")
        return language.lower().startswith("en") if language else self._style.english


def _sortable(parts: Sequence[int]) -> str:
    return "".join(f"{part:04}" for part in parts)
