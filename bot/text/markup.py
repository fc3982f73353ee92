"""Markup in the texts of records, turned into plain Unicode text.

Sources send HTML (`<i>`, `<sup>`), JATS (`<jats:p>`), MathML and entities, sometimes escaped
twice. A scanner of its own does this rather than an HTML parser, because titles also say
"p <0.05 and x> 3" or "<!channel>": a parser takes these for tags and drops what people wrote.
Only what has the full shape of a tag (a name, attributes with values) is one here.
"""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from html.entities import html5

_TAG = re.compile(
    r"""<(?P<close>/)?
        (?P<name>[A-Za-z][\w-]*(?::[A-Za-z][\w-]*)?)
        (?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'|[^\s"'<>=]+))*
        \s*(?P<empty>/)?>
      | (?P<opened><!--|<!\[CDATA\[)
      | <\?xml[^<>]{0,200}\?>""",
    re.VERBOSE,
)
# What ends a comment, and a part that is text whatever it looks like.
_ENDS = {"<!--": "-->", "<![CDATA[": "]]>"}
# The semicolon is needed: without it "Wnt&notch" would become "Wnt¬ch".
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,40});")
# Soft hyphens, zero-width characters, bidirectional controls and tag characters show nothing,
# and can make a line read as something that it is not.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# Lone surrogates cannot be written as UTF-8 at all.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

_RAISED = str.maketrans("0123456789+-\u2212\u2013=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-\u2212\u2013=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎")

# What these hold is not text for a reader.
_UNREAD = frozenset(("script", "style", "annotation", "annotation-xml", "tex-math"))
# Elements that stand apart: their words must not run into their neighbours'.
_APART = frozenset(
    ("p", "br", "div", "li", "title", "sec", "list", "list-item", "h1", "h2", "h3", "h4")
)
# Deeper nesting carries no meaning in a title and would only cost time.
_DEEPEST = 40
# An escaped escape is undone ("&amp;amp;"), but not for ever.
_PASSES = 5


class _Element:
    """An open element: its name, its text so far, and the text of each child element."""

    __slots__ = ("children", "name", "parts")

    def __init__(self, name: str) -> None:
        self.name = name
        self.parts: list[str] = []
        self.children: list[str] = []

    def text(self) -> str:
        """Its content as plain text, by what the element means."""
        if self.name in _UNREAD:
            return ""
        text = _formula(self.name, self.children) or "".join(self.parts)
        if self.name == "sup":
            return _raised(text)
        if self.name == "sub":
            return _lowered(text)
        return f" {text} " if self.name in _APART else text

    def take(self, child: "_Element") -> None:
        """Add a closed element to this one."""
        text = child.text()
        if child.name == "sup" and text and text[0].isalnum() and self._ends_in_digit():
            # No raised form exists: "10<sup>x</sup>" must not read as "10x".
            plain = unicodedata.normalize("NFKC", text[0]) == text[0]
            text = f"^{text}" if plain else text
        self.parts.append(text)
        self.children.append(text)

    def _ends_in_digit(self) -> bool:
        return bool(self.parts) and self.parts[-1][-1:].isascii() and self.parts[-1][-1:].isdigit()


def plain(text: str) -> str:
    """One line of plain Unicode text: tags dropped, entities read, invisible characters gone.

    Superscript and subscript digits and signs become Unicode ones (`CD8⁺`, `H₂O`); letters stay
    letters. A `<` or `>` that is not part of a tag is text and stays.
    """
    for _ in range(_PASSES):
        if "<" not in text and "&" not in text:
            break
        before = text
        text = _ENTITY.sub(_entity, _untagged(text))
        if text == before:
            break
    if not text.isascii():
        text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    if not text.isprintable():
        text = _CONTROL.sub(" ", text)
    return " ".join(text.split())


def visible(text: str) -> str:
    """The text without invisible, bidirectional and control characters; line breaks stay."""
    if text.replace("\n", "").isprintable():  # nearly every text is, and none of these are
        return text
    lines = _INVISIBLE.sub("", text).replace("\r\n", "\n").replace("\t", " ").split("\n")
    return "\n".join(_CONTROL.sub("", line) for line in lines)


def _formula(name: str, children: Sequence[str]) -> str | None:
    """A scripted or fractional part of a formula in MathML; None for every other element."""
    match name, children:
        case "msup", [base, above]:
            return base + _raised(above)
        case "msub", [base, below]:
            return base + _lowered(below)
        case "msubsup", [base, below, above]:
            return base + _lowered(below) + _raised(above)
        case "mfrac", [above, below]:
            return f"{above}/{below}"
    return None


def _entity(match: re.Match[str]) -> str:
    name = match.group()[1:]
    return html.unescape(match.group()) if name.startswith("#") or name in html5 else match.group()


def _raised(text: str) -> str:
    return text.translate(_RAISED) if all(ord(c) in _RAISED for c in text) else text


def _lowered(text: str) -> str:
    return text.translate(_LOWERED) if all(ord(c) in _LOWERED for c in text) else text


def _untagged(text: str) -> str:
    """The text with its elements resolved; nothing is lost when they do not match up."""
    if "<" not in text:
        return text
    stack, open_names, at = [_Element("")], Counter[str](), 0
    # Where the last end of each kind is: what is opened behind it is not closed, and is text.
    last = {opened: text.rfind(end) for opened, end in _ENDS.items()}
    for match in _TAG.finditer(text):
        opened = match["opened"]
        if match.start() < at or (opened and last[opened] < match.end()):
            continue
        _add_text(stack[-1], text[at : match.start()], in_formula=open_names["math"] > 0)
        at = match.end()
        if opened:
            end = text.index(_ENDS[opened], at)
            if opened != "<!--":
                stack[-1].parts.append(text[at:end])
            at = end + len(_ENDS[opened])
        elif match["name"]:
            _follow(match, stack, open_names)
    stack[-1].parts.append(text[at:])
    while len(stack) > 1:
        _close(stack, open_names)
    return "".join(stack[0].parts)


def _add_text(element: _Element, text: str, *, in_formula: bool) -> None:
    """Line breaks between the elements of a formula are layout of the XML, not text."""
    element.parts.append(text.strip() if in_formula else text)


def _follow(match: re.Match[str], stack: list[_Element], open_names: Counter[str]) -> None:
    """Open or close the element that a tag names. A closing tag without its opening is dropped."""
    name = match["name"].rpartition(":")[2].lower()
    if match["close"]:
        while open_names[name]:
            if _close(stack, open_names) == name:
                break
    elif match["empty"] or name in ("br", "hr", "img") or len(stack) > _DEEPEST:
        stack[-1].parts.append(" " if name in _APART else "")
    else:
        stack.append(_Element(name))
        open_names[name] += 1


def _close(stack: list[_Element], open_names: Counter[str]) -> str:
    element = stack.pop()
    open_names[element.name] -= 1
    stack[-1].take(element)
    return element.name
