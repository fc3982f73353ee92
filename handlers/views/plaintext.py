"""Blocks read back as plain text: for notifications, screen readers, pipes and scripts.

A view writes its blocks and nothing else; their plain text is read off them here. `pieces`
reads mrkdwn, and is what a terminal draws from too.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from bot.text.markup import visible
from handlers.views import buttons
from handlers.views.data import KINDS, read_out
from handlers.views.mrkdwn import local

_TOKEN = re.compile(
    r"""```\n?(?P<block>.*?)\n?```
      | `(?P<code>[^`\n]+)`
      | <(?P<url>https?://[^|<>\s]+)(?:\|(?P<label>[^<>\n]*))?>
      | <(?P<mention>[@\#!][^<>\n]*)>
      | (?<![\w*])\*(?=\S)(?P<bold>(?:[^*\n]|(?<=\w)\*(?=\w))+)(?<=\S)\*(?![\w*])""",
    re.VERBOSE | re.DOTALL,
)
# What may stand beside a title that is a link: its number in the list.
_NUMBER = re.compile(r"\s*(?:\d+\.\s*)?")
# These belong to the block above them; before any other there is an empty line.
CLOSE = frozenset(("context", "actions", "rich_text"))


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of mrkdwn as it is shown; `url` is where it leads, `mention` Slack's id in it."""

    text: str
    url: str = ""
    mention: str = ""
    is_bold: bool = False
    is_code: bool = False


def pieces(source: str, *, is_bold: bool = False) -> Iterator[Piece]:
    """The stretches of a mrkdwn text, in order, without markup and invisible characters."""
    at = 0
    marked = "<" in source or "*" in source or "`" in source
    for match in _TOKEN.finditer(source) if marked else ():
        if before := _unescaped(source[at : match.start()]):
            yield Piece(before, is_bold=is_bold)
        at = match.end()
        if match["bold"] is not None:
            yield from pieces(match["bold"], is_bold=True)
        elif match["url"] is not None:
            url = _unescaped(match["url"])
            yield Piece(_unescaped(match["label"] or match["url"]), url=url, is_bold=is_bold)
        elif match["mention"] is not None:
            name = _unescaped(match["mention"])
            yield Piece(local(name) or name, mention=name, is_bold=is_bold)
        else:
            code = match["block"] if match["block"] is not None else match["code"]
            yield Piece(_unescaped(code), is_code=True)
    if rest := _unescaped(source[at:]):
        yield Piece(rest, is_bold=is_bold)


def plain_text(
    blocks: Sequence[Mapping[str, Any]], write: Callable[[Piece], str] | None = None
) -> str:
    """The whole of some blocks (as Slack's JSON has them) as plain text.

    The address of a link follows what it is on; one that is the whole line, such as a title, has
    its address on the line below. Buttons that ask a question become lines that say what to type.
    `write` gives the text of each piece, where that is to be escaped.
    """
    whole = ""
    for block in blocks:
        read = _data if block["type"] in KINDS else _lines
        text = "\n".join(read(block, write or (lambda piece: piece.text)))
        between = "\n" if block["type"] in CLOSE else "\n\n"
        whole += f"{between if whole else ''}{text}" if text else ""
    return whole


def as_text(mrkdwn: str) -> str:
    """One line of mrkdwn as plain text, without the addresses of its links."""
    return "".join(piece.text for piece in pieces(mrkdwn))


def code_of(block: Mapping[str, Any]) -> str:
    """The text of a code block (of `rich_text`), to be copied as it is."""
    runs = [run for part in block["elements"] for run in part["elements"]]
    return visible("".join(run.get("text", "") for run in runs))


def hints(element: Mapping[str, Any]) -> Iterator[str]:
    """What to type instead of pressing or choosing: only another question can be typed."""
    if str(element.get("action_id", "")).partition(":")[0] != buttons.ASK:
        return
    for choice in element.get("options") or (element,):
        if "value" not in choice:
            continue
        query = " ".join(visible(str(buttons.unpack(choice["value"]).get("q", ""))).split())
        label = choice["text"]["text"]
        is_its_own_label = label == buttons.label_text(query).text
        yield f"Try: {query}" if is_its_own_label else f"{label}: {query}"


def _data(block: Mapping[str, Any], write: Callable[[Piece], str]) -> Iterator[str]:
    for line in read_out(block):
        about = f"{line.about} ({line.url})" if line.url else line.about
        yield write(Piece(visible(f"{about}: {line.whole}")))


def _lines(block: Mapping[str, Any], write: Callable[[Piece], str]) -> Iterator[str]:
    def written(text: str) -> str:
        return write(Piece(text))

    match block["type"]:
        case "section" | "header":
            for text in (*([block["text"]] if "text" in block else ()), *block.get("fields", ())):
                yield from _text(text, write)
            yield from map(written, hints(block.get("accessory") or {}))
        case "context":
            for element in block["elements"]:
                yield from _text(element, write)
        case "rich_text":
            yield written(code_of(block))
        case "image":
            yield written(visible(block.get("alt_text", "")))
        case "actions":
            for element in block["elements"]:
                yield from map(written, hints(element))


def _text(given: Mapping[str, Any], write: Callable[[Piece], str]) -> Iterator[str]:
    if given["type"] != "mrkdwn":
        yield write(Piece(visible(given.get("text") or given.get("alt_text", ""))))
        return
    for line in given["text"].split("\n"):
        yield from _line(list(pieces(line)), write)


def _line(shown: Sequence[Piece], write: Callable[[Piece], str]) -> Iterator[str]:
    """A line, with the addresses of its links."""
    links = [piece for piece in shown if piece.url]
    beside = "".join(piece.text for piece in shown if not piece.url)
    if len(links) == 1 and links[0].text != links[0].url and _NUMBER.fullmatch(beside):
        yield "".join(write(piece) for piece in shown)
        yield write(Piece(links[0].url))
    else:
        yield "".join(_with_address(piece, write) for piece in shown)


def _with_address(piece: Piece, write: Callable[[Piece], str]) -> str:
    if piece.is_code:
        return f"`{write(piece)}`"
    if not piece.url:
        return write(piece)
    # An identifier's address ends with it: to say both would be to say it twice.
    says_all = unquote(piece.url).rstrip("/").endswith(piece.text)
    return write(Piece(piece.url if says_all else f"{piece.text} ({piece.url})"))


def _unescaped(text: str) -> str:
    """What the mrkdwn shows, without anything that a terminal would obey."""
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return visible(text)
