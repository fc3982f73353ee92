"""What Slack refuses in text, blocks and views, at least roughly: the one Block Kit check.

The playground refuses by it as Slack does, and every post of every test is checked by it. Numbers
as Slack documents them; `MESSAGE_CHARACTERS` is where messages were seen refused.
"""

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal

from bot.playground.data_limits import chart_problems, data_table_problems, table_problems
from bot.playground.limit_parts import (
    TEXT_TYPES,
    are_objects,
    count_problems,
    text_problems,
    texts_in,
)
from bot.playground.workspace import Json

Surface = Literal["message", "view"]

MOST_BLOCKS: Mapping[Surface, int] = {"message": 50, "view": 100}
MESSAGE_TEXT = 40_000
MESSAGE_CHARACTERS = 13_000
_LONGEST_ID = 255
_BLOCK_TYPES = frozenset({
    "actions", "context", "context_actions", "data_table", "data_visualization", "divider",
    "header", "image", "input", "rich_text", "section", "table", "video",
})  # fmt: skip
_INTERACTIVE = frozenset({
    "button", "channels_select", "checkboxes", "conversations_select", "datepicker",
    "datetimepicker", "external_select", "multi_channels_select", "multi_conversations_select",
    "multi_external_select", "multi_static_select", "multi_users_select", "overflow",
    "radio_buttons", "static_select", "timepicker", "users_select", "workflow_button",
})  # fmt: skip
_MOST_OF_A_KIND = {"table": 1, "data_visualization": 2}
_MOST_OPTIONS = {"overflow": 5, "checkboxes": 10, "radio_buttons": 10}


def blocks_problem(blocks: object, surface: Surface = "message") -> str | None:
    """Why Slack would refuse these blocks, in one line; None when it would take them."""
    return next(problems(blocks, surface), None)


def problems(blocks: object, surface: Surface) -> Iterator[str]:
    """Everything for which Slack would refuse these blocks, each with its place."""
    if not are_objects(blocks):
        yield "blocks must be a list of objects [json-pointer:/blocks]"
        return
    if len(blocks) > MOST_BLOCKS[surface]:
        yield f"{len(blocks)} blocks, over {MOST_BLOCKS[surface]} [json-pointer:/blocks]"
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(ids) != len(set(map(str, ids))):
        yield "a block_id twice [json-pointer:/blocks]"
    for kind, most in _MOST_OF_A_KIND.items():
        if sum(block.get("type") == kind for block in blocks) > most:
            yield f"more than {most} {kind} [json-pointer:/blocks]"
    for position, block in enumerate(blocks):
        for problem in _block_problems(block):
            yield f"{problem} [json-pointer:/blocks/{position}]"


def is_too_long(blocks: Iterable[Json]) -> bool:
    """Whether the blocks hold more text than a message can carry (`msg_blocks_too_long`)."""
    return sum(len(text) for block in blocks for text in texts_in(block)) > MESSAGE_CHARACTERS


def view_problem(view: object, kind: str) -> str | None:
    """Why Slack would refuse this view ("modal" or "home"), in one line, or None."""
    return next(view_problems(view, kind), None)


def view_problems(view: object, kind: str) -> Iterator[str]:
    """Everything for which Slack would refuse this view ("modal" or "home")."""
    if not isinstance(view, dict) or view.get("type") != kind:
        yield f"a view of type {kind} is needed [json-pointer:/view]"
        return
    if kind == "modal" and not view.get("title"):
        yield "a modal needs a title [json-pointer:/view/title]"
    for key in ("title", "submit", "close"):
        if view.get(key):
            for problem in text_problems(key, view[key], 24, plain_only=True):
                yield f"{problem} [json-pointer:/view/{key}]"
    for key, most in (("private_metadata", 3000), ("callback_id", _LONGEST_ID)):
        if len(str(view.get(key) or "")) > most:
            yield f"{key} over {most} characters [json-pointer:/view/{key}]"
    blocks = view.get("blocks")
    has_input = isinstance(blocks, list) and any(
        isinstance(block, dict) and block.get("type") == "input" for block in blocks
    )
    if kind == "modal" and has_input and not view.get("submit"):
        yield "a submit button is needed beside an input [json-pointer:/view/submit]"
    yield from problems(blocks, "view")


def with_ids(blocks: Iterable[Json]) -> tuple[Json, ...]:
    """The blocks with an id wherever the bot gave none, as Slack hands them back."""
    return tuple(_with_id(block) for block in blocks)


def elements_of(block: Json) -> Iterator[Json]:
    """The interactive elements of a block: accessory, actions, the element of an input."""
    found = [block.get("accessory"), block.get("element")]
    if block.get("type") in {"actions", "context_actions"}:
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
    kind = str(block.get("type"))
    if kind not in _BLOCK_TYPES:
        yield f"unsupported type: {kind}"
        return
    if len(str(block.get("block_id") or "")) > _LONGEST_ID:
        yield f"block_id over {_LONGEST_ID} characters"
    if rule := _RULES.get(kind):
        yield from rule(block)


def _section_problems(block: Json) -> Iterator[str]:
    text, fields, accessory = (block.get(name) for name in ("text", "fields", "accessory"))
    if text is None and not fields:
        yield "neither text nor fields"
    if text is not None:
        yield from text_problems("text", text, 3000)
    if fields is not None:
        yield from count_problems("fields", fields, 10)
        for field in fields if isinstance(fields, list) else ():
            yield from text_problems("field", field, 2000)
    if isinstance(accessory, dict):
        yield from _element_problems(accessory)


def _header_problems(block: Json) -> Iterator[str]:
    yield from text_problems("text", block.get("text"), 150, plain_only=True)


def _context_problems(block: Json) -> Iterator[str]:
    elements = block.get("elements")
    yield from count_problems("elements", elements, 10)
    for element in elements if are_objects(elements) else ():
        if element.get("type") in TEXT_TYPES:
            yield from text_problems("element", element, 3000)
        elif element.get("type") == "image":
            yield from _image_problems(element)
        else:
            yield f"{element.get('type')} in a context, which holds text and images only"


def _actions_problems(block: Json) -> Iterator[str]:
    elements = block.get("elements")
    yield from count_problems("elements", elements, 25)
    if not are_objects(elements):
        return
    ids = [str(element["action_id"]) for element in elements if element.get("action_id")]
    if len(ids) != len(set(ids)):
        yield "an action_id twice"
    for element in elements:
        yield from _element_problems(element)


def _context_actions_problems(block: Json) -> Iterator[str]:
    elements = block.get("elements")
    yield from count_problems("elements", elements, 5)
    for element in elements if are_objects(elements) else ():
        if element.get("type") not in {"feedback_buttons", "icon_button"}:
            yield f"{element.get('type')} in context actions, which hold feedback and icon buttons"
        for name in ("positive_button", "negative_button"):
            if isinstance(button := element.get(name), dict):
                yield from text_problems(name, button.get("text"), 75, plain_only=True)


def _input_problems(block: Json) -> Iterator[str]:
    yield from text_problems("label", block.get("label"), 2000, plain_only=True)
    if block.get("hint"):
        yield from text_problems("hint", block["hint"], 2000, plain_only=True)
    if isinstance(element := block.get("element"), dict):
        yield from _options_problems(element)


def _image_problems(image: Json) -> Iterator[str]:
    alt = str(image.get("alt_text") or "")
    if not alt.strip():
        yield "no alt text"
    if len(alt) > 2000:
        yield "alt text over 2000 characters"
    if not (image.get("image_url") or image.get("slack_file")):
        yield "an image needs an image_url"
    if image.get("title"):
        yield from text_problems("title", image["title"], 2000, plain_only=True)


_RULES: Mapping[str, Callable[[Json], Iterator[str]]] = {
    "section": _section_problems,
    "header": _header_problems,
    "context": _context_problems,
    "actions": _actions_problems,
    "context_actions": _context_actions_problems,
    "input": _input_problems,
    "table": table_problems,
    "data_table": data_table_problems,
    "data_visualization": chart_problems,
    "image": _image_problems,
}


def _element_problems(element: Json) -> Iterator[str]:
    kind = element.get("type")
    if kind == "image":
        yield from _image_problems(element)
        return
    if kind not in _INTERACTIVE:
        yield f"{kind} is not something to act on"
    if len(str(element.get("action_id") or "")) > _LONGEST_ID:
        yield f"action_id over {_LONGEST_ID} characters"
    if kind == "button":
        yield from text_problems("a button's text", element.get("text"), 75, plain_only=True)
        for key, most in (("value", 2000), ("url", 3000)):
            if len(str(element.get(key) or "")) > most:
                yield f"a button's {key} over {most} characters"
    yield from _options_problems(element)


def _options_problems(element: Json) -> Iterator[str]:
    options, groups = element.get("options"), element.get("option_groups")
    if options is not None:
        yield from count_problems("options", options, _MOST_OPTIONS.get(str(element["type"]), 100))
    if groups is not None:
        yield from count_problems("option groups", groups, 100)
    listed = [options, *(g.get("options") for g in (groups if are_objects(groups) else ()))]
    for option in (each for part in listed if are_objects(part) for each in part):
        yield from text_problems("an option's text", option.get("text"), 75)
        if not 1 <= len(str(option.get("value") or "")) <= 150:
            yield "an option's value not of 1 to 150 characters"
