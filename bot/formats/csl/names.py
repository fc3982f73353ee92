"""The names of a work's people, as a style wants them."""

import re
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from bot.formats.csl.style import Style
from bot.formats.csl.wording import cased

_PARTICLE = re.compile(r"((?:[a-zà-öø-ÿ'’]+\s+)+)(?=\S)(.+)")
Person = Mapping[str, str]


class Names:
    """Renders a list of people by one `names` element of a style."""

    def __init__(
        self,
        style: Style,
        part: Element,
        name: Element | None,
        et_al: Element | None = None,
        *,
        sorting: bool = False,
    ) -> None:
        """`part` is the style's bibliography or citation, which may hold options for names.

        `name` and `et_al` are the elements of these names, where the style has them. To sort by
        them, they are written with the family first and without "and".
        """
        self._style, self._name, self._et_al = style, name, et_al
        self._sorting = sorting
        self._options = (part.attrib, style.root.attrib)
        self._join = style.joiner().join
        self._parts = {part.get("name"): part for part in name or ()}

    def render(self, people: Sequence[Person]) -> str:
        """The people in a row, the last ones as "et al." where they are too many."""
        if self._option("form") == "count":
            return str(self._shown(len(people)))
        delimiter = self._option("delimiter") or ", "
        shown = self._shown(len(people))
        names = [self._one(person, at) for at, person in enumerate(people[:shown])]
        if self._option("font-variant") == "small-caps":
            names = [name.upper() for name in names]
        if self._name is not None:
            around = self._name.get("prefix", ""), self._name.get("suffix", "")
            names = [self._join((around[0], name, around[1])) for name in names]
        if shown < len(people):
            if self._option("et-al-use-last") == "true" and len(people) > shown + 1:
                last = self._one(people[-1], len(people) - 1)
                return self._join([*names, f"… {last}"], delimiter)
            return self._and_others(names, delimiter)
        return self._all(names, delimiter)

    def _shown(self, count: int) -> int:
        least, first = self._option("et-al-min"), self._option("et-al-use-first")
        return int(first or 1) if least and 0 < int(least) <= count and first else count

    def _and_others(self, names: list[str], delimiter: str) -> str:
        term = (self._et_al.get("term") if self._et_al is not None else None) or "et-al"
        others = self._style.term(term)
        if not names:
            return ""
        behind = self._option("delimiter-precedes-et-al") or "contextual"
        separated = self._separated(behind, len(names) - 1, at_least=1)
        return self._join([self._join(names, delimiter), others], delimiter if separated else " ")

    def _all(self, names: list[str], delimiter: str) -> str:
        how = self._option("and")
        if how is None or len(names) == 1 or self._sorting:
            return self._join(names, delimiter)
        both = "&" if how == "symbol" else self._style.term("and")
        behind = self._option("delimiter-precedes-last") or "contextual"
        separated = self._separated(behind, len(names) - 2, at_least=1)
        start = self._join(names[:-1], delimiter)
        return self._join([start, f"{both} {names[-1]}"], delimiter if separated else " ")

    def _separated(self, rule: str, before: int, at_least: int) -> bool:
        """Whether a delimiter is before the last name; `before` is the index ahead of it."""
        if rule == "after-inverted-name":
            return self._is_inverted(before)
        return rule == "always" or (rule == "contextual" and before >= at_least)

    def _is_inverted(self, at: int) -> bool:
        order = "all" if self._sorting else self._option("name-as-sort-order")
        return order == "all" or (order == "first" and at == 0)

    def _one(self, person: Person, at: int) -> str:
        if "family" not in person:
            return self._styled("family", person.get("literal", ""))
        particle, family = "", person["family"]
        if match := _PARTICLE.fullmatch(family):
            particle, family = match[1].strip(), match[2]
        given = self._given(person.get("given", ""))
        whole = self._styled("family", f"{particle} {family}".strip())
        if self._option("form") == "short":
            return whole
        given = self._styled("given", given)
        if not given:
            return whole
        if not self._is_inverted(at):
            return f"{given} {whole}"
        separator = self._option("sort-separator")
        separator = ", " if separator is None else separator
        if particle and self._demotes():
            behind = f"{given} {particle}"
            return self._join([self._styled("family", family), behind], separator)
        return self._join([whole, given], separator)

    def _demotes(self) -> bool:
        rule = self._style.root.get("demote-non-dropping-particle", "display-and-sort")
        return rule == "display-and-sort"

    def _given(self, given: str) -> str:
        mark = self._option("initialize-with")
        if mark is None:
            return given
        hyphens = self._style.root.get("initialize-with-hyphen") != "false"
        shorten = self._option("initialize") != "false"
        out = ""
        for word in given.split():
            letters = [part for part in re.split(r"[-.]", word) if part]
            if not letters or not letters[0][:1].isupper():
                out = f"{out.rstrip()} {word} "
            elif shorten or len(letters[0]) == 1:
                inner = f"{mark.rstrip()}-" if hyphens and "-" in word else mark
                out += inner.join(part[0] for part in letters) + mark
            else:
                out = f"{out.rstrip()} {word} "
        return out.strip()

    def _styled(self, part: str, text: str) -> str:
        element = self._parts.get(part)
        if element is None or not text:
            return text
        text = cased(text, element.get("text-case"), english=False)
        if element.get("font-variant") == "small-caps":
            text = text.upper()
        return self._join([element.get("prefix", ""), text, element.get("suffix", "")])

    def _option(self, name: str) -> str | None:
        if self._name is not None and (value := self._name.get(name)) is not None:
            return value
        above = {"form": "name-form", "delimiter": "name-delimiter"}.get(name, name)
        return next((stored[above] for stored in self._options if above in stored), None)
