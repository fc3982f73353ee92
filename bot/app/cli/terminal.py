"""A message in a terminal: the same views as in Slack, drawn with rich.

Text from records never reaches rich as markup, and never carries a terminal's control codes.
"""

import re
from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.style import Style
from rich.text import Text

from bot.text.markup import visible
from handlers.views import buttons
from handlers.views.message import Message
from handlers.views.mrkdwn import is_web_address

_TOKEN = re.compile(
    r"""```\n?(?P<block>.*?)\n?```
      | `(?P<code>[^`\n]+)`
      | <(?P<url>https?://[^|<>\s]+)(?:\|(?P<label>[^<>\n]*))?>
      | <(?P<mention>[@\#!][^<>\n]*)>
      | (?<![\w*])\*(?=\S)(?P<bold>(?:[^*\n]|(?<=\w)\*(?=\w))+)(?<=\S)\*(?![\w*])""",
    re.VERBOSE | re.DOTALL,
)
_BOLD = Style(bold=True)
_CODE = Style(color="cyan")
_DIM = Style(dim=True)
# A card's blocks follow each other closely; before a new section there is a blank line.
_CLOSE = frozenset(("context", "actions"))


def render(message: Message) -> RenderableType:
    """Blocks as something rich prints; buttons become hints of what to type."""
    drawn: list[RenderableType] = []
    for block in message.payload()["blocks"]:
        parts = list(_block(block))
        if parts and drawn and block["type"] not in _CLOSE:
            drawn.append(Text())
        drawn += parts
    return Group(*drawn)


def mrkdwn(source: str, style: Style | None = None) -> Text:
    """Slack's mrkdwn as styled text: links, bold, code; everything else as it stands."""
    text = Text(style=style or "")
    _draw(text, source, Style())
    return text


def _block(block: dict[str, Any]) -> Iterator[RenderableType]:
    match block["type"]:
        case "section" | "header":
            style = _BOLD if block["type"] == "header" else None
            texts = [block["text"]] if "text" in block else []
            yield from (_text(given, style) for given in (*texts, *block.get("fields", ())))
        case "context":
            # Small print stands under what it belongs to.
            yield from (Padding(_text(e, _DIM), (0, 0, 0, 3)) for e in block["elements"])
        case "image":
            yield _text(block, _DIM)
        case "divider":
            yield Rule(style=_DIM)
        case "actions":
            for element in block["elements"]:
                yield from _hint(element)


def _text(given: dict[str, Any], style: Style | None = None) -> Text:
    """A text object, or an image by its alternative text."""
    if given["type"] == "mrkdwn":
        return mrkdwn(given["text"], style)
    return Text(visible(given.get("text") or given.get("alt_text", "")), style=style or "")


def _hint(element: dict[str, Any]) -> Iterator[RenderableType]:
    """What to type instead of pressing: only another question can be typed."""
    action = str(element.get("action_id", ""))
    if action.partition(":")[0] == buttons.ASK and "value" in element:
        query = " ".join(visible(str(buttons.unpack(element["value"]).get("q", ""))).split())
        label = element["text"]["text"]
        is_its_own_label = label == buttons.label_text(query).text
        said = f"Try: {query}" if is_its_own_label else f"{label}: {query}"
        yield Padding(Text(said, style=_DIM), (0, 0, 0, 3))


def _draw(text: Text, source: str, style: Style) -> None:
    at = 0
    for match in _TOKEN.finditer(source):
        text.append(_unescaped(source[at : match.start()]), style)
        at = match.end()
        if match["bold"] is not None:
            _draw(text, match["bold"], style + _BOLD)
        else:
            text.append(*_token(match, style))
    text.append(_unescaped(source[at:]), style)


def _token(match: re.Match[str], style: Style) -> tuple[str, Style]:
    if match["url"] is not None:
        url = _unescaped(match["url"])
        link = Style(link=url) if is_web_address(url) else Style()
        return _unescaped(match["label"] or match["url"]), style + link
    if match["mention"] is not None:
        return _unescaped(match["mention"]), style
    code = match["block"] if match["block"] is not None else match["code"]
    return _unescaped(code), style + _CODE


def _unescaped(text: str) -> str:
    """What the mrkdwn shows, without anything that a terminal would obey."""
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return visible(text)
