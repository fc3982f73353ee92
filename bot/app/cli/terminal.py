"""A message in a terminal: the same views as in Slack, drawn with rich.

Text from records never reaches rich as markup, and never carries a terminal's control codes.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.style import Style
from rich.text import Text

from bot.text.markup import visible
from handlers.views.data import read_out
from handlers.views.message import Message
from handlers.views.mrkdwn import is_web_address
from handlers.views.plaintext import CLOSE, code_of, hints, pieces

_BOLD = Style(bold=True)
_CODE = Style(color="cyan")
_DIM = Style(dim=True)


def render(message: Message) -> RenderableType:
    """Blocks as something rich prints; buttons become hints of what to type."""
    drawn: list[RenderableType] = []
    for block in message.payload()["blocks"]:
        parts = list(_block(block))
        if parts and drawn and block["type"] not in CLOSE:
            drawn.append(Text())
        drawn += parts
    return Group(*drawn)


def mrkdwn(source: str, style: Style | None = None) -> Text:
    """Slack's mrkdwn as styled text: links, bold, code; everything else as it stands."""
    text = Text(style=style or "")
    for piece in pieces(source):
        drawn = _BOLD if piece.is_bold else _CODE if piece.is_code else Style()
        if is_web_address(piece.url):
            drawn += Style(link=piece.url)
        text.append(piece.text, drawn)
    return text


def _block(block: dict[str, Any]) -> Iterator[RenderableType]:
    match block["type"]:
        case "section" | "header":
            style = _BOLD if block["type"] == "header" else None
            texts = [block["text"]] if "text" in block else []
            yield from (_text(given, style) for given in (*texts, *block.get("fields", ())))
            yield from _small(hints(block.get("accessory") or {}))
        case "context":
            # Small print stands under what it belongs to.
            yield from (Padding(_text(e, _DIM), (0, 0, 0, 3)) for e in block["elements"])
        case "rich_text":
            yield Text(code_of(block), style=_CODE)
        case "data_table" | "data_visualization":
            for line in read_out(block):
                linked = Style(link=line.url) if is_web_address(line.url) else Style()
                yield Text.assemble(
                    (visible(line.about), _BOLD + linked), visible(f": {line.whole}")
                )
        case "image":
            yield _text(block, _DIM)
        case "divider":
            yield Rule(style=_DIM)
        case "actions":
            for element in block["elements"]:
                yield from _small(hints(element))


def _text(given: dict[str, Any], style: Style | None = None) -> Text:
    """A text object, or an image by its alternative text."""
    if given["type"] == "mrkdwn":
        return mrkdwn(given["text"], style)
    return Text(visible(given.get("text") or given.get("alt_text", "")), style=style or "")


def _small(texts: Iterable[str]) -> Iterator[RenderableType]:
    return (Padding(Text(line, style=_DIM), (0, 0, 0, 3)) for line in texts)
