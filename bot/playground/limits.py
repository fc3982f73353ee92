"""What Slack refuses in text, blocks and views, at least roughly.

Numbers as Slack documents them; `MESSAGE_CHARACTERS` is where messages were seen refused.
"""

import json
import secrets
from collections.abc import Iterable, Iterator
from typing import Any, TypeGuard

from bot.playground.workspace import Json

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
MESSAGE_TEXT = 40_000
MESSAGE_CHARACTERS = 13_000
_ELEMENTS = {"actions": 25, "context": 10}
_BLOCK_TYPES = frozenset({
    "actions", "context", "divider", "header", "image", "input", "markdown", "rich_text",
    "section", "table", "video",
})  # fmt: skip


def blocks_problem(blocks: object, most: int = MESSAGE_BLOCKS) -> str | None:
    """Why Slack would refuse these blocks, in one line; None when it would take them."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return "blocks must be a list of objects"
    if len(blocks) > most:
        return f"no more than {most} items allowed [json-pointer:/blocks]"
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(ids) != len(set(ids)):
        return "`block_id` must be unique in a message [json-pointer:/blocks]"
    for position, block in enumerate(blocks):
        for problem in _block_problems(block):
            return f"{problem} [json-pointer:/blocks/{position}]"
    return None


def is_too_long(blocks: Iterable[Json]) -> bool:
    """Whether the blocks hold more text than a message can carry (`msg_blocks_too_long`)."""
    return sum(len(text) for block in blocks for text in _texts(block)) > MESSAGE_CHARACTERS


def view_problem(view: object, kind: str) -> str | None:
    """Why Slack would refuse this view ("modal" or "home"), in one line, or None."""
    if not isinstance(view, dict) or view.get("type") != kind:
        return f"a view of type {kind} is needed [json-pointer:/view]"
    if kind == "modal" and not 0 < len(_plain(view.get("title"))) <= 24:
        return "the title must have 1 to 24 characters [json-pointer:/view/title]"
    if len(str(view.get("private_metadata") or "")) > 3000:
        return "at most 3000 characters allowed [json-pointer:/view/private_metadata]"
    blocks = view.get("blocks")
    has_input = isinstance(blocks, list) and any(
        isinstance(block, dict) and block.get("type") == "input" for block in blocks
    )
    if kind == "modal" and has_input and not view.get("submit"):
        return "a submit button is needed beside an input [json-pointer:/view/submit]"
    return blocks_problem(blocks, VIEW_BLOCKS)


def with_ids(blocks: Iterable[Json]) -> tuple[Json, ...]:
    """The blocks with an id wherever the bot gave none, as Slack hands them back."""
    return tuple(_with_id(block) for block in blocks)


def elements_of(block: Json) -> Iterator[Json]:
    """The interactive elements of a block: accessory, actions, the element of an input."""
    found = [block.get("accessory"), block.get("element")]
    if block.get("type") == "actions":
        found += block.get("elements") or []
    return (element for element in found if isinstance(element, dict) and "action_id" in element)


def _with_id(block: Json) -> Json:
    copy: Json = json.loads(json.dumps(block))
    copy.setdefault("block_id", secrets.token_urlsafe(4))
    for element in (copy.get("accessory"), copy.get("element"), *(copy.get("elements") or [])):
        if isinstance(element, dict) and element.get("type") not in _WITHOUT_ACTION:
            element.setdefault("action_id", secrets.token_urlsafe(4))
    return copy


_WITHOUT_ACTION = frozenset({
    "image", "mrkdwn", "plain_text", "rich_text_list", "rich_text_preformatted",
    "rich_text_quote", "rich_text_section",
})  # fmt: skip


def _block_problems(block: Json) -> Iterator[str]:
    kind = block.get("type")
    if kind not in _BLOCK_TYPES:
        yield f"unsupported type: {kind}"
        return
    if len(str(block.get("block_id") or "")) > 255:
        yield "block_id must be at most 255 characters"
    if kind == "section":
        yield from _section_problems(block)
    elif kind == "header" and not 0 < len(_plain(block.get("text"))) <= 150:
        yield "a header must have 1 to 150 characters"
    elif kind in _ELEMENTS:
        yield from _elements_problems(block, _ELEMENTS[kind])
    elif kind == "image":
        yield from _image_problems(block)
    if isinstance(accessory := block.get("accessory"), dict):
        yield from _element_problems(accessory)


def _section_problems(block: Json) -> Iterator[str]:
    text, fields = block.get("text"), block.get("fields")
    if text is None and not fields:
        yield "a section needs text or fields"
    if text is not None and not 0 < len(_plain(text)) <= 3000:
        yield "a section's text must have 1 to 3000 characters"
    if fields is not None and not (_is_list(fields) and 0 < len(fields) <= 10):
        yield "a section has 1 to 10 fields"
    elif _is_list(fields) and any(not 0 < len(_plain(field)) <= 2000 for field in fields):
        yield "a field must have 1 to 2000 characters"


def _elements_problems(block: Json, most: int) -> Iterator[str]:
    elements = block.get("elements")
    if not _is_list(elements) or not 0 < len(elements) <= most:
        yield f"{block['type']} has 1 to {most} elements"
        return
    if not all(isinstance(element, dict) for element in elements):
        yield "elements must be objects"
        return
    interactive = [element for element in elements if element.get("type") not in _WITHOUT_ACTION]
    if block["type"] == "context" and interactive:
        yield "a context holds text and images only"
    ids = [element["action_id"] for element in interactive if element.get("action_id")]
    if len(ids) != len(set(ids)):
        yield "`action_id` must be unique in a block"
    for element in elements:
        yield from _element_problems(element)


def _element_problems(element: Json) -> Iterator[str]:
    kind = element.get("type")
    if len(str(element.get("action_id") or "")) > 255:
        yield "action_id must be at most 255 characters"
    if kind == "button":
        label = element.get("text")
        if not isinstance(label, dict) or label.get("type") != "plain_text":
            yield "a button's text must be plain_text"
        elif not 0 < len(_plain(label)) <= 75:
            yield "a button's text must have 1 to 75 characters"
        if len(str(element.get("value") or "")) > 2000:
            yield "a button's value must be at most 2000 characters"
        if len(str(element.get("url") or "")) > 3000:
            yield "a button's url must be at most 3000 characters"
    elif kind == "image":
        yield from _image_problems(element)
    options = element.get("options")
    if options is not None:
        yield from _options_problems(options)


def _options_problems(options: object) -> Iterator[str]:
    if not _is_list(options) or not 0 < len(options) <= 100:
        yield "there must be 1 to 100 options"
        return
    for option in options:
        if not isinstance(option, dict) or not 0 < len(_plain(option.get("text"))) <= 75:
            yield "an option's text must have 1 to 75 characters"
        elif len(str(option.get("value") or "")) > 150:
            yield "an option's value must be at most 150 characters"


def _image_problems(image: Json) -> Iterator[str]:
    if not 0 < len(str(image.get("alt_text") or "")) <= 2000:
        yield "an image needs an alt_text of 1 to 2000 characters"
    if not (image.get("image_url") or image.get("slack_file")):
        yield "an image needs an image_url"


def _is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _plain(text: object) -> str:
    """The characters of a text object; empty for anything else, which every limit refuses."""
    value = text.get("text") if isinstance(text, dict) else None
    return value if isinstance(value, str) else ""


def _texts(value: object) -> Iterator[str]:
    """Every displayed string inside a block, to any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str):
                if key in ("text", "alt_text"):
                    yield inner
            else:
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
