"""LaTeX in the fields of BibTeX, to text and back, by pylatexenc.

What is written is read again as it was: a character whose command pylatexenc does not read back
is written as it is, which every LaTeX since 2018 takes as UTF-8.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache

from bot.lazy import lazy

latex2text = lazy("pylatexenc.latex2text")
latexencode = lazy("pylatexenc.latexencode")
latexwalker = lazy("pylatexenc.latexwalker")
macrospec = lazy("pylatexenc.macrospec")

_MARKUP = {"textit": "i", "emph": "i", "textsl": "i", "textbf": "b", "textsuperscript": "sup",
           "textsubscript": "sub"}  # fmt: skip
_MACROS = {tag: macro for macro, tag in _MARKUP.items() if macro not in ("emph", "textsl")}
_LITERAL = {"textasciicircum": "^", "textasciitilde": "~", "textquotedbl": '"', "textbar": "|"}
_TAG = re.compile(r"<(?P<close>/)?(?P<name>i|b|sup|sub)>")
_BARE_PERCENT = re.compile(r"(?<!\\)%")
_BARE_DOLLAR = re.compile(r"(?<!\\)\$")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_SCRIPT = re.compile(
    r"\$\s*(?P<kind>[\^_])\s*(?:\{(?P<group>[^${}\\]{1,20})\}|(?P<one>[^\s${}\\]))\s*\$"
    r"|\{?\\ensuremath\{(?P<kind2>[\^_])(?P<one2>[^{}])\}\}?"
)
_SPECIAL = re.compile(r"[\\{}$~]|-{2,3}|``|''|[?!]`")
# A sign behind a backslash; or an accent or a command, with the blanks that it swallows.
_COMMAND = re.compile(
    r"\\(?:(?P<sign>[^A-Za-z`'^\"~=.])|[`'^\"~=.]\s*|[A-Za-z]+\*?\s*(?:\[[^][{}]{0,200}\])?)",
    re.DOTALL,
)
_FORMULA = re.compile(r"\$\$?(?:[^$\\]|\\.)*\$\$?", re.DOTALL)
# What says how all that follows is to be read.
_FAR_REACHING = re.compile(r"\\(?:begin|end|verb|def|newcommand|[(\[])")
# A stretch of no more characters is decoded once and remembered.
_SHORT = 100
# What TeX's fonts would join: "--" is a dash, "``" a quotation mark, "?`" a Spanish one.
_JOINED = re.compile(r"(?<=[-`'?!])(?=[-`'])")
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ", "0123456789+-=()n"
_LOWERED = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", "0123456789+-=()"
_UP = dict(zip(*_RAISED[::-1], strict=True))
_DOWN = dict(zip(*_LOWERED[::-1], strict=True))


# pylatexenc does not know how many arguments these take.
_ARGUMENTS = {**dict.fromkeys(_MARKUP, 1), "href": 2, "url": 1}
logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)


@cache
def _reader(*, markup: bool) -> Callable[[str], str]:
    """What reads LaTeX as text."""
    spec = latex2text.MacroTextSpec
    context = latex2text.get_default_latex_context_db()
    tags = [spec(m, f"<{t}>%s</{t}>" if markup else "%s") for m, t in _MARKUP.items()]
    literals = [spec(name, text) for name, text in _LITERAL.items()]
    links = [spec("href", "%(2)s"), spec("url", "%s")]
    context.add_context_category("tme", prepend=True, macros=[*tags, *literals, *links])
    shapes = latexwalker.get_default_latex_context_db()
    macros = [macrospec.std_macro(name, False, n) for name, n in _ARGUMENTS.items()]
    shapes.add_context_category("tme", prepend=True, macros=macros)
    reader = latex2text.LatexNodes2Text(
        latex_context=context, math_mode="text", strict_latex_spaces=True
    )
    return lambda latex: str(reader.latex_to_text(latex, latex_context=shapes))


@cache
def _encoder() -> Callable[[str], str]:
    """What writes a character in LaTeX."""
    encoder = latexencode.UnicodeToLatexEncoder(
        replacement_latex_protection="braces-all",
        unknown_char_policy="keep",
        unknown_char_warning=False,
    )
    return lambda text: str(encoder.unicode_to_latex(text))


def group_end(text: str, at: int) -> int:
    """The place behind the group in braces that begins at `at`; 0 where there is none, or no end.

    A brace behind a backslash is a sign, not the beginning or end of a group.
    """
    depth = 0
    for match in _BRACE.finditer(text, at) if text[at : at + 1] == "{" else ():
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if not depth:
            return match.end()
    return 0


def _group_ends(text: str) -> dict[int, int]:
    """The place behind each group in braces that has an end, by where it begins; in one pass."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for match in _BRACE.finditer(text):
        if match[0] == "{":
            opened.append(match.start())
        elif match[0] == "}" and opened:
            ends[opened.pop()] = match.end()
    return ends


def to_text(latex: str, *, markup: bool = False) -> str:
    """The text of a field: accents, dashes, math and groups read; braces gone. Never raises.

    With `markup`, what is slanted, bold, raised or lowered is put in `<i>`, `<b>`, `<sup>`
    and `<sub>`.
    In BibTeX a percent sign begins no comment, so it is a percent sign.
    """
    if not _SPECIAL.search(latex):
        return latex
    if "$" in latex or "ensuremath" in latex:
        latex = _SCRIPT.sub(_script, latex)
        if len(_BARE_DOLLAR.findall(latex)) % 2:
            latex = _BARE_DOLLAR.sub(r"\\$", latex)
    parts: list[str] = []
    at = 0
    for start, end in _spans(latex):
        decode = _decoded if end - start <= _SHORT else _decoded.__wrapped__
        parts += latex[at:start], decode(latex[start:end], markup=markup)
        at = end
    return "".join((*parts, latex[at:]))


def _spans(latex: str) -> Iterator[tuple[int, int]]:
    """The stretches that have LaTeX in them: a sign, a formula, a command with its arguments.

    pylatexenc takes a hundred times as long for a text as for what of it is LaTeX. One stretch to
    the end where a formula does not close, or something could reach further than is described here.
    """
    if _FAR_REACHING.search(latex):
        yield 0, len(latex)
        return
    at, groups = 0, _group_ends(latex)
    while match := _SPECIAL.search(latex, at):
        end = _span_end(latex, match, groups)
        yield match.start(), end
        at = end


def _span_end(latex: str, match: re.Match[str], groups: Mapping[int, int]) -> int:
    """Where the stretch that begins with this sign ends."""
    at = match.start()
    if match[0] == "\\":
        return max(_command_end(latex, at, groups), at + 1)
    if match[0] == "$":
        formula = _FORMULA.match(latex, at)
        return formula.end() if formula else len(latex)
    return match.end()


def _command_end(latex: str, at: int, groups: Mapping[int, int]) -> int:
    """Where a command ends, with what it may take: groups, another command, or one sign."""
    is_full = False
    while not is_full and (command := _COMMAND.match(latex, at)):
        at = command.end()
        is_full = command["sign"] is not None
        while not command["sign"] and (end := groups.get(at)):
            at, is_full = end, True
    return at if is_full else at + latex[at : at + 1].isalnum()


@lru_cache(maxsize=8192)
def _decoded(latex: str, *, markup: bool) -> str:
    """What LaTeX says, by pylatexenc. Braces that are no argument of a command say nothing."""
    if latex in ("{", "}"):
        return ""
    latex = _BARE_PERCENT.sub(r"\\%", latex)
    try:
        return _reader(markup=markup)(latex)
    except (RecursionError, ValueError, IndexError, TypeError, AttributeError, KeyError):
        # pylatexenc gives up on what no LaTeX would read; the words are kept.
        return re.sub(r"[{}]|\\[A-Za-z]+ ?", "", latex)


def _script(match: re.Match[str]) -> str:
    kind = match["kind"] or match["kind2"]
    text = match["group"] or match["one"] or match["one2"]
    one = (_UP if kind == "^" else _DOWN).get(text)
    if match["one2"] and one:
        return one
    return f"\\textsuperscript{{{text}}}" if kind == "^" else f"\\textsubscript{{{text}}}"


def to_latex(text: str, *, markup: bool = False) -> str:
    """A text as LaTeX, braces balanced, that `to_text` reads back.

    With `markup`, `<i>`, `<b>`, `<sup>` and `<sub>` become commands; they must be closed.
    """
    if not markup:
        return _JOINED.sub("{}", "".join(map(_character, text)))
    parts, at = [], 0
    for match in _TAG.finditer(text):
        parts.append(to_latex(text[at : match.start()]))
        parts.append("}" if match["close"] else f"\\{_MACROS[match['name']]}{{")
        at = match.end()
    return "".join((*parts, to_latex(text[at:])))


@lru_cache(maxsize=8192)
def _character(character: str) -> str:
    if character == '"':
        return character
    latex = _encoder()(character)
    return latex if latex == character or to_text(latex) == character else character
